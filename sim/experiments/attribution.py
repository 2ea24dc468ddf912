"""Which rows of the figure carry the difference between two scenarios: Shapley shares.

Rows move from one scenario's positions to the other's, one after another, in an order drawn by
lot; what an outcome gains at each step is that row's part. Averaged over orders, the parts are the
Shapley values (Shapley 1953; sampled as in Castro, Gomez and Tejada 2009): they sum to the
difference, and no order is favoured. Each order is walked forwards and backwards (antithetic), and
with the luck of its own replicate, the same at every step (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.engine.luck import Luck, seed_key, uniforms
from sim.errors import UserMistake
from sim.experiments.replicate import Failed, Finished, Job, run_replicates
from sim.experiments.statistics import confidence_interval
from sim.outcomes import OUTCOMES, WINDOW
from sim.paradigms import FIGURE
from sim.scenario import Scenario

COLUMNS = ("outcome", "row", "orders", "share", "conf_low", "conf_high", "part")
_ORDERS_AT_ONCE = 4
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Attribution:
    """What each row carries of the difference between two scenarios.

    `table` has a row per outcome and row of the figure (`COLUMNS`): the Shapley value in points
    with its 95 % confidence interval, and its part of the whole difference. `totals` has the
    difference of each outcome over the same orders. `precise` says whether every interval is
    within the precision that was asked for.
    """

    start: str
    end: str
    table: pd.DataFrame
    totals: dict[str, float]
    orders: int
    precise: bool


def attribute(
    start: Scenario,
    end: Scenario,
    *,
    citizens: int = 2_000,
    most_orders: int = 60,
    precision: float = 0.10,
    seed: int | None = None,
    processes: int = 1,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Finished | Failed], None] | None = None,
) -> Attribution:
    """Shapley values of the rows in which two scenarios differ, for every headline outcome.

    Orders are added until, for every outcome, each interval's half width is below `precision` of
    the largest share, or until there are `most_orders`. Raises `UserMistake` if the scenarios
    differ in more than rows, or in fewer than two of them, or reform themselves.
    """
    rows = _differing(start, end)
    luck = start.seed if seed is None else seed
    small = {"citizens": min(citizens, start.society.citizens)}
    ends = start.but(society=small), end.but(society=small)
    parts: list[Numbers] = []
    if announce is not None:
        announce(most_orders * (len(rows) + 1))
    while len(parts) < most_orders:
        count = min(_ORDERS_AT_ONCE, most_orders - len(parts))
        orders = [_order(luck, len(parts) + k, len(rows)) for k in range(count)]
        parts += _walk(ends, rows, orders, len(parts), luck, processes, progress)
        if len(parts) >= 2 * _ORDERS_AT_ONCE and _precise(parts, precision):
            break
    return _told(start, end, rows, parts, precise=_precise(parts, precision))


def _differing(start: Scenario, end: Scenario) -> list[int]:
    """Rows in which two scenarios differ; refuses those that differ in anything else."""
    without = {"name", "governance", "central"}
    one, two = ({k: v for k, v in s.resolved().items() if k not in without} for s in (start, end))
    other = [key for key in one if one[key] != two[key]]
    if other:
        raise UserMistake(
            f"{end.name} differs from {start.name} in more than rows of the figure: "
            f"{', '.join(other)}; only rows can share a difference"
        )
    if start.transition.mode == "endogenous":
        raise UserMistake("attribute needs positions that are held or scheduled, not endogenous")
    rows = [
        k
        for k in range(len(FIGURE.rows))
        if start.profile[k] != end.profile[k] or start.central_profile[k] != end.central_profile[k]
    ]
    if len(rows) < 2:
        raise UserMistake(f"{start.name} and {end.name} differ in {len(rows)} rows; two are needed")
    return rows


def _order(seed: int, number: int, count: int) -> list[int]:
    """An order of `count` rows; odd numbers walk the order before them backwards."""
    luck = uniforms(seed_key(seed), Luck.ORDERS, 1, count, month=number // 2)[0]
    order = [int(k) for k in np.argsort(luck, kind="stable")]
    return order[::-1] if number % 2 else order


def _walk(
    ends: tuple[Scenario, Scenario],
    rows: Sequence[int],
    orders: Sequence[Sequence[int]],
    first: int,
    seed: int,
    processes: int,
    progress: Callable[[Finished | Failed], None] | None,
) -> list[Numbers]:
    """What each row adds along each order: arrays of shape (rows, outcomes)."""
    jobs = []
    for number, order in enumerate(orders, first):
        for step in range(len(rows) + 1):
            moved = {rows[k] for k in order[:step]}
            jobs.append(Job(_between(ends, moved), f"{number}:{step}", number // 2, seed))
    values: dict[str, Numbers] = {}
    names = [outcome.name for outcome in OUTCOMES]
    for outcome in run_replicates(jobs, processes=processes, progress=progress):
        if isinstance(outcome, Failed):
            raise RuntimeError(f"{outcome.stage}: {outcome.message}")
        last = outcome.national[names].tail(WINDOW).mean()
        values[outcome.job.name] = last.to_numpy(dtype=np.float64)
    found = []
    for number, order in enumerate(orders, first):
        part = np.zeros((len(rows), len(names)))
        for step, row in enumerate(order):
            part[row] = values[f"{number}:{step + 1}"] - values[f"{number}:{step}"]
        found.append(part)
    return found


def _between(ends: tuple[Scenario, Scenario], moved: set[int]) -> Scenario:
    """The start scenario with some rows as at the end."""
    start, end = ends
    ids = FIGURE.row_ids
    positions: dict[str, Any] = {}
    for block, one, two in (
        ("governance", start.profile, end.profile),
        ("central", start.central_profile, end.central_profile),
    ):
        positions[block] = {row: (two if k in moved else one)[k] for k, row in enumerate(ids)}
    return start.but(**positions)


def _precise(parts: Sequence[Numbers], precision: float) -> bool:
    """Whether every interval is narrow against the largest share of its outcome."""
    stacked = _pairs(parts)
    if len(stacked) < 2:
        return False
    for outcome in range(stacked.shape[2]):
        found = [confidence_interval(stacked[:, row, outcome]) for row in range(stacked.shape[1])]
        largest = max(abs(mean) for mean, _, _ in found)
        widest = max(high - mean for mean, _, high in found)
        if largest > 0 and widest > precision * largest:
            return False
    return True


def _pairs(parts: Sequence[Numbers]) -> Numbers:
    """Means of each order and its reverse: independent of other pairs, unlike of each other."""
    whole = parts[: 2 * (len(parts) // 2)]
    stacked = np.array(whole).reshape(len(whole) // 2, 2, *parts[0].shape)
    pairs: Numbers = stacked.mean(axis=1)
    return pairs


def _told(
    start: Scenario, end: Scenario, rows: Sequence[int], parts: Sequence[Numbers], *, precise: bool
) -> Attribution:
    stacked = _pairs(parts)
    lines = []
    totals = {}
    for k, outcome in enumerate(OUTCOMES):
        total = float(stacked[:, :, k].sum(axis=1).mean())
        totals[outcome.name] = total
        for place, row in enumerate(rows):
            mean, low, high = confidence_interval(stacked[:, place, k])
            part = mean / total if total else 0.0
            lines.append(
                (outcome.name, FIGURE.row_ids[row], 2 * len(stacked), mean, low, high, part)
            )
    table = pd.DataFrame(lines, columns=list(COLUMNS))
    return Attribution(start.name, end.name, table, totals, 2 * len(stacked), precise)
