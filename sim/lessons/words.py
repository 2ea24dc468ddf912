"""Text in English and Korean: what lessons say, and the few words that every lesson shares."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Field, model_validator

from sim.outcomes import KNOWN, title_of
from sim.scenario.blocks import STRICT

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
DATA = Path(__file__).with_name("data")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Text(BaseModel):
    """What is said, by language. Plain text is the same in both."""

    model_config = STRICT
    en: str = Field(min_length=1, description="in English")
    ko: str = Field(min_length=1, description="in Korean")

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, data: Any) -> Any:
        """One language stands for the other where that is missing."""
        if isinstance(data, str):
            return {language: data for language in LANGUAGES}
        if isinstance(data, dict) and len(set(data) & set(LANGUAGES)) == 1:
            (only,) = set(data) & set(LANGUAGES)
            return data | {language: data[only] for language in LANGUAGES}
        return data

    def said(self, language: Language) -> str:
        """The text in a language."""
        return self.ko if language == "ko" else self.en


def word(name: str, language: Language, **values: object) -> str:
    """A word or sentence that every lesson shares, with values put into it."""
    return Text.model_validate(all_words()["words"][name]).said(language).format(**values)


def measure_title(measure: str, language: Language) -> str:
    """What a measure is called: that of an outcome, and of which places."""
    name, _, group = measure.partition("/")
    known = all_words()["measures"].get(name)
    title = Text.model_validate(known).said(language) if known else title_of(name)
    return word(group, language, measure=title) if group else title


def unit_of(measure: str, language: Language) -> str:
    """The unit of a measure in words."""
    outcome = KNOWN.get(measure.partition("/")[0])
    unit = outcome.unit if outcome is not None else "0-2"
    known = all_words()["units"].get(unit)
    return Text.model_validate(known).said(language) if known else unit


@cache
def all_words() -> dict[str, dict[str, Any]]:
    """Words, measures and units by section and name."""
    read: dict[str, dict[str, Any]] = yaml.load(
        (DATA / "words.yaml").read_text(encoding="utf-8"), Loader=_Loader
    )
    return read
