"""Observed figures by indicator: who, when, how much."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).with_name("data")


@cache
def _table() -> pd.DataFrame:
    rows: list[dict[str, str]] = []
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return pd.DataFrame(rows)


def indicators() -> tuple[str, ...]:
    """Names of everything that was observed."""
    return tuple(dict.fromkeys(_table()["indicator"]))


def observed(indicator: str) -> pd.DataFrame:
    """Figures of an indicator: `country`, `year` and `value`, in the indicator's own unit.

    Raises `KeyError` if there is none of this name.
    """
    table = _table()
    rows = table[table["indicator"] == indicator]
    if rows.empty:
        raise KeyError(indicator)
    found = rows[["country", "year", "value"]].reset_index(drop=True)
    return found.astype({"year": "int64", "value": "float64"})
