"""What the network of institutions measures up to over the years, one line per scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import bold_face
from sim.drawing.looks import LegendKey, written_otherwise
from sim.drawing.page import GREY, MARGIN, SMALL, WIDTH, Caption, Drawing, Heading, Page
from sim.drawing.words import number
from sim.questions.comparison.counted import counted, units
from sim.questions.comparison.figures.courses import Line, courses_of
from sim.questions.comparison.figures.lines import (
    KEY_HEIGHT,
    PANEL,
    draw_band_key,
    draw_courses,
    draw_last_values,
)
from sim.questions.comparison.study import Runs
from sim.summaries import summarise

_TITLE = "The network of institutions over the years"
_SHOWN = {
    "density": ("Density", "% of possible ties", 100.0),
    "algebraic_connectivity": ("Algebraic connectivity", "of the largest connected part", 1.0),
    "betweenness_centralisation": ("Centralisation", "% of a star's", 100.0),
    "loss_without_centre": ("Cut off without the centre", "% of the largest part", 100.0),
    "loss_targeted": ("Cut off without the best-tied 5 %", "% of the largest part", 100.0),
    "coordination_cost": ("Cost of coordination", "money per 100 citizens and month", 100.0),
}
_KEYS = ["scenario", "replicate", "month"]
_COLUMNS = 3
_ROW = PANEL[1] + 1.08
_ABOVE = 0.62
_BELOW_LAST = 0.62
_LEFT = 0.6


def draw_network_measures(runs: Runs) -> Drawing | None:
    """Small multiples of six measures; None if no network was measured."""
    if runs.networks.empty:
        return None
    courses = _find(runs)
    shown = [course.look for course in courses["density"]]
    many = counted(runs, runs.networks)
    heading = Heading(
        _TITLE, f"At the end of each year, mean of {many}. Each panel has its own scale."
    )
    key = LegendKey(shown)
    top = heading.height + key.height + KEY_HEIGHT
    rows = -(-len(courses) // _COLUMNS)
    page = Page(top + _ABOVE + (rows - 1) * _ROW + PANEL[1] + _BELOW_LAST)
    heading.draw(page)
    key.draw(page, heading.height)
    draw_band_key(page, heading.height + key.height, courses, units(runs.study))
    for place, (name, own) in enumerate(courses.items()):
        row, column = divmod(place, _COLUMNS)
        corner = _LEFT + column * (WIDTH - MARGIN) / _COLUMNS, top + _ABOVE + row * _ROW
        axes = page.axes(*corner, *PANEL)
        _draw_panel(axes, own)
        title, unit, _ = _SHOWN[name]
        page.write(corner[0], corner[1] - 0.37, title, **bold_face(title))
        page.write(corner[0], corner[1] - 0.15, unit, fontsize=SMALL, color=GREY)
        if row == rows - 1:
            axes.set_xlabel("end of year", fontsize=SMALL, color=GREY)
        draw_last_values(page, own, corner, axes.get_ylim())
    caption = (
        "Six yearly measures of the network of institutions, one line per scenario; docs/model.md "
        "defines them, networks.csv has them all. Each panel has its own scale, from zero. "
        f"Means of {many}." + written_otherwise(shown)
    )
    return Drawing(page, Caption("network_measures", _TITLE, caption, _in_words(courses)))


def _find(runs: Runs) -> dict[str, list[Line]]:
    """The course of each measure, in the units that are shown."""
    table = runs.networks[[*_KEYS, *_SHOWN]].copy()
    for name, (_, _, factor) in _SHOWN.items():
        table[name] *= factor
    summary = summarise(table, runs.study.per_world)
    return {name: courses_of(runs, summary, name) for name in _SHOWN}


def _draw_panel(axes: Axes, courses: Sequence[Line]) -> None:
    ends = [course.spread[1] if course.has_bands else course.mean for course in courses]
    high = max(1.0, *(float(end.max()) for end in ends))
    draw_courses(axes, courses)
    axes.set_ylim(0.0, 1.06 * high)
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(0.0, high)
    axes.set_yticks([tick for tick in ticks if 0.0 <= tick <= 1.06 * high])


def _in_words(courses: Mapping[str, Sequence[Line]]) -> str:
    """The last means, in words."""
    parts = [
        f"{_SHOWN[name][0]} ({_SHOWN[name][1]}): "
        + ", ".join(f"{course.look.name} {number(course.mean[-1])}" for course in own)
        for name, own in courses.items()
    ]
    return f"Line charts of six measures of the network; last means. {'. '.join(parts)}."
