"""Small pictures for the cells of tables: an interval around zero, a bar."""

from __future__ import annotations

import math

from sim.drawing.svg import marks
from sim.drawing.svg.marks import FAINT, GREY, Pen, picture
from sim.drawing.svg.scales import Scale

_SIZE = (180.0, 22.0)


def interval_strip(
    mean: float,
    ends: tuple[float, float],
    reach: float,
    pen: Pen,
    *,
    title: str,
    margin: float = 0.0,
    filled: bool = True,
) -> str:
    """A mean difference with its interval, zero in the middle; `reach` is the end of the axis.

    Grey is what is too small to matter, `margin` on either side; an open difference is not filled.
    """
    wide, high = _SIZE
    reach = reach if reach > 0 else 1.0
    across = Scale(-reach, reach, 6.0, wide - 6.0)
    middle = high / 2
    parts = [
        marks.tag("rect", x=across(-min(margin, reach)), y=2.0,
                  width=across(min(margin, reach)) - across(-min(margin, reach)), height=high - 4,
                  fill="#eee"),
        marks.line(across(0.0), 0.0, across(0.0), high, stroke=GREY),
        marks.line(6.0, high - 1, wide - 6.0, high - 1, stroke=FAINT),
    ]  # fmt: skip
    if all(map(math.isfinite, ends)):
        low, top = (across(min(max(value, -reach), reach)) for value in ends)
        parts.append(marks.line(low, middle, top, middle, stroke=pen.colour, stroke_width=2.2))
    if math.isfinite(mean):
        fill = pen.colour if filled else "#fff"
        place = across(min(max(mean, -reach), reach))
        parts.append(marks.mark(pen.mark, place, middle, 4.2, fill=fill, stroke=pen.colour,
                                stroke_width=1.6))  # fmt: skip
    return picture(_SIZE, title, "", *parts, class_="strip")


def bar_strip(
    value: float, ends: tuple[float, float], low: float, high: float, pen: Pen, *, title: str
) -> str:
    """A bar from zero to a value, with its interval; the axis reaches from `low` to `high`."""
    wide, tall = _SIZE
    across = Scale(min(low, 0.0), max(high, 0.0) if max(high, 0.0) > min(low, 0.0) else 1.0,
                   6.0, wide - 6.0)  # fmt: skip
    left, right = sorted((across(0.0), across(value)))
    parts = [
        marks.tag("rect", x=left, y=5.0, width=max(0.5, right - left), height=tall - 10,
                  fill=pen.colour, fill_opacity="0.75"),
        marks.line(across(0.0), 0.0, across(0.0), tall, stroke=GREY),
    ]  # fmt: skip
    if all(map(math.isfinite, ends)):
        parts.append(marks.line(across(ends[0]), tall / 2, across(ends[1]), tall / 2,
                                stroke="#000", stroke_width=1.4))  # fmt: skip
    return picture(_SIZE, title, "", *parts, class_="strip")


def key(pen: Pen) -> str:
    """The sample of a scenario's line and mark that stands beside its name."""
    return marks.tag(
        "svg",
        marks.line(0, 7, 28, 7, stroke=pen.colour, stroke_width=2.4, stroke_dasharray=pen.dash),
        marks.mark(pen.mark, 14, 7, 4.0, fill=pen.colour),
        xmlns="http://www.w3.org/2000/svg", viewBox="0 0 28 14", class_="key", aria_hidden="true",
    )  # fmt: skip
