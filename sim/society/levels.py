"""How places differ: mean status, skill, access, trust and capacity, and what each needs.

Data where there is some, else luck with a declared spread between places. Differences are told
against the mean of what is known, weighted by people, so parameters are the means; of a place's own
file `sim.society.places.parameters_of` gives the parameters. A place's share of youth is read, or
drawn as it goes with size and money among Korea's 226 basic local governments.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.luck import Luck, Seed, normals
from sim.processes.environment import GovernmentParameters, SocietyParameters
from sim.society.own_places import (
    LOG_SELF_RELIANCE_MEAN,
    LOG_SELF_RELIANCE_SD,
    LocalPlace,
    mean_of,
)
from sim.society.places import (
    LOG_POPULATION_MEAN,
    LOG_POPULATION_SD,
    Place,
    country_levels,
    european_mean,
)

Numbers = NDArray[np.float64]

# Fitted to the 226 basic local governments in data/korea_basic.csv: share of youth on the z-scores
# of log population and log self-reliance (R squared .68).
YOUTH_MEAN, YOUTH_SD = 0.168, 0.047
YOUTH_BY_SIZE, YOUTH_BY_MONEY, YOUTH_REST = 0.52, 0.35, 0.57
YOUTH_RANGE = (0.05, 0.4)
_CAPACITY_RANGE = (0.02, 0.98)
_AGE, _STATUS, _SKILL, _ACCESS, _TRUST = range(5)


class Levels(NamedTuple):
    """What tells places from each other, a row each.

    `people` is what citizens are founded by (`sim.society.population.LEVELS`), `capacity` a share
    with one more entry for the central government, `needs` z-scores by budget domain.
    """

    people: Numbers
    capacity: Numbers
    needs: Numbers


def levels_of(
    place: Place, society: SocietyParameters, government: GovernmentParameters, seed: Seed
) -> Levels:
    """The levels of all local governments of a place."""
    local = place.local_governments
    luck = normals(seed, Luck.LEVELS, len(local), 5)
    people = np.array([government.population for government in local], dtype=np.float64)
    youth = _youth(local, luck[:, _AGE])
    money = standardised(np.log([government.self_reliance for government in local]))
    told = float(society.status_from_revenue)
    wealth = told * money + math.sqrt(1.0 - told * told) * luck[:, _STATUS]
    status = _known(local, lambda p: p.status, float(society.status_between) * wealth, people)
    aged = float(society.age_slope) * (youth - _mean(youth, people))
    skill = aged + float(society.skill_between) * luck[:, _SKILL]
    skill = _known(local, lambda p: _log_odds(p.skill), skill, people)
    access = float(society.access_between) * luck[:, _ACCESS]
    access = access - _mean(access, people)
    trust = float(society.trust_between) * luck[:, _TRUST]
    trust = _known(local, lambda p: _log_odds(p.baseline_trust), trust, people) + _trust_of(
        place.name
    )
    size = standardised(np.log(people))
    return Levels(
        np.stack((status, skill, np.exp(access), trust), axis=1),
        _capacity(place, people, government, seed),
        _needs(standardised(youth), standardised(status), size, society, seed),
    )


def revenue_factors(local: Sequence[LocalPlace]) -> Numbers | None:
    """Revenue of each place against the mean of residents; None where nothing is known of it.

    A factor of `government.budget`: the mean stays what parameters say. Places of which it is not
    known have the mean.
    """
    known = [(p.revenue_per_citizen, p.population) for p in local]
    sums = [(money * people, people) for money, people in known if money is not None]
    if not sums:
        return None
    mean = sum(money for money, _ in sums) / sum(people for _, people in sums)
    return np.array([1.0 if money is None else money / mean for money, _ in known])


def online_supply_of(local: Sequence[LocalPlace]) -> Numbers | None:
    """Supply of online services at the start; None where nothing is known of it.

    Places of which it is not known have the mean of the others.
    """
    mean = mean_of(local, "online_supply")
    if mean is None:
        return None
    return np.array([mean if p.online_supply is None else p.online_supply for p in local])


def standardised(values: Numbers) -> Numbers:
    """Z-scores; nothing but zeros where all are equal."""
    spread = values.std()
    if spread < 1e-12:
        return np.zeros_like(values)
    scores: Numbers = (values - values.mean()) / spread
    return scores


def _youth(local: Sequence[LocalPlace], luck: Numbers) -> Numbers:
    """Share of youth: read, or drawn as it goes with people and money."""
    size = [(math.log(p.population) - LOG_POPULATION_MEAN) / LOG_POPULATION_SD for p in local]
    money = [
        (math.log(100.0 * p.self_reliance) - LOG_SELF_RELIANCE_MEAN) / LOG_SELF_RELIANCE_SD
        for p in local
    ]
    score = YOUTH_BY_SIZE * np.array(size) + YOUTH_BY_MONEY * np.array(money) + YOUTH_REST * luck
    drawn = np.clip(YOUTH_MEAN + YOUTH_SD * score, *YOUTH_RANGE)
    return np.array(
        [d if p.youth_share is None else p.youth_share for p, d in zip(local, drawn, strict=True)]
    )


def _known(
    local: Sequence[LocalPlace],
    read: Callable[[LocalPlace], float | None],
    drawn: Numbers,
    people: Numbers,
) -> Numbers:
    """What is read, else what is drawn; about the mean of people, of the known ones if any is."""
    found = [read(place) for place in local]
    is_known = np.array([value is not None for value in found])
    if not is_known.any():
        centred: Numbers = drawn - _mean(drawn, people)
        return centred
    values = np.array([0.0 if value is None else value for value in found])
    values -= _mean(values[is_known], people[is_known])
    return np.where(is_known, values, drawn)


def _mean(values: Numbers, people: Numbers) -> float:
    return float((values * people).sum() / people.sum())


def _log_odds(share: float | None) -> float | None:
    return None if share is None else math.log(share / (1.0 - share))


def _trust_of(name: str) -> float:
    """How a European country's trust differs from that of all of them, in log-odds."""
    country, mean = country_levels(name), european_mean()
    if country is None:
        return 0.0
    return math.log(country.trust / (1 - country.trust)) - math.log(mean.trust / (1 - mean.trust))


