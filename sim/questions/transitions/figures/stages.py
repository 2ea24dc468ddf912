"""Stages in colours, and pages of panels, one for each scenario that moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from sim.drawing.fonts import width, wrapped
from sim.drawing.looks import Look, looks
from sim.drawing.page import LINE, MARGIN, SMALL, TEXT, WIDTH, Page
from sim.paradigms import FIGURE
from sim.questions.transitions.analysis import Transitions
from sim.questions.transitions.paths import PARTICIPATORY_ROWS, Paths
from sim.questions.transitions.stages import stage_names

POSITIONS = colormaps["viridis"]
STAGE_COLOURS = tuple(
    tuple(POSITIONS(share)) for share in np.linspace(0.0, 1.0, len(stage_names()))
)
"""Dark is the first paradigm, light the last; mixtures lie between. Ordered in grey print too."""
_BOX = 0.16


@dataclass(frozen=True)
class Square:
    """Where the panel of a scenario goes: its whole cell, in inches from the top left corner."""

    name: str
    left: float
    top: float
    width: float


def stage_labels() -> tuple[str, ...]:
    """Names of the stages as readers see them: `Gov1.0`, `mixed, below Gov2.0`, `Gov2.0` ..."""
    labels = [paradigm.label for paradigm in FIGURE.paradigms]
    names = [labels[0]]
    for before, after in pairwise(labels):
        names += [f"mixed, {before} to {after}", after]
    return tuple(names)


def typical_replicate(paths: Paths) -> int:
    """The place of the replicate whose governments end in the middle of all replicates."""
    ends = paths.means[:, :, -1].mean(axis=1)
    return int(np.argsort(ends, kind="stable")[(len(ends) - 1) // 2])


def scenario_looks(found: Transitions) -> dict[str, Look]:
    """The looks of all scenarios of a study."""
    return looks(list(found.runs.study.scenarios))


def in_cells(names: Sequence[str], top: float, height: float, columns: int = 2) -> Iterator[Square]:
    """Cells for panels, row by row."""
    wide = (WIDTH - 2 * MARGIN) / columns
    for place, name in enumerate(names):
        row, column = divmod(place, columns)
        yield Square(name, MARGIN + column * wide, top + row * height, wide)


def write_label(page: Page, cell: Square, shown: Mapping[str, Look]) -> None:
    """The scenario's name at the top of its cell, on one line."""
    label = wrapped(shown[cell.name].label, cell.width - 0.2, TEXT + 1, bold=True)
    text = label[0] + ("\N{HORIZONTAL ELLIPSIS}" if len(label) > 1 else "")
    page.write(cell.left, cell.top + 0.18, text, fontsize=TEXT + 1, fontweight="bold")


def draw_stage_key(page: Page, top: float) -> None:
    """A box in each stage's colour, and the stage's name."""
    left = MARGIN
    for colour, label in zip(STAGE_COLOURS, stage_labels(), strict=True):
        page.sheet.add_patch(Rectangle((left, top), _BOX, _BOX, facecolor=colour, linewidth=0))
        page.write(left + _BOX + 0.07, top + _BOX / 2, label)
        left += _BOX + 0.07 + width(label, TEXT) + 0.24


KEY_HEIGHT = LINE + 0.12
GROUPS = {
    "all twelve rows": tuple(range(len(FIGURE.rows))),
    "participatory rows (decision initiative, decision method, citizen)": PARTICIPATORY_ROWS,
}
"""What the left and the right panel of a scenario show: the mean of all rows hides three."""


def draw_position_scale(page: Page, top: float) -> None:
    """Colours of positions from the first paradigm to the last; takes `SCALE_HEIGHT` inches."""
    page.write(MARGIN, top + LINE / 2, "Position of the rows, on average:")
    left = MARGIN + width("Position of the rows, on average:", TEXT) + 0.5
    axes = page.axes(left, top + 0.06, 3.4, 0.13)
    ramp = np.linspace(0.0, 1.0, 256)[None, :]
    axes.imshow(ramp, cmap=POSITIONS, aspect="auto", extent=(0.0, FIGURE.last_position, 0.0, 1.0))
    axes.set_xticks(range(len(FIGURE.paradigms)), [p.label for p in FIGURE.paradigms])
    axes.yaxis.set_visible(False)
    axes.set_frame_on(False)
    axes.tick_params(axis="x", length=2.5, pad=2, labelsize=SMALL)


SCALE_HEIGHT = 0.55
