"""Whether compared scenarios differ in what nobody can choose, and not only in policy.

A difference between them then tells of both. Assumptions are parameters that are the world's, cells
of the figure and shocks; policy is everything else that a government decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from sim.declared import PARAMETERS
from sim.paradigms import FIGURE
from sim.questions.comparison.study import Study
from sim.scenario import Scenario

_MOST = 6


def assumptions_told(study: Study) -> list[str]:
    """A line or two for each scenario that differs from the baseline in assumptions."""
    if study.baseline is None:
        return []
    first = study.scenarios[study.baseline]
    return list(chain.from_iterable(_told(first, name, study) for name in study.others))


def _told(first: Scenario, name: str, study: Study) -> Iterator[str]:
    other = study.scenarios[name]
    assumed = [*_parameters(first, other, levers=False), *_cells(first, other),
               *_shocks(first, other)]  # fmt: skip
    if not assumed:
        return
    chosen = [*_rows(first, other), *_parameters(first, other, levers=True)]
    yield f"{name} and {study.baseline} differ in assumptions, not only in policy:"
    yield f"  assumptions: {_listed(assumed)}"
    yield f"  policy: {_listed(chosen) if chosen else 'the same'}"


def _listed(parts: list[str]) -> str:
    more = [f"and {len(parts) - _MOST} more"] if len(parts) > _MOST else []
    return ", ".join([*parts[:_MOST], *more])


def _parameters(first: Scenario, other: Scenario, *, levers: bool) -> Iterator[str]:
    """What differs at the start, or is changed at another time or to another value later."""
    ours, theirs = first.parameter_values(0), other.parameter_values(0)
    for name, parameter in PARAMETERS.items():
        if (parameter.role == "lever") != levers:
            continue
        if ours[name] != theirs[name]:
            yield f"{name} {parameter.told(theirs[name])} ({parameter.told(ours[name])})"
        elif _dated(first, name) != _dated(other, name):
            yield f"{name} (dated)"


def _dated(scenario: Scenario, name: str) -> list[tuple[int, int, float, str]]:
    """When, over how many months, to what and for whom a parameter is changed."""
    return [
        (scenario.month_of(one.month, one.date), one.over, one.set[name], one.who)
        for one in scenario.policy
        if name in one.set
    ]


def _cells(first: Scenario, other: Scenario) -> Iterator[str]:
    ours, theirs = FIGURE.override(first.cells), FIGURE.override(other.cells)
    for one, two in zip(ours.cells, theirs.cells, strict=True):
        if one.values != two.values:
            yield f"cells.{one.name}"


def _shocks(first: Scenario, other: Scenario) -> Iterator[str]:
    if first.shocks != other.shocks:
        kinds = dict.fromkeys(shock.kind for shock in (*first.shocks, *other.shocks))
        yield f"shocks ({', '.join(kinds)})"


def _rows(first: Scenario, other: Scenario) -> Iterator[str]:
    if first.governance != other.governance or first.central_profile != other.central_profile:
        yield "rows of the figure"
    if first.transition != other.transition:
        yield "transition"
