"""Which policy wins where: a map of two context factors, cell by cell, with confidence.

A cell is a point of a full grid over two factors. A policy wins a cell if its lead over every other
one there has a paired 95 % confidence interval above zero; else the cell is undecided. To be ahead
of all is claimed only if each comparison says so, which needs no correction for their number
(intersection-union test, Berger 1982). All policies meet the same luck in a replicate, and so do
all cells: luck that helps a policy helps it all over the map. What a share of the map could as well
have been is therefore told by maps of resampled replicates, the same ones in every cell.

That is said of luck alone; over plausible worlds `over_worlds` says who wins.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.errors import UserMistake
from sim.experiments.plan import Plan
from sim.frames import numbers, table, whole, words
from sim.outcomes import DIRECTIONS
from sim.questions.analysis import Analysis, Studied, in_worlds, swept
from sim.questions.futures import Futures, Numbers, signed, usable_futures
from sim.questions.how_sure import few_worlds
from sim.questions.regimes import over_worlds
from sim.questions.regimes.grid import RESAMPLES, Grid, crossing, grid_of, lead_of, map_weights
from sim.statistics import (
    CONFIDENCE,
    FEWEST,
    confidence_interval,
    few_replicates,
    student_factor,
    without_noise,
)

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

CELLS = (
    words("outcome") | whole("point") | numbers("x", "y")
    | words("winner", "leader", "runner_up") | numbers("margin", "conf_low", "conf_high")
    | whole("replicates")
)  # fmt: skip
SHARES = (
    words("outcome", "policy") | whole("cells", "won")
    | numbers("share", "share_low", "share_high") | whole("led") | numbers("led_low", "led_high")
)  # fmt: skip
MOVES = (
    words("outcome", "policy", "other", "factor")
    | numbers("low", "high", "change", "conf_low", "conf_high")
)  # fmt: skip
BORDERS = words("outcome", "policy", "other") | numbers("y", "x", "conf_low", "conf_high")
UNDECIDED = ""
_FEW_SAY = "all cells share it, so the map may look quite different under another seed"


@dataclass(frozen=True, repr=False)
class Regimes(Analysis):
    """Who wins which cell.

    `cells` has a row per outcome and cell (`CELLS`): `winner` is empty where the cell is undecided,
    `margin` is how far the leader is ahead of the runner-up, with 95 % confidence.
    `shares` has the cells that each policy wins and leads (`SHARES`), and between which shares 95 %
    of maps of resampled replicates lie. `moves` says how much the
    lead of one policy over another changes from one end of a factor to the other, all else the same
    (`MOVES`), `borders` at which x one policy overtakes another, for each y (`BORDERS`). Over
    plausible worlds, tables have the columns that `over_worlds` declares: `share` of a cell is the
    share of worlds in which its leader is ahead of all others.
    """

    plan: Plan
    cells: pd.DataFrame
    shares: pd.DataFrame
    moves: pd.DataFrame
    borders: pd.DataFrame
    warnings: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """Who wins how much of each map, and how borders move."""
        from sim.questions.regimes.words import told

        return told(self)

    def drawing(self) -> Drawing:
        """The maps, with title, caption and alternative text."""
        from sim.drawing.page import in_our_style
        from sim.questions.regimes.figure import draw_regimes

        with in_our_style():
            return draw_regimes(self)


def regimes(
    experiment: Studied,
    *,
    worlds: int | None = None,
    replicates: int | None = None,
    luck_only: bool = False,
    **options: Any,
) -> Regimes:
    """Runs what an experiment lacks and says which policy wins where.

    Every cell and policy is run in the same `worlds` (the experiment's own, or 20), with so many
    `replicates` in each (2); with `luck_only`, with the experiment's replicates in the world as it
    is. `options` are those of `sweep`. Raises `UserMistake` unless the experiment has two factors
    on a full grid, at least two policies and, under luck alone, enough replicates for an interval.
    """
    asked = in_worlds(experiment, worlds=worlds, replicates=replicates, luck_only=luck_only)
    done = swept(asked, options, check=refuse)
    return analyse_regimes(done.plan, done.runs)


def refuse(plan: Plan) -> None:
    """Raises `UserMistake` for a plan that makes no map."""
    if len(plan.factors) != 2:
        names = ", ".join(plan.names) or "none"
        raise UserMistake(f"{plan.name}: a map needs two factors, not {len(plan.factors)}: {names}")
    if len(plan.policies) < 2:
        raise UserMistake(f"{plan.name}: a map compares at least two policies, not one")
    sizes = [len(np.unique(column)) for column in plan.points.T]
    cells = len(np.unique(plan.points, axis=0))
    if cells != math.prod(sizes) or cells != len(plan.points):
        raise UserMistake(
            f"{plan.name}: a map needs every pair of levels of its two factors once; "
            "write design: {kind: grid, levels: 12}"
        )
    if not plan.worlds and plan.replicates < FEWEST:
        raise UserMistake(
            f"{plan.name}: confidence needs at least {FEWEST} replicates, not {plan.replicates}"
        )


def analyse_regimes(plan: Plan, runs: pd.DataFrame) -> Regimes:
    """The map of the runs of a plan; futures in which a run failed are left out of it."""
    refuse(plan)
    futures = usable_futures(plan, runs)
    names = [name for name in plan.outcomes if DIRECTIONS.get(name) in ("higher", "lower")]
    if not names:
        raise UserMistake(f"{plan.name}: keeps no outcome of which more or less is better")
    values = {name: signed(name, futures.values[name]) for name in names}
    if plan.worlds:
        return _over_worlds(futures, values)
    cells = table(CELLS, [row for n in names for row in _cells(futures, n, values[n])])
    shares = [row for name in names for row in _shares(futures, name, values[name], cells)]
    whole = len(futures.points) == len(plan.points)
    grid = grid_of(plan)
    moves = [row for n in names for row in _moves(plan, grid, n, values[n])] if whole else []
    borders = [row for n in names for row in _borders(plan, grid, n, values[n])] if whole else []
    return Regimes(
        plan,
        cells,
        table(SHARES, shares),
        table(MOVES, moves),
        table(BORDERS, borders),
        (*futures.warnings, *few_replicates(plan.replicates, _FEW_SAY)),
    )


def _over_worlds(futures: Futures, values: dict[str, Numbers]) -> Regimes:
    plan, names = futures.plan, futures.policies
    found = [row for n, v in values.items() for row in over_worlds.cells_over_worlds(futures, n, v)]
    cells = table(over_worlds.CELLS, found)
    shares = [
        row
        for name, own in values.items()
        for row in over_worlds.shares_over_worlds(futures, name, own, cells)
    ]
    grid = grid_of(plan)
    moves: list[tuple[Any, ...]] = []
    borders: list[tuple[Any, ...]] = []
    if len(futures.points) == len(plan.points):
        for name, own in values.items():
            moves += over_worlds.moves_over_worlds(names, grid, name, own, plan.names)
            borders += over_worlds.borders_over_worlds(names, grid, name, own)
    count = next(iter(values.values())).shape[2]
    return Regimes(
        plan,
        cells,
        table(SHARES, shares),
        table(over_worlds.MOVES, moves),
        table(over_worlds.BORDERS, borders),
        (*futures.warnings, *few_worlds(count)),
    )


def margins(sample: Numbers, outcome: str = "") -> tuple[int, int, float, float, float]:
    """Leader, runner-up, how far ahead, and its 95 % confidence interval.

    `sample` has shape (policies, replicates). The runner-up is the policy over which the leader's
    interval reaches lowest: the hardest to beat. What rounding explains is no lead.
    """
    means = sample.mean(axis=1)
    leader = int((without_noise(means.max() - means, sample, outcome=outcome) == 0).argmax())
    ahead = _ahead(sample, leader, outcome)
    mean, half = ahead.mean(axis=1), _half_widths(ahead)
    hardest = int((mean - half).argmin())
    other = hardest + (hardest >= leader)
    value, margin = float(mean[hardest]), float(half[hardest])
    return leader, other, value, value - margin, value + margin


def _ahead(sample: Numbers, leader: int, outcome: str) -> Numbers:
    """How far one policy is ahead of each other one, by replicate."""
    others = np.delete(sample, leader, axis=0)
    return without_noise(sample[leader] - others, sample, outcome=outcome)


def _half_widths(sample: Numbers) -> Numbers:
    """Half of the 95 % confidence interval of means over the last axis."""
    count = sample.shape[-1]
    found: Numbers = student_factor(count) * sample.std(axis=-1, ddof=1) / math.sqrt(count)
    return found


def _cells(futures: Futures, outcome: str, values: Numbers) -> Iterator[tuple[Any, ...]]:
    names = futures.policies
    for place, point in enumerate(futures.points):
        leader, other, margin, low, high = margins(values[place], outcome)
        winner = names[leader] if low > 0 else UNDECIDED
        x, y = futures.plan.points[point]
        known = names[leader], names[other], margin, low, high, values.shape[2]
        yield (outcome, int(point), x, y, winner, *known)


def _shares(
    futures: Futures, outcome: str, values: Numbers, cells: pd.DataFrame
) -> Iterator[tuple[Any, ...]]:
    """Cells that each policy wins and leads, and what other luck could make of these shares."""
    own = cells[cells["outcome"] == outcome]
    won, led = resampled_shares(values, outcome, futures.plan.seed)
    ends = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    for place, policy in enumerate((*futures.policies, UNDECIDED)):
        count, leads = (int((own[key] == policy).sum()) for key in ("winner", "leader"))
        found = count / len(own), leads / len(own)
        drawn = (shares[:, place] for shares in (won, led))
        (low, high), (led_low, led_high) = (
            (min(share, a), max(share, b))
            for share, (a, b) in zip(found, (np.quantile(d, ends) for d in drawn), strict=True)
        )
        yield (
            outcome, policy or "undecided", len(own), count, found[0], low, high, leads, led_low,
            led_high,
        )  # fmt: skip


def resampled_shares(values: Numbers, outcome: str, seed: int) -> tuple[Numbers, Numbers]:
    """Shares of cells won and led in maps of resampled replicates, shape (maps, policies + 1).

    `values` has shape (cells, policies, replicates), more is better; the last share is that of
    undecided cells, of which a leader is never short. The same replicates are drawn in every cell.
    How sure a lead has to be is taken from the replicates as they are, since a resample repeats
    some of them and looks too sure.
    """
    cells, count, replicates = values.shape
    weights = map_weights(seed, replicates)
    leads = without_noise(
        values[:, :, None] - values[:, None], values, outcome=outcome
    )  # of one policy over another, by cell and replicate
    half = _half_widths(leads)
    won, led = (np.zeros((RESAMPLES, count + 1)) for _ in range(2))
    itself = np.eye(count, dtype=bool)
    for cell in range(cells):
        mean = np.einsum("mr,por->mpo", weights, leads[cell])
        sure = (mean - half[cell] > 0) | itself
        won[:, :-1] += sure.all(axis=2)
        led[np.arange(RESAMPLES), (mean.min(axis=2)).argmax(axis=1)] += 1.0
    won[:, -1] = cells - won.sum(axis=1)
    return won / cells, led / cells


def _moves(plan: Plan, grid: Grid, outcome: str, values: Numbers) -> Iterator[tuple[Any, ...]]:
    """How a lead changes along each factor, averaged over the other, paired by replicate."""
    names = list(plan.policies)
    for one, two in combinations(range(len(names)), 2):
        lead = lead_of(values, one, two, outcome)[grid.place]
        ends = lead[-1] - lead[0], lead[:, -1] - lead[:, 0]
        for name, levels, change in zip(plan.names, (grid.x, grid.y), ends, strict=True):
            floored = without_noise(change, values, outcome=outcome)
            found = confidence_interval(floored.mean(axis=0))
            yield (outcome, names[two], names[one], name, levels[0], levels[-1], *found)


def _borders(plan: Plan, grid: Grid, outcome: str, values: Numbers) -> Iterator[tuple[Any, ...]]:
    """Where a lead changes sign along x, for each y; the interval is jackknifed over replicates.

    It ends where the map does: what lies beyond was not run.
    """
    names = list(plan.policies)
    for one, two in combinations(range(len(names)), 2):
        lead = lead_of(values, one, two, outcome)[grid.place]
        count = lead.shape[2]
        for place, y in enumerate(grid.y):
            line = lead[:, place]
            x = crossing(grid.x, line.mean(axis=1))
            if math.isnan(x):
                continue
            total = line.sum(axis=1, keepdims=True)
            without = np.array([crossing(grid.x, w) for w in ((total - line) / (count - 1)).T])
            pseudo = count * x - (count - 1) * without
            ends = (math.nan, math.nan) if np.isnan(pseudo).any() else _ends(pseudo)
            low, high = np.clip(ends, grid.x[0], grid.x[-1]).tolist()
            yield outcome, names[two], names[one], y, x, low, high


def _ends(pseudo: Numbers) -> tuple[float, float]:
    return confidence_interval(pseudo)[1:]
