"""Tables of a results folder as tables of a page."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.report.page.blocks import Cell, Table
from sim.report.page.wording import in_words, named, reworded
from sim.runs.csv_files import read_csv
from sim.society.place_columns import COLUMNS
from sim.text import one_line

_NAMES = ("parameter", "factor", "outcome", "row", "name", "with", "what", "measure", "indicator")
"""Columns whose texts are names of something declared."""
_WRITTEN = ("start", "years", "seed")
_LABELS = ("schedule", "against", "kind", "forecaster", "null", "rule", "pattern")
"""Columns whose texts are labels of the table itself, written with underscores in files."""


def table_of_file(path: Path, *, most: int) -> Table | None:
    """The first rows of a CSV file; None if it has none or cannot be read."""
    try:
        frame = read_csv(path)
    except (OSError, ValueError):
        return None
    if frame.empty:
        return None
    rows = [
        [_cell(row[name], str(name)) for name in frame.columns]
        for row in frame.head(most).to_dict("records")
    ]
    more = len(frame) - most
    note = f"{more} more rows are in {path.name}." if more > 0 else ""
    title = path.stem.replace("_", " ")
    return Table(
        title[0].upper() + title[1:], [_head(str(name)) for name in frame.columns], rows, note
    )


def _head(name: str) -> Cell:
    """The words of a name that is declared, else the name with spaces."""
    told = one_line(name)
    found = named(told)
    is_of_places = told in COLUMNS or told in _WRITTEN
    if is_of_places or not found.hint:
        told = told.replace("_", " ")
        return Cell(told[:1].upper() + told[1:])
    return found


def _cell(value: Any, column: str) -> Cell:
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = one_line(str(value))
        if column in _LABELS or (column in _NAMES and text == in_words(text)):
            return Cell(text.replace("_", " "))
        return named(text) if column in _NAMES else Cell(reworded(text))
    if isinstance(value, float) and not math.isfinite(value):
        return Cell("", kind="number")
    return Cell(f"{value:.4g}" if isinstance(value, float) else f"{value}", kind="number")
