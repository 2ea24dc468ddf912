"""From a study to its results folder: run what is missing, write tables, figures and manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from sim.drawing.files import FIGURES, draw_aside
from sim.paged import page_of_study
from sim.questions.comparison.focus import focus_tables
from sim.questions.comparison.manifest import closing, opening
from sim.questions.comparison.run import Progress, go_on
from sim.questions.comparison.store import (
    ADDED,
    ASSUMPTIONS,
    SLIDES,
    TRANSITIONS,
    WORLDS,
    ResultsFolder,
    open_results,
)
from sim.questions.comparison.study import Runs, Study
from sim.questions.comparison.worlds import find_over_worlds, found_table
from sim.runs.executors import Executor
from sim.runs.folder import Folder, read_manifest, refuse_strangers
from sim.runs.runner import Session, Where, session

_ANALYSIS = "analysis"
_AGAIN = "it is written again"
Tell = Callable[[str], None]
More = Callable[[Folder, Runs], None]
"""Adds to finished results what a command finds in them, while nobody else writes the folder."""


def slides_asked(slides: bool) -> More | None:
    """What adds slides to finished results, if they are asked for."""
    if not slides:
        return None
    from sim.questions.comparison.figures.slides import write_slides

    return write_slides


def default_folder(study: Study, root: Path = Path("outputs")) -> Path:
    """`outputs/<names>/<hash>`: one folder for each different question."""
    return root / study.slug / study.digest[:12]


def publish(
    study: Study,
    path: Path,
    *,
    command: str,
    where: Where | None = None,
    progress: Progress | None = None,
    announce: Callable[[int], None] | None = None,
    waiting: Callable[[], None] | None = None,
    more: More | None = None,
    draws: bool = True,
) -> Runs:
    """Run the replicates that a results folder lacks, then write everything that was asked for.

    Figures of outcomes are left out unless it `draws`.

    Raises `Stopped` on Ctrl-C (finished replicates are in the folder), `ShardFinished` when the
    replicates of a shard are in, `UserMistake` if the folder holds something else or the cluster
    cannot be reached, `ResultsError` if it cannot be written or is damaged.
    """
    where = where or Where()
    refuse_strangers(path, study.digest)
    with ExitStack() as stack:
        # A cluster is looked for before a folder is made, if it seems to be needed.
        executor = (
            None if _is_complete(path, study) else stack.enter_context(_executor(study, where))
        )
        folder = stack.enter_context(open_results(path, study, waiting=waiting))
        runs = folder.finished()
        if runs is None:
            executor = executor or stack.enter_context(_executor(study, where))
            tell_problems(path, folder.changed(), where.warn)
            with session(
                folder.parts_folder,
                executor,
                things=study.scenarios.values(),
                warn=where.warn,
                checkpoint=where.checkpoint,
                hear=where.hear,
            ) as running:
                runs = _complete(folder, running, where, command, progress, announce, draws)
        if study.worlds and WORLDS not in folder.manifest["files"]:
            folder.attach({WORLDS: found_table(find_over_worlds(runs))}, {})
        if study.focus and runs.replicates:
            folder.attach(focus_tables(runs), {"focus": list(study.focus)})
        if more is not None and runs.replicates:
            more(folder, runs)
        if runs.replicates:
            page_of_study(folder, runs)
        return runs


def _executor(study: Study, where: Where) -> AbstractContextManager[Executor]:
    return where.executor(len(study.scenarios) * study.replicates)


def _is_complete(path: Path, study: Study) -> bool:
    """Whether a folder seems to need no runs; it is looked at again once nobody else writes."""
    manifest = read_manifest(path)
    return bool(manifest.get("complete")) and manifest.get("replicates") == study.replicates


def _complete(
    folder: ResultsFolder,
    running: Session,
    where: Where,
    command: str,
    progress: Progress | None,
    announce: Callable[[int], None] | None,
    draws: bool,
) -> Runs:
    """Run what is missing, each replicate kept at once, and write the tables."""
    manifest = opening(folder.study, command)
    if where.shard is not None:
        manifest |= {"shard": str(where.shard)}
    folder.begin(manifest, keep=(ASSUMPTIONS,))
    folder.forget(FIGURES, TRANSITIONS, SLIDES)
    runs = go_on(folder.study, running, where, progress=progress, announce=announce)
    figures = draw_study(runs, folder) if draws else []
    folder.finish(runs, manifest | closing(runs) | {"figures": figures})
    return runs


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
