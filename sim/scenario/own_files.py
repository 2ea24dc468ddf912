"""Files of one's own that a scenario's society names: what of it they decide, and what is wrong.

A place's file gives parameters their value (`parameters_of`); where the scenario gives one itself,
its value holds, and the file says only how places differ. Who is online when is observed: where a
file says it, or internet users are given, parameters that would say it as well are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import UserMistake
from sim.scenario.source import Mistake
from sim.society.access import Series, read_access
from sim.society.own_places import PlaceFile, is_file, mean_of, read_place_file
from sim.society.place_columns import COLUMNS
from sim.society.places import EUROPE, parameters_of
from sim.society.prices import read_prices
from sim.society.sheets import sheet_digest
from sim.text import near, short

if TYPE_CHECKING:
    from sim.scenario.blocks import Society
    from sim.scenario.scenario import Scenario

Mistakes = Iterator[Mistake]
INFRASTRUCTURE = "society.infrastructure"
MIDPOINT = f"{INFRASTRUCTURE}_midpoint"


def digests(society: Society) -> tuple[str, ...]:
    """What the files of a society hold, as digests; empty for each that is not there."""
    names = (society.place if is_file(society.place) else "", society.access, society.prices)
    return tuple(sheet_digest(name) if name else "" for name in names)


def resolved_names(society: Society) -> dict[str, str]:
    """The files by name and digest, for what decides results: their folder does not."""
    keys = ("place", "access", "prices")
    return {
        key: f"{Path(getattr(society, key)).stem}@{digest}"
        for key, digest in zip(keys, digests(society), strict=True)
        if digest
    }


def place_file(society: Society) -> PlaceFile | None:
    """What the society's own place says; None where it is no file."""
    return read_place_file(society.place) if is_file(society.place) else None


def access_of(society: Society) -> tuple[Series | None, Mapping[str, Series] | None]:
    """Who is online when, of all and place by place, as a file says; None where none does."""
    if society.access is None:
        return None, None
    found = read_access(society.access)
    return found.national, found.local or None


def told_by_files(society: Society) -> set[str]:
    """Parameters of which the society's files say what holds."""
    told = set(parameters_of(society.place))
    if _has_users(society):
        told.add(MIDPOINT)
    if society.access is not None or society.place.startswith(EUROPE):
        told |= {INFRASTRUCTURE, MIDPOINT, f"{INFRASTRUCTURE}_pace"}
    return told


def _has_users(society: Society) -> bool:
    found = place_file(society)
    return found is not None and "internet_users" in found.given


def check_files(s: Scenario, names: tuple[str, ...] | None) -> Mistakes:
    """What is wrong with the files beside a place, and with what is said twice.

    `names` are the local governments', None where they are not known.
    """
    society = s.society
    yield from _check_access(society, names)
    if society.prices is not None:
        yield from _check_sheet("prices", society.prices)
    if names is None:
        return
    if society.place.startswith(EUROPE):
        if society.access is not None:
            text = f"internet use in {society.place} is observed; leave this out"
            yield ("society", "access"), text
        yield from _refused(s, INFRASTRUCTURE, f"internet use in {society.place} is observed")
    elif _has_users(society):
        if society.access is not None:
            text = f"{Path(society.place).name} has a column internet_users; give one of the two"
            yield ("society", "access"), text
        else:
            yield from _refused(s, MIDPOINT, f"internet_users of {society.place} says it")
    elif society.access is not None:
        yield from _refused(s, INFRASTRUCTURE, f"{society.access} says who is online when")


def _refused(s: Scenario, beginning: str, why: str) -> Mistakes:
    for name in s.parameters:
        if name.startswith(beginning):
            yield ("parameters", name), f"{why}; leave this out"


def _check_sheet(key: str, name: str) -> Mistakes:
    if not is_file(name):
        text = f"expected a CSV file as {key}.csv, not '{short(name)}'"
        yield ("society", key), text
        return
    try:
        read_access(name) if key == "access" else read_prices(name)
    except UserMistake as error:
        yield from ((("society", key), line) for line in str(error).splitlines())


def _check_access(society: Society, names: tuple[str, ...] | None) -> Mistakes:
    if society.access is None:
        return
    wrong = list(_check_sheet("access", society.access))
    yield from wrong
    if wrong or names is None:
        return
    found = read_access(society.access)
    for name, line in found.lines.items():
        if found.local and name not in names:
            text = f"{found.name}:{line}: no local government is called '{short(name)}' here"
            yield ("society", "access"), f"{text}{near(name, names)}"
    lacking = [name for name in names if found.local and name not in found.local]
    if lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        text = f"{found.name}: lacks {', '.join(map(short, lacking[:3]))}{more}"
        yield ("society", "access"), f"{text}; each local government needs a year at least"


def told_of_files(s: Scenario) -> Mistakes:
    """What of the files counts for nothing or not as written: a scenario's own values hold."""
    found = place_file(s.society)
    if found is None:
        return
    path = ("society", "place")
    for name in found.means():
        if name in s.parameters:
            column = next(c.name for c in COLUMNS.values() if c.sets == name)
            text = f"holds as the mean; {column} of {found.name} only says how places differ"
            yield ("parameters", name), text
    end = s.parameters.get(INFRASTRUCTURE)
    mean = mean_of(found.rows, "internet_users")
    if end is not None and mean is not None and end < mean:
        text = f"internet_users of {found.name} are {mean:.3g} already; who is online stays"
        yield ("parameters", INFRASTRUCTURE), text
    whole = found.given.get("capacity") == len(found.rows)
    if whole and "informatisation_budget" in found.given:
        text = f"informatisation_budget of {found.name} counts for nothing: capacity is given"
        yield path, text
    if found.extra:
        extra = ", ".join(short(name) for name in found.extra)
        yield path, f"{found.name}: nobody reads the columns {extra}"
