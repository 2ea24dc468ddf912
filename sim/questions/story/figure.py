"""A life in one picture: trust over the years under each scenario, turning points numbered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import wrapped, writable
from sim.drawing.looks import LegendKey, Look, looks, written_otherwise
from sim.drawing.page import (
    GREY,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
    in_our_style,
    save_as,
)
from sim.drawing.words import number
from sim.questions.comparison.figures.courses import Numbers
from sim.questions.story import Story
from sim.questions.story.points import Point, Track, choose

_PANEL = (WIDTH - 1.0, 3.3)
_LEFT = 0.65
_BELOW = 0.85
_BESIDE = 2
_SMALL_LINE = 0.205
_NARROWEST = 10.0
_APART = 0.29
_TRIES = (0.0, 0.33, -0.33, 0.66, -0.66, 0.99, -0.99, 1.32, -1.32)
_NUMBER = 0.32


@dataclass(frozen=True)
class _Side:
    """One scenario in the picture: its turning points by month, numbered through."""

    track: Track
    look: Look
    marks: list[tuple[int, int, str]]

    @property
    def years(self) -> Numbers:
        """Where each month lies on an axis of calendar years."""
        year, month = map(int, self.track.scenario.start.split("-"))
        return np.asarray(year + (month - 1 + self.track.trace["month"].to_numpy()) / 12.0)

    @property
    def trust(self) -> Numbers:
        """Trust by month."""
        return np.asarray(self.track.trace["trust"].to_numpy())

    def place(self, month: int) -> tuple[float, float]:
        """Where a month's mark belongs."""
        row = int(np.argmin(np.abs(self.track.trace["month"].to_numpy() - month)))
        return float(self.years[row]), float(self.trust[row])


class _Line(NamedTuple):
    """One line of a list: a number or nothing, and text."""

    mark: str
    text: str
    is_head: bool = False


def draw_story(story: Story) -> Drawing:
    """Trust under each scenario with the story's turning points, and their list below."""
    sides = list(_sides(story))
    title = f"Trust in government: {writable(story.name).replace(' ( )', '')}"
    heading = Heading(title, _NOTE)
    key = LegendKey([side.look for side in sides])
    top = heading.height + key.height + 0.2
    columns = min(len(sides), _BESIDE)
    room = (WIDTH - 2 * MARGIN) / columns
    lists = [_list(side, room - 0.2) for side in sides]
    starts = range(0, len(sides), columns)
    heights = [_SMALL_LINE * (max(map(len, lists[k : k + columns])) + 1) for k in starts]
    with in_our_style():
        page = Page(top + _PANEL[1] + _BELOW + sum(heights))
        heading.draw(page)
        key.draw(page, heading.height)
        axes = page.axes(_LEFT, top, *_PANEL)
        _draw_lines(axes, sides)
        _draw_marks(axes, sides)
        for place, side in enumerate(sides):
            row, column = divmod(place, columns)
            below = top + _PANEL[1] + _BELOW + sum(heights[:row])
            _draw_list(page, MARGIN + column * room, below, side.look, lists[place])
    return Drawing(page, Caption("story", title, _caption(sides), _alt_text(story, sides)))


def write_story(story: Story, path: Path) -> None:
    """Write PNG and SVG beside `path`."""
    with in_our_style():
        drawing = draw_story(story)
    save_as(drawing, path.with_suffix(""))


_NOTE = (
    "0 to 100, month by month, in one replicate: the same person or place, and the same luck, "
    "under each scenario. Numbers mark turning points, listed below the chart."
)


def _sides(story: Story) -> Iterator[_Side]:
    found = looks([track.name for track in story.tracks])
    count = 0
    for track, points in zip(story.tracks, choose(story.tracks), strict=True):
        marks = []
        for month in sorted({point.month for point in points}):
            count += 1
            marks.append((count, month, _told(points, month)))
        yield _Side(track, found[track.name], marks)


def _told(points: Sequence[Point], month: int) -> str:
    return "; ".join(writable(point.text) for point in points if point.month == month)


