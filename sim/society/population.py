"""Citizens at month 0: who they are, where they live, whom they are tied to.

Every number is a function of the seed and the citizen, so two scenarios with the same place, size
and seed have the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array, columns_of, make_room
from sim.engine.compiling import inner, loop, maker, making_loop
from sim.engine.luck import Luck, Seed, uniform_in_row
from sim.engine.numbers import exponentials_in_row, logarithm, quantiles_in_row
from sim.engine.ordering import order_of, rising
from sim.engine.team import share
from sim.processes.declared import Parameters
from sim.processes.environment import SocietyParameters
from sim.processes.lives import BLOCK, rows
from sim.processes.participation import ParticipationParameters
from sim.processes.state import FAR_TIES, NEAR_TIES, WINDOW, Citizens
from sim.processes.trust import TrustParameters
from sim.society.allotment import quantiles

_FEWEST_TO_SHARE = 50_000
"""Fewer citizens are settled before threads have begun."""
_MOST_KEPT = 10_000
"""More citizens, a megabyte of them, are founded anew each time."""
_STATUS = int(Luck.STATUS)
_NEIGHBOURHOOD = int(Luck.NEIGHBOURHOOD)
_SKILL = int(Luck.SKILL)
_CIVIC = int(Luck.CIVIC)
_TASTE = int(Luck.TASTE)
_PREDISPOSITION = int(Luck.PREDISPOSITION)
_NEAR_TIES = int(Luck.NEAR_TIES)
_FAR_TIES = int(Luck.FAR_TIES)
LEVELS = ("status", "skill", "access", "trust")
"""How a place may differ from the mean: status in z, skill and trust in log-odds; access as a factor
of the odds by which its people get online."""
_STATUS_LEVEL, _SKILL_LEVEL, _ACCESS_LEVEL, _TRUST_LEVEL = range(len(LEVELS))
_MADE = (
    "home", "status", "rank", "skill", "civic", "elite_weight", "taste_welfare",
    "taste_economy", "taste_environment", "taste_safety", "access_rank", "predisposition", "near",
    "far", "trust_local", "trust_central", "expectation_local", "expectation_central", "efficacy", "belief",
)  # fmt: skip
"""Columns that citizens do not start with alike."""
_EXPECTED = columns_of(Citizens)["expectation_local"].start
_EFFICACY = columns_of(Citizens)["efficacy"].start
STATUS_TASTE = (-1.0, 0.5, 1.0, -0.5)
"""How status tilts the ideal budget over the domains; an assumption, it sums to nothing."""


def make_blocks(residents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Blocks of citizens, each in one place: rows of (start, stop, place, its start, its stop)."""
    blocks = []
    start = 0
    for home, count in enumerate(residents):
        stop = start + int(count)
        for first in range(start, stop, BLOCK):
            blocks.append((first, min(first + BLOCK, stop), home, start, stop))
        start = stop
    return np.array(blocks, dtype=np.int64)


class Founding(NamedTuple):
    """All parameters that decide who citizens are at month 0."""

    society: SocietyParameters
    participation: ParticipationParameters
    trust: TrustParameters


def founding_of(p: Parameters) -> Founding:
    """What of all parameters decides who citizens are."""
    return Founding(p.society, p.participation, p.trust)


def settle(
    residents: NDArray[np.int64],
    p: Founding,
    seed: Seed,
    threads: int = 1,
    levels: NDArray[np.float64] | None = None,
    weights: NDArray[np.float64] | None = None,
) -> Citizens:
    """The citizens of all places, in order of place and neighbourhood; threads share the work.

    `levels` has shape (places, `LEVELS`): how each place differs from the mean; none if missing.
    `weights` are people for whom a citizen of each place stands; all alike if missing. Small
    societies are founded once for all scenarios that meet the same people.
    """
    levels = no_levels(len(residents)) if levels is None else levels
    weights = np.ones(len(residents)) if weights is None else weights
    if residents.sum() > _MOST_KEPT:
        return _settle(residents, levels, weights, p, seed, threads)
    kept = _kept(tuple(residents.tolist()), levels.tobytes(), weights.tobytes(), p, seed)
    return Citizens(*(column.copy() for column in kept))


def no_levels(places: int) -> NDArray[np.float64]:
    """Levels of places that are all alike."""
    levels = np.zeros((places, len(LEVELS)))
    levels[:, _ACCESS_LEVEL] = 1.0
    return levels


def forget_people() -> None:
    """Found people anew, also those that were kept."""
    _kept.cache_clear()


