"""A commented file of a place to start from, or a copy of one that ships."""

from __future__ import annotations

from pathlib import Path

from sim.errors import UserMistake
from sim.explain.template import comment, write_new_file
from sim.society.own_places import FEWEST, MOST
from sim.society.place_columns import COLUMNS, PlaceColumn
from sim.society.places import shipped_place_files
from sim.society.sheets import ENDING, is_sheet
from sim.text import near, one_line, short

_UNMEASURED = ("status", "skill")
"""Columns for what-ifs, which a template leaves out."""


def write_place(name: str, rows: int) -> Path:
    """Write the template of a place with so many lines; refuses to replace a file."""
    path = _path(name)
    if not FEWEST <= rows <= MOST:
        raise UserMistake(f"--rows {rows}: a place has {FEWEST} to {MOST} local governments")
    write_new_file(path, place_template(path, rows))
    return path


def copy_place(name: str, shipped: str) -> Path:
    """Write a copy of a place that ships; refuses to replace a file."""
    path = _path(name)
    files = shipped_place_files()
    if shipped not in files:
        raise UserMistake(f"--from {shipped}: no such place to copy{near(shipped, list(files))}")
    text = files[shipped].read_text(encoding="utf-8")
    # Spreadsheets read other letters than ASCII only after a byte order mark.
    write_new_file(path, text if text.isascii() else f"\ufeff{text}")
    return path


def _path(name: str) -> Path:
    if not is_sheet(name) or not Path(name).stem.strip():
        raise UserMistake(f"{short(one_line(name))}: the file of a place ends with {ENDING}")
    return Path(name)


def place_template(path: Path, rows: int) -> str:
    """The text of a new place: what each column means, in comments, and lines to fill in."""
    columns = [name for name in COLUMNS if name not in _UNMEASURED]
    lines = [
        *comment(
            "One line per local government. name and population are needed; other columns may be "
            "left empty, whole or in single cells, or deleted: what is missing is drawn or is a "
            "declared default, as said below, and results say so first. Lines that begin with # "
            f"are comments. `govshift check {path.name}` finds every mistake."
        ),
        "#",
    ]
    for name in columns:
        lines += comment(_told(COLUMNS[name]))
    lines += ["#", ",".join(columns)]
    blank = "," * (len(columns) - 1)
    digits = max(2, len(str(rows)))
    return "\n".join([*lines, *(f"Place {n:0{digits}d}{blank}" for n in range(1, rows + 1)), ""])


def _told(column: PlaceColumn) -> str:
    numeric = column.kind != "text"
    allowed = f", {_end(column.low)} to {_end(column.high)}" if numeric else ""
    unit = f" ({column.unit}{allowed})" if column.unit else f" ({allowed[2:]})" if numeric else ""
    if column.is_needed:
        return f"{column.name}: {column.meaning}{unit}. Needed."
    origin, how = column.without
    return f"{column.name}: {column.meaning}{unit}. Without it {origin}: {how}."


def _end(value: float) -> str:
    return f"{value:.0f}" if value >= 1e4 else f"{value:g}"
