"""What was foretold against what was observed, country by country."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from sim.drawing.page import GREY, INK, MARGIN, SMALL, WIDTH, Caption, Drawing, Heading, Page
from sim.questions.evidence.forecast_words import paragraph
from sim.questions.evidence.forecasts import Forecasts
from sim.questions.evidence.series import measure_of

_FORETOLD, _SEEN = "#0072B2", "#D55E00"
_LINE = 0.24
_LEFT, _AXIS = 0.75, 0.75
_MOST = 60
"""Rows of the figure; with more countries it would be longer than a page."""


def draw_forecasts(found: Forecasts) -> Drawing:
    """A row per country: intervals and means foretold for each year, and what was observed."""
    table = found.predictions
    indicator = str(table["indicator"].iloc[0])
    own = table[table["indicator"] == indicator]
    codes = _ordered(own)[:_MOST]
    measure = measure_of(indicator)
    shown = indicator if measure is None else measure.title
    title = f"{shown}: foretold at the end of {found.cutoff}, and observed"
    note = (
        f"Per cent of people, {own['year'].min()} to {own['year'].max()}, a line for each year, "
        "the earliest on top. Blue bars: central 90 % of what was foretold, dots the mean. Orange "
        "diamonds: observed. Countries by what was observed."
    )
    heading = Heading(title, note)
    lines = [own[own["country"] == code].sort_values("year") for code in codes]
    tall = _LINE * sum(_height(rows) for rows in lines)
    page = Page(heading.height + tall + _AXIS)
    heading.draw(page)
    axes = page.axes(_LEFT, heading.height, WIDTH - _LEFT - MARGIN, tall)
    _draw(axes, codes, lines)
    alt = f"{paragraph(found)} {_words(lines)}"
    return Drawing(page, Caption("forecasts", title, note, alt))


def _ordered(own: pd.DataFrame) -> list[str]:
    means = own.groupby("country")["observed"].mean().sort_values(ascending=False, kind="stable")
    return [str(code) for code in means.index]


def _height(rows: pd.DataFrame) -> float:
    """Lines of text that a country takes."""
    return max(1.0, 0.35 * len(rows)) + 0.3


def _draw(axes: Axes, codes: list[str], lines: list[pd.DataFrame]) -> None:
    top, middles = 0.0, []
    for rows in lines:
        height = _height(rows)
        places = top + (np.arange(len(rows)) + 0.5) * (height - 0.3) / len(rows) + 0.15
        axes.hlines(places, rows["low"], rows["high"], color=_FORETOLD, lw=2.2, alpha=0.55)
        axes.plot(rows["mean"], places, "o", color=_FORETOLD, ms=4)
        axes.plot(rows["observed"], places, "D", mfc=_SEEN, mec="white", mew=0.6, ms=5.5)
        axes.axhline(top + height, color="#dddddd", lw=0.8)
        middles.append(top + height / 2)
        top += height
    axes.set(xlim=(0, 100), ylim=(top, 0.0))
    axes.set_yticks(middles, codes, fontsize=SMALL, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MultipleLocator(20))
    axes.grid(axis="x", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.set_xlabel("per cent of people", color=GREY)


def _words(lines: list[pd.DataFrame]) -> str:
    told = []
    for rows in lines:
        last = rows.iloc[-1]
        told.append(
            f"{last['country']} {last['year']}: foretold {last['mean']:.0f} "
            f"({last['low']:.0f} to {last['high']:.0f}), observed {last['observed']:.0f}"
        )
    return f"{'; '.join(told)}."
