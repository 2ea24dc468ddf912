"""Worlds by number, and scenarios in them.

World w of a seed is the same under every scenario and however many are asked for: worlds come in
Latin hypercubes of 64, each unknown drawn by its own name. (Points of a Sobol' sequence would nest
as well, but of some hundred coordinates those of the first 64 points go together, and what could
not act was named as what a difference rests on.)

Parameters that were fitted come together from one draw of the shipped posterior, which the world's
own column `posterior` chooses; the country parameter differs by as much as countries do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.evidence.posterior import COUNTRY_PARAMETER, country_spread, draws, fitted_names
from sim.latin import latin_column
from sim.paradigms import FIGURE
from sim.parameters import Parameter
from sim.processes.declared import UNKNOWN
from sim.scenario import Scenario
from sim.scenario.held import CELLS
from sim.scenario.held import held as held_in_all_worlds
from sim.worlds.unknowns import (
    Anchors,
    anchors_of,
    parameter_value,
    unknown_anchors,
    unknown_names,
)

MOST_WORLDS = 10_000
REPLICATES_PER_WORLD = 2
"""Unless told otherwise: at least two tell luck from worlds."""
POSTERIOR = "posterior"
"""The column that says which draw of the posterior a world has."""
_BLOCK = 64


Shares = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """What holds in a world: parameters by full name, and anchors by cell and paradigm."""

    number: int
    parameters: dict[str, float]
    anchors: Anchors


def world(seed: int, number: int) -> World:
    """World `number`, from 0, of a seed; raises `IndexError` beyond `MOST_WORLDS`."""
    if not 0 <= number < MOST_WORLDS:
        raise IndexError(f"world {number} of {MOST_WORLDS}")
    block, place = divmod(number, _BLOCK)
    shares = _points(seed, block)[place].tolist()
    parameters, anchors = UNKNOWN, unknown_anchors()
    drawn = {p.name: parameter_value(p, s) for p, s in zip(parameters, shares, strict=False)}
    return World(
        number, drawn, anchors_of(dict(zip(anchors, shares[len(parameters) :], strict=True)))
    )


def in_world(scenario: Scenario, here: World, held: Iterable[str] = ()) -> Scenario:
    """The scenario in a world: what it, or its history, says itself holds in all of them.

    So does what is `held`, by full name: `trust.negativity`, or `cells.invitations.gov3`.
    """
    said, cells = _said(scenario)
    for name in (*held, *held_in_all_worlds(scenario)):
        said.add(name)
        if name.startswith(CELLS):
            cells.add(name.removeprefix(CELLS).partition(".")[0])
    said |= scenario.told_by_files
    values = {n: v for n, v in here.parameters.items() if n not in said}
    wholes = {FIGURE.cell(name).simplex for name in cells} - {""}
    anchors = {
        name: known
        for name, known in here.anchors.items()
        if name not in cells and FIGURE.cell(name).simplex not in wholes
    }
    return scenario.but(parameters=values, cells=anchors)


def _said(scenario: Scenario) -> tuple[set[str], set[str]]:
    """Parameters and cells that a scenario or its histories give values to."""
    said, cells = set(scenario.named_parameters), set(scenario.cells)
    past = scenario.history
    while past is not None:
        said |= past.named_parameters
        cells |= set(past.cells)
        past = past.history
    return said, cells


def shares_of(seed: int, count: int) -> Shares:
    """Where the first worlds stand in each range, from 0 to 1; shape (worlds, unknowns)."""
    blocks = [_points(seed, block) for block in range(-(-count // _BLOCK))]
    return np.concatenate(blocks)[:count]


@lru_cache(maxsize=64)
def _points(seed: int, block: int) -> Shares:
    """The worlds of a block, shape (64, unknowns), each from 0 to 1."""
    names = unknown_names()
    columns = {name: latin_column(f"{seed} {block} {name}", _BLOCK) for name in names}
    chosen = latin_column(f"{seed} {block} {POSTERIOR}", _BLOCK)
    return np.stack([*(columns | _fitted(columns, chosen)).values()], axis=1)


def _fitted(columns: dict[str, Shares], chosen: Shares) -> dict[str, Shares]:
    """Where fitted parameters stand in their ranges, from the share that chooses a draw."""
    rows = (chosen * len(draws())).astype(np.int64)
    found = {}
    for parameter in UNKNOWN:
        if parameter.name in fitted_names():
            values = np.array([draw[parameter.name] for draw in draws()])[rows]
            if parameter.name == COUNTRY_PARAMETER:
                spread = np.array(country_spread())[rows]
                values = _of_a_country(parameter, values, spread, columns[parameter.name])
            found[parameter.name] = (values - parameter.low) / (parameter.high - parameter.low)
    return found


def _of_a_country(parameter: Parameter, mean: Shares, spread: Shares, luck: Shares) -> Shares:
    """One country's value: normal around the mean of all countries, inside the declared range."""
    values = []
    for middle, apart, share in zip(mean.tolist(), spread.tolist(), luck.tolist(), strict=True):
        normal = NormalDist(middle, apart)
        low, high = normal.cdf(parameter.low), normal.cdf(parameter.high)
        value = normal.inv_cdf(low + share * (high - low))
        values.append(min(max(value, parameter.low), parameter.high))
    return np.array(values)
