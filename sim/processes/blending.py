"""P2: where a government stands on the figure's rows sets its cells."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array
from sim.engine.compiling import inner, making_loop, rule
from sim.engine.numbers import clip
from sim.engine.written import written
from sim.paradigms import FIGURE, Figure
from sim.processes.state import Cells


def _refuse_unread_cells(figure: Figure) -> None:
    """Raises `ValueError` if the figure sets a cell that no rule can read."""
    for cell in figure.cells:
        if cell.name not in Cells._fields:
            raise ValueError(
                f"row {cell.row}: {cell.name}: add a column of that name to Cells in "
                "sim/processes/state.py, and a rule that reads it"
            )


_refuse_unread_cells(FIGURE)


class Anchors(NamedTuple):
    """The figure for the month's loops, cells in the order of `Cells`.

    `rows` are those to which cells belong, `values` what a paradigm sets, shape (paradigms, cells).
    """

    rows: Array
    values: Array


def anchors_of(figure: Figure) -> Anchors:
    """The figure's anchors."""
    rows, values = figure.anchors
    places = {cell.name: place for place, cell in enumerate(figure.cells)}
    order = [places[name] for name in Cells._fields]
    return Anchors(rows[order], np.ascontiguousarray(values[:, order]))


@rule
def blended(values: Array, cell: int, position: float) -> float:
    """A cell's value where a government stands between paradigms."""
    value = values[0, cell]
    for step in range(values.shape[0] - 1):
        share = clip(position - step, 0.0, 1.0)
        value = value + (values[step + 1, cell] - values[step, cell]) * share
    return float(value)


def _set_cells() -> str:
    lines = ["def set_cells(cells, g, values, moved, rows):"]
    for place, name in enumerate(Cells._fields):
        lines.append(f"    if moved[rows[{place}]]:")
        lines.append(f"        cells.{name}[g] = values[{place}]")
    return "\n".join([*lines, ""])


set_cells = inner(written(__name__, _set_cells()))


@making_loop
def move_profiles(
    schedule: Array,
    profiles: Array,
    profiles_before: Array,
    moved: Array,
    cells: Cells,
    anchors: Anchors,
    month: int,
) -> None:
    """Profiles move as scheduled, or as reformed last month; cells are blended anew where they did.

    `schedule` has the positions of every month, the start first, shape (months + 1, governments,
    rows); it is empty where governments move by themselves. `moved` takes how far each government
    moves this month, in positions, all rows together.
    """
    places, rows = profiles.shape
    has_moved = np.empty(rows, dtype=np.bool_)
    values = np.empty(anchors.rows.shape[0])
    for g in range(places):
        any_moved = False
        moved[g] = 0.0
        for row in range(rows):
            if schedule.shape[0] > 0:
                profiles[g, row] = schedule[month, g, row]
            moved[g] += abs(profiles[g, row] - profiles_before[g, row])
            has_moved[row] = profiles[g, row] != profiles_before[g, row]
            any_moved |= has_moved[row]
            profiles_before[g, row] = profiles[g, row]
        if any_moved:
            for cell in range(anchors.rows.shape[0]):
                row = anchors.rows[cell]
                if has_moved[row]:
                    values[cell] = blended(anchors.values, cell, profiles[g, row])
            set_cells(cells, g, values, has_moved, anchors.rows)


def blend_cells(figure: Figure, profiles: NDArray[np.float64], cells: Cells) -> None:
    """Set every government's cells from its profile; `profiles` has shape (governments, rows)."""
    nowhere = np.full_like(profiles, np.nan)
    moved = np.empty(len(profiles))
    move_profiles(
        no_schedule(profiles.shape[1]), profiles, nowhere, moved, cells, anchors_of(figure), 0
    )


@cache
def no_schedule(rows: int) -> Array:
    """The schedule of governments that move by themselves."""
    return np.empty((0, 0, rows))
