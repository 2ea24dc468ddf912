"""The tables that `bench` shows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.bench.measured import Findings
from sim.bench.months import SCENARIO

_MOST_COLUMNS = 5


def tables(found: Findings) -> str:
    """All tables, each under a line that says what it is."""
    worth = min(found.line("two_threads", 2)[1])
    parts = [
        f"A month of {SCENARIO} on Korea's regions, whole and compiled, against the citizens' part "
        "of a month\nwritten otherwise: ns per citizen-month (medians, in turns), and how many "
        "times faster",
        contenders(found),
        f"Meanwhile two threads did {worth:.1f} times the arithmetic of one (idle machine: 2).",
        "The component floor: parts of the citizens' pass, each alone, one thread, ns per "
        "citizen-month",
        floors(found),
        "By size: time and memory per citizen; growth 1 is in proportion to citizens",
        growth(found),
        "Where the month goes, one thread: microseconds a month, and per cent",
        processes(found),
    ]
    clocked = [size for size in found.sizes if found.parts(size, "live")]
    if clocked:
        parts += ["Where the citizens' pass goes, one thread: ns per citizen-month",
                  passes(found, clocked)]  # fmt: skip
    return "\n\n".join(parts)


def contenders(found: Findings) -> str:
    """The compiled month against the ordinary Mesa model and against plain NumPy."""
    head = ("citizens", "Mesa", "NumPy", "threads", "compiled", "x Mesa", "x NumPy")
    rows: list[Sequence[str]] = [head]
    for size in found.sizes:
        mesa, numpy = found.value(size, "ordinary"), found.value(size, "numpy")
        for threads in found.threads(size) if math.isfinite(numpy) else ():
            month = found.value(size, "month", threads)
            rows.append((
                f"{size:,}", _number(mesa), _number(numpy), str(threads), _number(month, 1),
                _number(mesa / month), _number(numpy / month, 1),
            ))  # fmt: skip
    return _aligned(rows)


def floors(found: Findings) -> str:
    """What the machine can do, and how near the month on one thread comes."""
    head = ("citizens", "stream", "gather", "rules", "floor", "slowest", "compiled", "of floor",
            "of slowest")  # fmt: skip
    rows: list[Sequence[str]] = [head]
    for size in found.sizes:
        parts = [found.value(size, f"floor.{part}") for part in ("stream", "gather", "rules")]
        month = found.value(size, "month")
        ends = [found.value(size, "floor"), found.value(size, "slowest_part")]
        shares = [f"{100 * end / month:.0f} %" for end in ends]
        rows.append((f"{size:,}", *(_number(v, 1) for v in (*parts, *ends, month)), *shares))
    return _aligned(rows)


def growth(found: Findings) -> str:
    """Every size and number of threads."""
    head = ("citizens", "places", "threads", "ns", "ms a month", "growth", "bytes held",
            "bytes at most", "building, s")  # fmt: skip
    rows: list[Sequence[str]] = [head]
    powers = {(threads, size): power for threads in (1, 2)
              for size, power in found.growth(threads)}  # fmt: skip
    months = [row for row in found.rows if row.what == "month"]
    for row in sorted(months, key=lambda row: (row.citizens, row.threads)):
        size = row.citizens
        rows.append((
            f"{size:,}", str(row.local_governments), str(row.threads), _number(row.median, 1),
            _number(row.median * size / 1e6, 3),
            _number(powers.get((row.threads, size), math.nan), 2),
            _number(found.value(size, "held")), _number(found.value(size, "building_peak")),
            _number(found.value(size, "building"), 2),
        ))  # fmt: skip
    return _aligned(rows)


def processes(found: Findings) -> str:
    """The phases of the month, at some sizes."""
    sizes = some(found.sizes)
    names = list(found.parts(sizes[0], "phase"))
    spent = [found.parts(size, "phase") for size in sizes]
    rows: list[Sequence[str]] = [("", *(f"{size:,}" for size in sizes))]
    for name in names:
        cells = [_cell(parts[name] * size / 1e3, parts[name] / sum(parts.values()))
                 for size, parts in zip(sizes, spent, strict=True)]  # fmt: skip
        rows.append((name, *cells))
    sums = [_cell(sum(parts.values()) * size / 1e3, 1.0)
            for size, parts in zip(sizes, spent, strict=True)]  # fmt: skip
    return _aligned([*rows, ("sum", *sums)])


def passes(found: Findings, sizes: Sequence[int]) -> str:
    """The phases of the citizens' pass."""
    spent = [found.parts(size, "live") for size in sizes]
    rows: list[Sequence[str]] = [("", *(f"{size:,}" for size in sizes))]
    rows += [(name, *(_number(parts[name], 1) for parts in spent)) for name in spent[0]]
    return _aligned([*rows, ("sum", *(_number(sum(parts.values()), 1) for parts in spent))])


def some(sizes: Sequence[int]) -> list[int]:
    """At most five sizes, spread over all, with the first and the last."""
    if len(sizes) <= _MOST_COLUMNS:
        return list(sizes)
    step = (len(sizes) - 1) / (_MOST_COLUMNS - 1)
    return [sizes[round(step * place)] for place in range(_MOST_COLUMNS)]


def _cell(microseconds: float, share: float) -> str:
    return f"{microseconds:,.0f} {100 * share:3.0f} %"


def _number(value: float, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}" if math.isfinite(value) else ""


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        start = first.rjust(widths[0]) if rows[0][0] else first.ljust(widths[0])
        lines.append("  ".join([start, *cells]).rstrip())
    return "\n".join(lines)
