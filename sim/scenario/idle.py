"""Dated changes that change nothing: no mistake, but probably not what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.scenario.paths import positions_in
from sim.scenario.source import Mistake
from sim.society.places import local_government_names

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def idle_changes(s: Scenario) -> list[Mistake]:
    """Policies, moves and shocks after which everything is as before, in a valid scenario."""
    names = local_government_names(s.society.place, count=s.society.local_governments)
    return [*_policies(s, names), *_moves(s, names), *_shocks(s)]


def _copy(s: Scenario, **changes: Any) -> Scenario:
    """A copy with other dated changes, and without what was worked out from the old ones."""
    copy = s.model_copy(update=changes)
    copy.__dict__.pop("_policies", None)
    return copy


def _policies(s: Scenario, names: tuple[str, ...]) -> list[Mistake]:
    found: list[Mistake] = []
    for index, change in enumerate(s.policy):
        begin = s.month_of(change.month, change.date)
        without = _copy(s, policy=[p for p in s.policy if p is not change])
        for name, value in change.set.items():
            column = name.rpartition(".")[2]
            before = without.lever_values(begin, names).get(column)
            here = [names.index(change.who)] if change.who in names else slice(None)
            now = without.parameter_values(begin)[name] if before is None else before[here]
            if np.all(now == value):
                text = f"changes nothing: {name} is {value:g} already in month {begin}"
                found.append((("policy", index, "set", name), text))
    return found


def _moves(s: Scenario, names: tuple[str, ...]) -> list[Mistake]:
    found: list[Mistake] = []
    start, steps = s.start_positions(len(names)), s.steps(names)
    order = sorted(range(len(steps)), key=lambda index: steps[index].begin)
    for index, move in enumerate(steps):
        end = move.begin + move.over
        after = positions_in(end, start, [steps[i] for i in order])
        without = positions_in(end, start, [steps[i] for i in order if i != index])
        if np.array_equal(after, without):
            text = f"changes nothing: these rows stand there already in month {move.begin}"
            found.append((("transition", "moves", index, "to"), text))
    return found


def _shocks(s: Scenario) -> list[Mistake]:
    return [
        (("shocks", index, "size"), "changes nothing: its size is 0")
        for index, shock in enumerate(s.shocks)
        if shock.size == 0 and shock.kind != "leader"
    ]
