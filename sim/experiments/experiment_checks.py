"""What is wrong with an experiment as a whole: each mistake with its path and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from sim.experiments.experiment_files import FACTORS, Policies
from sim.experiments.factors import declaration
from sim.experiments.run import unlike
from sim.scenario.source import Mistake, Path_
from sim.scenario.wording import unknown_parameter

if TYPE_CHECKING:
    from sim.experiments.experiment import Experiment

Mistakes = Iterator[Mistake]
_ROLES = {"levers": "lever", "uncertainties": "uncertainty"}


def elsewhere_in_experiment(path: Path_, top: type[BaseModel]) -> str:
    """What to say of a key that an experiment knows elsewhere."""
    return ""


def check(
    experiment: Experiment, policies: Policies, dropped: Set[Path_], folder: Path
) -> Mistakes:
    """What one field cannot see, one by one. `dropped` are paths that were wrong by themselves."""
    yield from _check_factors(experiment)
    yield from _check_policies(policies)


def _check_factors(experiment: Experiment) -> Mistakes:
    for block in FACTORS:
        for name in getattr(experiment, block):
            declared = declaration(name)
            if declared is None:
                yield (block, name), unknown_parameter(name)


def _check_policies(policies: Policies) -> Mistakes:
    if policies.complete and policies.scenarios:
        for name, text in unlike(policies.scenarios):
            yield policies.paths[name], text
