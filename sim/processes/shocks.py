"""Shocks: what strikes governments from outside, for a while, and what each of them changes.

A shock changes what processes read, never an outcome. Sizes are assumptions for what-if questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import loop
from sim.engine.luck import Luck, Seed, normal
from sim.processes.lives import needs_table
from sim.processes.state import Governments, Levers

_SHOCK = int(Luck.SHOCK)


@dataclass(frozen=True)
class ShockKind:
    """A kind of shock: what its size means, and its size and length unless told otherwise."""

    meaning: str
    size_meaning: str
    size: float
    low: float
    high: float
    months: int


SHOCKS: Mapping[str, ShockKind] = {
    "fiscal": ShockKind(
        "Revenue falls while it lasts", "share of revenue lost", 0.3, 0.0, 1.0, 24
    ),
    "breach": ShockKind(
        "Personal data are stolen, in each month that it lasts",
        "share of digital users exposed",
        0.5,
        0.0,
        1.0,
        1,
    ),
    "preference": ShockKind(
        "What places want jumps, once and for good",
        "standard deviations of the jump, on the scale of what places want",
        1.0,
        0.0,
        5.0,
        1,
    ),
    "leader": ShockKind(
        "A leader is lost: no budget is revised while it lasts, and capacity is lost at once",
        "share of capacity lost",
        0.2,
        0.0,
        0.9,
        12,
    ),
    "emergency": ShockKind(
        "People need government more often while it lasts", "additional share of needs",
        0.5, 0.0, 4.0, 6,
    ),
    "crisis": ShockKind(
        "Many local problems arise at once, in each month that it lasts",
        "share of residents struck, counted by problem", 0.3, 0.0, 1.0, 1,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Strike:
    """One shock, ready to strike: `places` are rows of local governments, months count from 1."""

    kind: str
    begin: int
    months: int
    size: float
    places: Sequence[int]

    def lasts(self, month: int) -> bool:
        """Whether it is on in a month."""
        return self.begin <= month < self.begin + self.months

    def lasts_beyond(self, month: int) -> bool:
        """Whether it is on in a month that comes later."""
        return self.begin + self.months > month + 1

    def later(self, months: int) -> Strike:
        """The same so many months later."""
        return replace(self, begin=self.begin + months)


def strike(
    shocks: Sequence[Strike],
    governments: Governments,
    levers: Levers,
    window: float,
    seed: Seed,
    month: int,
) -> None:
    """What this month's shocks change, on top of this month's levers.

    Each opens a window of so many months in which governments reform under less pressure.
    """
    governments.breach_shock[:] = 0.0
    governments.leaderless[:] = 0.0
    governments.crisis[:] = 0.0
    jumps = np.zeros(len(governments.drift), dtype=np.int64)
    for shock in shocks:
        if not shock.lasts(month):
            continue
        rows = list(shock.places)
        if month == shock.begin and (shock.size > 0.0 or shock.kind == "leader"):
            governments.window[rows] = window
        if shock.kind == "fiscal":
            levers.budget[rows] *= 1.0 - shock.size
        elif shock.kind == "breach":
            governments.breach_shock[rows] = np.maximum(governments.breach_shock[rows], shock.size)
        elif shock.kind == "leader":
            governments.leaderless[rows] = 1.0
            if month == shock.begin:
                governments.capacity[rows] *= 1.0 - shock.size
        elif shock.kind == "crisis":
            governments.crisis[rows] += shock.size
        elif shock.kind == "preference" and month == shock.begin:
            _jump(governments, np.array(rows), shock.size, jumps, seed, month)


def needs_of_places(shocks: Sequence[Strike], places: int, rate: float, month: int) -> Array:
    """Cumulative Poisson probabilities of needs, shape (places, 8), in emergencies or not."""
    rates = np.full(places, rate)
    for shock in shocks:
        if shock.kind == "emergency" and shock.lasts(month):
            rates[list(shock.places)] *= 1.0 + shock.size
    return np.array([needs_table(float(rate)) for rate in rates])


@loop
def _jump(
    governments: Governments, rows: Array, size: float, jumps: Array, seed: Seed, month: int
) -> None:
    """What some places want jumps; `jumps` counts each place's of this month, each by itself."""
    domains = governments.drift.shape[1]
    for g in rows:
        for k in range(domains):
            lane = domains * jumps[g] + k
            governments.drift[g, k] += size * normal(seed, _SHOCK, month, g, lane)
        jumps[g] += 1
