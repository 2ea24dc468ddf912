"""One browser's governments: played month by month, changed while they run, taken back.

The setup is what a session is; models are made of it when they are needed, and can be let go.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.batch import replicate_seed
from sim.errors import UserMistake
from sim.lab.setup import HIGHEST_SEED, Setup
from sim.model import GovernanceModel
from sim.questions.story.persons import describe
from sim.scenario import Scenario
from sim.scenario.amended import unlike_before

MOST_STEPS_BACK = 100
Readings = dict[str, NDArray[np.float64]]
Change = Callable[[Scenario, int], Scenario]
"""From a scenario, and the month from which on it changes, to another one."""


@dataclass(frozen=True)
class Ghost:
    """Courses of a run that is over, to be seen behind the new one."""

    names: tuple[str, ...]
    readings: tuple[Readings, ...]


@dataclass
class Session:
    """Governments side by side, the month they have reached, and all steps back and forth."""

    setup: Setup
    month: int = 0
    citizen: int | None = None
    """Who is followed, by number."""
    about: list[list[str]] = field(default_factory=list)
    """Who that is under each government, in words, at the start."""
    ghost: Ghost | None = None
    undone: list[Setup] = field(default_factory=list)
    done: list[Setup] = field(default_factory=list)
    _models: list[GovernanceModel] | None = None
    _read: list[Readings] | None = None

    @property
    def luck(self) -> int:
        """The seed of replicate 0, which `govshift run --luck-only --replicates 1` has too."""
        return replicate_seed(self.setup.seed, 0)

    @property
    def models(self) -> list[GovernanceModel]:
        """The models in the month that was reached; made again if they were let go."""
        if self._models is None:
            models = self.setup.models(self.luck)
            self.about = [self._meet(model) for model in models]
            for model in models:
                model.run(until=model.before + self.month)
            self._models = models
        return self._models

    @property
    def readings(self) -> list[Readings]:
        """All outcomes of every government, one value per month so far."""
        if self._read is None:
            self._read = [_readings(model) for model in self.models]
        return self._read

    @property
    def is_held(self) -> bool:
        """Whether models are in memory."""
        return self._models is not None

    @property
    def is_over(self) -> bool:
        """Whether the last month is reached."""
        return self.month >= self.setup.months

    def advance(self, months: int) -> None:
        """Live so many months more, up to the last one."""
        models = self.models
        self.month = min(self.month + max(0, months), self.setup.months)
        for model in models:
            model.run(until=model.before + self.month)
        self._read = None

    def change(self, how: Change, place: int | None = None) -> None:
        """Change the scenario in one place, or all of them, from next month on.

        Raises `UserMistake` where nothing is left to change, or where it is no valid scenario.
        """
        if self.is_over:
            raise UserMistake("the last month is over; start again to change something")
        places = range(len(self.setup.scenarios)) if place is None else [self._at(place)]
        setup = self.setup
        for at in places:
            setup = setup.with_scenario(at, how(setup.scenarios[at], self.month + 1))
        self.become(setup)

    def become(self, setup: Setup) -> None:
        """Take another setup in the place of this one, in a way that can be taken back."""
        if setup == self.setup:
            return
        self.done = [*self.done[-MOST_STEPS_BACK + 1 :], self.setup]
        self.undone = []
        self._turn_to(setup)

    def undo(self) -> None:
        """Take the last change back. What is over is lived again without it."""
        if not self.done:
            raise UserMistake("nothing to undo")
        self.undone.append(self.setup)
        self._turn_to(self.done.pop())

    def redo(self) -> None:
        """Do again what was taken back last."""
        if not self.undone:
            raise UserMistake("nothing to redo")
        self.done.append(self.setup)
        self._turn_to(self.undone.pop())

    def restart(self) -> None:
        """Go back to the start; changes come again at their dates, and the old run is a ghost."""
        self._keep_ghost()
        self.month = 0
        self.let_go()

    def new_luck(self) -> None:
        """The same from the start under other luck: the next seed, after the highest the lowest."""
        self._keep_ghost()
        self.month = 0
        self.become(replace(self.setup, seed=(self.setup.seed + 1) % (HIGHEST_SEED + 1)))

    def replay(self) -> None:
        """Go back to the month before the last change, to see it once more against what was.

        The run without that change is the ghost. Raises `UserMistake` without a change.
        """
        if not self.done or self.done[-1].names != self.setup.names:
            raise UserMistake("nothing to replay: no change was made yet")
        before = self.done[-1]
        last = self.month
        first = _first_difference(before, self.setup)
        bare = Session(before, month=last)
        self.ghost = Ghost(tuple(before.names), tuple(bare.readings))
        bare.let_go()
        self.month = max(0, first - 1)
        self.let_go()

    def follow(self, citizen: int | None) -> None:
        """Follow a citizen from the start on; nobody if None."""
        self.citizen = citizen
        self.let_go()

    def _meet(self, model: GovernanceModel) -> list[str]:
        """Follow the citizen in a model at its start; who that is, in words."""
        if self.citizen is None:
            return []
        followed = model.follow(self.citizen)
        return describe(model, self.citizen, followed.ideal_budget)

    def let_go(self) -> None:
        """Forget the models; they are made again when somebody asks."""
        if self._models is None:
            return
        models, self._models, self._read = self._models, None, None
        while models:
            models.pop().forget()
        # A model and its agents know each other, and what they hold is little to the collector,
        # which counts objects and not their bytes.
        gc.collect()

    def _turn_to(self, setup: Setup) -> None:
        same = setup.seed == self.setup.seed and len(setup.scenarios) == len(self.setup.scenarios)
        old, self.setup = self.setup, setup
        self.month = min(self.month, setup.months)
        if self._models is None or not same or not self._agree(old, setup):
            if old.seed == setup.seed and self._models is not None:
                self._keep_ghost(old)
            self.let_go()
            return
        for model, scenario in zip(self._models, setup.scenarios, strict=True):
            model.amend(scenario)

    def _agree(self, old: Setup, new: Setup) -> bool:
        """Whether the months so far are those of the new setup as well."""
        pairs = zip(old.scenarios, new.scenarios, strict=True)
        return all(unlike_before(one, two, self.month) is None for one, two in pairs)

    def _keep_ghost(self, setup: Setup | None = None) -> None:
        if self.month > 0 and self._models is not None:
            self.ghost = Ghost(tuple((setup or self.setup).names), tuple(self.readings))

    def _at(self, place: int) -> int:
        if not 0 <= place < len(self.setup.scenarios):
            raise UserMistake(f"government {place}: there are {len(self.setup.scenarios)}")
        return place


def _readings(model: GovernanceModel) -> Readings:
    if model.month == model.before:
        return {}
    return model.record.readings(range(len(model.record.names)))


def _first_difference(old: Setup, new: Setup) -> int:
    """The first month, from 1, in which two setups differ; 1 if from the start."""
    if old.seed != new.seed or len(old.scenarios) != len(new.scenarios):
        return 1
    low, high = 0, new.months
    pairs = list(zip(old.scenarios, new.scenarios, strict=True))
    while low < high:
        middle = (low + high) // 2
        if any(unlike_before(one, two, middle) is not None for one, two in pairs):
            high = middle
        else:
            low = middle + 1
    return max(1, low)
