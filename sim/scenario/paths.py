"""Where dated moves lead the governments, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.paradigms import FIGURE
from sim.scenario.blocks import Move
from sim.scenario.positions import position


class Shift(NamedTuple):
    """A dated change, ready to be made: `mask` says which values it moves.

    Of a move it has shape (local governments + 1, rows).
    """

    begin: int
    over: int
    target: float
    mask: NDArray[np.bool_]

    @property
    def end(self) -> int:
        """The month in which it has arrived."""
        return self.begin + max(self.over, 1) - 1


def step(move: Move, begin: int, names: Sequence[str]) -> Shift:
    """A move that starts in a month; `names` are the local governments', the centre comes last."""
    rows = FIGURE.row_ids
    chosen = np.isin(rows, list(rows) if move.rows == "all" else move.rows)
    mask = np.zeros((len(names) + 1, len(rows)), dtype=bool)
    if move.who in ("all", "local"):
        mask[:-1] = chosen
    if move.who in ("all", "central"):
        mask[-1] = chosen
    if move.who in names:
        mask[names.index(move.who)] = chosen
    return Shift(begin, move.over, position(move.to)[0], mask)


def positions_in(
    month: int, start: NDArray[np.float64], steps: Iterable[Shift]
) -> NDArray[np.float64]:
    """Positions in a month, from those at the start and steps in order of their months.

    A ramp moves linearly from where earlier moves lead.
    """
    now = start.copy()
    for begin, over, target, mask in steps:
        if month >= begin:
            share = min(1.0, (month - begin + 1) / over) if over else 1.0
            now[mask] += share * (target - now[mask])
    return now
