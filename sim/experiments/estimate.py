"""What a sweep will cost, from a few runs that are timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from sim.experiments.chunk import Chunk, Order, cut, time_limit
from sim.experiments.measure import Measured, measure
from sim.experiments.plan import Plan
from sim.runs.replicate import warm_up
from sim.runs.workers import has_semaphores, needs_script, worker_pool

_ENOUGH_SECONDS = 10.0
_CHUNK_SECONDS = 2.0
_FEWEST_CHUNKS = 64
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

    def chunk(self, runs: int) -> int:
        """How many runs make a chunk: two seconds' worth, fewer where there are few runs."""
        return max(1, min(round(_CHUNK_SECONDS / self.typical), runs // _FEWEST_CHUNKS))


@dataclass(frozen=True)
class Estimate:
    """What there is to do, and about how long it takes: `seconds` and `disk` (bytes) in all.

    `workers` is 0 where a cluster has none yet.
    """

    points: int
    policies: int
    replicates: int
    runs: int
    finished: int
    run_seconds: float
    workers: int
    disk: int

    @property
    def seconds(self) -> float:
        """Seconds until the last run is in; with no workers yet, by one worker."""
        return (self.runs - self.finished) * self.run_seconds / max(1, self.workers)


def try_out(plan: Plan, order: Order, *, here: bool) -> Trial:
    """Time up to three runs of a plan, spread over it; in this process, or in one of its own."""
    chunks = [cut(order, plan, run_id, 1) for run_id in _spread(plan.runs)]
    timings: list[tuple[Measured, float]] = []
    for timing in _time_here(chunks) if here else _time_aside(chunks):
        timings.append(timing)
        if sum(seconds for _, seconds in timings) > _ENOUGH_SECONDS:
            break
    return Trial(tuple(m for m, _ in timings), tuple(seconds for _, seconds in timings))


def _time_here(chunks: list[Chunk]) -> Iterator[tuple[Measured, float]]:
    return map(timed, chunks)


def _time_aside(chunks: list[Chunk]) -> Iterator[tuple[Measured, float]]:
    """In a worker process, a new one after each that a run ends.

    Where there can be none, here: nothing may end this process, so there is no time limit.
    """
    if not has_semaphores():
        yield from _time_here([replace(c, order=replace(c.order, limit=None)) for c in chunks])
        return
    waiting = list(chunks)
    script = needs_script(*(chunk.order for chunk in chunks[:1]))
    while waiting:
        with worker_pool(1, needs_script=script) as pool:
            while waiting:
                try:
                    yield pool.submit(timed, waiting.pop(0)).result()
                except BrokenProcessPool:
                    break


def timed(chunk: Chunk) -> tuple[Measured, float]:
    """One run of a chunk, and its seconds."""
    warm_up()
    started = time.perf_counter()
    with time_limit(chunk.order.limit):
        measured = measure(chunk.order.plan, chunk.run_ids[0], chunk.first_point)
    return measured, time.perf_counter() - started


def disk_bytes(plan: Plan) -> int:
    """About how much room the finished files take: numbers in Parquet, and the runs as text."""
    numbers = len(plan.names) + len(plan.outcomes)
    series = len(plan.months) * (len(plan.outcomes) * 8 + 4)
    return plan.runs * (numbers * 8 + 16 + series + numbers * 19 + 30)


def _spread(runs: int) -> list[int]:
    return sorted({0, runs // 2, runs - 1})
