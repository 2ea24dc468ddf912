"""One row per option: what it costs, what it brings, for whom not, and on what that rests.

Outcomes are those of the table, means of the last 36 months; money is of all years. With worlds,
intervals are the central 90 % of them, and shares those of worlds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.drawing.words import signed
from sim.frames import numbers, table, whole, words
from sim.outcome_words import difference_unit
from sim.questions.comparison.decisions.costs import ONE_OFF, money
from sim.questions.comparison.decisions.groups import who_loses
from sim.questions.comparison.decisions.panels import (
    Numbers,
    Panel,
    better_share,
    ends_of,
    enough,
    likely,
    paired,
    panel,
    told,
    worded,
)
from sim.questions.comparison.decisions.path import OF_PATH, readings, worst_years
from sim.questions.comparison.price import Price
from sim.questions.comparison.study import Runs, Study
from sim.questions.comparison.worlds import FEWEST_TO_REST, NOTHING, OverWorlds, find_over_worlds

HEADLINES = {
    "taking_part": "participation_breadth", "needs_met": "needs_met", "trust": "trust",
    "citizen_hours": "citizen_hours",
}  # fmt: skip
"""Outcomes of the table by the columns that have them."""
MONEY = ("cost_one_off", "cost_per_year", "cost_cumulative")
MEASURES = (*MONEY, *HEADLINES)
_APART = ("difference", "difference_low", "difference_high", "share_better", "share_worse")
DECISION = (
    words("scenario")
    | whole("years")
    | numbers(*(f"{m}{end}" for m in MEASURES for end in ("", "_low", "_high")))
    | numbers(*(f"{m}_{name}" for m in MEASURES for name in _APART))
    | numbers("worst_year", "worst_year_needs_met")
    | words("who_loses", "effect_per_money", "rests_on", "currency")
)
"""Columns of `decision.csv`."""
_ENOUGH = 0.001
"""Costs that differ by less than this share of the baseline's do not: nothing is told per money."""
_READABLE = 0.1
"""The largest of some effects is told as no less than this, where costs differ by enough."""
_MOST_TOLD = 2
FEW_WORLDS = f"not looked for with fewer than {FEWEST_TO_REST} worlds"
WHERE_ALL = "`govshift report RESULTS --assumptions` moves every assumption in turn."
"""Said once where nothing stands out."""


@dataclass(frozen=True)
class Measure:
    """One measure of one option: over worlds (or replicates), and against the baseline."""

    own: Numbers
    apart: Numbers | None
    outcome: str

    @property
    def cells(self) -> tuple[float, float, float]:
        """Mean and ends."""
        mean = float(self.own.mean()) if len(self.own) else math.nan
        low, high = ends_of(self.own)
        return mean, float(low), float(high)

    @property
    def differences(self) -> tuple[float, float, float, float, float]:
        """Mean difference, ends, shares that are better and worse; nan of the baseline."""
        if self.apart is None or not len(self.apart):
            return (math.nan,) * 5
        mean, low, high, better = (float(value) for value in told(self.apart, self.outcome))
        return mean, low, high, better, float(better_share(-self.apart, self.outcome))


@dataclass(frozen=True)
class Option:
    """A scenario as an option: its measures by name, and what is to be said of it in words."""

    name: str
    years: int
    measures: dict[str, Measure]
    worst_year: float
    worst_needs_met: float
    who_loses: str
    rests_on: str
    enough: bool
    """Whether there are enough worlds, or replicates, to say how sure anything is."""
    price: Price
    study: Study

    @property
    def per_money(self) -> str:
        """What each money more, or less, of a citizen and year comes with."""
        cost = self.measures["cost_cumulative"]
        if cost.apart is None or not self.enough:
            return ""
        mean = float(cost.apart.mean()) / self.years
        one_way = max(int((cost.apart > 0).sum()), int((cost.apart < 0).sum()))
        base = float(cost.own.mean()) / self.years - mean
        is_open = not likely(one_way, len(cost.apart), self.study)
        if is_open or abs(mean) < _ENOUGH * abs(base) or not mean:
            return ""
        effects = {
            outcome: self.measures[name].differences[0] / abs(mean)
            for name, outcome in HEADLINES.items()
        }
        units = _units_told(list(effects.values()), abs(mean))
        told = ", ".join(
            f"{worded(outcome)} {signed(units * effect, 2)} {difference_unit(outcome)}"
            for outcome, effect in effects.items()
        )
        way = "more" if mean > 0 else "less"
        count = f"{units:,} " if units > 1 else ""
        return f"{told} for each {count}{self.price.unit} {way} per citizen and year"


