"""Which dated changes have an effect, decided by the values that they lead to, month by month.

Values are moved by changes in order of their months; a change that takes some months moves
linearly from where earlier ones lead. A change has no effect if in no month any value would be
another without it. One pass per course of changes: the cost grows with their number, not with its
square.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.paths import Step

Numbers = NDArray[np.float64]


class Idle(NamedTuple):
    """Why a change has no effect: another one `undoes` it at once, or all stands there already."""

    undoes: int | None


def idle(months: int, start: Numbers, changes: Sequence[Step]) -> dict[int, Idle]:
    """The changes without effect by their number; `start` holds the values at month 0."""
    order = sorted(range(len(changes)), key=lambda number: changes[number].begin)
    pending: dict[int, Idle] = {number: Idle(None) for number in order}
    for value, numbers in _courses(start, changes, order):
        if not pending.keys().isdisjoint(numbers):
            _follow(months, value, changes, numbers, pending)
    return pending


def holds_until(months: int, start: Numbers, changes: Sequence[Step]) -> tuple[Numbers, Numbers]:
    """Until which month what stands at month 0 still counts, and the change that ends it.

    Arrays of the shape of `start`: `months` and -1 where it counts to the end.
    """
    until, ended = np.full(start.shape, months), np.full(start.shape, -1)
    for number, change in enumerate(changes):
        sooner = change.mask & (change.end - 1 < until)
        until[sooner], ended[sooner] = change.end - 1, number
    return until, ended


def _courses(
    start: Numbers, changes: Sequence[Step], order: Sequence[int]
) -> Iterator[tuple[float, list[int]]]:
    """Each different course once: the value at month 0, and the changes that move it, in order."""
    if not order:
        return
    touched = np.array([changes[number].mask.ravel() for number in order])
    packed = np.packbits(touched, axis=0)
    keys = np.concatenate([packed.T, start.reshape(-1, 1).view(np.uint8)], axis=1)
    for cell in np.unique(keys, axis=0, return_index=True)[1]:
        mine: list[int] = np.flatnonzero(touched[:, cell]).tolist()
        yield float(start.flat[cell]), [order[at] for at in mine]


def _follow(
    months: int,
    value: float,
    changes: Sequence[Step],
    numbers: list[int],
    pending: dict[int, Idle],
) -> None:
    """Walk along one course; what moves it is no longer pending."""
    path = np.full(months + 1, value)
    for number, (last, culprit) in zip(numbers, _undone(months, changes, numbers), strict=True):
        begin, over, target, _ = changes[number]
        if number in pending:
            if begin > last:
                pending[number] = Idle(culprit)
            elif np.any(path[begin : last + 1] != target):
                del pending[number]
        if over > 1:
            share = np.arange(1, min(over, months - begin + 2)) / over
            way = path[begin : begin + len(share)]
            way += share * (target - way)
        path[begin + max(over, 1) - 1 :] = target


def _undone(
    months: int, changes: Sequence[Step], numbers: Sequence[int]
) -> list[tuple[int, int | None]]:
    """The last month in which each change of a course counts, and the change that ends it."""
    found: list[tuple[int, int | None]] = []
    last, culprit = months, None
    for number in reversed(numbers):
        found.append((last, culprit))
        if changes[number].end - 1 < last:
            last, culprit = changes[number].end - 1, number
    return found[::-1]
