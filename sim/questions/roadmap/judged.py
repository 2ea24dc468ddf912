"""Schedules run in plausible worlds, the same worlds and luck for all, and kept as they end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from sim.batch import replicate_seed
from sim.questions.numbered import Numbered, numbers_of
from sim.questions.roadmap.asked import Question
from sim.questions.roadmap.objectives import OBJECTIVES, Numbers, of_yearly
from sim.questions.roadmap.schedule import Schedule
from sim.runs.chunk import Done
from sim.runs.past import begin
from sim.runs.runner import Session
from sim.runs.version import model_version
from sim.scenario import Scenario
from sim.worlds.draws import in_world, world

HELD_OUT_FROM = 64
"""Worlds that judge are of other hypercubes than those of the search, and have other luck."""
_AT_ONCE = 6
_OUTCOMES = tuple(dict.fromkeys(one.outcome for one in OBJECTIVES))


@dataclass(frozen=True)
class _Paths(Numbered):
    """Some schedules, as blocks of a scenario, in one world."""

    base: Scenario
    transitions: tuple[dict[str, Any], ...]
    seed: int
    number: int

    @property
    def units(self) -> Sequence[int]:
        """The numbers of its units."""
        return range(len(self.transitions))

    @property
    def scenarios(self) -> Iterable[Scenario]:
        """Whose own rules are to be compiled before workers begin."""
        return [self.base]

    @property
    def key(self) -> str:
        """A hash of all that decides what comes of it."""
        asked = [_resolved(self.base), self.transitions, self.seed, self.number, OBJECTIVES,
                 model_version()]  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def numbers(self, unit: int) -> tuple[float, ...]:
        """The objectives of a schedule."""
        plan = self.base.but(transition=self.transitions[unit])
        model = begin(plan, replicate_seed(self.seed, self.number))
        record = model.run()
        readings = record.readings(range(len(record.names)))
        model.forget()
        return of_yearly({name: readings[name][11::12] for name in _OUTCOMES})


@dataclass
class Judge:
    """What schedules bring in some worlds, by number; what was run before is not run again."""

    question: Question
    running: Session
    worlds: range
    progress: Callable[[Done], None] | None = None
    _known: dict[Schedule, Numbers] = field(default_factory=dict)

    def values(self, schedules: Sequence[Schedule]) -> Numbers:
        """Objectives as they are, shape (schedules, worlds, objectives).

        Raises `GovShiftError` if a run fails.
        """
        new = [s for s in dict.fromkeys(schedules) if s not in self._known]
        if new:
            tasks = list(self._tasks(new))
            flat = np.array(numbers_of(tasks, self.running, self.progress))
            found = flat.reshape(len(self.worlds), len(new), len(OBJECTIVES))
            self._known |= {s: found[:, place] for place, s in enumerate(new)}
        return np.stack([self._known[schedule] for schedule in schedules])

    def _tasks(self, schedules: Sequence[Schedule]) -> Iterator[_Paths]:
        transitions = [self.question.transition(schedule) for schedule in schedules]
        for number in self.worlds:
            base = _there(self.question.plan, self.question.seed, number)
            for start in range(0, len(transitions), _AT_ONCE):
                own = tuple(transitions[start : start + _AT_ONCE])
                yield _Paths(base, own, self.question.seed, number)


@lru_cache(maxsize=256)
def _there(plan: Scenario, seed: int, number: int) -> Scenario:
    return in_world(plan, world(seed, number))


@lru_cache(maxsize=256)
def _resolved(scenario: Scenario) -> str:
    asked = {k: v for k, v in scenario.resolved().items() if k not in ("name", "seed")}
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
