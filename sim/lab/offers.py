"""What a page may choose from, in words and with units: all of it from declarations."""

from __future__ import annotations

from functools import cache
from typing import Any

from sim.declared import PARAMETERS, SHOCKS
from sim.explain.influence import moved_by
from sim.lab.band import WORLDS
from sim.lab.drawn import CHOICES, LARGE, SMALL
from sim.lab.places import INDICATORS, indicator_title
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
    parameter = PARAMETERS[declared["name"]]
    return {
        "name": parameter.name, "title": declared["title"][lang], "unit": parameter.unit,
        "low": parameter.low, "high": parameter.high, "meaning": parameter.meaning,
        "choices": [[choice["value"], choice[lang]] for choice in declared["choices"]],
    }  # fmt: skip


def _assumption(name: str, lang: str) -> dict[str, Any]:
    parameter = PARAMETERS[name]
    ends = ("low", parameter.low), ("default", parameter.default), ("high", parameter.high)
    return {
        "name": name, "title": parameter.meaning, "unit": parameter.unit,
        "source": parameter.source, "low": parameter.low, "high": parameter.high,
        "choices": [[value, word("assumptions", end, lang)] for end, value in ends],
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
