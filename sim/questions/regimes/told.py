"""What sentences on a map share, over luck and over worlds: shares with ends, and borders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from sim.questions.regimes.analysis import Regimes


def share_told(row: dict[Any, Any]) -> str:
    """A share of the map, and between what it could have been."""
    share, low, high = (100.0 * row[name] for name in ("share", "share_low", "share_high"))
    return f"{share:.0f} % [{low:.0f}, {high:.0f}]"


def borders_told(
    found: Regimes, outcome: str, lead: str, at: Callable[[pd.Series], str]
) -> Iterator[str]:
    """Where one policy overtakes another, at the two ends of the border.

    `lead` is what changes there, `at` tells a place on the first factor with its ends.
    """
    across, along = found.plan.names
    own = found.borders[found.borders["outcome"] == outcome]
    for (policy, other), border in own.groupby(["policy", "other"], sort=False):
        first, last = border.iloc[0], border.iloc[-1]
        ends = f"{across} {at(first)} where {along} is {first['y']:.2f}"
        if len(border) > 1:
            ends += f" and {at(last)} where it is {last['y']:.2f}"
        yield f"  The {lead} changes between {policy} and {other} at {ends}."