@lru_cache(maxsize=64)
def _kept(
    residents: tuple[int, ...], levels: bytes, weights: bytes, p: Founding, seed: Seed
) -> Citizens:
    of_places = np.frombuffer(levels).reshape(len(residents), len(LEVELS)).copy()
    return _settle(np.array(residents), of_places, np.frombuffer(weights).copy(), p, seed, 1)


def _settle(
    residents: NDArray[np.int64],
    levels: NDArray[np.float64],
    weights: NDArray[np.float64],
    p: Founding,
    seed: Seed,
    threads: int,
) -> Citizens:
    """Columns are filled in one after another, so that no more memory is taken than they need."""
    total = int(residents.sum())
    threads = threads if total >= _FEWEST_TO_SHARE else 1
    starts = np.concatenate(([0], np.cumsum(residents)))
    citizens = make_room(Citizens, total, {"near_ties": NEAR_TIES, "far_ties": FAR_TIES})
    citizens.home[:] = np.repeat(np.arange(len(residents), dtype=np.uint16), residents)
    status = _neighbourhoods(citizens, residents, starts, levels, p, seed, threads)
    grow_up = partial(_grow_up, citizens, status, np.array(STATUS_TASTE), levels, p, seed)
    share(grow_up, total, threads)
    is_even = bool((weights == 1.0).all())
    orders = (
        partial(_rank, citizens.status.view(np.uint32), citizens.rank) if is_even
        else partial(_rank_people, citizens, weights),
        partial(_queue, citizens.access_rank.view(np.uint32), citizens.access_rank) if is_even
        else partial(_queue_people, citizens, weights),
    )  # fmt: skip
    share(partial(_do, orders), 2, min(threads, 2))
    del status
    people = np.cumsum(residents * weights) if not is_even else np.empty(0)
    share(partial(_tie, citizens, starts, people, seed), total, threads)
    share(partial(_begin, citizens), total, threads)
    return citizens


def tied_to(
    citizens: Citizens, residents: NDArray[np.int64], rows: Sequence[int] | NDArray[np.int64]
) -> NDArray[np.int64]:
    """The rows of those to whom some citizens are tied, shape (citizens asked for, ties)."""
    asked = np.asarray(rows, dtype=np.int64)
    home = citizens.home[asked]
    size = residents[home][:, None]
    start = (np.cumsum(residents) - residents)[home][:, None]
    near = start + (asked[:, None] - start + citizens.near[asked]) % size
    return np.concatenate((near, citizens.far[asked]), axis=1).astype(np.int64)


def _neighbourhoods(
    citizens: Citizens,
    residents: NDArray[np.int64],
    starts: NDArray[np.int64],
    levels: NDArray[np.float64],
    p: Founding,
    seed: Seed,
    threads: int,
) -> NDArray[np.float64]:
    """Every citizen's status, in the order of neighbourhoods."""
    total = len(citizens.home)
    status, order = np.empty(total), np.empty(total)
    homophily = float(p.society.homophily)
    rest = (1.0 - homophily * homophily) ** 0.5
    share(partial(_place_in_society, homophily, rest, status, order, seed), total, threads)
    bits = order.view(np.int64)
    arrange = partial(_arrange, starts, bits, levels, status, citizens.status)
    share(arrange, len(residents), threads)
    return status


@making_loop
def _arrange(
    starts: Array, order: Array, levels: Array, status: Array, shown: Array, first: int, last: int
) -> None:
    """Some places' people in the order of their neighbourhoods, by `status`, rounded in `shown`.

    A place's own level of status is added here: it changes no order within a place.
    """
    for home in range(first, last):
        start, size = starts[home], starts[home + 1] - starts[home]
        keys = np.empty(size, dtype=np.uint64)
        before = np.empty(size)
        for j in range(size):
            keys[j] = rising(order[start + j])
            before[j] = status[start + j]
        arranged = order_of(keys, 64)
        for j in range(size):
            status[start + j] = before[arranged[j]] + levels[home, _STATUS_LEVEL]
            shown[start + j] = status[start + j]


def _do(works: Sequence[Callable[[], None]], first: int, last: int) -> None:
    for work in works[first:last]:
        work()


def _begin(citizens: Citizens, first: int, last: int) -> None:
    """What everybody starts with alike."""
    for name, column in columns_of(Citizens).items():
        if name not in _MADE:
            getattr(citizens, name)[first:last] = column.start


