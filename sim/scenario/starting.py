"""What a scenario's place begins with: what was given, what is drawn, what is a default."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sim.scenario.more_citizens import more_told
from sim.scenario.own_files import access_of
from sim.society.access import read_access
from sim.society.own_places import LocalPlace, PlaceFile, is_file, mean_of, read_place_file
from sim.society.place_columns import COLUMNS, LEVELS, PlaceColumn
from sim.society.places import (
    EUROPE,
    country_levels,
    file_of,
    internet_users_of,
    is_drawn,
    local_government_names,
)
from sim.society.prices import ITEMS, read_prices
from sim.society.sheets import first_cells, is_sheet
from sim.text import number, short, significant

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Origin = Literal["given", "drawn", "default"]
ORIGINS: tuple[Origin, ...] = ("given", "drawn", "default")
_MOST_SOURCES = 3
_WIDTH = 100
_CITIZENS = "citizens "
_HISTORY = "history"


class Fact(NamedTuple):
    """One thing that a place begins with: what, its value in words, where it comes from."""

    subject: str
    value: str
    origin: Origin
    source: str


def starting_facts(scenario: Scenario) -> list[Fact]:
    """Every column of the place: given, drawn by luck, or a declared default; then what is beside.

    Where some places lack a figure, a line says what is given and another what is done about the
    rest.
    """
    place = scenario.society.place
    values = scenario.parameter_values(0)
    if is_drawn(place):
        found = list(_drawn_place(scenario))
    else:
        found = list(place_facts(file_of(place), values, set(scenario.parameters)))
        if not is_file(place):
            found = [fact for fact in found if fact.subject not in ("status", "skill")]
    found = [*_history(scenario), *found]
    return [*found, *_more(scenario), *_access(scenario), *_prices(scenario, values)]


def sheet_told(name: str) -> list[str]:
    """What a file of one's own says: a place, who is online when, or prices.

    Raises `UserMistake` with every mistake in it, a line each.
    """
    kind = kind_of_sheet(name)
    if kind == "access":
        access = read_access(name)
        years = [year for year, _ in access.national or ()]
        years += [year for series in access.local.values() for year, _ in series]
        of = f"of {len(access.local)} places" if access.local else "of all places"
        return [f"People with access {of}, {min(years)} to {max(years)} (society.access)"]
    if kind == "prices":
        prices = read_prices(name)
        told = ", ".join(f"{item} {significant(amount)}" for item, amount in prices.amounts.items())
        return [f"Prices in {prices.currency} of {prices.year}: {told} (society.prices)"]
    file = read_place_file(name)
    count, people = len(file.rows), _people(file.rows)
    head = f"A place of {count} local governments and {people:,} people (society.place)"
    extra = f"nobody reads: {', '.join(map(short, file.extra))}" if file.extra else ""
    return [
        head,
        *by_origin(list(place_facts(file)), values=True),
        *(_wrapped(extra) if extra else ()),
    ]


def is_own_file(name: str) -> bool:
    """Whether a name is that of a file of one's own: a place, access or prices."""
    return is_sheet(name)


def kind_of_sheet(name: str) -> Literal["place", "access", "prices"]:
    """Which kind of file it is, by the names of its columns; a place where they do not say."""
    columns = [column.casefold() for column in first_cells(name)]
    if "population" in columns:
        return "place"
    if "item" in columns or "amount" in columns:
        return "prices"
    return "access" if "share" in columns else "place"


def facts_told(scenario: Scenario) -> list[str]:
    """The same as a few lines: the place and its people, then what has each origin.

    Values are told of a place of one's own; of others, and of what is not given, names alone.
    """
    society = scenario.society
    count = len(local_government_names(society.place, count=society.local_governments))
    name = Path(society.place).stem if is_file(society.place) else society.place
    people = "" if is_drawn(society.place) else f", {_people(file_of(society.place).rows):,} people"
    lines = [
        f"Starting facts of {short(name)}: {count} local governments{people}, "
        f"{society.citizens:,} citizens simulated"
    ]
    if more := more_told(society):
        lines[0] += ", and more in some"
        lines += [line for text in more for line in _wrapped(text)]
    lines += [line for fact in _history(scenario) for line in _wrapped(f"history: {fact.value}")]
    facts = [
        fact
        for fact in starting_facts(scenario)
        if fact.subject != _HISTORY and not fact.subject.startswith(_CITIZENS)
    ]
    return [*lines, *by_origin(facts, values=is_file(society.place))]


def by_origin(facts: Sequence[Fact], *, values: bool) -> list[str]:
    """A line or more for each origin; what was given with its sources, and with `values`."""
    lines = []
    for origin in ORIGINS:
        own = [fact for fact in facts if fact.origin == origin]
        is_given = origin == "given"
        if is_given and values:
            text = "; ".join(f"{fact.subject} {fact.value}" for fact in own)
        else:
            text = ", ".join(_named(fact) for fact in own)
        if own:
            lines += _wrapped(f"{origin}: {text}")
    sources = dict.fromkeys(fact.source for fact in facts if fact.source)
    return [*lines, *(_wrapped(f"sources: {'; '.join(sources)}") if sources else ())]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _named(fact: Fact) -> str:
    """The subject, and of how many places it is where that is not all of them."""
    some = fact.value.startswith("of ") and fact.origin != "given"
    return f"{fact.subject} {fact.value.partition(' (')[0]}" if some else fact.subject


def _people(rows: Sequence[LocalPlace]) -> int:
    return sum(row.population for row in rows)


