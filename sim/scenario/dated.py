"""What a scenario itself makes happen, by month: shocks, changes of policy, moves along rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS
from sim.processes.shocks import SHOCKS
from sim.scenario.positions import position
from sim.text import number

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


class Dated(NamedTuple):
    """One dated event: `cause` is the file's own reason, `what` says it in words.

    `who` is all, local, central, or one local government's name.
    """

    month: int
    who: str
    event: str
    cause: str
    rows: str
    what: str


def dated(scenario: Scenario) -> list[Dated]:
    """Every dated event that begins or ends within the scenario's years, in order of month."""
    parts = (_shocks(scenario), _policies(scenario), _moves(scenario))
    found = [event for part in parts for event in part if event.month <= scenario.months]
    return sorted(found, key=lambda event: event.month)


def _shocks(scenario: Scenario) -> Iterator[Dated]:
    for shock in scenario.shocks:
        kind = SHOCKS[shock.kind]
        begin = scenario.month_of(shock.month, shock.date)
        months = shock.months or kind.months
        size = kind.size if shock.size is None else shock.size
        what = f"{shock.kind}, {months} months, {kind.size_meaning} {number(size)}"
        yield Dated(begin, shock.who, "shock begins", shock.why, "", what)
        if shock.kind != "preference":
            yield Dated(begin + months, shock.who, "shock ends", shock.why, "", shock.kind)


def _policies(scenario: Scenario) -> Iterator[Dated]:
    for policy in scenario.policy:
        begin = scenario.month_of(policy.month, policy.date)
        values = "; ".join(_value(name, value) for name, value in policy.set.items())
        what = values + _pace(policy.over)
        yield Dated(begin, policy.who, "policy change", policy.why, "", what)


def _value(name: str, value: float) -> str:
    unit = PARAMETERS[name].unit
    return f"{name} to {number(value)} ({unit})" if unit else f"{name} to {number(value)}"


def _moves(scenario: Scenario) -> Iterator[Dated]:
    for move in scenario.transition.moves:
        begin = scenario.month_of(move.month, move.date)
        chosen = FIGURE.row_ids if move.rows == "all" else move.rows
        target = position(move.to)[0]
        rows = "; ".join(f"{row} to {target:.2f}" for row in chosen)
        what = "all rows" if move.rows == "all" else f"{len(chosen)} rows"
        yield Dated(begin, move.who, "move", move.why, rows, what + _pace(move.over))


def _pace(over: int) -> str:
    return f", over {over} months" if over else ""
