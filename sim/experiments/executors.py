"""Who does the chunks: this process, or worker processes on this machine.

An executor takes chunks as it needs them, a few at a time, and yields what was done in whatever
order. Results are on disk by then; only acknowledgements travel. A cluster is one more executor
(`sim.experiments.cluster`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Protocol

from sim.errors import GovShiftError, ResultsError
from sim.experiments.chunk import PARTS, Chunk, Done, work
from sim.experiments.parts import Parts, beginnings
from sim.runs.replicate import one_line, warm_up
from sim.runs.workers import (
    Context,
    ScriptContext,
    needs_script,
    refuse_in_import,
    start_worker,
)

_MOST_IDLE_DEATHS = 5
_SCRIPT = "; what a script defines for its scenarios needs an `if __name__ == '__main__':` guard"


class Executor(Protocol):
    """Does chunks, and says so."""

    @property
    def workers(self) -> int:
        """How many runs go on at once; 0 while nobody works."""

    def run(self, chunks: Iterable[Chunk]) -> Generator[Done, None, None]:
        """Do chunks; takes the next one when there is room for it."""


class Here:
    """This process, chunk after chunk. A run that ends it ends the sweep."""

    workers = 1

    def run(self, chunks: Iterable[Chunk]) -> Generator[Done, None, None]:
        """Do chunks one after another."""
        for chunk in chunks:
            yield work(chunk)


class Processes:
    """Worker processes on this machine, each at a chunk of its own.

    A worker that dies takes no other with it, and costs no more than the run that it was at.
    """

    def __init__(self, workers: int) -> None:
        refuse_in_import()
        self.workers = workers

    def run(self, chunks: Iterable[Chunk]) -> Generator[Done, None, None]:
        """Do chunks; a worker that dies is replaced, and its chunk goes on where it was."""
        warm_up()
        waiting = iter(chunks)
        busy: dict[Connection, _Worker] = {}
        try:
            for chunk in islice(waiting, self.workers):
                _start(_Attempts(chunk), busy)
            while busy:
                for pipe in wait(list(busy)):
                    worker = busy.pop(pipe)  # type: ignore[call-overload]
                    done = worker.answer()
                    if done is None:
                        worker.kill()
                        worker.attempts.count_death()
                        _start(worker.attempts, busy)
                        continue
                    following = next(waiting, None)
                    if following is None:
                        worker.kill()
                    else:
                        worker.give(_Attempts(following))
                        busy[worker.pipe] = worker
                    yield done
        finally:
            for worker in busy.values():
                worker.kill()


class _Attempts:
    """A chunk, and how often workers died over it without getting anywhere."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self._begun = 0
        self._idle_deaths = 0

    def count_death(self) -> None:
        """Raises `ResultsError` when workers die again and again before any run begins."""
        order = self.chunk.order
        journals = Parts(order.folder / PARTS, order.digest).journals(self.chunk.number)
        begun = sum(beginnings(journals, order.digest, order.session).values())
        self._idle_deaths = 0 if begun > self._begun else self._idle_deaths + 1
        self._begun = begun
        if self._idle_deaths >= _MOST_IDLE_DEATHS:
            raise ResultsError(
                f"worker processes end before they begin ({self._idle_deaths} times in a row"
                f"{_SCRIPT if needs_script(order) else ''}); what is finished is "
                "kept, and the same command goes on from there"
            )


class _Worker:
    """One worker process, and the chunk that it is at."""

    def __init__(self, attempts: _Attempts) -> None:
        context = ScriptContext() if needs_script(attempts.chunk.order) else Context()
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.give(attempts)

    def give(self, attempts: _Attempts) -> None:
        self.attempts = attempts
        with suppress(BrokenPipeError):
            self.pipe.send(attempts.chunk)

    def answer(self) -> Done | None:
        """What was done; None if the worker died. Raises what the worker raised."""
        try:
            answer: Done | GovShiftError = self.pipe.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, GovShiftError):
            raise answer
        return answer

    def kill(self) -> None:
        """End the worker at once: what it has finished is on disk."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _start(attempts: _Attempts, busy: dict[Connection, _Worker]) -> None:
    worker = _Worker(attempts)
    busy[worker.pipe] = worker


def _serve(pipe: Connection) -> None:
    """A worker's life: chunks in, acknowledgements out."""
    start_worker()
    while True:
        try:
            chunk: Chunk = pipe.recv()
        except EOFError:
            return
        try:
            answer: Done | GovShiftError = work(chunk)
        except GovShiftError as error:
            answer = error
        except Exception as error:
            answer = ResultsError(f"chunk {chunk.number}: {one_line(error)}")
        pipe.send(answer)
