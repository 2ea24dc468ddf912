"""Networks of institutions: one row per scenario, one column per date."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import LineCollection

from sim.drawing.fonts import width, wrapped
from sim.drawing.looks import written_otherwise
from sim.drawing.page import (
    GREY,
    INK,
    LINE,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)
from sim.networks.recorded import CENTRE, FIRM, HUB, LOCAL
from sim.questions.comparison.figures.tie_tables import TIE_SCALE, TieTable, draw_tie_scale
from sim.questions.comparison.figures.webs import (
    CONTRACT,
    OTHER,
    STATUTORY,
    Numbers,
    Side,
    Web,
    find_rows,
    readings,
    webs_alt_text,
    webs_caption,
    webs_note,
)
from sim.questions.comparison.study import Runs

_TITLE = "The network of institutions"
_COLUMNS = 3
_WIDE = (WIDTH - 2 * MARGIN) / _COLUMNS
_RADIUS = 0.8
_NAME_ROOM = 0.86
_KEY = 2 * LINE + 0.25
# Okabe and Ito (2008): colours that differ for all kinds of colour vision, each with a shape.
_NODES = {
    CENTRE: ("*", "#000000"), LOCAL: ("s", "#0072B2"),
    HUB: ("^", "#009E73"), FIRM: ("o", "#E69F00"),
}  # fmt: skip
_LINES = {OTHER: "#777777", CONTRACT: "#D55E00", STATUTORY: "#000000"}
_SIZES = {CENTRE: 12.0, LOCAL: 6.0, HUB: 6.0, FIRM: 4.6}
_FAINTEST = {OTHER: (70.0, 0.03), CONTRACT: (40.0, 0.08), STATUTORY: (20.0, 0.12)}


def draw_networks(runs: Runs) -> Drawing | None:
    """Networks at the first, middle and last recorded year; None if none was recorded."""
    rows = find_rows(runs)
    if not rows:
        return None
    heading = Heading(_TITLE, f"First replicate of each scenario. {webs_note(rows)}")
    panels = [TieTable(row) if row.is_crowded else _Panels(row) for row in rows]
    key = 0.0 if all(row.is_crowded for row in rows) else _KEY
    scale = TIE_SCALE if any(row.is_crowded for row in rows) else 0.0
    page = Page(heading.height + key + scale + sum(panel.height for panel in panels))
    heading.draw(page)
    if key:
        _draw_key(page, heading.height + 0.1)
    if scale:
        draw_tie_scale(page, heading.height + key)
    top = heading.height + key + scale
    for panel in panels:
        panel.draw(page, top)
        top += panel.height
    caption = webs_caption(rows) + written_otherwise([row.look for row in rows])
    return Drawing(page, Caption("network", _TITLE, caption, webs_alt_text(rows)))


class _Panels:
    """The networks of one scenario under its label."""

    def __init__(self, row: Side) -> None:
        self._row = row
        self._names = row.names
        widest = max((width(name, SMALL) for name in self._names), default=0.0)
        self._room = min(widest, _NAME_ROOM) + 0.1
        self._heads = wrapped(row.look.label, WIDTH - 2 * MARGIN, TEXT + 1, bold=True)
        self._above = LINE * (len(self._heads) + 1) + 0.16
        self.height = self._above + 2 * (_RADIUS + self._room) + LINE * 3 + 0.2

    def draw(self, page: Page, top: float) -> None:
        """Draws label and networks."""
        page.sheet.plot([MARGIN, WIDTH - MARGIN], [top] * 2, color="#cccccc", linewidth=0.8)
        for place, line in enumerate(self._heads):
            middle = top + 0.16 + LINE * place
            page.write(MARGIN, middle, line, fontsize=TEXT + 1, fontweight="bold")
        for column, web in enumerate(self._row.webs):
            across = MARGIN + (column + 0.5) * _WIDE
            self._draw_web(page, np.array([across, top + self._above]), web)

    def _draw_web(self, page: Page, at: Numbers, web: Web) -> None:
        middle = at + np.array([0.0, _RADIUS + self._room])
        date = web.date.removeprefix("the ").capitalize()
        page.write(at[0], at[1] - LINE / 2, date, ha="center", color=GREY)
        _draw_lines(page, web, middle)
        _draw_nodes(page, web, middle)
        _write_names(page, self._names, middle)
        below = middle[1] + _RADIUS + self._room + LINE / 2
        for place, line in enumerate(readings(web)):
            page.write(at[0], below + LINE * place, line, ha="center", fontsize=SMALL)


def _draw_lines(page: Page, web: Web, middle: Numbers) -> None:
    """Ties, the more the fainter, so that a dense network is grey and not black."""
    for kind, colour in _LINES.items():
        enough, least = _FAINTEST[kind]
        faint = float(np.clip(enough / max(1, len(web.lines[kind])), least, 0.9))
        lines = middle + _RADIUS * web.lines[kind]
        page.sheet.add_collection(
            LineCollection(
                list(lines),
                colors=colour,
                linewidths=0.7,
                alpha=faint,
                zorder=1,
            ),
            autolim=False,
        )


def _draw_nodes(page: Page, web: Web, middle: Numbers) -> None:
    """Institutions; hollow those without ties, but a hub without ties sleeps and is not drawn."""
    for kind, (marker, colour) in _NODES.items():
        shrink = min(1.0, (60.0 / max(1, len(web.nodes[kind]))) ** 0.5)
        places = middle + _RADIUS * web.nodes[kind]
        for chosen, face in ((web.tied[kind], colour), (~web.tied[kind], "white")):
            if face == "white" and kind == HUB:
                continue
            page.sheet.plot(
                *places[chosen].T, marker, markersize=_SIZES[kind] * shrink, markerfacecolor=face,
                markeredgecolor="white" if face == colour else colour, markeredgewidth=0.5 * shrink,
                zorder=2,
            )  # fmt: skip


def _write_names(page: Page, names: Sequence[str], middle: Numbers) -> None:
    """Names around the circle, along its radii, none upside down."""
    for place, name in enumerate(names):
        turn = 360.0 * place / len(names)
        across, down = np.sin(np.radians(turn)), -np.cos(np.radians(turn))
        is_left = turn > 180.0
        left, top = middle + (_RADIUS + 0.09) * np.array([across, down])
        page.sheet.text(
            left, top, name, fontsize=SMALL,
            color=INK, rotation=(270.0 if is_left else 90.0) - turn, rotation_mode="anchor",
            ha="right" if is_left else "left", va="center",
        )  # fmt: skip


def _draw_key(page: Page, top: float) -> None:
    """Shapes and colours of institutions, then of ties."""
    left, middle = MARGIN, top + LINE / 2
    for kind, (marker, colour) in _NODES.items():
        page.sheet.plot(
            left + 0.08, middle, marker, color=colour, markersize=max(6.0, _SIZES[kind] - 2)
        )
        page.write(left + 0.24, middle, kind)
        left += 0.24 + width(kind, TEXT) + 0.3
    page.sheet.plot(left + 0.08, middle, "o", mec=_NODES[FIRM][1], mfc="white", markersize=6)
    page.write(left + 0.24, middle, "entrepreneur without ties")
    left, middle = MARGIN, middle + LINE + 0.04
    for kind, colour in _LINES.items():
        page.sheet.plot([left, left + 0.35], [middle] * 2, color=colour, linewidth=1.4)
        page.write(left + 0.45, middle, kind)
        left += 0.45 + width(kind, TEXT) + 0.3
