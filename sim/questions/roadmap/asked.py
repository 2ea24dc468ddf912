"""What a roadmap is asked for: from where to where, within which budget, how hard to look."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from sim.errors import UserMistake
from sim.paradigms import FIGURE
from sim.questions.comparison.study import slug_of
from sim.questions.roadmap.schedule import Schedule, Space
from sim.runs.version import model_version
from sim.scenario import Scenario
from sim.society.places import local_government_names

BUDGET = 2.0
"""Money per citizen and year: two rows move from the first paradigm to the last in a year."""
_PRICE = "change.money"
_BESIDE = {"name", "governance", "central", "transition"}
_OF_POSITIONS = {
    "name", "question", "description", "start", "years", "seed", "replicates", "society",
    "governance", "central", "transition", "focus",
}  # fmt: skip
_CLOSE = 1e-9


class Moving(NamedTuple):
    """A row that stands elsewhere at the end: where local governments and the centre go.

    `far` is how far the local government that has most to go has to, in positions; it pays.
    """

    row: str
    local: float
    central: float
    far: float
    centre_moves: bool


@dataclass(frozen=True)
class Size:
    """How hard to look: it decides how long it takes, and how sure the answer is.

    Beside so many `searches` of all schedules there is one of those in which all rows move.
    """

    population: int = 36
    generations: int = 10
    worlds: int = 8
    searches: int = 2
    held_out: int = 60
    orders: int = 20
    citizens: int | None = 2_000
    """None: as many as the first scenario says."""

    @property
    def most(self) -> int:
        """Runs at most, but for those of rules and chosen schedules."""
        searched = (1 + self.searches) * self.population * self.generations * self.worlds
        return searched + self.orders * self.held_out


@dataclass(frozen=True)
class Question:
    """Two scenarios, the rows of which move from the first's positions to the second's."""

    start: Scenario
    end: Scenario
    budget: float
    seed: int
    size: Size

    @classmethod
    def of(
        cls,
        start: Scenario,
        end: Scenario,
        *,
        budget: float = BUDGET,
        seed: int | None = None,
        size: Size | None = None,
    ) -> Question:
        """Raises `UserMistake` unless the first can move to the second's positions."""
        _refuse(start, end)
        asked = cls(start, end, float(budget), start.seed if seed is None else seed, size or Size())
        if not asked.moving:
            raise UserMistake(
                f"{start.name} and {end.name} have the same positions on all rows; there is "
                "nothing to move"
            )
        return asked

    @cached_property
    def plan(self) -> Scenario:
        """The first scenario with as many citizens as are simulated."""
        if self.size.citizens is None:
            return self.start
        return self.start.but(society={"citizens": self.size.citizens})

    @cached_property
    def moving(self) -> tuple[Moving, ...]:
        """The rows that move, in the figure's order."""
        society = self.start.society
        names = local_government_names(society.place, count=society.local_governments)
        begin = self.start.start_positions(len(names))
        found = []
        for place, row in enumerate(FIGURE.row_ids):
            local, central = self.end.profile[place], self.end.central_profile[place]
            far = float(np.abs(begin[:-1, place] - local).max())
            centre = abs(float(begin[-1, place]) - central)
            if max(far, centre) > _CLOSE:
                found.append(Moving(row, local, central, far, centre > _CLOSE))
        return tuple(found)

    @property
    def price(self) -> float:
        """Money per citizen for moving one row by one position, as declared."""
        return float(self.start.parameter_values(0)[_PRICE])

    @property
    def space(self) -> Space:
        """The schedules that there are."""
        costs = tuple(self.price * moving.far for moving in self.moving)
        return Space(costs, self.start.years, self.budget)

    def transition(self, schedule: Schedule) -> dict[str, Any]:
        """A schedule as the block of a scenario."""
        together: dict[tuple[int, int, float, str], list[str]] = {}
        for moving, step in zip(self.moving, schedule, strict=True):
            for who, to in _parts(moving) if step is not None else ():
                assert step is not None
                together.setdefault((step.month, 12 * step.years, to, who), []).append(moving.row)
        moves = [
            {"month": month, "over": over, "to": to, "rows": rows, "who": who}
            for (month, over, to, who), rows in sorted(together.items())
        ]
        return {"mode": "scheduled", "moves": moves} if moves else {"mode": "fixed"}

    def date(self, year: int) -> str:
        """The calendar month in which a year begins, as `2003-01`."""
        return self.start.date_of(12 * (year - 1) + 1)

    @property
    def digest(self) -> str:
        """A hash of all that decides the answer."""
        ends = [self.end.profile, self.end.central_profile]
        asked = [self.start.resolved(), ends, self.budget, self.seed, vars(self.size),
                 self.start.name, self.end.name, model_version()]  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    @property
    def slug(self) -> str:
        """A name for the folder of its results."""
        return slug_of(["roadmap", self.start.name, self.end.name])


def _parts(moving: Moving) -> list[tuple[str, float]]:
    """Who moves where: all at once where all go to the same position."""
    if moving.far > _CLOSE and moving.centre_moves and moving.local == moving.central:
        return [("all", moving.local)]
    local = [("local", moving.local)] if moving.far > _CLOSE else []
    return [*local, *([("central", moving.central)] if moving.centre_moves else [])]


def _refuse(start: Scenario, end: Scenario) -> None:
    for scenario in (start, end):
        if scenario.transition.mode != "fixed":
            raise UserMistake(
                f"{scenario.name}: moves by itself (transition.mode: {scenario.transition.mode}); "
                "roadmap takes positions that are held (fixed) and moves them"
            )
    if end.history is not None:
        raise UserMistake(
            f"{end.name}: begins where {end.history.name} leaves each government, which are no "
            "positions to go to; name one without a history, such as gov3"
        )
    if start.history is not None:
        _refuse_unknown_positions(start, end)
        return
    one, two = ({k: v for k, v in s.resolved().items() if k not in _BESIDE} for s in (start, end))
    other = [key for key in {**one, **two} if one.get(key) != two.get(key)]
    if other:
        raise UserMistake(
            f"{end.name} differs from {start.name} in more than rows of the figure: "
            f"{', '.join(other)}; only rows can move"
        )


def _refuse_unknown_positions(start: Scenario, end: Scenario) -> None:
    if np.isnan(start.start_positions(2)).any():
        raise UserMistake(
            f"{start.name}: governments reform themselves in {start.history.name}, so that nobody "
            "knows beforehand where they stand"
        )
    other = sorted(end.model_fields_set - _OF_POSITIONS)
    if other:
        raise UserMistake(
            f"{end.name}: sets {', '.join(other)}; of the second scenario only positions count"
        )
