"""Boxes in the space of factors: limits, what lies inside, and how PRIM finds them.

PRIM (Friedman and Fisher 1999) peels off a few points at a time, from the side where that raises
the share of cases of interest most; the EMA workbench does the peeling (Bryant and Lempert 2010;
Kwakkel 2017). The nodes of a small decision tree are boxes as well and are tried beside them. Each
box is rid of limits that luck explains as well, and the best of what is left is told, so that no
box that was tried is better in both coverage and density.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.questions.analysis import quietly
from sim.questions.discovery.tree import node_limits

Numbers = NDArray[np.float64]
Cases = NDArray[np.bool_]
PEELS = (0.05, 0.1)
"""Shares of the points peeled off at a time: small peels are finer, large ones get stuck less."""
_SMALLEST = 0.05
_ANY = 1e-9
"""PRIM counts cases at or above its threshold; zero would count all of them."""
_LIKELY_LUCK = 0.05


@dataclass(frozen=True)
class Box:
    """Limits of the factors (infinite where there is none) and what lies inside.

    `cases` futures lie inside, `hits` of them are of interest, of `total` such futures.
    """

    low: Numbers
    high: Numbers
    cases: int
    hits: int
    total: int

    @property
    def density(self) -> float:
        """Share of the box that is of interest."""
        return self.hits / self.cases if self.cases else 0.0

    @property
    def coverage(self) -> float:
        """Share of all futures of interest that lie in the box."""
        return self.hits / self.total

    @property
    def limits(self) -> int:
        """How many limits the box has."""
        return int(np.isfinite(self.low).sum() + np.isfinite(self.high).sum())

    @property
    def balance(self) -> float:
        """Harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2 * self.coverage * self.density / both if both else 0.0

    def holds(self, x: Numbers) -> Cases:
        """Which rows of a table of factors lie inside."""
        return np.asarray(((x >= self.low) & (x <= self.high)).all(axis=1))


def box_of(low: Numbers, high: Numbers, x: Numbers, y: Cases, total: int) -> Box:
    """A box with its counts: `x` factors by case, `y` whether a case is of interest."""
    box = Box(low, high, 0, 0, total)
    inside = box.holds(x)
    return Box(low, high, int(inside.sum()), int(y[inside].sum()), total)


def offered(table: pd.DataFrame, y: Cases, total: int, peels: Sequence[float] = PEELS) -> list[Box]:
    """The boxes of PRIM and of a tree, from large and thin to small and dense; each once."""
    import sim.backend  # noqa: F401

    x = table.to_numpy(dtype=np.float64)
    found: dict[bytes, Box] = {}
    for low, high in node_limits(table, y):
        box = box_of(low, high, x, y, total)
        if box.hits:
            found[low.tobytes() + high.tobytes()] = box
    with quietly():
        from ema_workbench.analysis.prim import Prim

        for share in peels:
            prim = Prim(
                table.astype(np.float64), y.astype(np.float64),
                threshold=_ANY, peel_alpha=share, mass_min=_SMALLEST,
            )  # fmt: skip
            start = prim.box_init.to_numpy(dtype=np.float64)
            for limits in prim.find_box().box_lims:
                ends = limits[table.columns].to_numpy(dtype=np.float64)
                low = np.where(ends[0] > start[0], ends[0], -np.inf)
                high = np.where(ends[1] < start[1], ends[1], np.inf)
                box = box_of(low, high, x, y, total)
                found.setdefault(low.tobytes() + high.tobytes(), box)
    return sorted(found.values(), key=lambda box: (-box.coverage, box.density))


def best_box(table: pd.DataFrame, y: Cases, boxes: Sequence[Box]) -> Box | None:
    """Of the offered boxes, less the limits that luck explains, the one with the best balance.

    None if no limit is left in any. Of equally balanced ones, the box with fewer limits.
    """
    x = table.to_numpy(dtype=np.float64)
    order = sorted(boxes, key=lambda box: -box.balance)
    best: Box | None = None
    for box in order:
        left = _without_luck(box, x, y)
        if left is not None and (best is None or _rank(left) > _rank(best)):
            best = left
    return best


def _rank(box: Box) -> tuple[float, int]:
    return round(box.balance, 6), -box.limits


def _without_luck(box: Box, x: Numbers, y: Cases) -> Box | None:
    """A box less the limits that luck explains, weakest first; None if no limit is left."""
    while box.limits:
        sides = quasi_p(box, x, y)
        side, factor = divmod(int(np.nanargmax(sides)), len(box.low))
        if sides[side, factor] <= _LIKELY_LUCK:
            return box
        box = _without(box, side, factor, x, y)
    return None


def quasi_p(box: Box, x: Numbers, y: Cases) -> Numbers:
    """How well luck explains each limit, shape (2, factors): low limits, then high; nan for none.

    The chance that as many cases of interest would be inside, were the share that they have without
    this limit true within it (one-sided binomial test; Bryant and Lempert 2010). `Quasi`, because
    the box was chosen to look good on the same cases.
    """
    from scipy.stats import binom

    found = np.full((2, len(box.low)), np.nan)
    for side, ends in enumerate((box.low, box.high)):
        for factor in np.flatnonzero(np.isfinite(ends)).tolist():
            wider = _without(box, side, factor, x, y)
            found[side, factor] = binom.sf(box.hits - 1, box.cases, wider.density)
    return found


def _without(box: Box, side: int, factor: int, x: Numbers, y: Cases) -> Box:
    low, high = box.low.copy(), box.high.copy()
    if side == 0:
        low[factor] = -np.inf
    else:
        high[factor] = np.inf
    return box_of(low, high, x, y, box.total)
