"""Local governments of each scenario in its last year, as numbers and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiments.run import Runs
from sim.report.figures.looks import Look, looks
from sim.report.figures.words import listed, number, when
from sim.scenario import Scenario
from sim.society.places import LocalPlace, find_place

INDICATORS = ("efficiency", "trust", "participation")

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """The local governments of one scenario with their means over replicates."""

    look: Look
    end: str
    tiles: tuple[LocalPlace, ...]
    values: dict[str, Numbers]

    @property
    def has_regions(self) -> bool:
        """Whether regions hold several local governments."""
        return 1 < len({tile.region for tile in self.tiles}) < len(self.tiles)

    @property
    def has_native_names(self) -> bool:
        """Whether local governments have names in another script."""
        return any(tile.native_name != tile.name for tile in self.tiles)


def find_layers(runs: Runs) -> list[Layer]:
    """Every scenario whose local governments have readings, in the study's order."""
    if runs.local.empty:
        return []
    found = looks(list(runs.study.scenarios))
    layers = []
    for name, scenario in runs.study.scenarios.items():
        own = runs.local[runs.local["scenario"] == name]
        if len(own):
            month = int(own["month"].max())
            last = own[own["month"] == month]
            means = last.groupby("local_government")[list(INDICATORS)].mean()
            tiles = tuple(tile for tile in _tiles(scenario) if tile.name in means.index)
            ordered = means.loc[[tile.name for tile in tiles]]
            values = {n: ordered[n].to_numpy(dtype=np.float64) for n in INDICATORS}
            layers.append(Layer(found[name], when(scenario, month), tiles, values))
    return layers


def _tiles(scenario: Scenario) -> tuple[LocalPlace, ...]:
    """The place's local governments; luck draws their people and money, never their tiles."""
    count = scenario.society.local_governments
    normals = np.zeros((count, 2))
    return find_place(scenario.society.place, count=count, normals=normals).local_governments


def short_native_name(name: str) -> str:
    """The two syllables by which a region is called: 서울 for 서울특별시, 충북 for 충청북도."""
    is_half = len(name) == 4 and name[2:] in ("남도", "북도")
    return name[0] + name[2] if is_half else name[:2]


def map_caption(layers: Sequence[Layer], counted: str) -> str:
    """What the maps show and how to read them."""
    borders = " Dark lines are borders of regions." if any(x.has_regions for x in layers) else ""
    return (
        "Tile maps of the local governments: one row per scenario, one column each for "
        f"{listed(INDICATORS)}. Every tile is one local government, all of the same size, about "
        "where it lies; in drawn societies their order has no meaning. Colours (and numbers, where "
        "they fit) are readings of the last year on a scale from 0 to 100, dark violet is low, "
        "yellow is high and better; each column has its own part of that scale, at least ten "
        f"points, the same for all scenarios.{borders} Means of {counted}."
    )


def map_alt_text(layers: Sequence[Layer]) -> str:
    """The range of each indicator over the local governments of each scenario, in words."""
    parts = [
        f"{layer.look.name}, {layer.end}: "
        + "; ".join(_range(layer, indicator) for indicator in INDICATORS)
        + "."
        for layer in layers
    ]
    return (
        "Tile maps of local governments, 0 to 100; the lowest, the highest and the median one. "
        + " ".join(parts)
    )


def _range(layer: Layer, indicator: str) -> str:
    values = layer.values[indicator]
    low, high = int(values.argmin()), int(values.argmax())
    lowest, highest = number(values[low]), number(values[high])
    if lowest == highest:
        return f"{indicator} {lowest} everywhere"
    median = number(float(np.median(values)))
    return (
        f"{indicator} {lowest} ({layer.tiles[low].name}) to {highest} "
        f"({layer.tiles[high].name}), median {median}"
    )
