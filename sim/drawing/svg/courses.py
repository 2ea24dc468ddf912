"""Lines over the years, one per scenario, with what is not known of the last value beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.drawing.svg import marks
from sim.drawing.svg.marks import FAINT, GREY, SIZE, Pen, picture, tag, words
from sim.drawing.svg.scales import Scale, covering, tick_label, ticks, year_ticks

_LEFT, _BOTTOM, _TOP = 46.0, 26.0, 10.0
_ROW = 19.0
_EACH = 15.0
_MOST_MARKS = 11


@dataclass(frozen=True)
class Course:
    """One scenario: a value per year, and of the last one the ends of two intervals.

    `outer` is between what values nine of ten worlds lie, `inner` what luck alone would do; nan
    where they are not known. `behind` is what it is held against, a value per year or none.
    """

    name: str
    pen: Pen
    values: Sequence[float]
    outer: tuple[float, float] = (math.nan, math.nan)
    inner: tuple[float, float] = (math.nan, math.nan)
    behind: Sequence[float] = ()


@dataclass(frozen=True)
class Frame:
    """Where a chart's lines are: for what a script shows beside the pointer."""

    left: float
    right: float
    wide: float


def course_chart(
    courses: Sequence[Course],
    years: Sequence[int],
    *,
    title: str,
    description: str,
    within: tuple[float, float] = (-math.inf, math.inf),
    size: tuple[float, float] = (420.0, 290.0),
    ident: str = "",
    behind: str = "",
) -> str:
    """Lines over years. The axis of values covers all that is drawn, and nothing impossible.

    `behind` says in words what the thin lines are that each course is held against.
    """
    wide, high = size
    top = _TOP + _ROW * (len(_rows(courses, wide)) + bool(behind))
    right = wide - 12.0 - _EACH * len(courses)
    shown = [v for one in courses for v in (*one.values, *one.outer, *one.inner, *one.behind)]
    least = 4.0 if within[1] == 100.0 else 1.0
    up = Scale(*covering(shown, within, least), high - _BOTTOM, top + 6.0)
    across = Scale(years[0], years[-1], _left(up), right - 6.0)
    return picture(
        size, title, description,
        _legend(courses, wide), _key(behind, top - _ROW + 3.0, wide),
        _axes(across, up, list(years), right),
        *(_drawn(one, years, across, up) for one in courses),
        *(_ends(one, right + _EACH * (place + 0.6), up) for place, one in enumerate(courses)),
        class_="chart", data_chart=ident,
        data_left=marks.number(across.start / wide * 100),
        data_right=marks.number(across.end / wide * 100),
    )  # fmt: skip


def _left(up: Scale) -> float:
    """Where lines begin: right of the longest label of the axis of values."""
    longest = max(marks.width(tick_label(value)) for value in ticks(up.low, up.high))
    return max(_LEFT, longest + 10.0)


def _rows(courses: Sequence[Course], wide: float) -> list[list[Course]]:
    """Which scenarios stand beside each other in the legend."""
    rows: list[list[Course]] = [[]]
    room = 0.0
    for one in courses:
        needed = 46.0 + min(marks.width(one.name), wide - 60.0)
        if rows[-1] and room + needed > wide - _LEFT:
            rows.append([])
            room = 0.0
        rows[-1].append(one)
        room += needed
    return rows


def _legend(courses: Sequence[Course], wide: float) -> str:
    parts = []
    for row, own in enumerate(_rows(courses, wide)):
        left, middle = _LEFT - 40.0, _TOP + _ROW * row + 3.0
        for one in own:
            text = marks.clipped(one.name, wide - 70.0)
            parts += [
                marks.line(left, middle, left + 26, middle, stroke=one.pen.colour,
                           stroke_width=2.2, stroke_dasharray=one.pen.dash),
                marks.mark(one.pen.mark, left + 13, middle, 3.6, fill=one.pen.colour),
                words(left + 31, middle + 4.5, text),
            ]  # fmt: skip
            left += 46.0 + marks.width(text)
    return "".join(parts)


def _key(behind: str, middle: float, wide: float) -> str:
    """What thin lines are; nothing where there are none."""
    if not behind:
        return ""
    left = _LEFT - 40.0
    thin = marks.line(left, middle, left + 26, middle, stroke=GREY, stroke_width=1.2)
    return thin + words(left + 31, middle + 4.5, marks.clipped(behind, wide - 70.0))


def _axes(across: Scale, up: Scale, years: list[int], right: float) -> str:
    parts = []
    for value in ticks(up.low, up.high):
        y = up(value)
        parts.append(marks.line(across.start, y, right - 6, y, stroke=FAINT))
        parts.append(
            words(across.start - 6, y + 4.5, tick_label(value), text_anchor="end", fill=GREY)
        )
    for year in year_ticks(years):
        x = across(year)
        parts.append(marks.line(x, up.start, x, up.start + 4, stroke=GREY))
        anchor = "end" if year == years[-1] and len(years) > 1 else "middle"
        parts.append(words(x + (8 if anchor == "end" else 0), up.start + 18, str(year),
                           text_anchor=anchor, fill=GREY))  # fmt: skip
    return "".join(parts)


def _drawn(one: Course, years: Sequence[int], across: Scale, up: Scale) -> str:
    points = [
        (across(year), up(value))
        for year, value in zip(years, one.values, strict=True)
        if math.isfinite(value)
    ]
    step = max(1, -(-len(points) // _MOST_MARKS))
    dots = (marks.mark(one.pen.mark, x, y, 3.6) for x, y in points[::-1][::step])
    held_against = [
        (across(year), up(value))
        for year, value in zip(years, one.behind, strict=False)
        if math.isfinite(value)
    ]
    thin = marks.path(held_against, stroke=one.pen.colour, stroke_width=1.2,
                      stroke_dasharray=one.pen.dash) if held_against else ""  # fmt: skip
    return tag(
        "g",
        thin,
        marks.path(points, stroke=one.pen.colour, stroke_width=2.2, stroke_dasharray=one.pen.dash),
        *dots,
        fill=one.pen.colour,
    )


def _ends(one: Course, x: float, up: Scale) -> str:
    """The intervals of the last value: a thin line for worlds, a thick one for luck."""
    parts = []
    if all(map(math.isfinite, one.outer)):
        low, high = (up(min(max(value, up.low), up.high)) for value in one.outer)
        parts.append(marks.line(x, low, x, high, stroke_width=1.6))
        parts += [marks.line(x - 3.5, y, x + 3.5, y, stroke_width=1.6) for y in (low, high)]
    if all(map(math.isfinite, one.inner)):
        low, high = (up(min(max(value, up.low), up.high)) for value in one.inner)
        parts.append(marks.line(x, low, x, high, stroke_width=6.0, stroke_opacity="0.75"))
    last = one.values[-1] if len(one.values) else math.nan
    if math.isfinite(last):
        parts.append(marks.mark(one.pen.mark, x, up(last), 3.6, fill="#fff",
                                stroke="#000", stroke_width=1.2))  # fmt: skip
    return tag("g", *parts, stroke=one.pen.colour)


__all__ = ["SIZE", "Course", "course_chart"]
