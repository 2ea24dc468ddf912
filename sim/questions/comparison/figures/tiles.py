"""Tile maps: one tile per local government, one map per scenario and indicator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import Colormap, Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator

from sim.drawing.fonts import can_write, packed, width, wrapped
from sim.drawing.looks import looks, written_otherwise
from sim.drawing.page import (
    HALO,
    INK,
    LINE,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)
from sim.drawing.words import number, signed
from sim.outcome_words import short_unit
from sim.outcomes import title_of
from sim.questions.comparison.counted import counted, open_told
from sim.questions.comparison.figures.layers import (
    INDICATORS,
    Layer,
    Marks,
    Numbers,
    difference_alt_text,
    difference_caption,
    find_differences_by_place,
    find_layers,
    map_alt_text,
    map_caption,
    short_native_name,
)
from sim.questions.comparison.residents import ENOUGH
from sim.questions.comparison.study import Runs

_TITLE = "Local governments"
_DIFFERENCES = "Local governments: differences to the baseline"
_COLOURS = colormaps["viridis"]
_DIVERGING = colormaps["PuOr_r"]
_GAP = 0.12
_COLUMN = (WIDTH - 2 * MARGIN - 2 * _GAP) / 3
_SCALE = 0.72
_EXTREMES = 2 * LINE + 0.1
_NAME_SIZE = 9.0
"""Points: names of seventeen regions fit into tiles of this size; numbers are larger."""
_LEAST = 1.0
_WIDEST = 0.85
_NUMBER_WIDTH = 0.5
_TEXT_STEP = 0.185
_NARROWEST = 10.0
_SIDES = {
    (1, 0): ((1, 0), (1, 1)), (-1, 0): ((0, 0), (0, 1)),
    (0, 1): ((0, 1), (1, 1)), (0, -1): ((0, 0), (1, 0)),
}  # fmt: skip


@dataclass(frozen=True)
class Paint:
    """How values become colours and numbers; one scale per indicator, the same in every row."""

    colours: Colormap
    scales: Mapping[str, Normalize]
    told: Callable[[float], str]


def draw_map(runs: Runs) -> Drawing | None:
    """Tile maps of the last year; None if nothing is known about local governments."""
    layers = find_layers(runs)
    if not layers:
        return None
    many = counted(runs, runs.local)
    ends = list(dict.fromkeys(layer.end for layer in layers))
    paint = Paint(_COLOURS, {name: _scale(layers, name) for name in INDICATORS}, number)
    page = draw_layers(layers, _TITLE, _note(many, ends, layers), paint)
    caption = map_caption(layers, many) + written_otherwise([layer.look for layer in layers])
    return Drawing(page, Caption("map", _TITLE, caption, map_alt_text(layers)))


def draw_difference_map(runs: Runs) -> Drawing | None:
    """Tile maps of differences to the baseline; None without a baseline or local readings."""
    layers = find_differences_by_place(runs)
    if not layers or runs.study.baseline is None:
        return None
    many = counted(runs, runs.local)
    baseline = looks(list(runs.study.scenarios))[runs.study.baseline]
    scales = {name: _around_zero(layers, name) for name in INDICATORS}
    note = (
        f"Each tile is a local government: each scenario minus {baseline.label} at "
        f"{layers[0].end}, in points, mean of {many}. Orange is better, purple worse; a ring "
        f"means open: {open_told(runs.study)}.{_marks(layers)}"
    )
    page = draw_layers(layers, _DIFFERENCES, note, Paint(_DIVERGING, scales, signed))
    caption = difference_caption(layers, baseline.name, many, open_told(runs.study))
    caption += written_otherwise([baseline, *(layer.look for layer in layers)])
    alt_text = difference_alt_text(layers, baseline.name)
    return Drawing(page, Caption("map_differences", _DIFFERENCES, caption, alt_text))


def draw_layers(layers: Sequence[Layer], title: str, note: str, paint: Paint) -> Page:
    """Heading, scales, names of regions, and a row of maps per scenario."""
    heading = Heading(title, note)
    several = len({layer.end for layer in layers}) > 1
    grids = [_Grid(layer, say_when=several) for layer in layers]
    regions = packed(_region_names(layers), WIDTH - 2 * MARGIN, SMALL)
    named = LINE * len(regions) + 0.1 if regions else 0.0
    page = Page(heading.height + _SCALE + named + sum(grid.height for grid in grids) + 0.05)
    heading.draw(page)
    for name, scale in paint.scales.items():
        _draw_scale(page, name, scale, heading.height, paint.colours)
    top = heading.height + _SCALE
    for place, line in enumerate(regions):
        page.write(MARGIN, top + LINE * (place + 0.5), line, fontsize=SMALL)
    top += named
    for grid in grids:
        grid.draw(page, top, paint)
        top += grid.height
    return page


def _region_names(layers: Sequence[Layer]) -> list[str]:
    """`Regions: 1 Seoul`, `2 Busan` ..., of the first scenario that has any."""
    regions = next((layer.regions for layer in layers if layer.has_regions), [])
    return [
        f"{'Regions: ' if place == 1 else ''}{place} {name}"
        for place, name in enumerate(regions, 1)
    ]


def _scale(layers: Sequence[Layer], indicator: str) -> Normalize:
    """One colour scale for all scenarios, over at least ten points of 0 to 100."""
    values = np.concatenate([layer.values[indicator] for layer in layers])
    low, high = float(values.min()), float(values.max())
    short = max(0.0, _NARROWEST - (high - low)) / 2
    low, high = low - short, high + short
    shift = max(0.0, -low) - max(0.0, high - 100.0)
    return Normalize(low + shift, high + shift)


def _around_zero(layers: Sequence[Layer], indicator: str) -> Normalize:
    """One colour scale for all scenarios, as far below zero as above, at least one point."""
    most = max(float(np.abs(layer.values[indicator]).max()) for layer in layers)
    most = max(most, _LEAST)
    return Normalize(-most, most)


class _Grid:
    """The three maps of one scenario under its label."""

    def __init__(self, layer: Layer, *, say_when: bool) -> None:
        self._layer = layer
        tiles = layer.tiles
        self._wide = min(_WIDEST, _COLUMN / (1 + max(tile.column for tile in tiles)))
        self._lines = _tile_names(layer, self._wide)
        texts = len(self._lines[0]) + 1
        self._numbered = self._wide >= _NUMBER_WIDTH
        self._tall = _TEXT_STEP * texts + 0.12 if self._numbered else 0.9 * self._wide
        text = layer.look.label + (f", {layer.end.removeprefix('the ')}" if say_when else "")
        self._heads = wrapped(text, WIDTH - 2 * MARGIN, TEXT + 1, bold=True)
        self._above = LINE * len(self._heads) + 0.14
        self._below = _EXTREMES if not self._numbered else 0.0
        rows = 1 + max(tile.row for tile in tiles)
        self.height = self._above + rows * self._tall + self._below + 0.2

    def draw(self, page: Page, top: float, paint: Paint) -> None:
        """Draws label and maps."""
        page.sheet.plot([MARGIN, WIDTH - MARGIN], [top] * 2, color="#cccccc", linewidth=0.8)
        for place, line in enumerate(self._heads):
            middle = top + 0.18 + LINE * place
            page.write(MARGIN, middle, line, fontsize=TEXT + 1, fontweight="bold")
        for name in paint.scales:
            corner = _left(name), top + self._above
            self._draw_tiles(page, corner, name, paint)
            if not self._numbered:
                below = top + self.height - 0.2 - self._below
                self._write_extremes(page, (_left(name), below), name, paint)

    def _draw_tiles(self, page: Page, corner: tuple[float, float], name: str, paint: Paint) -> None:
        values = self._layer.values[name]
        shades = paint.colours(paint.scales[name](values))
        corners = [self._point(corner, tile.column, tile.row) for tile in self._layer.tiles]
        boxes = [Rectangle(at, self._wide, self._tall) for at in corners]
        thick = 0.9 if self._numbered else 0.5
        page.sheet.add_collection(
            PatchCollection(boxes, facecolors=shades, edgecolors="white", linewidths=thick),
            autolim=False,
        )
        if self._layer.open:
            self._draw_rings(page, corners, self._layer.open[name])
        if self._layer.has_regions:
            self._draw_borders(page, corner)
            self._number_regions(page, corner)
        if self._numbered:
            for place, at in enumerate(corners):
                star = "*" if self._layer.tiles[place].name in self._layer.small else ""
                lines = [*self._lines[place], paint.told(float(values[place])) + star]
                self._write_tile(page, at, lines, _clearer_ink(shades[place]))

    def _draw_rings(
        self, page: Page, corners: Sequence[tuple[float, float]], unsettled: Marks
    ) -> None:
        """A ring where the question is open: beside the number, or in the middle of a tile."""
        aside = (0.075, self._tall - 0.15) if self._numbered else (self._wide / 2, self._tall / 2)
        chosen = [at for at, is_open in zip(corners, unsettled, strict=True) if is_open]
        if chosen:
            places = np.array(chosen) + aside
            page.sheet.plot(
                *places.T, "o", markersize=4.5, markerfacecolor="none", markeredgecolor=INK,
                markeredgewidth=0.8,
            )  # fmt: skip

    def _number_regions(self, page: Page, corner: tuple[float, float]) -> None:
        """Each region's number, on the tile nearest to its middle."""
        for place, region in enumerate(self._layer.regions, 1):
            own = np.array([(t.column, t.row) for t in self._layer.tiles if t.region == region])
            nearest = own[np.abs(own - own.mean(axis=0)).sum(axis=1).argmin()]
            left, top = self._point(corner, int(nearest[0]), int(nearest[1]))
            page.write(
                left + self._wide / 2, top + self._tall / 2, str(place), fontsize=SMALL,
                color=INK, ha="center", fontweight="bold", path_effects=[HALO],
            )  # fmt: skip

    def _write_extremes(self, page: Page, at: tuple[float, float], name: str, paint: Paint) -> None:
        """The highest and the lowest local government, where tiles are too small for numbers."""
        values = self._layer.values[name]
        for line, (word, place) in enumerate(
            (("highest", int(values.argmax())), ("lowest", int(values.argmin())))
        ):
            tile = self._layer.tiles[place]
            star = "*" if tile.name in self._layer.small else ""
            text = f"{word} {paint.told(float(values[place]))}{star}, {tile.name}"
            text = wrapped(text, _COLUMN, SMALL)[0]
            page.write(at[0], at[1] + 0.08 + LINE * (line + 0.5), text, fontsize=SMALL)

    def _draw_borders(self, page: Page, corner: tuple[float, float]) -> None:
        """Outlines of regions, dark on a white ground so that they show on every colour."""
        regions = {(tile.column, tile.row): tile.region for tile in self._layer.tiles}
        lines = [
            [self._point(corner, column + across, row + down) for across, down in ends]
            for (column, row), region in regions.items()
            for (right, below), ends in _SIDES.items()
            if regions.get((column + right, row + below)) != region
        ]
        for colour, thick in (("white", 2.8), (INK, 1.2)):
            page.sheet.add_collection(
                LineCollection(lines, colors=colour, linewidths=thick, capstyle="projecting"),
                autolim=False,
            )

    def _write_tile(
        self, page: Page, at: tuple[float, float], lines: Sequence[str], colour: str
    ) -> None:
        """Names, where they fit, and below them the number."""
        middle = at[1] + self._tall / 2 - _TEXT_STEP * (len(lines) - 1) / 2
        for place, line in enumerate(lines):
            last = place == len(lines) - 1
            page.write(
                at[0] + self._wide / 2, middle + _TEXT_STEP * place, line,
                fontsize=SMALL if last else _NAME_SIZE,
                fontweight="bold" if last else "normal", color=colour, ha="center",
            )  # fmt: skip

    def _point(self, corner: tuple[float, float], column: int, row: int) -> tuple[float, float]:
        return corner[0] + column * self._wide, corner[1] + row * self._tall


