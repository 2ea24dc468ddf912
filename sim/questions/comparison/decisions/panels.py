"""Readings of all replicates as arrays, and what is told of them: mean, spread, paired differences.

Where worlds are drawn, a world counts once, by the mean over its replicates, and worlds of which a
replicate is missing are left out; under luck alone each replicate counts. Spread is between what
the central 90 % of these lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.outcomes import DIRECTIONS, title_of
from sim.questions.comparison.study import Study
from sim.questions.how_sure import FEWEST_WORLDS, LIKELY, is_sure, sure_word
from sim.statistics import FEW, SPREAD, noise_floor

Numbers = NDArray[np.float64]
_ENDS = ((1 - SPREAD) / 2, (1 + SPREAD) / 2)
_FEWEST = 2


@dataclass(frozen=True)
class Panel:
    """Readings of one scenario: `numbers` of its worlds or replicates, `values` by these first."""

    numbers: NDArray[np.int64]
    values: Numbers

    @property
    def mean(self) -> Numbers:
        """The mean over worlds or replicates; nan without any."""
        return _mean(self.values)

    @property
    def ends(self) -> tuple[Numbers, Numbers]:
        """Between what the central 90 % lie; nan of fewer than two."""
        return ends_of(self.values)


def panel(frame: pd.DataFrame, columns: list[str], study: Study, scenario: str) -> Panel:
    """Readings of a scenario from a tidy table: worlds or replicates, rows of each, columns.

    `frame` has rows of each replicate one after the other, as many of each.
    """
    own = frame[frame["scenario"] == scenario]
    replicates = own["replicate"].to_numpy(dtype=np.int64)
    which = np.unique(replicates)
    shape = (len(which), len(own) // max(1, len(which)), len(columns))
    values = own[columns].to_numpy(dtype=np.float64).reshape(shape)
    return by_unit(which, values, study.per_world)


def by_unit(replicates: NDArray[np.int64], values: Numbers, each: int) -> Panel:
    """Values of replicates as those of whole worlds, if `each` share one; else as they are."""
    if not each:
        return Panel(replicates, values)
    worlds, counts = np.unique(replicates // each, return_counts=True)
    whole = worlds[counts == each]
    kept = values[np.isin(replicates // each, whole)]
    return Panel(whole, kept.reshape(len(whole), each, *values.shape[1:]).mean(axis=1))


def paired(one: Panel, two: Panel, outcome: str = "") -> Numbers:
    """The second less the first, in worlds or replicates of both; what is rounding is nothing."""
    both = np.intersect1d(one.numbers, two.numbers)
    a = one.values[np.isin(one.numbers, both)]
    b = two.values[np.isin(two.numbers, both)]
    difference = b - a
    return np.where(np.abs(difference) <= noise_floor(a, b, outcome=outcome), 0.0, difference)


def enough(units: int, study: Study) -> bool:
    """Whether so many worlds, or replicates, say anything of how sure a direction is."""
    return units >= (FEWEST_WORLDS if study.per_world else FEW)


def likely(agreeing: int, units: int, study: Study) -> bool:
    """Whether a direction in which so many worlds, or replicates, agree is at least likely.

    Of worlds it is by the word that every table has for it, so that no two of them disagree.
    """
    if study.per_world:
        return is_sure(sure_word(agreeing, units))
    return agreeing >= LIKELY * units


def worded(outcome: str) -> str:
    """An outcome in words, inside a sentence."""
    told = {"participation_breadth": "people taking part"}
    return told.get(outcome) or title_of(outcome).lower()


def _mean(values: Numbers) -> Numbers:
    found: Numbers = values.mean(axis=0) if len(values) else np.full(values.shape[1:], np.nan)
    return found


def ends_of(values: Numbers) -> tuple[Numbers, Numbers]:
    """Between what the central 90 % of the first axis lie; nan of fewer than two."""
    if len(values) < _FEWEST:
        unknown = np.full(values.shape[1:], np.nan)
        return unknown, unknown
    low, high = np.quantile(values, _ENDS, axis=0, method="weibull")
    return low, high


def better_share(difference: Numbers, outcome: str) -> Numbers:
    """Share of paired differences that are better, ties for neither; higher where no way is."""
    if not len(difference):
        return np.full(difference.shape[1:], np.nan)
    sign = -1.0 if DIRECTIONS.get(outcome) == "lower" else 1.0
    share: Numbers = (sign * difference > 0).mean(axis=0)
    return np.where(np.isnan(difference).any(axis=0), np.nan, share)


def told(difference: Numbers, outcome: str) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Mean difference, the two ends, and the share that is better."""
    return _mean(difference), *ends_of(difference), better_share(difference, outcome)
