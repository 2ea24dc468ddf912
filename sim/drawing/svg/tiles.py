"""Tile maps: one tile per place, coloured by a value, with name and number where they fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from sim.drawing.colours import ink_on, shade
from sim.drawing.svg import marks
from sim.drawing.svg.marks import INK, picture, tag, words
from sim.text import one_line

_WIDE, _TALL = 68.0, 48.0
_SMALL = 15.0
_MOST_NAMED = 40
"""More tiles than this carry no text: it would not fit."""
_NAME, _NUMBER = 10.5, 14.0


@dataclass(frozen=True)
class Tile:
    """A place on the map: its name, its name in its own script, and its region."""

    column: int
    row: int
    name: str
    native: str = ""
    region: str = ""


class Placed(Protocol):
    """A local government as places declare it."""

    @property
    def column(self) -> int:
        """Its column on the map."""

    @property
    def row(self) -> int:
        """Its row on the map."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def native_name(self) -> str:
        """Its name in its own script."""

    @property
    def region(self) -> str:
        """The region that it belongs to."""


def tiles_of(places: Iterable[Placed]) -> list[Tile]:
    """The tiles of local governments, in their order."""
    return [
        Tile(place.column, place.row, one_line(place.name), one_line(_short(place.native_name)),
             place.region)
        for place in places
    ]  # fmt: skip


def _short(name: str) -> str:
    """The two syllables by which a Korean region is called; other names as they are."""
    is_korean = name and all("가" <= letter <= "힣" for letter in name)
    if not is_korean:
        return name
    if len(name) == 4 and name[2:] in ("남도", "북도"):
        return name[0] + name[2]
    return name[:2] if name.endswith(("특별시", "광역시", "자치시", "자치도", "도")) else name


@dataclass(frozen=True)
class Colouring:
    """How values become colours and numbers: from `low` to `high` along `stops`."""

    stops: Sequence[str]
    low: float
    high: float
    told: Callable[[float], str]

    def __call__(self, value: float) -> str:
        """The colour of a value; white where it is not known."""
        if not math.isfinite(value):
            return "#ffffff"
        width = self.high - self.low
        return shade(self.stops, (value - self.low) / width if width > 0 else 0.5)


def tile_map(
    tiles: Sequence[Tile],
    values: Sequence[float],
    colouring: Colouring,
    *,
    title: str,
    description: str,
    ringed: Sequence[bool] = (),
    ident: str = "",
) -> str:
    """A map; a ring marks tiles whose value is open."""
    named = len(tiles) <= _MOST_NAMED
    wide, tall = (_WIDE, _TALL) if named else (_SMALL, _SMALL)
    size = (
        wide * (1 + max(tile.column for tile in tiles)),
        tall * (1 + max(tile.row for tile in tiles)),
    )
    draw = _named if named else _plain
    parts = [
        draw(tile, value, colouring, bool(ringed) and ringed[place])
        for place, (tile, value) in enumerate(zip(tiles, values, strict=True))
    ]
    borders = "" if named else _borders(tiles)
    return picture(size, title, description, *parts, borders, class_="map", data_map=ident)


def scale_bar(colouring: Colouring, *, title: str) -> str:
    """The colours of a map with the values at their ends and middle."""
    wide = 220.0
    count = 44
    parts = []
    for place in range(count):
        part = (place + 0.5) / count
        parts.append(tag("rect", x=place * wide / count, y=0.0, width=wide / count + 0.4,
                         height=12.0, fill=shade(colouring.stops, part)))  # fmt: skip
    for part, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        value = colouring.low + part * (colouring.high - colouring.low)
        parts.append(words(part * wide, 27.0, colouring.told(value), text_anchor=anchor))
    return picture((wide, 30.0), title, "", *parts, class_="scale")


def _named(tile: Tile, value: float, colouring: Colouring, ring: bool) -> str:
    colour = colouring(value)
    left, top = tile.column * _WIDE, tile.row * _TALL
    middle = left + _WIDE / 2
    texts = [marks.clipped(tile.name, _WIDE - 3, _NAME)]
    if tile.native and tile.native != tile.name:
        texts.append(marks.clipped(tile.native, _WIDE - 3, _NAME))
    first = top + (14.0 if len(texts) > 1 else 18.0)
    parts = [
        words(middle, first + 12.0 * place, text, font_size=_NAME)
        for place, text in enumerate(texts)
    ]
    parts.append(words(middle, top + _TALL - 7.0, colouring.told(value), font_size=_NUMBER,
                       font_weight="bold", class_="value"))  # fmt: skip
    circle = tag("circle", cx=left + _WIDE - 7, cy=top + _TALL - 11, r=3.2, fill="none",
                 stroke=ink_on(colour)) if ring else ""  # fmt: skip
    box = tag("rect", x=left + 1, y=top + 1, width=_WIDE - 2, height=_TALL - 2, fill=colour,
              stroke="#777", stroke_width=0.5)  # fmt: skip
    return tag("g", _hint(tile, value, colouring), box, *parts, circle, text_anchor="middle",
               fill=ink_on(colour), class_="tile")  # fmt: skip


def _plain(tile: Tile, value: float, colouring: Colouring, ring: bool) -> str:
    left, top = tile.column * _SMALL, tile.row * _SMALL
    colour = colouring(value)
    box = tag("rect", x=left, y=top, width=_SMALL, height=_SMALL, fill=colour, stroke="#fff",
              stroke_width=0.5)  # fmt: skip
    circle = tag("circle", cx=left + _SMALL / 2, cy=top + _SMALL / 2, r=2.4, fill="none",
                 stroke=ink_on(colour)) if ring else ""  # fmt: skip
    return tag("g", _hint(tile, value, colouring), box, circle, class_="tile")


def _hint(tile: Tile, value: float, colouring: Colouring) -> str:
    native = f" ({tile.native})" if tile.native and tile.native != tile.name else ""
    return tag("title", escape(f"{tile.name}{native}: {colouring.told(value)}", quote=False))


def _borders(tiles: Sequence[Tile]) -> str:
    """Lines between tiles of different regions."""
    regions = {(tile.column, tile.row): tile.region for tile in tiles}
    lines = []
    for (column, row), region in regions.items():
        x, y = (column + 1) * _SMALL, (row + 1) * _SMALL
        if regions.get((column + 1, row), region) != region:
            lines.append(marks.line(x, y - _SMALL, x, y))
        if regions.get((column, row + 1), region) != region:
            lines.append(marks.line(x - _SMALL, y, x, y))
    return tag("g", *lines, stroke=INK, stroke_width=1.4)
