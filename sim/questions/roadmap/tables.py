"""The tables of a roadmap: when rows move, what that brings, and against what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.frames import numbers, table, whole, words
from sim.questions.roadmap.against import ORDERS, against, rests_on
from sim.questions.roadmap.objectives import OBJECTIVES
from sim.questions.roadmap.rules import STAY
from sim.statistics import central

if TYPE_CHECKING:
    from sim.questions.roadmap.analysis import Roadmap
    from sim.questions.roadmap.schedule import Schedule

STEPS = words("schedule", "row", "year", "months", "date", "kind")
"""Columns of `roadmap.csv`: the year, from 1, in which a row begins to move, empty for never."""
OUTCOMES = (
    words("schedule", "outcome")
    | numbers("mean", "low", "high", "difference", "difference_low", "difference_high")
    | numbers("share_better")
    | words("unit", "kind", "rests_on")
)
"""Columns of `roadmap_outcomes.csv`: over worlds of the trial; differences are from staying."""
PAIRS = (
    words("schedule", "against", "outcome")
    | whole("worlds")
    | numbers("difference", "conf_low", "conf_high", "low", "high")
    | whole("better", "worse")
    | words("sure", "verdict", "unit")
)
"""Columns of `roadmap_against.csv`: chosen schedules against rules and random orders."""
SPENT = words("schedule") | whole("year") | numbers("money") | words("kind")
"""Columns of `roadmap_money.csv`: for moving, per citizen, at the declared price."""
CHOSEN, RULE, ORDER, SEARCH = "chosen", "rule", "random order", "one search alone"


def tables(found: Roadmap) -> dict[str, pd.DataFrame]:
    """All tables by the name of their file."""
    return {
        "roadmap.csv": table(STEPS, _steps(found)),
        "roadmap_outcomes.csv": table(OUTCOMES, _outcomes(found)),
        "roadmap_against.csv": table(PAIRS, _pairs(found)),
        "roadmap_money.csv": table(SPENT, _spent(found)),
    }


def named(found: Roadmap) -> dict[str, tuple[Schedule, str]]:
    """All schedules by name, each with its kind."""
    kinds = (
        (found.chosen, CHOSEN), (found.rules, RULE), (found.orders, ORDER),
        (found.searched.alone, SEARCH),
    )  # fmt: skip
    return {name: (own, kind) for group, kind in kinds for name, own in group.items()}


def _steps(found: Roadmap) -> Iterator[tuple[Any, ...]]:
    rows = [moving.row for moving in found.question.moving]
    for name, (schedule, kind) in named(found).items():
        for row, step in zip(rows, schedule, strict=True):
            if step is None:
                yield name, row, "", "", "", kind
            else:
                date = found.question.date(step.year)
                yield name, row, str(step.year), str(12 * step.years), date, kind


def _outcomes(found: Roadmap) -> Iterator[tuple[Any, ...]]:
    stay = found.values[STAY]
    kinds = {name: kind for name, (_, kind) in named(found).items()}
    beside = len(found.chosen) * len(OBJECTIVES)
    for name, values in found.values.items():
        own = against(name, values, STAY, stay)
        for place, one in enumerate(own):
            low, high = central(values[:, place])
            between = (np.nan,) * 4 if name == STAY else (
                one.difference, *one.ends, one.better / len(one.gains)
            )  # fmt: skip
            hangs = []
            if kinds.get(name) == CHOSEN:
                signed = one.objective.sign * one.gains
                hangs = rests_on(signed, name, found.question.seed, found.worlds, beside)[:3]
            yield (
                name, one.objective.name, values[:, place].mean(), low, high, *between,
                one.objective.unit, kinds.get(name, ORDERS.replace("_", " ")),
                "; ".join(f"{what} {rho:+.2f}" for what, rho in hangs),
            )  # fmt: skip


def _pairs(found: Roadmap) -> Iterator[tuple[Any, ...]]:
    for one in found.against_rules:
        yield (
            one.schedule, one.other, one.objective.name, len(one.gains), one.difference,
            *one.confidence, *one.ends, one.better, one.worse, one.sure, one.verdict,
            one.objective.difference_unit,
        )  # fmt: skip


def _spent(found: Roadmap) -> Iterator[tuple[Any, ...]]:
    space = found.question.space
    for name, (schedule, kind) in named(found).items():
        if kind in (CHOSEN, RULE):
            for year, money in enumerate(space.spent(schedule).tolist(), 1):
                yield name, year, money, kind
