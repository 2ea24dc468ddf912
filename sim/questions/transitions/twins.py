"""Twins: what a scenario is compared with to tell a transition from everything else.

Under the same citizens and luck, one twin holds its positions (what outcomes do without any
transition) and one keeps its budget (what reforms do without a squeeze).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.questions.comparison.study import Study
from sim.questions.transitions.paths import Numbers
from sim.scenario import Scenario
from sim.statistics import NOISE

BUDGET = "government.budget"
_HELD, _STEADY = "positions held", "no squeeze"
_LONGEST = 80
_LEAN = 0.9
_NORMAL = 0.97
_DIGITS = 9
"""Decimals of a budget; beyond lies rounding."""


@dataclass(frozen=True)
class Squeeze:
    """Months (from 1) in which money falls below nine tenths of what it was, and is back."""

    begin: int
    relief: int


@dataclass(frozen=True)
class TransitionStudy:
    """A study with the twins that its scenarios need, each by its scenario's name."""

    study: Study
    asked: tuple[str, ...]
    held: Mapping[str, str]
    steady: Mapping[str, str]


def with_twins(study: Study) -> TransitionStudy:
    """The study and its twins: for scenarios that reform themselves, and are squeezed."""
    scenarios = dict(study.scenarios)
    held, steady = {}, {}
    for name, scenario in study.scenarios.items():
        if scenario.transition.mode == "endogenous":
            held[name] = _added(scenarios, name, _HELD, _hold(scenario))
        if find_squeeze(scenario) is not None:
            steady[name] = _added(scenarios, name, _STEADY, _keep_budget(scenario))
    return TransitionStudy(
        replace(study, scenarios=scenarios), tuple(study.scenarios), held, steady
    )


def budgets(scenario: Scenario) -> Numbers:
    """The budget of all local governments in each month, 1 where it is normal; shape (months,).

    What strikes one local government alone is left out.
    """
    levels = np.array(
        [scenario.parameter_values(month)[BUDGET] for month in range(1, scenario.months + 1)]
    )
    for strike in scenario.strikes(("",)):
        if strike.kind == "fiscal" and strike.places:
            levels[strike.begin - 1 : strike.begin - 1 + strike.months] *= 1.0 - strike.size
    return levels


def find_squeeze(scenario: Scenario) -> Squeeze | None:
    """The first squeeze that ends before the scenario does, if governments may respond to it."""
    if scenario.transition.mode != "endogenous":
        return None
    levels = budgets(scenario)
    share = np.round(levels / max(levels[0], NOISE), _DIGITS)
    lean = np.flatnonzero(share < _LEAN)
    if not len(lean):
        return None
    begin = lean[0]
    while begin > 0 and share[begin - 1] < 1.0:
        begin -= 1
    normal = np.flatnonzero((share >= _NORMAL) & (np.arange(len(share)) > lean[0]))
    return Squeeze(int(begin) + 1, int(normal[0]) + 1) if len(normal) else None


def _added(scenarios: dict[str, Scenario], name: str, what: str, twin: Scenario) -> str:
    """Add a twin under a name of its own, and return that name."""
    ending, number = f" ({what})", 2
    while f"{name[: _LONGEST - len(ending)]}{ending}" in scenarios:
        ending, number = f" ({what} {number})", number + 1
    label = f"{name[: _LONGEST - len(ending)]}{ending}"
    scenarios[label] = twin.but(name=label)
    return label


def _hold(scenario: Scenario) -> Scenario:
    return scenario.but(transition={"mode": "fixed", "moves": []})


def _keep_budget(scenario: Scenario) -> Scenario:
    written = [change.model_dump(exclude_unset=True) for change in scenario.policy]
    kept = [
        change | {"set": rest}
        for change in written
        if (rest := {k: v for k, v in change["set"].items() if k != BUDGET})
    ]
    shocks = [s.model_dump(exclude_unset=True) for s in scenario.shocks if s.kind != "fiscal"]
    return scenario.but(policy=kept, shocks=shocks)
