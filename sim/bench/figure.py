"""Nanoseconds per citizen-month against the number of citizens, a line per contender."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from sim.bench.measured import Findings
from sim.bench.months import SCENARIO
from sim.drawing.looks import Look, looks
from sim.drawing.page import (
    GREY,
    HALO,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)

_TITLE = "What a month takes per citizen"
_NOTE = (
    "Nanoseconds per citizen-month, both scales by powers of ten: lower is faster. The component "
    "floor is what the parts of the citizens' month take one after another, each measured alone on "
    "one thread."
)
_HEIGHT = 4.6
_LABELS = 2.35
_LEFT = 0.95
_MOST_TICKS = 6


class _Line(NamedTuple):
    name: str
    what: str
    threads: int


_LINES = (
    _Line("Ordinary Mesa model", "ordinary", 1),
    _Line("Plain NumPy", "numpy", 1),
    _Line("Compiled, 1 thread", "month", 1),
    _Line("Compiled, 2 threads", "month", 2),
    _Line("Component floor", "floor", 1),
)


class _Course(NamedTuple):
    look: Look
    sizes: list[int]
    values: list[float]


def draw_bench(found: Findings) -> Drawing:
    """The figure of a benchmark."""
    shown = looks([line.name for line in _LINES])
    courses = [_Course(shown[line.name], *found.line(line.what, line.threads)) for line in _LINES]
    courses = [course for course in courses if course.sizes]
    heading = Heading(_TITLE, _NOTE)
    page = Page(heading.height + _HEIGHT + 1.05)
    heading.draw(page)
    axes = page.axes(_LEFT, heading.height + 0.1, WIDTH - _LEFT - _LABELS, _HEIGHT)
    _prepare(axes, courses)
    for course in courses:
        axes.plot(
            course.sizes, course.values, color=course.look.colour, linestyle=course.look.line,
            marker=course.look.marker, linewidth=1.9, markersize=5.5, clip_on=False,
        )  # fmt: skip
    _label(axes, courses)
    page.write(MARGIN, page.height - 0.2, _source(found), fontsize=SMALL, color=GREY)
    return Drawing(page, Caption("bench", _TITLE, f"{_NOTE} {_source(found)}", _told(courses)))


def _prepare(axes: Axes, courses: Sequence[_Course]) -> None:
    values = [value for course in courses for value in course.values]
    sizes = sorted({size for course in courses for size in course.sizes})
    axes.set(xscale="log", yscale="log")
    axes.set_xlim(min(sizes) * 0.8, max(sizes) * 1.25)
    axes.set_ylim(min(values) * 0.7, max(values) * 1.4)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10.0))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axis.set_minor_formatter(NullFormatter())
    if len(sizes) <= _MOST_TICKS:
        axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.grid(color="#dcdcdc", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel("citizens")
    axes.set_ylabel("ns per citizen-month")


def _label(axes: Axes, courses: Sequence[_Course]) -> None:
    """Each line's name at its end; those that end at one size are kept apart."""
    beside = axes.transData + ScaledTranslation(0.14, 0.0, axes.figure.dpi_scale_trans)
    low, high = np.log10(axes.get_ylim())
    apart = LINE * (high - low) / _HEIGHT
    for end in sorted({course.sizes[-1] for course in courses}):
        here = sorted((c for c in courses if c.sizes[-1] == end), key=lambda c: c.values[-1])
        levels = spread([float(np.log10(course.values[-1])) for course in here], apart)
        for course, level in zip(here, levels, strict=True):
            axes.text(
                end, 10.0**level, course.look.label, color=course.look.dark, fontsize=SMALL,
                va="center_baseline", ha="left", path_effects=[HALO], transform=beside,
            )  # fmt: skip


def spread(levels: Sequence[float], apart: float) -> list[float]:
    """Levels in rising order, moved as little as it takes to keep them apart."""
    steps = apart * np.arange(len(levels))
    return [float(level) for level in _pooled(np.asarray(levels) - steps) + steps]


def _pooled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Neighbours that fall become their mean."""
    groups: list[list[float]] = []
    for value in values.tolist():
        groups.append([value])
        while len(groups) > 1 and np.mean(groups[-2]) > np.mean(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    return np.array([np.mean(group) for group in groups for _ in group])


def _source(found: Findings) -> str:
    return (
        f"Scenario {SCENARIO} on Korea's regions, {len(found.sizes)} sizes; medians of rounds in "
        "turns, one process."
    )


def _told(courses: Sequence[_Course]) -> str:
    """The figure in words, with its numbers."""
    told = []
    for course in courses:
        points = [f"{value:,.0f} at {size:,} citizens"
                  for size, value in zip(course.sizes, course.values, strict=True)]  # fmt: skip
        told.append(f"{course.look.name}: {', '.join(points)}.")
    return " ".join(["Nanoseconds per citizen-month.", *told])