def _units_told(effects: Sequence[float], difference: float) -> int:
    """For how many units of money effects are told: 1, 10, 100 ..., until one can be read.

    Not for more than costs differ by: that would tell what nobody ran.
    """
    largest = max((abs(effect) for effect in effects if math.isfinite(effect)), default=0.0)
    units = 1
    while largest * units < _READABLE and 10 * units <= difference:
        units *= 10
    return units


def options(runs: Runs) -> list[Option]:
    """Every scenario that has a finished replicate, in their order."""
    found = find_over_worlds(runs, list(HEADLINES.values()))
    rests = {
        name: rests_told([one for one in found if one.scenario == name])
        for name in runs.study.scenarios
    }
    return [
        _option(runs, name, rests[name])
        for name in runs.study.scenarios
        if len(money(runs, name).numbers)
    ]


def _option(runs: Runs, name: str, rests_on: str) -> Option:
    study = runs.study
    base = study.baseline if study.baseline not in (None, name) else None
    own, other = _panels(runs, name), None if base is None else _panels(runs, base)
    measures = {}
    for measure, panel_ in own.items():
        outcome = HEADLINES.get(measure, "cost_per_citizen")
        apart = None if other is None else paired(other[measure], panel_, outcome)
        measures[measure] = Measure(panel_.values, apart, outcome)
    path = readings(runs, name)
    needs = path.values[:, :, OF_PATH.index("needs_met")]
    return Option(
        name, study.months // 12, measures, float(np.median(worst_years(needs, "needs_met"))),
        float(needs.min(axis=1).mean()), who_loses(runs, name), rests_on,
        enough(min(len(measure.own) for measure in measures.values()), study), study.price, study,
    )  # fmt: skip


def _panels(runs: Runs, name: str) -> dict[str, Panel]:
    """Every measure of a scenario, one number of each world (or replicate)."""
    spent = money(runs, name)
    years = runs.study.months // 12
    yearly = spent.values[:, :years]
    one_off = yearly[:, :, ONE_OFF].sum(axis=(1, 2))
    total = yearly[:, :, -1].sum(axis=1)
    last = runs.values[runs.values["month"] == runs.study.months]
    ends = panel(last, list(HEADLINES.values()), runs.study, name)
    return {
        "cost_one_off": Panel(spent.numbers, one_off),
        "cost_per_year": Panel(spent.numbers, (total - one_off) / years),
        "cost_cumulative": Panel(spent.numbers, total),
        **{m: Panel(ends.numbers, ends.values[:, 0, k]) for k, m in enumerate(HEADLINES)},
    }


def rests_told(found: Sequence[OverWorlds]) -> str:
    """The assumptions on which the differences rest most, by outcome; nothing without worlds."""
    if not found:
        return ""
    if all(len(one.by_world) < FEWEST_TO_REST for one in found):
        return FEW_WORLDS
    said, silent = [], []
    for one in found:
        names = [name for name, _ in one.rests_on[:_MOST_TOLD]]
        if names:
            said.append(f"{worded(one.outcome)}: {', '.join(names)}")
        else:
            silent.append(worded(one.outcome))
    if not said:
        return NOTHING
    return "; ".join([*said, *([f"{', '.join(silent)}: {NOTHING}"] if silent else [])])


def decision_table(runs: Runs) -> pd.DataFrame:
    """The rows of `decision.csv`."""
    return table(DECISION, list(_rows(runs)))


def _rows(runs: Runs) -> Iterator[tuple[Any, ...]]:
    currency = runs.study.price.currency
    for one in options(runs):
        cells = [value for m in MEASURES for value in one.measures[m].cells]
        apart = [value for m in MEASURES for value in one.measures[m].differences]
        yield (
            one.name, one.years, *cells, *apart, one.worst_year, one.worst_needs_met,
            one.who_loses, one.per_money, one.rests_on, currency,
        )  # fmt: skip
