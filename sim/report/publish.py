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
from sim.experiments.files import subfolder
from sim.experiments.replicate import Failed, Finished, Progress
from sim.experiments.run import Runs, Study, carry_out
from sim.experiments.store import ResultsFolder, open_results, verify
from sim.report.manifest import closing, opening
from sim.report.reopen import reopen

if TYPE_CHECKING:
    from sim.experiments.transitions.analysis import Transitions
    from sim.experiments.transitions.twins import TransitionStudy
    from sim.report.figures import Figure

FIGURES = "figures"
TRANSITIONS = "transitions"


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
    warn: Callable[[str], None] | None = None,
) -> Runs:
    """Run the replicates that a results folder lacks, then write everything.

    Raises `Stopped` on Ctrl-C (finished replicates are in the folder), `UserMistake` if the folder
    holds something else, `ResultsError` if it cannot be written or is damaged.
    """
    with open_results(path, study, waiting=waiting) as folder:
        before = folder.load()
        for part in folder.damaged:
            if warn is not None:
                warn(f"{part}: is damaged and was deleted; its replicate runs again")
        if before is not None and folder.manifest.get("complete") and not study.missing(before):
            return before
        manifest = opening(study, command)
        folder.begin(manifest)

        def keep(outcome: Finished | Failed) -> None:
            if isinstance(outcome, Finished):
                folder.add(outcome)
            if progress is not None:
                progress(outcome)

        runs = carry_out(
            study, processes=processes, before=before, progress=keep, announce=announce
        )
        figures = _draw(runs, folder)
        folder.finish(runs, manifest | closing(runs) | {"figures": figures})
        return runs


def publish_again(path: Path, *, warn: Callable[[str], None] | None = None) -> Runs:
    """Write the tables and figures of finished results again from their replicates.

    `warn` hears of each file that was missing or was not what the manifest says.
    """
    runs, _ = reopen(path)
    for problem in verify(path):
        if warn is not None:
            warn(f"{problem.split(';')[0]}; it is written again")
    with open_results(path, runs.study, any_version=True) as folder:
        manifest = folder.manifest
        figures = _draw(runs, folder)
        folder.finish(runs, manifest | {"figures": figures})
    return runs


def publish_assumptions(path: Path, table: pd.DataFrame) -> None:
    """Add the ledger of assumptions to finished results."""
    runs, _ = reopen(path)
    with open_results(path, runs.study, any_version=True) as folder:
        folder.attach("assumptions.csv", table)


def publish_transitions(path: Path, asked: TransitionStudy, runs: Runs) -> Transitions:
    """Add tables and figures about transitions to finished results, in `transitions/`."""
    from sim.experiments.transitions.analysis import analyse
    from sim.report.figures import write_transition_figures

    found = analyse(asked, runs)
    with open_results(path, asked.study) as folder:
        figures = draw_aside(
            path, lambda aside: write_transition_figures(found, aside), TRANSITIONS
        )
        tables = {f"{TRANSITIONS}/{name}.csv": frame for name, frame in found.tables.items()}
        folder.attach_all(tables, {"transition_figures": figures})
    return found


def _draw(runs: Runs, folder: ResultsFolder) -> list[dict[str, Any]]:
    """All figures that the runs can fill."""
    if runs.replicates == 0:
        return []
    from sim.report.figures import write_figures

    return draw_aside(folder.path, lambda aside: write_figures(runs, aside))


def draw_aside(
    path: Path, draw: Callable[[Path], Sequence[Figure]], name: str = FIGURES
) -> list[dict[str, Any]]:
    """Figures, drawn aside and moved into a results folder file by file; what is said of each."""
    target = subfolder(path, name)
    try:
        aside = Path(tempfile.mkdtemp(dir=path, prefix=".tmp-"))
        try:
            figures = draw(aside)
            for file in sorted(aside.iterdir()):
                os.replace(file, target / file.name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise ResultsError(f"{target}: cannot be written: {error.strerror or error}") from None
    return [asdict(figure) for figure in figures]
