"""What a class may do to a government while it plays: dated when it is done, not before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

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

    Raises `ScenarioError` where the scenario cannot take it.
    """
    changes: dict[str, Any] = {}
    if edit.policy:
        changes["policy"] = _joined(_written(scenario.policy), _dated(edit.policy, month))
    if edit.moves:
        transition = scenario.transition
        mode = "scheduled" if transition.mode == "fixed" else transition.mode
        moves = [*_written(transition.moves), *_dated(edit.moves, month)]
        changes["transition"] = {"mode": mode, "moves": moves}
    if edit.shocks:
        changes["shocks"] = [*_written(scenario.shocks), *_dated(edit.shocks, month)]
    return scenario.but(**changes) if changes else scenario


def _written(block: Sequence[BaseModel]) -> list[dict[str, Any]]:
    return [part.model_dump(exclude_unset=True) for part in block]


def _dated(block: Sequence[BaseModel], month: int) -> list[dict[str, Any]]:
    return [part | {"month": month} for part in _written(block)]


def _joined(before: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes of one month and of the same governments as one, the newest value of each."""
    joined = list(before)
    for change in new:
        key = _key(change)
        at = next((k for k, other in enumerate(joined) if _key(other) == key), None)
        if at is None:
            joined.append(change)
        else:
            joined[at] = joined[at] | {"set": joined[at]["set"] | change["set"]}
    return joined


def _key(change: dict[str, Any]) -> tuple[Any, ...]:
    return (change.get("month"), change.get("who", "all"), change.get("over", 0))
