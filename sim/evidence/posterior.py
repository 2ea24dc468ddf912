"""The posterior that `govshift fit` found and that ships: draws of what was fitted, as data.

A row of `fitted/posterior.csv` is one draw: fitted parameters by full name, how far countries lie
apart, and what the model misses of each indicator. `fitted/posterior.json` says what it was made
from and how. Reading it needs no library but Python's own.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from math import fsum
from pathlib import Path
from typing import Any, Final

FITTED: Final = Path(__file__).with_name("fitted")
COUNTRY_PARAMETER: Final = "service.choice_intercept"
"""The parameter that differs between countries; its draws are the mean over countries."""
SPREAD: Final = "country_spread"
DISCREPANCY: Final = "discrepancy."


def fitted_names() -> tuple[str, ...]:
    """Full names of the fitted parameters, in the order of the file."""
    return tuple(name for name in _columns() if name != SPREAD and not _is_discrepancy(name))


def draws() -> tuple[dict[str, float], ...]:
    """The draws, each with every fitted parameter by full name, in the order in which they ship."""
    names, columns = fitted_names(), _columns()
    rows = zip(*(columns[name] for name in names), strict=True)
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


def country_spread() -> tuple[float, ...]:
    """Standard deviation of `COUNTRY_PARAMETER` between countries, for each draw."""
    return _columns()[SPREAD]


def discrepancy(indicator: str) -> tuple[float, ...]:
    """Standard deviation of what the model misses of an indicator, in points, for each draw.

    Raises `KeyError` for an indicator that was not fitted.
    """
    return _columns()[f"{DISCREPANCY}{indicator}"]


def mean_set() -> dict[str, float]:
    """One fitted set by full name: the mean of each parameter over the draws."""
    shipped = draws()
    return {name: fsum(draw[name] for draw in shipped) / len(shipped) for name in fitted_names()}


@cache
def about() -> dict[str, Any]:
    """What the posterior was made from: cut-off, countries, model, seed, command."""
    found: dict[str, Any] = json.loads((FITTED / "posterior.json").read_text(encoding="utf-8"))
    return found


def _is_discrepancy(name: str) -> bool:
    return name.startswith(DISCREPANCY)


@cache
def _columns() -> dict[str, tuple[float, ...]]:
    with (FITTED / "posterior.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: tuple(float(row[name]) for row in rows) for name in rows[0]}
