"""How much more it takes to settle what is open: replicates per point, or points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from sim import frames
from sim.experiments.futures import Futures
from sim.experiments.statistics import confidence_interval, replicates_to_settle
from sim.frames import numbers, whole, words

COLUMNS = (
    words("outcome", "policy", "other")
    | whole("futures", "settled", "open", "same", "replicates")
    | numbers("needed_median", "needed_p90")
)


def replicates_needed(futures: Futures, outcomes: Sequence[str]) -> pd.DataFrame:
    """How many replicates per future would settle which of two policies is ahead.

    A row per outcome and pair of policies (`COLUMNS`). A future is settled where zero lies outside
    the 95 % confidence interval of the paired difference, `same` where no replicate differs, open
    otherwise. `needed_median` and `needed_p90` are about how many replicates would settle half and
    nine tenths of the open ones; nan where none is open or just one replicate was run.
    """
    names = futures.policies
    rows = []
    for outcome in outcomes:
        for one, two in combinations(range(len(names)), 2):
            values = futures.values[outcome]
            found = [_future(sample) for sample in values[:, one] - values[:, two]]
            needed = [count for count, _ in found if count is not None]
            states = [state for _, state in found]
            half, most = np.quantile(needed, [0.5, 0.9]) if needed else (math.nan, math.nan)
            counts = [states.count(state) for state in ("settled", "open", "same")]
            replicates = values.shape[2]
            rows.append(
                (outcome, names[one], names[two], len(found), *counts, replicates, half, most)
            )
    return frames.table(COLUMNS, rows)


def settling_sentence(table: pd.DataFrame) -> str:
    """What it would take to settle the pair of policies that is most often open."""
    if table.empty:
        return "With one policy there is nothing to settle between policies."
    worst = table.iloc[int(table["open"].argmax())]
    count = int(worst["replicates"])
    if count < 2:
        return (
            "One replicate per future: whether a difference in one future is luck cannot be said; "
            "2 or more replicates would."
        )
    if worst["open"] == 0:
        return f"In every future the order of the policies is settled by {count} replicates."
    return (
        f"Which policy is ahead is open most often in {worst['outcome']} of {worst['policy']} and "
        f"{worst['other']}: in {worst['open']} of {worst['futures']} futures with {count} "
        f"replicates; about {worst['needed_median']:,.0f} per future would settle half of them, "
        f"{worst['needed_p90']:,.0f} nine tenths."
    )


def replicates_for_luck(share: float, replicates: int, goal: float) -> int | None:
    """Replicates per point that would bring luck's share of the variance down to a goal.

    None if it is there already, or cannot be known.
    """
    if not goal < share < 1:
        return None
    return math.ceil(replicates * (share / (1 - share)) * ((1 - goal) / goal))


def points_for_width(points: int, width: float, goal: float) -> int | None:
    """Base points, a power of two, that would narrow an interval to a goal; None if it is."""
    if round(width, 2) <= goal or points < 1:
        return None
    return 1 << math.ceil(math.log2(points * (width / goal) ** 2))


def _future(sample: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[int | None, str]:
    """How many replicates one future needs, and whether it is settled, open or the same."""
    if not sample.any():
        return None, "same"
    if len(sample) < 2:
        return None, "open"
    mean, low, high = confidence_interval(sample)
    if low > 0 or high < 0:
        return None, "settled"
    return replicates_to_settle(mean, float(sample.std(ddof=1)), len(sample)), "open"
