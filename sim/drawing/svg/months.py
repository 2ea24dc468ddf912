"""Lines over months of runs that are still going on: the axis is as long as they may become."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.drawing.svg import marks
from sim.drawing.svg.marks import FAINT, GREY, Pen, picture, tag, words
from sim.drawing.svg.scales import Scale, covering, tick_label, ticks

_BOTTOM, _TOP, _LEFT, _RIGHT = 24.0, 10.0, 44.0, 12.0
_MOST_POINTS = 160
_APART = 64.0
"""Between years on the axis at least, so that they do not run into each other."""
Numbers = Sequence[float] | NDArray[np.float64]
_NO_BAND: tuple[Numbers, Numbers] = ((), ())


@dataclass(frozen=True)
class Line:
    """One government's months so far.

    `behind` are those of the run before, `band` the ends between which nine of ten worlds lie,
    month by month; both may be empty.
    """

    name: str
    pen: Pen
    values: NDArray[np.float64]
    behind: NDArray[np.float64]
    band: tuple[Numbers, Numbers] = _NO_BAND


@dataclass(frozen=True)
class Span:
    """The months of a chart: how many there are, and the calendar year and month of the first."""

    months: int
    year: int
    month: int = 1

    def label(self, month: int) -> str:
        """The calendar year of a month counted from 0."""
        return str(self.year + (self.month - 1 + month) // 12)


def month_chart(
    lines: Sequence[Line],
    span: Span,
    *,
    title: str,
    description: str,
    within: tuple[float, float] = (-math.inf, math.inf),
    size: tuple[float, float] = (420.0, 250.0),
    marked: Sequence[int] = (),
    least: float = 4.0,
) -> str:
    """Lines over months; ticks below the axis say in which months something was changed."""
    wide, high = size
    low, top = covering(_ends(lines), within, least)
    up = Scale(low, top, high - _BOTTOM, _TOP)
    longest = max((marks.width(tick_label(value)) for value in ticks(low, top)), default=0.0)
    left = max(_LEFT, longest + 10.0)
    across = Scale(1, max(2, span.months), left, wide - _RIGHT)
    return picture(
        size, title, description, _axes(across, up, span),
        *(_changes(across, up, month) for month in marked),
        *(_band(one, across, up) for one in lines),
        *(_line(one.behind, one.pen, across, up, is_ghost=True) for one in lines),
        *(_line(one.values, one.pen, across, up) for one in lines),
        class_="chart", data_left=marks.number(across.start / wide * 100),
        data_right=marks.number(across.end / wide * 100),
    )  # fmt: skip


def _ends(lines: Sequence[Line]) -> Iterator[float]:
    """The least and the most of all that is drawn."""
    for one in lines:
        for part in (one.values, one.behind, *one.band):
            known = np.asarray(part, dtype=np.float64)
            known = known[np.isfinite(known)]
            if len(known):
                yield from (float(known.min()), float(known.max()))


def _axes(across: Scale, up: Scale, span: Span) -> str:
    parts = []
    for value in ticks(up.low, up.high):
        y = up(value)
        parts.append(marks.line(across.start, y, across.end, y, stroke=FAINT))
        label = tick_label(value)
        parts.append(words(across.start - 6, y + 4.5, label, text_anchor="end", fill=GREY))
    years, inside = span.months / 12, across.end - across.start
    step = next((s for s in (1, 2, 5, 10, 20, 25) if inside * s / years >= _APART), 50)
    for year in range(0, math.ceil(years) + 1, step):
        x = across(min(12 * year, span.months))
        if 12 * year > span.months or x > across.end:
            continue
        parts.append(marks.line(x, up.start, x, up.start + 4, stroke=GREY))
        anchor = "start" if year == 0 else "end" if x > across.end - 14 else "middle"
        parts.append(words(x, up.start + 17, span.label(12 * year), text_anchor=anchor, fill=GREY))
    return "".join(parts)


def _changes(across: Scale, up: Scale, month: int) -> str:
    x = across(month)
    return marks.line(x, up.start, x, up.end, stroke=GREY, stroke_dasharray="2 3")


def _points(values: Numbers, across: Scale, up: Scale) -> NDArray[np.float64]:
    """Where some of the values lie, the last one among them; shape (points, 2)."""
    every = max(1, -(-len(values) // _MOST_POINTS))
    places = np.arange(len(values) - 1, -1, -every, dtype=np.int64)[::-1]
    heights = np.asarray(values, dtype=np.float64)[places]
    known = np.isfinite(heights)
    return np.column_stack(
        [_along(across, 1.0 + places[known].astype(np.float64)), _along(up, heights[known])]
    )


def _along(scale: Scale, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The places of many values at once."""
    width = scale.high - scale.low
    shares = (values - scale.low) / width if width else np.full(len(values), 0.5)
    return scale.start + (scale.end - scale.start) * shares


def _path(points: NDArray[np.float64]) -> str:
    """Points as SVG writes them: pages are drawn ten times a second, so all in one go."""
    return " ".join(map("{:.1f},{:.1f}".format, *points.T.tolist()))


def _line(
    values: NDArray[np.float64], pen: Pen, across: Scale, up: Scale, *, is_ghost: bool = False
) -> str:
    points = _points(values, across, up)
    if not len(points):
        return ""
    drawn = _path(points)
    if is_ghost:
        return tag("polyline", points=drawn, fill="none", stroke=pen.colour, stroke_width=1.2,
                   stroke_dasharray="3 3", stroke_opacity="0.7")  # fmt: skip
    line = tag("polyline", points=drawn, fill="none", stroke=pen.colour, stroke_width=2.4,
               stroke_dasharray=pen.dash)  # fmt: skip
    x, y = points[-1].tolist()
    return line + marks.mark(pen.mark, x, y, 4.2, fill=pen.colour)


def _band(one: Line, across: Scale, up: Scale) -> str:
    low, high = one.band
    if not len(low):
        return ""
    corners = np.concatenate([_points(low, across, up), _points(high, across, up)[::-1]])
    return tag("polygon", points=_path(corners), fill=one.pen.colour, fill_opacity="0.13")
