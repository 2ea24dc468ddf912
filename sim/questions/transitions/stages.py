"""Stages: which paradigm a profile is nearest to, for how long, and who passes from which to which.

Profiles that are more than `MIXED_BEYOND` away from every pure paradigm, on average over the rows,
are mixed. Stages are numbered so that mixtures lie between paradigms: 0 is the first paradigm, 1 a
mixture below the second one, 2 the second paradigm, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.frames import numbers, words
from sim.paradigms import FIGURE
from sim.questions.transitions.paths import ESTIMATE, Numbers, Paths, table

MIXED_BEYOND = 1.0 / 3.0
MONOTONE_SLACK = 0.01
"""Steps back that are smaller than this, in positions, do not count."""

ALL_ROWS = tuple(range(len(FIGURE.rows)))

Stages = NDArray[np.int64]
TIME = words("scenario", "stage") | ESTIMATE | numbers("share")


def stage_names() -> tuple[str, ...]:
    """Names of the stages, as `gov1`, `mixed gov1-gov2`, `gov2` ..."""
    ids = FIGURE.paradigm_ids
    names = [ids[0]]
    for before, after in pairwise(ids):
        names += [f"mixed {before}-{after}", after]
    return tuple(names)


def stages(positions: Numbers, beyond: float = MIXED_BEYOND) -> Stages:
    """The stage of each profile: positions of shape (..., rows) to stages of shape (...)."""
    count = len(FIGURE.paradigms)
    distances = np.stack([np.abs(positions - k).mean(axis=-1) for k in range(count)], axis=-1)
    mean = positions.mean(axis=-1)
    below = np.clip(np.floor(mean), 0, count - 2).astype(np.int64)
    pure = distances.min(axis=-1) <= beyond
    return np.asarray(np.where(pure, 2 * distances.argmin(axis=-1), 2 * below + 1))


def time_in_stages(paths: Paths) -> pd.DataFrame:
    """Years that a local government spends in each stage, mean over replicates.

    A year belongs to the stage in which it ends. `share` is the mean's share of all years.
    """
    found = stages(paths.positions[:, :, 1:])
    rows = []
    for number, name in enumerate(stage_names()):
        years = (found == number).mean(axis=1).sum(axis=1)
        values = paths.estimate(years, (0.0, float(paths.years)))
        rows.append((paths.scenario, name, *values, values[1] / paths.years))
    return table(TIME, rows)


def shares_at(paths: Paths, years: list[int], rows: Sequence[int] = ALL_ROWS) -> Numbers:
    """Shares of local governments in each stage at the end of some years, shape (years, stages).

    `rows` are those that decide the stage, all unless given.
    """
    found = stages(paths.positions[:, :, years][..., list(rows)])
    return np.array(
        [
            [(found[:, :, k] == s).mean() for s in range(len(stage_names()))]
            for k in range(len(years))
        ]
    )


def flows_between(paths: Paths, begin: int, end: int, rows: Sequence[int] = ALL_ROWS) -> Numbers:
    """Share of local governments that go from one stage to another, shape (stages, stages)."""
    chosen = paths.positions[..., list(rows)]
    before, after = (stages(chosen[:, :, year]).ravel() for year in (begin, end))
    flows = np.zeros((len(stage_names()),) * 2)
    np.add.at(flows, (before, after), 1.0 / len(before))
    return flows


def monotone(paths: Paths) -> Numbers:
    """Share of local governments none of whose rows is ever lower than a year before.

    One value per replicate.
    """
    steps = np.diff(paths.positions, axis=2)
    return np.asarray((steps >= -MONOTONE_SLACK).all(axis=(2, 3)).mean(axis=1))


def ever_in(paths: Paths, paradigm: str) -> Numbers:
    """Share of local governments ever near a pure paradigm at a year's end, per replicate."""
    found = stages(paths.positions[:, :, 1:])
    return np.asarray((found == stage_names().index(paradigm)).any(axis=2).mean(axis=1))
