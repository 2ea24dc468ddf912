"""Which policy wins where, over plausible worlds: what is the same in nearly all of them.

A policy wins a cell if it is ahead of every other one there in at least 95 % of worlds. A world is
the same in all cells and under all policies, and its value the mean over its replicates; what a
share of the map could as well have been is told by maps of resampled worlds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.frames import numbers, whole, words
from sim.questions.futures import Futures, Numbers
from sim.questions.how_sure import CERTAIN, FEWEST_WORLDS
from sim.questions.regimes.grid import RESAMPLES, Grid, crossing, lead_of, map_weights
from sim.statistics import CONFIDENCE, central, share_interval, without_noise

CELLS = (
    words("outcome") | whole("point") | numbers("x", "y")
    | words("winner", "leader", "runner_up") | numbers("margin", "low", "high")
    | whole("worlds", "replicates") | numbers("share", "share_low", "share_high")
)  # fmt: skip
MOVES = (
    words("outcome", "policy", "other", "factor") | numbers("from", "to", "change", "low", "high")
    | whole("worlds") | numbers("share")
)  # fmt: skip
BORDERS = words("outcome", "policy", "other") | numbers("y", "x", "low", "high") | whole("worlds")
_TIE = 1e-6
"""Less than one world of 10,000: means decide only where as many worlds are led."""
_ROUNDING = 1e-9

Rows = Iterator[tuple[Any, ...]]


def cells_over_worlds(futures: Futures, outcome: str, values: Numbers) -> Rows:
    """The rows of `CELLS`; `values` has shape (cells, policies, worlds), more is better.

    `share` is the share of worlds in which the leader is ahead of all others at once, `margin` its
    mean lead over the runner-up, between `low` and `high` in the central 90 % of worlds.
    """
    plan, names = futures.plan, futures.policies
    leads = _leads(values, outcome)
    first = _first(leads)
    leaders = _leading(first.mean(axis=2), values.mean(axis=2))
    count = values.shape[2]
    for place, point in enumerate(futures.points):
        leader = int(leaders[place])
        other = _hardest(leads[place, leader], leader)
        lead, hits = leads[place, leader, other], int(first[place, leader].sum())
        won = count >= FEWEST_WORLDS and bool(_certain(hits / count))
        yield (
            outcome, int(point), *plan.points[point], names[leader] if won else "", names[leader],
            names[other], lead.mean(), *central(lead), count, plan.per_world, hits / count,
            *share_interval(hits, count),
        )  # fmt: skip


def shares_over_worlds(
    futures: Futures, outcome: str, values: Numbers, cells: pd.DataFrame
) -> Rows:
    """Cells that each policy wins and leads, and what other worlds could make of these shares."""
    own = cells[cells["outcome"] == outcome]
    won, led = resampled_worlds(values, outcome, futures.plan.seed)
    ends = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    for place, policy in enumerate((*futures.policies, "")):
        counts = [int((own[key] == policy).sum()) for key in ("winner", "leader")]
        found = []
        for count, drawn in zip(counts, (won, led), strict=True):
            share, (low, high) = count / len(own), np.quantile(drawn[:, place], ends)
            found.append((share, min(share, low), max(share, high)))
        yield (
            outcome,
            policy or "undecided",
            len(own),
            counts[0],
            *found[0],
            counts[1],
            *found[1][1:],
        )


def resampled_worlds(values: Numbers, outcome: str, seed: int) -> tuple[Numbers, Numbers]:
    """Shares of cells won and led in maps of resampled worlds, shape (maps, policies + 1).

    `values` has shape (cells, policies, worlds), more is better; the last share is that of
    undecided cells, of which a leader is never short. The same worlds are drawn in every cell.
    """
    cells, policies, count = values.shape
    weights = map_weights(seed, count)
    first = _first(_leads(values, outcome))
    won, led = (np.zeros((RESAMPLES, policies + 1)) for _ in range(2))
    for cell in range(cells):
        shares = weights @ first[cell].T
        if count >= FEWEST_WORLDS:
            won[:, :-1] += _certain(shares)
        means = weights @ values[cell].T
        led[np.arange(RESAMPLES), _leading(shares, means)] += 1.0
    won[:, -1] = cells - won.sum(axis=1)
    return won / cells, led / cells


def moves_over_worlds(names: list[str], grid: Grid, outcome: str, values: Numbers,
                      factors: tuple[str, ...]) -> Rows:  # fmt: skip
    """How a lead changes along each factor, averaged over the other: the rows of `MOVES`.

    `share` is the share of worlds that go the way of most of them.
    """
    for one, two in combinations(range(len(names)), 2):
        lead = lead_of(values, one, two, outcome)[grid.place]
        ends = lead[-1] - lead[0], lead[:, -1] - lead[:, 0]
        for name, levels, change in zip(factors, (grid.x, grid.y), ends, strict=True):
            by_world = without_noise(change, values, outcome=outcome).mean(axis=0)
            most = max(int((by_world > 0).sum()), int((by_world < 0).sum()))
            yield (
                outcome, names[two], names[one], name, levels[0], levels[-1], by_world.mean(),
                *central(by_world), len(by_world), most / len(by_world),
            )  # fmt: skip


def borders_over_worlds(names: list[str], grid: Grid, outcome: str, values: Numbers) -> Rows:
    """Where the mean lead changes sign along x, for each y: the rows of `BORDERS`.

    `low` and `high` are the central 90 % of where it does so in single worlds; `worlds` are those
    in which it does.
    """
    for one, two in combinations(range(len(names)), 2):
        lead = lead_of(values, one, two, outcome)[grid.place]
        for place, y in enumerate(grid.y):
            line = lead[:, place]
            x = crossing(grid.x, line.mean(axis=1))
            if math.isnan(x):
                continue
            found = np.array([crossing(grid.x, by_world) for by_world in line.T])
            found = found[np.isfinite(found)]
            yield outcome, names[two], names[one], y, x, *central(found), len(found)


def _leads(values: Numbers, outcome: str) -> Numbers:
    """Of one policy over another, shape (cells, policies, policies, worlds)."""
    return without_noise(values[:, :, None] - values[:, None], values, outcome=outcome)


def _first(leads: Numbers) -> NDArray[np.bool_]:
    """Whether each policy is ahead of all others, shape (cells, policies, worlds)."""
    itself = np.eye(leads.shape[1], dtype=bool)[None, :, :, None]
    return np.asarray(((leads > 0) | itself).all(axis=2))


def _leading(shares: Numbers, means: Numbers) -> NDArray[np.int64]:
    """Who is ahead in most worlds, by the last axis; the higher mean of those that tie."""
    order = means.argsort(axis=-1).argsort(axis=-1)
    highest = means - means.max(axis=-1, keepdims=True) >= 0.0
    return np.asarray((shares + _TIE * np.where(highest, means.shape[-1], order)).argmax(axis=-1))


def _hardest(leads: Numbers, leader: int) -> int:
    """The policy over which a leader is ahead in the fewest worlds; of equals, by the least."""
    order = [(int((lead > 0).sum()), float(lead.mean()), other)
             for other, lead in enumerate(leads) if other != leader]  # fmt: skip
    return min(order)[2]


def _certain(share: Any) -> Any:
    return share >= CERTAIN - _ROUNDING
