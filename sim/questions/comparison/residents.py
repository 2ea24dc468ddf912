"""How many simulated residents each place has: where they are few, its own readings are luck."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from scipy.special import ndtri

from sim.scenario import Scenario
from sim.society.allotment import FEWEST_RESIDENTS, Allotment, allot
from sim.society.places import find_place, is_drawn

ENOUGH = 50
"""With fewer simulated residents than this, one person more or less taking part moves a reading."""


def residents(scenario: Scenario) -> dict[str, int]:
    """Simulated residents of each local government.

    Where governments are drawn, luck decides; then these are typical sizes, the smallest first.
    """
    places, found = _allotted(scenario, scenario.society.citizens)
    return {name: int(n) for name, n in zip(places, found.residents, strict=True)}


def _allotted(scenario: Scenario, citizens: int) -> tuple[list[str], Allotment]:
    """Names of the local governments, and so many citizens shared out over them."""
    society = scenario.society
    count = society.local_governments
    # Drawn places differ by luck; the middle of each n-th part of the bell curve is typical.
    middles = ndtri((np.arange(count) + 0.5) / count)
    normals = np.stack([middles, np.zeros(count)], axis=1)
    places = find_place(society.place, count=count, normals=normals).local_governments
    return [place.name for place in places], allot(citizens, places, society.citizens_in)


def simulated(scenario: Scenario) -> int:
    """Citizens simulated in all; typical where governments are drawn and some have more."""
    return sum(residents(scenario).values())


def people_each(scenario: Scenario) -> dict[str, float]:
    """How many people a simulated citizen of each local government stands for.

    Empty where governments are drawn, since nobody knows how many people they have.
    """
    if is_drawn(scenario.society.place):
        return {}
    places = find_place(scenario.society.place).local_governments
    counts = residents(scenario)
    return {place.name: place.population / counts[place.name] for place in places}


def small_places(scenario: Scenario) -> dict[str, int]:
    """Local governments with under 50 simulated residents, and how many they have.

    Empty where governments are drawn, since luck decides which are small: see `too_few`.
    """
    if is_drawn(scenario.society.place):
        return {}
    return {name: count for name, count in residents(scenario).items() if count < ENOUGH}


def too_few(scenarios: Iterable[Scenario]) -> str:
    """One line about the smallest places of the first scenario that has some; or nothing."""
    for scenario in scenarios:
        found = residents(scenario)
        small = [count for count in found.values() if count < ENOUGH]
        if small:
            return _line(scenario, found, len(small))
    return ""


def _line(scenario: Scenario, found: dict[str, int], small: int) -> str:
    name, fewest = min(found.items(), key=lambda item: item[1])
    drawn = is_drawn(scenario.society.place)
    about, who = ("about ", "") if drawn else ("", f" ({name} has {fewest})")
    return (
        f"{scenario.name}: {about}{small} of {len(found)} local governments have under {ENOUGH} "
        f"simulated residents{who}; what is read of them alone is mostly luck; about "
        f"{_enough(scenario):,} citizens would do"
    )


def _enough(scenario: Scenario) -> int:
    """Citizens, rounded up to two digits, with which the smallest place has enough residents."""
    many = max(scenario.society.citizens, 1000 * FEWEST_RESIDENTS * 1000)
    plain = scenario.model_copy(
        update={"society": scenario.society.model_copy(update={"citizens_in": {}})}
    )
    share = min(_allotted(plain, many)[1].residents) / many
    wanted = ENOUGH / share
    digit = 10.0 ** (math.floor(math.log10(wanted)) - 1)
    return int(math.ceil(wanted / digit) * digit)
