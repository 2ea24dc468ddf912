"""What is run to forecast: each country as it was, for each draw and habit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from sim.questions.europe import START, as_it_was
from sim.questions.evidence.drawn import HABIT, Drawn
from sim.questions.evidence.series import MEASURES
from sim.questions.evidence.weighing import Courses
from sim.runs.means import Means, Reading
from sim.runs.replicate import Job

_OUTCOMES = tuple(measure.outcome for measure in MEASURES)


def yearly_reading(years: int) -> Reading:
    """What is kept of each run: the measures at the end of each year."""
    names = tuple(f"{outcome}_{START + k}" for outcome in _OUTCOMES for k in range(years))
    return Reading(f"yearly {' '.join(_OUTCOMES)}", names, partial(_read, years=years))


def _read(national: pd.DataFrame, years: int) -> list[float]:
    ends = national[national["month"] % 12 == 0].head(years)
    return [float(value) for outcome in _OUTCOMES for value in ends[outcome]]


def jobs_of(
    codes: Sequence[str], drawn: Drawn, *, years: int, citizens: int, seed: int
) -> list[Job]:
    """All runs: draw by draw, each with a luck of its own, country by country, habit by habit."""
    bases = {code: as_it_was(code, years=years, citizens=citizens) for code in codes}
    jobs = []
    for draw, shared in enumerate(drawn.parameters):
        for code, base in bases.items():
            for habit in drawn.prior.habits.tolist():
                scenario = base.but(parameters={**shared, HABIT: habit})
                jobs.append(Job(scenario, f"{code}, draw {draw}", draw, seed))
    return jobs


def courses_of(
    codes: Sequence[str], drawn: Drawn, found: Mapping[Job, Means], jobs: Sequence[Job], years: int
) -> dict[str, dict[str, Courses]]:
    """Courses by outcome and country, at the habits that are weighed."""
    prior = drawn.prior
    shape = len(drawn.parameters), len(codes), len(prior.habits), len(_OUTCOMES), years
    values = np.array([found[job] for job in jobs]).reshape(shape)
    return {
        outcome: {
            code: Courses(values[:, place, :, which], START).fine(prior)
            for place, code in enumerate(codes)
        }
        for which, outcome in enumerate(_OUTCOMES)
    }