def _draw_lines(axes: Axes, sides: Sequence[_Side]) -> None:
    values = np.concatenate([side.trust for side in sides])
    low, high = float(values.min()), float(values.max())
    pad = max(0.12 * (high - low), (_NARROWEST - (high - low)) / 2)
    first, last = sides[0].years[0], sides[0].years[-1]
    axes.set(
        xlim=(first - 0.015 * (last - first), last + 0.015 * (last - first)),
        ylim=(max(0.0, low - pad), min(100.0, high + pad)),
    )
    axes.set_ylabel("trust (0 to 100)")
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter("{x:.0f}")
    axes.set_xlabel("beginning of the year", fontsize=SMALL, color=GREY)
    for place, side in enumerate(sides):
        step = max(1, len(side.years) // 6)
        first_mark = (place + 1) * step // (len(sides) + 1)
        axes.plot(
            side.years, side.trust, color=side.look.colour, ls=side.look.line, lw=1.8,
            marker=side.look.marker, markersize=6.0, markevery=(first_mark, step),
        )  # fmt: skip


def _draw_marks(axes: Axes, sides: Sequence[_Side]) -> None:
    """Numbered discs on the lines, moved up or down where they would cover each other."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    across, down = _PANEL[0] / (right - left), _PANEL[1] / (top - bottom)
    marks = sorted(
        (*side.place(month), mark, place)
        for place, side in enumerate(sides)
        for mark, month, _ in side.marks
    )
    taken: list[tuple[float, float]] = []
    for x, y, mark, place in marks:
        look = sides[place].look
        at = ((x - left) * across, (y - bottom) * down)
        shift = next((s for s in _TRIES if _is_free(at[0], at[1] + s, taken)), _TRIES[-1])
        taken.append((at[0], at[1] + shift))
        height = y + shift / down
        if shift:
            axes.plot([x, x], [y, height], color=look.colour, lw=0.8, zorder=3)
        axes.plot(x, height, "o", color="white", markeredgecolor=look.colour, markersize=17,
                  markeredgewidth=1.4, zorder=4, clip_on=False)  # fmt: skip
        axes.text(x, height, str(mark), color=look.dark, fontsize=SMALL, ha="center",
                  va="center_baseline", zorder=5)  # fmt: skip


def _is_free(x: float, y: float, taken: Sequence[tuple[float, float]]) -> bool:
    inside = 0.1 <= y <= _PANEL[1] - 0.1
    return inside and all((x - a) ** 2 + (y - b) ** 2 >= _APART**2 for a, b in taken)


def _list(side: _Side, room: float) -> list[_Line]:
    """A scenario's name and its numbered turning points, in lines of `room` inches."""
    lines = [_Line("", line, is_head=True) for line in wrapped(side.look.label, room, TEXT)]
    for mark, month, text in side.marks:
        told = wrapped(f"{side.track.date(month)}  {text}", room - _NUMBER, SMALL)
        lines += [_Line("" if row else str(mark), line) for row, line in enumerate(told)]
    return lines


def _draw_list(page: Page, left: float, top: float, look: Look, lines: Sequence[_Line]) -> None:
    for row, line in enumerate(lines):
        middle = top + _SMALL_LINE * row
        if line.is_head:
            page.write(left, middle, line.text, color=look.dark, fontweight="bold")
        else:
            page.write(left, middle, line.mark, color=look.dark, fontsize=SMALL)
            page.write(left + _NUMBER, middle, line.text, fontsize=SMALL)


def _caption(sides: Sequence[_Side]) -> str:
    return (
        "Trust in government (mean of the local and the central government, 0 to 100) by month in "
        "one replicate, under each scenario with the same people and luck. Circles with numbers "
        "are the weightiest turning points, told in the list."
        + written_otherwise([side.look for side in sides])
    )


def _alt_text(story: Story, sides: Sequence[_Side]) -> str:
    ends = "; ".join(
        f"{side.look.name} from {number(side.trust[0])} to {number(side.trust[-1])}"
        for side in sides
    )
    return f"Lines of trust over the years, {story.title}: {ends}."
