"""What the world begins with at `start`, where that is not what one may take for granted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.processes.declared import parameter_values
from sim.processes.state import FIRST_ONLINE_SUPPLY
from sim.scenario.own_files import access_of, place_file
from sim.scenario.source import Mistake
from sim.society.access import access_by_place
from sim.society.own_places import mean_of
from sim.society.places import SYNTHETIC, internet_users_of
from sim.society.prices import read_prices
from sim.text import significant

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Mistakes = Iterator[Mistake]
_APART = 3
"""A price so many times another is told of."""
_FIRST = "1995-01"
"""To whose world the state at month 0 belongs: almost nobody is online, and almost nothing."""


def told_of_start(s: Scenario) -> Mistakes:
    """A late start without a history; with one, what of it does not happen, or what follows it."""
    yield from _prices_apart(s)
    past = s.history
    if past is None:
        if s.start > _FIRST and s.society.place != SYNTHETIC:
            yield ("start",), _begins_with(s)
        return
    if past.society.place != s.society.place:
        text = f"{past.name} was written for {past.society.place}; here {s.society.place} lives it"
        yield ("history",), text
    months = s.stages[-1].first - s.stages[-2].first
    if months > past.months:
        end, last = past.date_of(past.months), past.date_of(months)
        text = f"{past.name} ends in {end}; until {last} the world lives on as it leaves it"
        yield ("history",), text
    yield from _cut_off(past, s.start, months)


def _prices_apart(s: Scenario) -> Mistakes:
    """Prices of the place far from what the model uses in their stead."""
    if s.society.prices is None:
        return
    prices = read_prices(s.society.prices)
    for item, (given, model) in prices.beside(s.parameter_values(0)).items():
        if not model / _APART <= given <= model * _APART:
            text = (
                f"{item} costs {significant(given)} {prices.currency} there, but the model uses "
                f"{significant(model, 3)}: more than {_APART} times off"
            )
            yield ("society", "prices"), text


def _cut_off(past: Scenario, start: str, months: int) -> Mistakes:
    """Dated changes of the history that come too late, and those that are under way."""
    moves = past.transition.moves if past.transition.mode == "scheduled" else []
    changes = [
        *((past.month_of(move.month, move.date), move.over) for move in moves),
        *((past.month_of(change.month, change.date), change.over) for change in past.policy),
    ]
    late = sum(begin > months for begin, _ in changes)
    late += sum(past.month_of(shock.month, shock.date) > months for shock in past.shocks)
    if late:
        text = f"what {past.name} dates later than the start ({late}) does not happen"
        yield ("history",), text
    cut = sum(begin <= months < begin + over - 1 for begin, over in changes)
    if cut:
        text = f"what {past.name} has under way before {start} ({cut}) stops where it stands"
        yield ("history",), text


def _begins_with(s: Scenario) -> str:
    access = 100.0 * _access(s)
    own = place_file(s.society)
    supply = None if own is None else mean_of(own.rows, "online_supply")
    supply = FIRST_ONLINE_SUPPLY if supply is None else supply
    return (
        f"the world of {s.start} begins with access for {access:.0f} % of people, "
        f"{100.0 * supply:.0f} % of services online and nobody who uses them, as that of 1995 did; "
        "`history: SCENARIO` lets it live through the years before"
    )


def _access(s: Scenario) -> float:
    year, month = map(int, s.start.split("-"))
    national, by_place = access_of(s.society)
    observed = national or internet_users_of(s.society.place)
    if observed is not None:
        when = year + (month - 7) / 12.0
        before = [share for at, share in observed if at <= when]
        return before[-1] if before else observed[0][1]
    p = s.parameter_values(0)
    own = place_file(s.society)
    if own is not None:
        society = parameter_values(p).society
        local = access_by_place(own.rows, by_place, society, (year, month), 0)
        if local is not None:
            return float(local.national[0])
    risen = p["society.infrastructure_midpoint"] / p["society.infrastructure_pace"]
    return p["society.infrastructure"] / (1.0 + math.exp(risen))
