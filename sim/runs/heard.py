"""What a worker says while it is at something: how far a replicate is, and what people should know.

Words go to whoever listens in this context: the driver itself, or the pipe of a worker process.
Where nobody listens (workers of a cluster), they are lost, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Going:
    """How far the replicate with a key is: `month` of `months`; of 0 while it is founded.

    `resumed` says that it goes on from that month, where an earlier command was stopped.
    """

    key: str
    name: str
    month: int
    months: int
    resumed: bool = False


@dataclass(frozen=True)
class Warned:
    """Something that people should know; the work goes on."""

    text: str


Said = Going | Warned
Ear = Callable[[Said], None]
_ear: ContextVar[Ear | None] = ContextVar("ear", default=None)


@contextmanager
def heard_by(ear: Ear | None) -> Iterator[None]:
    """Let somebody hear what is said inside."""
    before = _ear.set(ear)
    try:
        yield
    finally:
        _ear.reset(before)


def tell(said: Said) -> None:
    """Say it; a listener that has left hears nothing."""
    ear = _ear.get()
    if ear is not None:
        with suppress(OSError):
            ear(said)
