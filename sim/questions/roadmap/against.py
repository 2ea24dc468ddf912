"""Schedules held against each other, world by world, in worlds that the search never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.latin import generator
from sim.questions.comparison.worlds import OverWorlds
from sim.questions.how_sure import is_sure, sure_word
from sim.questions.roadmap.chosen import balance
from sim.questions.roadmap.objectives import OBJECTIVES, SIGNS, Numbers, Objective
from sim.statistics import central, confidence_interval, without_noise

BETTER, WORSE, NEITHER = "better", "worse", "no difference that matters"
ORDERS = "random_orders"
"""The mean over orders drawn by lot, in each world."""
IDLE = ("reform.", "frontier.")
"""What nothing asks for where governments move by plan."""
_RESAMPLES = 2_000


@dataclass(frozen=True)
class Against:
    """One schedule against another in one objective; `gains` are by world, more is better."""

    schedule: str
    other: str
    objective: Objective
    gains: Numbers

    @property
    def mean(self) -> float:
        """The mean gain, positive for the better whichever way the outcome goes."""
        return float(self.gains.mean())

    @property
    def difference(self) -> float:
        """The mean difference in the outcome's own direction."""
        return self.objective.sign * self.mean + 0.0

    @cached_property
    def confidence(self) -> tuple[float, float]:
        """95 % confidence of the mean difference; nan with too few worlds."""
        found = confidence_interval(self.objective.sign * self.gains)
        return found[1], found[2]

    @property
    def ends(self) -> tuple[float, float]:
        """Between which differences the central 90 % of worlds lie."""
        return central(self.objective.sign * self.gains)

    @property
    def better(self) -> int:
        """Worlds in which it is better."""
        return int((self.gains > 0).sum())

    @property
    def worse(self) -> int:
        """Worlds in which it is worse."""
        return int((self.gains < 0).sum())

    @property
    def sure(self) -> str:
        """How sure the direction of the mean is."""
        agreeing = self.better if self.mean >= 0 else self.worse
        return sure_word(agreeing, len(self.gains)) if self.gains.any() else "the same"

    @property
    def verdict(self) -> str:
        """Better or worse where it is likely at least and large enough to matter."""
        if abs(self.mean) < self.objective.margin or not is_sure(self.sure):
            return NEITHER
        return BETTER if self.mean > 0 else WORSE


def against(name: str, own: Numbers, other_name: str, other: Numbers) -> list[Against]:
    """One schedule against another in all objectives; values have shape (worlds, objectives)."""
    found = []
    for place, objective in enumerate(OBJECTIVES):
        a, b = own[:, place], other[:, place]
        gains = objective.sign * without_noise(a - b, a, b, outcome=objective.outcome)
        found.append(Against(name, other_name, objective, gains))
    return found


def scores(values: Numbers, stay: Numbers, scale: Numbers) -> Numbers:
    """The balance of schedules in each world; values have shape (schedules, worlds, objectives)."""
    return balance(SIGNS * (values - stay), scale)


def best_shares(score: Numbers, key: str) -> Numbers:
    """How often each schedule has the highest mean balance in worlds drawn anew.

    `score` has shape (schedules, worlds). Schedules that are level share.
    """
    count = score.shape[1]
    drawn = generator(key).integers(count, size=(_RESAMPLES, count))
    means = np.round(score[:, drawn].mean(axis=2), 9)
    first = means == means.max(axis=0)
    shares: Numbers = (first / first.sum(axis=0)).mean(axis=1)
    return shares


def leads(score: Numbers) -> Numbers:
    """How far each schedule is ahead of the best of the others, shape (schedules, worlds)."""
    found = np.zeros_like(score)
    for place in range(len(score)):
        others = np.delete(score, place, axis=0)
        found[place] = score[place] - others.max(axis=0)
    return found


def rests_on(
    values: Numbers, name: str, seed: int, worlds: Sequence[int], beside: int
) -> list[tuple[str, float]]:
    """What a difference by world goes with more than chance gives, and which way."""
    one = OverWorlds("balance", "", name, 1, values, float("nan"), seed, tuple(worlds), IDLE,
                     beside)  # fmt: skip
    return one.rests_on
