"""Run what is missing of some chunks, here, in processes or on a cluster, and keep it.

Everything that runs the model goes this way: a study's replicates, the runs of a sweep, the steps
of a walk, the ends of assumptions. Results do not depend on who ran what, in which order, or how
often it was stopped.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sim.arguments import CHECKPOINT_MINUTES
from sim.engine.team import processors
from sim.errors import ResultsError, UserMistake
from sim.runs.chunk import Chunk, Done, Order, Task
from sim.runs.executors import Executor, Here, Processes
from sim.runs.files import unwritable
from sim.runs.heard import Going, Said, Warned
from sim.runs.parts import Parts, Tables
from sim.runs.sealed import DamagedPart
from sim.runs.version import model_version
from sim.runs.workers import needs_script

Tell = Callable[[str], None]
Hear = Callable[[Going], None]
AnyTask = TypeVar("AnyTask", bound=Task)


@dataclass(frozen=True)
class Shard:
    """One of some commands that share the work without knowing of each other, as `3/10`."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Raises `UserMistake` unless it is `i/n` with i from 1 to n."""
        found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise UserMistake(f"--shard {text}: is not i/n with i from 1 to n, as 3/10")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def folder(self, whole: Path) -> Path:
        """The folder of its own, beside that of the whole."""
        return whole.with_name(f"{whole.name}-{self.number}-of-{self.of}")

    def takes(self, position: int) -> bool:
        """Whether the chunk at a position, from 0, is this command's."""
        return position % self.of == self.number - 1


@dataclass(frozen=True)
class Where:
    """Who does the work: so many processes of this machine, or a cluster; all of it, or a shard.

    Replicates that are kept in a folder are saved every `checkpoint` minutes; never if 0. `hear` is
    told how far those are that take more than a second.
    """

    jobs: int | None = None
    cluster: str | None = None
    shard: Shard | None = None
    warn: Tell | None = None
    checkpoint: float = CHECKPOINT_MINUTES
    hear: Hear | None = None

    def __post_init__(self) -> None:
        if self.cluster is not None and self.jobs is not None:
            raise UserMistake("--jobs: is for this machine; a --cluster has its own workers")

    @contextmanager
    def executor(self, units: int) -> Iterator[Executor]:
        """Who does chunks, of which there are no more than so many units.

        Processors for which there is no unit share the citizens of large societies.
        Raises `UserMistake` if the cluster cannot be reached.
        """
        if self.cluster is not None:
            from sim.runs.cluster import connect

            with connect(self.cluster, warn=self.warn) as cluster:
                yield cluster
            return
        jobs = self.jobs or processors()
        workers = max(1, min(jobs, units))
        threads = jobs // workers
        if workers == 1:
            yield Here(threads)
            return
        with closing(Processes(workers, threads)) as processes:
            yield processes

    def folder(self, default: Path) -> Path:
        """The folder to keep results in where none is named: each shard has one of its own."""
        return default if self.shard is None else self.shard.folder(default)

    def mine(self, chunks: Iterable[tuple[str, AnyTask]]) -> Iterator[tuple[str, AnyTask]]:
        """Those of all chunks that are for this command."""
        for position, chunk in enumerate(chunks):
            if self.shard is None or self.shard.takes(position):
                yield chunk


class Session:
    """The running of chunks into one folder of parts."""

    def __init__(
        self,
        parts: Parts,
        executor: Executor,
        order: Order,
        warn: Tell | None,
        hear: Hear | None = None,
    ) -> None:
        self.parts = parts
        self.executor = executor
        self.order = order
        self._warn = warn
        self._hear = hear

    def run(self, chunks: Iterable[tuple[str, Task]]) -> Iterator[Done]:
        """Do chunks that are missing, and tell of each. Closed early, it drops what has not begun.

        Raises `UserMistake` if a worker has another version of the model.
        """
        ordered = (Chunk(key, task, self.order) for key, task in chunks)
        with closing(self.executor.run(ordered, self._listen)) as answers:
            for done in answers:
                if done.refused:
                    raise UserMistake(
                        f"--cluster: a worker has model {done.refused}, this is "
                        f"{self.order.version}; install the same version on all machines "
                        "(what is finished is kept)"
                    )
                if done.part is not None:
                    self.parts.put(done.key, done.part)
                yield done

    def _listen(self, said: Said) -> None:
        """What workers say of what they are at."""
        if isinstance(said, Warned):
            if self._warn is not None:
                self._warn(said.text)
        elif self._hear is not None:
            self._hear(said)

    def kept(self, chunks: Iterable[tuple[str, Task]]) -> Iterator[tuple[str, Tables]]:
        """The parts that are there already, without failures.

        Parts that are damaged are deleted and told of; of those with failed units, the others stay
        in the journal. Both are missing then.
        """
        there = self.parts.there()
        for key, task in chunks:
            if key not in there:
                continue
            try:
                tables = self.parts.read(key)
            except DamagedPart as damage:
                self.parts.delete(key)
                if self._warn is not None:
                    self._warn(f"{damage}; it was deleted, and its runs are done again")
                continue
            lines = task.lines_without_failures(tables)
            if lines is None:
                yield key, tables
            else:
                self.parts.reopen(key, lines)

    def read(self, done: Done) -> Tables:
        """The tables of a chunk that has just been done."""
        try:
            return self.parts.read(done.key)
        except DamagedPart:
            raise again_and_again(self.parts.folder) from None


def again_and_again(path: Path) -> ResultsError:
    """What is wrong with a disk on which nothing stays whole."""
    return ResultsError(f"{path}: files are damaged again and again; is the disk sound?")


@contextmanager
def session(
    folder: Path,
    executor: Executor,
    *,
    limit: float | None = None,
    things: Iterable[object] = (),
    warn: Tell | None = None,
    checkpoint: float = 0.0,
    hear: Hear | None = None,
) -> Iterator[Session]:
    """A session that keeps parts in `folder`, which this process alone may write to.

    `limit` is the longest that a unit may take, in seconds; `things` are what tasks hold of what
    the user's script may have defined. A long replicate is saved every `checkpoint` minutes, never
    if 0; `hear` is told how far it is.
    """
    parts = Parts(folder)
    parts.make()
    token = uuid.uuid4().hex
    order = Order(
        folder=folder.resolve(),
        token=token,
        session=uuid.uuid4().hex,
        version=model_version(),
        limit=None if isinstance(executor, Here) else limit,
        script=needs_script(*things),
        checkpoint=60.0 * checkpoint,
        threads=executor.threads,
    )
    mark = parts.mark(token)
    try:
        parts.forget_marks()
        mark.touch()
    except OSError as error:
        raise unwritable(mark, error) from None
    try:
        yield Session(parts, executor, order, warn, hear)
    finally:
        mark.unlink(missing_ok=True)
        parts.tidy_if_empty()
