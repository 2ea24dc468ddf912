"""Hysteresis loop: participatory rows against the budget, on the way down and on the way back."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import width
from sim.drawing.looks import Look, written_otherwise
from sim.drawing.page import INK, SMALL, Caption, Drawing, Heading, Page
from sim.drawing.words import calendar, number
from sim.questions.transitions.analysis import Transitions
from sim.questions.transitions.figures.stages import in_cells, scenario_looks, write_label
from sim.questions.transitions.hysteresis import Hysteresis
from sim.questions.transitions.paths import Numbers, estimate
from sim.scenario import Scenario

_CONFIDENCE = "the 95 % confidence of the mean"
_TITLE = "Hysteresis: participation lost in lean years, and what comes back"
_TALL = 2.9
_LINE = 0.06
"""Share of the axis that a line of text needs."""
_TWIN = "#767676"
_TWIN_LINE = (0, (4, 1.5))
_LEAN = "#efe6d8"
_SAMPLE = 0.42
_ASIDE = 22.0
"""Points of budget left free beside the loop, for the years' names."""


def draw_loop(found: Transitions) -> Drawing | None:
    """A loop and its course over the years for each squeezed scenario; None if there is none."""
    if not found.loops:
        return None
    shown = scenario_looks(found)
    worlds = found.runs.study.worlds
    bands = f"the central 90 % of {worlds} plausible worlds" if worlds else _CONFIDENCE
    there = ", in the same worlds," if worlds else ""
    note = (
        "How many of the participatory rows (decision initiative, decision method, role of the "
        "citizen) of all local governments are at Gov3.0. Left: against the budget; each dot is "
        "the end of a year, arrows show time. If the way back ran along the way down there would "
        "be no hysteresis. Right: over the years, beside the twin: the same scenario, citizens and "
        f"luck{there} without the squeeze. Bands are {bands}, lean years are "
        "shaded."
    )
    heading = Heading(_TITLE, note)
    height = _TALL + 0.95
    page = Page(heading.height + height * len(found.loops))
    heading.draw(page)
    names = [name for name in found.loops for _ in range(2)]
    for place, cell in enumerate(in_cells(names, heading.height, height)):
        loop, look = found.loops[cell.name], shown[cell.name]
        scenario = found.runs.study.scenarios[cell.name]
        axes = page.axes(cell.left + 0.62, cell.top + 0.38, cell.width - 0.87, _TALL)
        _prepare(axes)
        if place % 2 == 0:
            write_label(page, cell, shown)
            _draw_loop(axes, loop, look, scenario)
        else:
            _draw_course(axes, loop, look, scenario)
            _draw_key(page, cell.left + 0.05, cell.top + 0.18, look)
    caption = note + written_otherwise([shown[name] for name in found.loops])
    alt_text = " ".join(
        _in_words(loop, shown[name], found.runs.study.scenarios[name])
        for name, loop in found.loops.items()
    )
    return Drawing(page, Caption("hysteresis", _TITLE, caption, f"Loops. {alt_text}"))


def _draw_key(page: Page, left: float, middle: float, look: Look) -> None:
    """Which line is which, above the panel, where no line can come near it."""
    entries = (("with squeeze", look.colour, "solid"), ("without (twin)", _TWIN, _TWIN_LINE))
    for text, colour, line in entries:
        page.sheet.plot([left, left + _SAMPLE], [middle] * 2, color=colour, ls=line, lw=2.2)
        page.write(left + _SAMPLE + 0.08, middle, text, fontsize=SMALL)
        left += _SAMPLE + width(text, SMALL) + 0.3
    page.sheet.fill_between([left, left + 0.3], middle - 0.08, middle + 0.08, color=_LEAN, lw=0)
    page.write(left + 0.38, middle, "lean years", fontsize=SMALL)


def _prepare(axes: Axes) -> None:
    axes.set_ylim(0.0, 100.0)
    axes.set_ylabel("participatory rows at Gov3.0, %", fontsize=SMALL, labelpad=2)
    axes.tick_params(length=2, pad=3, labelsize=SMALL)
    axes.grid(color="#e4e4e4", linewidth=0.7)
    axes.set_axisbelow(True)


