"""The forecaster: courses of the model weighed by a country's history, and what the model misses.

A country has courses for draws of what all countries share, and for values of its own habit (the
country's parameter). Each is as likely as the draw, the habit given the draw, and the history given
both. What the model misses of a country is a share of its internet users that stays for some years
(an Ornstein-Uhlenbeck process; Kennedy and O'Hagan 2001): how large it is and how long it stays is
what makes the histories of all countries that may be known most likely. So a forecast goes on from
where the history left the model, returns to it in time, and widens as far as histories show. No
figure after the cut-off is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.questions.evidence.scoring import Foretold, Numbers, foretold
from sim.questions.evidence.series import Figure, internet_users

HABITS = 41
"""Values of a country's habit that are weighed; courses between those simulated are straight."""
_SPREADS = (0.04, 0.06, 0.09, 0.13, 0.18)
_YEARS = (1.5, 3.0, 6.0, 12.0, 30.0)


@dataclass(frozen=True)
class Missed:
    """What the model misses: a share of internet users, and for how many years it stays."""

    spread: float
    years: float

    def covariance(self, code: str, one: Sequence[int], two: Sequence[int]) -> Numbers:
        """Covariances between years in squared points, shape (one, two)."""
        apart = np.abs(np.subtract.outer(np.array(one, float), np.array(two, float)))
        scale = 100.0 * self.spread
        users = np.outer(internet_users(code, one), internet_users(code, two))
        found: Numbers = scale**2 * users * np.exp(-apart / self.years)
        return found


@dataclass(frozen=True)
class Prior:
    """The draws that were simulated: habits of countries given each, and what they have seen.

    `means` and `spreads` have a value per draw; `habits` are the values of the country's parameter
    that were simulated, in order. `seen` are countries whose histories the draws are fitted to.
    """

    means: Numbers
    spreads: Numbers
    habits: Numbers
    seen: frozenset[str]

    @property
    def fine(self) -> Numbers:
        """The habits that are weighed."""
        return np.linspace(self.habits[0], self.habits[-1], HABITS)

    def log_habits(self) -> Numbers:
        """Log probability of each habit given each draw, shape (draws, habits)."""
        away = (self.fine - self.means[:, None]) / self.spreads[:, None]
        return _normed(-0.5 * away**2, axis=1)


@dataclass(frozen=True)
class Courses:
    """Courses of one country: `values` in per cent, shape (draws, habits, years), from `first`."""

    values: Numbers
    first: int

    def fine(self, prior: Prior) -> Courses:
        """The same at the habits that are weighed."""
        at = np.interp(prior.fine, prior.habits, np.arange(len(prior.habits)))
        low = np.minimum(at.astype(np.int64), len(prior.habits) - 2)
        part = (at - low)[:, None]
        values = (1.0 - part) * self.values[:, low] + part * self.values[:, low + 1]
        return Courses(values, self.first)

    def at(self, years: Sequence[int]) -> Numbers:
        """Values in some years, shape (draws, habits, years)."""
        found: Numbers = self.values[:, :, np.asarray(years, dtype=np.int64) - self.first]
        return found


@dataclass(frozen=True)
class Weighed:
    """Weights of a country's courses, shape (draws, habits), and what they were weighed by."""

    code: str
    courses: Courses
    history: tuple[Figure, ...]
    missed: Missed
    weights: Numbers

    def forecast(self, figure: Figure) -> Foretold:
        """What is foretold of a later figure, with the noise of its survey."""
        means, spread = self._given_history(figure.year)
        noise = float(np.hypot(spread, figure.noise))
        return foretold(means.ravel(), noise, self.weights.ravel())

    def _given_history(self, year: int) -> tuple[Numbers, float]:
        """Means of each course, and the spread around them, given what the history shows missed."""
        means = self.courses.at([year])[:, :, 0]
        alone = float(self.missed.covariance(self.code, [year], [year])[0, 0])
        if not self.history:
            return means, float(np.sqrt(alone))
        years = [f.year for f in self.history]
        with_history = self.missed.covariance(self.code, [year], years)[0]
        gain = np.linalg.solve(_covariance(self.code, self.history, self.missed), with_history)
        left = np.array([f.value for f in self.history]) - self.courses.at(years)
        return means + left @ gain, float(np.sqrt(max(0.0, alone - gain @ with_history)))

    @property
    def at_ends(self) -> float:
        """How much of the weight is on the outermost habits that were simulated."""
        return float(self.weights[:, [0, -1]].sum())

    @property
    def draws(self) -> float:
        """As how many draws of equal weight they count."""
        return float(1.0 / (self.weights.sum(axis=1) ** 2).sum())


