"""Discovered boxes: what more coverage costs in density, and the limits of the first box."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from sim.drawing.fonts import width, wrapped
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
from sim.questions.discovery.analysis import Discovery, Found
from sim.questions.discovery.boxes import Box

_TITLE = "Conditions under which it happens"
_SHADES = ("#c6dbef", "#6baed6", "#2171b5", "#08306b")
"""Blues of one hue, light for few limits, dark for many."""
_CHOSEN = "#D55E00"
_SIDE, _WIDE = 2.4, 3.4
_ROW = 0.56
_ABOVE, _BELOW = 0.5, 0.75
_TRADEOFF_LEFT = 0.75
_RIGHT_HALF = 4.75
_RIGHT = WIDTH - MARGIN - 0.1


def draw_discovery(discovery: Discovery) -> Drawing:
    """Trade-off and limits, a row of panels per policy."""
    heading = Heading(_TITLE, _note(discovery))
    heights = [_ABOVE + (_SIDE + _BELOW if f.finds else LINE) for f in discovery.found]
    page = Page(heading.height + sum(heights) + LINE + 0.3)
    heading.draw(page)
    top = heading.height
    for found, height in zip(discovery.found, heights, strict=True):
        page.write(MARGIN, top + 0.22, _head(found), fontweight="bold")
        if found.finds:
            _draw_tradeoff(page.axes(_TRADEOFF_LEFT, top + _ABOVE, _WIDE, _SIDE), found)
        if found.boxes:
            _draw_limits(page, found, top + _ABOVE)
        elif found.finds:
            page.write(_RIGHT_HALF, top + _ABOVE + 0.3, "No limits that luck does not explain.",
                       fontsize=SMALL, color=GREY)  # fmt: skip
        top += height
    _draw_key(page, page.height - 0.2)
    text = " ".join(discovery.sentences)
    return Drawing(page, Caption("discovery", _TITLE, _caption(discovery), text))


def _draw_tradeoff(axes: Axes, found: Found) -> None:
    """Offered boxes by coverage and density; the chosen one ringed."""
    for box in found.finds[0].offered:
        axes.plot(box.coverage, box.density, "o", color=_shade(box), markersize=5.5,
                  markeredgecolor=INK, markeredgewidth=0.4, clip_on=False)  # fmt: skip
    if found.boxes:
        chosen, _ = found.boxes[0]
        axes.plot(chosen.coverage, chosen.density, "o", markersize=11, markerfacecolor="none",
                  markeredgecolor=_CHOSEN, markeredgewidth=2.2, clip_on=False)  # fmt: skip
    base = float(found.interest.mean())
    axes.axhline(base, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set(xlim=(0.0, 1.03), ylim=(0.0, 1.03))
    axes.set_xlabel("coverage (share of all such futures)", fontsize=SMALL)
    axes.set_ylabel("density (share of the box)", fontsize=SMALL)
    axes.grid(color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)


def _draw_limits(page: Page, found: Found, top: float) -> None:
    """Each limited factor's range, and the part of it inside the first box."""
    box, _ = found.boxes[0]
    limited = np.flatnonzero(np.isfinite(box.low) | np.isfinite(box.high)).tolist()
    names = [str(found.table.columns[k]) for k in limited]
    left = _RIGHT_HALF + 0.15 + max(width(name, SMALL) for name in names)
    for place, (k, name) in enumerate(zip(limited, names, strict=True)):
        middle = top + 0.3 + _ROW * place
        page.write(left - 0.15, middle, name, fontsize=SMALL, ha="right")
        _draw_range(page, found, k, (left, _RIGHT), middle)
    _write_quality(page, box, found, top + 0.45 + _ROW * len(limited))


def _draw_range(page: Page, found: Found, k: int, ends: tuple[float, float], middle: float) -> None:
    """A grey bar from the lowest to the highest value; coloured where the box is."""
    box, sides = found.boxes[0]
    column = found.table.iloc[:, k]
    low, high = float(column.min()), float(column.max())
    left, right = ends
    limits = float(box.low[k]), float(box.high[k])
    inside = [min(max(limit, low), high) for limit in limits]
    at = [left + (value - low) / (high - low) * (right - left) for value in inside]
    for where, colour in ((ends, "#d0d0d0"), (at, _CHOSEN)):
        page.sheet.plot(where, [middle] * 2, color=colour, lw=5, solid_capstyle="butt")
    how = {"fontsize": SMALL, "color": GREY}
    page.write(left, middle + 0.17, f"{low:.3g}", ha="left", **how)
    page.write(right, middle + 0.17, f"{high:.3g}", ha="right", **how)
    for side, limit in enumerate(limits):
        if math.isfinite(limit):
            text = f"{limit:.3g} ({_likely(float(sides[side, k]))})"
            half = width(text, SMALL) / 2
            centre = min(max(at[side], left + half), right - half)
            page.write(centre, middle - 0.17, text, fontsize=SMALL, ha="center")


def _write_quality(page: Page, box: Box, found: Found, top: float) -> None:
    text = (
        f"In the box: {box.hits} of {box.cases} futures ({100 * box.density:.0f} %), "
        f"{100 * box.coverage:.0f} % of all {box.total} such futures."
    )
    cases, hits, _ = found.fresh
    if cases:
        text += f" In futures kept out of the search: {100 * hits / cases:.0f} %."
    for place, line in enumerate(wrapped(text, WIDTH - _RIGHT_HALF - MARGIN, SMALL)):
        page.write(_RIGHT_HALF, top + LINE * place, line, fontsize=SMALL)


def _draw_key(page: Page, middle: float) -> None:
    at = MARGIN
    page.write(at, middle, "limits of a box:", fontsize=SMALL, color=GREY)
    at += width("limits of a box:", SMALL) + 0.2
    for number, colour in enumerate(_SHADES):
        label = f"{number}" if number < len(_SHADES) - 1 else f"{number} or more"
        page.sheet.plot(at, middle, "o", color=colour, markersize=6, mec=INK, mew=0.4)
        page.write(at + 0.1, middle, label, fontsize=SMALL, color=GREY)
        at += width(label, SMALL) + 0.35
    page.sheet.plot(at + 0.1, middle, "o", markersize=10, mfc="none", mec=_CHOSEN, mew=2)
    text = "chosen; dashed: share of all futures; q: how well luck explains a limit"
    page.write(at + 0.3, middle, text, fontsize=SMALL, color=GREY)


def _shade(box: Box) -> str:
    return _SHADES[min(box.limits, len(_SHADES) - 1)]


def _likely(p: float) -> str:
    return "q < .001" if p < 0.001 else f"q = {p:.3f}".replace("0.", ".")


def _head(found: Found) -> str:
    count, of = int(found.interest.sum()), len(found.interest)
    return f"{found.policy}: in {count} of {of} futures ({100 * count / of:.0f} %)"


def _note(discovery: Discovery) -> str:
    return (
        f"{discovery.plan.name}: where {discovery.condition.words} (mean of "
        f"{discovery.plan.replicates} replicate{'s' if discovery.plan.replicates > 1 else ''})."
    )


def _caption(discovery: Discovery) -> str:
    return (
        f"Scenario discovery with PRIM of the futures in which {discovery.condition.words}. Left: "
        "boxes from large and thin (right) to small and dense (left); the ringed one has the best "
        "balance (harmonic mean) of coverage and density, less the limits that luck explains. "
        "Right: its limits within the range of each factor. q is a quasi-p-value: the box was "
        f"chosen to look good on the same futures. {_note(discovery)}"
    )
