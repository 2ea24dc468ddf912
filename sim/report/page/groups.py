"""Who gains and who loses: outcomes by group, with the difference from the baseline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.drawing.svg.strips import interval_strip
from sim.report.page.blocks import Block, Cell, Download, Section, Table, Unfolded, Words, cells
from sim.report.page.numbers import download, interval, per_cent, plain, signed
from sim.report.page.told import Told, outcome_title, records

GROUPS = "groups.csv"
_TEXT = ("scenario", "outcome", "by", "group", "unit")
_NEEDED = (*_TEXT, "citizens", "mean", "low", "high", "difference", "difference_low",
           "difference_high", "share_better")  # fmt: skip
_TITLES = {
    "status": "By status (thirds)",
    "skill": "By skill (thirds)",
    "access": "By access to the internet",
    "decile": "By tenth of status",
    "place": "By place",
}
_FOLDED = ("decile", "place")


def groups_section(told: Told) -> Section:
    """Tables by group, the small ones open; says how to get them where they are missing."""
    groups = told.read(GROUPS, _NEEDED, _TEXT)
    title = "Who gains and who loses"
    if groups.empty:
        line = (
            f"There is no {GROUPS} in this folder: run the same command again with a release that "
            "writes it. The map above tells places apart, inclusion tells how low status fares."
        )
        return Section("groups", title, [Words([line])])
    open_ones: list[Block] = []
    folded: list[Table] = []
    for by, own in groups.groupby("by", sort=False):
        table = _table(told, own, _TITLES.get(str(by), f"By {by}"))
        if by in _FOLDED:
            folded.append(table)
        else:
            open_ones.append(table)
    blocks = [
        *open_ones,
        *([Unfolded("By tenths of status and by place", folded)] if folded else []),
    ]
    return Section("groups", title, blocks, lead=_losers(told, groups))


def _table(told: Told, rows: pd.DataFrame, title: str) -> Table:
    compared = told.baseline is not None
    heads = cells("Outcome", "Group", "Scenario", "Mean")
    if compared:
        heads += [Cell("Difference from the baseline"), *cells("", "Better in")]
    ends = rows[["difference_low", "difference_high"]].abs().max(axis=1)
    reaches = ends.groupby(rows["outcome"]).max()
    ordered = _ordered(rows, told.names)
    body = []
    for row in records(ordered):
        if row["scenario"] not in told.labels:
            continue
        reach = float(reaches[row["outcome"]])
        line = [
            Cell(outcome_title(row["outcome"]), note=str(row["unit"])),
            Cell(str(row["group"]), note=f"{row['citizens']:,.0f} citizens"),
            Cell(told.labels[row["scenario"]]),
            Cell(plain(float(row["mean"])), note=interval(float(row["low"]), float(row["high"])),
                 kind="number"),
        ]  # fmt: skip
        body.append([*line, *(_difference(told, row, reach) if compared else [])])
    return Table(title, heads, body)


def _ordered(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Outcome by outcome, group by group, scenarios beside each other."""
    place = {name: k for k, name in enumerate(names)}
    keys = {
        "outcome": {name: k for k, name in enumerate(dict.fromkeys(rows["outcome"]))},
        "group": {name: k for k, name in enumerate(dict.fromkeys(rows["group"]))},
        "scenario": place,
    }
    order = rows.assign(**{f"_{key}": rows[key].map(own) for key, own in keys.items()})
    return order.sort_values([f"_{key}" for key in keys], kind="stable")


def _difference(told: Told, row: dict[str, Any], reach: float) -> list[Cell]:
    mean, low, high, share = (
        float(row[key])
        for key in ("difference", "difference_low", "difference_high", "share_better")
    )
    if not math.isfinite(mean):
        return cells("baseline", "", "")
    name = str(row["scenario"])
    title = f"{row['group']}, {told.labels[name]}: {signed(mean)}"
    strip = interval_strip(mean, (low, high), reach, told.pens[name], title=title,
                           filled=low > 0 or high < 0)  # fmt: skip
    return [
        Cell(signed(mean), note=interval(low, high, sign=True), kind="number"),
        Cell("", svg=strip),
        Cell(per_cent(share), kind="number"),
    ]


def _losers(told: Told, groups: pd.DataFrame) -> str:
    """Which groups lose most, in needs met, in nine of ten worlds at least."""
    if told.baseline is None:
        return ""
    lost = groups[(groups["difference"] < 0) & (groups["share_better"] <= 0.1)]
    lost = lost[lost["outcome"] == "needs_met"].sort_values("difference", kind="stable")
    named = [
        f"{row['by']} {row['group']} under {told.labels.get(row['scenario'], row['scenario'])} "
        f"({signed(float(row['difference']))})"
        for row in lost.head(3).to_dict("records")
    ]
    return f"Fewer needs met, nearly surely: {'; '.join(named)}." if named else ""


def groups_download(told: Told) -> list[Download]:
    """The table as a link."""
    groups = told.read(GROUPS, _NEEDED, _TEXT)
    return [download(GROUPS, groups, "outcomes by group")] if len(groups) else []
