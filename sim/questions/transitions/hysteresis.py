"""Hysteresis: do participatory rows that a squeeze undoes come back when the money does?

Everything is read against the twin without a squeeze, replicate by replicate, so that retreats
which happen anyway are not laid at the squeeze's door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.frames import numbers, whole, words
from sim.questions.transitions.paths import (
    ESTIMATE,
    PARTICIPATORY_ROWS,
    SHARE,
    Estimate,
    Numbers,
    Paths,
    by_world,
    estimate,
    table,
)
from sim.questions.transitions.twins import Squeeze
from sim.statistics import without_noise

GAP = -1.0, 1.0
"""The least and the most that shares can differ by."""
_BESIDE = [name for name in ESTIMATE if name not in ("n", "worlds")]
AT_GOV3 = 1.5
"""From this position on a row is nearer to Gov3.0 than to Gov2.0."""
LOOP = (
    words("scenario") | whole("month") | numbers("budget") | ESTIMATE
    | numbers(*(f"{side}_{name}" for side in ("twin", "difference") for name in _BESIDE))
)  # fmt: skip


@dataclass(frozen=True)
class Hysteresis:
    """What a squeeze did, one value per replicate, or plausible world; `loop` has the years.

    Shares are of participatory rows at Gov3.0, over local governments. `lost` is the difference to
    the twin in the last year before relief, `still_lost` in the last year of all, `regained` by how
    much the share itself has risen between these two years. `years_late` is how many years after
    relief half of `lost` is back for good in the share itself (inf: never), so that a twin that
    falls is no return. `area` is that of the loop of difference over budget: positive if the way
    back runs below the way down.
    """

    scenario: str
    squeeze: Squeeze
    loop: pd.DataFrame
    before: Numbers
    lost: Numbers
    still_lost: Numbers
    regained: Numbers
    years_late: Numbers
    area: Numbers
    unit: str = "replicate"
    """What there is a value of: `replicate` or `world`."""

    def agreeing(self, inside: NDArray[np.bool_]) -> str:
        """In how many worlds something holds; empty where none was drawn."""
        if self.unit != "world":
            return ""
        return f"inside in {int(inside.sum())} of {len(inside)} worlds"

    @property
    def retreats(self) -> bool:
        """Whether the squeeze costs participatory rows in the mean, beyond doubt."""
        return estimate(self.lost, GAP)[3] < 0.0

    @property
    def years_after(self) -> int:
        """Years that are seen after the last lean one."""
        return len(self.loop) - 1 - _year_before(self.squeeze.relief)


def participatory_share(positions: Numbers) -> Numbers:
    """Share of participatory rows that are at Gov3.0.

    Positions of shape (replicates, local governments, years, rows) to shape (replicates, years).
    """
    there = positions[:, :, :, list(PARTICIPATORY_ROWS)] >= AT_GOV3 - 1e-9
    return np.asarray(there.mean(axis=(1, 3)))


def find_hysteresis(paths: Paths, twin: Paths, budget: Numbers, squeeze: Squeeze) -> Hysteresis:
    """The loop of one scenario against its twin; both have the same replicates in the same order.

    `budget` is the level in each month, shape (months,), 1 where it is normal.
    """
    squeezed, steady = participatory_share(paths.positions), participatory_share(twin.positions)
    both = [paths.replicates.index(r) for r in paths.replicates if r in twin.replicates]
    there = [twin.replicates.index(paths.replicates[k]) for k in both]
    squeezed, steady = squeezed[both], steady[there]
    gap = without_noise(squeezed - steady, 1.0)
    level = yearly_level(budget, paths.months)
    begin, relief = (_year_before(month) for month in (squeeze.begin, squeeze.relief))
    worlds = None if paths.worlds is None else paths.worlds[both]
    rows = [
        (
            paths.scenario, month, level[k], *estimate(squeezed[:, k], SHARE, worlds),
            *_beside(estimate(steady[:, k], SHARE, worlds)),
            *_beside(estimate(gap[:, k], GAP, worlds)),
        )
        for k, month in enumerate(paths.months)
    ]  # fmt: skip
    if worlds is not None:
        squeezed, gap = by_world(squeezed, worlds), by_world(gap, worlds)
    return Hysteresis(
        paths.scenario,
        squeeze,
        table(LOOP, rows),
        squeezed[:, begin],
        gap[:, relief],
        gap[:, -1],
        squeezed[:, -1] - squeezed[:, relief],
        years_until_half_back(squeezed[:, relief + 1 :], squeezed[:, relief], gap[:, relief]),
        loop_area(level[begin:], gap[:, begin:]),
        "replicate" if worlds is None else "world",
    )


def _beside(found: Estimate) -> Sequence[float]:
    """An estimate without what all estimates of a row share."""
    return found[1:4] + found[5:]


def yearly_level(budget: Numbers, months: tuple[int, ...]) -> Numbers:
    """The budget in the last month of each year; at month 0 that of month 1."""
    return np.array([budget[max(month, 1) - 1] for month in months])


def years_until_half_back(after: Numbers, at_relief: Numbers, lost: Numbers) -> Numbers:
    """Years after relief until half of what was lost is back for the rest of the time.

    inf if it never is, 0 where nothing was lost. `after` are shares with shape (replicates, years
    after relief), the first of these years counts as 0; the others have shape (replicates,).
    """
    count = after.shape[1]
    if count == 0:
        return np.where(lost < 0.0, np.inf, 0.0)
    missing = after < (at_relief - 0.5 * lost)[:, None] - 1e-9
    last = count - 1 - missing[:, ::-1].argmax(axis=1)
    late = np.where(missing.any(axis=1), last + 1.0, 0.0)
    return np.where(lost >= 0.0, 0.0, np.where(late >= count, np.inf, late))


def loop_area(level: Numbers, gap: Numbers) -> Numbers:
    """Area between the way down and the way back, in shares times budget; per replicate.

    The path is closed straight from its end to its beginning. `gap` has shape (replicates, years).
    """
    across = np.append(level, level[0])
    up = np.concatenate([gap, gap[:, :1]], axis=1)
    area = -((up[:, 1:] + up[:, :-1]) / 2.0 * np.diff(across)).sum(axis=1)
    return without_noise(area, 1.0)


def _year_before(month: int) -> int:
    """The last year that ended before a month."""
    return (month - 1) // 12
