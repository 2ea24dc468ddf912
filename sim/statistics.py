"""What replicates say together: values, spread, confidence, paired differences.

Spread is the central 90 % of replicates. Confidence is the 95 % t-interval of a mean, kept within
what an outcome can be; fewer than `FEWEST` replicates have none. Differences are taken replicate by
replicate: both scenarios met the same luck, so most of it cancels. What rounding explains is no
difference (`NOISE`). Where some replicates share each plausible world, worlds and not replicates
are what confidence counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
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
POWER = 1.96 + 0.84
"""Standard errors by which a mean stands out in four of five cases, at 95 % confidence."""
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
    | whole("worlds")
    | numbers("worlds_low", "worlds_high", "luck_share")
)
"""`worlds` is 0 where none was drawn; nine tenths are from `worlds_low` to `worlds_high`."""
DIFFERENCES = (
    words("baseline", "scenario", "outcome")
    | whole("month", "n")
    | numbers("mean", "conf_low", "conf_high", "share_better")
    | whole("worlds")
    | numbers("worlds_low", "worlds_high")
    | numbers("worlds_better", "worlds_better_low", "worlds_better_high", "luck_share")
)
_KEYS = ["scenario", "replicate", "month"]
_RANGES = {
    "points": (0.0, 100.0), "0-100": (0.0, 100.0), "%": (0.0, 100.0), "0-1": (0.0, 1.0),
    "0-2": (0.0, 2.0), "money per citizen and year": (0.0, math.inf),
    "money per need": (0.0, math.inf),
}  # fmt: skip
_EITHER_SIGN = ("service_gap",)
_EVERYTHING = (-math.inf, math.inf)
_UNKNOWN = (math.nan, math.nan)

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


def summarise(values: pd.DataFrame, each: int = 0) -> pd.DataFrame:
    """The rows of `summary.csv` from headline values; `each` replicates share a world, if not 0."""
    rows = []
    for (scenario, outcome, month), sample, which in _samples(values):
        low, high = central(sample)
        _, sd, _ = _mean_sd_half(sample, noise_floor(sample, outcome=outcome))
        worlds = whole_worlds(sample, which, each)[1]
        units = worlds.mean(axis=1) if each else sample
        _, *ends = confidence_interval(units, range_of(outcome))
        mean = float(sample.mean())
        rows.append(
            (scenario, outcome, month, len(sample), mean, sd, low, high, *ends,
             len(worlds), *central(worlds.mean(axis=1)), luck_share(worlds))
        )  # fmt: skip
    return frames.table(SUMMARY, rows)


def differences(
    values: pd.DataFrame, baseline: str, others: Sequence[str], each: int = 0
) -> pd.DataFrame:
    """The rows of `differences.csv`: each other scenario minus the baseline, by replicate.

    `share_better` is the share of replicates in which the scenario is better than the baseline,
    `worlds_better` that of worlds; for outcomes that are neither good nor bad, in which it is
    higher.
    """
    parts = [_difference(values, baseline, other) for other in others]
    rows: list[tuple[Any, ...]] = []
    for other, part in zip(others, parts, strict=True):
        for (_, outcome, month), sample, which in _samples(part):
            worlds = whole_worlds(sample, which, each)[1]
            means = worlds.mean(axis=1)
            _, *ends = difference_interval(means if each else sample, outcome)
            better = share_better(means, outcome)
            told = share_interval(round(better * len(means)), len(means)) if each else _UNKNOWN
            rows.append(
                (baseline, other, outcome, month, len(sample), float(sample.mean()), *ends,
                 share_better(sample, outcome), len(worlds), *central(means), better, *told,
                 luck_share(worlds))
            )  # fmt: skip
    return frames.table(DIFFERENCES, rows)


def central(values: Numbers) -> tuple[float, float]:
    """Between which values the central 90 % lie; nan of none."""
    if not len(values):
        return _UNKNOWN
    low, high = np.quantile(values, [(1 - SPREAD) / 2, (1 + SPREAD) / 2])
    return float(low), float(high)


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
    if not len(sample):
        return math.nan, *_UNKNOWN
    mean, _, half = _mean_sd_half(sample, noise_floor(sample))
    low = max(mean - half, min(within[0], float(sample.min())))
    high = min(mean + half, max(within[1], float(sample.max())))
    return (mean, low, high) if math.isfinite(half) else (mean, math.nan, math.nan)


def difference_interval(sample: Numbers, outcome: str) -> tuple[float, float, float]:
    """Mean paired difference and its interval; nothing at all where no replicate differs."""
    if len(sample) and not sample.any():
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


def _samples(
    values: pd.DataFrame,
) -> list[tuple[tuple[str, str, int], Numbers, NDArray[np.int64]]]:
    """(scenario, outcome, month), its replicates' values and their numbers, in a fixed order."""
    samples = []
    outcomes = [name for name in values.columns if name not in _KEYS]
    ordered = values.sort_values(["month", "replicate"])
    for scenario in dict.fromkeys(values["scenario"]):
        own = ordered[ordered["scenario"] == scenario]
        months = [
            (
                int(str(month)),
                rows[outcomes].to_numpy(dtype=np.float64),
                rows["replicate"].to_numpy(dtype=np.int64),
            )
            for month, rows in own.groupby("month")
        ]
        for column, outcome in enumerate(outcomes):
            for month, table, which in months:
                if not np.isnan(table[:, column]).all():  # an own outcome that others do not read
                    key = str(scenario), outcome, month
                    samples.append((key, table[:, column], which))
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
