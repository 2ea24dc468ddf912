"""S-shaped curves through yearly shares, and what was observed by country."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from sim.evidence.observed import observed
from sim.questions.evidence.asked import countries
from sim.society.places import EUROPE, internet_users_of

Numbers = NDArray[np.float64]
_MIDDLE = 2010.0
_FEWEST = 4


def by_country(indicator: str) -> pd.DataFrame:
    """Figures of an indicator: countries by years."""
    return observed(indicator).pivot(index="country", columns="year", values="value")


def logistic(years: Numbers, plateau: float, rate: float, middle: float) -> Numbers:
    """A logistic curve."""
    curve: Numbers = plateau / (1.0 + np.exp(-rate * (years - middle)))
    return curve


def fit_to_one(shares: pd.Series) -> tuple[float, float]:
    """Rate per year and year of the middle of a logistic curve that ends at one.

    `shares` are from 0 to 1, by year; both are nan if there are too few or no curve fits.
    """
    known = shares.dropna()
    if len(known) < _FEWEST:
        return np.nan, np.nan
    years = known.index.to_numpy(dtype=np.float64) - _MIDDLE
    try:
        found, _ = curve_fit(
            lambda t, rate, middle: logistic(t, 1.0, rate, middle), years, known.to_numpy(),
            p0=(0.15, 0.0), bounds=([0.0, -60.0], [2.0, 60.0]),
        )  # fmt: skip
    except (RuntimeError, ValueError):
        return np.nan, np.nan
    return float(found[0]), float(found[1]) + _MIDDLE


def fit(shares: pd.Series) -> tuple[float, float]:
    """Plateau, and share of the variance that a logistic curve explains; nan if none fits."""
    years = shares.index.to_numpy(dtype=np.float64) - shares.index[0]
    values = shares.to_numpy(dtype=np.float64)
    try:
        found, _ = curve_fit(
            logistic, years, values,
            p0=(max(values.max(), 0.05), 0.3, len(years) / 3.0),
            bounds=([0.01, 0.0, -40.0], [1.0, 3.0, 60.0]),
        )  # fmt: skip
    except (RuntimeError, ValueError):
        return np.nan, np.nan
    errors = logistic(years, *found) - values
    spread = ((values - values.mean()) ** 2).sum()
    return float(found[0]), 1.0 - float((errors**2).sum()) / float(spread) if spread else np.nan


def rates_and_lags(use: pd.DataFrame, online: pd.DataFrame) -> tuple[float, float]:
    """Median over countries: rate of use, and years by which it lags being online.

    Both are from 0 to 1, countries by years; curves end at one, so rates and middles can be
    compared.
    """
    rates, lags = [], []
    for country in use.index:
        rate, middle = fit_to_one(use.loc[country])
        _, earlier = fit_to_one(online.loc[country])
        rates.append(rate)
        lags.append(middle - earlier)
    return float(np.nanmedian(rates)), float(np.nanmedian(lags))


def up_to(table: pd.DataFrame, last: int, first: int = 0) -> pd.DataFrame:
    """Some years of a table of countries by years."""
    return table[[year for year in table.columns if first <= int(str(year)) <= last]]


@cache
def observed_rates_and_lags(last: int) -> tuple[float, float]:
    """The same of what was observed up to a year."""
    online = {c: dict(internet_users_of(f"{EUROPE}{c}") or ()) for c in countries()}
    table = pd.DataFrame(online).T.sort_index(axis=1)
    use = by_country("egov_use_spliced").loc[list(countries())] / 100.0
    return rates_and_lags(up_to(use, last), up_to(table, last))


def changes_together(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Correlation of yearly changes within countries; both countries by years."""
    first, second = _changes(one).align(_changes(other), join="inner")
    known = first.notna() & second.notna()
    if not known.to_numpy().any():
        return np.nan
    return _correlation(first.to_numpy()[known], second.to_numpy()[known])


def slope_of_changes(cause: pd.DataFrame, effect: pd.DataFrame) -> float:
    """Slope of yearly changes within countries, less what all countries have in a year."""
    first, second = _changes(cause).align(_changes(effect), join="inner")
    x, y = (table.sub(table.mean(axis=0), axis=1) for table in (first, second))
    known = x.notna() & y.notna()
    a, b = x.to_numpy()[known], y.to_numpy()[known]
    return float((a * b).sum() / (a * a).sum()) if (a * a).sum() > 0.0 else np.nan


def _changes(table: pd.DataFrame) -> pd.DataFrame:
    """Changes from the year before, less each country's mean change."""
    years = range(int(table.columns.min()), int(table.columns.max()) + 1)
    changes = table.reindex(columns=years).astype("float64").diff(axis=1)
    return changes.sub(changes.mean(axis=1), axis=0)


def _correlation(one: Numbers, other: Numbers) -> float:
    if one.std() == 0.0 or other.std() == 0.0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
