"""Which rows of the figure carry a difference, and which pairs of rows work together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

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
from sim.drawing.words import decimals_needed, signed
from sim.outcome_words import difference_unit, lower_told
from sim.outcomes import title_of
from sim.paradigms import FIGURE
from sim.questions.attribution.analysis import Attribution

_ACROSS = 3
_LEFT = 3.35
_GAP = 0.25
_LINE = 0.235
_TITLE_ROOM = 0.62
_TICK_ROOM = 0.48
_BAR = "#0072B2"
_OPEN = "#767676"
_DIVERGING = colormaps["PuOr_r"]
_NUMBERS = {row.id: row.number for row in FIGURE.rows}
_TITLES = {row.id: f"{row.number} {row.title}" for row in FIGURE.rows}


def draw_shares(found: Attribution) -> Drawing:
    """Shapley shares with confidence: a panel per outcome, a line per row of the figure."""
    title = f"What each row carries: {found.end} minus {found.start}"
    note = (
        f"Shapley shares in each outcome's own unit, over {found.orders} orders of the rows, with "
        "95 % confidence. Shares of a panel sum to the difference above it. Filled: the interval "
        f"leaves out zero.{lower_told(found.totals)}"
    )
    rows = list(dict.fromkeys(found.shares["row"]))
    heading = Heading(title, note)
    tall = _LINE * len(rows)
    page = Page(heading.height + _lines(found) * (tall + _TITLE_ROOM + _TICK_ROOM))
    heading.draw(page)
    for panel, (outcome, left, top, wide) in enumerate(_panels(found, heading.height, tall)):
        own = found.shares[found.shares["outcome"] == outcome].set_index("row").loc[rows]
        total = found.totals[outcome]
        decimals = decimals_needed(total) if total else 1
        _write_title(page, left, top, outcome)
        page.write(left + wide, top + 0.16, signed(total, decimals), ha="right", color=INK)
        axes = page.axes(left, top + _TITLE_ROOM, wide, tall)
        _draw_lines(axes, own)
        names = [_TITLES[row] for row in rows] if panel % _ACROSS == 0 else []
        axes.set_yticks(range(len(rows)), names or [""] * len(rows))
    figure = Caption("shares", title, note, " ".join(_share_words(found, o) for o in found.totals))
    return Drawing(page, figure)


def draw_interactions(found: Attribution) -> Drawing | None:
    """Pairs of rows that add more, or less, together than apart; None with too few orders."""
    if found.interactions.empty:
        return None
    title = f"Rows that work together: {found.end} minus {found.start}"
    note = (
        "What two rows add together, in each outcome's own unit, beyond what each adds alone: "
        f"orange more, purple less.{lower_told(found.totals)} "
        "Only pairs whose 95 % interval leaves out zero are coloured (about one in twenty by "
        "chance); grey dots are open. Colours run to the largest value of a panel, named above it."
    )
    rows = list(dict.fromkeys(found.shares["row"]))
    heading = Heading(title, note)
    wide = (WIDTH - MARGIN - _LEFT - (_ACROSS - 1) * _GAP) / _ACROSS
    room = LINE + _TITLE_ROOM
    page = Page(heading.height + _lines(found) * (wide + room + _TICK_ROOM))
    heading.draw(page)
    for panel, (outcome, left, top, side) in enumerate(_panels(found, heading.height, wide + LINE)):
        own = found.interactions[found.interactions["outcome"] == outcome]
        _write_title(page, left, top, outcome)
        axes = page.axes(left, top + room, side, side)
        largest = _draw_pairs(axes, own, rows)
        if largest is not None:
            page.write(left, top + 0.16 + 2 * LINE, _pair_words(largest), fontsize=SMALL, color=INK)
        axes.set_xticks(range(0, len(rows), 2), [str(_NUMBERS[row]) for row in rows[::2]])
        names = _TITLES if panel % _ACROSS == 0 else {row: str(_NUMBERS[row]) for row in rows}
        axes.set_yticks(range(len(rows)), [names[row] for row in rows])
    words = " ".join(_interaction_words(found, outcome) for outcome in found.totals)
    return Drawing(page, Caption("interactions", title, note, words))


def _lines(found: Attribution) -> int:
    """Rows of panels."""
    return -(-len(found.totals) // _ACROSS)


def _write_title(page: Page, left: float, top: float, outcome: str) -> None:
    page.write(left, top + 0.16, title_of(outcome), fontweight="bold")
    page.write(left, top + 0.16 + LINE, difference_unit(outcome), fontsize=SMALL, color=GREY)


def _panels(
    found: Attribution, top: float, tall: float
) -> Iterator[tuple[str, float, float, float]]:
    """Outcome, left, top and width of each panel, three to a line."""
    wide = (WIDTH - MARGIN - _LEFT - (_ACROSS - 1) * _GAP) / _ACROSS
    for number, outcome in enumerate(found.totals):
        line, place = divmod(number, _ACROSS)
        yield (
            outcome,
            _LEFT + place * (wide + _GAP),
            top + line * (tall + _TITLE_ROOM + _TICK_ROOM),
            wide,
        )


def _draw_lines(axes: Axes, own: pd.DataFrame) -> None:
    axes.axvline(0.0, color=INK, linewidth=1.0)
    for place, row in enumerate(own.to_dict("records")):
        low, high = row["conf_low"], row["conf_high"]
        clear = low * high > 0
        colour = _BAR if clear else _OPEN
        axes.barh(place, row["share"], height=0.56, color=_BAR, alpha=0.35 if clear else 0.12)
        axes.plot([low, high], [place, place], color=colour, linewidth=1.6)
        face = colour if clear else "white"
        axes.plot(row["share"], place, "o", ms=4.5, mec=colour, mfc=face)
    axes.set_ylim(len(own) - 0.4, -0.6)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))


def _draw_pairs(axes: Axes, own: pd.DataFrame, rows: list[str]) -> dict[Any, Any] | None:
    """The lower triangle of pairs; returns the largest clear one."""
    clear = own[own["clear"]]
    most = float(clear["interaction"].abs().max()) if len(clear) else 1.0
    field = np.full((len(rows), len(rows)), np.nan)
    for row in own.to_dict("records"):
        across, down = rows.index(row["row"]), rows.index(row["other"])
        if row["clear"]:
            field[down, across] = row["interaction"]
        else:
            axes.plot(across, down, ".", color="#bbbbbb", markersize=3)
    axes.imshow(field, cmap=_DIVERGING, vmin=-most, vmax=most, aspect="auto")
    axes.tick_params(length=0, labelsize=SMALL)
    axes.tick_params(axis="y", labelsize=SMALL)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    for edge in np.arange(0.5, len(rows) - 1):
        axes.axhline(edge, color="#eeeeee", linewidth=0.5)
        axes.axvline(edge, color="#eeeeee", linewidth=0.5)
    axes.set_facecolor("white")
    axes.tick_params(colors=GREY)
    if clear.empty:
        return None
    return max(clear.to_dict("records"), key=lambda row: abs(row["interaction"]))


def _pair_words(pair: dict[Any, Any]) -> str:
    one, two = _NUMBERS[pair["row"]], _NUMBERS[pair["other"]]
    value = pair["interaction"]
    return f"{one} with {two}: {signed(value, decimals_needed(value))}"


def _share_words(found: Attribution, outcome: str) -> str:
    own = found.shares[found.shares["outcome"] == outcome]
    order = own["share"].abs().sort_values(ascending=False, kind="stable").index
    told = "; ".join(
        f"{row['row']} {row['share']:+.2f} ({row['conf_low']:+.2f} to {row['conf_high']:+.2f})"
        for row in own.loc[order].to_dict("records")
    )
    total = f"{found.totals[outcome]:+.2f} {difference_unit(outcome)}"
    return f"{title_of(outcome)} {total}: {told}."


def _interaction_words(found: Attribution, outcome: str) -> str:
    own = found.interactions
    own = own[(own["outcome"] == outcome) & own["clear"]]
    order = own["interaction"].abs().sort_values(ascending=False, kind="stable").index[:5]
    told = "; ".join(
        f"{row['row']} with {row['other']} {row['interaction']:+.2f} "
        f"({row['conf_low']:+.2f} to {row['conf_high']:+.2f})"
        for row in own.loc[order].to_dict("records")
    )
    return f"{title_of(outcome)}: {told or 'no clear pair'}."
