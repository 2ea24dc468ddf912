"""What a page may choose from, in words and with units: all of it from declarations."""

from __future__ import annotations

from functools import cache
from typing import Any

from sim.declared import PARAMETERS, SHOCKS
from sim.explain.influence import moved_by
from sim.lab.band import WORLDS
from sim.lab.drawn import CHOICES, LARGE, SMALL
from sim.lab.places import INDICATORS, indicator_title
from sim.lab.titles import assumption_title
from sim.lab.visitors import BEGIN_WITH
from sim.lab.words import LANGUAGES, levers, word, words
from sim.outcome_words import unit_of
from sim.paradigms import FIGURE
from sim.questions.story.who import KINDS
from sim.scenario.files import shipped_names

MOST_ASSUMPTIONS = 12


@cache
def offers(lang: str) -> dict[str, Any]:
    """Texts, charts, levers, assumptions, shocks, rows, people, scenarios."""
    return {
        "lang": lang, "languages": LANGUAGES, "words": words("page", lang),
        "charts": [[one, word("outcomes", one, lang), word("units", unit_of(one), lang)]
                   for one in CHOICES],
        "large": LARGE, "small": SMALL, "begin": BEGIN_WITH, "scenarios": shipped_names(),
        "levers": [_lever(one, lang) for one in levers()],
        "assumptions": [_assumption(name, lang) for name in influential()],
        "unknown": [name for name, p in PARAMETERS.items() if p.role == "uncertainty"],
        "shocks": [_shock(kind, lang) for kind in SHOCKS],
        "indicators": [[one, indicator_title(one, lang)] for one in INDICATORS],
        "people": [[one, word("people", one, lang)] for one in KINDS],
        "paradigms": [[p.id, p.label, p.name] for p in FIGURE.paradigms],
        "worlds": WORLDS,
    }  # fmt: skip


def _lever(declared: dict[str, Any], lang: str) -> dict[str, Any]:
    p = PARAMETERS[declared["name"]]
    return {
        "name": p.name, "title": declared["title"][lang], "unit": word("units", p.unit, lang),
        "low": p.low, "high": p.high, "meaning": p.meaning,
        "choices": [[choice["value"], choice[lang]] for choice in declared["choices"]],
    }  # fmt: skip


def _assumption(name: str, lang: str) -> dict[str, Any]:
    p = PARAMETERS[name]
    ends = ("low", p.low), ("default", p.default), ("high", p.high)
    choices = [[value, word("assumptions", end, lang)] for end, value in ends]
    if p.choices:
        choices = [[float(at), choice] for at, choice in enumerate(p.choices)]
    title = assumption_title(name, lang)
    return {
        "name": name, "title": title, "unit": word("units", p.unit, lang), "source": p.source,
        "low": p.low, "high": p.high, "choices": choices,
    }  # fmt: skip


def _shock(kind: str, lang: str) -> dict[str, Any]:
    one = SHOCKS[kind]
    return {
        "kind": kind, "title": word("shocks", kind, lang), "size": one.size, "low": one.low,
        "high": one.high, "months": one.months, "meaning": f"{one.meaning}; {one.size_meaning}",
    }  # fmt: skip


@cache
def influential() -> list[str]:
    """Assumptions that move some headline most, as measured, the strongest first."""
    unknown = [name for name, p in PARAMETERS.items() if p.role == "uncertainty"]
    most = {name: max((abs(points) for _, points in moved_by(name)), default=0.0)
            for name in unknown}  # fmt: skip
    return sorted(unknown, key=lambda name: -most[name])[:MOST_ASSUMPTIONS]
