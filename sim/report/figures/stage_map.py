"""Transition map: local governments by years, coloured by the stage they are in."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.ticker import MaxNLocator

from sim.experiments.transitions.analysis import Transitions
from sim.experiments.transitions.paths import Paths
from sim.experiments.transitions.spread import passing_years
from sim.experiments.transitions.stages import Stages, stage_names, stages
from sim.report.figures.looks import Look, written_otherwise
from sim.report.figures.page import SMALL, Drawing, Figure, Heading, Page
from sim.report.figures.stages import (
    KEY_HEIGHT,
    STAGE_COLOURS,
    draw_stage_key,
    in_cells,
    scenario_looks,
    stage_labels,
    typical_replicate,
    write_label,
)
from sim.report.figures.words import calendar
from sim.scenario import Scenario

_TITLE = "Transition map: which local government is where, and when"
_NAMES = 1.5
_ROW = 0.17
_MOST_NAMES = 40
_PASSED = (0.5, 0.25)


def draw_stage_map(found: Transitions) -> Drawing | None:
    """One panel per scenario whose governments move; None if none do."""
    moving = found.moving
    if not moving:
        return None
    shown = scenario_looks(found)
    note = (
        "One possible history of each scenario: the replicate whose governments end in the middle "
        "of all replicates. Each line is a local government at the end of each year. Those "
        "whose rows have moved by half a step first, on average, are at the top."
    )
    heading = Heading(_TITLE, note)
    tall = _ROW * max(_lines(paths) for paths in moving.values())
    height = tall + 0.85
    top = heading.height + KEY_HEIGHT
    page = Page(top + height * ((len(moving) + 1) // 2))
    heading.draw(page)
    draw_stage_key(page, heading.height)
    for cell in in_cells(list(moving), top, height):
        scenario = found.runs.study.scenarios[cell.name]
        write_label(page, cell, shown)
        wide = cell.width - _NAMES - 0.2
        axes = page.axes(cell.left + _NAMES, cell.top + 0.35, wide, tall)
        _draw_panel(axes, moving[cell.name], scenario)
    caption = (
        f"{note} A government is near a paradigm if its twelve rows are, on average, at most a "
        "third of a step away from it; all else is mixed. Dark is Gov1.0, light is Gov3.0."
    ) + written_otherwise([shown[name] for name in moving])
    alt_text = " ".join(_in_words(moving[name], shown[name]) for name in moving)
    return Drawing(page, Figure("transition_map", _TITLE, caption, f"Grids of colours. {alt_text}"))


def _lines(paths: Paths) -> float:
    count = len(paths.governments)
    return count if count <= _MOST_NAMES else 0.4 * _MOST_NAMES


def _ordered(paths: Paths) -> tuple[list[str], Stages]:
    """Names and stages in the shown replicate, first movers first."""
    place = typical_replicate(paths)
    years = [passing_years(paths, threshold)[place] for threshold in _PASSED]
    order = np.lexsort((np.arange(len(paths.governments)), *years[::-1]))
    return [paths.governments[k] for k in order], stages(paths.positions[place][order])


def _draw_panel(axes: Axes, paths: Paths, scenario: Scenario) -> None:
    names, found = _ordered(paths)
    first = calendar(scenario, 1)[0] - 1
    extent = (first - 0.5, first + paths.years + 0.5, len(names) - 0.5, -0.5)
    axes.imshow(
        found, cmap=ListedColormap(STAGE_COLOURS), vmin=-0.5, vmax=len(stage_names()) - 0.5,
        aspect="auto", extent=extent, interpolation="nearest",
    )  # fmt: skip
    if len(names) <= _MOST_NAMES:
        axes.set_yticks(range(len(names)), names)
        axes.hlines(np.arange(0.5, len(names) - 1), *extent[:2], color="white", linewidth=0.8)
    else:
        axes.set_yticks([])
        axes.set_ylabel(f"{len(names)} local governments", fontsize=SMALL)
    axes.tick_params(axis="both", length=2, pad=3, labelsize=SMALL)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_xlabel("end of year", fontsize=SMALL, labelpad=1)


def _in_words(paths: Paths, look: Look) -> str:
    names, found = _ordered(paths)
    labels = stage_labels()
    start, end = found[:, 0], found[:, -1]
    counts = ", ".join(
        f"{int((end == k).sum())} {label}" for k, label in enumerate(labels) if (end == k).any()
    )
    begun = labels[int(np.bincount(start).argmax())]
    return (
        f"{look.name}: {len(names)} local governments start as {begun}; after {paths.years} "
        f"years: {counts}. First to move: {names[0]}; last: {names[-1]}."
    )
