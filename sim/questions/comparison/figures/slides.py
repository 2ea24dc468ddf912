"""Slides: one picture on each, 16 by 9, no text below 24 points, to be read from the last row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.files import draw_aside, write_drawings
from sim.drawing.fonts import width, wrapped
from sim.drawing.looks import Look, looks
from sim.drawing.page import GREY, INK, Canvas, Caption, Drawing, Page
from sim.drawing.words import number, signed, year_end
from sim.outcome_words import difference_unit, lower_is_better, unit_of
from sim.outcomes import title_of
from sim.questions.comparison.counted import counted
from sim.questions.comparison.figures.paired import find_differences
from sim.questions.comparison.store import SLIDES
from sim.questions.comparison.study import Runs
from sim.questions.how_sure import margin_of
from sim.runs.folder import Folder

SIZE = 24.0
"""Points of the smallest text."""
WIDE, HIGH = 13.333, 7.5
_TITLE = 32.0
_SIDE, _STEP = 0.6, 0.45
_MOST_BESIDE = 3
_OUTCOMES = ("participation_breadth", "needs_met", "cost_per_citizen")
_TITLES = {"participation_breadth": "People taking part"}
_TABLE = ("participation", "needs_met", "trust", "efficiency", "cost_per_citizen")
_FOOT = "A model that compares governments, not a forecast"


class Slide(Page):
    """A white page of 16 by 9."""

    def __init__(self, title: str) -> None:
        self.height = HIGH
        self.canvas = Canvas(figsize=(WIDE, HIGH), facecolor="white")
        self.sheet = self.canvas.add_axes((0.0, 0.0, 1.0, 1.0))
        self.sheet.set_axis_off()
        self.sheet.set(xlim=(0.0, WIDE), ylim=(HIGH, 0.0), zorder=-1)
        line = wrapped(title, WIDE - 2 * _SIDE, _TITLE, bold=True)[0]
        self.write(_SIDE, 0.6, line, fontsize=_TITLE, fontweight="bold")
        self.write(_SIDE, HIGH - 0.4, _FOOT, fontsize=SIZE, color=GREY)

    def inside(self, top: float, bottom: float) -> Axes:
        """Axes between two heights, with room for the numbers of the axis."""
        left = 1.45
        return self.canvas.add_axes(
            (left / WIDE, 1 - bottom / HIGH, (WIDE - left - _SIDE) / WIDE, (bottom - top) / HIGH)
        )


def write_slides(folder: Folder, runs: Runs) -> None:
    """Write the slides of finished results into `slides/`, vouched for by the manifest."""
    drawings = [partial(_draw_course, runs, outcome) for outcome in _OUTCOMES]
    found = draw_aside(
        folder, lambda aside: write_drawings([*drawings, *_of_differences(runs)], aside), SLIDES
    )
    folder.attach({}, {SLIDES: found})


def _draw_course(runs: Runs, outcome: str) -> Drawing | None:
    """Lines of all scenarios over the years; at the right, between what the last value may lie."""
    if outcome not in runs.values:
        return None
    chosen = looks(list(runs.study.scenarios))
    title = f"{_TITLES.get(outcome, title_of(outcome))}, {unit_of(outcome)}"
    slide = Slide(title)
    below = _key(slide, list(chosen.values()))
    axes = slide.inside(below + 0.15, HIGH - 1.35)
    rows = runs.summary[
        (runs.summary["outcome"] == outcome) & (runs.summary["month"] <= runs.study.months)
    ]
    ends = {name: own.iloc[-1] for name, own in rows.groupby("scenario", sort=False)}
    first = next(iter(runs.study.scenarios.values()))
    years = [year_end(first, int(month)) for month in sorted(set(rows["month"]))]
    gap = max(0.25, 0.03 * (years[-1] - years[0]))
    for place, (name, look) in enumerate(chosen.items()):
        own = rows[rows["scenario"] == name]
        axes.plot(years, own["mean"], color=look.colour, ls=look.line, lw=4.0, marker=look.marker,
                  markevery=max(1, len(years) // 6), markersize=11)  # fmt: skip
        _draw_end(axes, years[-1] + gap * (place + 1), ends[name], look)
    axes.tick_params(labelsize=SIZE, length=6)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlim(years[0], years[-1] + gap * (len(chosen) + 0.6))
    axes.grid(axis="y", color="#dddddd")
    told = "; ".join(f"{look.name} {number(ends[n]['mean'])}" for n, look in chosen.items())
    many = counted(runs, runs.timeseries)
    caption = (
        f"{title}: mean of {many}; bars at the right hold nine of ten "
        f"{'worlds' if runs.study.worlds else 'replicates'}. {_FOOT}."
    )
    return Drawing(slide, Caption(outcome, title, caption, f"In the last year: {told}."))


def _draw_end(axes: Axes, x: float, row: pd.Series, look: Look) -> None:
    worlds = math.isfinite(row["worlds_low"])
    names = ("worlds_low", "worlds_high") if worlds else ("spread_low", "spread_high")
    axes.plot([x, x], [row[name] for name in names], color=look.colour, lw=4.0)
    axes.plot(x, row["mean"], look.marker, color=look.colour, markersize=13, markeredgecolor=INK)


def _key(slide: Slide, chosen: Sequence[Look]) -> float:
    """Names with their lines, in rows; where the last one ends."""
    left, top = _SIDE, 1.25
    for look in chosen:
        text = wrapped(look.label, WIDE - 2 * _SIDE - 1.2, SIZE)[0]
        needed = 1.1 + width(text, SIZE) + 0.4
        if left > _SIDE and left + needed > WIDE - _SIDE:
            left, top = _SIDE, top + _STEP
        slide.sheet.plot([left, left + 0.85], [top, top], color=look.colour, ls=look.line, lw=4.0)
        slide.sheet.plot(left + 0.42, top, look.marker, color=look.colour, markersize=11)
        slide.write(left + 1.0, top, text, fontsize=SIZE)
        left += needed
    return top + 0.25


def _of_differences(runs: Runs) -> Iterator[partial[Drawing]]:
    """A slide of differences for every three compared scenarios."""
    others = runs.study.others if runs.study.baseline is not None else []
    for start in range(0, len(others), _MOST_BESIDE):
        yield partial(_draw_differences, runs, others[start : start + _MOST_BESIDE], start)


def _draw_differences(runs: Runs, others: Sequence[str], start: int) -> Drawing:
    """How large and how sure: an outcome in each row, a scenario in each column."""
    chosen = looks(list(runs.study.scenarios))
    base = chosen[str(runs.study.baseline)].label
    title = f"Against {base}: how large, how sure"
    slide = Slide(title)
    first, wide = 4.7, (WIDE - 4.7 - _SIDE) / len(others)
    for place, name in enumerate(others):
        text = wrapped(chosen[name].label, wide - 0.2, SIZE, bold=True)[0]
        slide.write(first + place * wide, 1.35, text, fontsize=SIZE, fontweight="bold",
                    color=chosen[name].dark)  # fmt: skip
    told = []
    found = {(one.outcome, one.look.name): one for one in find_differences(runs)}
    for row, outcome in enumerate(_TABLE):
        top = 2.15 + 0.93 * row
        slide.sheet.plot([_SIDE, WIDE - _SIDE], [top - 0.45] * 2, color="#cccccc", lw=1.0)
        unit = "lower is better" if lower_is_better(outcome) else difference_unit(outcome)
        slide.write(_SIDE, top - 0.12, title_of(outcome), fontsize=SIZE)
        slide.write(_SIDE, top + 0.27, unit, fontsize=SIZE, color=GREY)
        for place, name in enumerate(others):
            one = found.get((outcome, chosen[name].name))
            if one is None:
                continue
            how = one.sure or ("settled" if one.is_settled else "open")
            small = ", small" if abs(one.mean) < margin_of(outcome) else ""
            slide.write(first + place * wide, top - 0.12, signed(one.mean), fontsize=SIZE,
                        fontweight="bold")  # fmt: skip
            slide.write(first + place * wide, top + 0.27, f"{how}{small}", fontsize=SIZE,
                        color=GREY)  # fmt: skip
            told.append(f"{title_of(outcome)}, {chosen[name].name}: {signed(one.mean)}, {how}")
    name = "against" if start == 0 else f"against_{start // _MOST_BESIDE + 1}"
    caption = f"{title}. Small: too small to matter. {_FOOT}."
    return Drawing(slide, Caption(name, title, caption, "; ".join(told)))
