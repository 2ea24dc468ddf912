"""Forecasts from a cut-off, held against what came later and against naive forecasters.

Nothing later than the cut-off is looked at, but for the internet users of the country, which are an
input. Countries that the draws are fitted to are foretold in groups of six, by what the others
tell; countries of a file that nothing was fitted to by what all of them tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sim.errors import GovShiftError
from sim.frames import table
from sim.questions.analysis import Analysis
from sim.questions.comparison.run import where_from_python
from sim.questions.evidence.courses import courses_of, yearly_reading
from sim.questions.evidence.foretelling import Question, ask
from sim.questions.evidence.nulls import NULLS, null_tests
from sim.questions.evidence.series import BREAKS, CUTOFF, MEASURES, Measure, measure_of
from sim.questions.evidence.telling import (
    PREDICTIONS,
    SCORES,
    all_forecasts,
    prediction_rows,
    score_rows,
)
from sim.runs.chunk import Done
from sim.runs.means import MeansKeeper, means_keeper
from sim.runs.replicate import Failed

if TYPE_CHECKING:
    from sim.drawing.page import Drawing


@dataclass(frozen=True, repr=False)
class Forecasts(Analysis):
    """How good forecasts were.

    `scores` has a row per indicator and forecaster (`SCORES`): root mean square error and
    continuous ranked probability score in percentage points, and the share of figures within the
    central 90 %. `predictions` has what `govshift` foretold (`PREDICTIONS`), `nulls` how much worse
    it does when something is wrong on purpose (`NULLS`), `notes` what to keep in mind.
    """

    cutoff: int
    source: str
    scores: pd.DataFrame
    predictions: pd.DataFrame
    nulls: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """The table of scores, and what it says."""
        from sim.questions.evidence.forecast_words import told

        return told(self)

    def drawing(self) -> Drawing:
        """What was foretold against what was observed."""
        from sim.drawing.page import in_our_style
        from sim.questions.evidence.forecast_figure import draw_forecasts

        with in_our_style():
            return draw_forecasts(self)


def foretell(
    question: Question,
    kept: MeansKeeper,
    *,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
) -> Forecasts:
    """Run what is missing, foretell and score. Raises `GovShiftError` if a run fails."""
    jobs = question.jobs()
    if announce is not None:
        announce(kept.missing(jobs))
    found = kept.outcomes(jobs, progress=progress, failed=_refuse)
    courses = courses_of(question.codes, question.drawn, found, jobs, question.years)
    said = [
        one for measure in _measures(question) for one in all_forecasts(question, measure, courses)
    ]
    scores = table(SCORES, score_rows(said))
    return Forecasts(
        question.cutoff,
        question.source,
        scores,
        table(PREDICTIONS, prediction_rows(said)),
        table(NULLS, null_tests(question, courses, scores)),
        tuple(_notes(question)),
    )


def forecast(
    data: str | Path | None = None,
    *,
    until: int = CUTOFF,
    citizens: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
) -> Forecasts:
    """Forecasts of the use of e-government after a year, scored against naive forecasters.

    `data` is a CSV file `country,year,indicator,value`; without one the eighteen shipped countries
    are foretold, six at a time by what the other twelve tell. What is later than `until` is scored.
    With `out`, everything is kept in that folder as the command `evidence --data` keeps it. Raises
    `UserMistake` for a wrong file.
    """
    question = ask(data, until, citizens, seed)
    where = where_from_python(jobs, cluster)
    if out is not None:
        from sim.questions.evidence.forecast_results import publish_forecasts

        return publish_forecasts(question, Path(out), command="", where=where)
    with means_keeper(None, where, reading=yearly_reading(question.years)) as kept:
        return foretell(question, kept)


def _measures(question: Question) -> list[Measure]:
    return [measure for measure in MEASURES if measure.name in question.cases]


def _notes(question: Question) -> Iterator[str]:
    if question.given is not None:
        yield from question.given.notes
    for measure in _measures(question):
        for country in question.cases[measure.name]:
            pairs = {(country.code, f.year) for fs in country.later.values() for f in fs}
            for code, year in sorted(pairs & BREAKS):
                yield f"{code} {year} is a break of method: foretold, but not scored"
        without = [c.code for c in question.cases[measure.name] if c.later and not c.history]
        if without:
            yield (
                f"no {measure.name} up to {question.cutoff} is known of {', '.join(without)}: they "
                "are foretold from internet users and what countries have in common"
            )
        yield from _shipped_histories(question, measure)


def _shipped_histories(question: Question, measure: Measure) -> Iterator[str]:
    """Countries of a file whose history is the shipped one."""
    if question.given is None:
        return
    own = {r.country for r in question.given.rows
           if measure_of(r.indicator) is measure and r.year <= question.cutoff}  # fmt: skip
    found = [c.code for c in question.cases[measure.name] if c.history and c.code not in own]
    if found:
        yield (
            f"the file has no {measure.name} up to {question.cutoff} for {', '.join(found)}: their "
            "shipped history is taken"
        )


def _refuse(failed: Failed) -> None:
    raise GovShiftError(f"a run failed ({failed.job.title}) at {failed.stage}: {failed.message}")
