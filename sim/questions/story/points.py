"""Turning points: what they are, how the largest swings of a line are found, which are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.scenario import Scenario

TOLD = 12
"""Months told of at most, unless everything is asked for."""
_SMALL = 2.0
_SMALLEST_SWING = 3.0
_SHARE_OF_RANGE = 0.25
_STEEP = 0.75


@dataclass(frozen=True)
class Point:
    """One turning point; `weight` says how much it matters against others.

    What happens `once` in a life is told of every scenario or of none.
    """

    month: int
    kind: str
    text: str
    weight: float
    once: bool = False


@dataclass(frozen=True)
class Track:
    """One scenario's side of a story.

    `trace` has a row per month, `trust` in it from 0 to 100; `ending` is what is compared at the
    end, in words.
    """

    name: str
    scenario: Scenario
    trace: pd.DataFrame
    points: list[Point]
    ending: dict[str, str] = field(default_factory=dict)

    def date(self, month: int) -> str:
        """The calendar month of a month; month 0 is the start."""
        return self.scenario.date_of(max(1, month))


def choose(tracks: Sequence[Track], *, everything: bool = False) -> list[list[Point]]:
    """The points of each track that matter most, about a dozen months in all, in order of month."""
    groups: dict[object, list[tuple[int, Point]]] = {}
    for side, track in enumerate(tracks):
        for number, point in enumerate(track.points):
            key = point.kind if point.once else (side, number)
            groups.setdefault(key, []).append((side, point))
    chosen: list[list[Point]] = [[] for _ in tracks]
    months: set[int] = set()
    for group in sorted(groups.values(), key=_heaviest, reverse=True):
        together = months | {point.month for _, point in group}
        if not everything and (len(together) > TOLD or _heaviest(group) < _SMALL):
            break
        months = together
        for side, point in group:
            chosen[side].append(point)
    return [sorted(points, key=lambda p: (p.month, -p.weight)) for points in chosen]


def _heaviest(group: list[tuple[int, Point]]) -> float:
    return max(point.weight for _, point in group)


@dataclass(frozen=True)
class Swing:
    """The steep part of a lasting rise or fall of a line."""

    begin: int
    end: int
    start: float
    stop: float

    @property
    def size(self) -> float:
        """How far it goes, down below zero."""
        return self.stop - self.start


def swings(values: NDArray[np.float64]) -> list[Swing]:
    """Large rises and falls of a line of monthly values.

    It turns where it has gone back by at least 3 units and a quarter of its range. A swing is the
    shortest stretch with three quarters of the way between two turns.
    """
    least = max(_SMALLEST_SWING, _SHARE_OF_RANGE * float(np.ptp(values)))
    turns: list[int] = []
    way, extreme, low, high = 0, 0, 0, 0
    for at, value in enumerate(values):
        if way == 0:
            low = at if value < values[low] else low
            high = at if value > values[high] else high
            if values[high] - values[low] >= least:
                way = 1 if high > low else -1
                turns, extreme = [min(low, high)], at
        elif way * (value - values[extreme]) > 0:
            extreme = at
        elif way * (values[extreme] - value) >= least:
            turns.append(extreme)
            way, extreme = -way, at
    turns.append(extreme)
    return [_steepest(values, *ends) for ends in pairwise(turns)]


def _steepest(values: NDArray[np.float64], begin: int, end: int) -> Swing:
    line = values[begin : end + 1] * np.sign(values[end] - values[begin])
    enough = _STEEP * (line[-1] - line[0])
    best = (0, len(line) - 1)
    for start in range(len(line)):
        there = np.flatnonzero(line[start:] - line[start] >= enough)
        if len(there) and there[0] < best[1] - best[0]:
            best = (start, start + int(there[0]))
    begin, end = begin + best[0], begin + best[1]
    return Swing(begin, end, float(values[begin]), float(values[end]))


def first(happened: NDArray[np.bool_]) -> int | None:
    """The first month (row of the trace) in which something happened."""
    found = np.flatnonzero(happened)
    return int(found[0]) if len(found) else None


def signed(value: float) -> str:
    """A part of a change, with its sign and one decimal."""
    return f"{round(value, 1) + 0.0:+.1f}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
