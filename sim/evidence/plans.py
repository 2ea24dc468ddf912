"""When each country of Europe set out for e-government: its first plan with a date.

eEurope 2002 was adopted for the fifteen members in June 2000 (European Council, Feira; Iceland and
Norway took part) and asked for basic services online by the end of 2002; eEurope+ 2003, for the
candidates, in June 2001 (Göteborg), by the end of 2003; Croatia's first was e-Croatia 2007.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("plans.csv")


@dataclass(frozen=True)
class FirstPlan:
    """The month in which it was `adopted`, `YYYY-MM`, and what the plan was called."""

    adopted: str
    name: str


_OTHERS = FirstPlan("2002-10", "eSEEurope, as no plan of its own is known")
"""Of countries that no plan names: the agenda of South East Europe."""


def first_plan(country: str) -> FirstPlan:
    """The first plan of a country, by its code (ISO 3166 alpha-3)."""
    return _plans().get(country, _OTHERS)


@cache
def _plans() -> dict[str, FirstPlan]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["country"]: FirstPlan(row["adopted"], row["plan"]) for row in rows}
