"""`check`: files looked at before anything runs, without what only running needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.screen import say
from sim.errors import ScenarioError, UserMistake
from sim.experiments.experiment_files import is_experiment
from sim.lessons.files import is_lesson, load_lesson
from sim.scenario import Scenario
from sim.scenario.starting import facts_told, is_own_file, sheet_told

if TYPE_CHECKING:
    from sim.experiments.experiment import Experiment

_OF_THE_WORLD = re.compile(r"(?:^|(?<= ))(?:start|history|society\.\w+): .*")
"""A warning without its place in a file, where it is of the world that compared scenarios share."""


def check_files(files: Sequence[str]) -> None:
    """Say `ok` for each valid file, and every mistake of the others."""
    wrong = []
    for file in files:
        try:
            told = _told(file)
        except UserMistake as error:
            wrong.append(str(error))
        else:
            say(f"{file}: ok")
            for line in told:
                say(line)
    if wrong:
        raise ScenarioError("\n".join(wrong))


def _told(file: str) -> list[str]:
    """What is said of a file that is right; raises `UserMistake`."""
    if is_own_file(file):
        return sheet_told(file)
    if is_lesson(file):
        load_lesson(file)
        return []
    given = _read(file)
    warn_of(given)
    has_place = isinstance(given, Scenario) and is_own_file(given.society.place)
    return facts_told(given) if isinstance(given, Scenario) and has_place else []


def _read(file: str) -> Scenario | Experiment:
    """The scenario or experiment of a file; raises `ScenarioError`."""
    if not is_experiment(file):
        return Scenario.load(file)
    from sim.experiments.experiment import Experiment

    return Experiment.load(file)


def warn_of(*given: Scenario | Experiment) -> None:
    """Say what of files counts for nothing; what several say of the world they share, once."""
    told: dict[str, str] = {}
    for line in (line for one in given for line in one.warnings):
        shared = _OF_THE_WORLD.search(line)
        told.setdefault(line if shared is None else shared[0], line)
    for line in told.values():
        say(f"warning: {line}", err=True)
