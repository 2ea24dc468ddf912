"""Dated changes that change nothing: no mistake, but probably not what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.processes.shocks import Strike
from sim.scenario.courses import Course, names_of, parameters, positions
from sim.scenario.effects import idle
from sim.scenario.source import Mistake, Path_

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Mistakes = Iterator[Mistake]


def idle_changes(s: Scenario) -> Mistakes:
    """Policies, moves and shocks without which all would be the same, in a valid scenario."""
    names = names_of(s)
    for name, course in parameters(s, names):
        yield from _idle(s, course, (), f"{name} is {{target:g}} already in month {{begin}}")
    if s.transition.mode == "scheduled":
        already = "these rows stand there already in month {begin}"
        yield from _idle(s, positions(s, names), ("to",), already)
        if not s.transition.moves:
            yield ("transition", "moves"), "an empty list moves nothing"
    yield from _frontier(s)
    yield from _shocks(s, s.strikes(names), len(names))


def _frontier(s: Scenario) -> Mistakes:
    """A frontier of one's own that is never looked at, since the observed one alone counts."""
    changes = [change.set for change in s.policy]
    looked_at = s.parameter_values(0)["frontier.observed"] < 1.0
    if looked_at or any("frontier.observed" in values for values in changes):
        return
    text = "changes nothing: frontier.observed is 1, so that only what was observed abroad counts"
    if s.parameters.get("frontier.level"):
        yield ("parameters", "frontier.level"), text
    for number, values in enumerate(changes):
        if "frontier.level" in values:
            yield ("policy", number, "set"), text


def _idle(s: Scenario, course: Course, key: Path_, already: str) -> Mistakes:
    for number, why in sorted(idle(s.months, course.start, course.changes).items()):
        change = course.changes[number]
        text = already.format(target=change.target, begin=change.begin)
        if why.undoes is not None:
            text = f"{s.named(*course.paths[why.undoes])} undoes it in the same month"
        yield (*course.paths[number], *key), f"changes nothing: {text}"


def _shocks(s: Scenario, shocks: tuple[Strike, ...], places: int) -> Mistakes:
    for index, shock in enumerate(shocks):
        if shock.size == 0 and shock.kind != "leader":
            yield ("shocks", index, "size"), "changes nothing: its size is 0"
        elif shock.kind in ("breach", "leader") and (shock.kind == "breach" or shock.size == 0):
            covering = _covering(shocks, index, s.months, places)
            if covering is not None:
                name = s.named("shocks", covering)
                yield ("shocks", index, "kind"), f"changes nothing: {name} strikes as hard"


def _covering(shocks: tuple[Strike, ...], index: int, months: int, places: int) -> int | None:
    """Another shock of the kind, where the others together strike as hard wherever this does.

    Breaches of one month do not add up; nor does being without a leader.
    """
    mine = shocks[index]
    others = np.full((months + 1, places), -1.0)
    found = None
    for number, other in enumerate(shocks):
        if other.kind == mine.kind and number != index:
            rows = np.zeros(places, dtype=bool)
            rows[list(other.places)] = True
            now = others[other.begin : other.begin + other.months]
            now[:, rows] = np.maximum(now[:, rows], _strength(other))
            if set(other.places) & set(mine.places) and other.lasts(mine.begin):
                found = number
    struck = others[mine.begin : mine.begin + mine.months][:, list(mine.places)]
    return found if bool(np.all(struck >= _strength(mine))) else None


def _strength(shock: Strike) -> float:
    return shock.size if shock.kind == "breach" else 0.0
