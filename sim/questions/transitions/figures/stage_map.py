"""Transition map: local governments by years, coloured by where their rows stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.looks import Look, written_otherwise
from sim.drawing.page import GREY, LINE, SMALL, Caption, Drawing, Heading, Page
from sim.drawing.words import calendar
from sim.paradigms import FIGURE
from sim.questions.transitions.analysis import Transitions
from sim.questions.transitions.figures.stages import (
    GROUPS,
    POSITIONS,
    SCALE_HEIGHT,
    draw_position_scale,
    in_cells,
    scenario_looks,
    stage_labels,
    typical_replicate,
    write_label,
)
from sim.questions.transitions.paths import PARTICIPATORY_ROWS, Numbers, Paths
from sim.questions.transitions.spread import passing_years
from sim.questions.transitions.stages import stages
from sim.scenario import Scenario

_TITLE = "Transition map: which local government is where, and when"
_NAMES = 1.15
_WIDE = 4.2
_BETWEEN = 0.35
_ROW = 0.2
_MOST_NAMES = 40
_PASSED = (0.5, 0.25)


def draw_stage_map(found: Transitions) -> Drawing | None:
    """Two panels per scenario whose governments move; None if none do."""
    moving = found.moving
    if not moving:
        return None
    shown = scenario_looks(found)
    there = " in all plausible worlds" if found.runs.study.per_world else ""
    note = (
        "One possible history of each scenario: the replicate whose governments end in the middle "
        f"of all replicates{there}. Each line is a local government at the end of each year; those "
        "whose rows moved by half a step (half the way from one paradigm to the next) first, on "
        "average, are at the top. Left: mean of all twelve rows. Right: mean of the three "
        "participatory rows (who begins decisions, how they are made, role of the citizen), which "
        "a mean of twelve hides."
    )
    heading = Heading(_TITLE, note)
    top = heading.height + SCALE_HEIGHT
    heights = [_ROW * _lines(paths) + 1.3 for paths in moving.values()]
    page = Page(top + sum(heights))
    heading.draw(page)
    draw_position_scale(page, heading.height)
    for place, (name, paths) in enumerate(moving.items()):
        above = top + sum(heights[:place])
        (cell,) = in_cells([name], above, heights[place], columns=1)
        write_label(page, cell, shown)
        _draw_pair(page, paths, found.runs.study.scenarios[name], (cell.left + _NAMES, above))
    caption = (
        f"{note} Dark is Gov1.0, light is Gov3.0, on one scale for all panels. In the words below "
        "a government is near a paradigm if its rows are, on average, at most a third of a step "
        "away from it; all else is mixed."
    ) + written_otherwise([shown[name] for name in moving])
    alt_text = " ".join(_in_words(moving[name], shown[name]) for name in moving)
    return Drawing(
        page, Caption("transition_map", _TITLE, caption, f"Grids of colours. {alt_text}")
    )


def _lines(paths: Paths) -> float:
    count = len(paths.governments)
    return count if count <= _MOST_NAMES else 0.4 * _MOST_NAMES


def _ordered(paths: Paths) -> tuple[list[str], Numbers]:
    """Names and positions in the shown replicate, first movers first."""
    place = typical_replicate(paths)
    years = [passing_years(paths, threshold)[place] for threshold in _PASSED]
    order = np.lexsort((np.arange(len(paths.governments)), *years[::-1]))
    return [paths.governments[k] for k in order], paths.positions[place][order]


def _draw_pair(page: Page, paths: Paths, scenario: Scenario, corner: tuple[float, float]) -> None:
    """All rows and the participatory ones, side by side; names at the left of both."""
    names, positions = _ordered(paths)
    left, top = corner
    for place, (title, rows) in enumerate(GROUPS.items()):
        start = left + place * (_WIDE + _BETWEEN)
        page.write(start, top + 0.2 + LINE, title.split(" (")[0], fontsize=SMALL, color=GREY)
        axes = page.axes(start, top + 0.35 + LINE, _WIDE, _ROW * _lines(paths))
        _draw_panel(axes, positions[:, :, list(rows)].mean(axis=2), scenario)
        if place == 0:
            _name_lines(axes, names)


def _draw_panel(axes: Axes, values: Numbers, scenario: Scenario) -> None:
    count, years = values.shape[0], values.shape[1] - 1
    first = calendar(scenario, 1)[0] - 1
    extent = (first - 0.5, first + years + 0.5, count - 0.5, -0.5)
    axes.imshow(
        values, cmap=POSITIONS, vmin=0.0, vmax=FIGURE.last_position, aspect="auto",
        extent=extent, interpolation="nearest",
    )  # fmt: skip
    axes.set_yticks([])
    if count <= _MOST_NAMES:
        axes.hlines(np.arange(0.5, count - 1), *extent[:2], color="white", linewidth=0.8)
    axes.tick_params(axis="both", length=2, pad=3, labelsize=SMALL)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_xlabel("end of year", fontsize=SMALL, labelpad=1)


def _name_lines(axes: Axes, names: Sequence[str]) -> None:
    if len(names) <= _MOST_NAMES:
        axes.set_yticks(range(len(names)), names)
    else:
        axes.set_ylabel(f"{len(names)} local governments", fontsize=SMALL)


def _in_words(paths: Paths, look: Look) -> str:
    names, positions = _ordered(paths)
    found, labels = stages(positions), stage_labels()
    start, end = found[:, 0], found[:, -1]
    counts = ", ".join(
        f"{int((end == k).sum())} {label}" for k, label in enumerate(labels) if (end == k).any()
    )
    begun = labels[int(np.bincount(start).argmax())]
    return (
        f"{look.name}: {len(names)} local governments start as {begun}; after {paths.years} "
        f"years: {counts}. {_told('Mean position of all rows', positions.mean(axis=(0, 2)))} "
        f"{_told('Of the participatory rows', _participatory(positions))} "
        f"First to move: {names[0]}; last: {names[-1]}."
    )


def _participatory(positions: Numbers) -> Numbers:
    return np.asarray(positions[:, :, list(PARTICIPATORY_ROWS)].mean(axis=(0, 2)))


def _told(what: str, course: Numbers) -> str:
    """Start, farthest and end of a course over the years."""
    far = course[int(np.abs(course - course[0]).argmax())]
    return f"{what}: {course[0]:.2f}, farthest from there {far:.2f}, at the end {course[-1]:.2f}."
