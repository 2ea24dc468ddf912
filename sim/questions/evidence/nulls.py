"""Null tests: what the forecaster is worth when something is wrong on purpose.

If forecasts were as good with another country's history, another country's inputs or another
year's, they would not rest on them. The same runs serve: nothing is simulated again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.frames import numbers, words
from sim.questions.evidence.foretelling import Question
from sim.questions.evidence.series import MEASURES, Measure
from sim.questions.evidence.telling import OWN, Said, own_forecasts, score_of
from sim.questions.evidence.weighing import Courses

NULLS = (
    words("null", "indicator") | numbers("rmse", "crps", "coverage", "worse") | words("what")
)  # fmt: skip
_LATE = 5
_FEWEST = 3
ByCountry = Mapping[str, Courses]


@dataclass(frozen=True)
class Null:
    """Something wrong on purpose, as many times over as there are other countries to take."""

    name: str
    what: str
    forecasts: Callable[[Question, Measure, ByCountry], Iterator[list[Said]]]


def _other_history(
    question: Question, measure: Measure, courses: ByCountry
) -> Iterator[list[Said]]:
    own = {c.code: c.history for c in question.cases[measure.name]}
    for others in _turned(question, measure):
        histories = {code: own[other] for code, other in others.items()}
        yield list(own_forecasts(question, measure, courses, histories))


def _other_inputs(question: Question, measure: Measure, courses: ByCountry) -> Iterator[list[Said]]:
    for others in _turned(question, measure):
        wrong = {code: courses[other] for code, other in others.items()}
        yield list(own_forecasts(question, measure, {**courses, **wrong}))


def _wrong_year(question: Question, measure: Measure, courses: ByCountry) -> Iterator[list[Said]]:
    yield list(
        own_forecasts(question, measure, {c: _late(course) for c, course in courses.items()})
    )


TESTS = (
    Null("other_history", "the history of another country", _other_history),
    Null("other_inputs", "internet users, trust and courses of another country, its own history",
         _other_inputs),
    Null("wrong_year", f"courses of {_LATE} years before, its own history", _wrong_year),
)  # fmt: skip


def null_tests(
    question: Question, courses: Mapping[str, ByCountry], scores: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    """Rows of nulls: means over the ways to be wrong; `worse` is what is added to the error."""
    right = scores[scores["forecaster"] == OWN].set_index("indicator")["rmse"]
    for measure in MEASURES:
        if measure.name not in question.cases:
            continue
        for test in TESTS:
            ways = list(test.forecasts(question, measure, courses[measure.outcome]))
            for indicator in right.index:
                own = [[s for s in said if s.indicator == indicator] for said in ways]
                found = [score for said in own if said and (score := score_of(said)) is not None]
                if found:
                    rmse, crps, coverage = np.mean([score[2:] for score in found], axis=0).tolist()
                    yield {
                        "null": test.name, "indicator": indicator, "rmse": rmse, "crps": crps,
                        "coverage": coverage, "worse": rmse - float(right[indicator]),
                        "what": test.what,
                    }  # fmt: skip


def _turned(question: Question, measure: Measure) -> Iterator[dict[str, str]]:
    """Countries with another one each: turned by one place, by two, and so on."""
    codes = [c.code for c in question.cases[measure.name] if c.later and c.history]
    if len(codes) < _FEWEST:
        return
    everyone = {c.code: c.code for c in question.cases[measure.name]}
    steps = sorted({1, *(math.ceil(len(codes) * part) for part in (0.25, 0.5, 0.75))})
    for step in steps:
        if step % len(codes):
            yield everyone | dict(zip(codes, codes[step:] + codes[:step], strict=True))


def _late(courses: Courses) -> Courses:
    """The same courses, so many years late: what was reached in 2006 is taken for 2011."""
    early = np.repeat(courses.values[:, :, :1], _LATE, axis=2)
    return Courses(np.concatenate([early, courses.values[:, :, :-_LATE]], axis=2), courses.first)
