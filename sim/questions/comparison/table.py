"""The table of outcomes for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from sim.outcome_words import lower_is_better, short_unit, units_told
from sim.outcomes import OUTCOMES, PRICES_OF_TIME, WINDOW
from sim.questions.comparison.findings import orders_told
from sim.questions.comparison.study import Runs
from sim.statistics import FEW, FEWEST
from sim.text import grouped, significant

_WIDTH = 100
_CELL = 25
_BETWEEN = 2
"""Spaces between columns at least."""
_WIDE = 9.95
_HUNDRED = 99.95
_NAMES = [outcome.name for outcome in OUTCOMES]
_ENDS = ("mean", "conf_low", "conf_high", "spread_low", "spread_high")
_PRICED = {price: f"efficiency_time_{price}" for price in PRICES_OF_TIME}


def outcome_table(runs: Runs) -> str:
    """Headline outcomes by scenario: mean, confidence of the mean, spread of the replicates.

    Below, efficiency at each price of citizens' time, and whether the order of scenarios is the
    same at all of them.
    """
    months = runs.study.months
    first = max(1, months - WINDOW + 1)
    last = runs.summary[runs.summary["month"] == months]
    cells = last.set_index(["outcome", "scenario"])
    names = [name for name in _NAMES if name in runs.values]
    rows = {_starred(name): name for name in names}
    return "\n".join(
        [
            f"Outcomes, mean of months {first} to {months}; higher is better, save where *:",
            *units_told(names, _WIDTH, runs.study.price.unit),
            *_blocks(runs, cells, rows),
            *_at_prices(runs, cells),
            "",
            _legend(runs),
        ]
    )


def _starred(name: str) -> str:
    return f"{name}*" if lower_is_better(name) else name


def _blocks(runs: Runs, cells: pd.DataFrame, rows: Mapping[str, str]) -> list[str]:
    """A line per row, some scenarios beside each other, below each other where they are many."""
    names = list(runs.study.scenarios)
    told = {(row, name): _cell(runs, cells, row, name) for row in rows.values() for name in names}
    label = max(len(_starred(name)) for name in _NAMES) + 1
    money = runs.study.price.short_unit
    unit = max(len(short_unit(name, money)) for name in rows.values()) + 1
    wide = max(_CELL, _BETWEEN + max(map(len, told.values()), default=0))
    beside = max(1, (_WIDTH - label - unit) // wide)
    lines = []
    for start in range(0, len(names), beside):
        shown = names[start : start + beside]
        head = "".join(clipped(name, wide).rjust(wide) for name in shown)
        lines += ["", " " * (label + unit) + head]
        for row, outcome in rows.items():
            numbers = "".join(told[outcome, name].rjust(wide) for name in shown)
            lines.append(row.ljust(label) + short_unit(outcome, money).ljust(unit) + numbers)
    return lines


def _at_prices(runs: Runs, cells: pd.DataFrame) -> list[str]:
    """Efficiency at each price of time, and whether the order of scenarios rests on it."""
    asked = [(name, scenario) for name in _PRICED.values() for scenario in runs.study.scenarios]
    if not all(one in cells.index for one in asked):
        return []
    money = runs.study.price
    rows = {
        f"  {significant(money.amount * one)} {money.short_unit}": name
        for one, name in _PRICED.items()
    }
    found = cells["mean"].to_dict()
    means = {
        money.amount * price: {one: found[name, one] for one in runs.study.scenarios}
        for price, name in _PRICED.items()
    }
    lines = ["", "Efficiency with an hour of citizens' time at", *_blocks(runs, cells, rows)[1:]]
    return (
        [*lines, f"By their means {orders_told(means)}."]
        if len(runs.study.scenarios) > 1
        else lines
    )


def _cell(runs: Runs, cells: pd.DataFrame, outcome: str, scenario: str) -> str:
    if (outcome, scenario) not in cells.index:
        return "no replicate"
    row = cells.loc[[(outcome, scenario)]].iloc[0][list(_ENDS)].astype(float)
    row = runs.study.price.of(outcome) * row
    mean, low, high = row["mean"], row["conf_low"], row["conf_high"]
    if math.isnan(high):
        return grouped(mean)
    spread = f"[{_end(row['spread_low'])}, {_end(row['spread_high'])}]"
    if math.isclose(high - mean, mean - low, rel_tol=1e-6, abs_tol=1e-6):
        return f"{grouped(mean)} ±{grouped(high - mean, 2)} {spread}"
    return f"{grouped(mean)} +{_side(high - mean)}-{_side(mean - low)} {spread}"


def _side(width: float) -> str:
    """One side of an interval in as little room as there is."""
    return f"{width:.1f}" if width < _WIDE else f"{width:,.0f}"


def _end(value: float) -> str:
    """One end of the spread, without decimals where it has three digits before them."""
    return f"{value:.1f}" if abs(value) < _HUNDRED else f"{value:,.0f}"


def _legend(runs: Runs) -> str:
    count = runs.replicates
    if count < 2:
        return "One replicate: neither spread nor confidence can be said."
    if count < FEWEST:
        return (
            f"{count} replicates are too few for an interval; from {FEWEST} on there is one, and "
            f"from {FEW} on it says enough."
        )
    few = f" Fewer than {FEW} replicates: take both as rough." if count < FEW else ""
    return (
        f"{count} replicates; ± is the 95 % confidence of the mean (+ and - where it ends at what "
        f"is possible), [ ] the spread of the central 90 % of replicates.{few}"
    )


def clipped(name: str, width: int) -> str:
    """A name, or its beginning where it would not leave a space."""
    return name if len(name) < width else f"{name[: width - 2]}…"
