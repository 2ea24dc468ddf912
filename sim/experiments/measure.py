"""One run of a plan, and nothing but the outcomes and months that the plan keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.batch import replicate_seed
from sim.runs.replicate import one_line
from sim.statistics import window_means

if TYPE_CHECKING:
    from sim.experiments.plan import Plan

CRASHED = "the run ended its worker process, or ran past its time limit, three times"


@dataclass(frozen=True)
class Measured:
    """What came of a run.

    `place` is its point, policy and replicate; `factors` are the values that it had, `outcomes` its
    headline values (means of the last 36 months), `series` the readings at the plan's months, one
    tuple of outcomes per month. A failed run has neither of the two, but says at which `stage`
    (`setup`, `run`, `record` or `crash`) and why.
    """

    run_id: int
    place: tuple[int, str, int]
    factors: tuple[float, ...]
    outcomes: tuple[float, ...] = ()
    series: tuple[tuple[float, ...], ...] = ()
    stage: str = ""
    message: str = ""

    @property
    def status(self) -> str:
        """`ok` or `failed`."""
        return "failed" if self.stage else "ok"


def measure(plan: Plan, run_id: int, first_point: int = 0) -> Measured:
    """Runs one run to its end; whatever goes wrong is part of the answer.

    `plan` may have only some of the points, from `first_point` on.
    """
    place, factors = _where(plan, run_id, first_point)
    here = place[0] - first_point
    stage = "setup"
    try:
        scenario = plan.scenario(here, place[1])
        factors = plan.values_of(scenario)
        model = scenario.model(seed=replicate_seed(plan.seed, place[2]), collect=False)
        stage = "run"
        record = model.run()
        stage = "record"
        readings = record.readings(range(len(record.names)))
        model.forget()
        table = np.column_stack([readings[name] for name in plan.outcomes])
        _refuse_gaps(table, plan.outcomes)
    except Exception as error:
        return Measured(run_id, place, factors, stage=stage, message=one_line(error))
    return Measured(
        run_id,
        place,
        factors,
        tuple(window_means(table, [len(table)])[0].tolist()),
        tuple(tuple(table[month - 1].tolist()) for month in plan.months),
    )


def crashed(plan: Plan, run_id: int, first_point: int = 0) -> Measured:
    """A run that ends its worker process whenever it is tried."""
    place, factors = _where(plan, run_id, first_point)
    return Measured(run_id, place, factors, stage="crash", message=CRASHED)


def _where(
    plan: Plan, run_id: int, first_point: int
) -> tuple[tuple[int, str, int], tuple[float, ...]]:
    """Where a run stands in the whole plan, and what its point says of the factors."""
    before = first_point * len(plan.policies) * plan.replicates
    point, policy, replicate = plan.where(run_id - before)
    return (first_point + point, policy, replicate), tuple(plan.points[point].tolist())


def _refuse_gaps(table: NDArray[np.float64], names: tuple[str, ...]) -> None:
    totals = zip(names, table.sum(axis=0), strict=True)
    gaps = [name for name, total in totals if not math.isfinite(total)]
    if gaps:
        raise ValueError(f"no number for {', '.join(gaps)}")
