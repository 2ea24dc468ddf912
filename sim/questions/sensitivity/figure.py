"""Ranked factors: a panel per outcome, a row per factor, a mark with its interval per policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import width, wrapped
from sim.drawing.looks import LegendKey, Look, looks, written_otherwise
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
from sim.outcome_words import difference_unit
from sim.outcomes import title_of
from sim.questions.sensitivity.analysis import Sensitivity

_TITLES = {
    "sobol": "Which factors drive the outcomes",
    "morris": "Which factors move the outcomes",
}
_MOST_FACTORS = 12
_COLUMNS = 3
_STEP = 0.15
"""Inches between policies of one factor."""
_ABOVE, _BELOW, _BETWEEN = 0.4, 0.72, 0.36
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw_sensitivity(found: Sensitivity) -> Drawing:
    """The figure of a sensitivity analysis."""
    title = _TITLES[found.method]
    shown = looks(_policies(found))
    factors, outcomes = _factors(found), list(found.plan.outcomes)
    heading = Heading(title, _note(found, len(factors)))
    key = LegendKey(list(shown.values()))
    grid = _Grid(factors, outcomes, len(shown), heading.height + 0.05)
    page = Page(grid.bottom + key.height + LINE + 0.25)
    heading.draw(page)
    for place, outcome in enumerate(outcomes):
        _draw_panel(found, grid, page, place, outcome, shown)
    key.draw(page, grid.bottom + 0.05)
    page.write(MARGIN, grid.bottom + key.height + 0.22, _marks(found), fontsize=SMALL, color=GREY)
    caption = _caption(found) + written_otherwise(list(shown.values()))
    return Drawing(page, Caption("sensitivity", title, caption, " ".join(found.sentences)))


class _Grid:
    """Where the panels go: factors' names at the left of each row of panels."""

    def __init__(
        self, factors: Sequence[str], outcomes: Sequence[str], policies: int, top: float
    ) -> None:
        self.factors = list(factors)
        self.columns = min(_COLUMNS, len(outcomes))
        self.left = MARGIN + max((width(name, SMALL) for name in factors), default=1.0) + 0.15
        room = WIDTH - MARGIN - self.left - _BETWEEN * (self.columns - 1)
        self.width = room / self.columns
        self.row = max(LINE + 0.06, _STEP * policies + 0.1)
        self.height = self.row * max(1, len(factors))
        self.top = top
        rows = -(-len(outcomes) // self.columns)
        self.bottom = top + rows * (_ABOVE + self.height + _BELOW)

    def place(self, panel: int) -> tuple[float, float]:
        """Left and top of a panel."""
        row, column = divmod(panel, self.columns)
        left = self.left + column * (self.width + _BETWEEN)
        return left, self.top + row * (_ABOVE + self.height + _BELOW) + _ABOVE


def _draw_panel(
    found: Sensitivity, grid: _Grid, page: Page, place: int, outcome: str, shown: dict[str, Look]
) -> None:
    left, top = grid.place(place)
    axes = page.axes(left, top, grid.width, grid.height)
    axes.set(ylim=(grid.height, 0.0))
    axes.set_title(title_of(outcome), loc="left", fontweight="bold")
    axes.yaxis.set_visible(False)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.8)
    axes.set_axisbelow(True)
    for number in range(0, len(grid.factors), 2):
        axes.axhspan(number * grid.row, (number + 1) * grid.row, color="#f3f3f3", lw=0)
    if place % grid.columns == 0:
        for number, name in enumerate(grid.factors):
            page.write(MARGIN, top + (number + 0.5) * grid.row, name, fontsize=SMALL)
    own = found.table[found.table["outcome"] == outcome]
    for row in own.to_dict("records"):
        if row["factor"] in grid.factors:
            look = shown[row["policy"]]
            offset = (list(shown).index(row["policy"]) - (len(shown) - 1) / 2) * _STEP
            middle = (grid.factors.index(row["factor"]) + 0.5) * grid.row + offset
            _draw_mark(axes, row, look, middle)
    _finish(found, axes, outcome, own.empty)


def _draw_mark(axes: Axes, row: dict[Any, Any], look: Look, middle: float) -> None:
    """Filled with its interval: total share or effect. Hollow: share of the factor alone."""
    name = "total" if "total" in row else "effect"
    ends = [row[f"{name}_low"], row[f"{name}_high"]]
    axes.plot(ends, [middle] * 2, color=look.colour, linewidth=1.6, solid_capstyle="butt")
    how: dict[str, Any] = {"color": look.colour, "markersize": 5.0, "zorder": 3, "clip_on": False}
    if "first" in row:
        axes.plot(row["first"], middle, look.marker, **how | {"markerfacecolor": "white"})
    axes.plot(row[name], middle, look.marker, **how)


def _finish(found: Sensitivity, axes: Axes, outcome: str, empty: bool) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    axes.spines["left"].set_visible(False)
    if empty:
        axes.set(xlim=(0.0, 1.0), xticks=[])
        axes.text(0.5, sum(axes.get_ylim()) / 2, "the same at every point", ha="center",
                  va="center", color=GREY, fontsize=SMALL)  # fmt: skip
    elif found.method == "sobol":
        low, high = axes.get_xlim()
        axes.set(xlim=(min(low, -0.02), max(high, 1.0)), xticks=_TICKS)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.axvline(0.5, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        axes.set_xlabel("share of the variance", fontsize=SMALL)
    else:
        axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
        room = axes.get_position().width * WIDTH
        told = wrapped(f"{difference_unit(outcome)} over the whole range", room, SMALL)
        axes.set_xlabel("\n".join(told), fontsize=SMALL)


def _policies(found: Sensitivity) -> list[str]:
    told = [*found.table["policy"], *(policy for policy, _ in found.constant)]
    return [name for name in found.plan.policies if name in told]


def _factors(found: Sensitivity) -> list[str]:
    """The factors that matter most anywhere, strongest first."""
    name = "total" if found.method == "sobol" else "effect"
    if found.table.empty:
        return list(found.plan.names)[:_MOST_FACTORS]
    scale = found.table.groupby("outcome")[name].transform("max") if name == "effect" else 1.0
    strength = (found.table[name] / scale).groupby(found.table["factor"]).max()
    return [str(factor) for factor in strength.nlargest(_MOST_FACTORS).index]


def _note(found: Sensitivity, count: int) -> str:
    of = len(found.plan.factors)
    few = f" The {count} strongest of {of} factors." if count < of else ""
    replicates = found.plan.replicates
    return (
        f"{found.plan.name}: {len(found.plan.points):,} points, {replicates} "
        f"replicate{'s' if replicates > 1 else ''} each, the same luck at every point.{few}"
    )


def _marks(found: Sensitivity) -> str:
    if found.method == "sobol":
        return (
            "filled, with 95 % confidence: total share, with all interactions; hollow: share of "
            "the factor alone; dashed: one half"
        )
    return "mean absolute effect of moving a factor over its whole range, with 95 % confidence"


def _caption(found: Sensitivity) -> str:
    if found.method == "sobol":
        what = (
            "Sobol' indices: the share of an outcome's variance over the futures of the experiment "
            "that a factor carries, with all its interactions (filled, less what luck adds) and "
            "alone (hollow). Bars are 95 % bootstrap intervals; shares below zero are estimates of "
            "zero."
        )
    else:
        what = (
            "Morris screening: the mean absolute change of an outcome, in its own unit, when one "
            "factor moves over its whole range, from random places. Bars are 95 % bootstrap "
            "intervals."
        )
    return f"{what} {_note(found, len(_factors(found)))}"