def _capacity(place: Place, people: Numbers, p: GovernmentParameters, seed: Seed) -> Numbers:
    """Administrative capacity, the central government's last; a country's own level moves all."""
    local = place.local_governments
    luck = normals(seed, Luck.CAPACITY, len(local) + 1)[:, 0]
    spread, told = float(p.capacity_spread), float(p.capacity_from_budget)
    spent = [place.informatisation_budget for place in local]
    is_known = np.array([amount is not None for amount in spent])
    if is_known.any():
        read = standardised(np.log([amount for amount in spent if amount is not None]))
        rest = math.sqrt(1.0 - told * told) * luck[:-1][is_known]
        luck[:-1][is_known] = told * read + rest
    values = spread * luck
    if any(place.capacity is not None for place in local):
        values[:-1] = _known(local, lambda p: p.capacity, values[:-1], people)
    values += float(p.capacity) + spread * _services_of(place.name)
    return np.clip(values, *_CAPACITY_RANGE)


def _services_of(name: str) -> float:
    """How a country's online services rank among European ones, as a z-score."""
    country, mean = country_levels(name), european_mean()
    return 0.0 if country is None else (country.online_services - mean.online_services) / 0.13


def _needs(
    youth: Numbers, status: Numbers, size: Numbers, p: SocietyParameters, seed: Seed
) -> Numbers:
    """What places need by domain, as z-scores.

    The old need welfare, the deprived the economy, the countryside its environment, cities safety;
    the rest is luck.
    """
    told = float(p.needs_from_people)
    sources = np.stack((-youth, -status, -size, size), axis=1)
    luck = normals(seed, Luck.PREFERENCES, len(youth), sources.shape[1])
    needs: Numbers = told * sources + math.sqrt(1.0 - told * told) * luck
    return needs
