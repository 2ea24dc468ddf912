"""How sure and how large: the words that every question over plausible worlds uses."""

from __future__ import annotations

from functools import cache

from sim.outcomes import KNOWN
from sim.statistics import share_interval

SURE = ((0.95, "nearly certain"), (0.80, "likely"), (0.65, "leaning"))
"""Shares of worlds from which on a direction is called so; below, it is open.

No word says more than so many worlds can show: the share of all worlds, at the lower end of its
interval (Wilson, 95 %), must reach the word below, or half for the last. With 60 worlds it always
does; with 20 it does not where 19 agree (76 %), which is no more than likely.
"""
_LEAST = (*(share for share, _ in SURE[1:]), 0.5)
"""What the lower end of the interval must reach for each word."""
CERTAIN, LIKELY = SURE[0][0], SURE[1][0]
OPEN, TOO_FEW, SAME = "open", "too few worlds", "the same"
FEWEST_WORLDS = 20
"""Fewer worlds than this say nothing of shares."""
MARGIN = 1.0
"""What differs by less does not matter, of outcomes that declare no margin."""


@cache
def sure_word(agreeing: int, worlds: int) -> str:
    """How sure a direction is in which so many worlds agree."""
    if worlds < FEWEST_WORLDS:
        return TOO_FEW
    low, _ = share_interval(agreeing, worlds)
    said = (
        word
        for (share, word), least in zip(SURE, _LEAST, strict=True)
        if agreeing >= share * worlds and low >= least
    )
    return next(said, OPEN)


def few_worlds(count: int) -> list[str]:
    """A line that so few worlds say nothing of how sure; empty with enough."""
    if count >= FEWEST_WORLDS:
        return []
    told = "One world says" if count == 1 else f"{count} worlds say"
    return [f"{told} nothing of how sure this is; {FEWEST_WORLDS} or more do."]


def is_sure(word: str) -> bool:
    """Whether a direction is at least likely."""
    return word in (SURE[0][1], SURE[1][1])


def margin_of(outcome: str) -> float:
    """The mean difference from which on one matters, in the unit of the outcome's differences."""
    return KNOWN[outcome].margin if outcome in KNOWN else MARGIN
