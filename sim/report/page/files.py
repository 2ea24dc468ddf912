"""Tables of a results folder as tables of a page."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.report.page.blocks import Cell, Table, cells
from sim.runs.csv_files import read_csv
from sim.text import one_line


def table_of_file(path: Path, *, most: int) -> Table | None:
    """The first rows of a CSV file; None if it has none or cannot be read."""
    try:
        frame = read_csv(path)
    except (OSError, ValueError):
        return None
    if frame.empty:
        return None
    rows = [
        [_cell(row[name]) for name in frame.columns] for row in frame.head(most).to_dict("records")
    ]
    more = len(frame) - most
    note = f"{more} more rows are in {path.name}." if more > 0 else ""
    title = path.stem.replace("_", " ")
    return Table(
        title[0].upper() + title[1:], cells(*(_head(n) for n in frame.columns)), rows, note
    )


def _head(name: Any) -> str:
    return one_line(str(name)).replace("_", " ")


def _cell(value: Any) -> Cell:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Cell(one_line(str(value)))
    if isinstance(value, float) and not math.isfinite(value):
        return Cell("", kind="number")
    return Cell(f"{value:.4g}" if isinstance(value, float) else f"{value}", kind="number")
