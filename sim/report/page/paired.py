"""Paired differences of all headline outcomes: how large, how sure, how much is luck."""

from __future__ import annotations

import math

from sim.drawing.svg.strips import interval_strip
from sim.outcomes import OUTCOMES, WINDOW
from sim.questions.comparison.compare import Comparison
from sim.questions.comparison.decisions.decision import WHERE_ALL
from sim.questions.comparison.worlds import FEWEST_TO_REST, NOTHING
from sim.questions.how_sure import margin_of
from sim.report.page.blocks import Cell, Section, Table, Unfolded, Words, cells
from sim.report.page.charts import LARGE
from sim.report.page.numbers import interval, per_cent, signed
from sim.report.page.told import Against, Told, outcome_title
from sim.report.page.wording import named, named_list, reworded

_LUCK = " Luck's part: how much of the variance of a difference is luck, not what worlds differ in."
_OUTCOMES = tuple(dict.fromkeys((*LARGE, *(one.name for one in OUTCOMES))))


def paired_section(told: Told) -> Section | None:
    """Each scenario against the baseline, outcome by outcome; None without a baseline."""
    if told.baseline is None:
        return None
    rows = [row for outcome in _OUTCOMES for row in _rows(told, outcome)]
    ends = "nine of ten worlds" if told.study.worlds else "95 % confidence"
    table = Table(
        f"Differences from {told.labels[told.baseline]} at the end",
        [*cells("Outcome", "Scenario"), Cell("", note="less | more; each row its own scale"),
         *cells("Mean", ends.capitalize(), "Better in", "How sure", "Luck's part")],
        rows,
        note="The same citizens and the same luck under each, so that only the scenario differs. "
        "Of cost less is better. Grey: too small to matter. A filled mark: the direction is at "
        "least likely." + (_LUCK if told.study.worlds else ""),
    )  # fmt: skip
    first = max(1, told.study.months - WINDOW + 1)
    sentences = [reworded(" ".join(line.split())) for line in Comparison(told.runs).sentences]
    return Section(
        "paired",
        "Paired differences",
        [
            table,
            Unfolded("In sentences, as the terminal tells them", [Words(sentences, listed=True)]),
        ],
        lead=f"Means of months {first} to {told.study.months}; over all years and in single ones "
        "they are under The way there.",
    )


def _rows(told: Told, outcome: str) -> list[list[Cell]]:
    own = told.against(outcome)
    known = [v for one in own for v in (one.mean, *one.ends) if math.isfinite(v)]
    reach = max([1.5 * told.price.of(outcome) * margin_of(outcome), *map(abs, known)])
    return [_row(told, one, reach, first=place == 0) for place, one in enumerate(own)]


def _row(told: Told, one: Against, reach: float, *, first: bool) -> list[Cell]:
    label = told.labels[one.scenario]
    title = f"{outcome_title(one.outcome)}, {label}: {signed(one.mean)}"
    strip = interval_strip(
        one.mean, one.ends, reach, told.pens[one.scenario], title=title,
        margin=one.margin, filled=not one.is_open,
    )  # fmt: skip
    return [
        Cell(outcome_title(one.outcome), note=one.unit if first else ""),
        Cell(label),
        Cell("", svg=strip),
        Cell(signed(one.mean), kind="number"),
        Cell(interval(*one.ends, sign=True), kind="number"),
        Cell(one.counted),
        Cell(one.verdict),
        Cell(per_cent(one.luck), kind="number"),
    ]


def turning_section(told: Told) -> Section | None:
    """What would turn the differences; None without a baseline."""
    if told.baseline is None:
        return None
    rows = [
        [Cell(outcome_title(one.outcome)), Cell(told.labels[one.scenario]), Cell(one.verdict),
         named_list(one.rests_on, shown=True) if one.rests_on else Cell(NOTHING)]
        for outcome in _OUTCOMES
        for one in told.against(outcome)
        if one.rests_on or told.study.worlds >= FEWEST_TO_REST
    ]  # fmt: skip
    found = any(one.rests_on for outcome in _OUTCOMES for one in told.against(outcome))
    lines = []
    if not told.study.worlds:
        lines = ["Luck alone was varied, so what would turn a difference cannot be told: leave out "
                 "--luck-only."]  # fmt: skip
    elif not found:
        lines = [f"{_nothing_found(told.study.worlds)} {WHERE_ALL}"]
    table = Table(
        "What a difference rests on most",
        cells("Outcome", "Scenario", "How sure", "Rests on"),
        rows,
        note="Assumptions whose rank goes with the difference from world to world more closely "
        "than trying all of them would give by chance in one of twenty cases. `govshift explain "
        "NAME` says more of each by the name in brackets.",
    )  # fmt: skip
    blocks: list[Table | Words | Unfolded] = [Words(lines)] if lines else [table]
    ledger = _ledger(told)
    if ledger is not None:
        blocks.append(ledger)
    return Section("turn", "What would turn it", blocks)


def _nothing_found(worlds: int) -> str:
    """Why nothing is named: that nobody looked is not that nothing is there."""
    if worlds < FEWEST_TO_REST:
        return (
            f"Not looked for: fewer than {FEWEST_TO_REST} worlds cannot tell which assumption a "
            "difference rests on. That none is named here does not mean that none would turn it."
        )
    return (
        "No assumption stands out: none goes with a difference more closely than chance would give."
    )


def _ledger(told: Told) -> Table | None:
    """Conclusions that change at one end of an assumption, from `report --assumptions`."""
    text = ("parameter", "tag", "scenario", "outcome")
    frame = told.read("assumptions.csv", (*text, "at_low", "at_high", "rests"), text)
    if frame.empty:
        return None
    own = told.priced(frame)[frame["rests"].astype(bool)].head(30)
    rows = [
        [named(row["parameter"], shown=True),
         *cells(outcome_title(row["outcome"]), told.labels.get(row["scenario"], row["scenario"])),
         Cell(signed(float(row["at_low"])), kind="number"),
         Cell(signed(float(row["at_high"])), kind="number")]
        for row in own.to_dict("records")
    ]  # fmt: skip
    return Table(
        "Conclusions that another value within the range would change or leave open",
        cells("Assumption", "Outcome", "Scenario", "At its lowest", "At its highest"),
        rows,
        note="All are in assumptions.csv.",
    )
