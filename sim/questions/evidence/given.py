"""A file of observed figures of one's own: `country,year,indicator,value`, a figure a line.

Columns are read by name and others left alone, which is told. Excel's ways are understood: a byte
order mark, semicolons between cells, and decimal commas where cells are not parted by commas.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserMistake
from sim.questions.evidence.iso import ISO_COUNTRIES
from sim.questions.evidence.series import INPUTS, codes, indicators
from sim.text import near, one_line, short

_NEEDED = ("country", "year", "indicator", "value")
_FIRST, _LAST = 1995, 2025
_LARGEST = 5_000_000
_DELIMITERS = (",", ";", "\t")
_NUMBER = re.compile(r"[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Row:
    """A figure of a file, in per cent, and its line."""

    country: str
    year: int
    indicator: str
    value: float
    line: int


@dataclass(frozen=True)
class Given:
    """The figures of a file, and what is to be told of what was left out."""

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def digest(self) -> str:
        """A hash of the figures, whatever order or format they came in."""
        told = sorted((r.indicator, r.country, r.year, r.value) for r in self.rows)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def read_figures(path: Path) -> Given:
    """The figures of a file. Raises `UserMistake` with file, line and what is allowed."""
    name = str(path)
    text = _text(path, name)
    header = next((line for line in text.splitlines() if line.strip()), "")
    if not header:
        raise UserMistake(f"{name}: is empty; needs columns {', '.join(_NEEDED)}")
    delimiter = max(_DELIMITERS, key=header.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _parsed(name, table, delimiter)
    except csv.Error as error:
        raise UserMistake(f"{name}:{table.line_num}: {error}") from None


def _text(path: Path, name: str) -> str:
    try:
        if not path.is_file():
            raise UserMistake(f"--data {name}: there is no such file")
        if path.stat().st_size > _LARGEST:
            raise UserMistake(f"--data {name}: is larger than {_LARGEST:,} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserMistake(
            f"{name}: is not UTF-8 text; save it as CSV UTF-8 (comma delimited)"
        ) from None
    except OSError as error:
        raise UserMistake(f"--data {name}: cannot be read: {error.strerror}") from None


def _parsed(name: str, table: Iterator[list[str]], delimiter: str) -> Given:
    places: dict[str, int] = {}
    width, rows, without = 0, [], dict[str, int]()
    notes: list[str] = []
    for cells in table:
        line = table.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if not places:
            places, width = _places(name, line, cells), len(cells)
            ignored = [one_line(cell.strip()) for cell in cells if _plain(cell) not in _NEEDED]
            if ignored:
                notes.append(f"{name}: columns that are not read: {short(', '.join(ignored))}")
            continue
        where = f"{name}:{line}"
        if len(cells) != width:
            raise UserMistake(f"{where}: has {len(cells)} cells, the first line {width}")
        row = _row(where, line, {key: cells[at].strip() for key, at in places.items()}, delimiter)
        if row.country in codes():
            rows.append(row)
        else:
            without[row.country] = without.get(row.country, 0) + 1
    if without:
        told = ", ".join(f"{code} ({count})" for code, count in sorted(without.items()))
        notes.append(
            f"{name}: left out, since nothing is known of their internet users, which the model "
            f"needs: {told}"
        )
    _refuse_wrong_whole(name, rows, without)
    return Given(name, tuple(rows), tuple(notes))


def _places(name: str, line: int, cells: Sequence[str]) -> dict[str, int]:
    found = [_plain(cell) for cell in cells]
    for needed in _NEEDED:
        if needed not in found:
            shown = short(", ".join(one_line(cell) for cell in found))
            raise UserMistake(
                f"{name}:{line}: column {needed} is missing; needs {', '.join(_NEEDED)}, has "
                f"{shown}"
            )
        if found.count(needed) > 1:
            raise UserMistake(f"{name}:{line}: column {needed} is there twice")
    return {needed: found.index(needed) for needed in _NEEDED}


def _plain(cell: str) -> str:
    return cell.strip().casefold()


def _row(where: str, line: int, cells: dict[str, str], delimiter: str) -> Row:
    return Row(
        _country(where, cells["country"]),
        _year(where, cells["year"]),
        _indicator(where, cells["indicator"]),
        _value(where, cells["value"], delimiter),
        line,
    )


def _country(where: str, text: str) -> str:
    if text in codes() or text in ISO_COUNTRIES:
        return text
    hint = near(text.upper(), codes())
    raise UserMistake(
        f"{where}: country {_quoted(text)}: is no ISO 3166 alpha-3 code, as EST or NOR{hint}"
    )


def _year(where: str, text: str) -> int:
    if _WHOLE.fullmatch(text) and _FIRST <= int(text) <= _LAST:
        return int(text)
    raise UserMistake(
        f"{where}: year {_quoted(text)}: a whole number from {_FIRST} to {_LAST}, the years of "
        "which internet users are known"
    )


def _indicator(where: str, text: str) -> str:
    if text in indicators():
        return text
    if text in INPUTS:
        raise UserMistake(
            f"{where}: indicator {text}: is given to the model, so it is not foretold; allowed: "
            f"{', '.join(indicators())}"
        )
    raise UserMistake(f"{where}: indicator {_quoted(text)}: unknown{near(text, indicators())}")


def _value(where: str, text: str, delimiter: str) -> float:
    plain = text.replace(",", ".") if delimiter != "," and text.count(",") == 1 else text
    value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
    if 0.0 <= value <= 100.0:
        return value
    what = "is empty; leave the line out if nothing was observed" if not text else "a number"
    raise UserMistake(f"{where}: value {_quoted(text)}: {what}, per cent of people from 0 to 100")


def _quoted(text: str) -> str:
    return f"'{short(one_line(text))}'"


def _refuse_wrong_whole(name: str, rows: Sequence[Row], without: dict[str, int]) -> None:
    if not rows and without:
        raise UserMistake(
            f"{name}: nothing is known of the internet users of {', '.join(sorted(without))}, "
            f"which the model needs; known are those of {', '.join(codes())}"
        )
    if not rows:
        raise UserMistake(f"{name}: has no figures; a line each with {', '.join(_NEEDED)}")
    lines: dict[tuple[str, str, int], int] = {}
    for row in rows:
        key = row.indicator, row.country, row.year
        if key in lines:
            raise UserMistake(
                f"{name}:{row.line}: {row.indicator} of {row.country} in {row.year} is in line "
                f"{lines[key]} too"
            )
        lines[key] = row.line
    if len(rows) > 1 and max(row.value for row in rows) <= 1.0:
        raise UserMistake(
            f"{name}: no value is above 1; values are per cent of people, as 45.4, not shares"
        )