def place_facts(
    file: PlaceFile, values: dict[str, float] | None = None, said: set[str] | None = None
) -> Iterator[Fact]:
    """What the file of a place gives, and what is done about the rest.

    `values` are the parameters in force, and `said` those that the scenario says itself.
    """
    source = "; ".join(map(short, file.sources[:_MOST_SOURCES])) or Path(file.name).name
    more = len(file.sources) - _MOST_SOURCES
    source += f" and {more} more" if more > 0 else ""
    if file.years:
        first, last = file.years[0], file.years[-1]
        source += f", {first}" if first == last else f", {first} to {last}"
    people = [row.population for row in file.rows]
    yield Fact("population", f"{min(people):,} to {max(people):,}", "given", source)
    for name in LEVELS:
        column, count = COLUMNS[name], file.given.get(name, 0)
        if count:
            yield Fact(name, _given(file, column, count, said or set(), values), "given", source)
        if count < len(file.rows):
            origin, how = column.without
            left = len(file.rows) - count
            lack = f"of {left} place{'' if left == 1 else 's'} " if count else ""
            if count and name in _MEAN_OF_OTHERS:
                how = "the mean of the others"
            yield Fact(name, f"{lack}({how})", origin or "default", "")


def _given(
    file: PlaceFile,
    column: PlaceColumn,
    count: int,
    said: set[str],
    values: dict[str, float] | None,
) -> str:
    own = [getattr(row, _FIELDS.get(column.name, column.name)) for row in file.rows]
    known = [value for value in own if value is not None and not math.isnan(value)]
    text = f"{number(round(min(known), 4))} to {number(round(max(known), 4))}"
    if column.name not in _DIFFERENCES:
        mean = mean_of(file.rows, _FIELDS.get(column.name, column.name))
        text += f", mean {number(float(f'{mean:.4g}'))}" if mean is not None else ""
    if column.sets in said and values is not None:
        text += f" (the scenario's {column.sets} {values[column.sets]:g} holds as the mean)"
    if count < len(file.rows):
        text += f" in {count} of {len(file.rows)} places"
    return text


_FIELDS = {"own_revenue_share": "self_reliance"}
_MEAN_OF_OTHERS = ("revenue_per_citizen", "internet_users", "online_supply")
_DIFFERENCES = ("status", "skill", "youth_share", "own_revenue_share")


def _drawn_place(scenario: Scenario) -> Iterator[Fact]:
    place = scenario.society.place
    like = "as among Korea's 226 local governments"
    yield Fact("population", f"({like})", "drawn", "")
    yield Fact("own_revenue_share", f"({like})", "drawn", "")
    levels = country_levels(place)
    if (observed := internet_users_of(place)) is not None:
        first, last = observed[0], observed[-1]
        text = f"{first[1]:.3g} in {first[0]} to {last[1]:.3g} in {last[0]}, of the whole country"
        yield Fact("internet_users", text, "given", "Eurostat, isoc_ci_ifp_iu")
    if levels is not None:
        source = "Gallup World Poll (World Happiness Report 2022), up to 2011"
        yield Fact("baseline_trust", "of the country against 17 others", "given", source)
        source = "United Nations E-Government Survey, up to 2010"
        yield Fact("capacity", "by the country's online services", "given", source)
    for name in LEVELS:
        if name in ("own_revenue_share", "status", "skill"):
            continue
        if name == "internet_users" and place.startswith(EUROPE):
            continue
        origin, how = COLUMNS[name].without
        yield Fact(name, f"by place ({how})", origin or "default", "")


def _history(scenario: Scenario) -> Iterator[Fact]:
    """Which scenario the world lives through before the start, and how it stands then."""
    lived, past = scenario.lived, scenario.history
    if lived is None or past is None:
        return
    last = scenario.date_of(0)
    mean = float(np.mean(scenario.profile))
    stand = (
        "where governments stand then, nobody knows beforehand"
        if math.isnan(mean)
        else f"local governments then begin at {mean:.2f} of the figure, the mean of its rows "
        "(0 is gov1, 1 gov2, 2 gov3)"
    )
    text = (
        f"{short(past.name)}, {lived.start} to {last}; {stand}; what the place begins with is of "
        f"{lived.start}, and online supply of {scenario.start} is what the years before leave "
        "(horizons.csv, `start`)"
    )
    yield Fact(_HISTORY, text, "given", "")


def _more(scenario: Scenario) -> Iterator[Fact]:
    """Where more citizens are simulated: `citizens in Jeju`, or elsewhere."""
    for line in more_told(scenario.society):
        name, _, text = line.partition(": ")
        where = name if name == "elsewhere" else f"in {name}"
        yield Fact(f"{_CITIZENS}{where}", text, "given", "")


def _access(scenario: Scenario) -> Iterator[Fact]:
    file = scenario.society.access
    if file is None:
        return
    national, local = access_of(scenario.society)
    series = [national] if national is not None else list((local or {}).values())
    years = [year for one in series for year, _ in one]
    of = "of all places" if national is not None else f"of {len(series)} places"
    text = f"{of}, {min(years)} to {max(years)}; what was last observed stays"
    source = "; ".join(read_access(file).sources[:_MOST_SOURCES]) or Path(file).name
    yield Fact("access", text, "given", source)


def _prices(scenario: Scenario, values: dict[str, float]) -> Iterator[Fact]:
    file = scenario.society.prices
    if file is None:
        yield Fact("prices", "(money is told in units of the model)", "default", "")
        return
    prices = read_prices(file)
    amount, worth = prices.amounts[prices.item], prices.per_money(values)
    text = (
        f"{ITEMS[prices.item][1]} costs {significant(amount)} {prices.currency} of "
        f"{prices.year}, so that a unit of the model's money is {significant(worth, 4)}"
    )
    for item, (given, model) in prices.beside(values).items():
        text += f", {item} {significant(given)} is not used (the model has {significant(model, 3)})"
    yield Fact("prices", text, "given", prices.source or Path(file).name)
