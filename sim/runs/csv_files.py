"""CSV files that are safe to open in a spreadsheet and read back as they were.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and runs it, whatever
it is quoted in. Text that begins so (a scenario may be called anything) gets a `'` in front, and
`read_csv` takes it away; numbers stay numbers. Files are UTF-8. Excel reads them so only after a
byte order mark, which R and Python's `csv` would take for part of the first name: files have one
only where something in them is not ASCII. `read_csv` also keeps names such as `NA` and `007`.
"""

from __future__ import annotations

import codecs
import csv
import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

MARK = "'"
_FORMULA = "=+-@\t\r\n＝＋－＠"  # noqa: RUF001 - spreadsheets take full-width signs as well
_BLANK = " \u00a0\u3000"
_TRUTH = {"True": True, "False": False}


def safe(cell: Any) -> Any:
    """A cell as it is written: text that a spreadsheet would run gets a mark in front."""
    return MARK + cell if isinstance(cell, str) and _is_live(cell) else cell


def unsafe(cell: Any) -> Any:
    """A cell as it was before `safe`."""
    marked = isinstance(cell, str) and cell.startswith(MARK) and _is_live(cell)
    return cell[len(MARK) :] if marked else cell


def _is_live(text: str) -> bool:
    """Whether text is a formula, or one with marks before it, so that marks can be told apart."""
    return text.lstrip(MARK).lstrip(_BLANK)[:1] in tuple(_FORMULA)


def write_csv(frame: pd.DataFrame, path: Path, *, append: bool = False) -> None:
    """Write a frame as CSV; with `append`, add its rows to a file that has the same columns.

    How the rows were divided does not show in the file.
    """
    written, texts = _safe_frame(frame)
    # Without quotes around it, readers take a carriage return for the end of a row.
    broken = any("\r" in str(cell) for place in texts for cell in frame.iloc[:, place].unique())
    marked = append and _has_mark(path)
    before = path.stat().st_size if append else 0
    written.to_csv(
        path,
        mode="a" if append else "w",
        header=not append,
        index=False,
        lineterminator="\n",
        encoding="utf-8",
        quoting=csv.QUOTE_NONNUMERIC if broken else csv.QUOTE_MINIMAL,
    )
    if not marked and not _is_ascii(path, before):
        _put_mark(path)


def csv_text(frame: pd.DataFrame, *, digits: int = 6) -> str:
    """A frame as the text of a CSV file, numbers with so many digits, with a mark where needed."""
    written, _ = _safe_frame(frame)
    text: str = written.to_csv(index=False, lineterminator="\n", float_format=f"%.{digits}g")
    return text if text.isascii() else "\ufeff" + text


def _safe_frame(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """A frame that a spreadsheet may open, and which of its columns are text."""
    written = frame.rename(columns=safe)
    texts = [place for place, kind in enumerate(frame.dtypes) if not _is_number(kind)]
    for place in texts:
        written.isetitem(place, frame.iloc[:, place].map(safe).array)
    return written, texts


def read_csv(path: Path, *, text: Collection[str] = ()) -> pd.DataFrame:
    """A frame that `write_csv` wrote, to the last digit; the columns of `text` stay text.

    Empty cells are missing in columns of numbers, and empty in those of text.
    """
    cells = pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns=unsafe)
    columns = {
        name: column.map(unsafe) if name in text else _plain(column)
        for name, column in cells.items()
    }
    return pd.DataFrame(columns)


def _plain(column: pd.Series[str]) -> Any:
    """Cells as numbers or truth values where all of them are, else as text."""
    cells = column.tolist()
    if cells and set(cells) <= set(_TRUTH):
        return [_TRUTH[cell] for cell in cells]
    for kind in (int, lambda cell: float(cell or "nan")):
        with suppress(ValueError):
            return [kind(cell) for cell in cells] if cells else column
    return column.map(unsafe)


def _is_number(kind: Any) -> bool:
    return bool(pd.api.types.is_numeric_dtype(kind))


def _has_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8


def _is_ascii(path: Path, start: int) -> bool:
    """Whether a file has only ASCII from a byte on."""
    with path.open("rb") as file:
        file.seek(start)
        return all(block.isascii() for block in iter(lambda: file.read(1 << 20), b""))


def _put_mark(path: Path) -> None:
    """The byte order mark in front of a file."""
    aside = path.with_name(f"{path.name}.marked")
    try:
        with path.open("rb") as file, aside.open("wb") as copy:
            copy.write(codecs.BOM_UTF8)
            shutil.copyfileobj(file, copy, 1 << 20)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
