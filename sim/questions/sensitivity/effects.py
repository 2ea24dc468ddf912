"""Elementary effects: what an outcome moves by when one factor does (Morris 1991).

An effect is told per whole range of the factor, whatever its distribution: the outcome's move over
the share of the range that the step really went. A step between two points at which a whole number
or a listed value is the same goes nowhere and tells nothing; it does not count as no effect. An
outcome that cannot leave its range has no effect larger than the range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiments.plan import Plan
from sim.statistics import FEWEST, confidence_interval, range_of, without_noise

Numbers = NDArray[np.float64]
_HALF_NORMAL = math.sqrt(2.0 / math.pi)
"""Mean distance from zero of a normal variable, in standard deviations."""


@dataclass(frozen=True)
class Steps:
    """How far each factor goes in each trajectory, and with it each outcome.

    `share` is of the factor's range, with sign, 0 where it goes nowhere; shape (trajectories,
    factors). `moves` are those of the outcome, shape (trajectories, factors, replicates).
    """

    share: Numbers
    moves: Numbers

    @classmethod
    def of(cls, plan: Plan, values: Numbers) -> Steps:
        """The steps of a Morris design; `values` has shape (points, replicates)."""
        size = len(plan.factors)
        changed = np.diff(plan.points.reshape(-1, size + 1, size), axis=1)
        moved = np.diff(values.reshape(-1, size + 1, values.shape[1]), axis=1)
        widths = np.array([factor.high - factor.low for factor in plan.factors])
        step = np.abs(changed).argmax(axis=1)
        own = np.take_along_axis(changed, step[:, None], axis=1)[:, 0]
        share = np.divide(own, widths, out=np.zeros_like(own), where=widths > 0)
        return cls(share, moved[np.arange(len(step))[:, None], step])


def effects(plan: Plan, outcome: str, values: Numbers) -> pd.DataFrame:
    """A row per factor: mean absolute effect with interval, mean, spread, and what luck shows.

    `values` has shape (points, replicates). A factor that has one value only has no effect; one
    that no step moved has none that is known (nan).
    """
    steps = Steps.of(plan, values)
    low, high = range_of(outcome)
    rows = []
    for k, factor in enumerate(plan.factors):
        there = steps.share[:, k] != 0
        moves = without_noise(steps.moves[there, k].mean(axis=1), values, outcome=outcome)
        found = np.clip(moves / steps.share[there, k], low - high, high - low)
        if factor.low == factor.high:
            found = np.zeros(FEWEST)
        luck = _luck(steps.moves[there, k], steps.share[there, k], high - low)
        rows.append((factor.name, *_summary(found, high - low), luck if len(found) else math.nan))
    columns = ["factor", "effect", "effect_low", "effect_high", "mean_effect", "sd_effect", "luck"]
    return pd.DataFrame(rows, columns=columns)


def _summary(found: Numbers, largest: float) -> tuple[float, float, float, float, float]:
    """Mean size with its interval over trajectories, mean, standard deviation."""
    if not len(found):
        return (math.nan,) * 5
    interval = confidence_interval(np.abs(found), (0.0, largest))
    sd = float(found.std(ddof=1)) if len(found) > 1 else math.nan
    return (*interval, float(found.mean()), sd)


def _luck(moves: Numbers, share: Numbers, largest: float) -> float:
    """The mean absolute effect that luck alone would show; nan for one replicate."""
    if moves.shape[1] < 2:
        return math.nan
    if not len(share):
        return 0.0
    sd = moves.std(axis=1, ddof=1) / math.sqrt(moves.shape[1]) / np.abs(share)
    return min(largest, _HALF_NORMAL * float(sd.mean()))
