"""Governments of one society, played month by month: edited on the way, and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.batch import replicate_seed
from sim.errors import UserMistake, WrongArgument
from sim.lessons.edits import Edit, edited
from sim.scenario import Scenario
from sim.text import near

if TYPE_CHECKING:
    from sim.model import GovernanceModel

Series = NDArray[np.float64]
GROUPS = ("poor", "rich", "gap")
"""Of a measure: the third of local governments with the lowest own share of revenue, the third with
the highest, and the highest less the lowest."""


class Made(NamedTuple):
    """An edit that was made: after which month, and of which governments."""

    month: int
    edit: Edit
    governments: tuple[str, ...]


@dataclass
class _Government:
    """One government's scenario as it stands, and its model once it has run."""

    scenario: Scenario
    model: GovernanceModel | None = None
    read: dict[str, dict[str, Series]] = field(default_factory=dict)


class Playing:
    """Some governments on the same society with the same luck, up to a month.

    The luck is that of the first replicate of `seed`, so `govshift run FILE --luck-only` with a
    scenario as it stands here gives the same numbers. An edit holds from the month after the one
    that was reached, and the numbers are those of the edited scenario from its start. Months count
    from 1; 0 is before the first. Call `close` when done.
    """

    def __init__(self, scenarios: Mapping[str, Scenario], seed: int = 1) -> None:
        if not scenarios:
            raise WrongArgument("scenarios: needs at least one government")
        self.seed = seed
        self.month = 0
        self.made: list[Made] = []
        self._governments = {name: _Government(plan) for name, plan in scenarios.items()}

    @property
    def governments(self) -> tuple[str, ...]:
        """Names of the governments, in order."""
        return tuple(self._governments)

    @property
    def months(self) -> int:
        """Months until all governments have come to their end."""
        return min(kept.scenario.months for kept in self._governments.values())

    def scenario(self, government: str) -> Scenario:
        """The scenario of a government as it stands, with all edits."""
        return self._named(government).scenario

    def advance_to(self, month: int) -> None:
        """Run all governments up to a month; raises `WrongArgument` for one that is past."""
        if not self.month <= month <= self.months:
            raise WrongArgument(f"month: {month} is outside {self.month} to {self.months}")
        self.month = month
        for kept in self._governments.values():
            self._run(kept)

    def apply(self, edit: Edit, government: str | None = None) -> None:
        """Edit one government, or all of them, from the next month on.

        Raises `UserMistake` where the scenario cannot take the edit, or no month is left for it;
        nothing is edited then.
        """
        if self.month >= self.months:
            raise UserMistake("no month is left in which an edit could hold")
        names = self.governments if government is None else (government,)
        plans = {n: edited(self._named(n).scenario, edit, self.month + 1) for n in names}
        for name, plan in plans.items():
            kept = self._governments[name]
            kept.scenario = plan
            if kept.model is not None:
                kept.model.amend(plan)
        self.made.append(Made(self.month, edit, names))

    def reading(self, measure: str, government: str, month: int | None = None) -> float:
        """What a measure shows under a government in a month that was reached, else the newest."""
        month = self.month if month is None else month
        if not 1 <= month <= self.month:
            raise WrongArgument(f"month: {month} is outside 1 to {self.month}")
        return float(self.series(measure, government)[month - 1])

    def series(self, measure: str, government: str) -> Series:
        """A measure under a government in each month that was reached; shape (month,).

        `measure` is an outcome, a component or `profile_ROW`, or one of them with `/poor`, `/rich`
        or `/gap` behind it, as in `GROUPS`. Raises `UserMistake` for another name.
        """
        name, _, group = measure.partition("/")
        kept = self._named(government)
        self._run(kept)
        if group == "gap":
            rich, poor = (self._read(kept, part) for part in ("rich", "poor"))
            return _of(rich, name) - _of(poor, name)
        if group not in ("", *GROUPS):
            raise UserMistake(f"'{measure}': '{group}' is no group of places{near(group, GROUPS)}")
        return _of(self._read(kept, group), name)

    def close(self) -> None:
        """Let go of all models; nothing can be read afterwards but by running again."""
        for name in self._governments:
            self._forget(name)

    def _named(self, government: str) -> _Government:
        if government not in self._governments:
            raise UserMistake(f"'{government}' plays no part{near(government, self.governments)}")
        return self._governments[government]

    def _run(self, kept: _Government) -> None:
        if kept.model is None:
            luck = replicate_seed(self.seed, 0)
            kept.model = kept.scenario.model(seed=luck, collect=False)
        if kept.model.month < kept.model.before + self.month:
            kept.model.run(until=kept.model.before + self.month)
            kept.read.clear()

    def _read(self, kept: _Government, group: str) -> dict[str, Series]:
        assert kept.model is not None
        if group not in kept.read:
            places = _places(kept.model, group)
            kept.read[group] = kept.model.record.readings(places)
        return kept.read[group]

    def _forget(self, name: str) -> None:
        kept = self._governments[name]
        if kept.model is not None:
            kept.model.forget()
        kept.model = None
        kept.read.clear()


def _of(readings: Mapping[str, Series], name: str) -> Series:
    if name not in readings:
        raise UserMistake(f"'{name}' is no outcome or component{near(name, list(readings))}")
    return readings[name]


def _places(model: GovernanceModel, group: str) -> Sequence[int]:
    """Rows of the local governments of a group, all of them without one."""
    own = np.array([local.self_reliance for local in model.place.local_governments])
    if not group:
        return range(len(own))
    order: list[int] = np.argsort(own, kind="stable").tolist()
    third = max(1, len(order) // 3)
    return sorted(order[:third] if group == "poor" else order[-third:])
