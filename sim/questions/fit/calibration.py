"""Simulation-based calibration: do intervals hold the truth as often as they say?

Known truths are drawn from the prior, figures are made from each by the emulator with its noise and
with what a model misses, and each is fitted as the observed ones are. Ranks of the truths among
draws must then be uniform (Talts et al. 2018).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.latin import generator
from sim.questions.fit.asked import FITTED
from sim.questions.fit.emulator import Emulator
from sim.questions.fit.likelihood import Likelihood, grid, log_weights, natural
from sim.questions.fit.posterior import COLUMNS
from sim.questions.fit.sampling import sample
from sim.questions.fit.target import Target
from sim.questions.numbered import Numbered

Numbers = NDArray[np.float64]
TRUTHS, SIMULATED, RANKED = 60, 5, 99
TRUTH_STEPS, _WALKERS = 500, 48
_BINS = 5
_AT_ONCE = 3
TABLE = (
    frames.words("parameter")
    | frames.whole("truths")
    | frames.numbers("mean_rank", "chi_square", "chi_square_p", "ks_p", "held_90")
)
"""Columns of `calibration.csv`: mean rank from 0 to 1 (.5 is right), tests of uniform ranks, and
the share of truths inside the central 90 % of draws."""


@dataclass(frozen=True)
class _Truths(Numbered):
    """Some known truths, by number, to be found again."""

    emulator: Emulator
    target: Target
    which: tuple[int, ...]
    figures: tuple[Numbers, ...]
    """Of each truth, what the model itself gives; nothing where the emulator stands for it."""
    seed: int
    steps: int

    @property
    def units(self) -> Sequence[int]:
        """The numbers of its units."""
        return range(len(self.which))

    @property
    def key(self) -> str:
        """A hash of all that decides what comes of it."""
        asked = [
            "truths", self.emulator.digest, self.which, self.seed, self.steps, _WALKERS, RANKED,
            [figures.tolist() for figures in self.figures],
            np.nan_to_num(self.target.noise).tolist(),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def numbers(self, unit: int) -> tuple[float, ...]:
        """The ranks of a truth's parameters among the draws, 0 to `RANKED`."""
        truth = Truth.of(self.seed, self.which[unit])
        middle = self.figures[unit] if self.figures else truth.emulated(self.emulator)
        made = truth.figures(self.target, middle, 0.0 if self.figures else self.emulator.error)
        found = sample(
            Likelihood.of(self.emulator, made), len(COLUMNS), truth.key,
            draws=RANKED, steps=self.steps, walkers=_WALKERS,
        )  # fmt: skip
        return tuple((found.points < truth.point).sum(axis=0).astype(float).tolist())


@dataclass(frozen=True)
class Truth:
    """A known truth: a point, and the luck of its countries and of its noise."""

    key: str
    point: Numbers

    @classmethod
    def of(cls, seed: int, number: int) -> Self:
        """The truth of a number, drawn from the prior."""
        key = f"{seed} truth {number}"
        return cls(key, generator(key).uniform(size=len(COLUMNS)))

    def places(self, countries: int) -> NDArray[np.int64]:
        """Where each country's own parameter lies on the grid."""
        weights = np.exp(log_weights(self.point[None])[0])
        luck = generator(f"{self.key} places")
        found: NDArray[np.int64] = luck.choice(
            len(weights), size=countries, p=weights / weights.sum()
        )
        return found

    def points(self, countries: int) -> Numbers:
        """The point of each country, shape (countries, 1, parameters)."""
        own = grid()[self.places(countries)]
        shared = np.repeat(self.point[None, 1 : len(FITTED)], countries, axis=0)
        return np.concatenate([own[:, None], shared], axis=1)[:, None, :]

    def emulated(self, emulator: Emulator) -> Numbers:
        """What the emulator gives, by country and entry."""
        return emulator.at(self.points(len(emulator.level)))[:, 0]

    def figures(self, target: Target, middle: Numbers, error: Any) -> Target:
        """Figures around `middle` where the observed ones have some.

        Survey noise, what the emulator is off, and what is missed of each indicator come to it.
        """
        luck = generator(f"{self.key} noise")
        noise = np.sqrt(np.nan_to_num(target.noise) ** 2 + error**2)
        values = middle + luck.standard_normal(middle.shape) * noise
        for which, size in enumerate(natural(self.point[None])[0, 1:].tolist()):
            root = np.linalg.cholesky(target.alike(which) + 1e-9 * np.eye(len(target.year)))
            values = values + size * luck.standard_normal(middle.shape) @ root.T
        return replace(target, values=np.where(np.isnan(target.values), np.nan, values))


def truth_tasks(
    emulator: Emulator, target: Target, seed: int, count: int, steps: int
) -> list[_Truths]:
    """The tasks of so many truths; the first network alone stands for the model in them."""
    one = emulator.single()
    numbers = range(count)
    return [
        _Truths(one, target, tuple(numbers[start : start + _AT_ONCE]), (), seed, steps)
        for start in range(0, count, _AT_ONCE)
    ]


def simulated_truth_tasks(
    emulator: Emulator,
    target: Target,
    seed: int,
    simulate: Callable[[Numbers, int], Numbers],
    luck: int,
    steps: int,
) -> list[_Truths]:
    """The tasks of a handful of truths whose figures the model itself gives."""
    countries = len(emulator.level)
    points = [Truth.of(seed, number).points(countries) for number in range(SIMULATED)]
    figures = simulate(np.concatenate(points, axis=1), luck)
    return [
        _Truths(emulator, target, (number,), (figures[:, number],), seed, steps)
        for number in range(SIMULATED)
    ]


def share_held(ranks: Sequence[Sequence[float]]) -> float:
    """The share of all truths' values that lie inside the central 90 % of draws."""
    shares = (np.array(ranks) + 0.5) / (RANKED + 1)
    return float(((shares > 0.05) & (shares < 0.95)).mean())


def calibration_table(ranks: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Tests of uniform ranks, a row for each parameter; `ranks` has a row for each truth."""
    from scipy.stats import chisquare, kstest

    shares = (np.array(ranks) + 0.5) / (RANKED + 1)
    told = []
    for name, own in zip(COLUMNS, shares.T, strict=True):
        chi = chisquare(np.histogram(own, bins=_BINS, range=(0.0, 1.0))[0])
        held = float(((own > 0.05) & (own < 0.95)).mean())
        told.append(
            (name, len(own), float(own.mean()), float(chi.statistic), float(chi.pvalue),
             float(kstest(own, "uniform").pvalue), held)
        )  # fmt: skip
    return frames.table(TABLE, told)
