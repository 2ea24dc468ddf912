"""In which order should the rows move? A search for schedules, then a trial of what it found.

The search sees some plausible worlds, the trial others with other luck: what is told of a schedule
was not what it was chosen for. Simple rules and orders drawn by lot stand the same trial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.questions.analysis import Analysis
from sim.questions.comparison.run import where_from_python
from sim.questions.roadmap.against import (
    ORDERS,
    Against,
    against,
    best_shares,
    leads,
    rests_on,
    scores,
)
from sim.questions.roadmap.asked import BUDGET, Question, Size
from sim.questions.roadmap.chosen import Chosen, choose, on_front, scales
from sim.questions.roadmap.judged import HELD_OUT_FROM, Judge
from sim.questions.roadmap.objectives import MARGINS, OBJECTIVES, SIGNS, Numbers
from sim.questions.roadmap.rules import STAY, random_orders, simple_rules
from sim.questions.roadmap.schedule import Schedule, Space
from sim.questions.roadmap.search import search
from sim.runs.chunk import Done
from sim.runs.files import temporary_folder
from sim.runs.runner import Session, session
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

MANY = 1 << 20


@dataclass(frozen=True)
class Searched:
    """What the searches found: all that was tried, the front, who was chosen, by which scale.

    `alone` has the balanced schedule of each search by itself, under the name of the search.
    """

    tried: int
    front: int
    chosen: tuple[Chosen, ...]
    scale: Numbers
    alone: Mapping[str, Schedule]


@dataclass(frozen=True, repr=False)
class Roadmap(Analysis):
    """What was found: chosen schedules, and how all did in worlds that the search never saw.

    `values` has the objectives of each schedule by name, shape (worlds, objectives); `rules` and
    `orders` are the schedules that the chosen ones are held against.
    """

    question: Question
    searched: Searched
    rules: Mapping[str, Schedule]
    orders: Mapping[str, Schedule]
    values: Mapping[str, Numbers]

    @property
    def chosen(self) -> dict[str, Schedule]:
        """The chosen schedules by name, the balanced one first."""
        return {one.name: one.schedule for one in self.searched.chosen}

    @property
    def worlds(self) -> range:
        """The worlds of the trial, by number."""
        return range(HELD_OUT_FROM, HELD_OUT_FROM + self.question.size.held_out)

    @cached_property
    def against_rules(self) -> list[Against]:
        """Each chosen schedule against each rule and the mean of random orders."""
        others = [*self.rules, *([ORDERS] if self.orders else [])]
        return [
            one for name in self.chosen for other in others
            for one in against(name, self.values[name], other, self.values[other])
        ]  # fmt: skip

    @cached_property
    def best_in_again(self) -> dict[str, float]:
        """How often each chosen schedule or rule is best on the balance in worlds drawn anew."""
        names = [*self.chosen, *self.rules]
        found = best_shares(self.scores(names), f"{self.question.seed} roadmap resampled")
        return dict(zip(names, found.tolist(), strict=True))

    @cached_property
    def best_where(self) -> dict[str, tuple[int, list[tuple[str, float]]]]:
        """In how many worlds each chosen one leads the others, and with what its lead goes."""
        names = list(self.chosen)
        if len(names) < 2:
            return {}
        ahead = leads(self.scores(names))
        return {
            name: (
                int((own > 0).sum()),
                rests_on(own, name, self.question.seed, self.worlds, len(names)),
            )
            for name, own in zip(names, ahead, strict=True)
        }

    def scores(self, names: Sequence[str]) -> Numbers:
        """The balance of schedules in each world, shape (schedules, worlds)."""
        values = np.stack([self.values[name] for name in names])
        return scores(values, self.values[STAY], self.searched.scale)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables by the name of their file."""
        from sim.questions.roadmap.tables import tables

        return tables(self)

    @property
    def sentences(self) -> list[str]:
        """The chosen schedules, how they did, whether order matters, and on what it hangs."""
        from sim.questions.roadmap.words import told

        return told(self)

    def drawing(self) -> Drawing:
        """When rows move under the chosen schedules, beside what that brings."""
        from sim.drawing.page import in_our_style
        from sim.questions.roadmap.figure import draw_roadmap

        with in_our_style():
            return draw_roadmap(self)


