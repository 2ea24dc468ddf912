"""Outcomes at 5, 10 and 20 years, and at the start where a history leads there.

A reading is the mean of the 36 months up to its year, as everywhere; that of the start is of the
last months of the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.frames import numbers, table, whole, words
from sim.outcome_words import short_unit
from sim.outcomes import OUTCOMES, WINDOW
from sim.summaries import summarise
from sim.text import grouped

if TYPE_CHECKING:
    from sim.questions.comparison.study import Runs

YEARS = (5, 10, 20)
"""The years that are told of, and the last one."""
HORIZONS = (
    words("scenario", "outcome")
    | whole("years")
    | words("date")
    | whole("n")
    | numbers("mean", "spread_low", "spread_high", "conf_low", "conf_high")
    | numbers("difference", "difference_low", "difference_high", "share_better")
)
"""Columns of `horizons.csv`; `years` is 0 at the start, differences are to the baseline."""
_NAME, _UNIT, _CELL = 17, 7, 12


def horizons_of(months: int) -> list[int]:
    """The years that a scenario of so many months is told at."""
    last = months // 12
    return sorted({year for year in YEARS if year <= last} | {last})


def at_start(before: pd.DataFrame) -> pd.DataFrame:
    """Headline values of each replicate at the start: means of the last months of its history."""
    if before.empty:
        return before
    keys = ["scenario", "replicate"]
    recent = before[before["month"] > -WINDOW]
    return recent.groupby(keys, sort=False, as_index=False).mean(numeric_only=True).assign(month=0)


def horizon_table(runs: Runs) -> pd.DataFrame:
    """The rows of `horizons.csv`."""
    told = [runs.summary]
    if not runs.before.empty:
        told = [summarise(at_start(runs.before)), runs.summary]
    differences = _differences(runs.differences)
    rows: list[tuple[Any, ...]] = []
    for summary in told:
        for row in summary.to_dict("records"):
            scenario = runs.study.scenarios[row["scenario"]]
            months = row["month"]
            if months and (months % 12 or months // 12 not in horizons_of(scenario.months)):
                continue
            key = row["scenario"], row["outcome"], months
            rows.append((
                row["scenario"], row["outcome"], months // 12, scenario.date_of(months), row["n"],
                *(row[name] for name in ("mean", "spread_low", "spread_high", "conf_low",
                                         "conf_high")),
                *differences.get(key, (float("nan"),) * 4),
            ))  # fmt: skip
    order = {name: place for place, name in enumerate(runs.study.scenarios)}
    found = table(HORIZONS, rows)
    place = found["scenario"].map(order)
    sorted_ = found.assign(place=place).sort_values(["place", "years"], kind="stable")
    return sorted_.drop(columns="place").reset_index(drop=True)


def _differences(frame: pd.DataFrame | None) -> Mapping[tuple[str, str, int], Sequence[float]]:
    if frame is None:
        return {}
    rows = frame.to_dict("records")
    return {
        (row["scenario"], row["outcome"], row["month"]): [
            row["mean"], row["conf_low"], row["conf_high"], row["share_better"],
        ]
        for row in rows
    }  # fmt: skip


def horizon_lines(runs: Runs) -> list[str]:
    """Headline outcomes over time, for a terminal; nothing where there is only one horizon."""
    found = runs.horizons
    if found.empty or found["years"].nunique() < 2:
        return []
    price = runs.study.price
    unit = max(_UNIT, 1 + len(price.short_unit))
    lines = [f"Over time, means of the {WINDOW} months up to each year (all in horizons.csv):"]
    for name in runs.study.scenarios:
        own = found[found["scenario"] == name]
        years = sorted(own["years"].unique())
        heads = ["start" if year == 0 else f"{year} years" for year in years]
        shown = name if len(name) < _NAME else f"{name[: _NAME - 2]}…"
        lines += ["", shown.ljust(_NAME + unit) + "".join(head.rjust(_CELL) for head in heads)]
        cells = own.set_index(["outcome", "years"])["mean"]
        for outcome in (one for one in OUTCOMES if one.name in runs.values):
            values = [grouped(price.of(outcome.name) * cells[outcome.name, year]) for year in years]
            lines.append(
                outcome.name.ljust(_NAME)
                + short_unit(outcome.name, price.short_unit).ljust(unit)
                + "".join(f"  {value}".rjust(_CELL) for value in values)
            )
    return lines
