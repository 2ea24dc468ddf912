"""The values that a scenario's dated changes move: parameters, levers of governments, positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.processes.declared import LEVERS
from sim.scenario.paths import Shift
from sim.scenario.source import Path_
from sim.society.places import local_government_names

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


class Course(NamedTuple):
    """Values at month 0, the changes that move them, and where each change is written."""

    start: NDArray[np.float64]
    changes: list[Shift]
    paths: list[Path_]


def names_of(s: Scenario) -> tuple[str, ...]:
    """Names of the local governments of a valid scenario."""
    return local_government_names(s.society.place, count=s.society.local_governments)


def positions(s: Scenario, names: Sequence[str]) -> Course:
    """Positions on the figure, shape (local governments + 1, rows); the last row is the centre."""
    steps = s.steps(names)
    paths: list[Path_] = [("transition", "moves", index) for index in range(len(steps))]
    return Course(s.start_positions(len(names)), steps, paths)


def parameters(s: Scenario, names: Sequence[str]) -> Iterator[tuple[str, Course]]:
    """Each parameter that dated policies change; a lever has a value per government."""
    rows = {name: row for row, name in enumerate(names)}
    values, levers = s.parameter_values(0), s.lever_values(0, names)
    found: dict[str, Course] = {}
    for index, change in enumerate(s.policy):
        begin = s.month_of(change.month, change.date)
        for name, value in change.set.items():
            if name not in found:
                own = levers.get(name.rpartition(".")[2]) if name in LEVERS else None
                found[name] = Course(np.array([values[name]]) if own is None else own, [], [])
            start, changes, paths = found[name]
            mask = np.ones(len(start), dtype=bool)
            if change.who in rows and name in LEVERS:
                mask[:] = False
                mask[rows[change.who]] = True
            changes.append(Shift(begin, change.over, float(value), mask))
            paths.append(("policy", index, "set", name))
    yield from found.items()
