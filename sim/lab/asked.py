"""What a page sends, looked at before anything is done with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from sim.errors import UserMistake
from sim.lab.words import LANGUAGES
from sim.lessons.words import Language
from sim.text import short

Asked = Mapping[str, Any]


def read_json(text: bytes) -> Any:
    """What a stranger's JSON says; raises `ValueError` where no page could be told of it again."""
    try:
        told = json.loads(text)
        # Half of a surrogate pair can be written as an escape, but is no text that can be sent.
        json.dumps(told, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deep") from None
    return told


def language(asked: Asked) -> Language:
    """The language of a page."""
    lang = asked.get("lang", "en")
    if lang not in LANGUAGES:
        raise UserMistake(f"lang: {short(str(lang))}; expected {', '.join(LANGUAGES)}")
    return "ko" if lang == "ko" else "en"


def listed(asked: Asked, key: str, default: tuple[str, ...]) -> list[str]:
    """A list."""
    value = asked.get(key, list(default))
    if not isinstance(value, list):
        raise UserMistake(f"{key}: expected a list")
    return value


def a_number(asked: Asked, key: str) -> float:
    """A number."""
    value = asked.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserMistake(f"{key}: expected a number")
    try:
        found = float(value)
    except OverflowError:
        raise UserMistake(
            f"{key}: expected a number, not one of {len(str(value))} digits"
        ) from None
    if not isfinite(found):
        raise UserMistake(f"{key}: expected a number")
    return found


def a_whole(asked: Asked, key: str, low: int, high: int) -> int:
    """A whole number within bounds."""
    value = asked.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserMistake(f"{key}: expected a whole number from {low} to {high}")
    return value


def a_text(asked: Asked, key: str, default: str | None = None) -> str:
    """A text."""
    value = asked.get(key, default)
    if not isinstance(value, str):
        raise UserMistake(f"{key}: expected a text")
    return value


def government(asked: Asked) -> int | None:
    """Which government is meant; None for all."""
    value = asked.get("government")
    if value is None:
        return None
    return a_whole(asked, "government", 0, 2)


def months_over(asked: Asked) -> int:
    """Months that a change takes; sudden unless told otherwise."""
    return a_whole(asked, "over", 0, 600) if asked.get("over") is not None else 0
