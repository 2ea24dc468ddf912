"""The points of an experiment as a csv file: one column per factor, one line per point.

An empty cell leaves a factor as the policy has it. Only the first point may leave all factors so;
empty rows below the last point are what spreadsheets leave behind, and no points.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from sim.errors import UserMistake
from sim.experiments.factors import Factor, Numbers
from sim.scenario.files import is_file
from sim.scenario.source import MOST_TOLD, hindrance
from sim.text import near, number, one_line, short

MOST_POINTS = 10_000_000
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?(inf|nan)", re.I)
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_SAVE_AS = "save it as CSV UTF-8, with commas between columns and points in numbers"
_ONLY_THE_FIRST = "only the first point may leave every factor as the policy has it"
_NOTHING = float("nan")
TextLine = tuple[int, list[str]]
"""The line that a row begins on, and its cells."""


class _Wrong(UserMistake):
    """Why a file cannot be read, as one line with its place."""


def read_points(path: Path, factors: Sequence[Factor]) -> Numbers:
    """The points of a valid file, shape (points, factors); NaN where a cell is empty."""
    rows = _rows(path)
    _, header = next(rows)
    places = [header.index(factor.name) for factor in factors]
    found = array("d")
    for _, cells in rows:
        found.extend(float(cells[place] or _NOTHING) for place in places)
    return np.array(found, dtype=np.float64).reshape(-1, len(factors))


def check_points(path: Path, factors: Sequence[Factor]) -> Iterator[str]:
    """What is wrong with a file of points, each with its line."""
    try:
        rows = _rows(path)
        line, header = next(rows, (1, []))
        wrong = list(_check_columns(header, [factor.name for factor in factors]))
        yield from (one_line(f"{path.name}:{line}: {text}") for text in wrong)
        if not wrong:
            told = map(one_line, _check_rows(path, rows, header, factors))
            yield from islice(told, MOST_TOLD)
    except _Wrong as error:
        yield one_line(str(error))


def _rows(path: Path) -> Iterator[TextLine]:
    """The header and the points of a file; raises `_Wrong`."""
    rows = _filled(_written(path))
    line, header = next(rows, (0, []))
    if not line:
        raise _Wrong(f"'{short(path.name)}' cannot be read: the file is empty")
    yield line, header
    count, empty = 0, 0
    for place, cells in rows:
        if any(cells[len(header) :]) or len(cells) < len(header):
            size = len(cells)
            has = f"has {size} cell{'' if size == 1 else 's'} for {len(header)} columns"
            raise _Wrong(f"{path.name}:{place}: {has}; {_SAVE_AS}")
        if not any(cells):
            empty = empty or place
            continue
        if empty and count:
            raise _Wrong(f"{path.name}:{empty}: the row is empty; delete it ({_ONLY_THE_FIRST})")
        if empty:
            yield empty, [""] * len(header)
        count, empty = count + 1, 0
        if count > MOST_POINTS:
            raise _Wrong(f"{path.name}:{place}: at most {MOST_POINTS:,} points can be run")
        yield place, cells


def _filled(rows: Iterable[TextLine]) -> Iterator[TextLine]:
    """Rows without blank lines; the header, which comes first, without empty columns at its end."""
    header = True
    for line, cells in rows:
        if header and any(cells):
            header = False
            yield line, cells[: max(place for place, cell in enumerate(cells, 1) if cell)]
        elif not header and cells:
            yield line, cells


def _written(path: Path) -> Iterator[TextLine]:
    """All lines of a file as they are, with the space around their cells taken away."""
    name = short(path.name)
    if (why := hindrance(path)) is not None:
        raise _Wrong(f"'{name}' {why}")
    if not is_file(path):
        raise _Wrong(f"there is no file '{name}' beside this one")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader, line = csv.reader(file), 1
            for cells in reader:
                yield line, [cell.strip() for cell in cells]
                line = reader.line_num + 1
    except UnicodeDecodeError:
        raise _Wrong(f"{path.name}:{_first_strange_line(path)}: is not UTF-8; {_SAVE_AS}") from None
    except csv.Error as error:
        raise _Wrong(f"{path.name}:{reader.line_num}: {error}; {_SAVE_AS}") from None
    except OSError as error:
        raise _Wrong(f"'{name}' cannot be read: {error.strerror}") from None


def _first_strange_line(path: Path) -> int:
    with path.open("rb") as file:
        for line, raw in enumerate(file, 1):
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError:
                return line
    return 1


def _check_columns(columns: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for mark, called in _SEPARATORS.items():
        if len(columns) == 1 and mark in columns[0]:
            yield f"{called} stand between the columns; {_SAVE_AS}"
            return
    for place, column in enumerate(columns):
        if column not in names:
            yield f"'{short(column)}' is not a factor of this experiment{near(column, names)}"
        elif column in columns[:place]:
            yield f"there are two columns for {column}"
    for name in names:
        if name not in columns:
            yield f"there is no column for {name}"


def _check_rows(
    path: Path, rows: Iterable[TextLine], header: Sequence[str], factors: Sequence[Factor]
) -> Iterator[str]:
    """Cells that are not in the range of their factor, line by line."""
    line = 0
    columns = [(header.index(factor.name), factor) for factor in factors]
    for line, cells in rows:
        for place, factor in columns:
            if cells[place] and (text := _mistake(cells[place], factor)):
                yield f"{path.name}:{line}: {factor.name}: {text}"
    if not line:
        yield f"{path.name}: has no points, only its first line"


def _mistake(cell: str, factor: Factor) -> str:
    """What is wrong with a cell; empty if nothing is."""
    value = float(cell) if _NUMBER.fullmatch(cell) else None
    if value is not None and factor.low <= value <= factor.high:
        return ""
    allowed = f"{factor.low:g} to {factor.high:g} ({factor.unit})"
    if value is None:
        return f"expected a number, {allowed}, not '{short(cell)}'"
    return f"{number(value)} is outside {allowed}"
