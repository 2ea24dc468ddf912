"""Shocks: what strikes governments from outside, for a while, and what each of them changes.

A shock changes what processes read, never an outcome. Sizes are assumptions for what-if questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
}  # fmt: skip
