"""Which rows of the figure carry a difference: a bar for each row, outcome by outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.drawing.svg.marks import pen
from sim.drawing.svg.strips import bar_strip
from sim.errors import ResultsError
from sim.outcome_words import difference_unit
from sim.paradigms import FIGURE
from sim.report.page.blocks import Cell, Section, Table, Unfolded, Words, cells
from sim.report.page.files import table_of_file
from sim.report.page.numbers import interval, signed
from sim.report.page.told import outcome_title
from sim.runs.csv_files import read_csv

SHARES, INTERACTIONS = "shares.csv", "interactions.csv"
_NEEDED = ("outcome", "row", "share", "conf_low", "conf_high")
_ROWS = {row.id: f"{row.number} {row.title}" for row in FIGURE.rows}
_MOST = 3


def shares_section(path: Path, manifest: Mapping[str, Any]) -> Iterator[Section]:
    """A table with bars for each outcome, the largest shares in words, pairs of rows."""
    shares = read_csv(path / SHARES, text=("outcome", "row"))
    for column in _NEEDED:
        if column not in shares:
            raise ResultsError(f"{path / SHARES}: has no column {column}; run the command again")
    names = list(manifest.get("scenarios", {}))
    ends = f"{names[-1]} minus {names[0]}" if len(names) > 1 else "the difference"
    grouped = [(str(outcome), own) for outcome, own in shares.groupby("outcome", sort=False)]
    lines = ("So few orders give no intervals: which rows carry most is not sure." if
             shares["conf_low"].isna().all() else "Lines are 95 % confidence under the luck and "
             "the defaults of the scenarios, not over worlds.")  # fmt: skip
    yield Section(
        "rows", "What each row carries",
        [Words([_told(outcome, own) for outcome, own in grouped], listed=True),
         *(_table(outcome, own) for outcome, own in grouped)],
        lead=f"Shapley shares of {ends}: what each row adds on average over "
        f"{manifest.get('orders', 'some')} orders of the rows; they sum to the difference. {lines}",
    )  # fmt: skip
    pairs = table_of_file(path / INTERACTIONS, most=40)
    if pairs is not None:
        yield Section("pairs", "Rows that work together", [Unfolded("Pairs of rows", [pairs])])


def _told(outcome: str, shares: pd.DataFrame) -> str:
    total = float(shares["share"].sum())
    if shares["conf_low"].isna().all():
        return f"{outcome_title(outcome)}: {signed(total)} {difference_unit(outcome)}."
    clear = shares[(shares["conf_low"] > 0) | (shares["conf_high"] < 0)]
    order = clear["share"].abs().sort_values(ascending=False, kind="stable").index
    largest = [
        f"{_ROWS.get(str(shares['row'][k]), str(shares['row'][k]))} "
        f"({signed(float(shares['share'][k]))})"
        for k in order[:_MOST]
    ]
    carried = f"most by {', '.join(largest)}" if largest else "by no row for certain"
    return f"{outcome_title(outcome)}: {signed(total)} {difference_unit(outcome)}, {carried}."


def _table(outcome: str, shares: pd.DataFrame) -> Table:
    numbers = shares[["share", "conf_low", "conf_high"]]
    low, high = float(numbers.min().min()), float(numbers.max().max())
    columns = 3 if shares["conf_low"].isna().all() else 4
    rows = []
    for row, share, *ends in zip(
        shares["row"], shares["share"], shares["conf_low"], shares["conf_high"], strict=True
    ):
        title = f"{_ROWS.get(row, row)}: {signed(float(share))}"
        strip = bar_strip(float(share), (float(ends[0]), float(ends[1])), low, high, pen(0),
                          title=title)  # fmt: skip
        rows.append(
            [Cell(_ROWS.get(row, str(row))), Cell("", svg=strip),
             Cell(signed(float(share)), kind="number"),
             Cell(interval(float(ends[0]), float(ends[1]), sign=True), kind="number")][:columns]
        )  # fmt: skip
    total = float(shares["share"].sum())
    return Table(
        f"{outcome_title(outcome)}: {signed(total)} {difference_unit(outcome)}",
        cells("Row", "less / more", "Share", "95 % confidence")[:columns], rows,
    )  # fmt: skip
