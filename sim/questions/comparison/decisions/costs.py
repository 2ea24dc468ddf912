"""Money by item: what each option costs a citizen, in each year and up to it (`costs.csv`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.frames import numbers, table, whole, words
from sim.processes.items import ITEMS, TOTAL
from sim.questions.comparison.decisions.panels import Numbers, Panel, ends_of, panel
from sim.questions.comparison.study import Runs
from sim.scenario import Scenario
from sim.society.places import find_place, is_drawn

COSTS = (
    words("scenario", "item", "kind")
    | whole("year")
    | numbers("mean", "low", "high", "cumulative", "cumulative_low", "cumulative_high")
    | numbers("total", "total_cumulative")
    | words("unit", "currency")
)
"""Columns of `costs.csv`."""
NAMES = [*(item.name for item in ITEMS), TOTAL]
_KINDS = {item.name: item.kind for item in ITEMS} | {TOTAL: "all"}
ONE_OFF = [place for place, item in enumerate(ITEMS) if item.kind == "one_off"]
UNIT = "money per citizen"


def people_of(scenario: Scenario) -> int:
    """For how many people totals are told: who lives there, or the citizens of a drawn place."""
    society = scenario.society
    if is_drawn(society.place):
        return society.citizens
    return sum(local.population for local in find_place(society.place).local_governments)


def money(runs: Runs, scenario: str) -> Panel:
    """Money per citizen by year and item (the last is all), shape (worlds, years, items)."""
    found = panel(runs.costs, NAMES, runs.study, scenario)
    return Panel(found.numbers, runs.study.price.amount * found.values)


def cost_table(runs: Runs) -> pd.DataFrame:
    """The rows of `costs.csv`."""
    rows: list[tuple[Any, ...]] = []
    currency = runs.study.price.currency
    for name, scenario in runs.study.scenarios.items():
        spent = money(runs, name)
        if not len(spent.numbers):
            continue
        people = people_of(scenario)
        columns = _columns(spent.values, people)
        for place, item in enumerate(NAMES):
            for year in range(spent.values.shape[1]):
                told = (float(values[year, place]) for values in columns)
                rows.append((name, item, _KINDS[item], year + 1, *told, UNIT, currency))
    return table(COSTS, rows)


def _columns(spent: Numbers, people: int) -> list[Numbers]:
    """Columns of the table, each of shape (years, items)."""
    so_far = np.cumsum(spent, axis=1)
    mean, cumulative = spent.mean(axis=0), so_far.mean(axis=0)
    return [
        mean, *ends_of(spent), cumulative, *ends_of(so_far), people * mean, people * cumulative,
    ]  # fmt: skip
