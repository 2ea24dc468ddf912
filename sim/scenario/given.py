"""What was written instead of what belongs there, and how to write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from sim.scenario.source import LONGEST_NUMBER, plain
from sim.text import number, short

_NUMBER_LIKE = re.compile(r"[-+]?[.]?[0-9]\S*|[-+]?[.](nan|inf)", re.IGNORECASE)
_HOW_NUMBERS_ARE_WRITTEN = "; numbers are written as 1000, 0.25 or 1e-3"


def instead(given: Any) -> str:
    """`, not the text 'many'`: what was written."""
    if isinstance(given, str):
        return f", not the text '{short(given)}'" if given.strip() else ", not an empty text"
    if isinstance(given, bool):
        return f", not {str(given).lower()}"
    if isinstance(given, Mapping):
        return ", not a block of `key: value` lines"
    if isinstance(given, list | tuple):
        return ", not a list"
    if isinstance(given, float):
        return f", not {given!r}" if isfinite(given) else ", not a number without end"
    if isinstance(given, int):
        return f", not {given}"
    return ", but nothing is written" if given is None else f", not {short(repr(given))}"


def as_number(given: Any) -> str:
    """What to do about something that was meant as a number."""
    if isinstance(given, float) and given.is_integer():
        return f"; write {given:.0f}" if abs(given) < 1e15 else ""
    if isinstance(given, str) and len(given) > LONGEST_NUMBER and given.isdigit():
        return f"; a number has at most {LONGEST_NUMBER} digits"
    if not isinstance(given, str) or not _NUMBER_LIKE.fullmatch(given.strip()):
        return ""
    value = plain(given.strip())
    if isinstance(value, int | float):
        return "; leave out the quotes"
    return _HOW_NUMBERS_ARE_WRITTEN


def as_text(given: Any) -> str:
    """What to do about something that was meant as text."""
    if isinstance(given, bool):
        return f"; put it in quotes, as '{str(given).lower()}'"
    if isinstance(given, int | float):
        return f"; put it in quotes, as '{number(given)}'"
    return ""
