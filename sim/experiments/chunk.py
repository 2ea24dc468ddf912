"""The unit of work of a sweep: some runs with neighbouring numbers, and how a worker does them.

The same on every executor. A worker that sees the sweep's folder writes there; one that does not
(another machine, no shared file system) works in a folder of its own and sends the part back. A run
that was begun three times in one session and never ended is what ended the worker each time: it is
recorded as failed, and the worker goes on with the next.
"""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ResultsError
from sim.experiments.measure import crashed, measure
from sim.experiments.parts import JOURNALS, Journal, Parts, beginnings, read_journals
from sim.runs.replicate import warm_up
from sim.runs.sealed import read_sealed_json
from sim.runs.version import model_version

if TYPE_CHECKING:
    from sim.experiments.plan import Plan

EXPERIMENT = "experiment.json"
PARTS = "parts"
_MOST_ATTEMPTS = 3
_ONE_AT_A_TIME = threading.Lock()
"""Time limits belong to a process, not to one of its threads."""


@dataclass(frozen=True)
class Order:
    """What all chunks of a sweep share: small, so it travels with each.

    `plan` has no points: a chunk brings its own; `digest` is that of the whole. `token` is in the
    folder's `experiment.json`, and tells a worker whether the folder that it sees is the driver's.
    `limit` is the longest a run may take, in seconds; None in the driver's own process, which
    nothing may end.
    """

    plan: Plan
    digest: str
    folder: Path
    token: str
    session: str
    version: str
    limit: float | None


@dataclass(frozen=True)
class Chunk:
    """Runs of one chunk, and the points of the plan that they need (from `first_point` on)."""

    number: int
    run_ids: range
    first_point: int
    order: Order


@dataclass(frozen=True)
class Done:
    """A chunk is whole: how many runs were new, and how many of all its runs failed.

    `part` are the bytes of its two files (runs, series) from a worker that does not see the folder.
    `refused` is the worker's version of the model where it is another one; nothing was run then.
    """

    number: int
    new: int = 0
    failed: int = 0
    part: tuple[bytes, bytes] | None = None
    refused: str = ""


def cut(order: Order, plan: Plan, number: int, size: int) -> Chunk:
    """A chunk of a plan, with no more of its points than it needs."""
    run_ids = range(number * size, min((number + 1) * size, plan.runs))
    per_point = len(plan.policies) * plan.replicates
    first, last = run_ids[0] // per_point, run_ids[-1] // per_point
    points = plan.points[first : last + 1]
    own = replace(order.plan, points=points)
    return Chunk(number, run_ids, first, replace(order, plan=own))


def work(chunk: Chunk) -> Done:
    """Do what is missing of a chunk, and write or return its part."""
    order = chunk.order
    if model_version() != order.version:
        return Done(chunk.number, refused=model_version())
    with _ONE_AT_A_TIME:
        if _sees(order.folder, order.token):
            return _finish(chunk, Parts(order.folder / PARTS, order.digest))
        return _send(chunk, Path(tempfile.gettempdir()) / f"govshift-{order.token}")


def _send(chunk: Chunk, folder: Path) -> Done:
    """Work in a folder of this machine, and bring the part back as bytes."""
    parts = Parts(folder, chunk.order.digest)
    parts.make()
    done = _finish(chunk, parts)
    files = parts.runs(chunk.number), parts.series(chunk.number)
    part = files[0].read_bytes(), files[1].read_bytes()
    for file in files:
        file.unlink(missing_ok=True)
    with suppress(OSError):
        (folder / JOURNALS).rmdir()
        folder.rmdir()
    return replace(done, part=part)


def _finish(chunk: Chunk, parts: Parts) -> Done:
    """Run what no journal has, then make the chunk whole."""
    order, number = chunk.order, chunk.number
    journals = parts.journals(number)
    measured = read_journals(journals, parts.key)
    new = len(chunk.run_ids) - len(measured)
    if new:
        warm_up()
    attempts = beginnings(journals, parts.key, order.session)
    with Journal(parts, number, order.session) as journal:
        for run_id in chunk.run_ids:
            if run_id in measured:
                continue
            if attempts[run_id] >= _MOST_ATTEMPTS:
                measured[run_id] = crashed(order.plan, run_id, chunk.first_point)
            else:
                journal.begin(run_id)
                with time_limit(order.limit):
                    measured[run_id] = measure(order.plan, run_id, chunk.first_point)
            journal.end(measured[run_id])
    parts.write(order.plan, number, [measured[run_id] for run_id in chunk.run_ids])
    failed = sum(1 for m in measured.values() if m.stage)
    return Done(number, new, failed)


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
    try:
        return bool(read_sealed_json(folder / EXPERIMENT).get("token") == token)
    except ResultsError:
        return False
