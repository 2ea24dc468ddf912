"""The points of an experiment as a csv file: one column per factor, one line per point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.factors import Factor, Numbers
from sim.scenario.source import MOST_TOLD
from sim.text import near, short

if TYPE_CHECKING:
    import pandas as pd


def read_points(path: Path, factors: Sequence[Factor]) -> Numbers:
    """The points of a file, shape (points, factors); NaN where a cell is empty."""
    table = _read(path)
    return table[[factor.name for factor in factors]].to_numpy(dtype=np.float64)


def write_points(path: Path, factors: Sequence[Factor], points: Numbers) -> None:
    """Write points as `read_points` reads them, to the last bit."""
    import pandas as pd

    table = pd.DataFrame(points, columns=[factor.name for factor in factors])
    table.to_csv(path, index=False, float_format=repr)


def check_points(path: Path, factors: Sequence[Factor]) -> Iterator[str]:
    """What is wrong with a file of points, each with its line."""
    try:
        table = _read(path)
    except FileNotFoundError:
        yield f"there is no file '{short(path.name)}' beside this one"
        return
    except (OSError, ValueError) as error:
        yield f"'{short(path.name)}' cannot be read: {_first_line(error)}"
        return
    wrong = list(_check_columns(table, factors))
    yield from (f"{path.name}:1: {text}" for text in wrong)
    if not wrong and table.empty:
        yield f"{path.name}: has no points, only its first line"
    elif not wrong:
        yield from _check_cells(path, table, factors)


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(path, keep_default_na=False, na_values=[""], float_precision="round_trip")


def _first_line(error: Exception) -> str:
    return getattr(error, "strerror", None) or " ".join(str(error).split())


def _check_columns(table: pd.DataFrame, factors: Sequence[Factor]) -> Iterator[str]:
    names = [factor.name for factor in factors]
    for column in table.columns:
        if column not in names:
            yield f"'{short(str(column))}' is not a factor of this experiment{near(column, names)}"
    for name in names:
        if name not in table.columns:
            yield f"there is no column for {name}"


def _check_cells(path: Path, table: pd.DataFrame, factors: Sequence[Factor]) -> Iterator[str]:
    """Cells that are no numbers of the factor's range, the first ones of each column."""
    import pandas as pd

    for factor in factors:
        column = table[factor.name]
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
        inside = (numbers >= factor.low) & (numbers <= factor.high)
        wrong = np.flatnonzero(~inside & column.notna().to_numpy())[:MOST_TOLD]
        lines = _numbered_lines(path) if len(wrong) else []
        for row in wrong:
            allowed = f"{factor.low:g} to {factor.high:g} ({factor.unit})"
            given = short(str(column.iloc[row]))
            yield f"{path.name}:{lines[row + 1]}: {factor.name}: {given} is outside {allowed}"


def _numbered_lines(path: Path) -> list[int]:
    """The numbers of the lines that are not blank."""
    with path.open(encoding="utf-8") as file:
        return [number for number, line in enumerate(file, 1) if line.strip()]
