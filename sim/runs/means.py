"""Readings of replicates, such as their headline outcomes: all that some questions need of them.

A question that needs a few numbers of many replicates, and nothing else, asks here. What a folder
has is not run again, so that a stopped command goes on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.errors import ShardFinished
from sim.outcomes import OUTCOMES, WINDOW
from sim.runs.chunk import CRASHED, Done, Journaled, Lines
from sim.runs.files import temporary_folder
from sim.runs.replicate import Failed, Job, run_replicate
from sim.runs.runner import Session, Where, session
from sim.runs.sealed import DamagedPart
from sim.runs.units import unit_key
from sim.scenario import Scenario

Means = tuple[float, ...]
"""What is read of one replicate, in the order of the reading's names."""

_MANY = 1 << 20
_AT_ONCE = 8
"""Replicates of a chunk at most; all of one luck, so that more luck leaves chunks as they are."""


@dataclass(frozen=True)
class Reading:
    """What is kept of a replicate: a number for each name, read off its national table.

    The title is part of the key of what was kept; another reading needs another. `read` travels to
    workers, so it is a function of a module.
    """

    title: str
    names: tuple[str, ...]
    read: Callable[[pd.DataFrame], Iterable[float]]

    @property
    def schema(self) -> pa.Schema:
        """How readings are kept."""
        return pa.schema(
            [("unit", pa.int32()), *((name, pa.float64()) for name in self.names),
             ("stage", pa.string()), ("message", pa.string())]
        )  # fmt: skip


def _headline(national: pd.DataFrame) -> Iterable[float]:
    return national[list(HEADLINE.names)].tail(WINDOW).mean()


HEADLINE = Reading("headline outcomes", tuple(outcome.name for outcome in OUTCOMES), _headline)
"""The headline outcomes, in the order of `OUTCOMES`: means of the last months."""


@dataclass(frozen=True)
class _Record:
    """The outcomes of a unit, or the stage at which it failed, and why."""

    unit: int
    means: Means = ()
    stage: str = ""
    message: str = ""


