"""Naive forecasters: what anybody could say without a model.

Each says a mean; how sure it is follows from one rule for all. From every earlier year of a history
it foretells each later one up to the cut-off, and the squared errors, per year of distance, mean
over all countries, grow with the distance. A country without a history gets the share of internet
users of the others from each of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.questions.evidence.scoring import Foretold, Numbers, foretold
from sim.questions.evidence.series import Figure, internet_users, until

_FEWEST = 2
"""Figures that a line needs."""
_MOST_SHARE = 0.99
Histories = Mapping[str, Sequence[Figure]]


@dataclass(frozen=True)
class Known:
    """What a forecaster may look at: histories of others by country, and what came later there."""

    others: Histories
    later: Histories


Says = Callable[[str, Sequence[Figure], int, Known], float]
"""What is foretold of a country with some history for a year, in per cent."""


@dataclass(frozen=True)
class Naive:
    """A naive forecaster; `peeks` if it looks at what came later elsewhere."""

    name: str
    what: str
    says: Says
    peeks: bool = False


def _last(code: str, history: Sequence[Figure], year: int, known: Known) -> float:
    return history[-1].value


def _trend(code: str, history: Sequence[Figure], year: int, known: Known) -> float:
    if len(history) < _FEWEST:
        return history[-1].value
    return _line([f.year for f in history], [f.value for f in history], year)


def _logistic(code: str, history: Sequence[Figure], year: int, known: Known) -> float:
    if len(history) < _FEWEST:
        return history[-1].value
    odds = [_log_odds(f.value / 100.0) for f in history]
    return 100.0 / (1.0 + math.exp(-_line([f.year for f in history], odds, year)))


def _constant_share(code: str, history: Sequence[Figure], year: int, known: Known) -> float:
    last = history[-1]
    before, then = internet_users(code, [last.year, year])
    return float(last.value * then / before)


def _mean_growth(code: str, history: Sequence[Figure], year: int, known: Known) -> float:
    last = history[-1]
    grown = []
    for other, figures in known.later.items():
        years = [f.year for f in figures]
        if other != code and len(years) > 1 and years[0] <= last.year < years[-1]:
            values = [f.value for f in figures]
            start, end = np.interp([last.year, year], years, values)
            grown.append(float(end - start))
    return last.value + (math.fsum(grown) / len(grown) if grown else 0.0)


def _two_line(code: str, history: Sequence[Figure], year: int, known: Known) -> float:
    last = history[-1]
    before, then = internet_users(code, [last.year, year])
    share = last.value / before + _drift(known.others) * (year - last.year)
    return float(share * then)


NAIVE = (
    Naive("last_value", "the last figure of its history", _last),
    Naive("linear_trend", "a line through its history", _trend),
    Naive("own_logistic", "a logistic curve through its history", _logistic),
    Naive("constant_share", "its last share of internet users", _constant_share),
    Naive("mean_growth_of_others", "its last figure and the others' mean growth since: it looks at "
          "what came later elsewhere", _mean_growth, peeks=True),
    Naive("two_line_regression", "its last share of internet users and the drift of that share "
          "that all have in common", _two_line),
)  # fmt: skip


def say(naive: Naive, code: str, history: Sequence[Figure], year: int, known: Known) -> float:
    """What a forecaster foretells, in per cent from 0 to 100."""
    if history:
        return min(100.0, max(0.0, naive.says(code, history, year, known)))
    return 100.0 * _mean_share(known.others) * float(internet_users(code, [year])[0])


def error_per_year(naive: Naive, histories: Histories, known: Known) -> float:
    """Mean squared error of a forecaster within histories, per year of distance."""
    found = []
    for code, history in histories.items():
        for place, start in enumerate(history[:-1]):
            for figure in history[place + 1 :]:
                said = say(naive, code, history[: place + 1], figure.year, known)
                found.append((said - figure.value) ** 2 / (figure.year - start.year))
    return math.fsum(found) / len(found) if found else 0.0


def naive_forecast(
    naive: Naive, code: str, history: Sequence[Figure], figure: Figure, known: Known, error: float
) -> Foretold:
    """What a forecaster foretells of a figure, with its error per year and the figure's noise."""
    said = say(naive, code, history, figure.year, known)
    distance = figure.year - (history[-1].year if history else 0)
    grown = error * distance if history else _spread_of_shares(known.others) ** 2
    return foretold(np.array([said]), math.sqrt(grown + figure.noise**2))


def _line(years: Sequence[int], values: Sequence[float], year: int) -> float:
    x, y = np.asarray(years, dtype=np.float64), np.asarray(values)
    slope = float((x - x.mean()) @ (y - y.mean()) / ((x - x.mean()) @ (x - x.mean())))
    return float(y.mean()) + slope * (year - float(x.mean()))


def _log_odds(share: float) -> float:
    kept = min(_MOST_SHARE, max(1.0 - _MOST_SHARE, share))
    return math.log(kept / (1.0 - kept))


def _shares(code: str, history: Sequence[Figure]) -> tuple[Numbers, Numbers]:
    """Years, and shares of internet users who are users."""
    years = [f.year for f in history]
    values = np.array([f.value for f in history]) / internet_users(code, years)
    return np.asarray(years, dtype=np.float64), values


def _drift(histories: Histories) -> float:
    """The slope of the share of internet users over years that all countries have in common."""
    across, along = 0.0, 0.0
    for code, history in histories.items():
        if len(history) >= _FEWEST:
            years, shares = _shares(code, history)
            across += float((years - years.mean()) @ (shares - shares.mean()))
            along += float((years - years.mean()) @ (years - years.mean()))
    return across / along if along else 0.0


def _last_shares(histories: Histories) -> Numbers:
    return np.array([_shares(c, h)[1][-1] for c, h in histories.items() if h]) / 100.0


def _mean_share(histories: Histories) -> float:
    found = _last_shares(histories)
    return float(found.mean()) if len(found) else 0.5


def _spread_of_shares(histories: Histories) -> float:
    """Standard deviation between countries of the share of internet users, in points."""
    found = _last_shares(histories)
    return 100.0 * float(found.std(ddof=1)) if len(found) > 1 else 25.0


def known_of(figures: Histories, cutoff: int, without: Sequence[str]) -> Known:
    """What may be known of all countries but some, up to the cut-off and later."""
    others = {c: f for c, f in figures.items() if c not in without}
    return Known({c: until(f, cutoff) for c, f in others.items()}, others)
