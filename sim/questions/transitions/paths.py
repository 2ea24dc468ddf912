"""Where local governments stood, year by year: the arrays that every other module reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.errors import UserMistake
from sim.frames import Columns, numbers, whole
from sim.paradigms import FIGURE
from sim.questions.comparison.study import Runs
from sim.statistics import NOISE, central, confidence_interval, without_noise

Numbers = NDArray[np.float64]
Worlds = NDArray[np.int64]
Estimate = tuple[int, float, float, float, int, float, float]
SHARE = 0.0, 1.0
"""The least and the most that a share can be."""
ANYTHING = -np.inf, np.inf
_UNKNOWN = np.nan, np.nan, np.nan

ROWS = tuple(f"profile_{row}" for row in FIGURE.row_ids)
SERVICE_ROWS = FIGURE.group("services")
"""Information and services: rows 1 to 4 and 9 of the figure."""
DECISION_ROWS = FIGURE.group("decisions")
"""Who decides, and who takes part: rows 5 and 10."""
PARTICIPATORY_ROWS = FIGURE.group("participation")
"""Rows that voters and lean years take back first: 5, 6 and 10."""
READINGS = ("efficiency", "participation", "trust", "capacity", "collected_per_citizen")
ESTIMATE = (
    whole("n") | numbers("mean", "conf_low", "conf_high") | whole("worlds")
    | numbers("worlds_low", "worlds_high")
)  # fmt: skip
"""Replicates, mean and its 95 % confidence. In plausible worlds confidence is over their means, and
nine tenths of them lie from `worlds_low` to `worlds_high`; else `worlds` is 0."""


@dataclass(frozen=True)
class Paths:
    """Positions of one scenario's local governments at the start and at the end of each year.

    `positions` has shape (replicates, local governments, years + 1, rows), each 0 (the first
    paradigm) to 2; `months` are 0, 12, 24 ...; `readings` are yearly indicators, each of shape
    (replicates, local governments, years).
    """

    scenario: str
    months: tuple[int, ...]
    replicates: tuple[int, ...]
    governments: tuple[str, ...]
    positions: Numbers
    readings: Mapping[str, Numbers]
    per_world: int = 0
    """How many replicates share a plausible world; 0 where none was drawn."""

    @property
    def worlds(self) -> Worlds | None:
        """The number of each replicate's world; None where none was drawn."""
        return np.array(self.replicates) // self.per_world if self.per_world else None

    def estimate(self, sample: Numbers, within: tuple[float, float] = ANYTHING) -> Estimate:
        """What `estimate` gives of one value per replicate."""
        return estimate(sample, within, self.worlds)

    @property
    def means(self) -> Numbers:
        """Mean position over the rows, shape (replicates, local governments, years + 1)."""
        return np.asarray(self.positions.mean(axis=3))

    @property
    def moved(self) -> Numbers:
        """How far mean positions are from the start, same shape; negative is backwards."""
        means = self.means
        return means - means[:, :, :1]

    @property
    def years(self) -> int:
        """Years that were simulated."""
        return len(self.months) - 1

    @property
    def moves(self) -> bool:
        """Whether any row of any local government ever moves."""
        return bool((np.ptp(self.positions, axis=2) > NOISE).any())

    @property
    def rises(self) -> bool:
        """Whether governments end, on average, further along the figure than they started."""
        return float(self.moved[:, :, -1].mean()) > 0.05


def find_paths(runs: Runs) -> dict[str, Paths]:
    """The paths of every scenario that has a finished replicate, in the study's order."""
    found = {}
    for name, scenario in runs.study.scenarios.items():
        own = runs.local[runs.local["scenario"] == name]
        if len(own):
            count = own["local_government"].nunique()
            start = scenario.start_positions(count)[:-1]
            if np.isnan(start).any():
                raise UserMistake(
                    f"{name}: its history {scenario.history.name} lets governments reform "
                    "themselves, and where each begins is not kept; transitions needs one that is "
                    "fixed or scheduled"
                )
            found[name] = paths_of(name, start, own, runs.study.per_world)
    return found


def paths_of(name: str, start: Numbers, local: pd.DataFrame, per_world: int = 0) -> Paths:
    """Paths from yearly readings of local governments.

    `start` are positions at month 0, shape (local governments, rows) or (rows,). `local` has a row
    per replicate, year and local government: `profile_<row>` for each row of the figure, and
    those of `READINGS` that are known.
    """
    ordered = local.sort_values(["replicate", "month", "local_government"])
    replicates, months, governments = (
        list(pd.unique(ordered[key])) for key in ("replicate", "month", "local_government")
    )
    shape = (len(replicates), len(months), len(governments))
    known = ordered[list(ROWS)].to_numpy(dtype=np.float64).reshape(*shape, len(ROWS))
    first = np.broadcast_to(start, (shape[0], 1, shape[2], len(ROWS)))
    positions = np.concatenate([first, known], axis=1).transpose(0, 2, 1, 3)
    readings = {
        reading: ordered[reading].to_numpy(dtype=np.float64).reshape(shape).transpose(0, 2, 1)
        for reading in READINGS
        if reading in ordered
    }
    return Paths(
        name,
        (0, *map(int, months)),
        tuple(map(int, replicates)),
        tuple(map(str, governments)),
        positions,
        readings,
        per_world,
    )


def estimate(
    sample: Numbers,
    within: tuple[float, float] = ANYTHING,
    worlds: Worlds | None = None,
) -> Estimate:
    """Number of replicates, mean, its 95 % confidence, and over `worlds`; values that are nan are
    out.

    `within` is the least and the most that a value can be, `worlds` the world of each replicate: a
    world counts by the mean over its replicates, and the last three are the number of worlds and
    their central 90 % (0 and nan without). What rounding makes of zero is zero: samples are shares,
    positions or months, of the size of one or more.
    """  # noqa: D205
    values = np.asarray(sample, dtype=np.float64)
    there = np.isfinite(values)
    known = without_noise(values[there], 1.0)
    if not len(known):
        return 0, *_UNKNOWN, 0, *_UNKNOWN[1:]
    if worlds is None:
        return len(known), *confidence_interval(known, within), 0, *_UNKNOWN[1:]
    means = by_world(known, worlds[there])
    return len(known), *confidence_interval(means, within), len(means), *central(means)


def by_world(sample: Numbers, worlds: Worlds) -> Numbers:
    """Means over the replicates of each world, in order; the first axis is replicates."""
    numbers = np.unique(worlds)
    return np.stack([sample[worlds == number].mean(axis=0) for number in numbers])


def table(columns: Columns, rows: Sequence[Sequence[Any]] = ()) -> pd.DataFrame:
    """A frame of rows; with its columns and their types even when it is empty."""
    return frames.table(columns, rows)
