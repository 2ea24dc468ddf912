"""How far each policy is from the best one: a panel per outcome, a line per policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import width, wrapped
from sim.drawing.looks import Look, looks, written_otherwise
from sim.drawing.page import (
    GREY,
    INK,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)
from sim.outcome_words import difference_unit, lower_told
from sim.outcomes import title_of
from sim.questions.futures import Numbers
from sim.questions.robustness.analysis import TIE, Robustness

_TITLE = "How far each policy is from the best one"
_COLUMNS = 2
_ROW = 0.36
_WIDEST = 1.6
_ABOVE, _BELOW, _BETWEEN = 0.42, 0.72, 0.4
_NUMBERS = 1.15
_CENTRAL = (0.05, 0.95)


def draw_robustness(found: Robustness) -> Drawing:
    """The figure of regrets."""
    shown = looks(list(found.plan.policies))
    heading = Heading(_TITLE, _note(found))
    grid = _Grid(list(shown.values()), len(found.regrets), heading.height + 0.1)
    page = Page(grid.bottom + LINE + 0.15)
    heading.draw(page)
    for place, outcome in enumerate(found.regrets):
        _draw_panel(page, grid, found, place, outcome)
    page.write(MARGIN, page.height - 0.2, _marks(), fontsize=SMALL, color=GREY)
    caption = _caption(found) + written_otherwise(list(shown.values()))
    return Drawing(page, Caption("robustness", _TITLE, caption, " ".join(found.sentences)))


class _Grid:
    """Where panels and rows go; long names of policies take several lines."""

    def __init__(self, shown: Sequence[Look], panels: int, top: float) -> None:
        self.labels = {look: wrapped(look.label, _WIDEST, SMALL) for look in shown}
        lines = [line for label in self.labels.values() for line in label]
        self.columns = min(_COLUMNS, max(1, panels))
        self.label = MARGIN + max(width(line, SMALL) for line in lines) + 0.3
        each = (WIDTH - MARGIN - _BETWEEN * (self.columns - 1)) / self.columns
        self.room = each - self.label - _NUMBERS
        self.step = max(_ROW, LINE * max(map(len, self.labels.values())) + 0.1)
        self.height = self.step * len(shown)
        self._panel = _ABOVE + self.height + _BELOW
        self._top = top
        self.bottom = top + self._panel * -(-panels // self.columns)

    def place(self, panel: int) -> tuple[float, float]:
        """Left and top of the axes of a panel."""
        row, column = divmod(panel, self.columns)
        left = self.label + column * (self.label + self.room + _NUMBERS + _BETWEEN)
        return left, self._top + self._panel * row + _ABOVE


def _draw_panel(page: Page, grid: _Grid, found: Robustness, place: int, outcome: str) -> None:
    left, top = grid.place(place)
    regrets = found.regrets[outcome]
    axes = page.axes(left, top, grid.room, grid.height)
    _prepare(axes, outcome, regrets, grid.room, grid.height)
    beside = left + grid.room + 0.15
    for number, (look, lines) in enumerate(grid.labels.items()):
        middle = grid.step * (number + 0.5)
        for nth, line in enumerate(lines):
            level = top + middle + LINE * (nth - (len(lines) - 1) / 2)
            page.write(left - grid.label + MARGIN, level, line, fontsize=SMALL)
        _draw_policy(axes, look, regrets[:, number], middle)
        share = f"{100 * np.mean(regrets[:, number] <= TIE):.0f} %"
        page.write(beside + 0.45, top + middle, share, fontsize=SMALL, ha="right")
    page.write(beside, top - 0.14, "is the best in", fontsize=SMALL, color=GREY)


def _prepare(axes: Axes, outcome: str, regrets: Numbers, room: float, height: float) -> None:
    largest = float(regrets.max()) or 1.0
    axes.set(xlim=(0.0, 1.04 * largest), ylim=(height, 0.0))
    axes.set_title(title_of(outcome), loc="left", fontweight="bold")
    axes.yaxis.set_visible(False)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    told = wrapped(f"{difference_unit(outcome)} behind the best policy", room, SMALL)
    axes.set_xlabel("\n".join(told), fontsize=SMALL)


def _draw_policy(axes: Axes, look: Look, regrets: Numbers, middle: float) -> None:
    """From the least to the largest regret; thick: the central 90 %; marks: median, 90th."""
    low, high = np.quantile(regrets, _CENTRAL)
    level = [middle, middle]
    ends: Sequence[Sequence[float]] = ((regrets.min(), regrets.max()), (low, high))
    for (start, end), thick in zip(ends, (1.0, 4.5), strict=True):
        axes.plot([start, end], level, color=look.colour, linewidth=thick,
                  solid_capstyle="butt", alpha=0.45 if thick > 1 else 1.0)  # fmt: skip
    how: dict[str, Any] = {"color": look.colour, "zorder": 3, "clip_on": False}
    axes.plot(np.median(regrets), middle, look.marker, markersize=5.5, **how)
    axes.plot(np.quantile(regrets, 0.9), middle, "|", markersize=11, markeredgewidth=1.8, **how)
    axes.plot(regrets.max(), middle, "|", markersize=7, **how)


def _note(found: Robustness) -> str:
    futures = len(next(iter(found.regrets.values()), ()))
    plan = found.plan
    replicates = plan.per_world or plan.replicates
    each = f"{replicates} replicate{'s' if replicates > 1 else ''}"
    said = f"{each} each with the same luck under every policy"
    if plan.worlds:
        worlds = int(found.table["worlds"].iloc[0]) if len(found.table) else plan.worlds
        said = f"of the means over {worlds} worlds with {each} in each, the same under every policy"
    return f"{plan.name}: regret in each of {futures:,} futures, {said}. Further left is better."


def _marks() -> str:
    return (
        "marker: median of the futures; thick: central 90 %; tall stroke: nine of ten futures are "
        "nearer; short stroke: the worst future"
    )


def _caption(found: Robustness) -> str:
    return (
        "Regret: how much better the best policy of the experiment would have been in the same "
        "future, in the outcome's own unit, named under each panel; zero means that the policy is "
        f"the best one there.{lower_told(found.regrets)} {_note(found)}"
    )
