"""The works that declarations name: BibTeX, and what is named without author and year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS

BIBLIOGRAPHY = Path(__file__).with_name("references.bib")
_NAME = "(?:van )?[A-Z][a-z]+"
_NAMED = re.compile(rf"\b({_NAME}(?:, {_NAME})*(?: and {_NAME})?)(?: et al\.)? ((?:19|20)\d\d)\b")
NOT_WORKS = frozenset(
    {"Eurostat", "Survey", "Washington", "Estonia", "Korea", "University", "Report"}
)
"""Last words of names of offices and places: their entries are under the whole name."""


def bibtex() -> str:
    """All entries, as BibTeX reads them."""
    return BIBLIOGRAPHY.read_text(encoding="utf-8")


def sources() -> tuple[str, ...]:
    """Every source that a parameter or a cell names, once each, in order."""
    of_parameters = {parameter.source for parameter in PARAMETERS.values()}
    return tuple(sorted(of_parameters | {cell.source for cell in FIGURE.cells}))


def works_named(text: str) -> Iterator[tuple[str, str]]:
    """First author and year of each work that a text names."""
    for names, year in _NAMED.findall(text):
        first = re.split(r",| and ", names)[0]
        if first not in NOT_WORKS:
            yield first, year


def has_entry(author: str, year: str) -> bool:
    """Whether the bibliography has a work of that first author and year."""
    entries = re.findall(r"@\w+\{.*?\n", bibtex() + "\n")
    return any(
        re.search(rf"author = \{{+{author}\b", entry) and f"year = {{{year}}}" in entry
        for entry in entries
    )