def weigh(
    code: str,
    history: Sequence[Figure],
    courses: Courses,
    prior: Prior,
    log_draws: Numbers,
    missed: Missed,
) -> Weighed:
    """Weights of a country's courses by its history; `log_draws` is what else tells of draws."""
    likely = log_likelihood(code, history, courses, missed) + prior.log_habits()
    log_weights = likely + log_draws[:, None]
    weights = np.exp(log_weights - log_weights.max())
    return Weighed(code, courses, tuple(history), missed, weights / weights.sum())


def log_likelihood(
    code: str, history: Sequence[Figure], courses: Courses, missed: Missed
) -> Numbers:
    """Log likelihood of a history under each course, shape (draws, habits)."""
    if not history:
        return np.zeros(courses.values.shape[:2])
    left = np.array([f.value for f in history]) - courses.at([f.year for f in history])
    root = np.linalg.cholesky(_covariance(code, history, missed))
    scaled = np.linalg.solve(root, left.reshape(-1, len(history)).T)
    total = -0.5 * (scaled**2).sum(axis=0) - np.log(np.diag(root)).sum()
    found: Numbers = (total - 0.5 * len(history) * np.log(2.0 * np.pi)).reshape(left.shape[:2])
    return found


def log_evidence(
    histories: Mapping[str, Sequence[Figure]],
    courses: Mapping[str, Courses],
    prior: Prior,
    missed: Missed,
) -> dict[str, Numbers]:
    """Log likelihood of each history given each draw, whatever the country's habit is."""
    habits = prior.log_habits()
    return {
        code: _log_sum(log_likelihood(code, history, courses[code], missed) + habits, axis=1)
        for code, history in histories.items()
    }


@dataclass(frozen=True)
class Learnt:
    """What histories of some countries tell: of draws, and of what the model misses."""

    log_draws: Numbers
    missed: Missed


def learn(
    histories: Mapping[str, Sequence[Figure]],
    courses: Mapping[str, Courses],
    prior: Prior,
    without: Sequence[str],
) -> Learnt:
    """What histories up to the cut-off tell, but those of some countries.

    Draws that are fitted to countries that are left out are weighed by one over how likely they
    make these countries' histories, so that they tell no more of them; draws that nothing was
    fitted to are weighed by how likely they make the others'.
    """
    best: tuple[float, Learnt] | None = None
    for missed in missed_ones():
        given = log_evidence(histories, courses, prior, missed)
        others = [given[code] for code in histories if code not in without]
        removed = [given[code] for code in without if code in given and code in prior.seen]
        unseen = [given[code] for code in histories
                  if code not in without and code not in prior.seen]  # fmt: skip
        zero = np.zeros(len(prior.means))
        log_draws = _normed(sum(unseen, zero) - sum(removed, zero), axis=0)
        total = float(_log_sum(_normed(-sum(removed, zero), axis=0) + sum(others, zero), axis=0))
        if best is None or total > best[0]:
            best = total, Learnt(log_draws, missed)
    if best is None:
        raise AssertionError
    return best[1]


def missed_ones() -> tuple[Missed, ...]:
    """What the model may miss, as far as it is told apart."""
    return tuple(Missed(spread, years) for spread in _SPREADS for years in _YEARS)


def _covariance(code: str, history: Sequence[Figure], missed: Missed) -> Numbers:
    years = [f.year for f in history]
    noise = np.diag([f.noise**2 for f in history])
    found: Numbers = missed.covariance(code, years, years) + noise
    return found


def _log_sum(values: Numbers, axis: int) -> NDArray[np.float64]:
    most = values.max(axis=axis, keepdims=True)
    total = np.log(np.exp(values - most).sum(axis=axis, keepdims=True)) + most
    found: NDArray[np.float64] = total.squeeze(axis)
    return found


def _normed(values: Numbers, axis: int) -> Numbers:
    """Log weights whose weights sum to one along an axis."""
    return values - np.expand_dims(_log_sum(values, axis), axis)
