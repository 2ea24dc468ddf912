"""How many citizens are simulated in each place, and how many people each of them stands for.

Usually in proportion to people, and then all citizens count alike. Where some places are given more
citizens, a citizen counts for as many people as there are to a citizen of the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.society.own_places import LocalPlace

FEWEST_RESIDENTS = 8
MOST_CITIZENS = 60_000_000
"""Citizens, of all places together, that can be simulated."""


class Allotment(NamedTuple):
    """Citizens and their weights, an entry for each place.

    `residents` are those simulated. `weights` are people that each stands for against the mean over
    all people, so that residents times weights are as many as were asked for before places were
    given more; all are 1 where none was.
    """

    residents: NDArray[np.int64]
    weights: NDArray[np.float64]

    @property
    def is_even(self) -> bool:
        """Whether all citizens count alike."""
        return bool((self.weights == 1.0).all())


def allot(citizens: int, places: Sequence[LocalPlace], more: Mapping[str, int]) -> Allotment:
    """So many citizens shared out over places, those named in `more` with as many as it says.

    A place keeps what it has where that is more. Raises `ValueError` where there are too few.
    """
    residents = share_out(citizens, [place.population for place in places])
    if not more:
        return Allotment(residents, np.ones(len(places)))
    asked = np.array([more.get(place.name, 0) for place in places], dtype=np.int64)
    residents = np.maximum(residents, asked)
    people = np.array([place.population for place in places], dtype=np.float64)
    return Allotment(residents, citizens * people / people.sum() / residents)


def share_out(citizens: int, populations: Sequence[int]) -> NDArray[np.int64]:
    """Simulated citizens of each place: in proportion to its people, at least eight.

    Largest remainders; raises `ValueError` when there are too few citizens for the places.
    """
    people = np.asarray(populations, dtype=np.float64)
    spare = citizens - FEWEST_RESIDENTS * len(people)
    if spare < 0:
        raise ValueError(f"at least {FEWEST_RESIDENTS * len(people)} citizens are needed")
    wanted = citizens * people / people.sum()
    wanted = np.maximum(wanted, FEWEST_RESIDENTS)
    above = wanted - FEWEST_RESIDENTS
    exact = FEWEST_RESIDENTS + (above * (spare / above.sum()) if spare else 0.0 * above)
    counts: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: citizens - int(counts.sum())]] += 1
    return counts


def quantiles(values: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of people who come before each citizen in rising order; of equals the first does.

    `weights` are people for whom each citizen stands.
    """
    order = np.argsort(values, kind="stable")
    so_far = np.cumsum(weights[order])
    before = np.empty(len(values))
    before[order] = np.concatenate(([0.0], so_far[:-1])) / so_far[-1]
    return before
