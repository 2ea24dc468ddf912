"""What replicates say together: values, spread, confidence, paired differences.

Spread is the central 90 % of replicates. Confidence is the 95 % t-interval of a mean. Differences
are taken replicate by replicate: both scenarios met the same luck, so most of it cancels.
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
from sim.outcomes import COMPONENTS, OUTCOMES, WINDOW

CONFIDENCE = 0.95
SPREAD = 0.90
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
_MOST_REPLICATES = 10_000_000
DIRECTIONS = {outcome.name: outcome.direction for outcome in (*OUTCOMES, *COMPONENTS)}
"""Which way is better: `higher`, `lower`, or `none` where neither is."""

Numbers = NDArray[np.float64]


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
        mean, sd, half = _mean_sd_half(sample)
        rows.append(
            (scenario, outcome, month, len(sample), mean, sd, low, high, mean - half, mean + half)
        )
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
            mean, _, half = _mean_sd_half(sample)
            ends = mean - half, mean + half, share_better(sample, outcome)
            rows.append((baseline, other, outcome, month, len(sample), mean, *ends))
    return frames.table(DIFFERENCES, rows)


def share_better(sample: Numbers, outcome: str) -> float:
    """Share of paired differences that are better than nothing; ties count for neither."""
    sign = -1.0 if DIRECTIONS.get(outcome) == "lower" else 1.0
    return float(np.mean(sign * sample > 0))


def replicates_to_settle(mean: float, sd: float, n: int) -> int | None:
    """About how many replicates would put zero outside the confidence interval of `mean`.

    None if the difference is settled already, if there is none, or if there is just one replicate.
    The answer takes the mean and the standard deviation seen so far as true.
    """
    if n < 2 or sd == 0 or mean == 0 or abs(mean) > _half_width(sd, n):
        return None
    open_at, needed = n, 2 * n
    while needed < _MOST_REPLICATES and abs(mean) <= _half_width(sd, needed):
        open_at, needed = needed, 2 * needed
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
    for outcome in OUTCOMES:
        a, b = one[outcome.name].align(two[outcome.name], join="inner")
        unpaired = float(a.var() + b.var())
        paired = float((b - a).var())
        if len(a) > 1 and unpaired > 0 and paired > 0:
            gains[outcome.name] = unpaired / paired
    return gains


def paired_sample(
    values: pd.DataFrame, baseline: str, other: str, outcome: str, month: int
) -> Numbers:
    """Paired differences of one outcome at one month, in the order of replicates."""
    one, two = (_at(values, name, month)[outcome] for name in (baseline, other))
    return (two - one).dropna().to_numpy(dtype=np.float64)


def confidence_interval(sample: Numbers) -> tuple[float, float, float]:
    """Mean, and the two ends of its 95 % confidence interval."""
    mean, _, half = _mean_sd_half(sample)
    return mean, mean - half, mean + half


def _at(values: pd.DataFrame, scenario: str, month: int) -> pd.DataFrame:
    rows = values[(values["scenario"] == scenario) & (values["month"] == month)]
    return rows.set_index("replicate").sort_index()


def _difference(values: pd.DataFrame, baseline: str, other: str) -> pd.DataFrame:
    keys = _KEYS[1:]
    one, two = (
        values[values["scenario"] == name].drop(columns="scenario").set_index(keys)
        for name in (baseline, other)
    )
    paired = (two - one).loc[two.index.intersection(one.index)].reset_index()
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
                samples.append(((str(scenario), outcome, month), table[:, column]))
    return samples


def _mean_sd_half(sample: Numbers) -> tuple[float, float, float]:
    """Mean, standard deviation, half the confidence interval; the latter nan for one replicate."""
    mean = float(sample.mean())
    if len(sample) < 2:
        return mean, math.nan, math.nan
    sd = float(sample.std(ddof=1))
    return mean, sd, _half_width(sd, len(sample))


def _half_width(sd: float, n: int) -> float:
    return student_factor(n) * sd / math.sqrt(n)
