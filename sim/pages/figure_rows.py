"""A page for each row of the figure, all of one shape, from declarations and measurements.

`python -m sim.pages.figure_rows docs/figure` writes them again; a test holds that they are up to
date.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sim.explain.rows import EQUITY, Moved, moved_by_row
from sim.odd.equation import full_names
from sim.odd.equations import sections
from sim.odd.tables import table
from sim.outcome_words import difference_unit, lower_is_better
from sim.outcomes import KNOWN, OUTCOMES
from sim.pages.row_words import WORDS
from sim.paradigms import FIGURE, Row
from sim.parameters import TAGS

_EXPLAIN = Path(__file__).parents[1] / "explain"
_HEADLINES = tuple(outcome.name for outcome in OUTCOMES)
_PAIRS = 4
_LEAST = 0.05
"""What the table of rows tells at least, in points, percentage points or money."""
NOTE = (
    "*Measured* with the shipped parameters: each row alone, moved from Gov2.0 for all "
    "governments, all else as under Gov2.0; 4,000 citizens of Korea's regions, 20 years, 8 "
    "replicates of luck alone (`python -m sim.explain.rows`). In brackets 95 % confidence; "
    "**bold** where 0 lies outside it. What nobody knows is held at its default here: over "
    "plausible worlds intervals are far wider. Shares: what the row adds on average to the "
    "difference between Gov1.0 and Gov3.0, when rows move one after another in 120 orders "
    "(`govshift attribute gov1 gov3 --orders 120 --precision 1 --citizens 2000`)."
)


def page_of(row: Row) -> str:
    """The page of one row."""
    return "\n\n".join([*_parts(row)]) + "\n"


def index() -> str:
    """The page that leads to the rows."""
    head = ("row", *(f"{p.label} {p.name}" for p in FIGURE.paradigms), "moves most")
    rows = [
        (f"[{r.number}. {r.title}]({r.id}.md)", *(r.wording[p] for p in FIGURE.paradigm_ids),
         _most(r))
        for r in FIGURE.rows
    ]  # fmt: skip
    pages = "\n".join(r.id for r in FIGURE.rows)
    return (
        "# The figure, row by row\n\n"
        "Figure 1 of Myeong Seung-hwan, *Smart Society: From E-Government to E-Governance* (Korea "
        "IT Times, 5 August 2015), has twelve rows and three columns. Each page says what a row "
        "means, which numbers it sets, what it moves, which line of a result to look at and why, "
        "its side effects, who gains, and what it rests on.\n\n"
        f"{table(head, rows)}\n\n{NOTE}\n\n"
        f"```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
    )


def _parts(row: Row) -> Iterator[str]:
    words = WORDS[row.id]
    yield f"# {row.number}. {row.title}"
    yield f"In scenario files: `governance: {{{row.id}: gov3}}`. {words.about}"
    yield "## What it says\n\n" + table(
        ("paradigm", "wording of the figure"),
        [(f"{p.label} {p.name}", row.wording[p.id]) for p in FIGURE.paradigms],
    )
    yield f"## What it sets\n\n{_cells(row)}\n\n{_read_in(row)}"
    yield f"## What it moves\n\n{_moves(row, _HEADLINES)}\n\n{NOTE}"
    yield f"## Which line to look at, and why\n\n{words.look}"
    yield f"## Side effects\n\n{_side_effects(row)}"
    yield f"## Equity\n\n{_equity(row)}"
    yield f"## Evidence and doubt\n\n{_rests(row)}\n\n{words.doubt}"
    yield (
        "## Try it\n\n"
        f"```sh\ngovshift explain {row.id}\n"
        f"govshift compare gov2 gov3 --set governance.{row.id}=gov1\n```\n\n"
        "The second command holds this row back under both governments; a scenario of your own "
        "moves it under one ([scenario files](../how_to/own_plan.md))."
    )


def _cells(row: Row) -> str:
    head = ("cell", *FIGURE.paradigm_ids, "unit", "read by", "meaning")
    cells = [
        (f"`{c.name}`", *(f"{v:g}" for v in c.values), c.unit, c.process, c.meaning)
        for c in row.cells
    ]
    return table(head, cells)


def _read_in(row: Row) -> str:
    """Where the model's equations read the cells of a row."""
    mine = {f"cells.{cell.name}" for cell in row.cells}
    found = [
        section.title
        for section in sections()
        if mine & full_names(" ".join(e.formula for e in section.equations))
    ]
    told = ", ".join(f"*{title}*" for title in found)
    return f"Equations that read them, by their titles in [the ODD protocol](../odd.md): {told}."


def _moves(row: Row, outcomes: tuple[str, ...]) -> str:
    by_end = {to: {m.outcome: m for m in moved_by_row(row.id, to)} for to in ("gov1", "gov3")}
    head = ("outcome", "unit", "from Gov2.0 to Gov1.0", "from Gov2.0 to Gov3.0",
            "share of Gov3.0 - Gov1.0")  # fmt: skip
    rows = [
        (
            f"`{name}`", _unit(name), _told(by_end["gov1"].get(name)),
            _told(by_end["gov3"].get(name)), _share(name, row.id),
        )
        for name in outcomes
    ]  # fmt: skip
    return table(head, rows)


