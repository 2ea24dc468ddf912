"""What a sweep will cost, from a few runs that are timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sim.experiments.measure import SomeRuns, some_runs
from sim.experiments.measured import Measured
from sim.experiments.plan import Plan
from sim.runs.chunk import time_limit
from sim.runs.replicate import warm_up
from sim.runs.workers import WorkerDied, WorkerProcess, needs_script

_ENOUGH_SECONDS = 10.0
_SHORTEST_LIMIT = 600.0
_LIMIT = 100.0
_UNKNOWN = 1.0


@dataclass(frozen=True)
class Trial:
    """Some runs of a plan, and how long each took, in seconds."""

    measured: tuple[Measured, ...]
    seconds: tuple[float, ...]

    @property
    def typical(self) -> float:
        """Seconds of a run; a guess where every run that was tried ended its process."""
        return sorted(self.seconds)[len(self.seconds) // 2] if self.seconds else _UNKNOWN

    @property
    def limit(self) -> float:
        """Seconds after which a run is taken to hang: a hundred times the longest, at least ten
        minutes."""  # noqa: D205, D209
        return max(_SHORTEST_LIMIT, _LIMIT * max(self.seconds, default=0.0))


@dataclass(frozen=True)
class Estimate:
    """What there is to do, and about how long it takes: `seconds` and `disk` (bytes) in all.

    `workers` is 0 where a cluster has none yet. Replicates are those of all `worlds` of a point
    together, of which there may be none.
    """

    points: int
    policies: int
    replicates: int
    runs: int
    finished: int
    run_seconds: float
    workers: int
    disk: int
    worlds: int = 0

    @property
    def seconds(self) -> float:
        """Seconds until the last run is in; with no workers yet, by one worker."""
        return (self.runs - self.finished) * self.run_seconds / max(1, self.workers)


def try_out(plan: Plan, *, limit: float | None, here: bool) -> Trial:
    """Time up to three runs of a plan, spread over it; in this process, or in one of its own.

    `limit` is the longest that a run may take, in seconds.
    """
    tasks = [some_runs(plan, range(run_id, run_id + 1)) for run_id in _spread(plan.runs)]
    timings: list[tuple[Measured, float]] = []
    for timing in map(timed, tasks) if here else _time_aside(tasks, limit):
        timings.append(timing)
        if sum(seconds for _, seconds in timings) > _ENOUGH_SECONDS:
            break
    return Trial(tuple(m for m, _ in timings), tuple(seconds for _, seconds in timings))


def _time_aside(tasks: list[SomeRuns], limit: float | None) -> Iterator[tuple[Measured, float]]:
    """In a worker process, a new one after each that a run ends."""
    worker = None
    try:
        for task in tasks:
            worker = worker or WorkerProcess(script=needs_script(task))
            try:
                yield worker.do(partial(timed, limit=limit), task)
            except WorkerDied:
                worker.kill()
                worker = None
    finally:
        if worker is not None:
            worker.kill()


def timed(task: SomeRuns, limit: float | None = None) -> tuple[Measured, float]:
    """One run, and its seconds."""
    warm_up()
    started = time.perf_counter()
    with time_limit(limit):
        measured = task.run(task.units[0])
    return measured, time.perf_counter() - started


def disk_bytes(plan: Plan) -> int:
    """About how much room the finished files take: numbers in Parquet, and the runs as text."""
    numbers = len(plan.names) + len(plan.outcomes)
    series = len(plan.months) * (len(plan.outcomes) * 8 + 4)
    return plan.runs * (numbers * 8 + 16 + series + numbers * 19 + 30)


def _spread(runs: int) -> list[int]:
    return sorted({0, runs // 2, runs - 1})
