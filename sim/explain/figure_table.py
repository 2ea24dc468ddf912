"""The figure of the source as a table: twelve rows, a column for each paradigm."""

from __future__ import annotations

import textwrap
from itertools import zip_longest

from sim.paradigms import FIGURE

NAMES = ("figure", "paradigms", "rows")
"""What `explain` calls the table."""
_ROOM = 80
_INDENT = "  "
_GAP = "  "


def figure_table() -> str:
    """Rows by paradigms in the words of the source, in lines of at most 80 letters.

    In brackets is the name of each row in scenario files.
    """
    heads = [f"{p.label} {p.name}" for p in FIGURE.paradigms]
    lines = [
        "The figure of the source: twelve rows by three paradigms. On each row a",
        "government has a position from 0 (the first paradigm) to 2 (the last).",
        "",
        *_side_by_side(heads),
        "=" * _ROOM,
    ]
    for row in FIGURE.rows:
        cells = [row.wording[paradigm] for paradigm in FIGURE.paradigm_ids]
        lines += [f"{row.number} {row.title} ({row.id})", *_side_by_side(cells), ""]
    lines.append("`explain NAME` says what a row sets in the model, as `explain goal`.")
    return "\n".join(lines)


def figure_markdown() -> str:
    """The same table for a Markdown page."""
    heads = ["row", "name", *(f"{p.label} {p.name}" for p in FIGURE.paradigms)]
    rows = [
        [f"{row.number} {row.title}", f"`{row.id}`", *(row.wording[p] for p in FIGURE.paradigm_ids)]
        for row in FIGURE.rows
    ]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _side_by_side(cells: list[str]) -> list[str]:
    """Cells beside each other, each wrapped into its column."""
    wide = (_ROOM - len(_INDENT)) // len(cells) - len(_GAP)
    columns = [textwrap.wrap(cell, wide) for cell in cells]
    return [
        (_INDENT + _GAP.join(part.ljust(wide) for part in parts)).rstrip()
        for parts in zip_longest(*columns, fillvalue="")
    ]
