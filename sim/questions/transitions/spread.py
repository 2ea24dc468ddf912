"""How a transition spreads over local governments: the curve, who is early, who is stuck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import curve_fit
from scipy.stats import kendalltau

from sim.frames import numbers, typed, whole, words
from sim.questions.transitions.paths import ESTIMATE, SHARE, Numbers, Paths, table
from sim.statistics import noise_floor, without_noise

THRESHOLDS = (0.25, 0.5, 1.0)
"""Positions that the mean of a government's rows has to move, in either direction."""
STUCK_YEARS = 10
STUCK_WITHIN = 0.05
"""Mean change per row, in positions, below which a profile counts as unchanged."""
ELSEWHERE = 0.25
"""Mean distance per row, in positions, from which another profile is another way."""
_LIKE_CAPACITY = 0.05
_BETTER_BY = 1.0
_JUDGED = ("efficiency", "participation", "trust")
_JUDGED_YEARS = 3
SPREAD = words("scenario") | numbers("threshold") | whole("month") | ESTIMATE
FITS = words("scenario") | numbers("threshold", "passed", "plateau", "rate", "midpoint", "r2")
EARLY = words("scenario") | numbers("threshold") | words("what") | ESTIMATE
RANKS = (
    words("scenario") | numbers("threshold") | words("local_government")
    | numbers("mean_rank", "passed", "mean_year")
)  # fmt: skip


@dataclass(frozen=True)
class Logistic:
    """plateau / (1 + exp(-rate (year - midpoint))), and the share of variance it explains."""

    plateau: float
    rate: float
    midpoint: float
    r2: float


def passing_years(paths: Paths, threshold: float) -> Numbers:
    """First year's end at which a government is a threshold from its start; inf if never.

    Shape (replicates, local governments).
    """
    beyond = np.abs(paths.moved) >= threshold - 1e-9
    return np.where(beyond.any(axis=2), beyond.argmax(axis=2).astype(np.float64), np.inf)


def spread(paths: Paths) -> pd.DataFrame:
    """Share of local governments that have passed each threshold, by year."""
    rows = []
    for threshold in THRESHOLDS:
        years = passing_years(paths, threshold)
        for year, month in enumerate(paths.months):
            rows.append(
                (
                    paths.scenario,
                    threshold,
                    month,
                    *paths.estimate((years <= year).mean(axis=1), SHARE),
                )
            )
    return table(SPREAD, rows)


def spread_fits(paths: Paths) -> pd.DataFrame:
    """A logistic curve through the shares of each threshold; nan where nobody passes it."""
    rows = []
    for threshold in THRESHOLDS:
        years = passing_years(paths, threshold)
        shares = np.array([(years <= year).mean() for year in range(paths.years + 1)])
        fit = fit_logistic(shares)
        rows.append(
            (paths.scenario, threshold, shares[-1], fit.plateau, fit.rate, fit.midpoint, fit.r2)
        )
    return table(FITS, rows)


def fit_logistic(shares: Numbers) -> Logistic:
    """A logistic curve through shares at years 0, 1, 2 ...; nan where there is no curve to fit."""
    nothing = Logistic(*(float("nan"),) * 4)
    if len(np.unique(shares)) < 4:
        return nothing
    years = np.arange(float(len(shares)))
    middle = float(years[np.argmax(shares >= shares[-1] / 2)])
    try:
        (plateau, rate, midpoint), _ = curve_fit(
            _logistic,
            years,
            shares,
            p0=(shares[-1], 0.5, middle),
            bounds=([0.0, 0.0, -len(shares)], [1.0, 10.0, 3.0 * len(shares)]),
        )
    except RuntimeError:
        return nothing
    rest = shares - _logistic(years, plateau, rate, midpoint)
    r2 = 1.0 - float((rest**2).sum() / ((shares - shares.mean()) ** 2).sum())
    return Logistic(float(plateau), float(rate), float(midpoint), r2)


