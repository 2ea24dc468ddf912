"""Words for people: what is allowed, what was probably meant, values and lines that stay short."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

_MOST_LISTED = 30
_LONGEST_WORD = 60


def near(word: str, allowed: Sequence[str]) -> str:
    """` (what is allowed); did you mean 'this'?` for a word that is not allowed."""
    shown = ", ".join(allowed) if len(allowed) <= _MOST_LISTED else f"{len(allowed)} names"
    names = {name.casefold(): name for name in reversed(allowed)}
    match = get_close_matches(word[:_LONGEST_WORD].casefold(), names, n=1, cutoff=0.6)
    return f" ({shown})" + (f"; did you mean '{names[match[0]]}'?" if match else "")


def one_line(text: str) -> str:
    """The text with line breaks and other characters that cannot be seen written out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def short(word: str) -> str:
    """A word, or its beginning where it is long."""
    return word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}..."


def number(value: float) -> str:
    """A number as people write it, whole ones with all their digits."""
    return str(value) if isinstance(value, int) else f"{value:.12g}"
