"""What replicates say together: values, spread, confidence, paired differences.

Spread is the central 90 % of replicates. Confidence is the 95 % t-interval of a mean, kept within
what an outcome can be; fewer than `FEWEST` replicates have none. Differences are taken replicate by
replicate: both scenarios met the same luck, so most of it cancels. What rounding explains is no
difference (`NOISE`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim import frames
from sim.frames import numbers, whole, words
from sim.outcomes import DIRECTIONS, KNOWN, OUTCOMES, WINDOW

CONFIDENCE = 0.95
SPREAD = 0.90
NOISE = 1e-9
"""Numbers that differ by less than this share of their size, or of the outcome's range, are equal.

Rounding in the order of sums makes differences of about 1e-14; nothing that is told is as small."""
FEWEST = 3
"""Replicates from which on there is an interval: of two it is 13 times as wide as they differ."""
FEW = 8
"""Fewer replicates than this say little of luck; a warning says so."""
WORTH_SETTLING = 1_000
"""A difference that more replicates than this would have to settle is not worth settling."""
SUMMARY = (
    words("scenario", "outcome")
    | whole("month", "n")
    | numbers("mean", "sd", "spread_low", "spread_high", "conf_low", "conf_high")
)
DIFFERENCES = (
    words("baseline", "scenario", "outcome")
    | whole("month", "n")
    | numbers("mean", "conf_low", "conf_high", "share_better")
)
_KEYS = ["scenario", "replicate", "month"]
_RANGES = {
    "points": (0.0, 100.0), "0-100": (0.0, 100.0), "%": (0.0, 100.0), "0-1": (0.0, 1.0),
    "0-2": (0.0, 2.0), "money per citizen and year": (0.0, math.inf),
    "money per need": (0.0, math.inf),
}  # fmt: skip
_EITHER_SIGN = ("service_gap",)
_EVERYTHING = (-math.inf, math.inf)

Numbers = NDArray[np.float64]


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


def report_months(months: int) -> list[int]:
    """The months with a row in the summary: the end of every year."""
    return list(range(12, months + 1, 12))


def windowed(timeseries: pd.DataFrame) -> pd.DataFrame:
    """Headline values at the end of every year: means of the last 36 months up to it.

    Takes and returns `scenario, replicate, month` and a column per outcome. Before month 36 the
    mean is over the months there are.
    """
    names = [name for name in timeseries.columns if name not in _KEYS]
    parts = []
    ordered = timeseries.sort_values("month", kind="stable")
    for (scenario, replicate), rows in ordered.groupby(_KEYS[:2], sort=False):
        at = report_months(int(rows["month"].max()))
        part = pd.DataFrame(window_means(rows[names].to_numpy(), at), columns=names)
        part.insert(0, "month", at)
        part.insert(0, "replicate", int(str(replicate)))
        part.insert(0, "scenario", str(scenario))
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else timeseries.iloc[:0].copy()


def window_means(readings: Numbers, months: Sequence[int]) -> Numbers:
    """Means over the last 36 months up to each of some months.

    `readings` has shape (months, outcomes), from month 1 on; the answer has a row per given month.
    """
    running = np.cumsum(np.vstack([np.zeros(readings.shape[1]), readings]), axis=0)
    starts = [max(0, month - WINDOW) for month in months]
    lengths = np.subtract(months, starts)[:, None]
    means: Numbers = (running[list(months)] - running[starts]) / lengths
    return means


def summarise(values: pd.DataFrame) -> pd.DataFrame:
    """The rows of `summary.csv` from headline values."""
    rows = []
    for (scenario, outcome, month), sample in _samples(values):
        low, high = np.quantile(sample, [(1 - SPREAD) / 2, (1 + SPREAD) / 2])
        _, sd, _ = _mean_sd_half(sample, noise_floor(sample, outcome=outcome))
        found = confidence_interval(sample, range_of(outcome))
        mean, *ends = found
        rows.append((scenario, outcome, month, len(sample), mean, sd, low, high, *ends))
    return frames.table(SUMMARY, rows)


def differences(values: pd.DataFrame, baseline: str, others: Sequence[str]) -> pd.DataFrame:
    """The rows of `differences.csv`: each other scenario minus the baseline, by replicate.

    `share_better` is the share of replicates in which the scenario is better than the baseline;
    for outcomes that are neither good nor bad, the share in which it is higher.
    """
    parts = [_difference(values, baseline, other) for other in others]
    rows: list[tuple[Any, ...]] = []
    for other, part in zip(others, parts, strict=True):
        for (_, outcome, month), sample in _samples(part):
            found = difference_interval(sample, outcome)
            better = share_better(sample, outcome)
            rows.append((baseline, other, outcome, month, len(sample), *found, better))
    return frames.table(DIFFERENCES, rows)


def share_better(sample: Numbers, outcome: str) -> float:
    """Share of paired differences that are better than nothing; ties count for neither."""
    sign = -1.0 if DIRECTIONS.get(outcome) == "lower" else 1.0
    return float(np.mean(sign * sample > 0))


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


def variance_gain(values: pd.DataFrame, baseline: str, other: str, month: int) -> dict[str, float]:
    """How many times smaller pairing makes the variance of a difference, per headline outcome.

    The variance that independent replicates would have, over the variance of paired differences.
    Left out where one of the two does not vary.
    """
    one, two = (_at(values, name, month) for name in (baseline, other))
    gains = {}
    for outcome in (outcome for outcome in OUTCOMES if outcome.name in values):
        a, b = one[outcome.name].align(two[outcome.name], join="inner")
        least = noise_floor(a, b, outcome=outcome.name) ** 2
        unpaired = float(a.var() + b.var())
        paired = float((b - a).var())
        if len(a) > 1 and unpaired > least and paired > least:
            gains[outcome.name] = unpaired / paired
    return gains


def paired_sample(
    values: pd.DataFrame, baseline: str, other: str, outcome: str, month: int
) -> Numbers:
    """Paired differences of one outcome at one month, in the order of replicates."""
    one, two = (_at(values, name, month)[outcome] for name in (baseline, other))
    found = (two - one).dropna().to_numpy(dtype=np.float64)
    return without_noise(found, one, two, outcome=outcome)


def confidence_interval(
    sample: Numbers, within: tuple[float, float] = _EVERYTHING
) -> tuple[float, float, float]:
    """Mean, and the two ends of its 95 % confidence interval; nan with too few replicates.

    `within` is the least and the most that a value can be, where that is known.
    """
    mean, _, half = _mean_sd_half(sample, noise_floor(sample))
    low = max(mean - half, min(within[0], float(sample.min())))
    high = min(mean + half, max(within[1], float(sample.max())))
    return (mean, low, high) if math.isfinite(half) else (mean, math.nan, math.nan)


def difference_interval(sample: Numbers, outcome: str) -> tuple[float, float, float]:
    """Mean paired difference and its interval; nothing at all where no replicate differs."""
    if not sample.any():
        return 0.0, 0.0, 0.0
    low, high = range_of(outcome)
    return confidence_interval(sample, (low - high, high - low))


def _at(values: pd.DataFrame, scenario: str, month: int) -> pd.DataFrame:
    rows = values[(values["scenario"] == scenario) & (values["month"] == month)]
    return rows.set_index("replicate").sort_index()


def _difference(values: pd.DataFrame, baseline: str, other: str) -> pd.DataFrame:
    keys = _KEYS[1:]
    one, two = (
        values[values["scenario"] == name].drop(columns="scenario").set_index(keys)
        for name in (baseline, other)
    )
    paired = (two - one).loc[two.index.intersection(one.index)]
    floors = {name: noise_floor(one[name], two[name], outcome=str(name)) for name in paired}
    paired = paired.mask(paired.abs() <= pd.Series(floors), 0.0).reset_index()
    paired.insert(0, "scenario", other)
    return paired


def _samples(values: pd.DataFrame) -> list[tuple[tuple[str, str, int], Numbers]]:
    """(scenario, outcome, month) and its replicates' values, in a fixed order."""
    samples = []
    outcomes = [name for name in values.columns if name not in _KEYS]
    ordered = values.sort_values(["month", "replicate"])
    for scenario in dict.fromkeys(values["scenario"]):
        own = ordered[ordered["scenario"] == scenario]
        months = [
            (int(str(month)), rows[outcomes].to_numpy(dtype=np.float64))
            for month, rows in own.groupby("month")
        ]
        for column, outcome in enumerate(outcomes):
            for month, table in months:
                if not np.isnan(table[:, column]).all():  # an own outcome that others do not read
                    samples.append(((str(scenario), outcome, month), table[:, column]))
    return samples


def _mean_sd_half(sample: Numbers, floor: float) -> tuple[float, float, float]:
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
