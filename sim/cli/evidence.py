"""`evidence`: the model against what was observed, and its forecasts against naive ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.cli.keeping import kept_in
from sim.cli.screen import say
from sim.cli.starting import compile_model
from sim.cli.work import publish_study, tell_end, where_of
from sim.errors import UserMistake
from sim.evidence.posterior import mean_set
from sim.questions.comparison.study import Runs, Study
from sim.questions.evidence.asked import (
    CITIZENS,
    REPLICATES,
    WORLDS,
    plan_evidence,
    plan_worlds,
)
from sim.questions.evidence.forecast_results import (
    add_forecasts,
    forecast_folder,
    publish_forecasts,
)
from sim.questions.evidence.forecasts import Forecasts
from sim.questions.evidence.foretelling import Question, ask
from sim.questions.evidence.results import lines, publish_evidence
from sim.questions.evidence.series import CUTOFF

Options = dict[str, Any]


def show_evidence(options: Options) -> None:
    """Run what is missing; print each pattern with its band, then how good forecasts are.

    A file of one's own, or another cut-off, asks for forecasts alone.
    """
    until = CUTOFF if options["until"] is None else options["until"]
    question = ask(options["data"], until, options["citizens"], options["seed"])
    if options["data"] is not None or until != CUTOFF:
        _show_forecasts(question, options)
    else:
        _show_all(question, options)


def _show_all(question: Question, options: Options) -> None:
    """Patterns, then forecasts in the same folder."""
    asked = options | {"checkpoint": 2.0}
    citizens = options["citizens"] or CITIZENS
    study = plan_evidence(citizens, options["replicates"] or REPLICATES, options["seed"])
    worlds, fitted = _in_worlds(asked, citizens), _fitted(asked, citizens)
    found: list[pd.DataFrame] = []
    runs, folder, new, seconds = publish_study(
        study, asked, publish_evidence(found, worlds, fitted), draws=False
    )
    if found:
        for line in lines(*found):
            say(line)
    _tell(_carry_out(question, folder, options, study))
    tell_end(runs, folder, new, seconds)


def _in_worlds(asked: Options, citizens: int) -> Runs | None:
    """The same scenarios in plausible worlds, in a folder beside that of the study."""
    count = WORLDS if asked["worlds"] is None else asked["worlds"]
    if count == 0:
        return None
    return _aside(plan_worlds(count, citizens, asked["seed"]), asked, "worlds")


def _fitted(asked: Options, citizens: int) -> Runs:
    """The same scenarios with one fitted set, in a folder beside that of the study."""
    count = asked["replicates"] or REPLICATES
    study = plan_evidence(citizens, count, asked["seed"], mean_set())
    return _aside(study, asked, "fitted")


def _aside(study: Study, asked: Options, what: str) -> Runs:
    out: Path | None = asked["out"]
    aside = out.with_name(f"{out.name}-{what}") if out is not None else None
    return publish_study(study, asked | {"out": aside}, draws=False)[0]


def _show_forecasts(question: Question, options: Options) -> None:
    if options["replicates"] is not None or options["worlds"] is not None:
        raise UserMistake("--replicates and --worlds: are of the patterns; forecasts have none")
    if options["shard"] is not None:
        raise UserMistake("--shard: forecasts alone are not merged; leave out --data and --until")
    where = where_of(options)
    folder: Path = options["out"] or where.folder(forecast_folder(question))
    compile_model(options)
    _tell(_carry_out(question, folder, options))
    say(f"\nResults are in {folder}")


def _carry_out(
    question: Question, folder: Path, options: Options, study: Study | None = None
) -> Forecasts:
    """Forecasts, added to the results of a study or in a folder of their own."""
    with kept_in(folder, options) as told:
        if study is None:
            return publish_forecasts(question, folder, where=where_of(options), **told)
        told.pop("command")
        return add_forecasts(question, study, folder, where=where_of(options), **told)


def _tell(found: Forecasts) -> None:
    say("")
    for line in found.sentences:
        say(line)
