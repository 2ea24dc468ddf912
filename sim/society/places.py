"""Where a scenario takes place: the real local governments of Korea, or drawn ones.

Four kinds of place exist. `korea` and `korea:basic` are lists of real governments. `synthetic`
draws its local governments from lognormal distributions fitted to Korea's 226 basic ones.
`europe:EST` and its neighbours draw them in the same way and add the share of internet users
observed in that country, and what is known of its trust and services. `regions.csv` is a file of
one's own (`sim.society.own_places`); the Korean places are files of that form.
`data/SOURCES.md` names the sources.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.society.own_places import (
    LATENT_CORRELATION,
    LOG_SELF_RELIANCE_MEAN,
    LocalPlace,
    PlaceFile,
    UnknownPlace,
    is_file,
    own_revenue,
    read_place_file,
    with_own_revenue,
)

__all__ = [
    "CountryLevels",
    "LocalPlace",
    "Place",
    "UnknownPlace",
    "check_place",
    "country_levels",
    "european_mean",
    "file_of",
    "find_place",
    "internet_users_of",
    "is_drawn",
    "lacks_own_revenue",
    "local_government_names",
    "luck_agents",
    "parameters_of",
    "place_names",
    "shipped_place_files",
    "synthetic_governments",
]

DATA: Final = Path(__file__).with_name("data")
KOREAN_TIERS: Final = {"korea": "korea.csv", "korea:basic": "korea_basic.csv"}
_TO_COPY: Final = {"europe_as_places": "europe_as_places.csv"}
SYNTHETIC: Final = "synthetic"
EUROPE: Final = "europe:"

# Fitted to the 226 basic local governments in data/korea_basic.csv, as is `own_revenue`.
LOG_POPULATION_MEAN: Final = 11.74
LOG_POPULATION_SD: Final = 1.09
AGENTS_PER_PLACE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Place:
    """A country to simulate: its local governments and, where observed, its internet users.

    `internet_users` holds (year, share of individuals aged 16 to 74 who used the internet in the
    last 3 months), in order of the years; some countries miss some years. None means that nothing
    was observed and the logistic curve applies.
    """

    name: str
    local_governments: tuple[LocalPlace, ...]
    internet_users: tuple[tuple[int, float], ...] | None


def place_names() -> tuple[str, ...]:
    """Every place a scenario may name, the Korean ones first."""
    return (*KOREAN_TIERS, SYNTHETIC, *(EUROPE + code for code in _countries()))


def check_place(name: str) -> None:
    """Raise UnknownPlace unless the place exists; needs no luck, unlike `find_place`."""
    if is_file(name):
        read_place_file(name)
    elif name not in place_names():
        raise UnknownPlace(_unknown(name))


def nearest_tiles(place: Place) -> NDArray[np.int64]:
    """Row of the nearest other local government on the tile map, for each; ties go to the larger."""
    return np.array(_nearest(place.local_governments), dtype=np.int64)


@lru_cache(maxsize=16)
def _nearest(tiles: tuple[LocalPlace, ...]) -> tuple[int, ...]:
    nearest = []
    for here in tiles:
        far = [
            (abs(here.column - there.column) + abs(here.row - there.row), -there.population, row)
            for row, there in enumerate(tiles)
            if there is not here
        ]
        nearest.append(min(far)[2] if far else 0)
    return tuple(nearest)


def find_place(name: str, *, count: int = 17, normals: NDArray[np.float64] | None = None) -> Place:
    """Look up a place by the name that a scenario gives it.

    `count` (how many local governments) and `normals` (independent standard normals of shape
    (local governments, 2), from the keyed luck) are read where governments are drawn, see
    `is_drawn`. Of a file that lacks own revenue the second of the two draws it; without normals of
    its shape it is as is typical of the place's size.

    Raises UnknownPlace for a name that does not exist, ValueError for missing or bad `normals`.
    """
    check_place(name)
    if not is_drawn(name):
        rows = file_of(name).rows
        luck = None if normals is None or normals.shape != (len(rows), 2) else normals[:, 1]
        return Place(name, with_own_revenue(rows, luck), None)
    if normals is None:
        raise ValueError(
            f"{name!r} draws its local governments: pass normals of shape ({count}, 2)"
        )
    country = _countries().get(name.removeprefix(EUROPE))
    region = country.name if country else "Synthetic"
    governments = synthetic_governments(count, normals, region=region)
    return Place(name, governments, country.internet_users if country else None)


def internet_users_of(name: str) -> tuple[tuple[int, float], ...] | None:
    """The observed internet users of a place, as `Place` has them."""
    country = _countries().get(name.removeprefix(EUROPE)) if name.startswith(EUROPE) else None
    return country.internet_users if country else None


@dataclass(frozen=True, slots=True)
class CountryLevels:
    """What is known of a European country up to 2011, before what the model is held against.

    `trust` is the mean share of people with confidence in the national government (Gallup World
    Poll), `online_services` the mean of the United Nations' index of that name, 0 to 1.
    """

    trust: float
    online_services: float


def country_levels(name: str) -> CountryLevels | None:
    """The levels of a European country; None where nothing is known, and of other places."""
    return _levels().get(name.removeprefix(EUROPE)) if name.startswith(EUROPE) else None


@cache
def european_mean() -> CountryLevels:
    """The mean of all countries with levels."""
    known = _levels().values()
    return CountryLevels(
        sum(country.trust for country in known) / len(known),
        sum(country.online_services for country in known) / len(known),
    )


@cache
def _levels() -> dict[str, CountryLevels]:
    return {
        row["country"]: CountryLevels(float(row["trust"]), float(row["online_services"]))
        for row in _rows("europe_levels.csv")
    }


def is_drawn(name: str) -> bool:
    """Whether local governments are drawn (synthetic, Europe) or, if not, read (Korea, a file)."""
    return name not in KOREAN_TIERS and not is_file(name)


def file_of(name: str) -> PlaceFile:
    """The file of a place that is not drawn; raises `UnknownPlace` for one that is wrong."""
    return _korea(name) if name in KOREAN_TIERS else read_place_file(name)


def parameters_of(name: str) -> dict[str, float]:
    """Parameters whose value a place's own file gives, unless a scenario gives them another."""
    return file_of(name).means() if is_file(name) else {}


