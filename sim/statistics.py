"""What replicates say together: values, spread, confidence, paired differences.

Spread is the central 90 % of replicates. Confidence is the 95 % t-interval of a mean, kept within
what an outcome can be; fewer than `FEWEST` replicates have none. Differences are taken replicate by
replicate: both scenarios met the same luck, so most of it cancels. What rounding explains is no
difference (`NOISE`). Where some replicates share each plausible world, worlds and not replicates
are what confidence counts.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.outcomes import DIRECTIONS, KNOWN

CONFIDENCE = 0.95
SPREAD = 0.90
NOISE = 1e-9
"""Numbers that differ by less than this share of their size, or of the outcome's range, are equal.

Rounding in the order of sums makes differences of about 1e-14; nothing that is told is as small."""
POWER = 1.96 + 0.84
"""Standard errors by which a mean stands out in four of five cases, at 95 % confidence."""
FEWEST = 3
"""Replicates from which on there is an interval: of two it is 13 times as wide as they differ."""
FEW = 8
"""Fewer replicates than this say little of luck; a warning says so."""
WORTH_SETTLING = 1_000
"""A difference that more replicates than this would have to settle is not worth settling."""
_RANGES = {
    "points": (0.0, 100.0), "0-100": (0.0, 100.0), "%": (0.0, 100.0), "0-1": (0.0, 1.0),
    "0-2": (0.0, 2.0), "money per citizen and year": (0.0, math.inf),
    "money per need": (0.0, math.inf),
}  # fmt: skip
_EITHER_SIGN = ("service_gap",)
_EVERYTHING = (-math.inf, math.inf)
UNKNOWN = (math.nan, math.nan)

Numbers = NDArray[np.float64]


@lru_cache(maxsize=4096)
def share_interval(hits: int, cases: int) -> tuple[float, float]:
    """95 % confidence interval of a share (Wilson 1927); nan without cases."""
    from scipy.stats import binomtest

    if not cases:
        return float("nan"), float("nan")
    ends = binomtest(hits, cases).proportion_ci(CONFIDENCE, method="wilson")
    return float(ends.low), float(ends.high)


def range_of(outcome: str) -> tuple[float, float]:
    """The least and the most that an outcome can be; infinite where there is no such bound."""
    known = KNOWN.get(outcome)
    if known is None or outcome in _EITHER_SIGN:
        return _EVERYTHING
    return _RANGES.get(known.unit, _EVERYTHING)


def noise_floor(*sizes: Any, outcome: str = "") -> float:
    """What a difference between numbers has to exceed to be one, and not rounding.

    `sizes` are the numbers that it is taken between; of a bounded `outcome` its range counts too.
    """
    low, high = range_of(outcome)
    largest = [high - low] if math.isfinite(high - low) else [0.0]
    for values in sizes:
        size = np.abs(np.asarray(values, dtype=np.float64))
        largest.append(float(size[np.isfinite(size)].max(initial=0.0)))
    return NOISE * max(largest)


def without_noise(difference: Any, *sizes: Any, outcome: str = "") -> Numbers:
    """A difference in which everything that rounding explains is exactly nothing."""
    found = np.asarray(difference, dtype=np.float64)
    return np.where(np.abs(found) <= noise_floor(*sizes, outcome=outcome), 0.0, found)


def few_replicates(count: int, what: str) -> list[str]:
    """A warning that so few replicates say little of what luck does; empty with enough."""
    if count >= FEW:
        return []
    told = "One replicate says" if count == 1 else f"{count} replicates say"
    return [f"{told} little of luck: {what}; {FEW} or more replicates tell more."]


def central(values: Numbers) -> tuple[float, float]:
    """Between which values another one lies in nine of ten cases; nan of none.

    Quantiles at the expected ranks (Weibull): between those of the sample itself it would lie in 87
    of 100 cases with sixty values.
    """
    if not len(values):
        return UNKNOWN
    low, high = central_columns(values)
    return float(low), float(high)


def central_columns(table: Numbers) -> tuple[Numbers, Numbers]:
    """The same of each column of a table with a row per value."""
    ends = [(1 - SPREAD) / 2, (1 + SPREAD) / 2]
    low, high = np.quantile(table, ends, axis=0, method="weibull")
    return low, high


def whole_worlds(
    values: Numbers, replicates: NDArray[np.int64], each: int
) -> tuple[tuple[int, ...], Numbers]:
    """Worlds of which no replicate is missing, and their values, shape (worlds, replicates).

    Where replicates do not share worlds (`each` is 0), there are none.
    """
    if not each:
        return (), np.zeros((0, 1))
    world = replicates // each
    counted = np.bincount(world) if len(world) else np.zeros(0, dtype=np.int64)
    which = np.flatnonzero(counted == each)
    kept = np.asarray(values, dtype=np.float64)[np.isin(world, which)]
    return tuple(which.tolist()), kept.reshape(-1, each)


def luck_share(table: Numbers) -> float:
    """Share of the variance of single replicates that lies within worlds; nan with one of each."""
    worlds, each = table.shape
    if worlds < 2 or each < 2:
        return math.nan
    within = float(table.var(axis=1, ddof=1).mean())
    between = max(0.0, float(table.mean(axis=1).var(ddof=1)) - within / each)
    return within / (within + between) if within + between > 0 else 0.0


def share_better(sample: Numbers, outcome: str) -> float:
    """Share of paired differences that are better than nothing; ties count for neither."""
    sign = -1.0 if DIRECTIONS.get(outcome) == "lower" else 1.0
    return float(np.mean(sign * sample > 0)) if len(sample) else math.nan


def replicates_to_settle(mean: float, sd: float, n: int) -> int | None:
    """About how many replicates would put zero outside the confidence interval of `mean`.

    None if the difference is settled already, if there is none, with too few replicates to say, or
    if it would take more than `WORTH_SETTLING`. The answer takes the mean and the standard
    deviation seen so far as true.
    """
    if n < FEWEST or sd == 0 or mean == 0 or abs(mean) > _half_width(sd, n):
        return None
    if abs(mean) <= _half_width(sd, WORTH_SETTLING):
        return None
    open_at, needed = n, WORTH_SETTLING
    while needed - open_at > 1:
        middle = (open_at + needed) // 2
        if abs(mean) <= _half_width(sd, middle):
            open_at = middle
        else:
            needed = middle
    return needed


def student_factor(n: int) -> float:
    """Half the width of the confidence interval in standard errors."""
    return float(stdtrit(n - 1, (1 + CONFIDENCE) / 2))


def confidence_interval(
    sample: Numbers, within: tuple[float, float] = _EVERYTHING
) -> tuple[float, float, float]:
    """Mean, and the two ends of its 95 % confidence interval; nan with too few replicates.

    `within` is the least and the most that a value can be, where that is known.
    """
    if not len(sample):
        return math.nan, *UNKNOWN
    mean, _, half = mean_sd_half(sample, noise_floor(sample))
    low = max(mean - half, min(within[0], float(sample.min())))
    high = min(mean + half, max(within[1], float(sample.max())))
    return (mean, low, high) if math.isfinite(half) else (mean, math.nan, math.nan)


def difference_interval(sample: Numbers, outcome: str) -> tuple[float, float, float]:
    """Mean paired difference and its interval; nothing at all where no replicate differs."""
    if len(sample) and not sample.any():
        return 0.0, 0.0, 0.0
    low, high = range_of(outcome)
    return confidence_interval(sample, (low - high, high - low))


def mean_sd_half(sample: Numbers, floor: float) -> tuple[float, float, float]:
    """Mean, standard deviation (nan for one replicate), half the interval (nan for too few).

    What differs by no more than `floor` does not differ.
    """
    mean = float(sample.mean())
    if len(sample) < 2:
        return mean, math.nan, math.nan
    sd = float(sample.std(ddof=1)) if np.ptp(sample) > floor else 0.0
    return mean, sd, _half_width(sd, len(sample)) if len(sample) >= FEWEST else math.nan


def _half_width(sd: float, n: int) -> float:
    return student_factor(n) * sd / math.sqrt(n)
