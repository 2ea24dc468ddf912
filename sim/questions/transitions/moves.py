"""Single moves: what caused them, how far they go, how their sizes are distributed over years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.engine.luck import Luck, seed_key, uniforms
from sim.frames import numbers, whole, words
from sim.history import moves
from sim.paradigms import FIGURE
from sim.questions.transitions.paths import Numbers, Paths, Worlds, by_world, table

CAUSED = ("reform", "failed reform", "reversal", "coercion", "election")
LEAP = 1.0
"""Positions: a whole paradigm at once."""
_RESAMPLES = 2000
_KEY = ["scenario", "replicate", "month", "local_government", "event", "cause"]
_MOVED = (
    words("scenario") | whole("replicate", "month") | words("local_government", "event", "cause")
    | whole("number") | words("row") | numbers("before", "after")
)  # fmt: skip
REFORMS = (
    words("scenario", "event", "cause") | whole("count")
    | numbers("per_government_decade", "rows", "positions", "backward_share")
    | whole("leaps", "skips")
)  # fmt: skip


def moved_rows(events: pd.DataFrame) -> pd.DataFrame:
    """One row per row of the figure that an event moved, with positions `before` and `after`.

    Takes the frame of events.
    """
    own = events[events["event"].isin(CAUSED)] if len(events) else events
    found = [
        (*key, number, row, before, after)
        for number, (*key, text) in enumerate(own[[*_KEY, "positions"]].itertuples(index=False))
        for row, before, after in moves(text)
    ] if len(own) else []  # fmt: skip
    return table(_MOVED, found)


def reforms(events: pd.DataFrame, paths: Paths) -> pd.DataFrame:
    """Reforms, failed reforms, reversals, coercion and elections of one scenario, by cause.

    `per_government_decade` is their number per local government in ten years, `rows` and
    `positions` how many rows the average one moves and how far in sum, `backward_share` the share
    of moved rows that go back; `leaps` counts events in which a row goes a whole paradigm at
    once, `skips` those in which one passes over Gov2.0.
    """
    own = events[events["scenario"] == paths.scenario] if len(events) else events
    if own.empty:
        return table(REFORMS, [])
    own = own[own["event"].isin(CAUSED)]
    moved = moved_rows(own)
    decades = len(paths.replicates) * len(paths.governments) * paths.years / 10.0
    found = []
    for event in CAUSED:
        for cause in sorted(set(own.loc[own["event"] == event, "cause"])):
            count = int(((own["event"] == event) & (own["cause"] == cause)).sum())
            part = moved[(moved["event"] == event) & (moved["cause"] == cause)]
            found.append(
                (paths.scenario, event, cause, count, count / decades, *_sizes(part, count))
            )
    return table(REFORMS, found)


def leaping(paths: Paths) -> Numbers:
    """Share of local governments that leap: a row rises by a whole paradigm within a year."""
    leaps = np.diff(paths.positions, axis=2) >= LEAP - 1e-9
    return np.asarray(leaps.any(axis=(2, 3)).mean(axis=1))


def skipping(paths: Paths) -> Numbers:
    """Share of local governments of which a row rises past Gov2.0 between two years' ends.

    Past is from at least a half below it to at least a half above it. One value per replicate.
    """
    before, after = paths.positions[:, :, :-1], paths.positions[:, :, 1:]
    skips = (before <= 0.5 + 1e-9) & (after >= 1.5 - 1e-9)
    return np.asarray(skips.any(axis=(2, 3)).mean(axis=1))


def annual_changes(paths: Paths) -> Numbers:
    """Yearly changes of mean positions, shape (replicates, local governments, years)."""
    return np.diff(paths.means, axis=2)


def excess_kurtosis(changes: Numbers, worlds: Worlds | None = None) -> tuple[float, float, float]:
    """Excess kurtosis of all changes, and its 95 % bootstrap interval over replicates, or worlds.

    `changes` has replicates first. Whole replicates are drawn again, since what happens in one is
    not independent; with `worlds`, the world of each, whole worlds are. nan if nothing changes, an
    interval of nan for a single one.
    """
    flat = changes.reshape(len(changes), -1)
    sums = np.stack([(flat**power).mean(axis=1) for power in (1, 2, 3, 4)], axis=1)
    sums = sums if worlds is None else by_world(sums, worlds)
    point = float(_kurtosis(sums.mean(axis=0)))
    if len(sums) < 2 or not np.isfinite(point):
        return point, float("nan"), float("nan")
    draws = uniforms(seed_key(0), Luck.RESAMPLES, _RESAMPLES, len(sums))
    chosen = np.minimum((draws * len(sums)).astype(np.int64), len(sums) - 1)
    found = _kurtosis(sums[chosen].mean(axis=1).T)
    low, high = np.nanquantile(found, [0.025, 0.975])
    return point, float(low), float(high)


def random_timing_kurtosis(events: pd.DataFrame, paths: Paths) -> float:
    """Excess kurtosis that the same moves would have if each fell into a year by lot.

    Rare moves alone make a peak at zero and long tails. What is above this number comes from moves
    that come together. Exact: cumulants of a sum of independent moves, over local governments.
    """
    moved = moved_rows(events[events["scenario"] == paths.scenario] if len(events) else events)
    if moved.empty or paths.years < 2:
        return float("nan")
    moved["size"] = (moved["after"] - moved["before"]) / len(FIGURE.rows)
    keys = ["replicate", "local_government"]
    sizes = moved.groupby([*keys, "number"])["size"].sum()
    powers = pd.DataFrame({k: sizes**k for k in (1, 2, 3, 4)}).groupby(level=keys).sum()
    everybody = len(paths.replicates) * len(paths.governments)
    raw = _raw_moments(powers.to_numpy(dtype=np.float64).T, 1.0 / paths.years)
    return float(_kurtosis(raw.sum(axis=1) / everybody))


def _sizes(moved: pd.DataFrame, count: int) -> Sequence[float]:
    step = moved["after"] - moved["before"]
    leaps = moved.loc[step.abs() >= LEAP - 1e-9, "number"].nunique()
    skips = moved.loc[(moved["before"] < 1.0) & (moved["after"] > 1.0) & (step >= LEAP - 1e-9)]
    backward = float((step < 0).mean()) if len(step) else float("nan")
    rows = len(moved) / count, float(step.abs().sum()) / count
    return *rows, backward, leaps, skips["number"].nunique()


def _kurtosis(raw: Numbers) -> Numbers:
    """Excess kurtosis from the first four raw moments; nan without variance."""
    m1, m2, m3, m4 = raw
    variance = m2 - m1**2
    fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
    safe = np.where(variance > 1e-12, variance, np.nan)
    return np.asarray(fourth / safe**2 - 3.0)


def _raw_moments(powers: Numbers, p: float) -> Numbers:
    """Raw moments of a year's sum, if each move falls into the year with chance p."""
    q = p * (1.0 - p)
    one, two, three, four = powers * np.array([[p], [q], [q * (1 - 2 * p)], [q * (1 - 6 * q)]])
    return np.array(
        [
            one,
            two + one**2,
            three + 3 * two * one + one**3,
            four + 4 * three * one + 3 * two**2 + 6 * two * one**2 + one**4,
        ]
    )
