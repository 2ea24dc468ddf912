"""Words of the page in English and Korean: data, the same keys in both."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.lessons.words import LANGUAGES
from sim.lessons.words import all_words as shared_words

__all__ = ["LANGUAGES", "all_words", "filled", "levers", "word", "words"]


@cache
def all_words() -> dict[str, dict[str, dict[str, str]]]:
    """Section, key, language, text; outcomes and units are called as in lessons."""
    text = (Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(text)
    shared = shared_words()
    return found | {"outcomes": shared["measures"], "units": shared["units"]}


@cache
def levers() -> list[dict[str, Any]]:
    """Levers in words: name, texts, and the values that words stand for."""
    text = (Path(__file__).parent / "levers.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)
    return found


def words(section: str, lang: str) -> dict[str, str]:
    """The texts of a section in one language."""
    return {key: texts[lang] for key, texts in all_words()[section].items()}


def word(section: str, key: str, lang: str) -> str:
    """One text; the key itself where nobody has named it, as of outcomes of one's own."""
    texts = all_words()[section].get(key)
    return key.replace("_", " ") if texts is None else texts[lang]


def filled(section: str, key: str, lang: str, **values: object) -> str:
    """A text with values in it."""
    return word(section, key, lang).format(**values)