def _tile_names(layer: Layer, wide: float) -> list[list[str]]:
    """What names go into each tile: none unless all fit; native ones if a font has them."""
    if any(width(tile.name, _NAME_SIZE) > wide - 0.03 for tile in layer.tiles):
        return [[] for _ in layer.tiles]
    natives = [short_native_name(tile.native_name) for tile in layer.tiles]
    if layer.has_native_names and can_write("".join(natives)):
        return [[tile.name, native] for tile, native in zip(layer.tiles, natives, strict=True)]
    return [[tile.name] for tile in layer.tiles]


def _clearer_ink(shade: Numbers) -> str:
    """Black or white, whichever has more contrast by the rules for web pages."""
    parts = np.asarray(shade[:3])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return "black" if luminance > 0.179 else "white"


def _left(indicator: str) -> float:
    return MARGIN + INDICATORS.index(indicator) * (_COLUMN + _GAP)


def _draw_scale(page: Page, name: str, scale: Normalize, top: float, colours: Colormap) -> None:
    """Name of an indicator over its colours and their values."""
    left = _left(name)
    page.write(
        left,
        top + 0.14,
        f"{title_of(name)}, {short_unit(name)}",
        fontsize=TEXT + 1,
        fontweight="bold",
    )
    axes = page.axes(left, top + 0.29, _COLUMN, 0.12)
    low, high = float(scale.vmin or 0.0), float(scale.vmax or 0.0)
    ramp = np.linspace(0.0, 1.0, 256)[None, :]
    axes.imshow(ramp, cmap=colours, aspect="auto", extent=(low, high, 0.0, 1.0))
    axes.yaxis.set_visible(False)
    axes.set_frame_on(False)
    axes.tick_params(axis="x", length=2.5, pad=2)
    axes.xaxis.set_major_locator(FixedLocator(_ticks(low, high)))
    axes.xaxis.set_major_formatter("{x:g}")


def _ticks(low: float, high: float) -> list[float]:
    """Round values whose labels stay within the column."""
    found = np.round(MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high), 10).tolist()
    room = [_COLUMN * (tick - low) / (high - low) for tick in found]
    half = [width(f"{tick:g}", SMALL) / 2 for tick in found]
    return [
        tick
        for tick, at, wide in zip(found, room, half, strict=True)
        if at >= 0 and at - wide >= -_GAP / 3 and at <= _COLUMN and at + wide <= _COLUMN + _GAP / 3
    ]


def _note(counted: str, ends: Sequence[str], layers: Sequence[Layer]) -> str:
    end = ends[0] if len(ends) == 1 else "the end of each scenario"
    return (
        f"Each tile is a local government. Mean of {counted}, at {end}; indices from 0 to 100, not "
        "per cent; yellow is high and better. One colour scale per column, the same for all "
        f"scenarios.{_marks(layers)}"
    )


def _marks(layers: Sequence[Layer]) -> str:
    """What stars and dark lines mean, where there are any."""
    text = ""
    if any(layer.has_regions for layer in layers):
        text += " Dark lines: borders of regions."
    if any(layer.small for layer in layers):
        text += f" *: under {ENOUGH} simulated residents, mostly luck."
    return text
