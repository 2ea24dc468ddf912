"""From all schedules that were tried to a few: the front, and who is chosen from it by which rule.

A schedule is on the front if no other is at least as good in all five objectives and better in one.
Chosen are the one that is best on the balance, the best on it of those in which all rows move, and
the best in each objective: seven at most, fewer where one schedule is best in several. The balance
is the mean of the five, each divided by its range on the front, or by the margin below which it
does not matter if that is larger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.questions.roadmap.objectives import MARGINS, OBJECTIVES, Numbers
from sim.questions.roadmap.schedule import Schedule

BALANCED, ALL_ROWS = "balanced", "all_rows"
ROLES = (
    BALANCED, ALL_ROWS, "most_needs_met", "most_taking_part", "most_trust", "least_cost",
    "best_worst_year",
)  # fmt: skip
"""The balance, the same where all rows move, then each objective, in their order."""
_DECIMALS = 9


@dataclass(frozen=True)
class Chosen:
    """A chosen schedule: its name is its first role; `gains` are those of the search."""

    name: str
    roles: tuple[str, ...]
    schedule: Schedule
    gains: tuple[float, ...]


def front(gains: Numbers) -> NDArray[np.bool_]:
    """Which of some schedules no other beats; `gains` have shape (schedules, objectives)."""
    rounded = np.round(gains, _DECIMALS)
    kept = np.ones(len(rounded), dtype=bool)
    for place, own in enumerate(rounded):
        beats = (rounded >= own).all(axis=1) & (rounded > own).any(axis=1)
        kept[place] = not beats.any()
    return kept


def scales(gains: Numbers) -> Numbers:
    """By what each objective is divided: its range on the front, its margin at least."""
    found: Numbers = np.maximum(np.ptp(gains, axis=0), MARGINS)
    return found


def balance(gains: Numbers, scale: Numbers) -> Numbers:
    """The mean of the objectives in their scales; `gains` have shape (..., objectives)."""
    mean: Numbers = (gains / scale).mean(axis=-1)
    return mean


def on_front(tried: Mapping[Schedule, Numbers]) -> dict[Schedule, Numbers]:
    """The schedules of the front, in the order in which they were tried."""
    kept = front(np.array(list(tried.values())))
    return {s: g for (s, g), keep in zip(tried.items(), kept, strict=True) if keep}


def choose(tried: Mapping[Schedule, Numbers], scale: Numbers) -> list[Chosen]:
    """The chosen of all that was tried, the balanced one first; staying is none of them."""
    best = {s: g for s, g in on_front(tried).items() if any(s)}
    whole = {s: g for s, g in tried.items() if all(s)}
    if not best:
        return []
    found = [_balanced(best, scale), _balanced(whole, scale) if whole else None]
    found += [_best_in(place, best, scale) for place in range(len(OBJECTIVES))]
    roles: dict[Schedule, list[str]] = {}
    for role, schedule in zip(ROLES, found, strict=True):
        if schedule is not None:
            roles.setdefault(schedule, []).append(role)
    return [
        Chosen(own[0], tuple(own), schedule, tuple(tried[schedule].tolist()))
        for schedule, own in roles.items()
    ]


def _balanced(tried: Mapping[Schedule, Numbers], scale: Numbers) -> Schedule:
    score = np.round(balance(np.array(list(tried.values())), scale), _DECIMALS)
    return list(tried)[int(score.argmax())]


def _best_in(place: int, tried: Mapping[Schedule, Numbers], scale: Numbers) -> Schedule:
    """The best in one objective; of equal ones the best on the balance."""
    gains = np.round(np.array(list(tried.values())), _DECIMALS)
    order = np.lexsort((-np.round(balance(gains, scale), _DECIMALS), -gains[:, place]))
    return list(tried)[int(order[0])]
