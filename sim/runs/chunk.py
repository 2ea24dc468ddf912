"""The unit of work: some units that are done together, and how a worker does them.

The same for every kind of question and on every executor. A worker that sees the driver's folder
writes there; one that does not (another machine, no shared file system) works in a folder of its
own and sends the part back. A unit that was begun three times in one session and never ended is
what ended the worker each time: it is recorded as failed, and the worker goes on with the next.
"""

from __future__ import annotations

import signal
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sim.runs.parts import JOURNALS, Log, Parts
from sim.runs.replicate import warm_up
from sim.runs.version import model_version
from sim.runs.watch import Watch

if TYPE_CHECKING:
    from sim.scenario import Scenario

CRASHED = "the run ended its worker process, or ran past its time limit, three times"
_MOST_ATTEMPTS = 3
_ONE_AT_A_TIME = threading.Lock()
"""Time limits belong to a process, not to one of its threads."""


Lines = dict[int, dict[str, Any]]
"""What journals say of units, by number."""


class Task(ABC):
    """Units of one kind: how each is run, and what is kept of it.

    A record is what comes of a unit, failures among it. Tasks travel to workers, so they hold no
    more than they need.
    """

    @property
    @abstractmethod
    def units(self) -> Sequence[int]:
        """The numbers of its units, in order."""

    @property
    def scenarios(self) -> Iterable[Scenario]:
        """Whose own rules are to be compiled before workers begin."""
        return ()

    @abstractmethod
    def run(self, unit: int) -> Any:
        """The record of a unit; whatever goes wrong is part of it."""

    def watched(self, unit: int, watch: Watch) -> Any:
        """As `run`; a unit that may take long is saved now and then, and says how far it is."""
        return self.run(unit)

    @abstractmethod
    def lost(self, unit: int) -> Any:
        """The record of a unit that ends its process whenever it is tried."""

    @abstractmethod
    def has_failed(self, record: Any) -> bool:
        """Whether a unit failed."""

    @abstractmethod
    def packed(self, records: Sequence[Any]) -> Mapping[str, pa.Table]:
        """The tables of a part with the records of all units, in order."""

    @abstractmethod
    def lines_without_failures(self, tables: Mapping[str, pa.Table]) -> Lines | None:
        """Of a part with failed units, the lines of the others; None if no unit failed."""


class Journaled(Task):
    """A task whose records are small enough for the lines of a journal."""

    @abstractmethod
    def line(self, record: Any) -> dict[str, Any]:
        """A record as a line."""

    @abstractmethod
    def of_line(self, told: dict[str, Any]) -> Any:
        """The record of a line."""


@dataclass(frozen=True)
class Order:
    """What all chunks of a session share: small, so it travels with each.

    `token` names a file in the driver's folder of parts, and so tells a worker whether the folder
    that it sees is the driver's. `limit` is the longest a unit may take, in seconds; None where
    nothing may end the process. `script` says that workers need what the user's script defines.
    `checkpoint` is after how many seconds a unit is saved, again and again; never if 0. `threads`
    share the citizens of a large society.
    """

    folder: Path
    token: str
    session: str
    version: str
    limit: float | None = None
    script: bool = False
    checkpoint: float = 0.0
    threads: int = 1


@dataclass(frozen=True)
class Chunk:
    """A task to do, and the key of what comes of it."""

    key: str
    task: Task
    order: Order


@dataclass(frozen=True)
class Done:
    """A chunk is whole: how many units were new, and how many of all its units failed.

    `part` is the part of a worker that does not see the folder. `refused` is the worker's version
    of the model where it is another one; nothing was run then.
    """

    key: str
    new: int = 0
    failed: int = 0
    part: bytes | None = None
    refused: str = ""


def work(chunk: Chunk) -> Done:
    """Do what is missing of a chunk, and write or return its part."""
    order = chunk.order
    if model_version() != order.version:
        return Done(chunk.key, refused=model_version())
    with _ONE_AT_A_TIME:
        if _sees(order.folder, order.token):
            return _finish(chunk, Parts(order.folder))
        here = replace(chunk, order=replace(order, checkpoint=0.0))
        return _send(here, Path(tempfile.gettempdir()) / f"govshift-{order.token}")


def _send(chunk: Chunk, folder: Path) -> Done:
    """Work in a folder of this machine, and bring the part back as bytes."""
    parts = Parts(folder)
    parts.make()
    done = _finish(chunk, parts)
    part = parts.path(chunk.key).read_bytes()
    parts.delete(chunk.key)
    with suppress(OSError):
        (folder / JOURNALS).rmdir()
        folder.rmdir()
    return replace(done, part=part)


def _finish(chunk: Chunk, parts: Parts) -> Done:
    """Run what no journal has, then make the chunk whole."""
    task, key, order = chunk.task, chunk.key, chunk.order
    noted = task if isinstance(task, Journaled) else None
    lines = parts.lines(key) if noted else {}
    records = {unit: noted.of_line(told) for unit, told in lines.items()} if noted else {}
    missing = [unit for unit in task.units if unit not in records]
    if missing:
        warm_up()
    attempts = parts.beginnings(key, order.session)
    file = parts.checkpoint(key)
    seen = file.parent if parts.folder == order.folder else None
    watch = Watch(file, key, order.checkpoint, order.threads, seen)
    with Log(parts, key, order.session) as journal:
        for unit in missing:
            if attempts[unit] >= _MOST_ATTEMPTS:
                records[unit] = task.lost(unit)
            else:
                journal.begin(unit)
                with time_limit(order.limit):
                    records[unit] = task.watched(unit, watch)
            if noted:
                journal.end(unit, noted.line(records[unit]))
    ordered = [records[unit] for unit in task.units]
    parts.write(key, task.packed(ordered))
    return Done(key, len(missing), sum(map(task.has_failed, ordered)))


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """End this process when the time is up: no Python handler runs inside compiled code."""
    if seconds is None or not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@lru_cache(maxsize=8)
def _sees(folder: Path, token: str) -> bool:
    """Whether a folder here is the one in which the driver works."""
    return Parts(folder).mark(token).is_file()
