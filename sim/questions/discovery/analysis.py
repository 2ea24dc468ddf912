"""Scenario discovery: under which conditions is a target missed?

Each future is a case, described by its factors; it is of interest if the condition holds for the
means over its replicates. Boxes of factors are sought that hold most of these cases (coverage) and
few others (density). How a box does on futures that were not used to find it is told beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim import frames
from sim.engine.luck import Luck, seed_key, uniforms
from sim.errors import UserMistake
from sim.experiments.plan import Plan
from sim.frames import flags, numbers, whole, words
from sim.questions.analysis import Analysis, Studied, only_policies, refuse_worlds, require, swept
from sim.questions.condition import Condition
from sim.questions.discovery.boxes import (
    PEELS,
    Box,
    Cases,
    Numbers,
    best_box,
    box_of,
    offered,
    quasi_p,
)
from sim.questions.discovery.tree import TREE, grow
from sim.questions.futures import chosen_policies, usable_futures

if TYPE_CHECKING:
    from sim.drawing.page import Drawing

COLUMNS = (
    words("policy", "condition") | whole("box") | words("factor")
    | numbers("low", "high", "range_low", "range_high", "p_low", "p_high")
    | numbers("density", "density_low", "density_high")
    | numbers("coverage", "coverage_low", "coverage_high")
    | whole("cases", "of_interest", "futures") | numbers("base_share")
    | numbers("density_new", "density_new_low", "density_new_high", "coverage_new")
)  # fmt: skip
TRADEOFF = (
    words("policy") | whole("box", "candidate") | numbers("coverage", "density")
    | whole("limits", "cases") | flags("chosen")
)  # fmt: skip
MOST_BOXES = 3
_FOLDS = 5
_WORTH = 0.1
_DENSE = 0.5
_UNFIT = ("morris", "one_at_a_time")


@dataclass(frozen=True)
class Find:
    """A box, the boxes that it was chosen from, and how well luck explains its limits.

    `quasi_p` has shape (2, factors): low limits, then high ones; nan where there is none. `box` is
    None where no limit stands.
    """

    box: Box | None
    offered: tuple[Box, ...]
    quasi_p: Numbers

    @property
    def lost(self) -> float:
        """How much balance was lost with limits that luck explains, against the best offer."""
        most = max((box.balance for box in self.offered), default=0.0)
        return 0.0 if self.box is None else max(0.0, most - self.box.balance)


@dataclass(frozen=True)
class Found:
    """The finds of one policy, best first: none where there is nothing to tell apart.

    `table` has the factors by future, `interest` whether the condition holds. `fresh` counts
    (cases, hits, all of interest) in futures that were kept out of the search.
    """

    policy: str
    table: pd.DataFrame
    interest: Cases
    finds: tuple[Find, ...] = ()
    fresh: tuple[int, int, int] = (0, 0, 0)
    leaves: pd.DataFrame = field(default_factory=lambda: frames.table(TREE))

    @property
    def boxes(self) -> list[tuple[Box, Numbers]]:
        """The boxes, each with how well luck explains its limits."""
        return [(find.box, find.quasi_p) for find in self.finds if find.box is not None]


@dataclass(frozen=True, repr=False)
class Discovery(Analysis):
    """Conditions, by policy, under which something happens."""

    plan: Plan
    condition: Condition
    found: tuple[Found, ...]
    warnings: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """A row per limit of a box (`COLUMNS`)."""
        from sim.questions.discovery.tables import limits_table

        return limits_table(self)

    @property
    def tradeoff(self) -> pd.DataFrame:
        """A row per candidate box (`TRADEOFF`): what more coverage costs in density."""
        from sim.questions.discovery.tables import tradeoff_table

        return tradeoff_table(self)

    @property
    def leaves(self) -> pd.DataFrame:
        """A row per leaf of the decision trees (`TREE`); empty unless trees were asked for."""
        return frames.joined(TREE, [found.leaves for found in self.found])

    @property
    def sentences(self) -> list[str]:
        """Each box in words, and what was left out."""
        from sim.questions.discovery.tables import told

        return told(self)

    def drawing(self) -> Drawing:
        """The figure, with its title, caption and alternative text."""
        from sim.drawing.page import in_our_style
        from sim.questions.discovery.figure import draw_discovery

        with in_our_style():
            return draw_discovery(self)


def discover(
    results: Studied,
    when: str,
    *,
    policies: Sequence[str] = (),
    tree: bool = False,
    **options: Any,
) -> Discovery:
    """Runs what an experiment lacks and seeks the conditions under which `when` holds.

    `when` is as `trust < 40 and efficiency >= 50`. `tree` also grows a decision tree. `options` are
    those of `sweep`. Raises `UserMistake` where the condition or a policy's name is wrong, or the
    design does not fill the space of the factors.
    """
    require("ema_workbench", "discover", "discovery")
    asked = only_policies(results, policies, options.get("out"))
    done = swept(asked, options, check=lambda plan: refuse(plan, when, policies))
    return analyse_discovery(done.plan, done.runs, when, policies=policies, tree=tree)


def analyse_discovery(
    plan: Plan, runs: pd.DataFrame, when: str, *, policies: Sequence[str] = (), tree: bool = False
) -> Discovery:
    """Seeks the conditions in the runs of a plan."""
    refuse(plan, when, policies)
    condition = Condition.parse(when, plan.outcomes)
    futures = usable_futures(plan, runs)
    found = []
    for policy in chosen_policies(plan, policies):
        column = futures.policies.index(policy)
        means = {name: futures.means(name)[:, column] for name in plan.outcomes}
        interest = condition.holds(means)
        found.append(_sought(policy, futures.factor_table(policy), interest, plan.seed, tree=tree))
    return Discovery(plan, condition, tuple(found), futures.warnings)


def refuse(plan: Plan, when: str, policies: Sequence[str]) -> None:
    """Raises `UserMistake` where a condition, a policy or the design does not allow it."""
    Condition.parse(when, plan.outcomes)
    refuse_worlds(plan, "discover")
    chosen_policies(plan, policies)
    if plan.design.kind in _UNFIT:
        raise UserMistake(
            f"{plan.name}: its design is {plan.design.kind}; discover needs one that fills the "
            "space of the factors: write 'design: {kind: lhs, points: 500}'"
        )


def _sought(policy: str, table: pd.DataFrame, interest: Cases, seed: int, *, tree: bool) -> Found:
    """What is found under one policy."""
    table = table.loc[:, table.nunique() > 1]
    if interest.all() or not interest.any() or table.empty:
        return Found(policy, table, interest)
    finds = tuple(_finds(table, interest))
    fresh = _on_fresh_futures(table, interest, seed) if finds[0].box else (0, 0, 0)
    leaves = grow(policy, table, interest) if tree else frames.table(TREE)
    return Found(policy, table, interest, finds, fresh, leaves)


def _finds(table: pd.DataFrame, interest: Cases) -> Iterator[Find]:
    """Boxes one after another, each among the cases that earlier ones leave."""
    total = int(interest.sum())
    left = np.ones(len(table), dtype=bool)
    for number in range(MOST_BOXES):
        if interest[left].sum() < max(1.0, _WORTH * total):
            return
        rest, y = table[left], interest[left]
        choice = tuple(offered(rest, y, total))
        box = best_box(rest, y, choice)
        if box is None or (number and (box.density < _DENSE or box.coverage < _WORTH)):
            if not number:
                yield Find(None, choice, np.full((2, table.shape[1]), np.nan))
            return
        yield Find(box, choice, quasi_p(box, rest.to_numpy(dtype=np.float64), y))
        left &= ~box.holds(table.to_numpy(dtype=np.float64))


def _on_fresh_futures(table: pd.DataFrame, interest: Cases, seed: int) -> tuple[int, int, int]:
    """Cases, hits and all of interest in fifths of the futures, by boxes found in the rest."""
    order = np.argsort(uniforms(seed_key(seed), Luck.FOLDS, len(table))[:, 0])
    fold = np.empty(len(table), dtype=np.int64)
    fold[order] = np.arange(len(table)) % _FOLDS
    cases = hits = 0
    for number in range(_FOLDS):
        seen = fold != number
        y = interest[seen]
        if y.all() or not y.any():
            continue
        box = best_box(table[seen], y, offered(table[seen], y, int(y.sum()), PEELS[-1:]))
        if box is not None:
            x = table[~seen].to_numpy(dtype=np.float64)
            new = box_of(box.low, box.high, x, interest[~seen], 1)
            cases, hits = cases + new.cases, hits + new.hits
    return cases, hits, int(interest.sum())
