"""In how many futures the order of two policies is the same in nearly all plausible worlds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from sim import frames
from sim.frames import whole, words
from sim.questions.futures import Futures, Numbers
from sim.questions.how_sure import FEWEST_WORLDS, OPEN, SURE, TOO_FEW, sure_word
from sim.statistics import without_noise

_WORDS = (*(word for _, word in SURE), OPEN, TOO_FEW)
ORDER = words("outcome", "policy", "other") | whole(
    "futures", "worlds", *(word.replace(" ", "_") for word in _WORDS), "same"
)
"""A row per outcome and pair of policies: how many futures are how sure."""


def order_over_worlds(futures: Futures, outcomes: Sequence[str]) -> pd.DataFrame:
    """How sure it is, future by future, which of two policies is ahead (`ORDER`).

    `same` are futures in which the two do not differ in any world.
    """
    names = futures.policies
    rows = []
    for outcome in outcomes:
        values = futures.values[outcome]
        for one, two in combinations(range(len(names)), 2):
            gaps = without_noise(values[:, one] - values[:, two], values, outcome=outcome)
            found = [_sure(gap) for gap in gaps]
            counts = [found.count(word) for word in (*_WORDS, "same")]
            rows.append((outcome, names[one], names[two], *gaps.shape, *counts))
    return frames.table(ORDER, rows)


def _sure(gap: Numbers) -> str:
    """How sure one future is, from the difference in each world."""
    if not gap.any():
        return "same"
    return sure_word(max(int((gap > 0).sum()), int((gap < 0).sum())), len(gap))


def order_sentence(table: pd.DataFrame) -> str:
    """The pair of policies whose order is least often nearly certain; empty with few worlds."""
    if table.empty or int(table["worlds"].iloc[0]) < FEWEST_WORLDS:
        return ""
    settled = table["nearly_certain"] + table["same"]
    worst = table.iloc[int(np.argmin(settled))]
    if int(settled.min()) == worst["futures"]:
        return "In every future the order of the policies is the same in 95 % of worlds or more."
    return (
        f"Which policy is ahead is least sure in {worst['outcome']} of {worst['policy']} and "
        f"{worst['other']}: of {worst['futures']} futures it is nearly certain (the same in at "
        f"least 95 % of worlds) in {settled.min()}, likely in {worst['likely']}, leaning in "
        f"{worst['leaning']}, open in {worst['open']}."
    )
