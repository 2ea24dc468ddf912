"""State in columns: one array per attribute, one group of columns per kind of agent.

A group is a `NamedTuple` class whose fields are declared once, with type, shape and meaning.
Compiled loops take the group as it is; agents show single rows of it as attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

Group = TypeVar("Group", bound=tuple[Any, ...])


@dataclass(frozen=True)
class Column:
    """What a column holds: element type, entries per row, start value, unit and meaning."""

    kind: str
    meaning: str
    width: str = ""
    start: float = 0.0
    unit: str = "share"


Array = NDArray[Any]


@cache
def columns_of(group: type[tuple[Any, ...]]) -> dict[str, Column]:
    """The columns a group declares, by attribute name."""
    hints = get_type_hints(group, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def make(group: type[Group], rows: int, widths: Mapping[str, int]) -> Group:
    """New columns for `rows` agents; `widths` gives the entries per row of each named width."""
    made = make_room(group, rows, widths)
    for name, column in columns_of(group).items():
        getattr(made, name).fill(column.start)
    return made


def make_room(group: type[Group], rows: int, widths: Mapping[str, int]) -> Group:
    """The same without start values: takes no memory before they are filled in."""
    shapes = [
        (rows, widths[column.width]) if column.width else (rows,)
        for column in columns_of(group).values()
    ]
    kinds = [column.kind for column in columns_of(group).values()]
    return group(*(np.empty(shape, dtype=kind) for shape, kind in zip(shapes, kinds, strict=True)))
