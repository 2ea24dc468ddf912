"""What the network of institutions measures up to over the years, one line per scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.experiments.run import Runs
from sim.experiments.statistics import summarise
from sim.report.figures.courses import Course, courses_of
from sim.report.figures.fonts import bold_face
from sim.report.figures.looks import Key, written_otherwise
from sim.report.figures.outcomes import (
    PANEL,
    draw_band_key,
    draw_bands,
    draw_last_values,
    draw_line,
)
from sim.report.figures.page import (
    GREY,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    Drawing,
    Figure,
    Heading,
    Page,
)
from sim.report.figures.words import number, replicate_counts, replicates

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
_ROW = PANEL[1] + 0.95
_ABOVE = 0.55
_BELOW_LAST = 0.55
_LEFT = 0.55


def draw_network_measures(runs: Runs) -> Drawing | None:
    """Small multiples of six measures; None if no network was measured."""
    if runs.networks.empty:
        return None
    courses = _find(runs)
    shown = [course.look for course in courses["density"]]
    counted = replicates(replicate_counts(runs.networks))
    heading = Heading(
        _TITLE, f"At the end of each year, mean of {counted}. Each panel has its own scale."
    )
    key = Key(shown)
    top = heading.height + key.height + LINE + 0.1
    rows = -(-len(courses) // _COLUMNS)
    page = Page(top + _ABOVE + (rows - 1) * _ROW + PANEL[1] + _BELOW_LAST)
    heading.draw(page)
    key.draw(page, heading.height)
    draw_band_key(page, heading.height + key.height + LINE / 2 + 0.02, courses)
    for place, (name, own) in enumerate(courses.items()):
        row, column = divmod(place, _COLUMNS)
        corner = _LEFT + column * (WIDTH - MARGIN) / _COLUMNS, top + _ABOVE + row * _ROW
        axes = page.axes(*corner, *PANEL)
        _draw_panel(axes, own)
        title, unit, _ = _SHOWN[name]
        page.write(corner[0], corner[1] - 0.32, title, fontsize=10.5, **bold_face(title))
        page.write(corner[0], corner[1] - 0.13, unit, fontsize=SMALL, color=GREY)
        if row == rows - 1:
            axes.set_xlabel("end of year", fontsize=SMALL, color=GREY)
        draw_last_values(page, own, corner, axes.get_ylim())
    caption = (
        "Six yearly measures of the network of institutions, one line per scenario; docs/model.md "
        "defines them, networks.csv has them all. Each panel has its own scale, from zero. "
        f"Means of {counted}." + written_otherwise(shown)
    )
    return Drawing(page, Figure("network_measures", _TITLE, caption, _in_words(courses)))


def _find(runs: Runs) -> dict[str, list[Course]]:
    """The course of each measure, in the units that are shown."""
    table = runs.networks[[*_KEYS, *_SHOWN]].copy()
    for name, (_, _, factor) in _SHOWN.items():
        table[name] *= factor
    summary = summarise(table)
    return {name: courses_of(runs, summary, name) for name in _SHOWN}


def _draw_panel(axes: Axes, courses: Sequence[Course]) -> None:
    first = min(course.years[0] for course in courses)
    last = max(course.years[-1] for course in courses)
    pad = 0.03 * (last - first) or 0.5
    ends = [course.spread[1] if course.has_bands else course.mean for course in courses]
    high = max(1.0, *(float(end.max()) for end in ends))
    axes.set(xlim=(first - pad, last + pad), ylim=(-0.03 * high, 1.06 * high))
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0.0, high)
    axes.set_yticks([tick for tick in ticks if 0.0 <= tick <= 1.06 * high])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
    axes.xaxis.set_major_formatter("{x:.0f}")
    beside = all(course.is_single_year for course in courses)
    for place, course in enumerate(courses):
        shift = 0.6 * ((place + 0.5) / len(courses) - 0.5) if beside else 0.0
        draw_bands(axes, course, shift, fainter=min(1.0, (3.0 / len(courses)) ** 0.5))
        draw_line(axes, course, shift, place)


def _in_words(courses: Mapping[str, Sequence[Course]]) -> str:
    """The last means, in words."""
    parts = [
        f"{_SHOWN[name][0]} ({_SHOWN[name][1]}): "
        + ", ".join(f"{course.look.name} {number(course.mean[-1])}" for course in own)
        for name, own in courses.items()
    ]
    return f"Line charts of six measures of the network; last means. {'. '.join(parts)}."