@making_loop
def _rank(status: Array, rank: Array) -> None:
    """Everybody's place in the order of status, in 256 steps; of equals the first is the lower.

    `status` is the bits of single-precision numbers.
    """
    total = status.shape[0]
    keys = np.empty(total, dtype=np.uint32)
    for i in range(total):
        negative = status[i] >> np.uint32(31) != 0
        keys[i] = status[i] ^ (np.uint32(0xFFFFFFFF) if negative else np.uint32(1 << 31))
    order = order_of(keys, 32)
    for k in range(total):
        rank[order[k]] = (256 * k) // total


@making_loop
def _queue(ease: Array, rank: Array) -> None:
    """Who gets online first: who finds it easiest, of equals the first; as shares of all.

    `ease` is the bits of numbers that are not negative, which are ordered as they are; it may be
    the same memory as `rank`.
    """
    total = ease.shape[0]
    keys = np.empty(total, dtype=np.uint32)
    for i in range(total):
        keys[i] = ~np.uint32(ease[i])
    order = order_of(keys, 32)
    for k in range(total):
        rank[order[k]] = k / total


def _rank_people(citizens: Citizens, weights: NDArray[np.float64]) -> None:
    """As `_rank`, where citizens stand for different numbers of people."""
    before = quantiles(citizens.status, weights[citizens.home])
    citizens.rank[:] = np.minimum(256.0 * before, 255.0)


def _queue_people(citizens: Citizens, weights: NDArray[np.float64]) -> None:
    """As `_queue`, where citizens stand for different numbers of people."""
    citizens.access_rank[:] = quantiles(-citizens.access_rank, weights[citizens.home])


class Row(NamedTuple):
    """Working memory for some citizens: `bits` and `powers` are the same."""

    chances: Array
    values: Array
    bits: Array
    powers: Array


@maker
def _make_row() -> Row:
    bits = np.empty(BLOCK, dtype=np.int64)
    return Row(np.empty(BLOCK), np.empty(BLOCK), bits, bits.view(np.float64))


@inner
def _draw(row: Row, seed: Seed, purpose: int, start: int, size: int, lane: int) -> None:
    """Standard normals of some citizens, as `values`."""
    for j in range(size):
        row.chances[j] = uniform_in_row(seed, purpose, 0, start + j, lane)
    quantiles_in_row(row.chances, size, row.values)


@making_loop
def _place_in_society(homophily: float, rest: float, status: Array, order: Array,
                      seed: Seed, first: int, last: int) -> None:  # fmt: skip
    row = _make_row()
    for start in range(first, last, BLOCK):
        size = min(BLOCK, last - start)
        _draw(row, seed, _STATUS, start, size, 0)
        for j in range(size):
            status[start + j] = row.values[j]
        _draw(row, seed, _NEIGHBOURHOOD, start, size, 0)
        for j in range(size):
            order[start + j] = homophily * status[start + j] + rest * row.values[j]


@making_loop
def _grow_up(citizens: Citizens, status: Array, tilt: Array, levels: Array, p: Founding,
             seed: Seed, first: int, last: int) -> None:  # fmt: skip
    row = _make_row()
    for start in range(first, last, BLOCK):
        size = min(BLOCK, last - start)
        people = rows(citizens, start, start + size)
        own = status[start : start + size]
        _learn_and_engage(people, own, row, levels, p, seed, start)
        _trust(people, row, levels, p, seed, start)
        _taste(people.taste_welfare, own, row, 0, tilt[0], p, seed, start)
        _taste(people.taste_economy, own, row, 1, tilt[1], p, seed, start)
        _taste(people.taste_environment, own, row, 2, tilt[2], p, seed, start)
        _taste(people.taste_safety, own, row, 3, tilt[3], p, seed, start)


@inner
def _learn_and_engage(
    people: Citizens, status: Array, row: Row, levels: Array, p: Founding, seed: Seed, start: int
) -> None:
    """Skill, civic propensity and weight among elites, by status, place and luck.

    How easily one gets online, for now in the place of its order: odds of skill times the place's.
    """
    size = status.shape[0]
    _draw(row, seed, _SKILL, start, size, 0)
    for j in range(size):
        noise = p.society.skill_spread * row.values[j]
        level = levels[people.home[j], _SKILL_LEVEL]
        row.values[j] = -(p.society.skill_gradient * status[j] + noise + level)
    exponentials_in_row(row.values, size, row.bits, row.powers)
    for j in range(size):
        people.skill[j] = 1.0 / (1.0 + row.values[j])
        people.access_rank[j] = levels[people.home[j], _ACCESS_LEVEL] / row.values[j]
    _draw(row, seed, _CIVIC, start, size, 0)
    for j in range(size):
        civic = p.participation.civic_spread * row.values[j]
        people.civic[j] = civic + p.participation.status_slope * status[j]
    for j in range(size):
        row.values[j] = 0.5 * status[j]
    exponentials_in_row(row.values, size, row.bits, row.powers)
    for j in range(size):
        people.elite_weight[j] = row.values[j]


