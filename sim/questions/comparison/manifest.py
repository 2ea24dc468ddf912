"""What the manifest of a study says: seed, scenarios, timings, failures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sim.questions.comparison.residents import people_each
from sim.questions.comparison.study import Runs, Study
from sim.runs.manifest import origin
from sim.scenario.written import under_of
from sim.society.places import is_drawn


def opening(study: Study, command: str) -> dict[str, Any]:
    """What is known before the first replicate."""
    return origin(command) | {
        "kind": "study",
        "digest": study.digest,
        "seed": study.seed,
        "baseline": study.baseline,
        "replicates": study.replicates,
        **({"per_world": study.per_world} if study.per_world else {}),
        "scenarios": {name: plan.resolved() for name, plan in study.scenarios.items()},
        "written": {
            name: plan.model_dump(mode="json", exclude_unset=True)
            for name, plan in study.scenarios.items()
        },
        "questions": {name: plan.question for name, plan in study.scenarios.items()},
        **({"equal_cost": asdict(study.equal_cost)} if study.equal_cost else {}),
        **({"people_per_citizen": stood_for} if (stood_for := _stood_for(study)) else {}),
        **({"under": under} if (under := under_of(study.scenarios)) else {}),
    }


def _stood_for(study: Study) -> dict[str, dict[str, float]]:
    """By scenario, for how many people a citizen of each place stands; where that is not alike."""
    return {
        name: {place: float(f"{people:.6g}") for place, people in people_each(plan).items()}
        for name, plan in study.scenarios.items()
        if plan.society.citizens_in and not is_drawn(plan.society.place)
    }


def closing(runs: Runs) -> dict[str, Any]:
    """What is known when all replicates are in."""
    return {
        "replicates": runs.replicates,
        "seconds": round(runs.seconds, 3),
        "rows": {
            "timeseries": len(runs.timeseries),
            "local_governments": len(runs.local),
            "events": len(runs.events),
            "networks": len(runs.networks),
            "ties": len(runs.ties),
            "before_start": len(runs.before),
            "costs": len(runs.costs),
            "groups": len(runs.groups),
        },
        "failures": runs.failures.to_dict("records"),
        "variance_gain": {
            scenario: {outcome: round(gain, 3) for outcome, gain in gains.items()}
            for scenario, gains in runs.variance_gains().items()
        },
    }
