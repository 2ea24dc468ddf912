"""Lines over the years in a panel: means, what is known of them, and their last values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.page import GREY, INK, LINE, MARGIN, SMALL, TEXT, Page
from sim.drawing.words import number
from sim.questions.comparison.figures.courses import Line, Numbers, confidence_is_wider, has_bars

PANEL = (2.15, 2.05)
"""Inches across and down."""
_MOST_LABELS = 11
_LABEL_GAP = 0.18
_SPREAD_ALPHA, _CONFIDENCE_ALPHA = 0.16, 0.36
_BAR_ALPHA = 0.4
_PAD = 0.03
_APART, _MOST_ASIDE = 0.05, 0.45
"""Room for a bar at the right, and for all of them, as shares of the years shown."""


def draw_courses(axes: Axes, courses: Sequence[Line]) -> None:
    """Draws all lines of a panel, with bands, or with bars where bands would cover each other."""
    first = min(course.years[0] for course in courses)
    last = max(course.years[-1] for course in courses)
    beside = all(course.is_single_year for course in courses) and first == last
    pad = _PAD * (last - first) or 0.5
    barred = has_bars(courses) and not beside
    step = min(_APART, _MOST_ASIDE / len(courses)) * (last - first)
    end = last + pad + (step * len(courses) if barred else 0.0)
    axes.set_xlim(first - pad, end)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
    axes.xaxis.set_major_formatter("{x:.0f}")
    for place, course in enumerate(courses):
        shift = 0.6 * ((place + 0.5) / len(courses) - 0.5) if beside else 0.0
        if barred:
            _draw_bars(axes, course, last + pad / 2 + step * (place + 0.5))
        else:
            _draw_bands(axes, course, shift)
        _draw_line(axes, course, shift, place)
        if course.years[-1] < last:
            level = [course.mean[-1]] * 2
            axes.plot((course.years[-1], end), level, color=GREY, linewidth=0.6, linestyle=":")


def _draw_bands(axes: Axes, course: Line, shift: float) -> None:
    """Spread and confidence; a single year gets bars of the same shades instead of bands."""
    if not course.has_bands:
        return
    years, colour = course.years + shift, course.look.colour
    for ends, alpha, thick, order in (
        (course.spread, _SPREAD_ALPHA, 9.0, 1.1),
        (course.confidence, _CONFIDENCE_ALPHA, 5.0, 1.2),
    ):
        if course.is_single_year:
            axes.vlines(years, *ends, color=colour, alpha=alpha, linewidth=thick, zorder=order)
        else:
            axes.fill_between(years, *ends, color=colour, alpha=alpha, linewidth=0, zorder=order)


def _draw_bars(axes: Axes, course: Line, at: float) -> None:
    """Confidence (thick) and spread (thin) of the last year, right of the lines."""
    if not course.has_bands:
        return
    for ends, alpha, thick in ((course.confidence, _BAR_ALPHA, 5.0), (course.spread, 1.0, 1.3)):
        axes.vlines(
            at, ends[0][-1], ends[1][-1], color=course.look.colour, alpha=alpha, linewidth=thick
        )


def _draw_line(axes: Axes, course: Line, shift: float, place: int) -> None:
    """The mean, with markers at different years for different scenarios."""
    look = course.look
    step = max(1, len(course.years) // 4)
    axes.plot(
        course.years + shift,
        course.mean,
        color=look.colour,
        linestyle=look.line,
        linewidth=2.2,
        marker=look.marker,
        markersize=6.0,
        markeredgecolor="white",
        markeredgewidth=0.6,
        markevery=(place % step, step),
        zorder=2.0,
        clip_on=False,
    )


def draw_last_values(
    page: Page,
    courses: Sequence[Line],
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
        page.sheet.plot(right + 0.2, middle, look.marker, color=look.colour, markersize=6)
        text = number(course.mean[-1])
        page.write(right + 0.29, middle, text, fontsize=SMALL, color=look.dark)


def draw_band_key(
    page: Page, top: float, courses: Mapping[str, Sequence[Line]], units: str = "replicates"
) -> None:
    """Names bands or bars, or says why there are none; takes `KEY_HEIGHT` inches.

    `units` are what was counted: replicates or worlds.
    """
    if not any(course.has_bands for own in courses.values() for course in own):
        text = f"Too few {units}: neither spread nor confidence is known."
        page.write(MARGIN, top + LINE / 2, text)
        return
    barred = any(has_bars(own) for own in courses.values())
    more = f" (few {units}: wider than spread)" if confidence_is_wider(courses) else ""
    if barred:
        lines = (
            (f"thin bars at the right: spread (central 90 % of {units})", 1.0, 0.012),
            (f"thick bars: 95 % confidence of the mean{more}", _BAR_ALPHA, 0.045),
        )
    else:
        lines = (
            (f"light: spread (central 90 % of {units})", _SPREAD_ALPHA, 0.06),
            (f"dark: 95 % confidence of the mean{more}", _CONFIDENCE_ALPHA, 0.06),
        )
    how: dict[str, Any] = {"color": INK if barred else "black", "lw": 0}
    for place, (text, alpha, thick) in enumerate(lines):
        middle = top + LINE * (place + 0.5)
        ends = [MARGIN, MARGIN + 0.56]
        page.sheet.fill_between(ends, middle - thick, middle + thick, alpha=alpha, **how)
        page.write(MARGIN + 0.66, middle, text, fontsize=TEXT)


KEY_HEIGHT = 2 * LINE + 0.05


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
