"""A pattern: what was observed, the band around it, and how the same is read off the model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sim.questions.evidence.patterns.seen import Seen

PASS, MISS, ABSENT = "pass", "miss", "not modelled"


@dataclass(frozen=True)
class Pattern:
    """One figure: what was observed, the band it is held against, and how to read it.

    `number` is its place among the eighteen patterns that the model was designed to show, 0 for a
    figure beside them; some have several readings. Without `read` nothing in the model stands for
    it. `note` says where a reading is taken, and of a miss what was tried.
    """

    name: str
    what: str
    unit: str
    observed: float
    low: float
    high: float
    source: str
    read: Callable[[Seen], float] | None
    number: int = 0
    note: str = ""

    def holds(self, value: float) -> bool:
        """Whether a value lies inside the band."""
        return self.low <= value <= self.high

    def verdict(self, mean: float) -> str:
        """Of the mean over replicates, or over worlds; there is none of what is not modelled."""
        if self.read is None:
            return ABSENT
        return PASS if self.holds(mean) else MISS

    def value(self, seen: Seen) -> float:
        """The reading; nan where nothing in the model stands for it."""
        return math.nan if self.read is None else self.read(seen)
