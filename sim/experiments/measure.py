"""One run of a plan, and nothing but the outcomes and months that the plan keeps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sim.batch import replicate_seed
from sim.experiments import tables
from sim.experiments.measured import Measured
from sim.runs.chunk import CRASHED, Journaled, Lines
from sim.runs.past import begin
from sim.runs.replicate import one_line
from sim.summaries import window_means

if TYPE_CHECKING:
    from sim.experiments.plan import Plan
    from sim.scenario import Scenario

RUNS = "runs"
SERIES = "series"


def measure(plan: Plan, run_id: int, first_point: int = 0) -> Measured:
    """Runs one run to its end; whatever goes wrong is part of the answer.

    `plan` may have only some of the points, from `first_point` on.
    """
    place, factors = _where(plan, run_id, first_point)
    here = place[0] - first_point
    stage = "setup"
    try:
        scenario = plan.scenario_in(here, place[1], place[2])
        factors = plan.values_of(scenario)
        model = begin(scenario, replicate_seed(plan.seed, place[2]))
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
        tuple(window_means(table, [plan.last_month(len(table))])[0].tolist()),
        tuple(tuple(table[month - 1].tolist()) for month in plan.months),
    )


@dataclass(frozen=True)
class SomeRuns(Journaled):
    """Some runs of a plan with neighbouring numbers.

    `plan` has no more of the points than they need, from `first_point` on.
    """

    plan: Plan
    run_ids: range
    first_point: int

    @property
    def units(self) -> Sequence[int]:
        """The numbers of its units."""
        return self.run_ids

    @property
    def scenarios(self) -> Iterable[Scenario]:
        """Whose own rules are to be compiled before workers begin."""
        return self.plan.policies.values()

    def run(self, unit: int) -> Measured:
        """The record of a unit."""
        return measure(self.plan, unit, self.first_point)

    def lost(self, unit: int) -> Measured:
        """The record of a unit that ends its process."""
        place, factors = _where(self.plan, unit, self.first_point)
        return Measured(unit, place, factors, stage="crash", message=CRASHED)

    def has_failed(self, record: Measured) -> bool:
        """Whether a unit failed."""
        return bool(record.stage)

    def packed(self, records: Sequence[Measured]) -> Mapping[str, pa.Table]:
        """The tables of a part."""
        return {
            RUNS: tables.runs_table(self.plan, records),
            SERIES: tables.series_table(self.plan, records),
        }

    def lines_without_failures(self, tables_: Mapping[str, pa.Table]) -> Lines | None:
        """Lines of the units that did not fail, if others did."""
        if not pc.any(pc.not_equal(tables_[RUNS]["status"], "ok")).as_py():
            return None
        records = tables.measured_of(self.plan, tables_[RUNS], tables_[SERIES])
        return {r.run_id: self.line(r) for r in records if not r.stage}

    def line(self, record: Measured) -> dict[str, Any]:
        """A record as a line."""
        return vars(record)

    def of_line(self, told: dict[str, Any]) -> Measured:
        """The record of a line."""
        return Measured(
            told["run_id"],
            tuple(told["place"]),
            tuple(told["factors"]),
            tuple(told["outcomes"]),
            tuple(map(tuple, told["series"])),
            told["stage"],
            told["message"],
        )


def some_runs(plan: Plan, run_ids: range) -> SomeRuns:
    """Runs of a plan, with no more of its points than they need."""
    per_point = len(plan.policies) * plan.replicates
    first, last = run_ids[0] // per_point, run_ids[-1] // per_point
    return SomeRuns(replace(plan, points=plan.points[first : last + 1]), run_ids, first)


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
