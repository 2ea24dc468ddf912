"""The table of outcomes for a terminal."""

from __future__ import annotations

import math

import pandas as pd

from sim.outcomes import OUTCOMES, WINDOW
from sim.questions.comparison.study import Runs
from sim.statistics import FEW, FEWEST

_NAME = 15
_CELL = 28
_BESIDE = 3
_WIDE = 9.95


def outcome_table(runs: Runs) -> str:
    """Headline outcomes by scenario: mean, confidence of the mean, spread of the replicates."""
    names = list(runs.study.scenarios)
    months = runs.study.months
    first = max(1, months - WINDOW + 1)
    lines = [
        "Outcomes (indices from 0 to 100, not per cent; higher is better), mean of months "
        f"{first} to {months}:"
    ]
    last = runs.summary[runs.summary["month"] == months]
    cells = last.set_index(["outcome", "scenario"])
    for start in range(0, len(names), _BESIDE):
        shown = names[start : start + _BESIDE]
        lines.append("")
        lines.append(" " * _NAME + "".join(clipped(name, _CELL).rjust(_CELL) for name in shown))
        for outcome in OUTCOMES:
            row = "".join(_cell(cells, outcome.name, name).rjust(_CELL) for name in shown)
            lines.append(outcome.name.ljust(_NAME) + row)
    lines += ["", _legend(runs)]
    return "\n".join(lines)


def _cell(cells: pd.DataFrame, outcome: str, scenario: str) -> str:
    if (outcome, scenario) not in cells.index:
        return "no replicate"
    row = cells.loc[[(outcome, scenario)]].iloc[0].to_dict()
    mean, low, high = row["mean"], row["conf_low"], row["conf_high"]
    if math.isnan(high):
        return f"{mean:.1f}"
    spread = f"[{row['spread_low']:.1f}, {row['spread_high']:.1f}]"
    if math.isclose(high - mean, mean - low, rel_tol=1e-6, abs_tol=1e-6):
        return f"{mean:.1f} ±{high - mean:.2f} {spread}"
    return f"{mean:.1f} +{_side(high - mean)}-{_side(mean - low)} {spread}"


def _side(width: float) -> str:
    """One side of an interval in as little room as there is."""
    return f"{width:.1f}" if width < _WIDE else f"{width:.0f}"


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
