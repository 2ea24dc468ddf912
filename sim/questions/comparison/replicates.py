"""Replicates of a study as tasks: one a chunk, kept with all its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from sim.questions.comparison.study import TABLES_OF, Study
from sim.runs.chunk import CRASHED, Lines, Task
from sim.runs.past import key_of
from sim.runs.replicate import Failed, Finished, Job, Result, run_replicate
from sim.runs.units import unit_key
from sim.runs.watch import Watch
from sim.scenario import Scenario

_FAILURE = "failure"


@dataclass(frozen=True)
class Replicate(Task):
    """One replicate, of which every table is kept: too much for a line of a journal."""

    job: Job

    @property
    def units(self) -> Sequence[int]:
        """The numbers of its units."""
        return (0,)

    @property
    def scenarios(self) -> Iterable[Scenario]:
        """Whose own rules are to be compiled before workers begin."""
        return (self.job.scenario,) if self.job.engine != "agents" else ()

    def run(self, unit: int) -> Result:
        """The record of a unit."""
        return run_replicate(self.job)

    def watched(self, unit: int, watch: Watch) -> Result:
        """The record of a unit, saved now and then on the way."""
        return run_replicate(self.job, watch)

    def lost(self, unit: int) -> Result:
        """The record of a unit that ends its process."""
        return Failed(self.job, "crash", CRASHED)

    def has_failed(self, record: Result) -> bool:
        """Whether a unit failed."""
        return isinstance(record, Failed)

    def packed(self, records: Sequence[Result]) -> Mapping[str, pa.Table]:
        """The tables of a part."""
        (outcome,) = records
        if isinstance(outcome, Failed):
            told = {"stage": [outcome.stage], "message": [outcome.message]}
            return {_FAILURE: pa.table(told)}
        return {
            name: pa.Table.from_pandas(getattr(outcome, name), preserve_index=False)
            for name in TABLES_OF
        }

    def lines_without_failures(self, tables: Mapping[str, pa.Table]) -> Lines | None:
        """Lines of the units that did not fail, if others did."""
        return {} if _FAILURE in tables else None


def chunks_of(study: Study) -> Iterator[tuple[str, Replicate]]:
    """All replicates of a study, by the hash of what decides each."""
    return ((unit_key(job), Replicate(job)) for job in study.jobs())


def in_order_of_histories(tasks: Mapping[str, Replicate]) -> dict[str, Replicate]:
    """The same tasks, those first that live through a history for others.

    Those others find it then, whichever process they are done in.
    """
    worlds: dict[tuple[str, int], list[str]] = {}
    for key, task in tasks.items():
        if task.job.scenario.history is not None:
            world = key_of(task.job.scenario, 0), task.job.replicate
            worlds.setdefault(world, []).append(key)
    shared = [keys for keys in worlds.values() if len(keys) > 1]
    first = [keys[0] for keys in shared]
    sharing = {key for keys in shared for key in keys}
    return {
        key: Replicate(replace(tasks[key].job, shares=key in sharing))
        for key in dict.fromkeys([*first, *tasks])
    }


def outcome_of(job: Job, tables: Mapping[str, pa.Table]) -> Result:
    """What came of a replicate, from its part."""
    if _FAILURE in tables:
        (told,) = tables[_FAILURE].to_pylist()
        return Failed(job, told["stage"], told["message"])
    return Finished(job, seconds=0.0, **{n: t.to_pandas() for n, t in tables.items()})
