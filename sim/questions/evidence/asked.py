"""What is run to be held against what was observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.evidence.observed import observed
from sim.questions.comparison.study import Study, plan_study
from sim.questions.europe import as_it_was
from sim.scenario import Scenario

KOREA = "korea_1995_2025"
PARADIGMS = ("gov1", "gov2", "gov3")
MIXED = "between_gov2_and_gov3"
LOW, HIGH = "gov2_low_capacity", "gov2_high_capacity"
DIGITAL, UNASKED = "gov2_all_digital", "gov2_nobody_invited"
TIED, WORSE, OPEN = "gov3_ties", "gov2_worse_for_a_year", "gov2_more_open"
REFORMING = "endogenous"
SQUEEZED, STEADY = "squeeze_and_relief", "no_squeeze"
_EUROPE_YEARS = 27
_REFORM_YEARS = 40
_MANY = {"place": "synthetic", "local_governments": 60}
"""Where what each government does is counted: Korea's 17 are few, and replicates would differ."""
_REPORTERS = 20
"""So many times the citizens report: few give a first input and see it acted on."""
CITIZENS = 2_000
REPLICATES = 2
WORLDS = 20


def countries() -> tuple[str, ...]:
    """The countries of the calibration data, by their codes."""
    return tuple(sorted({*observed("supply_fully_online_citizen_services")["country"]}))


def plan_evidence(
    citizens: int = CITIZENS,
    replicates: int = REPLICATES,
    seed: int | None = None,
    parameters: Mapping[str, float] | None = None,
) -> Study:
    """All that patterns read, with the parameters as they are declared.

    `parameters`, by full name, take the place of declared ones in every scenario that does not set
    them itself: one fitted set.
    """
    plans = [_fitted(plan, parameters or {}) for plan in _scenarios(citizens)]
    return plan_study(plans, replicates=replicates, seed=seed)


def _fitted(plan: Scenario, parameters: Mapping[str, float]) -> Scenario:
    given = {name: v for name, v in parameters.items() if name not in plan.named_parameters}
    return plan.but(parameters=given) if given else plan


def plan_worlds(worlds: int = WORLDS, citizens: int = CITIZENS, seed: int | None = None) -> Study:
    """The same in plausible worlds, one replicate in each."""
    return plan_study(_scenarios(citizens), replicates=1, worlds=worlds, seed=seed)


def _scenarios(citizens: int) -> list[Scenario]:
    """The paradigms and their variants, Korea, reforms, and each country of Europe as it was."""
    # What probes read is an outcome of every study from the moment that they are imported.
    from sim.questions.evidence.firms import Firms
    from sim.questions.evidence.probes import Applications, Reporters

    society = {"citizens": citizens}
    plans = [Scenario.load(name).but(society=society) for name in (*PARADIGMS, KOREA)]
    plans = [p.under(Applications) if p.name in ("gov2", KOREA) else p for p in plans]
    plans += [plan.but(society=society) for plan in _variants()]
    crowd = {"citizens": _REPORTERS * citizens}
    nobody = {"invitations": dict.fromkeys(PARADIGMS, 0.0)}
    unasked = Scenario.load("gov2").but(name=UNASKED, years=10, society=crowd, cells=nobody)
    plans.append(unasked.under(Reporters))
    there = (as_it_was(c, years=_EUROPE_YEARS, citizens=citizens) for c in countries())
    return [*plans, *(plan.under(Firms) for plan in there)]


def _variants() -> Iterator[Scenario]:
    """Paradigms with one thing changed, and governments that reform themselves."""
    from sim.questions.evidence.probes import Applications, Open, Tied, Worse

    gov2, gov3 = Scenario.load("gov2"), Scenario.load("gov3")
    for name, capacity in ((LOW, 0.3), (HIGH, 0.7)):
        able = {"government.capacity": capacity}
        yield gov2.but(name=name, parameters=able, society=_MANY)
    everybody = {"service.choice_intercept": 2.0, "society.infrastructure": 1.0}
    ceiling = {"online_ceiling": {"gov2": 1.0}}
    yield gov2.but(name=DIGITAL, parameters=everybody, cells=ceiling).under(Applications)
    yield gov2.but(name=WORSE).under(Worse)
    yield gov2.but(name=OPEN).under(Open)
    yield gov2.but(name=MIXED, governance={"gov2": 0.5, "gov3": 0.5})
    yield gov3.but(name=TIED, years=_REFORM_YEARS).under(Tied)
    yield Scenario.load(REFORMING).but(years=_REFORM_YEARS)
    squeezed = Scenario.load(SQUEEZED).but(years=_REFORM_YEARS, society=_MANY)
    yield squeezed
    yield squeezed.but(name=STEADY, policy=[])
