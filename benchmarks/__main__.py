"""`python -m benchmarks`: measure and print the tables of docs/performance.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter

import click

from benchmarks import machine
from benchmarks.comparison import Comparison, compare
from benchmarks.months import PROCESSES, SCENARIO, korea
from benchmarks.phases import clocked_live, phases, time_phases

SIZES = {2_000: 25, 20_000: 15, 200_000: 6}
"""Numbers of citizens and how often they are measured."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Leave the largest society out and measure less often.")
def main(quick: bool) -> None:
    """Measure a month on Korea's regions, compiled and as an ordinary Mesa model.

    Both run in turns in this one process, so ratios hold on a busy machine too; times do not.
    Takes about a minute, and most of another when rules must be compiled first.
    """
    sizes = {n: 3 for n in SIZES if n <= 20_000} if quick else SIZES
    start = perf_counter()
    print(machine.description())
    korea(2_000)
    found = [compare(citizens, rounds=rounds) for citizens, rounds in sizes.items()]
    print(f"\nA month of {SCENARIO} on Korea's 17 regions, in ms: the median of all rounds")
    print(_ratios(found))
    worth = min(comparison.worth for comparison in found)
    print(f"Meanwhile two threads did {worth:.1f} times the arithmetic of one (idle machine: 2).")
    print("\nWhere the compiled month goes, one thread, in ms and per cent")
    print(_shares(PROCESSES, {c.citizens: c.processes for c in found}))
    print("\nWhere the citizens' pass goes, one thread, in ms and per cent")
    print(_shares(phases(), _phases(sizes)))
    print(f"\nMeasured in {perf_counter() - start:.0f} s.")


def _phases(sizes: Mapping[int, int]) -> dict[int, dict[str, float]]:
    clocked = clocked_live()
    seconds = {}
    for citizens in sizes:
        spent = time_phases(korea(citizens), clocked, months=36)
        seconds[citizens] = dict(zip(phases(), map(float, spent), strict=True))
    return seconds


def _ratios(found: Sequence[Comparison]) -> str:
    head = ("citizens", "threads", "ordinary", "month", "ns/citizen", "times", "live", "times")
    rows: list[Sequence[str]] = [head]
    for c in found:
        for threads in c.month:
            rows.append((
                f"{c.citizens:,}", str(threads), f"{1e3 * c.ordinary:,.1f}",
                f"{1e3 * c.month[threads]:.3f}", f"{c.nanoseconds(threads):.0f}",
                f"{c.ratio(threads):.0f}", f"{1e3 * c.live[threads]:.3f}",
                f"{c.ratio_of_citizens(threads):.0f}",
            ))  # fmt: skip
    return _table(rows)


def _shares(names: Sequence[str], seconds: Mapping[int, Mapping[str, float]]) -> str:
    rows: list[Sequence[str]] = [("", *(f"{size:,}" for size in seconds for _ in range(2)))]
    for name in names:
        row = [name]
        for spent in seconds.values():
            row += [f"{1e3 * spent[name]:.3f}", f"{100 * spent[name] / sum(spent.values()):.0f} %"]
        rows.append(row)
    sums = [f"{1e3 * sum(spent.values()):.3f}" for spent in seconds.values()]
    rows.append(["sum", *(cell for total in sums for cell in (total, ""))])
    return _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    main()
