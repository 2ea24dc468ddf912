"""A network of very many institutions as squares: who is tied to whom, by region and kind."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from sim.drawing.fonts import width, wrapped
from sim.drawing.page import GREY, LINE, MARGIN, SMALL, TEXT, WIDTH, Page
from sim.questions.comparison.figures.webs import Side, Web, readings, shares_of_ties

_NAMES = 1.35
_GAP = 0.14
_COLUMNS = 3
_SIDE = (WIDTH - 2 * MARGIN - _NAMES - (_COLUMNS - 1) * _GAP) / _COLUMNS
_COLOURS = colormaps["viridis"]
_NORM = PowerNorm(0.5, vmin=0.0, vmax=100.0)
_TICKS = (0, 5, 20, 50, 100)
_LEAST = 0.165
"""Inches that the name of a row needs."""


class TieTable:
    """The squares of one scenario under its label."""

    def __init__(self, row: Side) -> None:
        self._row = row
        self._heads = wrapped(row.look.label, WIDTH - 2 * MARGIN, TEXT + 1, bold=True)
        self._above = LINE * (len(self._heads) + 1) + 0.2
        self._tall = max(_SIDE, _LEAST * len(row.groups))
        self.height = self._above + self._tall + LINE * 3 + 0.3

    def draw(self, page: Page, top: float) -> None:
        """Draws label and squares."""
        page.sheet.plot([MARGIN, WIDTH - MARGIN], [top] * 2, color="#cccccc", linewidth=0.8)
        for place, line in enumerate(self._heads):
            middle = top + 0.18 + LINE * place
            page.write(MARGIN, middle, line, fontsize=TEXT + 1, fontweight="bold")
        step = self._tall / len(self._row.groups)
        for place, name in enumerate(self._row.groups):
            middle = top + self._above + step * (place + 0.5)
            end = MARGIN + _NAMES - 0.08
            page.write(end, middle, _cut(name), fontsize=SMALL, color=GREY, ha="right")
        for column, web in enumerate(self._row.webs):
            left = MARGIN + _NAMES + column * (_SIDE + _GAP)
            self._draw_web(page, left, top, web)

    def _draw_web(self, page: Page, left: float, top: float, web: Web) -> None:
        middle = left + _SIDE / 2
        date = web.date.removeprefix("the ").capitalize()
        page.write(middle, top + self._above - LINE / 2, date, ha="center", color=GREY)
        axes = page.axes(left, top + self._above, _SIDE, self._tall)
        _draw_square(axes, shares_of_ties(web, self._row.groups))
        below = top + self._above + self._tall + LINE / 2 + 0.06
        for place, line in enumerate(readings(web)):
            page.write(middle, below + LINE * place, line, ha="center", fontsize=SMALL)


def draw_tie_scale(page: Page, top: float) -> None:
    """The colours of shares, on one line."""
    text = "Per cent of possible ties:"
    page.write(MARGIN, top + LINE / 2, text)
    left = MARGIN + width(text, TEXT) + 0.25
    axes = page.axes(left, top + 0.05, 3.4, 0.13)
    ramp = _NORM.inverse(np.linspace(0.0, 1.0, 256))[None, :]
    axes.imshow(ramp, cmap=_COLOURS, norm=_NORM, aspect="auto", extent=(0.0, 1.0, 0.0, 1.0))
    axes.set_xticks([float(_NORM(tick)) for tick in _TICKS], [str(tick) for tick in _TICKS])
    axes.yaxis.set_visible(False)
    axes.set_frame_on(False)
    axes.tick_params(axis="x", length=2.5, pad=2, labelsize=SMALL)


TIE_SCALE = 0.5


def _draw_square(axes: Axes, shares: np.ndarray) -> None:
    axes.imshow(shares, cmap=_COLOURS, norm=_NORM, aspect="auto", interpolation="nearest")
    edges = np.arange(0.5, len(shares) - 1)
    axes.hlines(edges, -0.5, len(shares) - 0.5, color="white", linewidth=0.5)
    axes.vlines(edges, -0.5, len(shares) - 0.5, color="white", linewidth=0.5)
    axes.set_axis_off()


def _cut(name: str) -> str:
    return wrapped(name, _NAMES - 0.1, SMALL)[0]
