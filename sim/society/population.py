"""Citizens at month 0: who they are, where they live, whom they are tied to.

Every number is a function of the seed and the citizen, so two scenarios with the same place, size
and seed have the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array, make
from sim.engine.compiling import loop, rule
from sim.engine.luck import Luck, Seed, normal, uniform
from sim.engine.numbers import exponential, logarithm, sigmoid
from sim.engine.team import share
from sim.processes.declared import Parameters
from sim.processes.lives import BLOCK
from sim.processes.state import NEAR_TIES, TIES, Citizens

FEWEST_RESIDENTS = 8
_FEWEST_TO_SHARE = 50_000
"""Fewer citizens are settled before threads have begun."""
_STATUS = int(Luck.STATUS)
_NEIGHBOURHOOD = int(Luck.NEIGHBOURHOOD)
_SKILL = int(Luck.SKILL)
_CIVIC = int(Luck.CIVIC)
_TASTE = int(Luck.TASTE)
_PREDISPOSITION = int(Luck.PREDISPOSITION)
_NEAR_TIES = int(Luck.NEAR_TIES)
_FAR_TIES = int(Luck.FAR_TIES)
_WINDOW = 20
STATUS_TASTE = (-1.0, 0.5, 1.0, -0.5)
"""How status tilts the ideal budget over the domains; an assumption, it sums to nothing."""


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


def make_blocks(residents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Blocks of citizens, each in one local government: rows of (start, stop, government)."""
    blocks = []
    start = 0
    for home, count in enumerate(residents):
        stop = start + int(count)
        for first in range(start, stop, BLOCK):
            blocks.append((first, min(first + BLOCK, stop), home))
        start = stop
    return np.array(blocks, dtype=np.int64)


def settle(residents: NDArray[np.int64], p: Parameters, seed: Seed, threads: int = 1) -> Citizens:
    """The citizens of all places, in order of place and neighbourhood; threads share the work."""
    total = int(residents.sum())
    threads = threads if total >= _FEWEST_TO_SHARE else 1
    starts = np.concatenate(([0], np.cumsum(residents)))
    citizens = make(Citizens, total, {"ties": TIES})
    citizens.home[:] = np.repeat(np.arange(len(residents)), residents)
    status = np.empty(total)
    order = np.empty(total)
    homophily = float(p.society.homophily)
    rest = (1.0 - homophily * homophily) ** 0.5
    share(partial(_place_in_society, homophily, rest, status, order, seed), total, threads)
    share(partial(_arrange, starts, order, status, citizens.status), len(residents), threads)
    tastes = np.array(STATUS_TASTE)
    share(partial(_grow_up, citizens, status, tastes, p, seed), total, threads)
    share(partial(_do, (partial(_part_in_thirds, citizens, status),
                          partial(_queue_for_access, citizens))), 2, min(threads, 2))  # fmt: skip
    share(partial(_tie, citizens, starts, seed), total, threads)
    return citizens


def _arrange(
    starts: NDArray[np.int64],
    order: NDArray[np.float64],
    status: NDArray[np.float64],
    shown: Array,
    first: int,
    last: int,
) -> None:
    """Some places' people in the order of their neighbourhoods, by `status`, rounded in `shown`."""
    for home in range(first, last):
        here = slice(starts[home], starts[home + 1])
        status[here] = status[here][np.argsort(order[here], kind="stable")]
        shown[here] = status[here]


def _do(works: Sequence[Callable[[], None]], first: int, last: int) -> None:
    for work in works[first:last]:
        work()


def _part_in_thirds(citizens: Citizens, status: NDArray[np.float64]) -> None:
    citizens.tercile[:] = (3 * _ranks(status)) // len(status)


def _queue_for_access(citizens: Citizens) -> None:
    skill = citizens.skill.astype(np.float64)
    citizens.access_rank[:] = _ranks(-skill) / len(skill)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


@loop
def _place_in_society(homophily: float, rest: float, status: Array, order: Array,
                      seed: Seed, first: int, last: int) -> None:  # fmt: skip
    for i in range(first, last):
        status[i] = normal(seed, _STATUS, 0, i, 0)
        order[i] = homophily * status[i] + rest * normal(seed, _NEIGHBOURHOOD, 0, i, 0)


@rule
def _taste(citizen: int, domain: int, status: float, tilt: Array, p: Parameters,
           seed: Seed) -> float:  # fmt: skip
    own = p.society.taste_spread * normal(seed, _TASTE, 0, citizen, domain)
    return exponential(own + p.society.elite_tilt * status * tilt[domain])


@loop
def _grow_up(citizens: Citizens, status: Array, tilt: Array, p: Parameters, seed: Seed,
             first: int, last: int) -> None:  # fmt: skip
    s = p.society
    odds = logarithm(s.baseline_trust / (1.0 - s.baseline_trust))
    for i in range(first, last):
        e = status[i]
        noise = normal(seed, _SKILL, 0, i, 0)
        citizens.skill[i] = sigmoid(s.skill_gradient * e + s.skill_spread * noise)
        civic = p.participation.civic_spread * normal(seed, _CIVIC, 0, i, 0)
        citizens.civic[i] = civic + p.participation.status_slope * e
        citizens.elite_weight[i] = exponential(0.5 * e)
        leaning = p.trust.predisposition_spread * normal(seed, _PREDISPOSITION, 0, i, 0)
        predisposition = sigmoid(odds + leaning)
        citizens.predisposition[i] = predisposition
        offset = 0.5 * p.trust.local_advantage
        citizens.trust_local[i] = min(1.0, predisposition + offset)
        citizens.trust_central[i] = max(0.0, predisposition - offset)
        citizens.taste_welfare[i] = _taste(i, 0, e, tilt, p, seed)
        citizens.taste_economy[i] = _taste(i, 1, e, tilt, p, seed)
        citizens.taste_environment[i] = _taste(i, 2, e, tilt, p, seed)
        citizens.taste_safety[i] = _taste(i, 3, e, tilt, p, seed)


@loop
def _tie(citizens: Citizens, starts: Array, seed: Seed, first: int, last: int) -> None:
    """Six ties into the neighbourhood (people of like status), two to anywhere."""
    total = citizens.home.shape[0]
    for i in range(first, last):
        home = np.int64(citizens.home[i])
        start = starts[home]
        size = starts[home + 1] - start
        window = min(_WINDOW, (size - 1) // 2)
        for k in range(NEAR_TIES):
            step = 1 + int(uniform(seed, _NEAR_TIES, 0, i, k) * (2 * window))
            if step > window:
                step = window - step
            citizens.ties[i, k] = start + (i - start + step + size) % size
        for k in range(NEAR_TIES, TIES):
            step = 1 + int(uniform(seed, _FAR_TIES, 0, i, k) * (total - 1))
            citizens.ties[i, k] = (i + step) % total
