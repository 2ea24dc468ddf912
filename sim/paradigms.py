"""The figure as data: twelve rows by the paradigms, and how a profile blends them.

A profile is a government's position on each row, from 0 (the first paradigm) to the last one's
number. Between two neighbouring paradigms a cell's value is interpolated linearly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

PRESSURES = ("infrastructure", "performance", "legitimacy", "overload")
"""What may press for a reform; a row of the figure says where each leads it."""
GROUPS = ("services", "decisions", "participation")
"""What rows have in common; a row of the figure says to which it belongs."""
INDICES = ("online_service", "e_participation")
"""What is compared between countries; a row of the figure may follow one of them."""
_FILE = Path(__file__).with_name("paradigms.yaml")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Paradigm:
    """A column of the figure."""

    id: str
    label: str
    name: str


@dataclass(frozen=True)
class Cell:
    """A model parameter that one row of the figure sets, with its anchor per paradigm.

    `reads` names the process that uses it. Cells that share a `simplex` sum to one.
    """

    name: str
    row: str
    values: tuple[float, ...]
    low: float
    high: float
    unit: str
    process: str
    tag: str
    meaning: str
    source: str = "ordinal judgement from the figure's wording"
    simplex: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the figure: its wording per paradigm and the cells that it sets.

    `leads` says where each pressure for reform leads it: up to a position, -1 down, nothing if
    missing; `groups` are those of `GROUPS` to which it belongs; `abroad` is the one of `INDICES`
    that tells of it in other countries, if any does.
    """

    id: str
    number: int
    title: str
    wording: Mapping[str, str]
    cells: tuple[Cell, ...]
    leads: Mapping[str, int]
    groups: tuple[str, ...]
    abroad: str = ""


@dataclass(frozen=True)
class Figure:
    """The whole figure."""

    paradigms: tuple[Paradigm, ...]
    rows: tuple[Row, ...]

    @property
    def paradigm_ids(self) -> tuple[str, ...]:
        """Identifiers of the paradigms, in the order of their positions."""
        return tuple(paradigm.id for paradigm in self.paradigms)

    @property
    def row_ids(self) -> tuple[str, ...]:
        """Identifiers of the rows, in order."""
        return tuple(row.id for row in self.rows)

    def group(self, name: str) -> tuple[int, ...]:
        """The rows of a group, counted from 0."""
        return tuple(k for k, row in enumerate(self.rows) if name in row.groups)

    def targets(self) -> NDArray[np.int64]:
        """Where pressures lead rows, 0 where they do not; shape (pressures, rows)."""
        return np.array([[row.leads.get(name, 0) for row in self.rows] for name in PRESSURES])

    def abroad(self) -> NDArray[np.int64]:
        """Which of `INDICES` each row follows, counted from 0, or -1; shape (rows,)."""
        follows = [INDICES.index(row.abroad) if row.abroad else -1 for row in self.rows]
        return np.array(follows, dtype=np.int64)

    @property
    def last_position(self) -> float:
        """The highest position on a row: 2 for three paradigms."""
        return float(len(self.paradigms) - 1)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, row by row."""
        return tuple(cell for row in self.rows for cell in row.cells)

    def cell(self, name: str) -> Cell:
        """The cell of that name; `KeyError` if there is none."""
        for cell in self.cells:
            if cell.name == name:
                return cell
        raise KeyError(name)

    def override(self, anchors: Mapping[str, Mapping[str, float]]) -> Figure:
        """The same figure with other anchors, as `{cell: {paradigm: value}}`."""
        if not anchors:
            return self
        unknown = set(anchors) - {cell.name for cell in self.cells}
        if unknown:
            raise KeyError(f"no such cell: {', '.join(sorted(unknown))}")
        return replace(self, rows=tuple(self._overridden(row, anchors) for row in self.rows))

    def _overridden(self, row: Row, anchors: Mapping[str, Mapping[str, float]]) -> Row:
        cells = tuple(
            replace(
                cell,
                values=tuple(
                    anchors.get(cell.name, {}).get(paradigm, value)
                    for paradigm, value in zip(self.paradigm_ids, cell.values, strict=True)
                ),
            )
            for cell in row.cells
        )
        return replace(row, cells=cells)

    def levelled(self, paradigm: str) -> Figure:
        """Control C1: every anchor takes the value it has under one paradigm."""
        index = self.paradigm_ids.index(paradigm)
        ids = self.paradigm_ids
        return self.override(
            {cell.name: dict.fromkeys(ids, cell.values[index]) for cell in self.cells}
        )

    def broken_simplexes(self) -> tuple[str, ...]:
        """Names of simplexes whose anchors do not sum to one under some paradigm."""
        sums: dict[str, NDArray[np.float64]] = {}
        for cell in self.cells:
            if cell.simplex:
                sums[cell.simplex] = sums.get(cell.simplex, 0.0) + np.array(cell.values)
        return tuple(name for name, total in sums.items() if abs(total - 1.0).max() > 1e-6)

    @cached_property
    def anchors(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Row of each cell, and all anchors, shape (paradigms, cells)."""
        rows = [k for k, row in enumerate(self.rows) for _ in row.cells]
        return np.array(rows), np.array([cell.values for cell in self.cells]).T


def read_figure(text: str) -> Figure:
    """A figure from the text of a `paradigms.yaml`."""
    data: dict[str, Any] = yaml.load(text, Loader=_Loader)
    paradigms = tuple(Paradigm(**entry) for entry in data["paradigms"])
    ids = [paradigm.id for paradigm in paradigms]
    rows = tuple(_read_row(number, entry, ids) for number, entry in enumerate(data["rows"], 1))
    return Figure(paradigms, rows)


def _read_row(number: int, entry: Mapping[str, Any], paradigms: Sequence[str]) -> Row:
    _check_row(entry, len(paradigms) - 1)
    cells = tuple(
        Cell(name=name, row=entry["id"], **{**cell, "values": tuple(map(float, cell["values"]))})
        for name, cell in entry["cells"].items()
    )
    for cell in cells:
        if len(cell.values) != len(paradigms):
            raise ValueError(f"{cell.name}: {len(cell.values)} values, {len(paradigms)} paradigms")
    wording = dict(zip(paradigms, entry["wording"], strict=True))
    leads, groups = dict(entry["leads"]), tuple(entry["groups"])
    abroad = entry.get("abroad", "")
    return Row(entry["id"], number, entry["title"], wording, cells, leads, groups, abroad)


def _check_row(entry: Mapping[str, Any], last: int) -> None:
    """Raises `ValueError`, in one line, where a row lacks what reforms and analyses ask of it."""
    row = entry["id"]
    for key in ("title", "wording", "cells"):
        if key not in entry:
            raise ValueError(f"row {row}: add {key}")
    for key, known in (("leads", PRESSURES), ("groups", GROUPS)):
        if key not in entry:
            raise ValueError(f"row {row}: add {key}, which may name {', '.join(known)}")
        unknown = [name for name in entry[key] if name not in known]
        if unknown:
            raise ValueError(f"row {row}: {key}: {unknown[0]} is none of {', '.join(known)}")
    if (abroad := entry.get("abroad", "")) and abroad not in INDICES:
        raise ValueError(f"row {row}: abroad: {abroad} is none of {', '.join(INDICES)}")
    for pressure, position in entry["leads"].items():
        if position not in range(-1, last + 1):
            raise ValueError(f"row {row}: leads: {pressure}: {position} is not -1 to {last}")


@cache
def shipped_figure() -> Figure:
    """The figure that ships with the model."""
    return read_figure(_FILE.read_text(encoding="utf-8"))


FIGURE = shipped_figure()
