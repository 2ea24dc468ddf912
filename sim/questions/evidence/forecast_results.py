"""Forecasts in a results folder: runs as they end, then scores, predictions, nulls and a figure."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.drawing.files import FIGURES, draw_aside
from sim.paged import page_of_results, page_of_study
from sim.questions.comparison.reopen import reopen
from sim.questions.comparison.store import ResultsFolder
from sim.questions.comparison.study import Study
from sim.questions.evidence.courses import yearly_reading
from sim.questions.evidence.forecasts import Forecasts, foretell
from sim.questions.evidence.foretelling import Question
from sim.runs.chunk import Done
from sim.runs.folder import PARTS, Folder, held, refuse_strangers
from sim.runs.manifest import origin
from sim.runs.means import means_keeper
from sim.runs.parts import Parts
from sim.runs.runner import Where

if TYPE_CHECKING:
    from sim.drawing.page import Caption

FORECASTS = "forecasts"
_TABLES = ("scores", "predictions", "nulls")


def forecast_folder(question: Question, root: Path = Path("outputs")) -> Path:
    """`outputs/evidence-data/<hash>`: one folder for each different question."""
    return root / question.slug / question.digest[:12]


def publish_forecasts(
    question: Question,
    path: Path,
    *,
    command: str,
    where: Where | None = None,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
    waiting: Callable[[], None] | None = None,
) -> Forecasts:
    """Run what a results folder lacks, then write everything.

    Raises `UserMistake` if the folder holds something else, `ResultsError` if it cannot be written,
    `ShardFinished` when the runs of a shard are in.
    """
    where = where or Where()
    refuse_strangers(path, question.digest)
    with means_keeper(
        path / PARTS, where, holding=held(path, question.digest, waiting),
        reading=yearly_reading(question.years),
    ) as kept:  # fmt: skip
        folder = Folder(path)
        manifest = _opening(question, command, where)
        folder.begin(manifest)
        folder.forget(FIGURES)
        found = foretell(question, kept, announce=announce, progress=progress)
        Parts(folder.parts_folder).tidy()
        folder.seal(manifest | {"figures": write_forecasts(folder, found)})
        page_of_results(folder)
    return found


def add_forecasts(
    question: Question,
    study: Study,
    path: Path,
    *,
    where: Where | None = None,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
    waiting: Callable[[], None] | None = None,
) -> Forecasts:
    """Add forecasts to the finished results of the study of patterns; what was run is kept.

    Raises `UserMistake` if the folder holds another study by now, `ShardFinished` when the runs of
    a shard are in.
    """
    where = where or Where()
    with means_keeper(
        path / PARTS, where, holding=held(path, study.digest, waiting),
        reading=yearly_reading(question.years),
    ) as kept:  # fmt: skip
        found = foretell(question, kept, announce=announce, progress=progress)
        folder = ResultsFolder(path, study)
        Parts(folder.parts_folder).tidy()
        figures = write_forecasts(folder, found)
        folder.attach({}, {"figures": figures, "forecasts": _asked(question)})
        runs, _ = reopen(path)
        page_of_study(folder, runs)
    return found


def write_forecasts(folder: Folder, found: Forecasts) -> list[dict[str, Any]]:
    """Write tables and figure; what is said of the figure."""
    for name in _TABLES:
        folder.write_csv(f"{name}.csv", getattr(found, name))
    return draw_aside(folder, partial(_draw, found), FIGURES)


def _opening(question: Question, command: str, where: Where) -> dict[str, Any]:
    """What is known before the first run."""
    return origin(command) | {
        "kind": FORECASTS,
        "experiment": f"{FORECASTS} of {question.source}",
        "digest": question.digest,
        "seed": question.seed,
        "asked": _asked(question),
        **({} if where.shard is None else {"shard": str(where.shard)}),
    }


def _asked(question: Question) -> dict[str, Any]:
    return {
        "until": question.cutoff, "citizens": question.citizens, "draws": question.draws,
        "data": None if question.given is None else question.given.name,
    }  # fmt: skip


def _draw(found: Forecasts, aside: Path) -> list[Caption]:
    from sim.drawing.files import write_drawings
    from sim.questions.evidence.forecast_figure import draw_forecasts

    return write_drawings([partial(draw_forecasts, found)], aside)
