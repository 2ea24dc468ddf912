"""Any scenario or experiment for other tools: a plain function, a SALib problem, an EMA model.

    f = as_function(Scenario.load("gov3"), replicates=4)
    f({"society.heterogeneity": 1.2})["trust"]

The EMA workbench wants names that are Python identifiers, so dots become two underscores:
`society.heterogeneity` is `society__heterogeneity` there (`ema_name`, `dotted_name`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arguments import whole
from sim.declared import PARAMETERS, own_groups
from sim.errors import GovShiftError, UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.factors import ROWS, Factor, declaration, factor_of
from sim.experiments.plan import Plan, with_values
from sim.outcomes import DIRECTIONS, OUTCOMES, WINDOW
from sim.paradigms import FIGURE
from sim.questions.analysis import refuse_worlds, require
from sim.runs.replicate import Failed, Job, run_replicate
from sim.scenario import Scenario
from sim.text import near
from sim.worlds.anchors import anchors

HEADLINES = tuple(outcome.name for outcome in OUTCOMES)
POLICY = "policy_name"
"""The lever that says which of several policies."""
_MOST_REPLICATES, _HIGHEST_SEED = 100_000, (1 << 63) - 1
_DOT = "__"


@dataclass(frozen=True)
class Function:
    """A scenario as a function from values of factors to outcomes. Made by `as_function`.

    It can be pickled, and so given to the processes of other tools.
    """

    scenario: Scenario
    outcomes: tuple[str, ...]
    replicates: int
    seed: int

    def __call__(self, values: Mapping[str, float]) -> dict[str, float]:
        """Means over replicates of each outcome's last 36 months."""
        _refuse_unknown_factors(values)
        moved = with_values(self.scenario, {name: float(value) for name, value in values.items()})
        found = [
            _readings(Job(moved, moved.name, replicate, self.seed), self.outcomes)
            for replicate in range(self.replicates)
        ]
        means = np.mean(found, axis=0)
        return {name: float(mean) for name, mean in zip(self.outcomes, means, strict=True)}


def as_function(
    scenario: Scenario,
    outcomes: Sequence[str] = HEADLINES,
    *,
    replicates: int = 1,
    seed: int | None = None,
) -> Function:
    """The scenario as a function from values of factors to outcomes.

    Its argument has values by name: of parameters, and of the figure's rows (`governance.goal`, 0
    to 2). It gives the mean over replicates of each outcome's last 36 months, with the same luck at
    every call. Raises `ScenarioError` for a wrong value, `UserMistake` for an unknown name.
    """
    _refuse_unknown_outcomes(outcomes)
    luck = scenario.seed if seed is None else whole("seed", seed, 0, _HIGHEST_SEED)
    count = whole("replicates", replicates, 1, _MOST_REPLICATES)
    return Function(scenario, tuple(outcomes), count, luck)


def factor_names() -> list[str]:
    """Everything that can vary, by full name."""
    return [*PARAMETERS, *(ROWS + row for row in FIGURE.row_ids), *anchors()]


def factors_of(scenario: Scenario, names: Sequence[str] | None = None) -> tuple[Factor, ...]:
    """Parameters and rows as factors over the ranges that they are declared with.

    All levers and uncertainties unless names are given.
    """
    chosen = names or [
        name
        for name, p in PARAMETERS.items()
        if p.role != "constant" and not own_groups([name]) - scenario.own_groups
    ]
    _refuse_unknown_factors(chosen)
    roles = {name: declared.role for name in chosen if (declared := declaration(name))}
    return tuple(factor_of(name, roles[name] or "uncertainty", None) for name in chosen)


def as_salib_problem(
    source: Plan | Experiment | Scenario, names: Sequence[str] | None = None
) -> dict[str, Any]:
    """The factors as SALib's problem: `num_vars`, `names`, `bounds`, `dists`.

    Of a scenario, all levers and uncertainties that are declared, or those named. SALib knows no
    whole numbers and no lists of values: such factors are given by their range.
    """
    factors = factors_of(source, names) if isinstance(source, Scenario) else source.factors
    kinds = [_salib(factor) for factor in factors]
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [bounds for _, bounds in kinds],
        "dists": [kind for kind, _ in kinds],
    }


