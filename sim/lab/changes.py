"""What a person may change while governments run: each change a dated entry of the scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.declared import PARAMETERS, SHOCKS
from sim.errors import UserMistake
from sim.lessons.edits import Edit, edited
from sim.paradigms import FIGURE
from sim.processes.declared import LEVERS
from sim.scenario import Scenario
from sim.scenario.positions import position as read_position
from sim.text import near, short

WHY = "set in the lab"
_REFORMS_ITSELF = (
    "reforms itself (transition.mode: endogenous); rows of its figure move by themselves"
)


def with_lever(
    scenario: Scenario, month: int, name: str, value: float, *, who: str = "all", over: int = 0
) -> Scenario:
    """A lever set from a month on, counted from 1."""
    if name not in LEVERS:
        raise UserMistake(f"{short(name)}: is no lever{near(name, LEVERS)}")
    entry = {"set": {name: float(value)}, "who": who, "over": over, "why": WHY}
    return edited(scenario, Edit.model_validate({"policy": [entry]}), month)


def with_row(
    scenario: Scenario, month: int, row: str, position: float, *, who: str = "all", over: int = 0
) -> Scenario:
    """A row of the figure that moves from a month on, of all governments or of one."""
    if row not in FIGURE.row_ids:
        raise UserMistake(f"{short(row)}: is no row of the figure{near(row, FIGURE.row_ids)}")
    if scenario.transition.mode == "endogenous":
        raise UserMistake(f"{scenario.name}: {_REFORMS_ITSELF}")
    entry = {"to": float(position), "rows": [row], "who": who, "over": over, "why": WHY}
    return edited(scenario, Edit.model_validate({"moves": [entry]}), month)


def with_shock(
    scenario: Scenario, month: int, kind: str, *, size: float | None = None, who: str = "all"
) -> Scenario:
    """A shock that strikes in a month."""
    if kind not in SHOCKS:
        raise UserMistake(f"{short(kind)}: is no shock{near(kind, tuple(SHOCKS))}")
    entry = {"kind": kind, "size": size, "who": who, "why": WHY}
    return edited(scenario, Edit.model_validate({"shocks": [entry]}), month)


def with_assumption(scenario: Scenario, name: str, value: float) -> Scenario:
    """What nobody knows, held at another value from the first month on."""
    known = PARAMETERS.get(name)
    if known is None or known.role != "uncertainty":
        names = [one for one, p in PARAMETERS.items() if p.role == "uncertainty"]
        raise UserMistake(f"{short(name)}: is no assumption{near(name, names)}")
    return scenario.but(parameters={name: float(value)})


@dataclass(frozen=True)
class Changed:
    """One dated entry: from which month, of what kind, what is set, for whom.

    `what` is the name of a lever, row or shock, `value` its new value or size.
    """

    month: int
    kind: str
    what: str
    value: float | None
    who: str
    over: int = 0


def changed(scenario: Scenario) -> list[Changed]:
    """All dated entries of a scenario, by month."""
    found = [
        Changed(scenario.month_of(c.month, c.date), "lever", name, value, c.who, c.over)
        for c in scenario.policy
        for name, value in c.set.items()
    ]
    found += [
        Changed(scenario.month_of(m.month, m.date), "row", row, _position(m.to), m.who, m.over)
        for m in scenario.transition.moves
        for row in (FIGURE.row_ids if m.rows == "all" else m.rows)
    ]
    found += [
        Changed(scenario.month_of(s.month, s.date), "shock", s.kind,
                SHOCKS[s.kind].size if s.size is None else s.size, s.who, 0)
        for s in scenario.shocks
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.month)


def _position(to: Any) -> float:
    return float(read_position(to)[0])
