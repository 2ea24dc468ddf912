"""What things of the model are called on a page: levers, assumptions, cells, events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from sim.declared import PARAMETERS
from sim.lab.words import all_words, levers, word
from sim.paradigms import FIGURE, Row
from sim.processes.declared import LEVERS

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@cache
def lever_title(name: str, lang: str) -> str:
    """What a lever is called."""
    titles: dict[str, str] = {one["name"]: one["title"][lang] for one in levers()}
    return titles.get(name, name)


def assumption_title(name: str, lang: str) -> str:
    """What an assumption is called: as it is declared where nobody has translated it."""
    texts = all_words()["assumption_titles"].get(name)
    return PARAMETERS[name].meaning if texts is None else texts[lang]


def held_title(name: str, lang: str) -> str:
    """What a parameter that holds from the start is called, lever or assumption."""
    return lever_title(name, lang) if name in LEVERS else assumption_title(name, lang)


def wordings(row: Row, lang: str) -> list[str]:
    """The cells of a row, as the source words them, or in Korean."""
    if lang == "en":
        return [row.wording[paradigm] for paradigm in FIGURE.paradigm_ids]
    known = all_words()["wordings"]
    return [
        known[f"{row.id}/{paradigm}"][lang]
        if f"{row.id}/{paradigm}" in known
        else row.wording[paradigm]
        for paradigm in FIGURE.paradigm_ids
    ]


def details(event: Mapping[Any, Any], lang: str) -> list[str]:
    """What a row of the table of events says beside its kind, in words of the page."""
    texts = (str(event[column]) for column in ("cause", "firm", "rows", "what"))
    return [_in_words(part, lang) for text in texts for part in text.split("; ") if part]


def _in_words(text: str, lang: str) -> str:
    """A text of the table: rows and levers by their titles; numbers stay where they are."""
    first, _, rest = text.partition(" ")
    if first in FIGURE.row_ids:
        return f"{word('rows', first, lang)} {_in_words(rest, lang)}"
    if first in PARAMETERS:
        return f"{lever_title(first, lang)} {_in_words(rest, lang)}"
    numbers = _NUMBER.findall(text)
    known = all_words()["details"].get(_NUMBER.sub("#", text))
    if known is None:
        return text
    found = known[lang]
    for number in numbers:
        found = found.replace("#", number, 1)
    return found
