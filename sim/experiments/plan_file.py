"""A plan as plain data, so that results can be opened without the experiment's files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sim.experiments.designs import Design
from sim.experiments.factors import Factor, Numbers
from sim.experiments.plan import Plan
from sim.scenario.written import scenarios_of, under_of


def plan_as_data(plan: Plan) -> dict[str, Any]:
    """Everything of a plan but its points, ready for JSON."""
    return {
        "name": plan.name,
        "question": plan.question,
        "policies": {
            name: policy.model_dump(mode="json", exclude_unset=True)
            for name, policy in plan.policies.items()
        },
        **_under(plan),
        "factors": [asdict(factor) for factor in plan.factors],
        "design": plan.design.model_dump(mode="json", exclude_none=True),
        "replicates": plan.replicates,
        "seed": plan.seed,
        "outcomes": list(plan.outcomes),
        "months": list(plan.months),
        **({} if plan.horizon is None else {"horizon": plan.horizon}),
        **({"per_world": plan.per_world} if plan.per_world else {}),
    }


def plan_of(data: dict[str, Any], points: Numbers) -> Plan:
    """The plan of plain data and its points."""
    return Plan(
        name=data["name"],
        question=data["question"],
        policies=scenarios_of(data["policies"], data.get("under", {})),
        factors=tuple(
            Factor(**factor | {"values": tuple(factor["values"])}) for factor in data["factors"]
        ),
        points=points,
        design=Design.model_validate(data["design"]),
        replicates=data["replicates"],
        seed=data["seed"],
        outcomes=tuple(data["outcomes"]),
        months=tuple(data["months"]),
        horizon=data.get("horizon"),
        per_world=data.get("per_world", 0),
    )


def _under(plan: Plan) -> dict[str, dict[str, str]]:
    """Which policies are run under model classes of one's own; nothing where none is."""
    under = under_of(plan.policies)
    return {"under": under} if under else {}