def early_movers(paths: Paths) -> pd.DataFrame:
    """Kendall's tau between what governments have in their first year and how early they pass.

    Positive: those with more pass earlier. Those that never pass share the last place.
    """
    rows = []
    for threshold in THRESHOLDS:
        years = passing_years(paths, threshold)
        for what in ("capacity", "collected_per_citizen"):
            if what in paths.readings:
                has = paths.readings[what][:, :, 0]
                taus = np.array([_tau(a, -b) for a, b in zip(has, years, strict=True)])
                rows.append((paths.scenario, threshold, what, *paths.estimate(taus, (-1.0, 1.0))))
    return table(EARLY, rows)


def ranks(paths: Paths, threshold: float) -> pd.DataFrame:
    """Local governments by how early they pass: mean rank (1 is first), share that pass, year."""
    years = passing_years(paths, threshold)
    places = pd.DataFrame(years).rank(axis=1, method="average").to_numpy()
    passed = np.isfinite(years)
    count = passed.sum(axis=0)
    mean = np.where(passed, years, 0.0).sum(axis=0) / np.maximum(count, 1)
    frame = pd.DataFrame(
        {
            "scenario": paths.scenario,
            "threshold": threshold,
            "local_government": paths.governments,
            "mean_rank": places.mean(axis=0),
            "passed": passed.mean(axis=0),
            "mean_year": np.where(count > 0, mean, np.nan),
        }
    )
    frame = typed(frame, RANKS)
    return frame.sort_values(["mean_rank", "local_government"], ignore_index=True)


def stuck(paths: Paths) -> NDArray[np.bool_]:
    """Whether a government's profile stays unchanged in the last ten years.

    Its rows never differ by more than `STUCK_WITHIN`, on average, from where they stood ten years
    before the end. Shape (replicates, local governments).
    """
    last = paths.positions[:, :, -min(STUCK_YEARS, paths.years) - 1 :]
    away = np.abs(last - last[:, :, :1]).mean(axis=3)
    return np.asarray(away.max(axis=2) <= STUCK_WITHIN)


def locked_in(paths: Paths) -> Numbers:
    """Share of governments that are stuck although a peer does better another way, per replicate.

    A peer lives in the same replicate, has at most `_LIKE_CAPACITY` more capacity and a profile at
    least `ELSEWHERE` away. It does better if, in means of the last three years, it is no worse in
    efficiency, participation and trust, and better by a point or more in one of them. nan if these
    are not known.
    """
    if any(name not in paths.readings for name in (*_JUDGED, "capacity")):
        return np.full(len(paths.replicates), np.nan)
    recent = np.stack(
        [paths.readings[name][:, :, -_JUDGED_YEARS:].mean(axis=2) for name in _JUDGED], axis=2
    )
    ends, capacity = paths.positions[:, :, -1], paths.readings["capacity"][:, :, -1]
    better = np.array([_have_better_peer(*one) for one in zip(recent, ends, capacity, strict=True)])
    return np.asarray((stuck(paths) & better).mean(axis=1))


def _have_better_peer(recent: Numbers, ends: Numbers, capacity: Numbers) -> NDArray[np.bool_]:
    """For each local government of one replicate; arrays have governments first."""
    gain = recent[None] - recent[:, None]
    gain = without_noise(gain, recent)
    better = (gain >= 0.0).all(axis=2) & (gain >= _BETTER_BY).any(axis=2)
    elsewhere = np.abs(ends[None] - ends[:, None]).mean(axis=2) >= ELSEWHERE
    alike = capacity[None] - capacity[:, None] <= _LIKE_CAPACITY
    return np.asarray((better & elsewhere & alike).any(axis=1))


def _logistic(years: Numbers, plateau: float, rate: float, midpoint: float) -> Numbers:
    return np.asarray(plateau / (1.0 + np.exp(-rate * (years - midpoint))))


def _tau(one: Numbers, two: Numbers) -> float:
    one = np.round(one / (noise_floor(one) or 1.0))
    return float(kendalltau(one, np.where(np.isfinite(two), two, -1e9)).statistic)
