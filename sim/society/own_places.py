"""A place of one's own: a CSV file with a line for each local government.

`name` and `population` are needed; the other columns of `sim.society.place_columns` may be left
out, whole or in single cells. What is left out is drawn, or a declared default. Columns that nobody
reads are told of. How a given level meets the scenario's parameter: `baseline_trust` and `capacity`
give the parameter of their name its value, the mean over residents, and places differ as the file
has it; where the scenario gives that parameter a value itself, this value is the mean, and the file
says only how places differ. Of other columns `sim.society.place_columns` says whether the mean
counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.errors import UserMistake
from sim.society import cells
from sim.society.place_columns import ALIASES, COLUMNS, LEVELS, NEEDED
from sim.society.sheets import Row, Sheet, is_sheet, read_sheet, sheet_bytes, sheet_digest
from sim.text import short

FEWEST, MOST = 2, 500
_TILE = ("column", "row")
_WORDS = ("all", "local", "central")
_MEANS = {"baseline_trust": (0.1, 0.9), "capacity": (0.05, 0.95)}
"""Between which values the mean of a column has to be: the range of the parameter that it sets."""
is_file = is_sheet
place_digest = sheet_digest


class UnknownPlace(UserMistake):
    """Raised for a place that does not exist or a file that is wrong; one line per mistake."""


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """One local government at the start: its people, its money and its tile on the map.

    `self_reliance` is the share of revenue that is its own (0 to 1). `column` and `row` count from
    the top left; no other local government of the place has the same pair. What follows is as the
    columns of that name have it, and None where nothing is known.
    """

    name: str
    native_name: str
    region: str
    population: int
    self_reliance: float
    column: int
    row: int
    youth_share: float | None = None
    informatisation_budget: float | None = None
    status: float | None = None
    skill: float | None = None
    internet_users: float | None = None
    baseline_trust: float | None = None
    capacity: float | None = None
    online_supply: float | None = None
    revenue_per_citizen: float | None = None
    year: int | None = None


@dataclass(frozen=True)
class PlaceFile:
    """What the file of a place says.

    `given` has how many places each column of figures is known for, and `extra` the columns that
    nobody reads. `self_reliance` of `rows` is nan where the file does not say it.
    """

    name: str
    rows: tuple[LocalPlace, ...]
    given: Mapping[str, int]
    extra: tuple[str, ...]
    sources: tuple[str, ...]
    years: tuple[int, ...]

    def means(self) -> dict[str, float]:
        """Parameters that the file gives a value to: the mean over residents of what it gives."""
        found = {}
        for column in (column for column in COLUMNS.values() if column.sets):
            mean = mean_of(self.rows, column.name)
            if mean is not None:
                found[column.sets] = mean
        return found


def read_place(name: str) -> tuple[LocalPlace, ...]:
    """The local governments of a file, own revenue as is typical where the file lacks it."""
    return with_own_revenue(read_place_file(name).rows, None)


def read_place_file(name: str) -> PlaceFile:
    """What a file says of a place; raises `UnknownPlace` with every mistake, a line each."""
    return _parsed(name, sheet_bytes(name, UnknownPlace))


def mean_of(rows: Sequence[LocalPlace], column: str) -> float | None:
    """The mean over residents of a level, where it is given; of trust that of its log-odds."""
    read: list[tuple[float | None, int]] = [(getattr(row, column), row.population) for row in rows]
    known = [(value, people) for value, people in read if value is not None]
    if not known:
        return None
    people = sum(count for _, count in known)
    if column == "baseline_trust":
        odds = sum(math.log(value / (1.0 - value)) * count for value, count in known) / people
        return round(1.0 / (1.0 + math.exp(-odds)), 12)
    return round(sum(value * count for value, count in known) / people, 12)


@lru_cache(maxsize=16)
def _parsed(name: str, data: bytes) -> PlaceFile:
    sheet = _sheet(name, data)
    rows = [_row(sheet, row) for row in sheet.rows]
    _check_names(sheet, rows)
    _check_tiles(sheet, rows)
    found = len(rows) + sheet.lost
    if found and not FEWEST <= found <= MOST and set(NEEDED) <= sheet.columns.keys():
        count = f"has {found} local government{'' if found == 1 else 's'}"
        one = "; list the districts of a single one, or others beside it" if found == 1 else ""
        sheet.wrong(0, None, f"{count}; {FEWEST} to {MOST} are allowed{one}")
    places = [_local_place(row, at, len(rows)) for at, row in enumerate(rows)]
    for column, (low, high) in _MEANS.items():
        mean = mean_of(places, column)
        if mean is not None and not low <= mean <= high:
            text = f"the mean over residents is {mean:.3g}, outside {low:g} to {high:g}"
            sheet.wrong(sheet.header_line, column, f"{text} ({COLUMNS[column].sets})")
    sheet.refuse(UnknownPlace)
    given = {c: sum(row.values[c] is not None for row in rows) for c in LEVELS}
    years = sorted({int(year) for row in rows if (year := row.values["year"]) is not None})
    return PlaceFile(
        name, tuple(places), {c: n for c, n in given.items() if n}, tuple(sheet.extra),
        tuple(dict.fromkeys(row.texts["source"] for row in rows if row.texts["source"])),
        tuple(years),
    )  # fmt: skip


def _sheet(name: str, data: bytes) -> Sheet:
    try:
        sheet = read_sheet(name, data, tuple(COLUMNS), aliases=ALIASES, needed=NEEDED)
    except UserMistake as error:
        raise UnknownPlace(str(error)) from None
    tiles = [column for column in _TILE if column in sheet.columns and sheet.is_given(column)]
    if len(tiles) == 1:
        sheet.wrong(sheet.header_line, tiles[0], "column and row go together; give both or neither")
    return sheet


@dataclass(frozen=True, slots=True)
class _Read:
    """A line of the file: its texts and numbers by column."""

    line: int
    texts: Mapping[str, str]
    values: Mapping[str, float | None]

    @property
    def tile(self) -> tuple[int, int] | None:
        column, row = (self.values[key] for key in _TILE)
        return None if column is None or row is None else (int(column), int(row))


def _row(sheet: Sheet, row: Row) -> _Read:
    texts: dict[str, str] = {}
    values: dict[str, float | None] = {}
    for name, column in COLUMNS.items():
        if column.kind == "text":
            texts[name] = cells.text(sheet, row, name, longest=int(column.high))
        else:
            values[name] = cells.number(
                sheet, row, name, column.low, column.high, unit=column.unit,
                whole=column.kind == "whole", is_share=column.kind == "share",
            )  # fmt: skip
    for name in NEEDED:
        if name in sheet.columns and not row.cells.get(name):
            sheet.wrong(row.line, name, "is empty, and needed for every local government")
    if sheet.is_given("column") and sheet.is_given("row"):
        for name in _TILE:
            if not row.cells.get(name):
                sheet.wrong(row.line, name, "is empty; give every place a tile, or none")
    return _Read(row.line, texts, values)


def _check_names(sheet: Sheet, rows: Sequence[_Read]) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        name = row.texts["name"]
        if name.casefold() in _WORDS:
            sheet.wrong(row.line, "name", f"{name!r} is a word of scenario files; another name")
        elif name and name in lines:
            sheet.wrong(row.line, "name", f"'{short(name)}' is in line {lines[name]} too")
        lines.setdefault(name, row.line)


def _check_tiles(sheet: Sheet, rows: Sequence[_Read]) -> None:
    lines: dict[tuple[int, int], int] = {}
    for row in rows:
        if row.tile is not None and row.tile in lines:
            sheet.wrong(row.line, "column", f"its tile is that of line {lines[row.tile]}")
        if row.tile is not None:
            lines.setdefault(row.tile, row.line)


def _local_place(row: _Read, at: int, count: int) -> LocalPlace:
    """Without a tile, governments fill a square in the order of the file."""
    columns = math.isqrt(max(0, count - 1)) + 1
    column, line = row.tile or (at % columns, at // columns)
    own, year = row.values["own_revenue_share"], row.values["year"]
    levels = {name: row.values[name] for name in LEVELS if name != "own_revenue_share"}
    name = row.texts["name"]
    return LocalPlace(
        name, row.texts["native_name"] or name, row.texts["region"] or name,
        int(row.values["population"] or 1), math.nan if own is None else own, column, line,
        year=None if year is None else int(year), **levels,
    )  # fmt: skip


# Fitted to the 226 basic local governments in data/korea_basic.csv, of self-reliance in percent. Its
# observed correlation with log population is 0.68. Self-reliance is lognormal, so the normals
# behind the draw correlate more: 0.68 * sqrt(exp(0.56**2) - 1) / 0.56.
LOG_SELF_RELIANCE_MEAN, LOG_SELF_RELIANCE_SD = 2.82, 0.56
LATENT_CORRELATION = 0.737
SELF_RELIANCE_RANGE = (0.03, 0.95)


def with_own_revenue(
    rows: Sequence[LocalPlace], luck: NDArray[np.float64] | None
) -> tuple[LocalPlace, ...]:
    """The places with own revenue drawn where it is not known.

    It goes with size as among Korea's 226 basic local governments, size told against the places of
    the file; `luck` are independent standard normals of shape (places,), nothing but zeros if
    missing. The mean is that of what is known, Korea's where nothing is.
    """
    if not any(math.isnan(row.self_reliance) for row in rows):
        return tuple(rows)
    size = np.log([row.population for row in rows])
    spread = float(size.std())
    scores = (size - size.mean()) / spread if spread > 1e-12 else np.zeros(len(rows))
    known = [math.log(100.0 * r.self_reliance) for r in rows if not math.isnan(r.self_reliance)]
    mean = sum(known) / len(known) if known else LOG_SELF_RELIANCE_MEAN
    rest = math.sqrt(1.0 - LATENT_CORRELATION**2)
    drawn = np.zeros(len(rows)) if luck is None else luck
    own = LATENT_CORRELATION * scores + rest * drawn
    return tuple(
        replace(row, self_reliance=own_revenue(mean, float(score)))
        if math.isnan(row.self_reliance)
        else row
        for row, score in zip(rows, own, strict=True)
    )


def own_revenue(mean: float, score: float) -> float:
    """Own revenue as a share, from the mean log per cent and a standard normal score."""
    share = math.exp(mean + LOG_SELF_RELIANCE_SD * score) / 100.0
    lowest, highest = SELF_RELIANCE_RANGE
    return round(min(max(share, lowest), highest), 4)
