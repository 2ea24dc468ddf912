"""Who is online when: observed or projected shares of people with access, of places or of all.

A file has a line for each year, and with a column `name` for each place and year. Between mid-years
shares are interpolated, before the first and after the last they stay: projections are written as
further years. Inside the model people get online in one order for all and stay; where places have
shares of their own, that order is arranged so that each place has its share in every month, to the
citizen. A share of a place that falls is levelled, since nobody goes offline again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.engine.numbers import logarithm, sigmoids
from sim.processes.environment import SocietyParameters
from sim.society import cells
from sim.society.abroad import rising_throughout
from sim.society.own_places import LocalPlace
from sim.society.sheets import read_sheet, sheet_bytes

Numbers = NDArray[np.float64]
Series = tuple[tuple[int, float], ...]
COLUMNS = ("name", "year", "share", "source")
NEEDED = ("year", "share")
FIRST_YEAR, LAST_YEAR = 1900, 2199
_HORIZON = 3600
"""Months for which who gets online when is settled, whatever a scenario's years."""
_ALMOST = 0.99
"""A place is at most so near to its end when its share is observed."""
_LEAST = 0.001


@dataclass(frozen=True)
class AccessFile:
    """Shares of people with access by year: of the whole country, or of each place by name."""

    name: str
    national: Series | None
    local: Mapping[str, Series]
    lines: Mapping[str, int]
    sources: tuple[str, ...]


def read_access(name: str) -> AccessFile:
    """What a file says; raises `WrongSheet` with every mistake, a line each."""
    return _parsed(name, sheet_bytes(name))


@lru_cache(maxsize=16)
def _parsed(name: str, data: bytes) -> AccessFile:
    sheet = read_sheet(name, data, COLUMNS, needed=NEEDED)
    found: dict[str, dict[int, float]] = {}
    lines: dict[tuple[str, int], int] = {}
    first: dict[str, int] = {}
    sources: list[str] = []
    is_local = sheet.is_given("name")
    for row in sheet.rows:
        place = cells.text(sheet, row, "name")
        year = cells.number(sheet, row, "year", FIRST_YEAR, LAST_YEAR, whole=True)
        share = cells.number(sheet, row, "share", 0.0, 1.0, unit="of people", is_share=True)
        sources.append(cells.text(sheet, row, "source", longest=500))
        for column in NEEDED:
            if column in sheet.columns and not row.cells.get(column):
                sheet.wrong(row.line, column, "is empty")
        if is_local and not row.cells.get("name"):
            sheet.wrong(row.line, "name", "is empty, though other lines have one; name all or none")
        if year is None or share is None:
            continue
        if (place, int(year)) in lines:
            text = f"{int(year)}{f' of {place}' if place else ''} is in line "
            sheet.wrong(row.line, "year", f"{text}{lines[place, int(year)]} too")
            continue
        lines[place, int(year)] = row.line
        first.setdefault(place, row.line)
        found.setdefault(place, {})[int(year)] = share
    sheet.refuse()
    series = {place: tuple(sorted(years.items())) for place, years in found.items()}
    kept = tuple(dict.fromkeys(source for source in sources if source))
    if is_local:
        return AccessFile(name, None, series, first, kept)
    return AccessFile(name, series[""], {}, first, kept)


@dataclass(frozen=True)
class LocalAccess:
    """The share of people with access in each place and month.

    `local` has shape (months + 1, places) and never falls; `national` (months + 1,) is their mean
    over residents, and rises wherever a place does.
    """

    local: Numbers
    national: NDArray[np.float32]


