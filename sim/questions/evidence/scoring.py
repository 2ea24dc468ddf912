"""How good a forecast was: error of the mean, continuous ranked probability score, coverage.

A forecast is a sample of equally likely values, here quantiles at even steps: no luck is drawn, so
that the same forecast always has the same score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Numbers = NDArray[np.float64]
SHARE = 0.90
"""How much of a forecast lies in its interval."""
_QUANTILES = 200
_LOW, _HIGH, _STEP = -60.0, 160.0, 0.1
_NONE = 1e-9


@dataclass(frozen=True)
class Foretold:
    """What is foretold of one figure: equally likely values, in order, and their interval."""

    values: Numbers
    mean: float
    low: float
    high: float


def foretold(means: Numbers, spread: float, weights: Numbers | None = None) -> Foretold:
    """A mixture of normal distributions of one standard deviation, kept to 0 to 100 %."""
    means = np.atleast_1d(means)
    shares = np.full(len(means), 1.0 / len(means)) if weights is None else weights
    matter = shares > _NONE
    grid = np.arange(_LOW, _HIGH + _STEP / 2, _STEP)
    below = shares[matter] @ norm.cdf((grid - means[matter, None]) / max(spread, _NONE))
    steps = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    ends = (1.0 - SHARE) / 2, (1.0 + SHARE) / 2
    found = np.clip(np.interp([*steps, *ends], below / below[-1], grid), 0.0, 100.0)
    values = found[:-2]
    return Foretold(values, float(values.mean()), float(found[-2]), float(found[-1]))


def crps(values: Numbers, observed: float) -> float:
    """Continuous ranked probability score of equally likely values, in their unit; 0 is best.

    E|X - y| - E|X - X'| / 2 (Gneiting and Raftery 2007); of one value it is the absolute error.
    """
    ordered = np.sort(values)
    count = len(ordered)
    ranks = 2.0 * np.arange(count) - count + 1.0
    apart = 2.0 * float(ranks @ ordered) / count**2
    return float(np.abs(ordered - observed).mean()) - apart / 2.0


def scored(forecasts: Sequence[Foretold], observed: Sequence[float]) -> tuple[float, float, float]:
    """Root mean square error of means, mean score, and the share that lies in its interval."""
    errors = [f.mean - y for f, y in zip(forecasts, observed, strict=True)]
    scores = [crps(f.values, y) for f, y in zip(forecasts, observed, strict=True)]
    inside = [f.low <= y <= f.high for f, y in zip(forecasts, observed, strict=True)]
    count = len(errors)
    rmse = math.sqrt(math.fsum(e * e for e in errors) / count)
    return rmse, math.fsum(scores) / count, sum(inside) / count
