"""`new` and `explain`."""

from __future__ import annotations

import shlex
from pathlib import Path

from sim.cli.screen import say
from sim.explain.experiment_template import write_experiment
from sim.explain.names import explain
from sim.explain.template import write_template


def write_new(name: str, parent: str) -> None:
    """Write a scenario file to start from, and say what to do with it."""
    path = write_template(name, parent)
    say(f"{path} is written. Edit it, then: govshift compare {parent} {_typed(path)}")


def write_new_experiment(name: str) -> None:
    """Write an experiment file to start from, and say what to do with it."""
    path = write_experiment(name)
    say(f"{path} is written. Edit it, then: govshift explain {_typed(path)}")


def _typed(path: Path) -> str:
    """A path as it is typed in a command: in quotes where a shell needs them, never an option."""
    shown = str(path)
    return shlex.quote(f"./{shown}" if shown.startswith("-") else shown)


def show_explanation(name: str, baseline: str) -> None:
    """Print what a name means."""
    say(explain(name, baseline))
