"""An agent is a row of columns: its attributes are views, its methods are the model's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from sim.errors import UserMistake

if TYPE_CHECKING:
    from sim.model import GovernanceModel


class ColumnView:
    """An attribute that reads and writes the agent's row of the column of the same name."""

    def __set_name__(self, owner: type[RowAgent], name: str) -> None:
        self.name = name
        self.group = owner.group

    def __get__(self, agent: RowAgent | None, owner: type[RowAgent]) -> Any:
        if agent is None:
            return self
        return getattr(getattr(agent.model.state, self.group), self.name)[agent.row]

    def __set__(self, agent: RowAgent, value: object) -> None:
        getattr(getattr(agent.model.state, self.group), self.name)[agent.row] = value


class RowAgent(mesa.Agent):  # type: ignore[misc]
    """A Mesa agent over one row of a group of columns.

    `row` is its stable key: Mesa's `unique_id` may differ between versions and copies.
    """

    group: ClassVar[str]
    rules: ClassVar[frozenset[str]] = frozenset()
    """The methods that the compiled engine has as loops of its own."""
    model: GovernanceModel

    def __init__(self, model: GovernanceModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.rules and self.model.engine != "agents":
            raise UserMistake(ignored(type(self).__name__, name))
        super().__setattr__(name, value)

    def remove(self) -> None:
        """Refused: columns have a row for everybody, and everybody's row is counted."""
        raise UserMistake(
            f"{type(self).__name__}.remove: nobody leaves a society, whose columns would go on "
            "counting the row; how many there are is said by the scenario (society.citizens)"
        )


def ignored(where: str, name: str) -> str:
    """What to say where the compiled engine would not ask a rule."""
    return (
        f"{where}.{name}: the compiled engine runs the stock rules and would ignore it; "
        'use engine="agents"'
    )
