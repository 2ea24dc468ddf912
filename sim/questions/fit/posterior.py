"""The posterior as a table in the parameters' own units, and what the data say of each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.evidence.posterior import DISCREPANCY, SPREAD
from sim.questions.fit.asked import FITTED, ranges
from sim.questions.fit.likelihood import natural, natural_ends
from sim.questions.fit.sampling import Sampled
from sim.questions.fit.target import INDICATORS

Numbers = NDArray[np.float64]
COLUMNS = (*FITTED, SPREAD, *(f"{DISCREPANCY}{name}" for name in INDICATORS))
_UNIFORM = 1.0 / np.sqrt(12.0)
_MUCH, _SOME = 0.5, 0.15
TABLE = frames.words("parameter") | frames.numbers(
    "prior_low", "prior_high", "mean", "sd", "low", "high", "shrinkage"
) | frames.words("said")  # fmt: skip
"""Columns of `identifiability.csv`: declared range, posterior, its central 90 %, shrinkage."""


def posterior_table(sampled: Sampled) -> pd.DataFrame:
    """One row per draw, a column for each of `COLUMNS`, in the units of the parameters."""
    points = sampled.points
    low, high = ranges()
    values = np.concatenate([low + points[:, : len(FITTED)] * (high - low), natural(points)], 1)
    return frames.table(frames.numbers(*COLUMNS), np.round(values, 6).tolist())


def identifiability(posterior: pd.DataFrame) -> pd.DataFrame:
    """How much narrower than its prior each is: shrinkage is 1 - sd(posterior) / sd(prior)."""
    low, high = ranges()
    ends = natural_ends()
    lows, highs = np.concatenate([low, ends[0]]), np.concatenate([high, ends[1]])
    rows = []
    for name, start, end in zip(COLUMNS, lows.tolist(), highs.tolist(), strict=True):
        own = posterior[name].to_numpy()
        sd = float(own.std(ddof=1))
        shrunk = 1.0 - sd / ((end - start) * _UNIFORM)
        middle = np.quantile(own, [0.05, 0.95]).tolist()
        rows.append((name, start, end, float(own.mean()), sd, *middle, shrunk, _said(shrunk)))
    return frames.table(TABLE, rows)


def _said(shrinkage: float) -> str:
    if shrinkage >= _MUCH:
        return "much"
    return "something" if shrinkage >= _SOME else "nothing"