def access_by_place(
    local: Sequence[LocalPlace],
    given: Mapping[str, Series] | None,
    p: SocietyParameters,
    start: tuple[int, int],
    months: int,
) -> LocalAccess | None:
    """Access place by place, from the year and month of `start` on; None where nothing is known.

    From `given` series by name or, without them, from the internet users that places have, through
    which a logistic curve of `society.infrastructure_pace` goes up to `society.infrastructure`, or
    to what is there already where that is more. Places without a figure have the mean of the others.
    """
    horizon = max(months, _HORIZON)
    if given is not None:
        curves = [_interpolated(given[place.name], start, horizon) for place in local]
    elif any(place.internet_users is not None for place in local):
        curves = _logistic(local, p, start, horizon)
    else:
        return None
    shares = np.maximum.accumulate(np.stack(curves, axis=1), axis=0)
    people = np.array([place.population for place in local], dtype=np.float64)
    means = (shares * people).sum(axis=1) / people.sum()
    national = np.maximum.accumulate(means.astype(np.float32))
    rises = (np.diff(shares, axis=0) > 0.0).any(axis=1)
    for month in np.flatnonzero(rises) + 1:
        least = np.nextafter(national[month - 1], np.float32(2.0))
        national[month:] = np.maximum(national[month:], least)
    return LocalAccess(shares, np.minimum(national, np.float32(1.0)))


def _months_until(year: float, start: tuple[int, int]) -> float:
    return 12.0 * (year - start[0]) - (start[1] - 1)


def _interpolated(series: Series, start: tuple[int, int], months: int) -> Numbers:
    """A place's share in each month, levelled where it falls."""
    when = [_months_until(year + 0.5, start) for year, _ in series]
    shares = rising_throughout([share for _, share in series])
    return np.interp(np.arange(months + 1), when, shares)


def _logistic(
    local: Sequence[LocalPlace], p: SocietyParameters, start: tuple[int, int], months: int
) -> list[Numbers]:
    known = [
        (place.internet_users, place.population)
        for place in local
        if place.internet_users is not None
    ]
    mean = sum(share * people for share, people in known) / sum(people for _, people in known)
    at = np.arange(months + 1, dtype=np.float64)
    curves = []
    for place in local:
        share = mean if place.internet_users is None else place.internet_users
        end = max(float(p.infrastructure), min(1.0, share / _ALMOST), _LEAST)
        part = min(max(share / end, _LEAST), _ALMOST)
        observed = 0.0 if place.year is None else _months_until(place.year + 0.5, start)
        odds = logarithm(part / (1.0 - part))
        curves.append(end * sigmoids((at - observed) / float(p.infrastructure_pace) + odds))
    return curves


def arrange_access(
    ranks: NDArray[np.float32], residents: NDArray[np.int64], access: LocalAccess
) -> None:
    """Rank citizens so that each place has its share of people with access in every month.

    `ranks` is the order in which people get online, as shares of all, in the order of the places;
    who comes first within a place stays. Someone is online where the national share is above their
    rank.
    """
    national = access.national.astype(np.float64)
    start = 0
    for place, count in enumerate(residents.tolist()):
        own = slice(start, start + count)
        order = np.argsort(ranks[own], kind="stable")
        found = np.empty(count, dtype=np.float32)
        found[order] = _ranks_of(np.arange(count) / count, access.local[:, place], national)
        ranks[own] = found
        start += count


def _ranks_of(waiting: Numbers, local: Numbers, national: Numbers) -> NDArray[np.float32]:
    """Ranks of the citizens of a place, by the local share above which each is online."""
    when = np.searchsorted(local, waiting, side="right")
    last = len(local) - 1
    before, after = np.maximum(when - 1, 0), np.minimum(when, last)
    low = np.where(when == 0, 0.0, national[before])
    high = np.where(when > last, 1.0, national[after])
    local_low = np.where(when == 0, 0.0, local[before])
    local_high = np.where(when > last, 1.0, local[after])
    width = np.maximum(local_high - local_low, 1e-300)
    ranks = (low + (waiting - local_low) / width * (high - low)).astype(np.float32)
    below = np.nextafter(high.astype(np.float32), np.float32(-1.0))
    found: NDArray[np.float32] = np.maximum(np.minimum(ranks, below), low.astype(np.float32))
    return found
