"""Plans and runs with known answers that many tests share: nothing is simulated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiments.designs import Design, points
from sim.experiments.factors import Factor
from sim.experiments.plan import Plan
from sim.scenario import Scenario

Numbers = NDArray[np.float64]
Answer = Callable[..., Numbers]
NAMES = ("society.heterogeneity", "government.capacity", "trust.negativity", "society.volatility")


def unit_factors(count: int, low: float = 0.0, high: float = 1.0) -> tuple[Factor, ...]:
    """Factors with real names and a range of their own."""
    return tuple(Factor(name, "uncertainty", low, high) for name in NAMES[:count])


def made_plan(
    design: dict[str, Any],
    factors: Sequence[Factor],
    *,
    policies: Sequence[str] = ("gov1",),
    replicates: int = 1,
    outcomes: Sequence[str] = ("trust",),
    seed: int = 1,
) -> Plan:
    """A plan whose points are really drawn."""
    chosen = Design(**design)
    return Plan(
        name="made", question="", policies={name: Scenario.load(name) for name in policies},
        factors=tuple(factors), points=points(chosen, factors, seed=seed, folder=Path()),
        design=chosen, replicates=replicates, seed=seed, outcomes=tuple(outcomes), months=(12,),
    )  # fmt: skip


def made_runs(plan: Plan, answers: dict[str, Answer], *, noise: float = 0.0) -> pd.DataFrame:
    """Runs as `sweep` gives them; an answer takes points and a policy's number."""
    luck = np.random.default_rng(5)
    rows = pd.DataFrame(
        [(run, *plan.where(run)) for run in range(plan.runs)],
        columns=["run_id", "point", "policy", "replicate"],
    ).assign(status="ok", stage="", message="")
    for column, name in enumerate(plan.names):
        rows[name] = plan.points[rows["point"], column]
    for outcome, answer in answers.items():
        by_policy = np.stack([answer(plan.points, k) for k in range(len(plan.policies))], axis=1)
        shared = luck.normal(size=plan.replicates)[rows["replicate"]]
        own = luck.normal(size=plan.runs) * noise
        rows[outcome] = by_policy.ravel()[rows["run_id"] // plan.replicates] + shared + own
    return rows


def shuffled(runs: pd.DataFrame) -> pd.DataFrame:
    """The same runs in another order."""
    return runs.sample(frac=1.0, random_state=1)