@inner
def _trust(people: Citizens, row: Row, levels: Array, p: Founding, seed: Seed, start: int) -> None:
    """Predisposition, by place and luck; trust begins there, the local government's a little above.

    Who is disposed to trust expects more of government and believes more in having a say.
    """
    size = people.home.shape[0]
    odds = logarithm(p.society.baseline_trust / (1.0 - p.society.baseline_trust))
    offset = 0.5 * p.trust.local_advantage
    _draw(row, seed, _PREDISPOSITION, start, size, 0)
    for j in range(size):
        leaning = p.trust.predisposition_spread * row.values[j]
        people.efficacy[j] = p.trust.efficacy_halo * leaning
        row.values[j] = -(odds + leaning + levels[people.home[j], _TRUST_LEVEL])
    exponentials_in_row(row.values, size, row.bits, row.powers)
    for j in range(size):
        predisposition = 1.0 / (1.0 + row.values[j])
        light = p.trust.halo * (predisposition - 0.5)
        people.predisposition[j] = predisposition
        people.trust_local[j] = min(1.0, predisposition + offset)
        people.trust_central[j] = max(0.0, predisposition - offset)
        people.expectation_local[j] = _EXPECTED + light
        people.expectation_central[j] = _EXPECTED + light
    _believe(people.efficacy, row, p, seed, start)
    for j in range(size):
        people.belief[j] = people.efficacy[j]


@inner
def _believe(efficacy: Array, row: Row, p: Founding, seed: Seed, start: int) -> None:
    """Belief in having a say, from how far predisposition tilts it (in log-odds), and luck."""
    size = efficacy.shape[0]
    odds = logarithm(_EFFICACY / (1.0 - _EFFICACY))
    _draw(row, seed, _PREDISPOSITION, start, size, 1)
    for j in range(size):
        row.values[j] = -(odds + efficacy[j] + p.trust.efficacy_spread * row.values[j])
    exponentials_in_row(row.values, size, row.bits, row.powers)
    for j in range(size):
        efficacy[j] = 1.0 / (1.0 + row.values[j])


@inner
def _taste(
    tastes: Array, status: Array, row: Row, domain: int, tilt: float, p: Founding, seed: Seed,
    start: int,
) -> None:  # fmt: skip
    """Taste for a domain, by status and luck."""
    size = status.shape[0]
    _draw(row, seed, _TASTE, start, size, domain)
    for j in range(size):
        own = p.society.taste_spread * row.values[j]
        row.values[j] = own + p.society.elite_tilt * status[j] * tilt
    exponentials_in_row(row.values, size, row.bits, row.powers)
    for j in range(size):
        tastes[j] = row.values[j]


@inner
def _anyone(draw: float, starts: Array, people: Array) -> int:
    """The citizen who stands for the person at a share of all; `people` are those up to a place."""
    places = people.shape[0]
    person = draw * people[places - 1]
    home = 0
    while home < places - 1 and people[home] <= person:
        home += 1
    before = people[home - 1] if home > 0 else 0.0
    size = starts[home + 1] - starts[home]
    step = int((person - before) / (people[home] - before) * size)
    return int(starts[home] + min(step, size - 1))


@loop
def _tie(
    citizens: Citizens, starts: Array, people: Array, seed: Seed, first: int, last: int
) -> None:
    """Six ties into the neighbourhood (people of like status), two to anywhere.

    `people` are those for whom citizens stand, up to the end of each place; there are none where
    all citizens count alike. Who would be tied to himself is tied to the next.
    """
    total = citizens.home.shape[0]
    for home in range(starts.shape[0] - 1):
        window = min(WINDOW, (starts[home + 1] - starts[home] - 1) // 2)
        for i in range(max(first, starts[home]), min(last, starts[home + 1])):
            for k in range(NEAR_TIES):
                step = 1 + int(uniform_in_row(seed, _NEAR_TIES, 0, i, k) * (2 * window))
                citizens.near[i, k] = window - step if step > window else step
            for k in range(FAR_TIES):
                lane = NEAR_TIES + k
                draw = uniform_in_row(seed, _FAR_TIES, 0, i, lane)
                other = i + 1 + int(draw * (total - 1))
                if people.shape[0] > 0:
                    other = _anyone(draw, starts, people)
                    other += other == i
                citizens.far[i, k] = other - total if other >= total else other
