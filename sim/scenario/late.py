"""Dated changes that the end of the scenario cuts short, or that come too late for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.scenario.source import Mistake, Path_

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Mistakes = Iterator[Mistake]
PAID_AFTERWARDS = frozenset({
    "government.budget", "finance.revenue_per_need", "finance.overhead", "finance.reserve_ceiling",
    "finance.fund_ceiling",
})  # fmt: skip
"""What decides, when a month is closed, how much of the next one can be paid."""
BUDGET_SHOCK = "fiscal"


def late_changes(s: Scenario) -> Mistakes:
    """Ramps and shocks that go on after the last month, and money that comes in it."""
    moves = s.transition.moves if s.transition.mode == "scheduled" else []
    for index, move in enumerate(moves):
        path: Path_ = ("transition", "moves", index, "over")
        yield from _cut(s, s.month_of(move.month, move.date), move.over, path)
    for index, change in enumerate(s.policy):
        begin = s.month_of(change.month, change.date)
        yield from _cut(s, begin, change.over, ("policy", index, "over"))
        for name in PAID_AFTERWARDS & change.set.keys() if begin == s.months else ():
            yield ("policy", index, "set", name), _too_late(s)
    for index, shock in enumerate(s.shocks):
        begin = s.month_of(shock.month, shock.date)
        yield from _cut(s, begin, shock.months or 0, ("shocks", index, "months"))
        if begin == s.months and shock.kind == BUDGET_SHOCK:
            yield ("shocks", index, "kind"), _too_late(s)


def _cut(s: Scenario, begin: int, length: int, path: Path_) -> Mistakes:
    left = s.months - begin + 1
    if length > left:
        yield path, f"of these {length} months only {left} lie before the end (month {s.months})"


def _too_late(s: Scenario) -> str:
    return (
        f"comes too late: what governments can pay changes a month after their money, and "
        f"{s.months} is the last month"
    )
