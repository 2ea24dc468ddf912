"""From a study to its results folder: run what is missing, write tables, figures and manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.drawing.files import FIGURES, draw_aside
from sim.questions.comparison.manifest import closing, opening
from sim.questions.comparison.run import Runs, Study, carry_out
from sim.questions.comparison.store import (
    ADDED,
    ASSUMPTIONS,
    TRANSITIONS,
    ResultsFolder,
    open_results,
)
from sim.runs.folder import Folder
from sim.runs.replicate import Failed, Finished, Progress

_ANALYSIS = "analysis"
_AGAIN = "it is written again"
Tell = Callable[[str], None]
More = Callable[[Folder, Runs], None]
"""Adds to finished results what a command finds in them, while nobody else writes the folder."""


def default_folder(study: Study, root: Path = Path("outputs")) -> Path:
    """`outputs/<names>/<hash>`: one folder for each different question."""
    return root / study.slug / study.digest[:12]


def publish(
    study: Study,
    path: Path,
    *,
    command: str,
    processes: int | None = None,
    progress: Progress | None = None,
    announce: Callable[[int], None] | None = None,
    waiting: Callable[[], None] | None = None,
    warn: Tell | None = None,
    more: More | None = None,
) -> Runs:
    """Run the replicates that a results folder lacks, then write everything that was asked for.

    Raises `Stopped` on Ctrl-C (finished replicates are in the folder), `UserMistake` if the folder
    holds something else, `ResultsError` if it cannot be written or is damaged.
    """
    with open_results(path, study, waiting=waiting) as folder:
        runs = folder.finished()
        if runs is None:
            tell_problems(path, folder.changed(), warn)
            runs = _complete(folder, command, processes, progress, announce, warn)
        if more is not None and runs.replicates:
            more(folder, runs)
        return runs


def _complete(
    folder: ResultsFolder,
    command: str,
    processes: int | None,
    progress: Progress | None,
    announce: Callable[[int], None] | None,
    warn: Tell | None,
) -> Runs:
    """Run what is missing, each replicate kept at once, and write the tables."""
    kept = folder.kept()
    tell_parts(folder, warn, "it was deleted, and its replicate runs again")
    manifest = opening(folder.study, command)
    folder.begin(manifest, keep=(ASSUMPTIONS,))
    folder.forget(FIGURES, TRANSITIONS)

    def keep(outcome: Finished | Failed) -> None:
        if isinstance(outcome, Finished):
            folder.add(outcome)
        if progress is not None:
            progress(outcome)

    runs = carry_out(folder.study, processes=processes, kept=kept, progress=keep, announce=announce)
    figures = draw_study(runs, folder)
    folder.finish(runs, manifest | closing(runs) | {"figures": figures})
    return runs


def tell_parts(folder: ResultsFolder, warn: Tell | None, what: str) -> None:
    """Say which parts were damaged."""
    if warn is None:
        return
    for part in folder.damaged:
        warn(f"{part}; {what}")


def tell_problems(path: Path, problems: Sequence[str], warn: Tell | None) -> None:
    """Say of each file that is not as it was sealed who writes it again."""
    added = tuple(str(path / name) for name in (*ADDED, _ANALYSIS))
    if warn is None:
        return
    for problem in problems:
        again = "the command that made it makes it again"
        warn(f"{problem.split(';')[0]}; {again if problem.startswith(added) else _AGAIN}")


def draw_study(runs: Runs, folder: Folder) -> list[dict[str, Any]]:
    """All figures that the runs can fill."""
    if runs.replicates == 0:
        return []
    from sim.questions.comparison.figures import write_figures

    return draw_aside(folder, lambda aside: write_figures(runs, aside))
