"""Which rows of the figure carry the difference between two scenarios: Shapley shares.

Walks are run block by block and kept as they end, so that a stopped command goes on. The luck of a
walk is that of its pair's replicate, the same at every step (common random numbers).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import frames
from sim.engine.luck import Luck, seed_key, uniforms
from sim.errors import GovShiftError, UserMistake
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE
from sim.questions.analysis import Analysis
from sim.questions.attribution.shapley import (
    KEYS,
    Walks,
    interactions,
    shares,
    totals,
    widest_interval,
)
from sim.questions.comparison.run import where_from_python
from sim.questions.comparison.study import slug_of
from sim.runs.chunk import Done
from sim.runs.means import MeansKeeper, means_keeper
from sim.runs.replicate import Failed, Job
from sim.runs.version import model_version
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

_NAMES = [outcome.name for outcome in OUTCOMES]
_AT_ONCE = 8
_FEWEST = 16


@dataclass(frozen=True)
class Question:
    """Two scenarios that differ in rows of the figure only, on one society under the same luck."""

    start: Scenario
    end: Scenario
    seed: int
    rows: tuple[int, ...]

    @classmethod
    def of(
        cls, start: Scenario, end: Scenario, *, citizens: int | None = None, seed: int | None = None
    ) -> Question:
        """Raises `UserMistake` if they differ in more than rows, in fewer than two, or reform."""
        rows = _differing(start, end)
        if citizens is not None:
            small = {"citizens": citizens}
            start, end = start.but(society=small), end.but(society=small)
        return cls(start, end, start.seed if seed is None else seed, tuple(rows))

    @property
    def row_ids(self) -> list[str]:
        """Names of the rows in which the two differ."""
        return [FIGURE.row_ids[row] for row in self.rows]

    @property
    def digest(self) -> str:
        """A hash of all that decides a walk."""
        asked = [self.start.resolved(), self.end.resolved(), self.seed, model_version()]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    @property
    def slug(self) -> str:
        """A name for the folder of its results."""
        return slug_of(["rows", self.start.name, self.end.name])


@dataclass(frozen=True, repr=False)
class Attribution(Analysis):
    """What each row carries of the difference between two scenarios.

    `shares` and `interactions` are as `sim.questions.attribution.shapley` says; `totals` has the
    difference of each outcome over the same orders, `explained` how much of what happened on the
    way rows and pairs of rows describe, and `width` the widest half interval over the largest
    share.
    """

    start: str
    end: str
    walks: pd.DataFrame
    shares: pd.DataFrame
    interactions: pd.DataFrame
    totals: dict[str, float]
    explained: dict[str, float]
    width: dict[str, float]
    orders: int
    precision: float

    @property
    def imprecise(self) -> list[str]:
        """Outcomes of which some interval is wider than was asked for."""
        return [outcome for outcome, width in self.width.items() if width > self.precision]

    @property
    def sentences(self) -> list[str]:
        """The largest shares of each outcome, and the rows that work together."""
        from sim.questions.attribution.words import told

        return told(self)

    def drawing(self) -> Drawing:
        """The figure of shares, with its title, caption and alternative text."""
        from sim.drawing.page import in_our_style
        from sim.questions.attribution.figure import draw_shares

        with in_our_style():
            return draw_shares(self)


def attribute(
    start: Scenario | str | Path,
    end: Scenario | str | Path,
    *,
    citizens: int | None = None,
    most_orders: int = 400,
    precision: float = 0.10,
    seed: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
) -> Attribution:
    """Shapley values of the rows in which two scenarios differ, for every headline outcome.

    Orders are added until, for every outcome, each interval's half width is below `precision` of
    the largest share, or until there are `most_orders`. Raises `UserMistake` if the scenarios
    differ in more than rows, or in fewer than two of them, or reform themselves. `jobs` processes
    share the work (all processors, unless given), or the workers of a Dask `cluster`. With `out`,
    everything is kept in that folder as the command `attribute` keeps it.
    """
    one, two = (s if isinstance(s, Scenario) else Scenario.load(s) for s in (start, end))
    question = Question.of(one, two, citizens=citizens, seed=seed)
    where = where_from_python(jobs, cluster)
    if out is not None:
        from sim.questions.attribution.results import publish_attribution

        return publish_attribution(
            question, Path(out), most_orders=most_orders, precision=precision, command="",
            where=where,
        )  # fmt: skip
    with means_keeper(None, where, things=(question.start, question.end)) as kept:
        return walk_on(question, kept, most_orders=most_orders, precision=precision)


def walk_on(
    question: Question,
    kept: MeansKeeper,
    *,
    most_orders: int,
    precision: float,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
) -> Attribution:
    """Walks orders, block by block, until they are precise enough or enough.

    What `kept` has is not run again, and decides nothing: the same orders are walked, and the same
    is told, however often the walk was stopped. `announce` hears how many replicates are missing at
    most.
    """
    if announce is not None:
        states = {(step.order // 2, step.moved) for step in _steps(question, range(most_orders))}
        announce(max(0, len(states) - kept.there()))
    blocks: list[pd.DataFrame] = []
    found = None
    while (done := _AT_ONCE * len(blocks)) < most_orders and (found is None or found.imprecise):
        block = range(done, min(done + _AT_ONCE, most_orders))
        blocks.append(_walk(question, block, kept, progress))
        found = _told(question, blocks, precision) if block.stop >= _FEWEST else None
    return found or _told(question, blocks, precision)


def _differing(start: Scenario, end: Scenario) -> list[int]:
    """Rows in which two scenarios differ; refuses those that differ in anything else."""
    for scenario in (start, end):
        if scenario.history is not None:
            raise UserMistake(
                f"{scenario.name}: begins where {scenario.history.name} leaves each government; "
                "attribute moves rows at month 0, and needs scenarios without a history"
            )
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


@dataclass(frozen=True)
class _Step:
    """Where a walk stands after a step: which row has just moved, and which rows have moved."""

    order: int
    step: int
    mover: str
    moved: tuple[int, ...]


def _steps(question: Question, numbers: Sequence[int]) -> Iterator[_Step]:
    """Orders of rows, step by step."""
    for number in numbers:
        order = _order(question.seed, number, len(question.rows))
        for step in range(len(order) + 1):
            moved = tuple(sorted(question.rows[k] for k in order[:step]))
            mover = question.row_ids[order[step - 1]] if step else ""
            yield _Step(number, step, mover, moved)


def _states(question: Question, numbers: Sequence[int]) -> dict[tuple[int, tuple[int, ...]], Job]:
    """What has to be run for some orders, by pair and moved rows: a shared state runs once."""
    states: dict[tuple[int, tuple[int, ...]], Job] = {}
    for step in _steps(question, numbers):
        pair = step.order // 2
        if (pair, step.moved) not in states:
            name = f"{pair}:{'-'.join(map(str, step.moved))}"
            scenario = _between(question, step.moved)
            states[pair, step.moved] = Job(scenario, name, pair, question.seed)
    return states


def steps_of(question: Question, orders: int) -> list[Job]:
    """All that has to be run to walk so many orders."""
    return list(_states(question, range(orders)).values())


def _walk(
    question: Question,
    numbers: Sequence[int],
    kept: MeansKeeper,
    progress: Callable[[Done], None] | None,
) -> pd.DataFrame:
    """Orders walked step by step; raises `GovShiftError` if a replicate fails."""
    states = _states(question, numbers)
    values = kept.outcomes(list(states.values()), progress=progress, failed=_refuse)
    steps = list(_steps(question, numbers))
    table = pd.DataFrame([(s.order, s.step, s.mover) for s in steps], columns=list(KEYS))
    table[_NAMES] = [values[states[s.order // 2, s.moved]] for s in steps]
    return frames.typed(table, KEYS | frames.numbers(*_NAMES))


def _refuse(failed: Failed) -> None:
    raise GovShiftError(f"a run failed at {failed.stage}: {failed.message}")


def _between(question: Question, moved: Collection[int]) -> Scenario:
    """The start scenario with some rows as at the end."""
    start, end = question.start, question.end
    ids = FIGURE.row_ids
    positions: dict[str, Any] = {}
    for block, one, two in (
        ("governance", start.profile, end.profile),
        ("central", start.central_profile, end.central_profile),
    ):
        positions[block] = {row: (two if k in moved else one)[k] for k, row in enumerate(ids)}
    return start.but(**positions)


def _told(question: Question, blocks: Sequence[pd.DataFrame], precision: float) -> Attribution:
    table = pd.concat(blocks, ignore_index=True)
    rows = question.row_ids
    walks = Walks.of(table, rows, _NAMES)
    found = shares(walks, rows, _NAMES)
    pairs, explained = interactions(walks, rows, _NAMES)
    whole = dict(zip(_NAMES, totals(walks, _NAMES).tolist(), strict=True))
    width = dict(zip(_NAMES, map(float, widest_interval(walks)), strict=True))
    return Attribution(
        question.start.name, question.end.name, table, found, pairs, whole, explained, width,
        walks.orders, precision,
    )  # fmt: skip
