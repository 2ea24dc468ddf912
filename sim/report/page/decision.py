"""The decision table, a column for each option, and the verdict in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from sim.drawing.svg.strips import key
from sim.outcome_words import MODEL_MONEY
from sim.questions.comparison.decisions.decision import WHERE_ALL
from sim.questions.comparison.worlds import FEWEST_TO_REST, NOTHING
from sim.questions.how_sure import (
    FEWEST_WORLDS,
    OPEN,
    SAME,
    SURE,
    TOO_FEW,
    margin_of,
    sure_word,
)
from sim.report.page.blocks import Block, Cell, Download, Section, Table, Words
from sim.report.page.numbers import download, interval, per_cent, plain, signed
from sim.report.page.told import Against, Told, outcome_title, records
from sim.report.page.wording import in_words, lowered, reworded

DECISION, COSTS, PATH = "decision.csv", "costs.csv", "path.csv"
HEADLINES = ("participation_breadth", "needs_met", "trust", "citizen_hours", "cost_per_citizen")
_COLUMNS = {
    "taking_part": "participation_breadth",
    "needs_met": "needs_met",
    "trust": "trust",
    "citizen_hours": "citizen_hours",
}
_MONEY = {
    "cost_one_off": "Cost, one-off",
    "cost_per_year": "Running cost, per year",
    "cost_cumulative": "Cost, all of it",
}
_LAST = "the last three years"
_SPAN = {
    "cost_one_off": "all years together",
    "cost_per_year": "mean of all years",
    "cost_cumulative": "all years together",
}
_TEXTS = {"who_loses": "Who loses", "rests_on": "What it rests on"}
_NEEDED = ("scenario", *_MONEY, *_COLUMNS)
_ALL = "scenario", "who_loses", "rests_on", "currency", "effect_per_money"


_Rows: TypeAlias = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class _Row:
    title: str
    unit: str
    cell: Callable[[str], Cell]


def decision_section(told: Told) -> Section:
    """Table and verdict."""
    table = told.read(DECISION, _NEEDED, _ALL)
    rows = list(_of_file(told, table) if len(table) else _of_runs(told))
    heads = [Cell(told.labels[name], svg=key(told.pens[name])) for name in told.names]
    body = [
        [Cell(row.title, note=row.unit), *(row.cell(name) for name in told.names)] for row in rows
    ]
    blocks: list[Block] = [*_verdict(told, table)]
    blocks.append(Table("Decision table: an option in each column", [Cell("What counts"), *heads],
                        body, note=_note(told, table)))  # fmt: skip
    if table.empty:
        blocks.append(Words(["Costs by kind, who loses and what money brings are told where "
                             f"{DECISION} is in the folder."]))  # fmt: skip
    return Section("decision", "Decision", blocks)


def _note(told: Told, table: pd.DataFrame) -> str:
    end = f"Mean of {_LAST}"
    if len(table):
        end += " (costs: of all years, as each row says)"
    if told.study.worlds:
        end += ", below it nine of ten worlds"
    if told.baseline is not None:
        base = told.labels[told.baseline]
        where = "in how many worlds" if told.study.worlds else "in what share of replicates"
        end += f"; then the difference from {base}, {where} it is better, and how sure that is"
    rests = table.get("rests_on", pd.Series(dtype=str)).astype(str)
    all_ = [WHERE_ALL] if rests.str.contains(NOTHING).any() else []
    return " ".join([f"{end}.", *_words_told(told), *all_])


def _words_told(told: Told) -> list[str]:
    """What the words for how sure a direction is mean."""
    if told.baseline is None or told.study.worlds < FEWEST_WORLDS:
        return []
    words = ", ".join(f"{word} {100 * share:.0f} %" for share, word in SURE)
    return [f"At least so many worlds must agree: {words}; with fewer it is {OPEN}. Of few worlds "
            "more must."]  # fmt: skip


def _of_runs(told: Told) -> Iterator[_Row]:
    """What every study says, where nobody has written a decision table."""
    for outcome in HEADLINES:
        if outcome in told.runs.values:
            yield _Row(outcome_title(outcome), told.unit(outcome), _cell_of_runs(told, outcome))


def _cell_of_runs(told: Told, outcome: str) -> Callable[[str], Cell]:
    against = {one.scenario: one for one in told.against(outcome)}

    def cell(name: str) -> Cell:
        if (name, outcome) not in told.last:
            return Cell("no replicate")
        row = told.last[name, outcome]
        low, high = (
            ("worlds_low", "worlds_high") if told.study.worlds else ("conf_low", "conf_high")
        )
        note = interval(row[low], row[high])
        one = against.get(name)
        if one is not None:
            note = f"{note}\n{signed(one.mean)}, better in {one.counted}: {one.verdict}"
        return Cell(plain(row["mean"]), note=note.strip(), kind="number")

    return cell


def _of_file(told: Told, table: pd.DataFrame) -> Iterator[_Row]:
    by_name = {str(row["scenario"]): row for row in records(table)}
    currency = next((str(c) for c in table.get("currency", []) if str(c)), "")
    money = currency or MODEL_MONEY
    for column, title in _MONEY.items():
        yield _Row(title, f"{money} per citizen, {_SPAN[column]}",
                   _cell_of_file(told, by_name, column, 2))  # fmt: skip
    for column, outcome in _COLUMNS.items():
        yield _Row(outcome_title(outcome), f"{told.unit(outcome)}, mean of {_LAST}",
                   _cell_of_file(told, by_name, column, 1))  # fmt: skip
    if "worst_year" in table:
        own = "world" if told.study.worlds else "replicate"
        yield _Row("Worst year", f"the middle one, as each {own} has its own, and needs met in it, "
                   "%", _worst(by_name))  # fmt: skip
    if "effect_per_money" in table:
        why = dict.fromkeys(_others(told), "costs hardly differ, or it is open which is more")
        yield _Row("What money brings", money, _text_cell(by_name, "effect_per_money", why))
    for column, title in _TEXTS.items():
        if column in table:
            yield _Row(title, "", _text_cell(by_name, column, _why_empty(told, column)))


def _cell_of_file(told: Told, table: _Rows, column: str, decimals: int) -> Callable[[str], Cell]:
    def value(name: str, ending: str) -> float:
        return float(table[name].get(f"{column}{ending}", math.nan))

    def cell(name: str) -> Cell:
        if name not in table:
            return Cell("not told")
        note = interval(value(name, "_low"), value(name, "_high"))
        difference = value(name, "_difference")
        if math.isfinite(difference):
            better, worse = value(name, "_share_better"), value(name, "_share_worse")
            sure = how_sure(told, better, worse)
            small = sure not in (OPEN, SAME) and _is_small(told, column, difference)
            note += f"\n{signed(difference)}, {sure}{', too small to matter' if small else ''}"
        return Cell(plain(value(name, ""), decimals), note=note.strip(), kind="number")

    return cell


def _is_small(told: Told, column: str, difference: float) -> bool:
    """Whether a difference is too small to matter, of the measures that declare from when on."""
    if column == "cost_one_off":
        return False
    outcome = _COLUMNS.get(column, "cost_per_citizen")
    years = told.study.months / 12 if column == "cost_cumulative" else 1.0
    return abs(difference) < years * told.price.of(outcome) * margin_of(outcome)


def how_sure(told: Told, better: float, worse: float) -> str:
    """In how many worlds an option is better, and how sure its direction is."""
    if not math.isfinite(better):
        return OPEN
    if better == worse == 0.0:
        return SAME
    count = told.study.worlds
    if not count:
        return f"better in {per_cent(better)} of replicates, worse in {per_cent(worse)}"
    word = sure_word(round(max(better, worse) * count), count)
    if word not in (OPEN, TOO_FEW):
        word += " better" if better > worse else " worse"
    return f"better in {round(better * count)} of {count} worlds: {word}"


def _worst(table: _Rows) -> Callable[[str], Cell]:
    def cell(name: str) -> Cell:
        if name not in table:
            return Cell("not told")
        met = float(table[name].get("worst_year_needs_met", math.nan))
        year = float(table[name]["worst_year"])
        return Cell(f"{year:.0f}" if math.isfinite(year) else "-", note=plain(met))

    return cell


def _text_cell(table: _Rows, column: str, why: Mapping[str, str]) -> Callable[[str], Cell]:
    """A text of the file; where there is none, why not, by scenario."""

    def cell(name: str) -> Cell:
        text = str(table.get(name, {}).get(column, ""))
        if text in ("", "nan"):
            return Cell(why.get(name, "-"))
        return Cell(reworded(text, shown=False))

    return cell


def _others(told: Told) -> list[str]:
    """The scenarios that are compared with the baseline."""
    return list(told.study.others) if told.baseline is not None else []


def _why_empty(told: Told, column: str) -> dict[str, str]:
    """What an empty cell means: nobody found, or nothing tried."""
    if column == "who_loses":
        return dict.fromkeys(_others(told), "no group for sure")
    if 0 < told.study.worlds < FEWEST_TO_REST:
        return dict.fromkeys(_others(told), f"not tried with under {FEWEST_TO_REST} worlds")
    return dict.fromkeys(_others(told), "no assumption stands out" if told.study.worlds else
                         "luck alone was varied")  # fmt: skip


def _verdict(told: Told, table: pd.DataFrame) -> list[Words]:
    """A paragraph for each option: better, worse, open; who loses; what it rests on."""
    losers = dict(zip(table["scenario"], table["who_loses"], strict=True)) if (
        len(table) and "who_loses" in table
    ) else {}  # fmt: skip
    lines = [_told_of(told, name, str(losers.get(name, "") or "")) for name in _others(told)]
    return [Words(lines)] if lines else []


def _told_of(told: Told, name: str, losers: str) -> str:
    own = [
        one for outcome in HEADLINES for one in told.against(outcome) if one.scenario == name
    ]  # fmt: skip
    better: list[str] = []
    worse: list[str] = []
    unsettled: list[str] = []
    small: list[str] = []
    leaning: list[str] = []
    few: list[str] = []
    for one in own:
        if one.is_too_few:
            few.append(f"{_lower(one)} ({signed(one.mean)} {one.unit})")
        elif one.sure == "the same":
            small.append(_lower(one))
        elif one.sure and not one.matters:
            small.append(_with_size(one))
        elif one.sure and one.is_open:
            way = "better" if one.is_better else "worse"
            leaning.append(f"{way} on {_lower(one)} ({signed(one.mean)} {one.unit})")
        elif one.is_open:
            unsettled.append(_lower(one))
        else:
            (better if one.is_better else worse).append(_with_size(one))
    parts = [
        f"better on {'; '.join(better)}" if better else "",
        f"worse on {'; '.join(worse)}" if worse else "",
        f"leaning {'; '.join(leaning)}" if leaning else "",
        f"too small to matter on {'; '.join(small)}" if small else "",
        f"open on {', '.join(unsettled)}" if unsettled else "",
        f"in {told.count}, too few to say how sure: {'; '.join(few)}" if few else "",
    ]
    base = told.labels[told.baseline or name]
    said = ". ".join(part[0].upper() + part[1:] for part in parts if part)
    rests = list(dict.fromkeys(name for one in own if not one.is_open for name in one.rests_on))
    named = "; ".join(lowered(in_words(rest)) for rest in rests[:3])
    turned = f" It rests most on: {named}." if rests else ""
    lose = f" Who loses: {reworded(losers, shown=False)}." if losers and losers != "nan" else ""
    return f"{told.labels[name]} against {base}: {said or 'nothing can be said yet'}.{lose}{turned}"


def _lower(one: Against) -> str:
    title = outcome_title(one.outcome)
    return title[0].lower() + title[1:]


def _with_size(one: Against) -> str:
    return f"{_lower(one)} ({signed(one.mean)} {one.unit}, {one.sure})"


def decision_downloads(told: Told) -> list[Download]:
    """Tables of decisions as links; the differences that every comparison has."""
    found = []
    texts = {DECISION: "decision table", COSTS: "costs by item", PATH: "path over the years"}
    for name, text in texts.items():
        frame = told.read(name, (), (*_ALL, "item", "kind", "unit", "year", "outcome"))
        if len(frame):
            found.append(download(name, frame, text))
    if told.baseline is not None:
        rows = told.priced(told.runs.differences)
        last = rows[rows["month"] == told.study.months]
        found.append(download("differences.csv", last, "paired differences at the end"))
    return found


__all__ = ["HEADLINES", "decision_downloads", "decision_section"]
