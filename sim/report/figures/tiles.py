"""Tile maps: one tile per local government, one map per scenario and indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from sim.experiments.run import Runs
from sim.report.figures.fonts import can_write, width, wrapped
from sim.report.figures.layers import (
    INDICATORS,
    Layer,
    Numbers,
    find_layers,
    map_alt_text,
    map_caption,
    short_native_name,
)
from sim.report.figures.looks import written_otherwise
from sim.report.figures.page import (
    INK,
    LINE,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Drawing,
    Figure,
    Heading,
    Page,
)
from sim.report.figures.words import number, replicate_counts, replicates

_TITLE = "Local governments"
_COLOURS = colormaps["viridis"]
_GAP = 0.12
_COLUMN = (WIDTH - 2 * MARGIN - 2 * _GAP) / 3
_SCALE = 0.62
_WIDEST = 0.85
_NUMBER_WIDTH = 0.36
_TEXT_STEP = 0.165
_NARROWEST = 10.0
_SIDES = {
    (1, 0): ((1, 0), (1, 1)), (-1, 0): ((0, 0), (0, 1)),
    (0, 1): ((0, 1), (1, 1)), (0, -1): ((0, 0), (1, 0)),
}  # fmt: skip


def draw_map(runs: Runs) -> Drawing | None:
    """Tile maps of the last year; None if nothing is known about local governments."""
    layers = find_layers(runs)
    if not layers:
        return None
    counted = replicates(replicate_counts(runs.local))
    ends = list(dict.fromkeys(layer.end for layer in layers))
    heading = Heading(_TITLE, _note(counted, ends, any(layer.has_regions for layer in layers)))
    grids = [_Grid(layer, say_when=len(ends) > 1) for layer in layers]
    page = Page(heading.height + _SCALE + sum(grid.height for grid in grids) + 0.05)
    heading.draw(page)
    scales = {name: _scale(layers, name) for name in INDICATORS}
    for name, scale in scales.items():
        _draw_scale(page, name, scale, heading.height)
    top = heading.height + _SCALE
    for grid in grids:
        grid.draw(page, top, scales)
        top += grid.height
    caption = map_caption(layers, counted) + written_otherwise([layer.look for layer in layers])
    return Drawing(page, Figure("map", _TITLE, caption, map_alt_text(layers)))


def _scale(layers: Sequence[Layer], indicator: str) -> Normalize:
    """One colour scale for all scenarios, over at least ten points of 0 to 100."""
    values = np.concatenate([layer.values[indicator] for layer in layers])
    low, high = float(values.min()), float(values.max())
    short = max(0.0, _NARROWEST - (high - low)) / 2
    low, high = low - short, high + short
    shift = max(0.0, -low) - max(0.0, high - 100.0)
    return Normalize(low + shift, high + shift)


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
        self._above = LINE * len(self._heads) + 0.12
        self.height = self._above + (1 + max(tile.row for tile in tiles)) * self._tall + 0.2

    def draw(self, page: Page, top: float, scales: Mapping[str, Normalize]) -> None:
        """Draws label and maps."""
        page.sheet.plot([MARGIN, WIDTH - MARGIN], [top] * 2, color="#cccccc", linewidth=0.8)
        for place, line in enumerate(self._heads):
            middle = top + 0.16 + LINE * place
            page.write(MARGIN, middle, line, fontsize=TEXT + 1, fontweight="bold")
        for name, scale in scales.items():
            corner = _left(name), top + self._above
            self._draw_tiles(page, corner, self._layer.values[name], scale)

    def _draw_tiles(
        self, page: Page, corner: tuple[float, float], values: Numbers, scale: Normalize
    ) -> None:
        shades = _COLOURS(scale(values))
        corners = [self._point(corner, tile.column, tile.row) for tile in self._layer.tiles]
        boxes = [Rectangle(at, self._wide, self._tall) for at in corners]
        thick = 0.9 if self._numbered else 0.5
        page.sheet.add_collection(
            PatchCollection(boxes, facecolors=shades, edgecolors="white", linewidths=thick),
            autolim=False,
        )
        if self._layer.has_regions:
            self._draw_borders(page, corner)
        if self._numbered:
            for place, at in enumerate(corners):
                lines = [*self._lines[place], number(values[place])]
                self._write_tile(page, at, lines, _clearer_ink(shades[place]))

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
                at[0] + self._wide / 2, middle + _TEXT_STEP * place, line, fontsize=SMALL,
                fontweight="bold" if last else "normal", color=colour, ha="center",
            )  # fmt: skip

    def _point(self, corner: tuple[float, float], column: int, row: int) -> tuple[float, float]:
        return corner[0] + column * self._wide, corner[1] + row * self._tall


def _tile_names(layer: Layer, wide: float) -> list[list[str]]:
    """What names go into each tile: none unless all fit; native ones if a font has them."""
    if any(width(tile.name, SMALL) > wide - 0.03 for tile in layer.tiles):
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


def _draw_scale(page: Page, name: str, scale: Normalize, top: float) -> None:
    """Name of an indicator over its colours and their values."""
    left = _left(name)
    page.write(left, top + 0.12, name.capitalize(), fontsize=TEXT + 1, fontweight="bold")
    axes = page.axes(left, top + 0.25, _COLUMN, 0.1)
    low, high = float(scale.vmin or 0.0), float(scale.vmax or 0.0)
    ramp = np.linspace(0.0, 1.0, 256)[None, :]
    axes.imshow(ramp, cmap=_COLOURS, aspect="auto", extent=(low, high, 0.0, 1.0))
    axes.yaxis.set_visible(False)
    axes.set_frame_on(False)
    axes.tick_params(axis="x", length=2.5, pad=2)


def _note(counted: str, ends: Sequence[str], regions: bool) -> str:
    end = ends[0] if len(ends) == 1 else "the end of each scenario"
    borders = " Dark lines: borders of regions." if regions else ""
    return (
        f"Each tile is a local government. Mean of {counted}, at {end}; 0 to 100, yellow is high "
        "and better. One colour scale per column, the same for all scenarios."
        f"{borders}"
    )
