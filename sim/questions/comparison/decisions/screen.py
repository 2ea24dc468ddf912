"""The decision table for a terminal: a row per option, the difference to the baseline under it."""

from __future__ import annotations

import math
import textwrap

from sim.drawing.words import listed, signed
from sim.questions.comparison.counted import counted, units
from sim.questions.comparison.decisions.costs import NAMES, money
from sim.questions.comparison.decisions.decision import (
    FEW_WORLDS,
    MEASURES,
    WHERE_ALL,
    Measure,
    Option,
    options,
)
from sim.questions.comparison.study import Runs
from sim.questions.comparison.table import clipped
from sim.questions.comparison.worlds import NOTHING
from sim.text import WHOLE_FROM, grouped

_WIDTH, _NAME, _CELL = 100, 14, 12
_HEADS = ("one-off", "a year", "in all", "taking part", "needs met", "trust", "hours")
_BETWEEN = 2
"""Spaces between columns at least."""


def decision_lines(runs: Runs) -> list[str]:
    """The table, and under it who loses, what money brings and on what that rests, in lines."""
    found = options(runs)
    if not found:
        return []
    lines = [*equal_cost_lines(runs), *_head(runs, found[0].years), "", *_table(runs, found)]
    lines += ["", *_wrapped(_worst(found))]
    for word, told in (
        ("loses", {one.name: one.who_loses for one in found}),
        ("money brings", {one.name: one.per_money for one in found}),
        ("rests most on", {one.name: one.rests_on for one in found}),
    ):
        for name, text in told.items():
            lines += _wrapped(f"{name}, {word}: {text}.") if text not in ("", FEW_WORLDS) else []
    if any(NOTHING in one.rests_on for one in found):
        lines += _wrapped(WHERE_ALL)
    return lines


def _head(runs: Runs, years: int) -> list[str]:
    over = "one year" if years == 1 else f"{years} years"
    apart = ""
    if runs.study.baseline is not None and runs.study.others:
        apart = (
            f" Under an option its difference to {runs.study.baseline}, and in what share of "
            f"{units(runs.study)} it is better."
        )
    price = runs.study.price
    money = f" Money is {price.currency}." if price.currency else ""
    return textwrap.wrap(
        f"The decision, in {counted(runs, runs.costs)}: costs of a citizen over {over}, "
        f"outcomes of the last 36 months.{money}{apart} "
        "All in decision.csv; by item, group and year in "
        "costs.csv, groups.csv, path.csv.",
        _WIDTH,
    )


def _table(runs: Runs, found: list[Option]) -> list[str]:
    """Lines of the table, every column as wide as what is in it."""
    unit = runs.study.price.short_unit
    rows: list[tuple[str, tuple[str, ...]]] = [
        ("option", _HEADS),
        ("", (unit,) * 3 + ("%", "%", "points", "per need")),
    ]
    for one in found:
        rows += _rows(one)
    columns = list(zip(*(cells for _, cells in rows), strict=True))
    wide = [max(_CELL, _BETWEEN + max(map(len, column))) for column in columns]
    return [
        clipped(name, _NAME).ljust(_NAME)
        + "".join(cell.rjust(room) for cell, room in zip(cells, wide, strict=True))
        for name, cells in rows
    ]


def _rows(one: Option) -> list[tuple[str, tuple[str, ...]]]:
    measures = [one.measures[name] for name in MEASURES]
    rows = [(one.name, tuple(map(_number, measures)))]
    if measures[0].apart is not None:
        rows.append(("", tuple(map(_apart, measures))))
    return rows


def _number(measure: Measure) -> str:
    return grouped(measure.cells[0], _decimals(measure))


def _decimals(measure: Measure) -> int:
    return 2 if measure.outcome == "citizen_hours" else 1


def _apart(measure: Measure) -> str:
    """`+8.4 93%`, or that there is no difference."""
    mean, _, _, better, _ = measure.differences
    if math.isnan(mean):
        return "no pair"
    assert measure.apart is not None
    if not measure.apart.any():
        return "same"
    share = f" {100 * better:.0f}%" if len(measure.apart) > 1 else ""
    return (
        grouped(mean, sign=True) if abs(mean) >= WHOLE_FROM else signed(mean, _decimals(measure))
    ) + share


def _worst(found: list[Option]) -> str:
    told = ", ".join(
        f"{one.name} {one.worst_needs_met:.1f} (year {one.worst_year:.0f})" for one in found
    )
    return f"Needs met in the worst year, %: {told}."


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def equal_cost_lines(runs: Runs) -> list[str]:
    """What levers were multiplied by, what they cost now, and by how much that still differs."""
    equal = runs.study.equal_cost
    if equal is None:
        return []
    places = [NAMES.index(item) for item in equal.items]
    spent = {name: money(runs, name) for name in equal.factors}
    cost = {
        name: float(m.values[:, :, places].sum(axis=(1, 2)).mean()) for name, m in spent.items()
    }
    everything = {name: float(m.values[:, :, -1].sum(axis=1).mean()) for name, m in spent.items()}
    told = ", ".join(
        f"{name} times {factor:.4g} ({grouped(cost[name])} {runs.study.price.unit})"
        for name, factor in equal.factors.items()
    )
    apart = max(abs(value / cost[equal.like] - 1.0) for value in cost.values())
    others = [name for name in runs.study.scenarios if name not in equal.factors]
    beside = f" {listed(others)} set{'s' if len(others) == 1 else ''} none." if others else ""
    total = max(everything.values()) - min(everything.values())
    return [
        *_wrapped(
            f"Equal cost: {', '.join(equal.levers)} scaled so that what they cost a citizen over "
            f"all years is as under {equal.like}: {told}; what is left differs by at most "
            f"{100 * apart:.1f} %. All spending still differs by up to {grouped(total)}, since a "
            f"budget that binds is spent on something else.{beside}"
        ),
        "",
    ]
