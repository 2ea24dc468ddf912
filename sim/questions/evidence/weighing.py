"""The forecaster: courses of the model weighed by a country's history, and what the model misses.

A country has courses for draws of what all countries share, and for values of its own habit (the
country's parameter). Each is as likely as the draw, the habit given the draw, and the history given
both. What the model misses of a country is a share of its internet users (Kennedy and O'Hagan
2001) that begins somewhere, moves at random from year to year and is seen with noise (a local level
model, Harvey 1989), as much as makes the histories that may be known most likely; and a drift that
all countries have in common, shrunk towards none. So a forecast goes on from where the history left
the model, and widens as far as histories show. No figure after the cut-off is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.special import log_softmax, logsumexp

from sim.questions.evidence.scoring import Foretold, Numbers, foretold
from sim.questions.evidence.series import Figure, internet_users

HABITS = 41
"""Values of a country's habit that are weighed; courses between those simulated are straight."""
_LEVELS = (0.06, 0.12)
_STEPS = (0.015, 0.025, 0.035, 0.045)
_NOISES = (0.0, 0.04, 0.06)
_DRIFT = 0.005
"""Standard deviation of the common drift before anything is known, in shares a year."""
_MIDDLE = 2005
_FIRST = 2001
_FEWEST = 3
_LEAST_DRAWS = 0.5
"""Share of the draws that have to count where countries that draws are fitted to are left out."""


@dataclass(frozen=True)
class Missed:
    """What the model misses, in shares of internet users: at first, each year's step, and noise."""

    level: float
    step: float
    noise: float

    def covariance(self, code: str, one: Sequence[int], two: Sequence[int]) -> Numbers:
        """Covariances between years in squared points, shape (one, two)."""
        first, second = np.array(one, float), np.array(two, float)
        steps = np.maximum(0.0, np.minimum.outer(first, second) - _FIRST)
        noise = self.noise**2 * (np.subtract.outer(first, second) == 0.0)
        users = 1e4 * np.outer(internet_users(code, one), internet_users(code, two))
        found: Numbers = users * (self.level**2 + self.step**2 * steps + noise)
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
        return log_softmax(-0.5 * away**2, axis=1)


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

    def drifting(self, code: str, drift: float) -> Courses:
        """The same with a drift of so many internet users a year."""
        years = np.arange(self.first, self.first + self.values.shape[2])
        more = 100.0 * drift * internet_users(code, years.tolist()) * (years - _MIDDLE)
        return Courses(self.values + more, self.first)

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
    drift_spread: float = 0.0

    def forecast(self, figure: Figure) -> Foretold:
        """What is foretold of a later figure, with the noise of its survey."""
        means, spread = self._given_history(figure.year)
        since = figure.year - (self.history[-1].year if self.history else _MIDDLE)
        users = 100.0 * float(internet_users(self.code, [figure.year])[0])
        noise = np.linalg.norm([spread, figure.noise, self.drift_spread * since * users])
        return foretold(means.ravel(), float(noise), self.weights.ravel())

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


def weigh(
    code: str, history: Sequence[Figure], courses: Courses, prior: Prior, learnt: Learnt
) -> Weighed:
    """Weights of a country's courses by its history and by what other histories tell."""
    drifting = courses.drifting(code, learnt.drift)
    likely = log_likelihood(code, history, drifting, learnt.missed) + prior.log_habits()
    log_weights = likely + learnt.log_draws[:, None]
    weights = np.exp(log_weights - log_weights.max())
    return Weighed(
        code, drifting, tuple(history), learnt.missed, weights / weights.sum(), learnt.drift_spread
    )


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
        code: logsumexp(log_likelihood(code, history, courses[code], missed) + habits, axis=1)
        for code, history in histories.items()
    }


@dataclass(frozen=True)
class Learnt:
    """What histories of some countries tell: of draws, of what is missed, and the common drift."""

    log_draws: Numbers
    missed: Missed
    drift: float = 0.0
    drift_spread: float = 0.0


def learn(
    histories: Mapping[str, Sequence[Figure]],
    courses: Mapping[str, Courses],
    prior: Prior,
    without: Sequence[str],
) -> Learnt:
    """What histories up to the cut-off tell, but those of some countries.

    Draws that are fitted to countries that are left out are weighed by one over how likely they
    make these countries' histories, so that they tell less of them: wholly, or as far as half of
    the draws go on counting. Draws that nothing was fitted to are weighed by how likely they make
    the others'.
    """
    best: tuple[float, Learnt] | None = None
    for missed in missed_ones():
        given = log_evidence(histories, courses, prior, missed)
        others = [given[code] for code in histories if code not in without]
        removed = [given[code] for code in without if code in given and code in prior.seen]
        unseen = [given[code] for code in histories
                  if code not in without and code not in prior.seen]  # fmt: skip
        zero = np.zeros(len(prior.means))
        forgot = _forgotten(sum(removed, zero))
        log_draws = log_softmax(sum(unseen, zero) + forgot, axis=0)
        total = float(logsumexp(forgot + sum(others, zero), axis=0))
        if best is None or total > best[0]:
            best = total, Learnt(log_draws, missed)
    if best is None:
        raise AssertionError
    others_only = {c: h for c, h in histories.items() if c not in without}
    drift, spread = _drift(others_only, courses, prior, best[1])
    return replace(best[1], drift=drift, drift_spread=spread)


def _drift(
    histories: Mapping[str, Sequence[Figure]],
    courses: Mapping[str, Courses],
    prior: Prior,
    learnt: Learnt,
) -> tuple[float, float]:
    """The common drift and its standard deviation, by generalised least squares."""
    across, along = 0.0, 1.0 / _DRIFT**2
    for code, history in histories.items():
        if len(history) < _FEWEST:
            continue
        years = [f.year for f in history]
        weighed = weigh(code, history, courses[code], prior, learnt)
        expected = np.tensordot(weighed.weights, weighed.courses.at(years), axes=2)
        left = np.array([f.value for f in history]) - expected
        level = 100.0 * internet_users(code, years)
        rising = level * (np.array(years) - _MIDDLE)
        inverse = np.linalg.inv(_covariance(code, history, learnt.missed))
        free = inverse - np.outer(inverse @ level, inverse @ level) / (level @ inverse @ level)
        across += float(rising @ free @ left)
        along += float(rising @ free @ rising)
    return across / along, along**-0.5


def missed_ones() -> tuple[Missed, ...]:
    """What the model may miss, as far as it is told apart."""
    return tuple(Missed(*sizes) for sizes in product(_LEVELS, _STEPS, _NOISES))


def _forgotten(log_removed: Numbers) -> Numbers:
    """Log weights of one over a likelihood, to the largest power that leaves enough draws."""
    power = 1.0
    while True:
        found = log_softmax(-power * log_removed, axis=0)
        if 1.0 / np.exp(2.0 * found).sum() >= _LEAST_DRAWS * len(found):
            return found
        power *= 0.9


def _covariance(code: str, history: Sequence[Figure], missed: Missed) -> Numbers:
    years = [f.year for f in history]
    noise = np.diag([f.noise**2 for f in history])
    found: Numbers = missed.covariance(code, years, years) + noise
    return found
