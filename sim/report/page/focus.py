"""One local government beside the nation, where a scenario asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.questions.comparison.residents import ENOUGH, small_places
from sim.report.page.blocks import Cell, Section, Table, cells
from sim.report.page.maps import INDICATORS
from sim.report.page.numbers import interval, plain
from sim.report.page.told import Told, outcome_title
from sim.scenario import Scenario
from sim.statistics import central, whole_worlds


def focus_section(told: Told) -> Section | None:
    """What is in focus beside the nation in the last year; None where nobody asks for it."""
    last = told.runs.local[told.runs.local["month"] == told.study.months]
    asked = _in_focus(told.first)
    tables = [
        _table(told, name, last[last["local_government"] == name])
        for name in asked
        if name in set(last["local_government"])
    ]
    return Section("focus", f"In focus: {', '.join(asked)}", tables) if tables else None


def _in_focus(scenario: Scenario) -> Sequence[str]:
    """The local governments that a scenario asks for."""
    asked = getattr(scenario, "focus", None) or ()
    return (asked,) if isinstance(asked, str) else tuple(asked)


def _table(told: Told, name: str, own: pd.DataFrame) -> Table:
    rows = [
        [Cell(outcome_title(one), note=told.unit(one)), Cell(told.labels[scenario]),
         _cell(told, own[own["scenario"] == scenario], one), _nation(told, scenario, one)]
        for one in INDICATORS
        for scenario in told.names
    ]  # fmt: skip
    few = small_places(told.first).get(name)
    note = f"{name}: last year; the nation: mean of the last three years; below, nine of ten."
    if few is not None:
        note += f" {name} has {few} simulated residents, under {ENOUGH}: mostly luck."
    return Table(
        f"{name} beside the nation", cells("Outcome", "Scenario", name, "Nation"), rows, note
    )


def _cell(told: Told, rows: pd.DataFrame, outcome: str) -> Cell:
    values = told.price.of(outcome) * rows[outcome].to_numpy(dtype=float)
    if told.study.per_world:
        numbers = rows["replicate"].to_numpy()
        values = whole_worlds(values, numbers, told.study.per_world)[1].mean(axis=1)
    if not len(values):
        return Cell("")
    return Cell(plain(float(values.mean())), note=interval(*central(values)), kind="number")


def _nation(told: Told, scenario: str, outcome: str) -> Cell:
    if (scenario, outcome) not in told.last:
        return Cell("")
    row = told.last[scenario, outcome]
    ends = ("worlds_low", "worlds_high") if told.study.worlds else ("spread_low", "spread_high")
    return Cell(plain(row["mean"]), note=interval(*(row[end] for end in ends)), kind="number")
