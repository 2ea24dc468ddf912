"""From a study to its results folder: run what is missing, write tables, figures and manifest."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.errors import ResultsError
from sim.experiments.files import TEMPORARY
from sim.experiments.replicate import Failed, Finished, Progress
from sim.experiments.run import Runs, Study, carry_out
from sim.experiments.store import (
    ADDED,
    ASSUMPTIONS,
    TABLES,
    TRANSITIONS,
    Folder,
    ResultsFolder,
    held,
    open_results,
    read_manifest,
    verify,
)
from sim.experiments.sweep import Sweep
from sim.experiments.sweep_folder import ANALYSIS, open_sweep
from sim.report.manifest import closing, opening
from sim.report.reopen import from_parts, reopen

if TYPE_CHECKING:
    from sim.experiments.transitions.analysis import Transitions
    from sim.experiments.transitions.twins import TransitionStudy
    from sim.report.figures import Figure

FIGURES = "figures"
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
            _tell_problems(path, folder.changed(), warn)
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
    _tell_parts(folder, warn, "it was deleted, and its replicate runs again")
    manifest = opening(folder.study, command)
    folder.begin(manifest, keep=(ASSUMPTIONS,))
    folder.forget(FIGURES, TRANSITIONS)

    def keep(outcome: Finished | Failed) -> None:
        if isinstance(outcome, Finished):
            folder.add(outcome)
        if progress is not None:
            progress(outcome)

    runs = carry_out(folder.study, processes=processes, kept=kept, progress=keep, announce=announce)
    figures = _draw(runs, folder)
    folder.finish(runs, manifest | closing(runs) | {"figures": figures})
    return runs


def publish_again(path: Path, *, warn: Tell | None = None) -> Runs:
    """Write what follows from the replicates of finished results again: tables and figures.

    `warn` hears of each file that was missing or was not what the manifest says. Tables of
    replicates that are damaged are made again from the parts. Results that cannot be written, such
    as those on a read-only disk, are verified and read.
    """
    if not os.access(path, os.W_OK):
        return _read_only(path, warn)
    with held(path, None):
        problems, damaged = verify(path), verify(path, TABLES)
        runs = from_parts(path) if damaged else reopen(path)[0]
        _tell_problems(path, problems, warn)
        folder = ResultsFolder(path, runs.study)
        folder.look_at_parts()
        _tell_parts(folder, warn, "its replicate runs again when it is needed")
        manifest = folder.manifest
        folder.keep_sealed(*manifest["files"])
        figures = _draw(runs, folder)
        if damaged:
            folder.finish(runs, manifest | {"figures": figures})
        else:
            folder.tell(runs)
            folder.seal(manifest | {"figures": figures})
    return runs


def _read_only(path: Path, warn: Tell | None) -> Runs:
    runs, _ = reopen(path)
    _verify_read_only(path, warn)
    return runs


def _verify_read_only(path: Path, warn: Tell | None) -> None:
    problems = verify(path)
    if problems:
        raise ResultsError("\n".join(problems))
    if warn is not None:
        warn(f"{path}: cannot be written, so nothing was; all files are as manifest.json says")


def publish_sweep_again(path: Path, *, warn: Tell | None = None) -> Sweep:
    """Verify a finished sweep, and write again what follows from its table of runs.

    `warn` hears of each file that was missing or was not what the manifest says.
    """
    done = Sweep.open(path)
    if not os.access(path, os.W_OK):
        _verify_read_only(path, warn)
        return done
    with open_sweep(path, done.plan, any_version=True) as folder:
        problems = verify(path)
        _tell_problems(path, problems, warn)
        if problems:
            folder.tell()
            folder.attach({})
    return done


def _tell_parts(folder: ResultsFolder, warn: Tell | None, what: str) -> None:
    """Say which parts were damaged."""
    if warn is None:
        return
    for part in folder.damaged:
        warn(f"{part}; {what}")


def _tell_problems(path: Path, problems: Sequence[str], warn: Tell | None) -> None:
    """Say of each file that is not as it was sealed who writes it again."""
    added = tuple(str(path / name) for name in (*ADDED, ANALYSIS))
    if warn is None:
        return
    for problem in problems:
        again = "the command that made it makes it again"
        warn(f"{problem.split(';')[0]}; {again if problem.startswith(added) else _AGAIN}")


def verify_other(path: Path, *, warn: Tell | None = None) -> dict[str, Any]:
    """Verify finished results that hold neither replicates nor a sweep; their manifest.

    Raises `ResultsError` if a file is missing or is not what the manifest says.
    """
    manifest = read_manifest(path)
    problems = verify(path)
    if problems:
        command = manifest.get("command", "the command that made them")
        lines = (f"{problem.split(';')[0]}; made again by: {command}" for problem in problems)
        raise ResultsError("\n".join(lines))
    return manifest


def publish_assumptions(
    path: Path,
    study: Study,
    *,
    citizens: int,
    replicates: int,
    processes: int,
    announce: Callable[[int], None] | None = None,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
    warn: Tell | None = None,
) -> pd.DataFrame:
    """Add the ledger of assumptions to finished results; what was measured before is kept.

    Raises `UserMistake` if the folder holds another study by now.
    """
    from sim.experiments.kept import Kept
    from sim.experiments.ledger import assumptions

    with held(path, study.digest, waiting):
        folder = Folder(path)
        kept = Kept(folder.parts_folder, warn=warn)
        table = assumptions(
            study, citizens=citizens, replicates=replicates, processes=processes, kept=kept,
            announce=announce, progress=progress,
        )  # fmt: skip
        asked = {"citizens": citizens, "replicates": replicates}
        folder.attach({ASSUMPTIONS: table}, {"assumptions": asked})
    return table


def publish_transitions(asked: TransitionStudy, found: list[Transitions]) -> More:
    """Adds tables and figures about transitions, in `transitions/`; what is found goes to `found`.

    While they are there already and as they were sealed, nothing is written.
    """
    from sim.experiments.transitions.analysis import analyse
    from sim.report.figures import write_transition_figures

    def add(folder: Folder, runs: Runs) -> None:
        told = analyse(asked, runs)
        found.append(told)
        tables = {f"{TRANSITIONS}/{name}.csv": frame for name, frame in told.tables.items()}
        if set(tables) <= set(folder.manifest["files"]) and not verify(folder.path):
            return
        figures = draw_aside(
            folder, lambda aside: write_transition_figures(told, aside), TRANSITIONS
        )
        folder.attach(tables, {"transition_figures": figures})

    return add


def _draw(runs: Runs, folder: Folder) -> list[dict[str, Any]]:
    """All figures that the runs can fill."""
    if runs.replicates == 0:
        return []
    from sim.report.figures import write_figures

    return draw_aside(folder, lambda aside: write_figures(runs, aside))


def draw_aside(
    folder: Folder, draw: Callable[[Path], Sequence[Figure]], name: str = FIGURES
) -> list[dict[str, Any]]:
    """Figures, drawn aside and moved into a results folder file by file; what is said of each."""
    try:
        aside = Path(tempfile.mkdtemp(dir=folder.path, prefix=TEMPORARY))
        try:
            figures = draw(aside)
            for file in sorted(aside.iterdir()):
                folder.take(f"{name}/{file.name}", file)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise ResultsError(
            f"{folder.path / name}: cannot be written: {error.strerror or error}"
        ) from None
    return [asdict(figure) for figure in figures]
