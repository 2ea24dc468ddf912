"""Yearly readings of the model at points of what is fitted, country by country, kept as they end.

Each point has a luck of its own, so what luck adds is part of what an emulator cannot know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.batch import replicate_seed
from sim.questions.fit.asked import FITTED, Question, ranges
from sim.questions.fit.target import INDICATORS, Target
from sim.questions.numbered import Numbered, numbers_of
from sim.runs.chunk import Done
from sim.runs.past import begin
from sim.runs.runner import Session
from sim.runs.version import model_version
from sim.scenario import Scenario

Numbers = NDArray[np.float64]
_AT_ONCE = 40


@dataclass(frozen=True)
class _Points(Numbered):
    """Some points in one country, the luck of the first, and the names of the parameters."""

    base: Scenario
    names: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]
    seed: int
    luck: int

    @property
    def units(self) -> Sequence[int]:
        """The numbers of its units."""
        return range(len(self.points))

    @property
    def scenarios(self) -> Iterable[Scenario]:
        """Whose own rules are to be compiled before workers begin."""
        return [self.base]

    @property
    def key(self) -> str:
        """A hash of all that decides what comes of it."""
        asked = [
            _resolved(self.base), self.names, self.points, self.seed, self.luck, model_version()
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def numbers(self, unit: int) -> tuple[float, ...]:
        """The readings at the end of each year, outcome by outcome."""
        values = dict(zip(self.names, self.points[unit], strict=True))
        model = begin(self.base.but(parameters=values), replicate_seed(self.seed, self.luck + unit))
        record = model.run()
        readings = record.readings(range(len(record.names)))
        model.forget()
        yearly = [readings[outcome][11::12] for outcome in INDICATORS.values()]
        return tuple(map(float, np.concatenate(yearly)))


@dataclass(frozen=True)
class Simulator:
    """The model in each country, as a function from points to figures like the observed ones."""

    question: Question
    target: Target
    running: Session
    progress: Callable[[Done], None] | None = None

    def __call__(self, points: Numbers, luck: int) -> Numbers:
        """Percentages at points in shares of the ranges; luck is counted from `luck`.

        From (countries, points, parameters) to (countries, points, entries). What is kept is not
        run again. Raises `GovShiftError` if a run fails.
        """
        low, high = ranges()
        tasks = list(self._tasks(low + points * (high - low), luck))
        flat = np.array(numbers_of(tasks, self.running, self.progress))
        readings = flat.reshape(*points.shape[:2], len(INDICATORS), self.question.years)
        return np.stack([readings[:, :, o, year] for o, year in self.target.places], axis=-1)

    def _tasks(self, points: Numbers, luck: int) -> Iterator[_Points]:
        count = points.shape[1]
        for place, country in enumerate(self.question.countries):
            base = _scenario(self.question, country)
            for start in range(0, count, _AT_ONCE):
                own = points[place, start : start + _AT_ONCE].tolist()
                first = luck + place * count + start
                yield _Points(base, FITTED, tuple(map(tuple, own)), self.question.seed, first)


@lru_cache(maxsize=64)
def _scenario(question: Question, country: str) -> Scenario:
    return question.scenario(country)


@lru_cache(maxsize=64)
def _resolved(scenario: Scenario) -> str:
    return hashlib.sha256(json.dumps(scenario.resolved()).encode()).hexdigest()
