"""Observed figures by indicator: who, when, how much."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).with_name("data")


@cache
def _table() -> pd.DataFrame:
    files = sorted(DATA.glob("*.csv"))
    return pd.concat([pd.read_csv(file, keep_default_na=False) for file in files])


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
