"""What it costs by item, and how outcomes go over the path, where other parts wrote it down."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from sim.outcome_words import MODEL_MONEY
from sim.processes.items import ITEMS
from sim.report.page.blocks import Block, Cell, Section, Table, cells, figures
from sim.report.page.decision import COSTS, PATH
from sim.report.page.numbers import plain, signed
from sim.report.page.told import Told, outcome_title, records

_COSTS = ("scenario", "item", "kind", "year", "mean", "cumulative")
_PATH = ("scenario", "outcome", "year", "mean")
_TOTAL = "total"
_HEADS = {"worst": "worst year", "all": "all years"}
COUNTER = "service.counter_cost"
ONE_OFF_TOLD = (
    "One-off is what is paid for a project or a change of the profile, not for a year. Projects "
    "come back: what is online grows old and is renewed, so that an option that builds nothing new "
    "has such costs too."
)
_MEANINGS = {item.name: item.meaning.partition(" (")[0] for item in ITEMS}


def money_section(told: Told) -> Section | None:
    """Costs by item, cumulative over the years; None without `costs.csv`."""
    costs = told.read(COSTS, _COSTS, ("scenario", "item", "kind", "unit", "currency"))
    if costs.empty:
        return None
    currency = next((str(c) for c in costs.get("currency", []) if str(c)), "")
    unit = f"{currency or MODEL_MONEY} per citizen"
    last = costs[costs["year"] == costs["year"].max()]
    blocks: list[Block] = [
        Table(
            f"Money by item, all years together, {unit}",
            cells("Item", "Kind", *told.labels.values()),
            list(_items(told, last)),
            note=" ".join(filter(None, [ONE_OFF_TOLD, "" if currency else _own_money(told)])),
        )
    ]  # fmt: skip
    return Section("money", "What it costs", blocks, long=True)


def _own_money(told: Told) -> str:
    """What the model's money is worth, where no price of the place says it."""
    return (
        "Money is the model's own: a contact at the counter costs "
        f"{told.first.parameter_values(0)[COUNTER]:g} of it. Prices of the place (society.prices) "
        "tell it in a currency."
    )


def _items(told: Told, last: pd.DataFrame) -> Iterator[list[Cell]]:
    pairs = dict.fromkeys(zip(last["item"], last["kind"], strict=True))
    ordered = [*(p for p in pairs if p[0] != _TOTAL), *(p for p in pairs if p[0] == _TOTAL)]
    values = {
        (row["scenario"], row["item"], row["kind"]): float(row["cumulative"])
        for row in last.to_dict("records")
    }
    for item, kind in ordered:
        amounts = (values.get((name, item, kind), float("nan")) for name in told.names)
        yield [Cell(str(item).replace("_", " "), note=_MEANINGS.get(item, "all of it")),
               Cell(str(kind).replace("_", "-")),
               *figures(*(plain(amount) for amount in amounts))]  # fmt: skip


def path_section(told: Told) -> Section | None:
    """Outcomes at years of the path and in the worst one; None without `path.csv`."""
    path = told.read(PATH, _PATH, ("scenario", "outcome", "year", "unit"))
    if path.empty:
        return None
    years = list(dict.fromkeys(path["year"].astype(str)))
    rows = []
    for (outcome, scenario), own in path.groupby(["outcome", "scenario"], sort=False):
        by_year = {str(row["year"]): row for row in records(own)}
        worth = told.price.of(str(outcome))
        texts = [_at(by_year, year, worth) for year in years]
        if scenario in told.labels:
            rows.append(
                [
                    Cell(outcome_title(str(outcome)), note=told.unit(str(outcome))),
                    Cell(told.labels[str(scenario)]),
                    *texts,
                ]
            )
    heads = [_HEADS.get(year, f"year {year}") for year in years]
    table = Table("Outcomes on the way", cells("Outcome", "Scenario", *heads), rows,
                  note="A year is its last twelve months, not the three years of the other tables. "
                  f"The worst year is each {_unit(told)}'s own, so that its mean is worse than "
                  "that of any one year. Small: the difference from the baseline.")  # fmt: skip
    return Section("path", "The way there", [table], long=True)


def _unit(told: Told) -> str:
    return "world" if told.study.worlds else "replicate"


def _at(rows: Mapping[str, Mapping[str, Any]], year: str, worth: float) -> Cell:
    if year not in rows:
        return Cell("")
    row = rows[year]
    note = signed(worth * float(row.get("difference", math.nan)))
    return Cell(plain(worth * float(row["mean"])), note=note, kind="number")
