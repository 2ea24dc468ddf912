"""Whether the values of an experiment's factors count in its policies, and what they replace.

A dated change of a policy replaces what a point says, for some governments or for all, from its
month on; where that is month 1 no point changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.experiments.factor_checks import BLOCKS
from sim.experiments.factors import ROWS, Factor
from sim.experiments.layers import replaced
from sim.paradigms import FIGURE
from sim.scenario import Scenario
from sim.scenario.courses import names_of, parameters, positions
from sim.scenario.effects import holds_until
from sim.scenario.files import found_at, is_shipped
from sim.scenario.source import Path_, Source, Spot, Told
from sim.worlds.anchors import anchors

if TYPE_CHECKING:
    from sim.experiments.experiment import Experiment

_LEAVE_OUT = ("one_at_a_time", "csv")
"""Designs whose points may say nothing of a factor, so that the policy's own value counts."""
_SHARED = ("start", "years", "society")
"""What policies must share, and the base is there to say."""


class Reach(NamedTuple):
    """The last month in which a factor's value counts, and the dated change that ends it."""

    month: int
    ended: str


def reach(policy: Scenario, factors: Sequence[Factor]) -> Iterator[tuple[Factor, Reach]]:
    """The factors that a policy's dated changes replace, for all governments, at some time."""
    names = names_of(policy)
    changed = dict(parameters(policy, names))
    moved = positions(policy, names) if policy.transition.moves else None
    for factor in factors:
        cells: Any = ...
        course = changed.get(factor.name)
        if factor.name.startswith(ROWS):
            row = FIGURE.row_ids.index(factor.name.removeprefix(ROWS))
            course, cells = moved, (slice(None if policy.central is None else -1), row)
        if course is None:
            continue
        until, ended = holds_until(policy.months, course.start, course.changes)
        latest = int(np.argmax(until[cells]))
        number = int(ended[cells][latest])
        if number >= 0:
            yield factor, Reach(int(until[cells][latest]), policy.named(*course.paths[number]))


def told(experiment: Experiment) -> list[Told]:
    """What counts for nothing, or not as long as the scenario lasts, in a valid experiment."""
    found: list[Told] = []
    for name, policy in experiment.scenarios.items():
        found += _short_lived(experiment, name, policy)
        found += _replaced_by_base(policy, experiment.lower(name))
        found += _replaced_by_points(experiment, policy._source)
        found += _unused(policy._source)
    return found


def _short_lived(experiment: Experiment, name: str, policy: Scenario) -> Iterator[Told]:
    last = max(experiment.months or [policy.months])
    for factor, (month, ended) in reach(policy, experiment.factors):
        if month < last:
            path = _where(factor)
            text = f"counts only until month {month} under {name}: {ended} replaces it"
            yield experiment.place(path), experiment.message(path, text)


def _replaced_by_base(policy: Scenario, lower: Source) -> Iterator[Told]:
    """What a policy's own file says, and the base says otherwise."""
    for path, instead in replaced(lower, policy._source):
        place = lower.place(path)
        if path[0] not in _SHARED and isinstance(place, Spot) and not is_shipped(place.file):
            yield place, lower.message(path, f"counts for nothing here: it is {instead}")


def _replaced_by_points(experiment: Experiment, policy: Source) -> Iterator[Told]:
    """Values that no run takes, since every point has one of its own."""
    if experiment.design.kind in _LEAVE_OUT:
        return
    for factor in experiment.factors:
        path: Path_ = ("parameters", factor.name)
        if factor.name.startswith(ROWS):
            path = ("governance", factor.name.removeprefix(ROWS))
        elif factor.name in anchors():
            path = tuple(factor.name.split("."))
        place = policy.places.get(path, "")
        shipped = isinstance(place, Spot) and is_shipped(place.file)
        if place and not shipped and found_at(policy.data, path) is not None:
            varied = experiment.named(_where(factor))
            yield place, policy.message(path, f"counts for nothing here: {varied} varies it")


def _where(factor: Factor) -> Path_:
    return (BLOCKS[factor.role], factor.name)


def _unused(policy: Source) -> Iterator[Told]:
    for key in ("seed", "replicates"):
        place = policy.places.get((key,), "")
        if isinstance(place, Spot) and not is_shipped(place.file):
            text = f"counts for nothing here: the experiment has {key} of its own"
            yield place, policy.message((key,), text)
