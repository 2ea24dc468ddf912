"""What a scenario holds at its default in all plausible worlds: `worlds: {hold: [trust.*]}`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

from sim.paradigms import FIGURE
from sim.processes.declared import LEVERS, UNKNOWN
from sim.scenario.source import Mistake, Path_
from sim.text import near, short

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

CELLS = "cells."
"""Names of cells begin so among what may be held."""
_PATTERN = "*?["


@cache
def holdable() -> tuple[str, ...]:
    """Names of what worlds draw: uncertain parameters, and `cells.NAME` for each cell."""
    cells = [CELLS + cell.name for cell in FIGURE.cells if cell.simplex or len({*cell.values}) > 1]
    return (*(parameter.name for parameter in UNKNOWN), *cells)


def held(scenario: Scenario) -> set[str]:
    """Names of what a scenario, or a history of it, holds in all worlds."""
    patterns = list(scenario.worlds.hold)
    past = scenario.history
    while past is not None:
        patterns += past.worlds.hold
        past = past.history
    return {name for name in holdable() for pattern in patterns if fnmatchcase(name, pattern)}


def check_held(scenario: Scenario) -> Iterator[Mistake]:
    """Patterns that name nothing that worlds draw, or that are listed twice."""
    patterns = scenario.worlds.hold
    for index, pattern in enumerate(patterns):
        path: Path_ = ("worlds", "hold", index)
        if pattern in patterns[:index]:
            yield path, f"'{short(pattern)}' is listed twice"
        elif not any(fnmatchcase(name, pattern) for name in holdable()):
            yield path, _unknown(pattern)


def _unknown(pattern: str) -> str:
    if pattern in LEVERS:
        return f"'{pattern}' is a lever, which no world draws; leave this out"
    if CELLS + pattern in holdable():
        return f"a cell is written as {CELLS}{pattern}"
    group = f"{pattern}.*"
    if any(fnmatchcase(name, group) for name in holdable()):
        return f"'{pattern}' is a group of parameters; write {group} for all of them"
    if any(mark in pattern for mark in _PATTERN):
        groups = dict.fromkeys(f"{name.partition('.')[0]}.*" for name in holdable())
        return f"'{short(pattern)}' names nothing that worlds draw{near(pattern, list(groups))}"
    return f"'{short(pattern)}' is nothing that worlds draw{near(pattern, holdable())}"