def shipped_place_files() -> dict[str, Path]:
    """Files of places that ship, by name: to look at, and to copy."""
    return {name: DATA / file for name, file in (KOREAN_TIERS | _TO_COPY).items()}


def lacks_own_revenue(name: str) -> bool:
    """Whether own revenue of some local governments of a place that is read has to be drawn."""
    return any(math.isnan(row.self_reliance) for row in file_of(name).rows)


def local_government_names(name: str, *, count: int = 17) -> tuple[str, ...]:
    """Name the local governments of a place, in its order; needs no luck, unlike `find_place`."""
    check_place(name)
    if not is_drawn(name):
        return tuple(government.name for government in file_of(name).rows)
    digits = max(2, len(str(count)))
    return tuple(f"Local {number:0{digits}d}" for number in range(1, count + 1))


def luck_agents(name: str, count: int) -> NDArray[np.uint32]:
    """Number the local governments of a drawn place for the keyed luck.

    The numbers differ between places, so that two countries under one seed do not share their
    local governments, and do not depend on `count`: the first ten of twenty are the same as ten.
    """
    code = name.removeprefix(EUROPE)
    place = int(code, 36) % AGENTS_PER_PLACE if name.startswith(EUROPE) else 0
    return np.arange(count, dtype=np.uint32) + np.uint32(place * AGENTS_PER_PLACE)


def synthetic_governments(
    count: int, normals: NDArray[np.float64], *, region: str = "Synthetic"
) -> tuple[LocalPlace, ...]:
    """`count` local governments whose people and money are spread as among Korea's 226 basic ones.

    `normals` are independent standard normals of shape (count, 2). Populations are rounded to
    persons and self-reliance to four decimals, so that the last bit of the machine's exponential
    does not show. The tiles fill a square, row by row.
    """
    if count < 1 or normals.shape != (count, 2) or not np.isfinite(normals).all():
        raise ValueError(f"need finite normals of shape ({count}, 2), got shape {normals.shape}")
    columns = math.isqrt(count - 1) + 1
    governments = []
    names = local_government_names(SYNTHETIC, count=count)
    for index, (name, (first, second)) in enumerate(zip(names, normals.tolist(), strict=True)):
        population, self_reliance = _people_and_money(first, second)
        row, column = divmod(index, columns)
        governments.append(
            LocalPlace(name, name, region, population, self_reliance, column=column, row=row)
        )
    return tuple(governments)


def _people_and_money(first: float, second: float) -> tuple[int, float]:
    """Population and self-reliance of one drawn government, from two standard normals."""
    own = LATENT_CORRELATION * first + math.sqrt(1.0 - LATENT_CORRELATION**2) * second
    population = math.exp(LOG_POPULATION_MEAN + LOG_POPULATION_SD * first)
    return max(1, round(population)), own_revenue(LOG_SELF_RELIANCE_MEAN, own)


@dataclass(frozen=True, slots=True)
class _Country:
    name: str
    internet_users: tuple[tuple[int, float], ...]


@cache
def _korea(name: str) -> PlaceFile:
    return read_place_file(str(DATA / KOREAN_TIERS[name]))


@cache
def _countries() -> dict[str, _Country]:
    names: dict[str, str] = {}
    observed: dict[str, list[tuple[int, float]]] = {}
    for row in _rows("europe_internet_users.csv"):
        names[row["country"]] = row["name"]
        observed.setdefault(row["country"], []).append((int(row["year"]), float(row["share"])))
    return {code: _Country(name, tuple(sorted(observed[code]))) for code, name in names.items()}


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _unknown(name: str) -> str:
    """One line: what is wrong, what is allowed, and the nearest names, if any is near."""
    codes = list(_countries())
    european = name.casefold().startswith(EUROPE)
    if european:
        allowed = f"allowed after {EUROPE!r}: {', '.join(codes)}"
    else:
        countries = f"{EUROPE}{codes[0]} to {EUROPE}{codes[-1]} ({len(codes)} countries)"
        allowed = f"allowed: {', '.join((*KOREAN_TIERS, SYNTHETIC))}, {countries}, "
        allowed += "a file of your own (regions.csv)"
    near = _near(name.casefold().removeprefix(EUROPE), european=european)
    question = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"unknown place {name!r}; {allowed}{question}"


def _near(asked: str, *, european: bool) -> list[str]:
    """The places whose name, code or country in words is close to what was asked."""
    meant = {} if european else {name: name for name in (*KOREAN_TIERS, SYNTHETIC)}
    for code, country in _countries().items():
        meant |= {code.casefold(): EUROPE + code, country.name.casefold(): EUROPE + code}
    words = [asked] if asked in meant else get_close_matches(asked, meant, n=3, cutoff=0.6)
    return list(dict.fromkeys(meant[word] for word in words))
