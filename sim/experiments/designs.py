"""The points of an experiment: which values of the factors go together.

Designs are drawn on the unit cube and turned into values by the factors' quantiles. The same seed
gives the same points, in whatever order the factors are written: what is drawn belongs to a
factor's name. A missing number (NaN) leaves a factor as the policy has it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, Field

from sim.errors import UserMistake
from sim.experiments.factors import Factor, Numbers
from sim.experiments.point_files import MOST_POINTS, read_points
from sim.latin import latin_column
from sim.scenario.blocks import STRICT

Kind = Literal["grid", "lhs", "sobol", "morris", "one_at_a_time", "csv"]


class Design(BaseModel):
    """How the points are chosen; each kind takes the keys that `TAKES` lists."""

    model_config = STRICT
    kind: Kind = Field(description="grid, lhs, sobol, morris, one_at_a_time or csv")
    points: int | None = Field(
        None, ge=1, le=MOST_POINTS, description="points of lhs; base points of sobol"
    )
    levels: int | None = Field(
        None, ge=2, le=1_000, description="levels of each factor (grid, morris, one_at_a_time)"
    )
    trajectories: int | None = Field(None, ge=2, le=100_000, description="trajectories of morris")
    second_order: bool | None = Field(None, description="whether sobol also tells interactions")
    file: str | None = Field(None, description="csv file with one column per factor")


TAKES: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "grid": (("levels",), ()),
    "lhs": (("points",), ()),
    "sobol": (("points",), ("second_order",)),
    "morris": (("trajectories",), ("levels",)),
    "one_at_a_time": ((), ("levels",)),
    "csv": (("file",), ()),
}
"""Keys that a kind needs, and others that it takes."""
_MORRIS_LEVELS = 4
_ENDS = 2


def count_points(design: Design, factors: Sequence[Factor]) -> int:
    """How many points a design has, without making them; 0 for a file."""
    size = len(factors)
    if design.kind == "grid":
        return math.prod(_count_levels(factor, design.levels) for factor in factors)
    if design.kind == "one_at_a_time":
        return 1 + sum(_count_levels(f, design.levels or _ENDS) for f in factors)
    if design.kind == "sobol":
        return (design.points or 0) * (2 * size + 2 if design.second_order else size + 2)
    if design.kind == "morris":
        return (design.trajectories or 0) * (size + 1)
    return design.points or 0


def _count_levels(factor: Factor, levels: int | None) -> int:
    return len(factor.levels(levels or _ENDS))


def points(design: Design, factors: Sequence[Factor], *, seed: int, folder: Path) -> Numbers:
    """The points, shape (points, factors), in the units of the factors.

    A csv design is read from `folder`. Raises `UserMistake` where a library or file is missing.
    """
    if design.kind == "csv":
        return read_points(folder / str(design.file), factors)
    if design.kind == "grid":
        return _grid([factor.levels(design.levels or _ENDS) for factor in factors])
    if design.kind == "one_at_a_time":
        return _one_at_a_time([factor.levels(design.levels or _ENDS) for factor in factors])
    cube = _on_the_cube(design, [factor.name for factor in factors], seed)
    for column, factor in enumerate(factors):
        cube[:, column] = factor.quantile(cube[:, column])
    return cube


def _on_the_cube(design: Design, names: Sequence[str], seed: int) -> Numbers:
    from scipy.stats import qmc

    size = len(names)
    place = np.argsort(np.argsort(names))  # they are drawn in the order of their names
    if design.kind == "morris":
        return _morris(design, size, seed)[:, place]
    if design.kind == "sobol":
        base = qmc.Sobol(2 * size, scramble=True, seed=seed).random(design.points or 0)
        first, second = base[:, :size][:, place], base[:, size:][:, place]
        return _crossed(first, second, both_ways=bool(design.second_order))
    columns = [latin_column(f"{seed} {name}", design.points or 0) for name in names]
    return np.stack(columns, axis=1)


def _crossed(first: Numbers, second: Numbers, *, both_ways: bool) -> Numbers:
    """Saltelli's cross-sampling of two samples, in the order in which SALib analyses it.

    Each base point is followed by copies in which one factor after another comes from the other
    sample (and, both ways, by those of the other sample), and by its partner.
    """
    count, size = first.shape
    blocks = [first]
    for one, other in ((first, second), (second, first))[: 2 if both_ways else 1]:
        for column in range(size):
            mixed = one.copy()
            mixed[:, column] = other[:, column]
            blocks.append(mixed)
    return np.stack([*blocks, second], axis=1).reshape(count * (len(blocks) + 1), size)


def _morris(design: Design, size: int, seed: int) -> Numbers:
    """Trajectories that move one factor after another (Morris 1991)."""
    require_salib("a morris design")
    from SALib.sample import morris

    names = [str(column) for column in range(size)]
    problem = {"num_vars": size, "names": names, "bounds": [[0.0, 1.0]] * size}
    levels = design.levels or _MORRIS_LEVELS
    found = morris.sample(problem, design.trajectories, num_levels=levels, seed=seed)
    return np.asarray(found, dtype=np.float64)


def require_salib(what: str) -> None:
    """Raises `UserMistake` with how to install SALib where it is missing."""
    if find_spec("SALib") is None:
        raise UserMistake(f"{what} needs SALib: pip install 'govshift[analysis]'")


def _grid(levels: Sequence[Numbers]) -> Numbers:
    """Every level of every factor with every other; the last factor changes fastest."""
    axes = np.meshgrid(*levels, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def _one_at_a_time(levels: Sequence[Numbers]) -> Numbers:
    """The policies as they are, then each factor alone at each of its levels."""
    size = len(levels)
    rows = [np.full(size, np.nan)]
    for column, values in enumerate(levels):
        for value in values:
            row = np.full(size, np.nan)
            row[column] = value
            rows.append(row)
    return np.array(rows)
