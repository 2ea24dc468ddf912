"""What is run to be held against what was observed."""

from __future__ import annotations

from sim.evidence.observed import observed
from sim.questions.comparison.study import Study, plan_study
from sim.scenario import Scenario

KOREA = "korea_1995_2025"
PARADIGMS = ("gov1", "gov2", "gov3")
_EUROPE_YEARS = 17
CITIZENS = 2_000
REPLICATES = 2


def countries() -> tuple[str, ...]:
    """The countries of the calibration data, by their codes."""
    return tuple(sorted({*observed("supply_fully_online_citizen_services")["country"]}))


def europe(country: str) -> str:
    """What the scenario of a country is called."""
    return f"gov2_{country}"


def plan_evidence(
    citizens: int = CITIZENS, replicates: int = REPLICATES, seed: int | None = None
) -> Study:
    """The three paradigms, thirty-one years of Korea, E-Government in each country to 2011."""
    society = {"citizens": citizens}
    plans = [Scenario.load(name).but(society=society) for name in (*PARADIGMS, KOREA)]
    for country in countries():
        there = {"place": f"europe:{country}", **society}
        changes = {"name": europe(country), "years": _EUROPE_YEARS, "society": there}
        plans.append(Scenario.load("gov2").but(**changes))
    return plan_study(plans, replicates=replicates, seed=seed)
