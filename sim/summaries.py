"""The tables of what replicates say: values by year, summaries, paired differences.

Where some replicates share each plausible world, worlds are told beside them, and are what
confidence counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.frames import numbers, whole, words
from sim.outcomes import OUTCOMES, WINDOW
from sim.statistics import (
    SPREAD,
    UNKNOWN,
    Numbers,
    central,
    confidence_interval,
    difference_interval,
    luck_share,
    mean_sd_half,
    noise_floor,
    range_of,
    share_better,
    share_interval,
    whole_worlds,
    without_noise,
)

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
        low, high = np.quantile(sample, [(1 - SPREAD) / 2, (1 + SPREAD) / 2])
        _, sd, _ = mean_sd_half(sample, noise_floor(sample, outcome=outcome))
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
            told = share_interval(round(better * len(means)), len(means)) if each else UNKNOWN
            rows.append(
                (baseline, other, outcome, month, len(sample), float(sample.mean()), *ends,
                 share_better(sample, outcome), len(worlds), *central(means), better, *told,
                 luck_share(worlds))
            )  # fmt: skip
    return frames.table(DIFFERENCES, rows)


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