@dataclass(frozen=True)
class _EmaFunction:
    """What a model of the workbench calls: a function for each policy, by names that it knows."""

    functions: Mapping[str, Function]

    def __call__(self, **given: Any) -> dict[str, float]:
        policy = given.pop(POLICY, next(iter(self.functions)))
        return self.functions[policy]({dotted_name(name): value for name, value in given.items()})


def as_ema_model(
    source: Plan | Experiment | Scenario,
    names: Sequence[str] | None = None,
    *,
    outcomes: Sequence[str] | None = None,
    replicates: int | None = None,
    seed: int | None = None,
) -> Any:
    """The scenario or experiment as a `Model` of the EMA workbench.

    Factors are its levers and uncertainties, over their ranges (the workbench samples them evenly),
    and several policies are one more lever, `policy_name` (the workbench has a column `policy` of
    its own). Outcomes are to be maximised or minimised as they are better. Replicates, seed and
    outcomes are the source's own unless given. The model can be pickled, for the workbench's
    processes.
    """
    require("ema_workbench", "as_ema_model", "discovery")
    import sim.backend  # noqa: F401
    from sim.questions.analysis import quietly

    with quietly():
        from ema_workbench import CategoricalParameter, Model, ScalarOutcome

    plan = source.plan() if isinstance(source, Experiment) else source
    if isinstance(plan, Plan):
        refuse_worlds(plan, "as_ema_model")
    if isinstance(plan, Scenario):
        policies, factors = {plan.name: plan}, factors_of(plan, names)
        own: Sequence[str] = HEADLINES
        count, luck = 1, plan.seed
    else:
        policies, factors, own = plan.policies, plan.factors, plan.outcomes
        count, luck = plan.replicates, plan.seed
    shown = tuple(own if outcomes is None else outcomes)
    functions = {
        name: as_function(
            scenario, shown, replicates=replicates or count, seed=luck if seed is None else seed
        )
        for name, scenario in policies.items()
    }

    model = Model("govshift", function=_EmaFunction(functions))
    model.uncertainties = [_ema(factor) for factor in factors if factor.role == "uncertainty"]
    model.levers = [_ema(factor) for factor in factors if factor.role == "lever"]
    if len(policies) > 1:
        model.levers = [CategoricalParameter(POLICY, list(policies))]
    kinds = {"higher": ScalarOutcome.MAXIMIZE, "lower": ScalarOutcome.MINIMIZE}
    model.outcomes = [
        ScalarOutcome(name, kind=kinds.get(DIRECTIONS.get(name, ""), ScalarOutcome.INFO))
        for name in shown
    ]
    return model


def ema_name(name: str) -> str:
    """A factor's name as the EMA workbench wants it: `society__heterogeneity`."""
    return name.replace(".", _DOT)


def dotted_name(name: str) -> str:
    """The full name of a factor from its name in the EMA workbench."""
    return name.replace(_DOT, ".")


def _readings(job: Job, outcomes: Sequence[str]) -> list[float]:
    done = run_replicate(job)
    if isinstance(done, Failed):
        raise GovShiftError(f"{job.name} failed at {done.stage}: {done.message}")
    last = done.national[list(outcomes)].tail(WINDOW).mean()
    return [float(value) for value in last]


def _refuse_unknown_factors(names: Iterable[str]) -> None:
    allowed = factor_names()
    for name in names:
        if name not in allowed:
            raise UserMistake(
                f"{name}: not a parameter, row or anchor of the figure{near(name, allowed)}"
            )


def _refuse_unknown_outcomes(outcomes: Sequence[str]) -> None:
    allowed = [*DIRECTIONS, *(f"profile_{row}" for row in FIGURE.row_ids)]
    for name in outcomes:
        if name not in allowed:
            raise UserMistake(f"{name}: not an outcome{near(name, allowed)}")


def _salib(factor: Factor) -> tuple[str, list[float]]:
    low, high = factor.low, factor.high
    if factor.distribution == "triangular":
        return "triang", [low, high, (factor.mode - low) / (high - low)]
    if factor.distribution == "normal":
        return "truncnorm", [low, high, factor.mean, factor.sd]
    return "unif", [low, high]


def _ema(factor: Factor) -> Any:
    from ema_workbench import CategoricalParameter, IntegerParameter, RealParameter

    name = ema_name(factor.name)
    if factor.values:
        return CategoricalParameter(name, list(factor.values))
    if factor.whole:
        return IntegerParameter(name, int(factor.low), int(factor.high))
    return RealParameter(name, factor.low, factor.high)
