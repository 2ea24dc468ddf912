"""Which dated changes have an effect, decided by the values that they lead to, month by month.

Values are moved by changes in order of their months; a change that takes some months moves
linearly from where earlier ones lead. A change has no effect if in no month any value would be
another without it. One pass per course of changes: the cost grows with their number, not with its
square.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.paths import Shift

Numbers = NDArray[np.float64]


class Idle(NamedTuple):
    """Why a change has no effect: another one `undoes` it at once, or all stands there already."""

    undoes: int | None


def idle(months: int, start: Numbers, changes: Sequence[Shift]) -> dict[int, Idle]:
    """The changes without effect by their number; `start` holds the values at month 0."""
    order = sorted(range(len(changes)), key=lambda number: changes[number].begin)
    found: dict[int, Idle] = {}
    if not order:
        return found
    values, touched = _courses(start, [changes[number] for number in order])
    paths = np.repeat(values[:, None], months + 1, axis=1)
    for at, (last, culprit) in enumerate(_undone(months, changes, order, touched)):
        number, rows = order[at], touched[at]
        if not _counts(paths, changes[number], rows, last):
            found[number] = Idle(culprit)
        _move(paths, changes[number], rows)
    return found


def holds_until(months: int, start: Numbers, changes: Sequence[Shift]) -> tuple[Numbers, Numbers]:
    """Until which month what stands at month 0 still counts, and the change that ends it.

    Arrays of the shape of `start`: `months` and -1 where it counts to the end.
    """
    until, ended = np.full(start.shape, months), np.full(start.shape, -1)
    for number, change in enumerate(changes):
        sooner = change.mask & (change.end - 1 < until)
        until[sooner], ended[sooner] = change.end - 1, number
    return until, ended


def _courses(start: Numbers, changes: Sequence[Shift]) -> tuple[Numbers, NDArray[np.bool_]]:
    """Each different course once: the values at month 0, and which changes move each of them."""
    touched = np.array([change.mask.ravel() for change in changes])
    packed = np.packbits(touched, axis=0)
    keys = np.concatenate([packed.T, start.reshape(-1, 1).view(np.uint8)], axis=1)
    cells = np.unique(keys, axis=0, return_index=True)[1]
    return start.ravel()[cells], touched[:, cells]


def _undone(
    months: int, changes: Sequence[Shift], order: Sequence[int], touched: NDArray[np.bool_]
) -> list[tuple[NDArray[np.int64], int | None]]:
    """The last month in which each change counts by course, and a later one that undoes it at once.

    Months are those of the courses that it moves; the later one is named where it is undone in all.
    """
    last = np.full(touched.shape[1], months)
    ended = np.full(touched.shape[1], -1)
    found: list[tuple[NDArray[np.int64], int | None]] = []
    for at in range(len(order) - 1, -1, -1):
        change, rows = changes[order[at]], touched[at]
        gone = rows & (last < change.begin)
        culprit = int(ended[gone].max()) if gone.any() and gone.sum() == rows.sum() else None
        found.append((last[rows], culprit))
        sooner = rows & (change.end - 1 < last)
        last[sooner], ended[sooner] = change.end - 1, order[at]
    return found[::-1]


def _counts(
    paths: Numbers, change: Shift, rows: NDArray[np.bool_], last: NDArray[np.int64]
) -> bool:
    """Whether a change moves anything in a month in which it counts."""
    window = np.arange(change.begin, int(last.max(initial=0)) + 1)
    if not len(window):
        return False
    differs = paths[rows, change.begin : window[-1] + 1] != change.target
    return bool(np.any(differs & (window <= last[:, None])))


def _move(paths: Numbers, change: Shift, rows: NDArray[np.bool_]) -> None:
    """The values after a change, from its month on."""
    begin, over, target, _ = change
    months = paths.shape[1] - 1
    if over > 1:
        share = np.arange(1, min(over, months - begin + 2)) / over
        way = paths[rows, begin : begin + len(share)]
        paths[rows, begin : begin + len(share)] = way + share * (target - way)
    paths[rows, begin + max(over, 1) - 1 :] = target
