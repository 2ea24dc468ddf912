"""The points of an experiment as a csv file: one column per factor, one line per point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.factors import Factor, Numbers
from sim.scenario.source import MOST_TOLD
from sim.text import near, number, one_line, short


def read_points(path: Path, factors: Sequence[Factor]) -> Numbers:
    """The points of a valid file, shape (points, factors); NaN where a cell is empty."""
    table = _read(path)
    columns = [np.asarray(table[factor.name], dtype=np.float64) for factor in factors]
    return np.stack(columns, axis=1)


def check_points(path: Path, factors: Sequence[Factor]) -> Iterator[str]:
    """What is wrong with a file of points, each with its line."""
    try:
        table = _read(path)
    except FileNotFoundError:
        yield f"there is no file '{short(path.name)}' beside this one"
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or f"{error}".partition("\n")[0]
        yield one_line(f"'{short(path.name)}' cannot be read: {reason}")
        return
    wrong = list(_check_columns(table.column_names, [factor.name for factor in factors]))
    yield from (f"{path.name}:1: {text}" for text in wrong)
    if not wrong and not len(table):
        yield f"{path.name}: has no points, only its first line"
    elif not wrong:
        cells = (found for factor in factors for found in _check_cells(table, factor))
        yield from _told(path, list(islice(cells, MOST_TOLD)))


def _read(path: Path) -> Any:
    """The file as an Arrow table; a column that is not all numbers holds text."""
    from pyarrow import csv

    with path.open("rb") as file:
        options = csv.ConvertOptions(null_values=[""], strings_can_be_null=True)
        return csv.read_csv(file, convert_options=options)


def _check_columns(columns: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for place, column in enumerate(columns):
        if column not in names:
            yield f"'{short(column)}' is not a factor of this experiment{near(column, names)}"
        elif column in columns[:place]:
            yield f"there are two columns for {column}"
    for name in names:
        if name not in columns:
            yield f"there is no column for {name}"


def _check_cells(table: Any, factor: Factor) -> Iterator[tuple[int, str]]:
    """Cells of a factor's column that are not in its range: number of the point and text."""
    column = table[factor.name]
    allowed = f"{factor.low:g} to {factor.high:g} ({factor.unit})"
    if _holds_numbers(column):
        values = np.asarray(column, dtype=np.float64)
        inside = (values >= factor.low) & (values <= factor.high)
        for row in np.flatnonzero(~inside & np.asarray(column.is_valid())).tolist():
            yield row, f"{factor.name}: {number(float(values[row]))} is outside {allowed}"
        return
    for row, text in enumerate(column.to_pylist()):
        value = _as_number(text)
        if value is None:
            yield row, f"{factor.name}: expected a number, {allowed}, not '{short(str(text))}'"
        elif not (factor.low <= value <= factor.high or text is None):
            yield row, f"{factor.name}: {number(value)} is outside {allowed}"


def _holds_numbers(column: Any) -> bool:
    from pyarrow import types

    kind = column.type
    return bool(types.is_floating(kind) or types.is_integer(kind) or types.is_null(kind))


def _as_number(text: Any) -> float | None:
    """The number of a cell, NaN where it is empty, None where it is something else."""
    try:
        return float("nan") if text is None else float(text)
    except (TypeError, ValueError):
        return None


def _told(path: Path, wrong: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Mistakes with the line of their point; blank lines hold none."""
    if wrong:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = [place for place, line in enumerate(file, 1) if line.strip()]
        for row, text in wrong:
            yield f"{path.name}:{lines[row + 1]}: {text}"
