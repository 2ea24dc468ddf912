"""What moved a citizen's trust between two months, taken apart, and how it is said."""

from __future__ import annotations

import pandas as pd

from sim.questions.story.points import signed

REASONS = {
    "service": "services",
    "budget": "budget",
    "voice": "having a say",
    "breach": "data breach",
    "neighbours": "neighbours",
    "climate": "the climate of the day",
    "nature": "own disposition",
}
_SMALLEST_REASON = 0.25


def reasons_between(trace: pd.DataFrame, begin: int, end: int) -> dict[str, float]:
    """Points of trust that each reason moved after month `begin`, up to month `end`."""
    rows = trace.iloc[begin + 1 : end + 1]
    return {reason: float(rows[f"by_{reason}"].sum()) for reason in REASONS}


def in_words(reasons: dict[str, float], most: int = 3) -> str:
    """The largest reasons with their signs: `services -4.2, neighbours +1.1`."""
    largest = sorted(reasons.items(), key=lambda pair: -abs(pair[1]))[:most]
    told = [(REASONS[name], size) for name, size in largest if abs(size) >= _SMALLEST_REASON]
    return ", ".join(f"{name} {signed(size)}" for name, size in told)
