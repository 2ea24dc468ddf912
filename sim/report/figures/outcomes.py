"""The six headline outcomes over the years, one line per scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.experiments.run import Runs
from sim.report.figures.courses import (
    Course,
    Numbers,
    confidence_is_wider,
    find_courses,
    outcomes_alt_text,
    outcomes_caption,
    shown_range,
)
from sim.report.figures.fonts import bold_face
from sim.report.figures.looks import Key
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

_TITLE = "Outcomes over the years"
_COLUMNS = 3
PANEL = (2.36, 2.05)
_ROW = PANEL[1] + 0.72
_ABOVE = 0.4
_BELOW_LAST = 0.55
_LEFT = 0.55
_MOST_LABELS = 12
_LABEL_GAP = 0.155
_SPREAD_ALPHA = 0.16
_CONFIDENCE_ALPHA = 0.36
_PAD = 0.03


def draw_outcomes(runs: Runs) -> Drawing | None:
    """Small multiples of the six outcomes; None if no replicate was finished."""
    courses = find_courses(runs)
    shown = [course.look for course in next(iter(courses.values()))]
    if not shown:
        return None
    heading = Heading(_TITLE, _note(replicates(replicate_counts(runs.timeseries))))
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
        axes.set_title(name.capitalize(), loc="left", pad=7, **bold_face(name))
        if row == rows - 1:
            axes.set_xlabel("end of year", fontsize=SMALL, color=GREY)
        _draw_panel(axes, own)
        draw_last_values(page, own, corner, axes.get_ylim())
    caption, alt_text = outcomes_caption(runs, courses), outcomes_alt_text(courses)
    return Drawing(page, Figure("outcomes", _TITLE, caption, alt_text))


def _draw_panel(axes: Axes, courses: Sequence[Course]) -> None:
    low, high = shown_range(courses)
    first = min(course.years[0] for course in courses)
    last = max(course.years[-1] for course in courses)
    pad = _PAD * (last - first) or 0.5
    axes.set(xlim=(first - pad, last + pad), ylim=(low, high))
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    axes.set_yticks([tick for tick in ticks if max(0.0, low) <= tick <= min(100.0, high)])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
    axes.xaxis.set_major_formatter("{x:.0f}")
    beside = all(course.is_single_year for course in courses) and first == last
    for place, course in enumerate(courses):
        shift = 0.6 * ((place + 0.5) / len(courses) - 0.5) if beside else 0.0
        draw_bands(axes, course, shift, fainter=min(1.0, (3.0 / len(courses)) ** 0.5))
        draw_line(axes, course, shift, place)
        if course.years[-1] < last:
            ends = course.years[-1], last + pad
            axes.plot(ends, [course.mean[-1]] * 2, color=GREY, linewidth=0.6, linestyle=":")


def draw_bands(axes: Axes, course: Course, shift: float, *, fainter: float) -> None:
    """Spread and confidence; a single year gets bars of the same shades instead of bands."""
    if not course.has_bands:
        return
    years, colour = course.years + shift, course.look.colour
    for ends, alpha, thick, order in (
        (course.spread, _SPREAD_ALPHA, 9.0, 1.1),
        (course.confidence, _CONFIDENCE_ALPHA, 5.0, 1.2),
    ):
        shade = alpha * fainter
        if course.is_single_year:
            axes.vlines(years, *ends, color=colour, alpha=alpha, linewidth=thick, zorder=order)
        else:
            axes.fill_between(years, *ends, color=colour, alpha=shade, linewidth=0, zorder=order)


def draw_line(axes: Axes, course: Course, shift: float, place: int) -> None:
    """The mean, with markers at different years for different scenarios."""
    look = course.look
    step = max(1, len(course.years) // 4)
    axes.plot(
        course.years + shift,
        course.mean,
        color=look.colour,
        linestyle=look.line,
        linewidth=1.9,
        marker=look.marker,
        markersize=5.0,
        markeredgecolor="white",
        markeredgewidth=0.6,
        markevery=(place % step, step),
        zorder=2.0,
        clip_on=False,
    )


def draw_last_values(
    page: Page,
    courses: Sequence[Course],
    corner: tuple[float, float],
    limits: tuple[float, float],
) -> None:
    """The last mean of each scenario, with its marker, right of the panel."""
    if len(courses) > _MOST_LABELS:
        return
    (left, top), (low, high) = corner, limits
    right = left + PANEL[0]
    wanted = np.array([(high - course.mean[-1]) / (high - low) * PANEL[1] for course in courses])
    places = spaced(wanted, _LABEL_GAP, 0.0, PANEL[1])
    for course, start, place in zip(courses, wanted, places, strict=True):
        look = course.look
        middle = top + place
        page.sheet.plot([right, right + 0.13], [top + start, middle], color=GREY, linewidth=0.6)
        page.sheet.plot(right + 0.2, middle, look.marker, color=look.colour, markersize=5)
        text = number(course.mean[-1])
        page.write(right + 0.29, middle, text, fontsize=SMALL, color=look.dark)


def draw_band_key(page: Page, middle: float, courses: Mapping[str, Sequence[Course]]) -> None:
    """Names the two bands, or says why there are none."""
    if not any(course.has_bands for own in courses.values() for course in own):
        page.write(MARGIN, middle, "One replicate: neither spread nor confidence is known.")
        return
    more = " (few replicates: wider than spread)" if confidence_is_wider(courses) else ""
    for left, alpha, text in (
        (MARGIN, _SPREAD_ALPHA, "light: spread (central 90 % of replicates)"),
        (4.4, _CONFIDENCE_ALPHA, f"dark: 95 % confidence of the mean{more}"),
    ):
        ends = [left, left + 0.56]
        page.sheet.fill_between(
            ends, middle - 0.06, middle + 0.06, color="black", alpha=alpha, lw=0
        )
        page.write(left + 0.66, middle, text)


def spaced(wanted: Numbers, gap: float, low: float, high: float) -> Numbers:
    """Places near the wanted ones, at least `gap` apart and between `low` and `high`.

    The mean of pushing all places up and of pushing them down, both of which keep the gap.
    """
    steps = gap * np.arange(len(wanted))
    order = np.argsort(wanted, kind="stable")
    levelled = np.clip(wanted[order], low, high) - steps
    up = np.maximum.accumulate(levelled)
    down = np.minimum.accumulate(levelled[::-1])[::-1]
    middle = np.clip((up + down) / 2, low, max(low, high - steps[-1])) + steps
    places = np.empty_like(middle)
    places[order] = middle
    return places


def _note(counted: str) -> str:
    return (
        f"Mean of {counted}. Every outcome is on a scale from 0 to 100, higher is better; each "
        "panel shows its own part of that scale. Numbers at the right: the last mean."
    )
