"""What all analyses share: where their runs come from, how they are told, libraries as extras."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.errors import UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.plan import Plan
from sim.experiments.shown import Shown
from sim.experiments.sweep import Sweep, sweep

Source = Experiment | Sweep | str | Path
"""An experiment, its file or shipped name, finished runs, or the folder that holds them."""


class Analysis(Shown):
    """Something found in an experiment; shown, it says so in sentences."""

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    @property
    @abstractmethod
    def sentences(self) -> list[str]:
        """What was found, and what it rests on."""


def swept(
    source: Source, options: Mapping[str, Any], *, check: Callable[[Plan], None] | None = None
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
