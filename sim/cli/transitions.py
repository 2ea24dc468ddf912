"""`transitions`: how governments move along the figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.cli.screen import say
from sim.cli.work import load_all, publish_study, tell_end, warn_of_unused, worlds_of
from sim.errors import UserMistake
from sim.questions.comparison.places import with_citizens_in
from sim.questions.comparison.study import plan_study
from sim.questions.transitions.analysis import Transitions
from sim.questions.transitions.results import publish_transitions
from sim.questions.transitions.told import lines
from sim.questions.transitions.twins import with_twins
from sim.scenario import Scenario


def analyse_files(files: Sequence[str], options: dict[str, Any]) -> None:
    """Run what is missing, twins included; write and print what is found."""
    scenarios = with_citizens_in(load_all(files, options), options["citizens_in"])
    _refuse_standstill(scenarios)
    study = plan_study(
        scenarios,
        replicates=options["replicates"],
        seed=options["seed"],
        engine=options["engine"],
        worlds=worlds_of(options),
    )
    warn_of_unused(study, scenarios, options)
    asked = with_twins(study)
    found: list[Transitions] = []
    more = publish_transitions(asked, found)
    runs, folder, new, seconds = publish_study(asked.study, options, more)
    for transitions in found:
        for line in lines(transitions):
            say(line)
    tell_end(runs, folder, new, seconds)


def _refuse_standstill(scenarios: Sequence[Scenario]) -> None:
    if all(scenario.transition.mode == "fixed" for scenario in scenarios):
        names = ", ".join(scenario.name for scenario in scenarios)
        raise UserMistake(
            f"transitions: nobody moves in {names} (transition.mode: fixed); give at least one "
            "scenario that is scheduled or endogenous, such as endogenous"
        )
