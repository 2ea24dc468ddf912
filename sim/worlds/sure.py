"""How sure a share of worlds makes a direction, in words."""

from __future__ import annotations

SURE = ((0.95, "nearly certain"), (0.80, "likely"), (0.65, "leaning"))
"""Shares of worlds from which on a direction is called so; below, it is open."""
CERTAIN = SURE[0][0]
FEWEST = 20
"""Fewer worlds than this say nothing of shares."""
OPEN = "open"
_ROUNDING = 1e-9


def how_sure(share: float) -> str:
    """How sure a direction is in which so large a share of worlds goes."""
    return next((word for least, word in SURE if share >= least - _ROUNDING), OPEN)


def few_worlds(count: int) -> list[str]:
    """A line that so few worlds say nothing of how sure; empty with enough."""
    if count >= FEWEST:
        return []
    told = "One world says" if count == 1 else f"{count} worlds say"
    return [f"{told} nothing of how sure this is; {FEWEST} or more do."]
