"""What differs between worlds: uncertain parameters, alternative rules, anchors of the figure.

The order of a cell's anchors is the theory and is kept in every world: each anchor stays nearer to
its own value than to its neighbour's, equal anchors stay equal, and cells that share a whole still
sum to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from sim.paradigms import FIGURE, Cell
from sim.parameters import Parameter
from sim.processes.declared import UNKNOWN

Anchors = dict[str, dict[str, float]]
_LEAST, _MOST = 0.5, 1.5
"""How far cells that share a whole stand apart in a world, against the figure."""


@cache
def unknown_anchors() -> tuple[str, ...]:
    """Names of what is drawn of the figure: a level of a cell, or how far a whole is spread."""
    return tuple(_names())


@cache
def unknown_names() -> tuple[str, ...]:
    """Names of everything that differs, in the order in which it is drawn."""
    return (*(p.name for p in UNKNOWN), *(f"cells.{n}" for n in unknown_anchors()))


def _names() -> Iterator[str]:
    for cell in FIGURE.cells:
        if not cell.simplex and len(levels_of(cell)) > 1:
            yield from (f"{cell.name}/{number}" for number in range(len(levels_of(cell))))
    yield from sorted({cell.simplex for cell in FIGURE.cells if cell.simplex})


def parameter_value(parameter: Parameter, share: float) -> float:
    """The value at a share of the declared range; a rule by its number."""
    if parameter.choices:
        return float(min(int(share * len(parameter.choices)), len(parameter.choices) - 1))
    return parameter.low + share * (parameter.high - parameter.low)


def anchors_of(shares: Mapping[str, float]) -> Anchors:
    """The anchors of a world, by cell and paradigm, from a share of 0 to 1 for each unknown."""
    found: Anchors = {}
    for cell in FIGURE.cells:
        if cell.simplex:
            values = _spread(cell, _apart(cell.simplex, shares[cell.simplex]))
        elif len(levels_of(cell)) > 1:
            drawn = [shares[f"{cell.name}/{n}"] for n in range(len(levels_of(cell)))]
            values = _drawn(cell, drawn)
        else:
            continue
        found[cell.name] = dict(zip(FIGURE.paradigm_ids, values, strict=True))
    return found


def levels_of(cell: Cell) -> tuple[float, ...]:
    """The different values of a cell's anchors, lowest first."""
    return tuple(sorted({*cell.values}))


def level_ends(cell: Cell) -> list[tuple[float, float]]:
    """Between what each level of a cell lies: the middles to its neighbours; the outer ones as far
    to the other side, within the cell's range."""  # noqa: D205, D209
    levels = levels_of(cell)
    middles = [(a + b) / 2.0 for a, b in pairwise(levels)]
    below = max(cell.low, 2.0 * levels[0] - middles[0])
    above = min(cell.high, 2.0 * levels[-1] - middles[-1])
    return list(pairwise([below, *middles, above]))


def _drawn(cell: Cell, shares: Sequence[float]) -> list[float]:
    levels, ends = levels_of(cell), level_ends(cell)
    drawn = [low + share * (high - low) for share, (low, high) in zip(shares, ends, strict=True)]
    return [drawn[levels.index(value)] for value in cell.values]


def _spread(cell: Cell, apart: float) -> list[float]:
    middle = sum(cell.values) / len(cell.values)
    return [middle + apart * (value - middle) for value in cell.values]


def _apart(simplex: str, share: float) -> float:
    """How far apart the cells of a whole are, as far as none of them leaves its range."""
    most = _MOST
    for cell in FIGURE.cells:
        if cell.simplex == simplex:
            middle = sum(cell.values) / len(cell.values)
            for value in cell.values:
                room = cell.high - middle if value > middle else middle - cell.low
                if value != middle:
                    most = min(most, room / abs(value - middle))
    return _LEAST + share * (most - _LEAST)
