"""What an experiment varies, over what, and how many runs that takes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from sim.experiments.experiment import Experiment
from sim.experiments.factors import declaration
from sim.experiments.plan import Factor, Plan
from sim.scenario import Scenario

_WIDTH = 100


def explain_experiment(name: str) -> str:
    """Question, policies, factors with their ranges and sources, design, points and runs."""
    experiment = Experiment.load(name)
    plan = experiment.plan()
    first = next(iter(plan.policies.values()))
    society = first.society
    lines = [
        f"{plan.name}: {plan.question or 'no question is written'}",
        "",
        f"  policies: {', '.join(plan.policies)}",
        f"  society:  {society.place}, {society.citizens:,} citizens, {first.years} years "
        f"from {first.start}{_past(first.history)}",
        *_factors(plan, "lever", "what governments choose"),
        *_factors(plan, "uncertainty", "what the world decides"),
        "",
        f"  outcomes: {', '.join(plan.outcomes)}; kept at {_months(plan)}"
        f"{'' if plan.horizon is None else f', read at year {plan.horizon}'}",
        f"  design:   {_design(plan)}",
        f"  runs:     {len(plan.points):,} points x {_counted(len(plan.policies), 'policies')} x "
        f"{_replicates(plan)} = {plan.runs:,}",
    ]
    return "\n".join(lines)


def _past(history: Scenario | None) -> str:
    return "" if history is None else f", after {history.name}"


def _factors(plan: Plan, role: str, title: str) -> Iterator[str]:
    factors = [factor for factor in plan.factors if factor.role == role]
    if factors:
        yield ""
        yield f"  {title}:"
    for factor in factors:
        yield f"    {factor.name}: {spread(factor)} ({factor.unit})"
        text = f"{factor.meaning} - {factor.source}"
        yield from textwrap.wrap(text, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def spread(factor: Factor) -> str:
    """The range and distribution of a factor in words."""
    whole = ", whole numbers" if factor.whole else ""
    declared = declaration(factor.name)
    if declared is not None and declared.choices:
        return f"one of {', '.join(declared.choices[int(value)] for value in factor.values)}"
    if factor.values:
        return f"one of {', '.join(f'{value:g}' for value in factor.values)}{whole}"
    shape = {
        "triangular": f", triangular with mode {factor.mode:g}",
        "normal": f", normal with mean {factor.mean:g} and sd {factor.sd:g}, cut at both ends",
    }.get(factor.distribution, "")
    return f"{factor.low:g} to {factor.high:g}{shape}{whole}"


def _design(plan: Plan) -> str:
    written = plan.design.model_dump(exclude_none=True, exclude={"kind"})
    keys = ", ".join(f"{key} {value}" for key, value in written.items())
    return f"{plan.design.kind}{f' ({keys})' if keys else ''}, seed {plan.seed}"


def _months(plan: Plan) -> str:
    first = next(iter(plan.policies.values()))
    return ", ".join(f"month {month} ({first.date_of(month)})" for month in plan.months)


def _replicates(plan: Plan) -> str:
    each = _counted(plan.per_world or plan.replicates, "replicates")
    return f"{_counted(plan.worlds, 'worlds')} x {each}" if plan.worlds else each


def _counted(count: int, plural: str) -> str:
    singular = {"policies": "policy", "replicates": "replicate", "worlds": "world"}[plural]
    return f"{count:,} {singular if count == 1 else plural}"
