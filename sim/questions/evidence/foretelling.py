"""What is to be foretold: figures after a cut-off, and the histories before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.arguments import HIGHEST_SEED, whole
from sim.errors import UserMistake
from sim.questions.europe import START
from sim.questions.evidence.asked import CITIZENS, countries
from sim.questions.evidence.courses import jobs_of
from sim.questions.evidence.drawn import Drawn, shared_draws
from sim.questions.evidence.given import Given, read_figures
from sim.questions.evidence.series import (
    CUTOFF,
    MEASURES,
    Country,
    Figure,
    Measure,
    measure_of,
    noise_of,
    shipped,
    until,
)
from sim.runs.replicate import Job
from sim.runs.version import model_version

DRAWS = 24
LAST_SCORED, NOT_SCORED = 2020, 2013
"""Shipped countries are scored to 2020: 2021 is a break in some; only six have a figure of 2013."""
GROUPS = 3
SEED = 1
CITIZENS_ALLOWED = 500, 60_000_000
EARLIEST, LATEST = 2004, 2024
"""Cut-offs: before, hardly any country has a history."""


@dataclass(frozen=True)
class Question:
    """What is foretold: figures of a file, or the shipped ones, after a cut-off."""

    cutoff: int = CUTOFF
    given: Given | None = None
    citizens: int = CITIZENS
    draws: int = DRAWS
    seed: int = SEED
    trained: tuple[str, ...] = ()
    """Countries that tell of what all share; all calibration countries if none is named."""

    @property
    def digest(self) -> str:
        """A hash of all that decides the forecasts."""
        given = None if self.given is None else self.given.digest
        asked = [self.cutoff, given, self.citizens, self.draws, self.seed, self.training]
        return hashlib.sha256(json.dumps([*asked, model_version()]).encode()).hexdigest()

    @property
    def source(self) -> str:
        """Where the figures are from, for people."""
        return "the shipped figures" if self.given is None else self.given.name

    @property
    def slug(self) -> str:
        """A name for the folder of its results."""
        return "evidence" if self.given is None else "evidence-data"

    @property
    def training(self) -> tuple[str, ...]:
        """Countries whose histories tell of what all share."""
        return self.trained or countries()

    @cached_property
    def drawn(self) -> Drawn:
        """What all countries share, drawn."""
        return shared_draws(self.draws)

    @cached_property
    def cases(self) -> dict[str, tuple[Country, ...]]:
        """Countries to foretell, by measure; raises `UserMistake` if nothing is later."""
        found = {measure.name: tuple(self._countries(measure)) for measure in MEASURES}
        cases = {name: own for name, own in found.items() if any(c.later for c in own)}
        if not cases:
            name = "" if self.given is None else f"{self.given.name}: "
            raise UserMistake(
                f"{name}no figure is later than {self.cutoff}, so there is nothing to foretell; "
                "--until takes an earlier year"
            )
        return cases

    @property
    def codes(self) -> tuple[str, ...]:
        """Countries to simulate."""
        asked = {c.code for own in self.cases.values() for c in own if c.later}
        return tuple(sorted(asked | {*self.training}))

    @property
    def years(self) -> int:
        """Years to simulate, from 1995."""
        later = [f.year for own in self.cases.values() for c in own for fs in c.later.values()
                 for f in fs]  # fmt: skip
        return max(self.cutoff, *later) - START + 1

    def group(self, code: str) -> tuple[str, ...]:
        """Countries whose histories are left out to foretell a country."""
        place = {c: k % GROUPS for k, c in enumerate(self.training)}
        if code not in place:
            return ()
        return tuple(c for c, k in place.items() if k == place[code])

    def jobs(self) -> list[Job]:
        """All that has to be run."""
        return jobs_of(
            self.codes, self.drawn, years=self.years, citizens=self.citizens, seed=self.seed
        )

    def _countries(self, measure: Measure) -> Iterator[Country]:
        return self._shipped(measure) if self.given is None else self._of_file(measure, self.given)

    def _shipped(self, measure: Measure) -> Iterator[Country]:
        for code in self.training:
            figures = shipped(measure).get(code, ())
            later = tuple(f for f in figures if f.year > self.cutoff and _is_scored(f.year))
            if later:
                yield Country(code, until(figures, self.cutoff), {measure.shipped: later})

    def _of_file(self, measure: Measure, given: Given) -> Iterator[Country]:
        rows = [row for row in given.rows if measure_of(row.indicator) is measure]
        for code in sorted({row.country for row in rows}):
            own: dict[str, list[Figure]] = {}
            for row in sorted((r for r in rows if r.country == code), key=lambda r: r.year):
                figure = Figure(row.year, row.value, noise_of(row.indicator, row.year))
                own.setdefault(row.indicator, []).append(figure)
            later = {name: tuple(f for f in figures if f.year > self.cutoff)
                     for name, figures in own.items()}  # fmt: skip
            before = _one_a_year([f for fs in own.values() for f in until(fs, self.cutoff)])
            history = before or until(shipped(measure).get(code, ()), self.cutoff)
            yield Country(code, history, {name: fs for name, fs in later.items() if fs})


def ask(
    data: str | Path | None = None,
    cutoff: int = CUTOFF,
    citizens: int | None = None,
    seed: int | None = None,
) -> Question:
    """The question that a file, or none, and a cut-off make. Raises `UserMistake` for bad ones."""
    cutoff = whole("until", cutoff, EARLIEST, LATEST)
    given = None if data is None else read_figures(Path(data))
    question = Question(
        cutoff,
        given,
        CITIZENS if citizens is None else whole("citizens", citizens, *CITIZENS_ALLOWED),
        seed=SEED if seed is None else whole("seed", seed, 0, HIGHEST_SEED >> 1),
    )
    _ = question.cases
    return question


def _is_scored(year: int) -> bool:
    return year <= LAST_SCORED and year != NOT_SCORED


def _one_a_year(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Of figures of one year under several names, the surest."""
    best: dict[int, Figure] = {}
    for figure in sorted(figures, key=lambda f: (f.year, f.noise)):
        best.setdefault(figure.year, figure)
    return tuple(best.values())
