"""A place of one's own: a CSV file with a line for each local government.

`name`, `population` and `self_reliance` are needed; `native_name`, `region`, `column` and `row` (the
tile on the map) may be left out, and so may the levels (`LEVELS`): where a place differs from others.
Other columns, such as a year or a source, are for people.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from sim.errors import UserMistake

_ENDING = ".csv"
_NEEDED = ("name", "population", "self_reliance")
_TILE = ("column", "row")
LEVELS: Mapping[str, tuple[float, float]] = {
    "youth_share": (0.0, 1.0),
    "informatisation_budget": (0.001, 1e9),
    "status": (-3.0, 3.0),
    "skill": (0.01, 0.99),
    "access": (0.01, 0.99),
    "trust": (0.01, 0.99),
    "capacity": (0.02, 0.98),
}
"""What a file may say of the level of its places, with the lowest and the highest value.

Share of youth; money per resident and year for informatisation; mean status (z-score); skill, access
and trust of the typical resident (shares); administrative capacity (share). Only how places differ
is taken: the mean stays that of the parameters."""
_NEAR = 0.75
_LARGEST = 1_000_000
_FEWEST, _MOST = 2, 500
_LONGEST_NAME = 80
_HIGHEST_TILE = 999
_MOST_PEOPLE = 2_000_000_000


class UnknownPlace(UserMistake):
    """Raised when a scenario names a place that does not exist; its text lists those that do."""


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """One local government at the start: its people, its money and its tile on the map.

    `self_reliance` is the share of the general account covered by own revenue (0 to 1). `column`
    and `row` count from the top left; no other local government of the place has the same pair.
    What follows is as `LEVELS` has it, and None where nothing is known.
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
    access: float | None = None
    trust: float | None = None
    capacity: float | None = None


def is_file(name: str) -> bool:
    """Whether a place is a file of one's own."""
    return name.lower().endswith(_ENDING)


def read_place(name: str) -> tuple[LocalPlace, ...]:
    """The local governments of a file; raises `UnknownPlace` with its first wrong line."""
    return _parsed(name, _bytes(name))


def place_digest(name: str) -> str:
    """What a file holds, as a digest: results of two versions of it are never mixed."""
    return hashlib.sha256(_bytes(name).replace(b"\r\n", b"\n")).hexdigest()[:16]


def _bytes(name: str) -> bytes:
    path = Path(name)
    try:
        if not path.is_file():
            raise UnknownPlace(f"there is no file '{name}'")
        if path.stat().st_size > _LARGEST:
            raise UnknownPlace(f"{name}: is larger than {_LARGEST:,} bytes")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, UnknownPlace):
            raise
        raise UnknownPlace(f"{name}: cannot be read") from None


@lru_cache(maxsize=16)
def _parsed(name: str, data: bytes) -> tuple[LocalPlace, ...]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnknownPlace(f"{name}: is not UTF-8 text") from None
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(_rows(name, table))
    except csv.Error as error:
        raise UnknownPlace(f"{name}:{table.line_num}: {error}") from None
    _refuse_wrong_whole(name, rows)
    columns = math.isqrt(max(0, len(rows) - 1)) + 1
    return tuple(row.place(at, columns) for at, row in enumerate(rows))


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file; without a tile, governments fill a square in the order of the file."""

    line: int
    name: str
    native_name: str
    region: str
    population: int
    self_reliance: float
    tile: tuple[int, int] | None
    levels: Mapping[str, float]

    def place(self, at: int, columns: int) -> LocalPlace:
        column, row = self.tile or (at % columns, at // columns)
        return LocalPlace(
            self.name, self.native_name, self.region, self.population, self.self_reliance,
            column=column, row=row, **self.levels,
        )  # fmt: skip


def _rows(name: str, table: csv.DictReader[str]) -> Iterator[_Row]:
    fields = table.fieldnames or ()
    lacking = [field for field in _NEEDED if field not in fields]
    if lacking:
        raise UnknownPlace(f"{name}:1: needs columns {', '.join(_NEEDED)}; lacks {lacking[0]}")
    if len(set(fields)) < len(fields):
        raise UnknownPlace(f"{name}:1: a column is there twice")
    tiles = [field for field in _TILE if field in fields]
    if len(tiles) == 1:
        raise UnknownPlace(f"{name}:1: column and row go together; give both or neither")
    _refuse_misspelt(name, fields)
    given = [field for field in LEVELS if field in fields]
    for row in table:
        where = f"{name}:{table.line_num}"
        if None in row or None in row.values():
            raise UnknownPlace(f"{where}: has another number of fields than line 1")
        called = row["name"].strip()
        if not called.isprintable() or not 0 < len(called) <= _LONGEST_NAME:
            raise UnknownPlace(f"{where}: name: one to {_LONGEST_NAME} plain characters")
        yield _Row(
            table.line_num,
            called,
            row.get("native_name", "").strip() or called,
            row.get("region", "").strip() or called,
            int(_number(where, row, "population", 1, _MOST_PEOPLE, whole=True)),
            _number(where, row, "self_reliance", 0.01, 1.0),
            _tile(where, row) if tiles else None,
            {level: _number(where, row, level, *LEVELS[level]) for level in given},
        )


def _refuse_misspelt(name: str, fields: Sequence[str]) -> None:
    """Other columns are for people, but for those that look like a level that nobody would read."""
    for field in fields:
        near = get_close_matches(field.strip().casefold(), LEVELS, n=1, cutoff=_NEAR)
        if near and field not in LEVELS:
            raise UnknownPlace(f"{name}:1: column {field[:40]!r}: did you mean {near[0]!r}?")


def _tile(where: str, row: dict[str, str]) -> tuple[int, int]:
    column, line = (int(_number(where, row, key, 0, _HIGHEST_TILE, whole=True)) for key in _TILE)
    return column, line


def _number(
    where: str, row: dict[str, str], key: str, low: float, high: float, *, whole: bool = False
) -> float:
    text = row[key].strip()
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise UnknownPlace(f"{where}: {key}: {kind} from {low:g} to {high:g}, not {text[:40]!r}")
    return value


def _refuse_wrong_whole(name: str, rows: list[_Row]) -> None:
    if not _FEWEST <= len(rows) <= _MOST:
        raise UnknownPlace(f"{name}: has {len(rows)} local governments; {_FEWEST} to {_MOST}")
    names: dict[str, int] = {}
    tiles: dict[tuple[int, int], int] = {}
    for row in rows:
        if row.name in ("all", "local", "central"):
            raise UnknownPlace(f"{name}:{row.line}: {row.name!r} is a word of scenario files")
        if row.name in names:
            raise UnknownPlace(f"{name}:{row.line}: {row.name!r} is in line {names[row.name]} too")
        if row.tile is not None and row.tile in tiles:
            raise UnknownPlace(f"{name}:{row.line}: its tile is that of line {tiles[row.tile]}")
        names[row.name] = row.line
        if row.tile is not None:
            tiles[row.tile] = row.line
