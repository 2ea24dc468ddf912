"""Early-warning indicators before national shifts, with what they cost in false alarms.

Variance and lag-1 autocorrelation of detrended outcomes in a rolling window are said to rise before
a tipping point. Whether they do here is measured: the threshold for an alarm is set on twins whose
positions are held, in one half of the replicates, and tried in the other half.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import gaussian_filter1d
from scipy.stats import kendalltau

from sim.frames import numbers, whole, words
from sim.outcomes import OUTCOMES
from sim.questions.transitions.paths import Numbers, table
from sim.statistics import share_interval

BEFORE = 96
"""Months before a shift that are looked at."""
ROLLING = 48
BANDWIDTH = 24.0
"""Standard deviation, in months, of the smooth curve that is taken off."""
SHIFT_OVER = 24
SHIFT_BY = 0.1
"""A shift: mean positions move so far, in positions, within `SHIFT_OVER` months."""
NOMINAL = 0.05
_BEGUN = 0.1
INDICATORS = ("variance", "autocorrelation")
WARNINGS = (
    words("scenario", "outcome", "indicator") | numbers("threshold")
    | whole("n_null", "false_alarms", "n_shift", "alarms")
    | numbers("false_rate", "false_low", "false_high", "true_rate", "true_low", "true_high")
)  # fmt: skip
_TAUS = whole("replicate") | words("outcome", "indicator") | numbers("shift", "null")


@dataclass(frozen=True)
class Series:
    """Monthly national series of a scenario, each of shape (replicates, months)."""

    replicates: tuple[int, ...]
    position: Numbers
    outcomes: dict[str, Numbers]


def series_of(timeseries: pd.DataFrame, scenario: str) -> Series:
    """The national series of one scenario."""
    own = timeseries[timeseries["scenario"] == scenario].sort_values(["replicate", "month"])
    replicates = tuple(int(r) for r in pd.unique(own["replicate"]))
    names = [outcome.name for outcome in OUTCOMES if outcome.name in own]
    read = {n: own[n].to_numpy(dtype=np.float64).reshape(len(replicates), -1) for n in names}
    position = own["profile_mean"].to_numpy(dtype=np.float64).reshape(len(replicates), -1)
    return Series(replicates, position, read)


def find_shift(position: Numbers) -> int | None:
    """The month, counted from 0, in which the largest shift of a series begins.

    The shift is the steepest `SHIFT_OVER` months; it begins when a tenth of it is done.
    None if mean positions nowhere move by `SHIFT_BY` within `SHIFT_OVER` months, or not late enough
    for `BEFORE` months to lie before it.
    """
    moved = np.abs(position[SHIFT_OVER:] - position[:-SHIFT_OVER])
    if len(moved) <= BEFORE:
        return None
    at = BEFORE + int(moved[BEFORE:].argmax())
    if moved[at] < SHIFT_BY:
        return None
    done = np.abs(position[at : at + SHIFT_OVER + 1] - position[at])
    return at + int((done >= _BEGUN * moved[at]).argmax())


def trends(values: Numbers) -> tuple[float, float]:
    """Kendall's tau of rolling variance and of rolling lag-1 autocorrelation with time.

    `values` are the months before a shift. A smooth curve is taken off first. nan if they do not
    vary.
    """
    rest = values - gaussian_filter1d(values, BANDWIDTH, mode="nearest")
    windows = sliding_window_view(rest, ROLLING)
    variance = windows.var(axis=1)
    if not (variance > 1e-15).all():
        return float("nan"), float("nan")
    when = np.arange(len(windows))
    return tuple(  # type: ignore[return-value]
        float(kendalltau(when, indicator).statistic)
        for indicator in (variance, _autocorrelation(windows))
    )


def warnings_of(scenario: str, shifting: Series, held: Series, per_world: int = 0) -> pd.DataFrame:
    """How often each indicator warns before a shift, and how often without one.

    Both series have the same replicates under the same luck. The held twin is looked at in the same
    months as the shift. Replicates of even number set the threshold, the others are counted. Where
    `per_world` of them share a plausible world, worlds of even number do, and the first replicate
    stands for its world: what is counted must not be related.
    """
    taus = _taus(shifting, held)
    if per_world:
        taus = taus[taus["replicate"] % per_world == 0]
        taus = taus.assign(replicate=taus["replicate"] // per_world)
    rows = []
    for outcome in shifting.outcomes:
        for indicator in INDICATORS:
            part = taus[(taus["outcome"] == outcome) & (taus["indicator"] == indicator)]
            part = part.dropna()
            even = part["replicate"] % 2 == 0
            if even.any() and (~even).any():
                rows.append((scenario, outcome, indicator, *_rates(part[even], part[~even])))
    return table(WARNINGS, rows)


def _taus(shifting: Series, held: Series) -> pd.DataFrame:
    rows = []
    for place, replicate in enumerate(shifting.replicates):
        at = find_shift(shifting.position[place])
        if at is None or replicate not in held.replicates:
            continue
        there = held.replicates.index(replicate)
        for outcome, values in shifting.outcomes.items():
            found = trends(values[place, at - BEFORE : at])
            null = trends(held.outcomes[outcome][there, at - BEFORE : at])
            for indicator, tau, other in zip(INDICATORS, found, null, strict=True):
                rows.append((replicate, outcome, indicator, tau, other))
    return table(_TAUS, rows)


def _rates(training: pd.DataFrame, trial: pd.DataFrame) -> tuple[float, ...]:
    threshold = float(np.quantile(training["null"], 1 - NOMINAL, method="higher"))
    n = len(trial)
    false, true = int((trial["null"] > threshold).sum()), int((trial["shift"] > threshold).sum())
    return (
        threshold, n, false, n, true,
        false / n, *share_interval(false, n), true / n, *share_interval(true, n),
    )  # fmt: skip


def _autocorrelation(windows: Numbers) -> Numbers:
    """Lag-1 autocorrelation of each row of (windows, months)."""
    centred = windows - windows.mean(axis=1, keepdims=True)
    return np.asarray((centred[:, 1:] * centred[:, :-1]).sum(axis=1) / (centred**2).sum(axis=1))
