"""What is written, and a dated change undoes it before it can count.

A file that extends another, or a `--set`, is there to change what lies below it. So is a file's
dated change over the values of the file that it extends. The other way round it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.paradigms import FIGURE
from sim.scenario.courses import Course, names_of, parameters, positions
from sim.scenario.effects import holds_until
from sim.scenario.positions import ALL_ROWS, is_mix
from sim.scenario.source import Mistake, Path_

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Mistakes = Iterator[Mistake]


def undone(s: Scenario) -> Mistakes:
    """Values of parameters and rows that a dated change replaces at once, in a valid scenario."""
    names = names_of(s)
    for name, course in parameters(s, names):
        if name in s.parameters:
            yield from _undone(s, course, ("parameters", name), np.ones(course.start.shape, bool))
    if s.transition.mode == "scheduled":
        course = positions(s, names)
        for path, cells in _written_rows(s, course.start.shape):
            yield from _undone(s, course, path, cells)


def _undone(s: Scenario, course: Course, path: Path_, cells: NDArray[np.bool_]) -> Mistakes:
    until, ended = holds_until(s.months, course.start, course.changes)
    if not cells.any() or np.any(until[cells] > 0):
        return
    culprit = course.paths[int(ended[cells].max())]
    if s.is_below(path, culprit):
        return
    text = f"counts for nothing: {s.named(*culprit)} replaces it from month 1 on"
    yield path, text


def _written_rows(s: Scenario, shape: tuple[int, ...]) -> Iterator[tuple[Path_, NDArray[np.bool_]]]:
    """Each key of the rows that is written, and the values that it decides."""
    rows = np.array(FIGURE.row_ids)
    central = _keys(s.central) if s.central is not None else {}
    for block, keys in (("governance", _keys(s.governance)), ("central", central)):
        if block not in s.model_fields_set or s.history is not None:
            continue
        for key in keys:
            own = [row for row in keys if row != ALL_ROWS]
            chosen = ~np.isin(rows, own) if key == ALL_ROWS else rows == key
            cells = np.zeros(shape, dtype=bool)
            if block == "governance":
                cells[:-1] = chosen
                elsewhere = central.keys() | (set(rows) if ALL_ROWS in central else set())
                cells[-1] = chosen & ~np.isin(rows, list(elsewhere))
            else:
                cells[-1] = chosen
            yield (block, key), cells


def _keys(written: object) -> Mapping[str, object]:
    if isinstance(written, Mapping) and not is_mix(written):
        return written
    return {ALL_ROWS: written}
