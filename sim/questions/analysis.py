"""What all analyses share: where their runs come from, how they are told, libraries as extras."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.errors import UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.over_worlds import over_worlds
from sim.experiments.plan import Plan
from sim.experiments.sweep import Sweep, default_folder, sweep
from sim.questions.futures import chosen_policies
from sim.runs.folder import read_manifest
from sim.shown import Shown

Studied = Experiment | Sweep | str | Path
"""An experiment, its file or shipped name, finished runs, or the folder that holds them."""


class Analysis(Shown):
    """Something found in an experiment; shown, it says so in sentences."""

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    @property
    @abstractmethod
    def sentences(self) -> list[str]:
        """What was found, and what it rests on."""


def only_policies(source: Studied, names: Sequence[str], out: str | Path | None = None) -> Studied:
    """An experiment of the named policies alone, so that nothing else is run.

    It is a plan of its own, with a folder of its own. Finished runs stay as they are, also those of
    the whole experiment in `out`, or where they are by default. Raises `UserMistake` for a policy
    that the experiment does not have.
    """
    if not names or isinstance(source, Sweep):
        return source
    if not isinstance(source, Experiment):
        if Path(source).is_dir():
            return source
        source = Experiment.load(source)
    experiment = source
    plan = experiment.plan()
    chosen = chosen_policies(plan, names)
    folder = default_folder(plan) if out is None else Path(out)
    told = read_manifest(folder)
    if len(chosen) == len(plan.policies) or (
        told.get("complete") and told.get("digest") == plan.digest
    ):
        return experiment
    entries = zip(experiment.policies, plan.policies, strict=True)
    return experiment.but(policies=[entry for entry, name in entries if name in chosen])


def swept(
    source: Studied, options: Mapping[str, Any], *, check: Callable[[Plan], None] | None = None
) -> Sweep:
    """The runs of an experiment: those that are there, and what it lacks.

    `check` refuses a plan before anything runs.
    """
    if isinstance(source, str | Path) and Path(source).is_dir():
        source = Sweep.open(Path(source))
    if isinstance(source, Sweep):
        if check is not None:
            check(source.plan)
        return source
    experiment = source if isinstance(source, Experiment) else Experiment.load(source)
    if check is not None:
        check(experiment.plan())
    return sweep(experiment, **options)


def in_worlds(
    source: Studied,
    *,
    worlds: int | None = None,
    replicates: int | None = None,
    luck_only: bool = False,
) -> Studied:
    """An experiment in plausible worlds, or under luck alone, as `over_worlds` says.

    Finished runs stay as they are; raises `UserMistake` where something else is asked of them.
    """
    if isinstance(source, Sweep) or (not isinstance(source, Experiment) and Path(source).is_dir()):
        asked = {"worlds": worlds, "replicates": replicates, "luck_only": luck_only or None}
        for name, given in asked.items():
            if given is not None:
                raise UserMistake(f"{name}: these are finished runs, which stay as they are")
        return source
    experiment = source if isinstance(source, Experiment) else Experiment.load(source)
    return over_worlds(experiment, worlds=worlds, replicates=replicates, luck_only=luck_only)


def refuse_worlds(plan: Plan, what: str) -> None:
    """Raises `UserMistake` for a plan in plausible worlds where `what` knows luck alone."""
    if plan.worlds:
        raise UserMistake(
            f"{plan.name}: {what} varies what the experiment names and luck, no worlds; leave "
            "worlds out (regimes and robust take them)"
        )


def require(package: str, what: str, extra: str) -> None:
    """Raises `UserMistake` with how to install a library that is missing."""
    if find_spec(package) is None:
        raise UserMistake(f"{what} needs {package}: pip install 'govshift[{extra}]'")


@contextmanager
def quietly() -> Iterator[None]:
    """Keeps the warnings of a library about itself from people who cannot act on them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
