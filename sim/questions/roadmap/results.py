"""The results folder of `roadmap`: runs as they end, then tables, figure, schedules and page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.drawing.files import FIGURES, draw_aside
from sim.paged import page_of_results
from sim.questions.roadmap.analysis import MANY, Roadmap, find
from sim.questions.roadmap.asked import Question
from sim.questions.roadmap.words import told
from sim.runs.chunk import Done
from sim.runs.folder import PARTS, Folder, held, refuse_strangers
from sim.runs.manifest import origin
from sim.runs.parts import Parts
from sim.runs.runner import Where, session
from sim.runs.sealed import DamagedPart
from sim.scenario.as_files import scenario_files
from sim.scenario.written import under_of

if TYPE_CHECKING:
    from sim.drawing.page import Caption

SCHEDULES, TEXT = "schedules", "roadmap.txt"


def roadmap_folder(question: Question, root: Path = Path("outputs")) -> Path:
    """`outputs/roadmap-FROM-TO/<hash>`: one folder for each different question."""
    return root / question.slug / question.digest[:12]


def publish_roadmap(
    question: Question,
    path: Path,
    *,
    command: str = "",
    where: Where | None = None,
    announce: Callable[[int], None] | None = None,
    progress: Callable[[Done], None] | None = None,
    waiting: Callable[[], None] | None = None,
) -> Roadmap:
    """Run what a results folder lacks, then write everything.

    Raises `UserMistake` if the folder holds something else, `ResultsError` if it cannot be written,
    `GovShiftError` if a run fails.
    """
    where = where or Where()
    refuse_strangers(path, question.digest)
    with (
        where.executor(MANY) as executor,
        held(path, question.digest, waiting),
        session(path / PARTS, executor, things=[question.plan], warn=where.warn) as running,
    ):
        folder = Folder(path)
        manifest = _opening(question, command)
        folder.begin(manifest)
        folder.forget(FIGURES, SCHEDULES)
        if announce is not None:
            announce(max(0, question.size.most - _there(running.parts)))
        found = find(question, running, progress)
        Parts(folder.parts_folder).tidy()
        _write(folder, found)
        figures = draw_aside(folder, partial(_draw, found))
        said = [line.strip() for line in told(found, table=False) if line]
        about = {"tried": found.searched.tried, "sentences": said, "figures": figures}
        folder.seal(manifest | about)
        page_of_results(folder)
    return found


def _opening(question: Question, command: str) -> dict[str, Any]:
    ends = {end.name: end for end in (question.end, question.start)}
    return origin(command) | {
        "kind": "roadmap",
        "digest": question.digest,
        "seed": question.seed,
        "budget": question.budget,
        "asked": vars(question.size),
        "scenarios": {end.name: end.resolved() for end in (question.start, question.end)},
        "under": under_of(ends),
    }


def _write(folder: Folder, found: Roadmap) -> None:
    for name, frame in found.tables.items():
        folder.write_csv(name, frame)
    for name, data in schedule_files(found, folder.path).items():
        folder.write_text(f"{SCHEDULES}/{name}", data.decode())
    folder.write_text(TEXT, "\n".join([*found.sentences, ""]))


def schedule_files(found: Roadmap, path: Path) -> dict[str, bytes]:
    """The chosen schedules as scenario files by name, with what they need beside them.

    They have the citizens, years and society of the first scenario; `compare` takes them.
    """
    start = found.question.start
    plans = {
        name: start.but(
            name=name,
            question=f"What does the schedule {name} bring, from {start.name} to "
            f"{found.question.end.name} within {found.question.budget:g} money a year?",
            transition=found.question.transition(schedule),
        )
        for name, schedule in found.chosen.items()
    }  # fmt: skip
    written = {n: p.model_dump(mode="json", exclude_unset=True) for n, p in plans.items()}
    resolved = {name: plan.resolved() for name, plan in plans.items()}
    return scenario_files(written, resolved, path)[0]


def _draw(found: Roadmap, aside: Path) -> list[Caption]:
    from sim.drawing.files import write_drawings
    from sim.questions.roadmap.figure import draw_roadmap

    return write_drawings([partial(draw_roadmap, found)], aside)


def _there(parts: Parts) -> int:
    """How many runs the folder has."""
    count = 0
    for name in parts.there():
        try:
            count += sum(table.num_rows for table in parts.sound(name)[1].values())
        except DamagedPart:
            continue
    return count
