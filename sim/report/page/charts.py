"""Outcomes over the years: three large charts, the six outcomes, and their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.drawing.svg.courses import Course, course_chart
from sim.drawing.words import year_end
from sim.outcomes import OUTCOMES
from sim.report.page.blocks import Cell, Chart, Charts, Download, Section, Table, cells, figures
from sim.report.page.numbers import download, interval, plain
from sim.report.page.told import Told, outcome_title
from sim.statistics import range_of

LARGE = ("participation_breadth", "needs_met", "cost_per_citizen")
"""What anybody asks first: who takes part, whose needs are met, what it costs."""
SMALL = tuple(one.name for one in OUTCOMES if one.name not in LARGE)
SHOWN = (*LARGE, *SMALL)
_NINE_TENTHS = 1.645
"""Standard deviations of a normal distribution on either side of nine tenths of it."""


def courses_section(told: Told) -> Section:
    """Three large charts and the other outcomes."""
    worlds = (
        "At the right edge: the thin line holds nine of ten plausible worlds, the thick one what "
        "luck alone would do in one of them, the mark is the mean."
        if told.study.worlds
        else "At the right edge: the thin line holds nine of ten replicates, the thick one is the "
        "95 % confidence of the mean. Luck alone varies here; what nobody knows is held at its "
        "default."
    )
    return Section(
        "outcomes",
        "Outcomes over the years",
        [
            Charts([_chart(told, name, large=True) for name in LARGE], large=True, note=worlds),
            Charts([_chart(told, name, large=False) for name in SMALL]),
        ],
        lead="Each point is the mean of the three years up to it. Colour, line and mark belong to "
        "a scenario throughout the page.",
    )


def years_of(told: Told) -> list[int]:
    """The calendar years at whose ends outcomes are read; those that all scenarios reach."""
    months = range(12, told.study.months + 1, 12)
    return [math.floor(year_end(told.first, month)) for month in months]


def _chart(told: Told, outcome: str, *, large: bool) -> Chart:
    title = outcome_title(outcome)
    courses = [course_of(told, name, outcome) for name in told.names]
    years = plain_years(told)
    shown = "; ".join(
        f"{one.name} from {plain(one.values[0])} to {plain(one.values[-1])}" for one in courses
    )
    svg = course_chart(
        courses, years, title=f"{title}, {told.unit(outcome)}",
        description=f"Lines over the years {years[0]} to {years[-1]}: {shown}.",
        within=range_of(outcome), size=(420.0, 320.0 if large else 270.0), ident=outcome,
    )  # fmt: skip
    return Chart(title, svg, told.unit(outcome), table=_table(told, outcome, title))


def plain_years(told: Told) -> list[int]:
    """Years for an axis; counted from 1 where two scenarios begin at other dates."""
    if len({one.start for one in told.study.scenarios.values()}) == 1:
        return years_of(told)
    return list(range(1, 1 + told.study.months // 12))


def course_of(told: Told, name: str, outcome: str) -> Course:
    """The course of an outcome under one scenario."""
    rows = told.by_year[name, outcome]
    rows = rows[rows["month"] <= told.study.months]
    last = rows.iloc[-1]
    outer, inner = _ends(told, last)
    return Course(told.labels[name], told.pens[name], rows["mean"].tolist(), outer, inner)


def _ends(told: Told, last: pd.Series) -> tuple[tuple[float, float], tuple[float, float]]:
    if not told.study.worlds:
        return (
            (float(last["spread_low"]), float(last["spread_high"])),
            (float(last["conf_low"]), float(last["conf_high"])),
        )
    mean, luck = float(last["mean"]), float(last["luck_share"])
    half = _NINE_TENTHS * float(last["sd"]) * math.sqrt(luck) if luck >= 0 else math.nan
    return (float(last["worlds_low"]), float(last["worlds_high"])), (mean - half, mean + half)


def _table(told: Told, outcome: str, title: str) -> Table:
    years = plain_years(told)
    series = {name: course_of(told, name, outcome) for name in told.names}
    rows: list[list[Cell]] = [
        [Cell(str(year)), *figures(*(plain(one.values[place]) for one in series.values()))]
        for place, year in enumerate(years)
    ]
    word = "nine of ten worlds" if told.study.worlds else "nine of ten replicates"
    ends = [interval(*one.outer) for one in series.values()]
    if any(ends):
        rows.append([Cell(f"last year, {word}"), *figures(*ends)])
    return Table(f"{title}: {told.unit(outcome)}", cells("Year", *told.labels.values()), rows)


def charts_data(told: Told) -> dict[str, Any]:
    """What the script shows beside the pointer."""
    return {
        "years": plain_years(told),
        "names": list(told.labels.values()),
        "values": {
            outcome: [
                [round(value, 2) for value in course_of(told, name, outcome).values]
                for name in told.names
            ]
            for outcome in SHOWN
        },
    }


def charts_download(told: Told) -> Download:
    """The numbers behind the charts."""
    rows = told.priced(told.runs.summary)
    own = rows[rows["outcome"].isin(SHOWN)]
    columns = [name for name in own.columns if name not in ("sd", "spread_low", "spread_high")]
    return download("outcomes.csv", own[columns], "outcomes by year")


def outcomes_of(names: Sequence[str]) -> list[str]:
    """Those of some outcomes that every study has."""
    return [name for name in names if name in SHOWN]
