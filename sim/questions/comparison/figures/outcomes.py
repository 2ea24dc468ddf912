"""The headline outcomes over the years, one line per scenario."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import bold_face
from sim.drawing.looks import LegendKey
from sim.drawing.page import GREY, MARGIN, SMALL, TEXT, WIDTH, Caption, Drawing, Heading, Page
from sim.outcome_words import under_title
from sim.outcomes import title_of
from sim.questions.comparison.counted import counted, units
from sim.questions.comparison.figures.courses import (
    Line,
    find_courses,
    outcomes_alt_text,
    outcomes_caption,
    shown_range,
)
from sim.questions.comparison.figures.lines import (
    KEY_HEIGHT,
    PANEL,
    draw_band_key,
    draw_courses,
    draw_last_values,
)
from sim.questions.comparison.study import Runs

_TITLE = "Outcomes over the years"
_COLUMNS = 3
_ROW = PANEL[1] + 1.08
_ABOVE = 0.62
_BELOW_LAST = 0.62
_LEFT = 0.6


def draw_outcomes(runs: Runs) -> Drawing | None:
    """Small multiples of the outcomes; None if no replicate was finished."""
    courses = find_courses(runs)
    if not courses:
        return None
    shown = [course.look for course in next(iter(courses.values()))]
    heading = Heading(_TITLE, _note(counted(runs, runs.timeseries)))
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
        title = title_of(name)
        page.write(corner[0], corner[1] - 0.37, title, fontsize=TEXT + 1, **bold_face(title))
        page.write(corner[0], corner[1] - 0.15, under_title(name), fontsize=SMALL, color=GREY)
        if place + _COLUMNS >= len(courses):
            axes.set_xlabel("end of year", fontsize=SMALL, color=GREY)
        _draw_panel(axes, name, own)
        draw_last_values(page, own, corner, axes.get_ylim())
    caption, alt_text = outcomes_caption(runs, courses), outcomes_alt_text(courses)
    return Drawing(page, Caption("outcomes", _TITLE, caption, alt_text))


def _draw_panel(axes: Axes, outcome: str, courses: Sequence[Line]) -> None:
    low, high = shown_range(outcome, courses)
    draw_courses(axes, courses)
    axes.set_ylim(low, high)
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])


def _note(counted: str) -> str:
    return (
        f"Mean of {counted}. Points are of an index from 0 to 100, not per cent; higher is better "
        "unless a panel says otherwise, and each has its own part of its scale. Numbers at the "
        "right: the last mean."
    )
