"""Stage flow: shares of local governments in each stage, and who passes from which to which."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline

from sim.drawing.looks import Look, written_otherwise
from sim.drawing.page import GREY, LINE, SMALL, Caption, Drawing, Heading, Page
from sim.drawing.words import calendar
from sim.questions.comparison.counted import counted
from sim.questions.transitions.analysis import Transitions
from sim.questions.transitions.figures.stages import (
    GROUPS,
    KEY_HEIGHT,
    STAGE_COLOURS,
    draw_stage_key,
    in_cells,
    scenario_looks,
    stage_labels,
    write_label,
)
from sim.questions.transitions.paths import Numbers, Paths
from sim.questions.transitions.stages import flows_between, shares_at
from sim.scenario import Scenario

_TITLE = "Stage flow: how many local governments go where"
_DATES = 5
_TALL = 2.3
_BAR = 0.32
_NUMBERED = 0.09
_FAINT = 0.45


def draw_stage_flow(found: Transitions) -> Drawing | None:
    """One panel per scenario whose governments move; None if none do."""
    moving = found.moving
    if not moving:
        return None
    shown = scenario_looks(found)
    told = counted(found.runs, found.runs.local)
    note = (
        f"All local governments of {told} together. Bars are shares of local governments in "
        "each stage at a date, in per cent; bands are those that stay or pass from one stage to "
        "another until the next date, in the colour of the stage that they leave. Left: stage of "
        "all twelve rows. Right: stage of the three participatory rows (who begins decisions, how "
        "they are made, role of the citizen), which a mean of twelve hides."
    )
    heading = Heading(_TITLE, note)
    top, height = heading.height + KEY_HEIGHT, _TALL + 1.15
    page = Page(top + height * len(moving))
    heading.draw(page)
    draw_stage_key(page, heading.height)
    cells = in_cells([name for name in moving for _ in GROUPS], top, height, len(GROUPS))
    for place, cell in enumerate(cells):
        title, rows = list(GROUPS.items())[place % len(GROUPS)]
        if place % len(GROUPS) == 0:
            write_label(page, cell, shown)
        above = cell.top + 0.2 + LINE
        page.write(cell.left + 0.6, above, title.split(" (")[0], fontsize=SMALL, color=GREY)
        axes = page.axes(cell.left + 0.6, above + 0.16, cell.width - 0.85, _TALL)
        _draw_panel(axes, moving[cell.name], found.runs.study.scenarios[cell.name], rows)
    caption = f"{note} Dark is Gov1.0, light is Gov3.0, mixtures lie between." + written_otherwise(
        [shown[name] for name in moving]
    )
    alt_text = " ".join(_in_words(moving[name], shown[name]) for name in moving)
    return Drawing(page, Caption("stage_flow", _TITLE, caption, f"Flow charts. {alt_text}"))


def _dates(paths: Paths) -> list[int]:
    """Years at which to look, evenly spread, the start and the end among them."""
    return sorted({round(k * paths.years / (_DATES - 1)) for k in range(_DATES)})


def _draw_panel(axes: Axes, paths: Paths, scenario: Scenario, rows: Sequence[int]) -> None:
    years = _dates(paths)
    shares = shares_at(paths, years, rows)
    for place, (before, after) in enumerate(pairwise(years)):
        _draw_bands(axes, place, flows_between(paths, before, after, rows))
    for place, column in enumerate(shares):
        _draw_bar(axes, place, column)
    first = calendar(scenario, 1)[0]
    labels = [f"start of\n{first}", *(f"end of\n{first - 1 + year}" for year in years[1:])]
    axes.set(xlim=(-_BAR, len(years) - 1 + _BAR), ylim=(0.0, 100.0))
    axes.set_xticks(range(len(years)), labels)
    axes.set_ylabel("% of local governments", fontsize=SMALL, labelpad=2)
    axes.tick_params(length=2, pad=3, labelsize=SMALL)
    axes.spines["bottom"].set_visible(False)


def _draw_bar(axes: Axes, place: int, shares: Numbers) -> None:
    bottom = 0.0
    for stage, share in enumerate(shares):
        if share <= 0.0:
            continue
        axes.add_patch(
            Rectangle(
                (place - _BAR / 2, 100 * bottom), _BAR, 100 * share,
                facecolor=STAGE_COLOURS[stage], edgecolor="white", linewidth=0.6, zorder=3,
            )
        )  # fmt: skip
        if share >= _NUMBERED:
            ink = "black" if stage >= len(shares) // 2 + 1 else "white"
            axes.text(
                place, 100 * (bottom + share / 2), f"{100 * share:.0f}", color=ink, zorder=4,
                ha="center", va="center_baseline", fontsize=SMALL,
            )  # fmt: skip
        bottom += share


def _draw_bands(axes: Axes, place: int, flows: Numbers) -> None:
    """Bands from one bar to the next; both ends are stacked in the order of stages."""
    left, right = place + _BAR / 2, place + 1 - _BAR / 2
    starts = np.concatenate([[0.0], np.cumsum(flows.sum(axis=1))[:-1]])
    ends = np.concatenate([[0.0], np.cumsum(flows.sum(axis=0))[:-1]])
    for source, target in np.argwhere(flows > 0.0):
        share = flows[source, target]
        outline = _band(left, right, 100 * starts[source], 100 * ends[target], 100 * share)
        axes.add_patch(
            PathPatch(outline, facecolor=STAGE_COLOURS[source], alpha=_FAINT, linewidth=0)
        )
        starts[source] += share
        ends[target] += share


def _band(left: float, right: float, low: float, high: float, thick: float) -> Outline:
    """A band of one thickness, curved from `low` at the left to `high` at the right."""
    middle = (left + right) / 2
    points = [
        (left, low), (middle, low), (middle, high), (right, high),
        (right, high + thick), (middle, high + thick), (middle, low + thick), (left, low + thick),
        (left, low),
    ]  # fmt: skip
    curve = [Outline.CURVE4] * 3
    codes = [Outline.MOVETO, *curve, Outline.LINETO, *curve, Outline.CLOSEPOLY]
    return Outline(points, codes)


def _in_words(paths: Paths, look: Look) -> str:
    parts = [f"{title}: {_shares(paths, rows)}" for title, rows in GROUPS.items()]
    return f"{look.name}, {'. '.join(parts)}."


def _shares(paths: Paths, rows: Sequence[int]) -> str:
    years, labels = _dates(paths), stage_labels()
    return "; ".join(
        f"year {year}: "
        + ", ".join(f"{100 * s:.0f} % {labels[k]}" for k, s in enumerate(shares) if s >= 0.005)
        for year, shares in zip(years, shares_at(paths, years, rows), strict=True)
    )
