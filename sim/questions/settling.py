"""How much more it takes to settle what is open: replicates per point, or points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from sim import frames
from sim.frames import numbers, whole, words
from sim.questions.futures import Futures, Numbers
from sim.statistics import (
    FEWEST,
    WORTH_SETTLING,
    difference_interval,
    replicates_to_settle,
    without_noise,
)

COLUMNS = (
    words("outcome", "policy", "other")
    | whole("futures", "settled", "open", "same", "replicates")
    | numbers("needed_median", "needed_p90")
)
_MOST_POINTS = 1 << 16
"""More base points than this are not worth advice."""
_UNKNOWN = math.nan, math.nan


def replicates_needed(futures: Futures, outcomes: Sequence[str]) -> pd.DataFrame:
    """How many replicates per future would settle which of two policies is ahead.

    A row per outcome and pair of policies (`COLUMNS`). A future is settled where zero lies outside
    the 95 % confidence interval of the paired difference, `same` where no replicate differs, open
    otherwise. `needed_median` and `needed_p90` are about how many replicates would settle half and
    nine tenths of the open ones; infinite where that takes more than `WORTH_SETTLING`, nan where
    none is open or too few replicates were run to say.
    """
    names = futures.policies
    rows = []
    for outcome in outcomes:
        for one, two in combinations(range(len(names)), 2):
            values = futures.values[outcome]
            pair = values[:, one], values[:, two]
            gaps = without_noise(pair[0] - pair[1], *pair, outcome=outcome)
            found = [_future(sample, outcome) for sample in gaps]
            states = [state for _, state in found]
            counts = [states.count(state) for state in ("settled", "open", "same")]
            replicates = values.shape[2]
            known = replicates >= FEWEST and counts[1]
            half, most = _typical([n for n, s in found if s == "open"]) if known else _UNKNOWN
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
    if count < FEWEST:
        told = "One replicate" if count == 1 else f"{count} replicates"
        return (
            f"{told} per future: whether a difference in one future is luck cannot be said; "
            f"{FEWEST} or more replicates would."
        )
    if worst["open"] == 0:
        return f"In every future the order of the policies is settled by {count} replicates."
    return (
        f"Which policy is ahead is open most often in {worst['outcome']} of {worst['policy']} and "
        f"{worst['other']}: in {worst['open']} of {worst['futures']} futures with {count} "
        f"replicates; {_outlook(float(worst['needed_median']), float(worst['needed_p90']))}."
    )


def _outlook(half: float, most: float) -> str:
    """How many replicates would settle the open futures, if so many are worth running."""
    if math.isinf(half):
        return f"more than {WORTH_SETTLING:,} per future would not settle half of them"
    rest = (
        f"more than {WORTH_SETTLING:,} would not settle nine tenths"
        if math.isinf(most)
        else f"{most:,.0f} nine tenths"
    )
    return f"about {half:,.0f} per future would settle half of them, {rest}"


def replicates_for_luck(share: float, replicates: int, goal: float) -> float | None:
    """Replicates per point that would bring luck's share of the variance down to a goal.

    None if it is there already, or cannot be known; infinite if more than `WORTH_SETTLING`.
    """
    if not share > goal:
        return None
    if share >= 1:
        return math.inf
    needed = math.ceil(replicates * (share / (1 - share)) * ((1 - goal) / goal))
    return needed if needed <= WORTH_SETTLING else math.inf


def points_for_width(points: int, width: float, goal: float) -> float | None:
    """Base points, a power of two, that would narrow an interval to a goal; None if it is.

    Infinite if more than anybody would run.
    """
    if not round(width, 2) > goal or points < 1:
        return None
    needed = points * (width / goal) ** 2
    return 1 << math.ceil(math.log2(needed)) if needed <= _MOST_POINTS else math.inf


def _future(sample: Numbers, outcome: str) -> tuple[int | None, str]:
    """How many replicates one future needs, and whether it is settled, open or the same."""
    if not sample.any():
        return None, "same"
    mean, low, high = difference_interval(sample, outcome)
    if low > 0 or high < 0:
        return None, "settled"
    sd = float(sample.std(ddof=1)) if len(sample) > 1 else math.nan
    return replicates_to_settle(mean, sd, len(sample)), "open"


def _typical(needed: Sequence[int | None]) -> tuple[float, float]:
    """Replicates that settle half and nine tenths; infinite where that is not worth it."""
    counts = [count or WORTH_SETTLING + 1 for count in needed]
    found = np.quantile(counts, [0.5, 0.9])
    half, most = np.where(found <= WORTH_SETTLING, found, math.inf).tolist()
    return half, most