def _unit(name: str) -> str:
    unit = difference_unit(name)
    return f"{unit}, lower is better" if lower_is_better(name) else unit


def _told(moved: Moved | None) -> str:
    if moved is None:
        return ""
    decimals = _decimals(moved.outcome)
    if (
        round(moved.mean, decimals)
        == round(moved.low, decimals)
        == round(moved.high, decimals)
        == 0
    ):
        return "0"
    text = f"{moved.mean:+.{decimals}f}"
    ends = f"[{moved.low:+.{decimals}f}, {moved.high:+.{decimals}f}]"
    return f"**{text}** {ends}" if moved.is_clear else f"{text} {ends}"


def _decimals(outcome: str) -> int:
    return 3 if KNOWN[outcome].unit in ("0-1", "-1 to 1") else 2


def _share(outcome: str, row: str) -> str:
    found = _rows("shares").get((outcome, row))
    return "" if found is None else _told(found[0])


def _side_effects(row: Row) -> str:
    lines = []
    for to in ("gov1", "gov3"):
        worse = [m for m in _clear(row, to, _HEADLINES) if _is_worse(m)]
        label = next(p.label for p in FIGURE.paradigms if p.id == to)
        told = ", ".join(f"`{m.outcome}` {m.mean:+.2f}" for m in worse)
        lines.append(f"- To {label}: " + (f"gets worse: {told}." if worse else "nothing headline "
                     "is shown to get worse."))  # fmt: skip
    pairs = sorted(
        (m for (_, name), found in _rows("pairs").items() if name == row.id for m in found),
        key=lambda m: -abs(m.mean),
    )[:_PAIRS]
    lines += [
        "- Together with another row, on the way from Gov1.0 to Gov3.0: "
        + ("; ".join(f"{_with(row.id, m)}" for m in pairs) or "no pair is clear")
        + "."
    ]
    return "\n".join(lines)


def _with(row: str, moved: Moved) -> str:
    others = [
        line["row"] if line["other"] == row else line["other"]
        for line in _lines("pairs")
        if row in (line["row"], line["other"])
        and line["outcome"] == moved.outcome
        and float(line["interaction"]) == moved.mean
    ]
    title = next(r.title for r in FIGURE.rows if r.id == others[0])
    return f"`{moved.outcome}` {moved.mean:+.2f} with *{title}*"


def _equity(row: Row) -> str:
    text = _moves(row, tuple(name for name in EQUITY if name in KNOWN))
    gap = [m for m in _clear(row, "gov3", EQUITY) if m.outcome != "inclusion" and _is_visible(m)]
    told = [f"`{m.outcome}` {'rises' if m.mean > 0 else 'falls'}" for m in gap]
    means = (
        "Concentration indices are above 0 where the better-off have more, `participation_gap` "
        "is breadth of the top less that of the bottom third by status, `spatial_gini` inequality "
        "of services between places."
    )
    end = f"Towards Gov3.0 {', '.join(told)}." if told else (
        "Towards Gov3.0 no gap between groups or places is shown to move enough to be seen here."
    )  # fmt: skip
    return f"{end}\n\n{text}\n\n{means}"


def _is_visible(moved: Moved) -> bool:
    return round(abs(moved.mean), _decimals(moved.outcome)) > 0


def _clear(row: Row, to: str, outcomes: tuple[str, ...]) -> list[Moved]:
    found = [m for m in moved_by_row(row.id, to) if m.outcome in outcomes and m.is_clear]
    return sorted((m for m in found if _is_visible(m)), key=lambda m: -abs(m.mean))


def _is_worse(moved: Moved) -> bool:
    direction = KNOWN[moved.outcome].direction
    return (moved.mean < 0) if direction == "higher" else (moved.mean > 0 and direction == "lower")


def _most(row: Row) -> str:
    found = [m for m in _clear(row, "gov3", _HEADLINES)[:2] if abs(m.mean) >= _LEAST]
    return ", ".join(f"`{m.outcome}` {m.mean:+.1f}" for m in found) or "nothing by itself"


def _rests(row: Row) -> str:
    by_tag: dict[str, list[str]] = {}
    for cell in row.cells:
        by_tag.setdefault(cell.tag, []).append(f"`{cell.name}`")
    lines = [f"- {TAGS[tag]}: {', '.join(names)}" for tag, names in by_tag.items()]
    named = dict.fromkeys(cell.source for cell in row.cells)
    return "\n".join([*lines, *(f"- source: {source}" for source in named)])


@cache
def _lines(name: str) -> list[dict[str, str]]:
    with (_EXPLAIN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


@cache
def _rows(name: str) -> dict[tuple[str, str], list[Moved]]:
    """Shares by outcome and row; of pairs each under both of its rows."""
    found: dict[tuple[str, str], list[Moved]] = {}
    value = "share" if name == "shares" else "interaction"
    for line in _lines(name):
        moved = Moved(line["outcome"], *(float(line[k]) for k in (value, "conf_low", "conf_high")))
        for row in (line["row"], line.get("other", "")):
            if row:
                found.setdefault((line["outcome"], row), []).append(moved)
    return found


def pages() -> dict[str, str]:
    """All pages by the names of their files."""
    return {"index.md": index(), **{f"{row.id}.md": page_of(row) for row in FIGURE.rows}}


def write(folder: Path) -> None:
    """Write all pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
