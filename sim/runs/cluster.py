"""A running Dask cluster as an executor, whoever started it.

Needs the extra `cluster` (dask.distributed). The scheduler replaces workers that die and gives
their chunks to others; this driver keeps a window of chunks in flight, so that a sweep of a million
points costs the scheduler no more than a small one.
"""

from __future__ import annotations

import logging
import queue
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sim.errors import ResultsError, UserMistake
from sim.runs.chunk import Chunk, Done, work
from sim.runs.heard import Ear
from sim.runs.replicate import one_line

_ADDRESS = r"(tcp|tls)://([^\s/:]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}"
_WINDOW = 64
_PER_WORKER = 2
_CONNECT_SECONDS = 10
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 1.0
_ALIVE = ("running", "connecting")
_AGAIN = ("pending", "lost")
"""What a future is whose result died with its worker: the scheduler has the chunk done again."""
_MOST_LOSSES = 10
"""How often a chunk may be given up by the scheduler, each time after several dead workers."""


@contextmanager
def connect(address: str, *, warn: Callable[[str], None] | None = None) -> Iterator[Cluster]:
    """A cluster, by the address of its scheduler, as `tcp://host:8786`.

    Raises `UserMistake` if dask.distributed is not installed or no scheduler answers.
    """
    try:
        import distributed
    except ImportError:
        raise UserMistake("--cluster: needs dask: pip install 'govshift[cluster]'") from None
    if not re.fullmatch(_ADDRESS, address):
        raise UserMistake(
            f"--cluster {address}: no address; give the scheduler's, as tcp://HOST:PORT"
        )
    _silence()
    try:
        make: Any = distributed.Client
        client = make(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="govshift")
    except (OSError, ValueError, TypeError, ImportError) as error:
        raise UserMistake(
            f"--cluster {address}: no scheduler answers there ({one_line(error)})"
        ) from None
    try:
        yield Cluster(client, address, warn)
    finally:
        client.close(timeout=2)


class Cluster:
    """The workers of one scheduler."""

    threads = 1

    def __init__(self, client: Any, address: str, warn: Callable[[str], None] | None) -> None:
        self._client = client
        self._address = address
        self._warn = warn
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._losses: Counter[str] = Counter()

    @property
    def workers(self) -> int:
        """How many worker processes there are now; there may be none yet."""
        return len(self._workers())

    def run(self, chunks: Iterable[Chunk], ear: Ear | None = None) -> Generator[Done, None, None]:
        """Do chunks; those of workers that died are given to others. How they go is not heard."""
        self._look_at_workers()
        waiting = iter(chunks)
        flying: dict[str, tuple[Any, Chunk]] = {}
        try:
            for chunk in islice(waiting, max(_WINDOW, _PER_WORKER * self.workers)):
                self._submit(chunk, flying)
            while flying:
                future = self._next()
                if future.status in _AGAIN:
                    future.add_done_callback(self._ended.put)
                    continue
                chunk = flying.pop(future.key)[1]
                done = self._answer(future, chunk)
                following = chunk if done is None else next(waiting, None)
                if following is not None:
                    self._submit(following, flying)
                if done is not None:
                    yield done
        finally:
            if self._client.status == "running":
                self._client.cancel([future for future, _ in flying.values()], force=True)

    def _submit(self, chunk: Chunk, flying: dict[str, tuple[Any, Chunk]]) -> None:
        if self._client.status not in _ALIVE:
            raise self._gone()
        tries = self._losses[chunk.key]
        key = f"govshift-{chunk.order.session}-{chunk.key[:32]}-{tries}"
        future = self._client.submit(_work, chunk, key=key, pure=False)
        flying[key] = future, chunk
        future.add_done_callback(self._ended.put)

    def _next(self) -> Any:
        """The next future that has ended; says once when there has been nobody to work."""
        waited = 0.0
        while True:
            try:
                return self._ended.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self._client.status not in _ALIVE:
                    raise self._gone() from None
                idle = not self._workers()
                waited = waited + _LOOK_SECONDS if idle else 0.0
                if waited == _PATIENCE_SECONDS and self._warn is not None:
                    self._warn(self._nobody)

    def _answer(self, future: Any, chunk: Chunk) -> Done | None:
        """What was done; None if the chunk has to be given again.

        A future of a scheduler that is gone has a status, but no exception.
        """
        from distributed import KilledWorker

        error: BaseException | None = None
        if future.status == "finished":
            try:
                done: Done = future.result()
            except KilledWorker as lost:  # the answer died with its worker, and so did those after
                error = lost
            else:
                return done
        elif future.status == "error":
            error = future.exception()
        if error is None:
            raise self._gone()
        if not isinstance(error, KilledWorker):
            raise _failure(error)
        self._losses[chunk.key] += 1
        if self._losses[chunk.key] > _MOST_LOSSES:
            raise ResultsError(
                f"--cluster {self._address}: workers die again and again over runs "
                f"{chunk.task.units[0]} to {chunk.task.units[-1]}; what is finished is kept"
            )
        return None

    def _look_at_workers(self) -> None:
        workers = self._workers()
        if not workers and self._warn is not None:
            self._warn(self._nobody)
        crowded = [worker for worker in workers.values() if worker["nthreads"] > 1]
        if crowded and self._warn is not None:
            self._warn(
                f"--cluster {self._address}: {len(crowded)} workers have several threads, of which "
                "one is used; start them with --nthreads 1, one for each processor"
            )

    def _workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1).get("workers", {})
        return workers

    @property
    def _nobody(self) -> str:
        return (
            f"--cluster {self._address}: has no workers; waiting for some "
            f"(dask worker {self._address} --nthreads 1 starts one)"
        )

    def _gone(self) -> ResultsError:
        return ResultsError(
            f"--cluster {self._address}: the scheduler went away; what is finished is kept, and "
            "the same command goes on from there once there is one again"
        )


def _work(chunk: Chunk) -> Done:
    """Do a chunk; an error that may not travel becomes one that does."""
    failure = ""
    try:
        return work(chunk)
    except ResultsError:
        raise
    except Exception as error:
        failure = one_line(error)
    raise ResultsError(f"--cluster: a worker failed ({failure}); what is finished is kept")


def _failure(error: BaseException) -> BaseException:
    """What a worker raised, as people should read it."""
    if isinstance(error, ResultsError):
        return error
    if isinstance(error, ImportError):
        return UserMistake(
            f"--cluster: workers cannot load the model ({one_line(error)}); "
            "install the same version of govshift on all machines"
        )
    return ResultsError(f"--cluster: a worker failed ({one_line(error)}); what is finished is kept")


def _silence() -> None:
    """Dask reports lost connections by itself, page by page; here they are one line."""
    for name in ("distributed", "distributed.client", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
