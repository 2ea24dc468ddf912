"""A plan: every run of an experiment by its number, with the scenario and luck it takes.

Run numbers go point by point, in each point policy by policy, in each policy replicate by
replicate. Scenarios are made when they are asked for, so a plan of millions of runs stays small.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from sim.experiments.designs import Design
from sim.experiments.factors import ROWS, Factor, Numbers
from sim.paradigms import FIGURE
from sim.runs.replicate import Job
from sim.runs.version import model_version
from sim.scenario import Scenario
from sim.text import cut_bytes, file_words
from sim.worlds.anchors import anchor_values, anchored, anchors
from sim.worlds.draws import in_world, world

__all__ = ["Factor", "Plan"]

_CHUNK_SECONDS = 2.0
_FEWEST_CHUNKS = 64
_FIXED_SECONDS, _CITIZEN_MONTH_SECONDS = 0.02, 1.2e-7
"""About what a run takes; only how runs are cut into chunks depends on it."""

_LONGEST_SLUG = 60


@dataclass(frozen=True, eq=False)
class Plan:
    """All runs of an experiment.

    `points` has shape (points, factors), in the units of the factors; NaN leaves a factor as the
    policy has it. `replicates` are those of each point and policy: replicate r has the same luck
    everywhere. `months` are those at which outcomes are kept. Outcomes are read at the end of year
    `horizon`, the last one if it is None. Where `per_world` is not 0, so many replicates one after
    the other meet the same plausible world, at every point and under every policy; what varies in
    the experiment is never drawn.
    """

    name: str
    question: str
    policies: dict[str, Scenario]
    factors: tuple[Factor, ...]
    points: Numbers = field(repr=False)
    design: Design
    replicates: int
    seed: int
    outcomes: tuple[str, ...]
    months: tuple[int, ...]
    horizon: int | None = None
    per_world: int = 0

    @property
    def worlds(self) -> int:
        """How many plausible worlds each point is in; 0 if none was drawn."""
        return self.replicates // self.per_world if self.per_world else 0

    def last_month(self, months: int) -> int:
        """The month up to which outcomes are read in a run of so many months."""
        return months if self.horizon is None else 12 * self.horizon

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.points) * len(self.policies) * self.replicates

    @cached_property
    def digest(self) -> str:
        """A hash of all that decides the results, the model's version among it."""
        asked = {
            "policies": [
                (name, policy.resolved() | {"seed": self.seed})
                for name, policy in self.policies.items()
            ],
            "factors": [asdict(factor) for factor in self.factors],
            "points": hashlib.sha256(self.points.tobytes()).hexdigest(),
            "design": self.design.model_dump(),
            "replicates": self.replicates,
            "outcomes": self.outcomes,
            "months": self.months,
            "horizon": self.horizon,
            "model": model_version(),
            **({"per_world": self.per_world, "drawn": world(self.seed, 0).parameters}
               if self.per_world else {}),
        }  # fmt: skip
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    @cached_property
    def chunk(self) -> int:
        """Runs that are done together: about two seconds' work, fewer where there are few runs.

        A matter of the plan alone, so that all who share its runs cut them alike.
        """
        first = next(iter(self.policies.values()))
        months = first.months_before + first.months
        seconds = _FIXED_SECONDS + first.society.citizens * months * _CITIZEN_MONTH_SECONDS
        return max(1, min(round(_CHUNK_SECONDS / seconds), self.runs // _FEWEST_CHUNKS))

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.runs // self.chunk)

    def run_ids(self, chunk: int) -> range:
        """The runs of a chunk."""
        return range(chunk * self.chunk, min((chunk + 1) * self.chunk, self.runs))

    def key(self, run_ids: range) -> str:
        """A hash of all that decides what comes of some runs."""
        asked = f"{self.digest} {run_ids.start} {run_ids.stop}"
        return hashlib.sha256(asked.encode()).hexdigest()

    @property
    def slug(self) -> str:
        """The experiment's name as the name of a folder."""
        return cut_bytes(file_words(self.name), _LONGEST_SLUG).strip("_") or "experiment"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the factors, in the order of the points' columns."""
        return tuple(factor.name for factor in self.factors)

    def where(self, run_id: int) -> tuple[int, str, int]:
        """Point, policy and replicate of a run; raises `IndexError` if there is no such run."""
        if not 0 <= run_id < self.runs:
            raise IndexError(f"run {run_id} of {self.runs}")
        rest, replicate = divmod(run_id, self.replicates)
        point, policy = divmod(rest, len(self.policies))
        return point, list(self.policies)[policy], replicate

    def scenario(self, point: int, policy: str) -> Scenario:
        """The scenario of a policy at a point: as `--set` of the same values would give it."""
        values = zip(self.names, self.points[point].tolist(), strict=True)
        given = {name: value for name, value in values if not math.isnan(value)}
        return with_values(self.policies[policy], given)

    def values(self, point: int, policy: str) -> tuple[float, ...]:
        """What the factors are in a run: the point's values, else the policy's own."""
        return self.values_of(self.scenario(point, policy))

    def values_of(self, scenario: Scenario) -> tuple[float, ...]:
        """What the factors are in a scenario of the plan."""
        asks_rows = any(name.startswith(ROWS) for name in self.names)
        rows = dict(zip(FIGURE.row_ids, scenario.profile, strict=True)) if asks_rows else {}
        values = scenario.parameter_values(0) | anchor_values(scenario.cells)
        return tuple(
            rows[name.removeprefix(ROWS)] if name.startswith(ROWS) else values[name]
            for name in self.names
        )

    def job(self, run_id: int) -> Job:
        """What to run."""
        point, policy, replicate = self.where(run_id)
        scenario = self.scenario_in(point, policy, replicate)
        return Job(scenario, policy, replicate, self.seed, world=self.world_of(replicate) or 0)

    def world_of(self, replicate: int) -> int | None:
        """The number of the world that a replicate is in; None if none was drawn."""
        return replicate // self.per_world if self.per_world else None

    def scenario_in(self, point: int, policy: str, replicate: int) -> Scenario:
        """The scenario of a policy at a point, in the world of a replicate if worlds are drawn."""
        scenario, number = self.scenario(point, policy), self.world_of(replicate)
        if number is None:
            return scenario
        return in_world(scenario, world(self.seed, number), held=self.names)


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """A scenario with other values of parameters, rows and anchors, by full names of factors."""
    rows = {name.removeprefix(ROWS): v for name, v in values.items() if name.startswith(ROWS)}
    cells = anchored({name: v for name, v in values.items() if name in anchors()})
    parameters = {
        name: v for name, v in values.items() if not name.startswith(ROWS) and name not in anchors()
    }
    changes: dict[str, Mapping[str, Any]] = {
        "governance": rows, "parameters": parameters, "cells": cells
    }  # fmt: skip
    return scenario.but(**{key: given for key, given in changes.items() if given})
