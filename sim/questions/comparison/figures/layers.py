"""Local governments of each scenario in its last year, as numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.drawing.looks import Look, looks
from sim.drawing.words import listed, number, signed, when
from sim.questions.comparison.residents import ENOUGH, small_places
from sim.questions.comparison.study import Runs
from sim.questions.how_sure import is_sure, sure_word
from sim.scenario import Scenario
from sim.society.places import LocalPlace, find_place
from sim.statistics import confidence_interval, whole_worlds

INDICATORS = ("efficiency", "trust", "participation")
_MOST_NAMED = 8

Numbers = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Layer:
    """The local governments of one scenario with their means over replicates.

    `small` are those with few simulated residents; `open` says, of differences only, where the
    confidence interval includes zero or, over worlds, the direction is less than likely.
    """

    look: Look
    end: str
    tiles: tuple[LocalPlace, ...]
    values: dict[str, Numbers]
    small: frozenset[str] = frozenset()
    open: Mapping[str, Marks] = field(default_factory=dict)

    @property
    def regions(self) -> list[str]:
        """The regions in order, or nothing where they are the local governments themselves."""
        return list(dict.fromkeys(t.region for t in self.tiles)) if self.has_regions else []

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
            small = frozenset(small_places(scenario))
            layers.append(Layer(found[name], when(scenario, month), tiles, values, small))
    return layers


def find_differences_by_place(runs: Runs) -> list[Layer]:
    """Every scenario minus the baseline, local government by local government, paired."""
    if runs.study.baseline is None or runs.local.empty:
        return []
    return list(_differences(runs, runs.study.baseline))


def _differences(runs: Runs, baseline: str) -> Iterator[Layer]:
    found = looks(list(runs.study.scenarios))
    base = _at_last(runs, baseline)
    for name in runs.study.others:
        pairs = (_at_last(runs, name) - base).dropna()
        if pairs.empty:
            continue
        scenario = runs.study.scenarios[name]
        by_place = pairs.groupby("local_government", sort=False)
        tiles = tuple(tile for tile in _tiles(scenario) if tile.name in by_place.groups)
        values, unsettled = {}, {}
        for indicator in INDICATORS:
            samples = [by_place.get_group(tile.name)[indicator] for tile in tiles]
            values[indicator] = np.array([sample.mean() for sample in samples])
            each = runs.study.per_world
            unsettled[indicator] = np.array([_is_open(sample, each) for sample in samples])
        small = frozenset(small_places(scenario))
        end = when(scenario, runs.study.months)
        yield Layer(found[name], end, tiles, values, small, unsettled)


def _is_open(sample: pd.Series, each: int) -> bool:
    """Whether the interval includes zero or, over worlds, a direction is less than likely."""
    if not each:
        _, low, high = confidence_interval(sample.to_numpy(dtype=np.float64))
        return not (low > 0.0 or high < 0.0)
    which = sample.index.get_level_values("replicate").to_numpy(dtype=np.int64)
    means = whole_worlds(sample.to_numpy(), which, each)[1].mean(axis=1)
    agreeing = max(int((means > 0.0).sum()), int((means < 0.0).sum()))
    return not is_sure(sure_word(agreeing, len(means)))


def _at_last(runs: Runs, name: str) -> pd.DataFrame:
    """Indicators by replicate and local government in the last month of all scenarios."""
    own = runs.local[runs.local["scenario"] == name]
    last = own[own["month"] == runs.study.months]
    return last.set_index(["replicate", "local_government"])[list(INDICATORS)]


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
    return (
        "Tile maps of the local governments: one row per scenario, one column each for "
        f"{listed(INDICATORS)}. {_TILE} Colours (and numbers, where they fit) are readings of the "
        "last year, indices from 0 to 100 and not per cent, dark violet is low, yellow is high and "
        "better; each column has its own part of that scale, at least ten points, the same for all "
        f"scenarios.{_borders(layers)}{few_residents(layers)} Means of {counted}."
    )


def difference_caption(layers: Sequence[Layer], baseline: str, counted: str, open_if: str) -> str:
    """What the maps of differences show and how to read them."""
    return (
        f"Tile maps of each scenario minus {baseline}, local government by local government, in "
        f"points of indices from 0 to 100, at {layers[0].end}: one row per scenario, one column "
        f"each for {listed(INDICATORS)}. {_TILE} Orange is higher and better than under "
        f"{baseline}, purple lower and worse, white the same; each column has its own scale, the "
        f"same for all scenarios. A small ring means open: {open_if}. With many local governments "
        f"some seem settled by chance.{_borders(layers)}{few_residents(layers)} Means of {counted}."
    )


_TILE = (
    "Every tile is one local government, all of the same size, about where it lies; in drawn "
    "societies their order has no meaning."
)


def _borders(layers: Sequence[Layer]) -> str:
    if not any(layer.has_regions for layer in layers):
        return ""
    return " Dark lines are borders of regions, which numbers name."


def few_residents(layers: Sequence[Layer]) -> str:
    """A sentence on places with few simulated residents, or nothing."""
    small = list(dict.fromkeys(t.name for x in layers for t in x.tiles if t.name in x.small))
    if not small:
        return ""
    of = max(len(layer.tiles) for layer in layers)
    named = f": {listed(small)}" if len(small) <= _MOST_NAMED else ""
    return (
        f" {len(small)} of {of} have under {ENOUGH} simulated residents{named} (marked by a star "
        "where numbers fit): what is read of them is mostly luck."
    )


def map_alt_text(layers: Sequence[Layer]) -> str:
    """The range of each indicator over the local governments of each scenario, in words."""
    return (
        "Tile maps of local governments, 0 to 100; the lowest, the highest and the median one. "
        + _ranges(layers)
    )


def difference_alt_text(layers: Sequence[Layer], baseline: str) -> str:
    """The range of each indicator's differences, and how many are open."""
    return (
        f"Tile maps of differences to {baseline} by local government, in points; the lowest, the "
        f"highest and the median one, and how many are open. {_ranges(layers)}"
    )


def _ranges(layers: Sequence[Layer]) -> str:
    return " ".join(
        f"{layer.look.name}, {layer.end}: "
        + "; ".join(_range(layer, indicator) for indicator in INDICATORS)
        + "."
        for layer in layers
    )


def _range(layer: Layer, indicator: str) -> str:
    values = layer.values[indicator]
    told = signed if layer.open else number
    low, high = int(values.argmin()), int(values.argmax())
    lowest, highest = told(values[low]), told(values[high])
    unsettled = f", {int(layer.open[indicator].sum())} open" if layer.open else ""
    if lowest == highest:
        return f"{indicator} {lowest} everywhere{unsettled}"
    median = told(float(np.median(values)))
    return (
        f"{indicator} {lowest} ({layer.tiles[low].name}) to {highest} "
        f"({layer.tiles[high].name}), median {median}{unsettled}"
    )
