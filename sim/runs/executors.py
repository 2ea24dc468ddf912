"""Who does the chunks: this process, or worker processes on this machine.

An executor takes chunks as it needs them, a few at a time, and yields what was done in whatever
order. Results are on disk by then; only acknowledgements travel. A cluster is one more executor
(`sim.runs.cluster`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Protocol

from sim.errors import ResultsError
from sim.runs.chunk import Chunk, Done, work
from sim.runs.heard import Ear, Said, heard_by
from sim.runs.parts import Parts
from sim.runs.replicate import warm_up, warm_up_rules
from sim.runs.workers import WorkerDied, WorkerProcess, refuse_in_import

_MOST_IDLE_DEATHS = 5
_SCRIPT = "; what a script defines for its scenarios needs an `if __name__ == '__main__':` guard"


class Executor(Protocol):
    """Does chunks, and says so."""

    @property
    def workers(self) -> int:
        """How many units go on at once; 0 while nobody works."""

    @property
    def threads(self) -> int:
        """How many threads each has."""

    def run(self, chunks: Iterable[Chunk], ear: Ear | None = None) -> Generator[Done, None, None]:
        """Do chunks; takes the next one when there is room for it. `ear` hears how they go."""


class Here:
    """This process, chunk after chunk. A unit that ends it ends everything."""

    workers = 1

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads

    def run(self, chunks: Iterable[Chunk], ear: Ear | None = None) -> Generator[Done, None, None]:
        """Do chunks one after another."""
        for chunk in chunks:
            with heard_by(ear):
                done = work(chunk)
            yield done


class Processes:
    """Worker processes on this machine, each at a chunk of its own.

    A worker that dies takes no other with it, and costs no more than the unit that it was at.
    Workers stay for the next chunks until `close`.
    """

    def __init__(self, workers: int, threads: int = 1) -> None:
        refuse_in_import()
        self.workers = workers
        self.threads = threads
        self._idle: list[WorkerProcess] = []

    def close(self) -> None:
        """End all workers."""
        while self._idle:
            self._idle.pop().kill()

    def run(self, chunks: Iterable[Chunk], ear: Ear | None = None) -> Generator[Done, None, None]:
        """Do chunks; a worker that dies is replaced, and its chunk goes on where it was."""
        waiting = iter(chunks)
        busy: dict[Connection, tuple[WorkerProcess, _Attempts]] = {}
        try:
            for chunk in islice(waiting, self.workers):
                warm_up()
                self._start(_Attempts(chunk), busy)
            while busy:
                for pipe in wait(list(busy)):
                    worker, attempts = busy.pop(pipe)  # type: ignore[call-overload]
                    try:
                        done: Done | Said = worker.answer()
                    except WorkerDied:
                        worker.kill()
                        attempts.count_death()
                        self._start(attempts, busy)
                        continue
                    if not isinstance(done, Done):
                        busy[pipe] = worker, attempts  # type: ignore[index]
                        if ear is not None:
                            ear(done)
                        continue
                    self._idle.append(worker)
                    following = next(waiting, None)
                    if following is not None:
                        self._start(_Attempts(following), busy)
                    yield done
        finally:
            for worker, _ in busy.values():
                worker.kill()

    def _start(
        self, attempts: _Attempts, busy: dict[Connection, tuple[WorkerProcess, _Attempts]]
    ) -> None:
        script = attempts.chunk.order.script
        warm_up_rules(attempts.chunk.task.scenarios)
        worker = self._idle.pop() if self._idle else WorkerProcess(script=script)
        worker.give(work, attempts.chunk)
        busy[worker.pipe] = worker, attempts


class _Attempts:
    """A chunk, and how often workers died over it without getting anywhere."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self._begun = 0
        self._idle_deaths = 0

    def count_death(self) -> None:
        """Raises `ResultsError` when workers die again and again before any unit begins."""
        order = self.chunk.order
        begun = sum(Parts(order.folder).beginnings(self.chunk.key, order.session).values())
        self._idle_deaths = 0 if begun > self._begun else self._idle_deaths + 1
        self._begun = begun
        if self._idle_deaths >= _MOST_IDLE_DEATHS:
            raise ResultsError(
                f"worker processes end before they begin ({self._idle_deaths} times in a row"
                f"{_SCRIPT if order.script else ''}); what is finished is "
                "kept, and the same command goes on from there"
            )
