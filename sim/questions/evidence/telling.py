"""What each forecaster says of each later figure, and how good it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.frames import numbers, words
from sim.frames import whole as whole_numbers
from sim.questions.evidence.foretelling import Question
from sim.questions.evidence.naive import NAIVE, error_per_year, known_of, naive_forecast
from sim.questions.evidence.scoring import Foretold, scored
from sim.questions.evidence.series import BREAKS, Figure, Measure, shipped, until
from sim.questions.evidence.weighing import Courses, Learnt, learn, weigh

OWN = "govshift"
"""The model's forecaster in tables."""
SCORES = (
    words("indicator", "forecaster") | whole_numbers("countries", "n")
    | numbers("rmse", "crps", "coverage")
)  # fmt: skip
PREDICTIONS = (
    words("indicator", "country") | whole_numbers("year")
    | numbers("observed", "mean", "low", "high")
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What one forecaster said of a figure."""

    indicator: str
    forecaster: str
    country: str
    figure: Figure
    foretold: Foretold


def own_forecasts(
    question: Question,
    measure: Measure,
    courses: Mapping[str, Courses],
    histories: Mapping[str, Sequence[Figure]] | None = None,
) -> Iterator[Said]:
    """What the model foretells; `histories` are other ones than the countries' own, if given."""
    learnt: dict[tuple[str, ...], Learnt] = {}
    for country in question.cases[measure.name]:
        group = question.group(country.code)
        if group not in learnt:
            learnt[group] = _learn(question, measure, courses, group)
        history = country.history if histories is None else histories[country.code]
        weighed = weigh(
            country.code, history, courses[country.code], question.drawn.prior, learnt[group]
        )
        for indicator, figures in country.later.items():
            for figure in figures:
                yield Said(indicator, OWN, country.code, figure, weighed.forecast(figure))


def _learn(
    question: Question, measure: Measure, courses: Mapping[str, Courses], group: tuple[str, ...]
) -> Learnt:
    known = shipped(measure)
    histories = {c: until(known.get(c, ()), question.cutoff) for c in question.training}
    return learn(histories, courses, question.drawn.prior, group)


def all_forecasts(
    question: Question, measure: Measure, courses: Mapping[str, Mapping[str, Courses]]
) -> Iterator[Said]:
    """What all forecasters say of the later figures of a measure."""
    yield from own_forecasts(question, measure, courses[measure.outcome])
    known = shipped(measure)
    figures = {c: known[c] for c in question.training if c in known}
    errors: dict[tuple[tuple[str, ...], str], float] = {}
    for country in question.cases[measure.name]:
        group = question.group(country.code)
        others = known_of(figures, question.cutoff, group)
        for naive in NAIVE:
            key = group, naive.name
            if key not in errors:
                errors[key] = error_per_year(naive, others.others, others)
            for indicator, later in country.later.items():
                for figure in later:
                    foretold = naive_forecast(
                        naive, country.code, country.history, figure, others, errors[key]
                    )
                    yield Said(indicator, naive.name, country.code, figure, foretold)


def score_of(said: Sequence[Said]) -> tuple[int, int, float, float, float] | None:
    """Countries, figures and scores; None if nothing can be scored."""
    counted = [s for s in said if (s.country, s.figure.year) not in BREAKS]
    if not counted:
        return None
    found = scored([s.foretold for s in counted], [s.figure.value for s in counted])
    return len({s.country for s in counted}), len(counted), *found


def score_rows(said: Sequence[Said]) -> Iterator[tuple[Any, ...]]:
    """Rows of scores: an indicator's forecasters one after the other, the model's first."""
    for indicator in dict.fromkeys(s.indicator for s in said):
        for forecaster in (OWN, *(naive.name for naive in NAIVE)):
            own = [s for s in said if (s.indicator, s.forecaster) == (indicator, forecaster)]
            found = score_of(own)
            if found is not None:
                yield (indicator, forecaster, *found)


def prediction_rows(said: Sequence[Said]) -> Iterator[tuple[Any, ...]]:
    """Rows of predictions: what the model foretells."""
    for s in said:
        if s.forecaster == OWN:
            told = s.foretold
            yield (
                s.indicator, s.country, s.figure.year, s.figure.value, told.mean, told.low,
                told.high,
            )  # fmt: skip
