"""`check`: files looked at before anything runs, without what only running needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.screen import say
from sim.errors import ScenarioError
from sim.experiments.experiment_files import is_experiment
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.experiments.experiment import Experiment


def check_files(files: Sequence[str]) -> None:
    """Say `ok` for each valid file, and every mistake of the others."""
    wrong = []
    for file in files:
        try:
            warn_of(_read(file))
        except ScenarioError as error:
            wrong.append(str(error))
        else:
            say(f"{file}: ok")
    if wrong:
        raise ScenarioError("\n".join(wrong))


def _read(file: str) -> Scenario | Experiment:
    """The scenario or experiment of a file; raises `ScenarioError`."""
    if not is_experiment(file):
        return Scenario.load(file)
    from sim.experiments.experiment import Experiment

    return Experiment.load(file)


def warn_of(given: Scenario | Experiment) -> None:
    """Say what of a file counts for nothing."""
    for line in given.warnings:
        say(f"warning: {line}", err=True)