@dataclass(frozen=True)
class _Replicates(Journaled):
    """Some replicates, of which readings are kept."""

    jobs: tuple[Job, ...]
    reading: Reading = HEADLINE

    @property
    def units(self) -> Sequence[int]:
        """The numbers of its units."""
        return range(len(self.jobs))

    @property
    def scenarios(self) -> Iterable[Scenario]:
        """Whose own rules are to be compiled before workers begin."""
        return [job.scenario for job in self.jobs if job.engine != "agents"]

    def run(self, unit: int) -> _Record:
        """The record of a unit."""
        outcome = run_replicate(self.jobs[unit])
        if isinstance(outcome, Failed):
            return _Record(unit, stage=outcome.stage, message=outcome.message)
        return _Record(unit, tuple(map(float, self.reading.read(outcome.national))))

    def lost(self, unit: int) -> _Record:
        """The record of a unit that ends its process."""
        return _Record(unit, stage="crash", message=CRASHED)

    def has_failed(self, record: _Record) -> bool:
        """Whether a unit failed."""
        return bool(record.stage)

    def packed(self, records: Sequence[_Record]) -> Mapping[str, pa.Table]:
        """The tables of a part."""
        schema, missing = self.reading.schema, (None,) * len(self.reading.names)
        rows = [(r.unit, *(r.means or missing), r.stage, r.message) for r in records]
        columns = [
            pa.array(column, type=field.type)
            for column, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        return {"means": pa.Table.from_arrays(columns, schema=schema)}

    def lines_without_failures(self, tables: Mapping[str, pa.Table]) -> Lines | None:
        """Lines of the units that did not fail, if others did."""
        records = list(_records(tables, self.reading.names))
        if not any(record.stage for record in records):
            return None
        return {r.unit: self.line(r) for r in records if not r.stage}

    def line(self, record: _Record) -> dict[str, Any]:
        """A record as a line."""
        return vars(record)

    def of_line(self, told: dict[str, Any]) -> _Record:
        """The record of a line."""
        return _Record(told["unit"], tuple(told["means"]), told["stage"], told["message"])


class MeansKeeper:
    """Gives readings of replicates, from a session's parts where they are there."""

    def __init__(
        self, running: Session, where: Where, folder: Path, reading: Reading = HEADLINE
    ) -> None:
        self._session = running
        self._where = where
        self._folder = folder
        self._reading = reading
        self._known: dict[Job, Means] = {}

    def there(self) -> int:
        """How many replicates the folder has, whatever they were run for."""
        parts = self._session.parts
        count = 0
        for name in parts.there():
            with suppress(DamagedPart):
                tables = parts.sound(name)[1]
                count += tables["means"].num_rows if "means" in tables else 0
        return count

    def missing(self, jobs: Sequence[Job]) -> int:
        """How many replicates have to be run."""
        there = self._session.parts.there()
        tasks = dict(chunks_of_means(jobs, self._reading))
        return sum(len(task.jobs) for key, task in tasks.items() if key not in there)

    def outcomes(
        self,
        jobs: Sequence[Job],
        *,
        progress: Callable[[Done], None] | None = None,
        failed: Callable[[Failed], None] | None = None,
    ) -> dict[Job, Means]:
        """The outcomes of jobs, run where they are missing; `failed` hears of those that failed.

        Whatever stops this, what has ended until then is kept. Raises `ShardFinished` if some are
        for other shards.
        """
        chunks = list(chunks_of_means(jobs, self._reading))
        tasks = dict(chunks)
        found = dict(self._session.kept(tasks.items()))
        missing = {k: task for k, task in self._where.mine(tasks.items()) if k not in found}
        for done in self._session.run(missing.items()):
            found[done.key] = self._session.read(done)
            if progress is not None:
                progress(done)
        if self._where.shard is not None and len(found) < len(tasks):
            raise ShardFinished(str(self._where.shard), self._folder)
        means: dict[Job, Means] = {}
        for key, task in chunks:
            for record in _records(found[key], self._reading.names):
                job = task.jobs[record.unit]
                if not record.stage:
                    means[job] = record.means
                elif failed is not None:
                    failed(Failed(job, record.stage, record.message))
        return means


@contextmanager
def means_keeper(
    folder: Path | None,
    where: Where,
    *,
    things: Sequence[object] = (),
    holding: AbstractContextManager[None] | None = None,
    reading: Reading = HEADLINE,
) -> Iterator[MeansKeeper]:
    """Readings of replicates, kept in a folder of parts; without one, for this process only.

    `holding` keeps the folder for this process; it is entered once the executor is there.
    """
    with (
        where.executor(_MANY) as executor,
        nullcontext() if holding is None else holding,
        nullcontext(folder) if folder is not None else temporary_folder() as parts,
        session(parts, executor, things=things, warn=where.warn) as running,
    ):
        yield MeansKeeper(running, where, parts.parent, reading)


def chunks_of_means(
    jobs: Sequence[Job], reading: Reading = HEADLINE
) -> Iterator[tuple[str, _Replicates]]:
    """Replicates of one luck that follow each other, some at a time."""
    for _, group in groupby(jobs, key=lambda job: (job.seed, job.replicate)):
        own = list(group)
        for start in range(0, len(own), _AT_ONCE):
            task = _Replicates(tuple(own[start : start + _AT_ONCE]), reading)
            keys = "\n".join([reading.title, *map(unit_key, task.jobs)])
            yield hashlib.sha256(keys.encode()).hexdigest(), task


def _records(tables: Mapping[str, pa.Table], names: Sequence[str]) -> Iterator[_Record]:
    for row in tables["means"].to_pylist():
        means = () if row["stage"] else tuple(row[name] for name in names)
        yield _Record(row["unit"], means, row["stage"], row["message"])
