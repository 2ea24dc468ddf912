"""The central government: surveys, sets the national agenda, hands out grants, brokers ties."""

from __future__ import annotations

from typing import ClassVar

from sim.agents.local_government import Government
from sim.processes.month import COLUMNS, STEPS


class CentralGovernment(Government):
    """The last row of the governments' columns."""

    rules: ClassVar[frozenset[str]] = frozenset(
        name for name, step in STEPS.items() if step.by == "centre"
    )

    @property
    def agenda(self) -> object:
        """The national agenda: budget shares."""
        return self.target

    @property
    def granted(self) -> float:
        """General grants given this month."""
        return -float(self.model.state.ledger.granted[self.row])

    @property
    def matched(self) -> float:
        """Matching grants claimed by local governments this month."""
        return -float(self.model.state.ledger.matched[self.row])

    def survey(self) -> None:
        """Now and then ask what elites and residents want, in every place."""
        self._take("survey")

    def follow_model(self) -> None:
        """Now and then choose as a model those who do best, and move a step towards it."""
        self._take("follow_model")

    def _take(self, step: str) -> None:
        STEPS[step].function(*COLUMNS[step](self.model.workspace, self.model.month))
