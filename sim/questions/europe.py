"""Countries of Europe as they were: System-Government first, E-Government by their first plan."""

from __future__ import annotations

from sim.evidence.plans import first_plan
from sim.scenario import Scenario

START = 1995
"""The first year that is simulated."""


def name_of(country: str) -> str:
    """What the scenario of a country is called, by its code (ISO 3166 alpha-3)."""
    return f"europe_{country}"


def as_it_was(country: str, *, years: int, citizens: int) -> Scenario:
    """A country from 1995 for some years: all rows move when its first plan is adopted.

    Services follow as fast as projects do. Every use of observed European figures (fit, patterns,
    forecasts) simulates this and nothing else, so that a fitted set means the same in each.
    """
    plan = first_plan(country)
    move = {"date": plan.adopted, "over": 1, "to": "gov2", "why": plan.name}
    return Scenario.load("gov1").but(
        name=name_of(country), start=f"{START}-01", years=years,
        society={"place": f"europe:{country}", "citizens": citizens},
        transition={"mode": "scheduled", "moves": [move]},
    )  # fmt: skip
