"""How likely the observed figures are at values of what all countries share.

A country's own inclination is summed out on a grid, so that what is sampled has a dozen dimensions
and not one more for each country. What an observation and the emulator differ by is the noise of
the survey, what the emulator does not know, and what the model misses: the last goes on over the
years of a country and is as large as the data say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sim.questions.fit.asked import country_ends
from sim.questions.fit.emulator import Emulator
from sim.questions.fit.target import Target

Numbers = NDArray[np.float64]
SHARED = 3
"""Beside the fitted parameters: spread between countries, what is missed of use and of forms."""
_LEAST_SPREAD, _MOST_SPREAD = 0.05, 2.0
_LEAST_MISSED, _MOST_MISSED = 0.2, 15.0
_GRID = 25


@dataclass(frozen=True)
class Likelihood:
    """Log-likelihood of `target`; points are in shares of the prior's ranges.

    A point has the fitted parameters, the country's first (its mean over countries), then spread
    and what is missed (`SHARED`).
    """

    emulator: Emulator
    target: Target
    turned: Numbers
    """From residuals to independent ones of variance one, but for what is missed; by country."""
    missed: Numbers
    """Variance of each of these per squared point of what is missed."""
    constant: float

    @classmethod
    def of(cls, emulator: Emulator, target: Target) -> Self:
        """Prepares what does not depend on the point."""
        known = ~np.isnan(target.values)
        noise = np.sqrt(np.where(known, target.noise, 1.0) ** 2 + emulator.error**2)
        weight = np.where(known, 1.0 / noise, 0.0)
        countries, entries = target.values.shape
        turned, missed = np.zeros((countries, entries, entries)), np.zeros((countries, entries))
        for country in range(countries):
            for which in (0, 1):
                own = np.flatnonzero(target.indicator == which)
                if not len(own):
                    continue
                w = weight[country, own]
                alike = target.alike(which)[np.ix_(own, own)]
                values, vectors = np.linalg.eigh(w[:, None] * alike * w[None, :])
                missed[country, own] = np.maximum(values, 0.0)
                turned[country][np.ix_(own, own)] = vectors.T * w
        constant = float(np.log(weight[known]).sum() - 0.5 * known.sum() * np.log(2 * np.pi))
        return cls(emulator, target, turned, missed, constant)

    @property
    def size(self) -> int:
        """How many numbers a point has."""
        return self.emulator.size + SHARED

    def __call__(self, points: Numbers) -> Numbers:
        """Log-likelihood of points of shape (points, size)."""
        return np.concatenate([self._some(part) for part in _parts(points)])

    def _some(self, points: Numbers) -> Numbers:
        joint = self.by_country(points) + log_weights(points)[:, None, :]
        highest = joint.max(axis=2, keepdims=True)
        summed = np.log(np.exp(joint - highest).sum(axis=2)) + highest[:, :, 0]
        total: Numbers = summed.sum(axis=1) + self.constant
        return total

    def by_country(self, points: Numbers) -> Numbers:
        """Log-likelihood by point, country and the country's own place on the grid."""
        return self.of_figures(
            points, self.emulator.on_grid(points[:, 1 : self.emulator.size], grid())
        )

    def of_figures(self, points: Numbers, figures: Numbers) -> Numbers:
        """The same of figures by point, country, place and entry, wherever they come from."""
        known = ~np.isnan(self.target.values)[:, None, :]
        left = np.where(known, self.target.values[:, None, :] - figures, 0.0)
        left = np.matmul(left, self.turned.transpose(0, 2, 1))
        sizes = natural(points)[:, 1:][:, self.target.indicator]
        variance = 1.0 + sizes[:, None, :] ** 2 * self.missed[None]
        squares = (left**2 / variance[:, :, None, :]).sum(axis=3)
        found: Numbers = -0.5 * (squares + np.log(variance).sum(axis=2)[:, :, None])
        return found

    def places(self, points: Numbers) -> Numbers:
        """Log-probability of each country's own place on the grid at each point, not normed."""
        found = [self.by_country(part) + log_weights(part)[:, None, :] for part in _parts(points)]
        return np.concatenate(found)


def _parts(points: Numbers) -> list[Numbers]:
    return [points[start : start + 16] for start in range(0, len(points), 16)]


def grid() -> Numbers:
    """Places of a country in the range of its parameter, from 0 to 1."""
    return (np.arange(_GRID) + 0.5) / _GRID


def natural(points: Numbers) -> Numbers:
    """Spread and what is missed of each indicator, in their units, from points."""
    low, high = natural_ends()
    found: Numbers = low + points[:, -SHARED:] * (high - low)
    return found


def natural_ends() -> tuple[Numbers, Numbers]:
    """Ends of the uniform priors of spread and of what is missed of each indicator."""
    low = np.array([_LEAST_SPREAD, _LEAST_MISSED, _LEAST_MISSED])
    return low, np.array([_MOST_SPREAD, _MOST_MISSED, _MOST_MISSED])


def log_weights(points: Numbers) -> Numbers:
    """Log prior of a country's place on the grid, from the mean and spread of points."""
    low, high = country_ends()
    spread = natural(points)[:, :1] / (high - low)
    apart = (grid()[None, :] - points[:, :1]) / spread
    logs = -0.5 * apart**2
    highest = logs.max(axis=1, keepdims=True)
    found: Numbers = logs - np.log(np.exp(logs - highest).sum(axis=1, keepdims=True)) - highest
    return found
