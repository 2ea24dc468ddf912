"""Who gains and who loses: outcomes by group, with the difference from the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.outcome_words import lower_is_better
from sim.questions.how_sure import FEWEST_WORLDS
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
_NAMES = {
    "status": "{} status", "skill": "{} skill", "access": "{} access", "decile": "tenth {}",
}  # fmt: skip
_FOLDED = ("decile", "place")
_MOST = 12


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
    return Section("groups", title, blocks, lead=_losers(told, groups), long=True)


def _table(told: Told, rows: pd.DataFrame, title: str) -> Table:
    """A row for each outcome and group, a column for each scenario."""
    found = {(row["outcome"], row["group"], row["scenario"]): row for row in records(rows)}
    pairs = list(dict.fromkeys((outcome, group) for outcome, group, _ in found))
    outcomes = list(dict.fromkeys(outcome for outcome, _ in pairs))
    pairs.sort(key=lambda pair: outcomes.index(pair[0]))
    kept = pairs if len(pairs) <= _MOST * len(outcomes) else _losing_most(pairs, found)
    is_few = says_little(told)
    body = []
    for outcome, group in kept:
        first = next(found[key] for key in found if key[:2] == (outcome, group))
        line = [Cell(outcome_title(outcome), note=str(first["unit"])),
                Cell(_group_told(str(first["by"]), group),
                     note=f"{first['citizens']:,.0f} citizens")]  # fmt: skip
        line += [_cell(found.get((outcome, group, name)), is_few) for name in told.names]
        body.append(line)
    note = "Below the mean: the difference from the baseline, where nine of ten lie, and in what "
    note += f"share of {'worlds' if told.study.worlds else 'replicates'} it is better"
    note += "." if is_few else "; bold where these nine of ten all lie on one side of zero."
    if len(kept) < len(pairs):
        note += f" Of each outcome the {_MOST} groups that lose most; all are in {GROUPS}."
    heads = cells("Outcome", "Group", *told.labels.values())
    return Table(title, heads, body, note=note if told.baseline is not None else "")


def _losing_most(
    pairs: Sequence[tuple[str, str]], found: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """Of each outcome the groups whose worst difference is the lowest, or highest of hours."""
    worst: dict[tuple[str, str], float] = {}
    for (outcome, group, _), row in found.items():
        sign = -1.0 if lower_is_better(outcome) else 1.0
        apart = sign * float(row["difference"])
        if math.isfinite(apart):
            worst[outcome, group] = min(apart, worst.get((outcome, group), math.inf))
    kept = []
    for outcome in dict.fromkeys(outcome for outcome, _ in pairs):
        own = sorted((pair for pair in worst if pair[0] == outcome), key=worst.__getitem__)
        kept += own[:_MOST]
    return kept


def says_little(told: Told) -> bool:
    """Whether there are too few worlds to say how sure anything is."""
    return 0 < told.study.worlds < FEWEST_WORLDS


def _cell(row: Mapping[str, Any] | None, is_few: bool) -> Cell:
    if row is None:
        return Cell("")
    mean, low, high, share = (
        float(row[key])
        for key in ("difference", "difference_low", "difference_high", "share_better")
    )
    text = plain(float(row["mean"]))
    if not math.isfinite(mean):
        return Cell(text, note=interval(float(row["low"]), float(row["high"])), kind="number")
    note = f"{signed(mean)} ({interval(low, high, sign=True)}), {per_cent(share)}"
    return Cell(text, note=note, kind="number" if is_few or low <= 0 <= high else "sure")


def _losers(told: Told, groups: pd.DataFrame) -> str:
    """Which groups lose most, in needs met, in nine of ten worlds at least."""
    if told.baseline is None or says_little(told):
        return ""
    lost = groups[groups["difference_high"] < 0]
    lost = lost[lost["outcome"] == "needs_met"].sort_values("difference", kind="stable")
    named = [
        f"{_group_told(row['by'], row['group'])} under "
        f"{told.labels.get(row['scenario'], row['scenario'])} ({signed(float(row['difference']))})"
        for row in lost.head(3).to_dict("records")
    ]
    return f"Fewer needs met, nearly surely: {'; '.join(named)}." if named else ""


def _group_told(by: str, group: str) -> str:
    """A group by what it has: `low status`, `without access`; a place by its name."""
    return _NAMES.get(by, "{}").format(group)


def groups_download(told: Told) -> list[Download]:
    """The table as a link."""
    groups = told.read(GROUPS, _NEEDED, _TEXT)
    return [download(GROUPS, groups, "outcomes by group")] if len(groups) else []
