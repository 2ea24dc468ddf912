"""Texts and labels in the columns of a terminal, where letters of East Asia take two."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping

from sim.questions.story.telling import width_of
from sim.questions.story.telling import wrapped as broken

_WIDTH, _NARROWEST, _WIDEST = 80, 60, 100
_ITEM = "- "


def wrapped(text: str, *, indent: int = 0) -> list[str]:
    """A text in lines that fit the terminal, or 80 columns elsewhere.

    Lines of an item (`- ...`) hang below its first word.
    """
    hang = " " * (indent + (len(_ITEM) if text.startswith(_ITEM) else 0))
    first, *rest = broken(text, _room() - len(hang))
    return [" " * indent + first, *(hang + line for line in rest)]


def padded(labels: Mapping[str, str]) -> dict[str, str]:
    """Labels with spaces behind them, so that all take the same columns."""
    wide = max(width_of(label) for label in labels.values())
    return {name: label + " " * (wide - width_of(label)) for name, label in labels.items()}


def _room() -> int:
    if not sys.stdout.isatty():
        return _WIDTH
    return min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)