def roadmap(
    start: Scenario | str | Path,
    end: Scenario | str | Path,
    *,
    budget: float = BUDGET,
    size: Size | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
) -> Roadmap:
    """In which order, and when, the rows should move from one scenario's positions to another's.

    `budget` is money per citizen and year for moving rows, `size` how hard to look (`Size`). `jobs`
    processes share the work (all processors, unless given), or the workers of a Dask `cluster`.
    With `out`, everything is kept in that folder as the command `roadmap` keeps it. Raises
    `UserMistake` if the scenarios differ in more than rows or in none, or move by themselves.
    """
    one, two = (s if isinstance(s, Scenario) else Scenario.load(s) for s in (start, end))
    question = Question.of(one, two, budget=budget, seed=seed, size=size)
    where = where_from_python(jobs, cluster)
    if out is not None:
        from sim.questions.roadmap.results import publish_roadmap

        return publish_roadmap(question, Path(out), where=where)
    with (
        where.executor(MANY) as executor,
        temporary_folder() as parts,
        session(parts, executor, things=[question.plan], warn=where.warn) as running,
    ):
        return find(question, running)


def find(
    question: Question, running: Session, progress: Callable[[Done], None] | None = None
) -> Roadmap:
    """Search, choose, and try what was chosen; what the session has kept is not run again."""
    space, size = question.space, question.size
    rules = simple_rules(space, [moving.row for moving in question.moving])
    orders = random_orders(space, size.orders, f"{question.seed} roadmap orders")
    looking = Judge(question, running, range(size.worlds), progress)
    searched = _searched(question, looking, list(rules.values()), list(orders.values()))
    trial = Judge(question, running, range(HELD_OUT_FROM, HELD_OUT_FROM + size.held_out), progress)
    chosen = {one.name: one.schedule for one in searched.chosen}
    named = {**chosen, **rules, **orders, **searched.alone}
    values = dict(zip(named, trial.values(list(named.values())), strict=True))
    if orders:
        values[ORDERS] = np.mean([values[name] for name in orders], axis=0)
    return Roadmap(question, searched, rules, orders, values)


def _searched(
    question: Question, looking: Judge, rules: list[Schedule], orders: list[Schedule]
) -> Searched:
    space, size = question.space, question.size
    nothing = Searched(1, 0, (), np.maximum(MARGINS, 0.0), {})
    if not space.can_move:
        return nothing
    begun = [s for s in rules if space.keeps(s)]
    begun += orders[: max(0, size.population // 2 - len(begun))]

    def gains(schedules: Sequence[Schedule]) -> Numbers:
        values = looking.values([space.stay(), *schedules])
        against_staying: Numbers = SIGNS * (values[1:] - values[0])
        return against_staying

    def looked(where: Space, name: str, first: list[Schedule]) -> dict[Schedule, Numbers]:
        return search(
            where, gains, population=size.population, generations=size.generations,
            key=f"{question.seed} roadmap search {name}", first=first,
        )  # fmt: skip

    found = [looked(space, str(number), begun) for number in range(size.searches)]
    whole = looked(replace(space, whole=True), "whole", [s for s in begun if all(s)])
    tried: dict[Schedule, Numbers] = {}
    for one in (*found, whole):
        tried |= one
    best = on_front(tried)
    scale = scales(np.array(list(best.values())).reshape(-1, len(OBJECTIVES)))
    alone = {}
    for number, one in enumerate(found, 1):
        own = choose(one, scale)
        if own and size.searches > 1:
            alone[f"search_{number}"] = own[0].schedule
    return Searched(len(tried), len(best), tuple(choose(tried, scale)), scale, alone)
