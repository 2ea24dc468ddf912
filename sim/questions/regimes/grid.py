"""A full grid of two factors, and where a lead changes sign along a line of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.engine.luck import Luck, seed_key, uniforms
from sim.experiments.plan import Plan
from sim.questions.futures import Numbers
from sim.statistics import without_noise

RESAMPLES = 2_000
"""Maps whose units are drawn again."""


def map_weights(seed: int, count: int) -> Numbers:
    """How much each of so many units, replicates or worlds, weighs in maps of resampled ones.

    Shape (maps, units); the same units are drawn in every cell of a map.
    """
    luck = uniforms(seed_key(seed), Luck.MAPS, RESAMPLES, count)
    draws = np.minimum((luck * count).astype(np.int64), count - 1)
    return np.stack([(draws == unit).mean(axis=1) for unit in range(count)], axis=1)


@dataclass(frozen=True)
class Grid:
    """A full grid of two factors: `place` is the future at each (x, y), by order of levels."""

    x: Numbers
    y: Numbers
    place: NDArray[np.int64]


def grid_of(plan: Plan) -> Grid:
    """The grid of a plan that makes a map."""
    x, y = (np.unique(column) for column in plan.points.T)
    place = np.lexsort((plan.points[:, 1], plan.points[:, 0])).reshape(len(x), len(y))
    return Grid(x, y, place)


def lead_of(values: Numbers, one: int, two: int, outcome: str) -> Numbers:
    """How far the second policy is ahead of the first, by future and replicate."""
    return without_noise(values[:, two] - values[:, one], values, outcome=outcome)


def crossing(x: Numbers, values: Numbers) -> float:
    """The first x at which `values`, joined by straight lines, change sign; nan if they do not.

    Where they are nothing for a while in between, its middle.
    """
    known = np.flatnonzero(values).tolist()
    for k, following in pairwise(known):
        here, there = values[k], values[following]
        if here * there < 0 and following > k + 1:
            return float(x[k + 1] + x[following - 1]) / 2
        if here * there < 0:
            return float(x[k] + (x[following] - x[k]) * here / (here - there))
    return math.nan