def _draw_loop(axes: Axes, loop: Hysteresis, look: Look, scenario: Scenario) -> None:
    budget = 100 * loop.loop["budget"].to_numpy(dtype=np.float64)
    share = 100 * loop.loop["mean"].to_numpy(dtype=np.float64)
    axes.plot(budget, share, color=look.colour, lw=1.4, alpha=0.6, clip_on=False)
    axes.plot(budget, share, "o", color=look.colour, markersize=4.2, clip_on=False)
    for k in _arrows(budget, share):
        middle = (budget[k] + budget[k + 1]) / 2, (share[k] + share[k + 1]) / 2
        axes.annotate(
            "", middle, (budget[k], share[k]), zorder=4,
            arrowprops={"arrowstyle": "-|>", "color": look.colour, "lw": 1.4, "mutation_scale": 14},
        )  # fmt: skip
    left = float(budget.min())
    for year in _named_years(loop):
        text = _year(scenario, int(loop.loop["month"].iloc[year]))
        lean = budget[year] < (left + 100) / 2
        axes.annotate(
            text, (budget[year], share[year]), (-7 if lean else 7, 0), textcoords="offset points",
            ha="right" if lean else "left", va="center", fontsize=SMALL, color=INK,
        )  # fmt: skip
    axes.set_xlim(left - _ASIDE, max(100.0, float(budget.max())) + _ASIDE)
    axes.set_xlabel("budget, % of normal", fontsize=SMALL, labelpad=2)


def _draw_course(axes: Axes, loop: Hysteresis, look: Look, scenario: Scenario) -> None:
    first = calendar(scenario, 1)[0] - 1
    years = first + loop.loop["month"].to_numpy() / 12
    begin, relief = (first + month / 12 for month in (loop.squeeze.begin, loop.squeeze.relief))
    axes.axvspan(begin, relief, color=_LEAN, linewidth=0, zorder=0)
    for prefix, colour, line in (("twin_", _TWIN, _TWIN_LINE), ("", look.colour, "solid")):
        over = "worlds" if loop.unit == "world" else "conf"
        mean, low, high = (
            100 * loop.loop[f"{prefix}{name}"].to_numpy()
            for name in ("mean", f"{over}_low", f"{over}_high")
        )
        axes.plot(years, mean, color=colour, ls=line, lw=2.2, clip_on=False)
        if np.isfinite(low).all():
            axes.fill_between(years, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.set_xlabel("end of year", fontsize=SMALL, labelpad=2)


def _arrows(budget: Numbers, share: Numbers) -> list[int]:
    """Steps that are long enough to carry an arrow."""
    length = np.hypot(np.diff(budget), np.diff(share))
    return [int(k) for k in np.flatnonzero(length > 8.0)]


def _named_years(loop: Hysteresis) -> list[int]:
    """Start, last year before the squeeze, last year before relief, end; no two too close."""
    begin, relief = ((month - 1) // 12 for month in (loop.squeeze.begin, loop.squeeze.relief))
    share = loop.loop["mean"].to_numpy(dtype=np.float64)
    start = [0] if abs(share[0] - share[begin]) > _LINE else []
    return sorted({*start, begin, relief, len(share) - 1})


def _year(scenario: Scenario, month: int) -> str:
    year = calendar(scenario, max(month, 1))[0]
    return f"start {year}" if month == 0 else str(year)


def _in_words(loop: Hysteresis, look: Look, scenario: Scenario) -> str:
    begin, relief = ((month - 1) // 12 for month in (loop.squeeze.begin, loop.squeeze.relief))
    shares, twins = (100 * loop.loop[name].to_numpy() for name in ("mean", "twin_mean"))
    told = [
        f"{number(shares[year])} % ({number(twins[year])} % in the twin)"
        for year in (begin, relief, -1)
    ]
    _, area, low, high, *_ = estimate(loop.area)
    return (
        f"{look.name}: participatory rows at Gov3.0 are {told[0]} before the squeeze, {told[1]} in "
        f"the last year before relief, {told[2]} at the end of "
        f"{calendar(scenario, int(loop.loop['month'].iloc[-1]))[0]}. Area of the loop {area:.3f} "
        f"({low:.3f} to {high:.3f})."
    )
