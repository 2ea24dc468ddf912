"""What a class may do to a government while it plays: dated when it is done, not before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from sim.paradigms import FIGURE
from sim.scenario import Scenario
from sim.scenario.blocks import STRICT, Move, PolicyChange, Shock


class Edit(BaseModel):
    """Changes of parameters, moves along rows and shocks, in the very form of scenario files.

    They have no date: they hold from the month after the one in which they are made. An edit
    without any changes nothing.
    """

    model_config = STRICT
    policy: list[PolicyChange] = Field(default_factory=list, description="changes of parameters")
    moves: list[Move] = Field(default_factory=list, description="moves along rows of the figure")
    shocks: list[Shock] = Field(default_factory=list, description="what strikes from outside")

    @property
    def parts(self) -> list[tuple[str, int, PolicyChange | Move | Shock]]:
        """Every change with its block and number."""
        blocks: tuple[tuple[str, Sequence[PolicyChange | Move | Shock]], ...] = (
            ("policy", self.policy), ("moves", self.moves), ("shocks", self.shocks),
        )  # fmt: skip
        return [(name, at, part) for name, block in blocks for at, part in enumerate(block)]


def edited(scenario: Scenario, edit: Edit, month: int) -> Scenario:
    """The scenario with an edit that holds from a month on.

    What was set for the same governments in that month before gives way. Raises `ScenarioError`
    where the scenario cannot take it.
    """
    changes: dict[str, Any] = {}
    if edit.policy:
        changes["policy"] = _policy(_written(scenario.policy), _dated(edit.policy, month))
    if edit.moves:
        mode = scenario.transition.mode
        moves = _moves(_written(scenario.transition.moves), _dated(edit.moves, month))
        changes["transition"] = {"mode": "scheduled" if mode == "fixed" else mode, "moves": moves}
    if edit.shocks:
        changes["shocks"] = [*_written(scenario.shocks), *_dated(edit.shocks, month)]
    return scenario.but(**changes) if changes else scenario


Plain = dict[str, Any]


def _written(block: Sequence[BaseModel]) -> list[Plain]:
    return [part.model_dump(exclude_unset=True) for part in block]


def _dated(block: Sequence[BaseModel], month: int) -> list[Plain]:
    return [part | {"month": month} for part in _written(block)]


def _alike(one: Plain, other: Plain, *keys: str) -> bool:
    """Whether two entries begin in the same month, and say the same under some keys."""
    usual = {"who": "all", "over": 0}
    pairs = ((one.get(k, usual[k]), other.get(k, usual[k])) for k in keys)
    return one.get("month") == other.get("month") and all(a == b for a, b in pairs)


def _policy(before: list[Plain], new: list[Plain]) -> list[Plain]:
    """Changes with new ones, the newest value of each; those alike but for their values are one."""
    joined = before
    for change in new:
        left = [
            one | {"set": {n: v for n, v in one["set"].items() if n not in change["set"]}}
            if _alike(one, change, "who")
            else one
            for one in joined
        ]
        joined = [one for one in left if one["set"]]
        at = next((k for k, one in enumerate(joined) if _alike(one, change, "who", "over")), None)
        if at is None:
            joined.append(change)
        else:
            joined[at] = joined[at] | {"set": joined[at]["set"] | change["set"]}
    return joined


def _moves(before: list[Plain], new: list[Plain]) -> list[Plain]:
    """Moves with new ones, the newest of each row."""
    joined = before
    for move in new:
        left = [
            one | {"rows": [row for row in _rows(one) if row not in _rows(move)]}
            if _alike(one, move, "who")
            else one
            for one in joined
        ]
        joined = [*(one for one in left if _rows(one)), move]
    return joined


def _rows(move: Plain) -> Sequence[str]:
    rows = move.get("rows", "all")
    return FIGURE.row_ids if rows == "all" else rows
