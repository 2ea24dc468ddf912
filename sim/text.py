"""Words for people: what is allowed, and what was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

_MOST_LISTED = 20


def near(word: str, allowed: Sequence[str]) -> str:
    """` (what is allowed); did you mean 'this'?` for a word that is not allowed."""
    shown = ", ".join(allowed) if len(allowed) <= _MOST_LISTED else f"{len(allowed)} names"
    match = get_close_matches(word, allowed, n=1, cutoff=0.6)
    return f" ({shown})" + (f"; did you mean '{match[0]}'?" if match else "")
