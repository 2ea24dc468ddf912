"""What is found about transitions, in the results folder of the study that it is about."""

from __future__ import annotations

from sim.drawing.files import draw_aside
from sim.questions.comparison.publish import More
from sim.questions.comparison.store import TRANSITIONS
from sim.questions.comparison.study import Runs
from sim.questions.transitions.analysis import Transitions, analyse
from sim.questions.transitions.twins import TransitionStudy
from sim.runs.folder import Folder, verify


def publish_transitions(asked: TransitionStudy, found: list[Transitions]) -> More:
    """Adds tables and figures about transitions, in `transitions/`; what is found goes to `found`.

    While they are there already and as they were sealed, nothing is written.
    """
    from sim.questions.transitions.figures import write_transition_figures

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
