"""Keyed luck: each draw is a function of (seed, purpose, month, agent), never of an order.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as
easy as 1, 2, 3"): a bijection of a 128-bit counter under a 64-bit key that gives four words at
once. The counter holds agent, month, purpose and lane; the key holds the seed. There is no stream
and no lock, so threads and processes cannot change a result, and two scenarios share their luck
until they really differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, unique
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiling import loop, rule, typed
from sim.engine.numbers import normal_quantile

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_SHIFT_SINGLE = np.uint32(8)
_UNIT_SINGLE = np.float32(1.0 / (1 << 24))
_HALF_WORD = np.uint32(0xFFFF)
_HALF_WORD_BITS = np.uint32(16)
_UNIT_HALF_WORD = np.float32(1.0 / (1 << 16))
_UNIT_DOUBLE = 1.0 / 4294967296.0


class Seed(NamedTuple):
    """The key of one replicate: the two halves of its 64-bit seed."""

    low: np.uint32
    high: np.uint32


def _keyed() -> Any:
    """The signature of one number drawn in double precision."""
    from numba import types

    key = types.NamedUniTuple(types.uint32, 2, Seed)  # type: ignore[no-untyped-call]
    return types.float64(key, types.int64, types.int64, types.int64, types.int64)


@unique
class Luck(IntEnum):
    """The purposes of draws; a number is never used twice and never changes.

    21, 22, 24 and 26 are spent: versions before 0.1.0 drew from them.
    """

    STATUS = 1
    SKILL = 2
    CIVIC = 3
    TASTE = 4
    PREDISPOSITION = 5
    NEIGHBOURHOOD = 6
    NEAR_TIES = 7
    FAR_TIES = 8
    PLACES = 9
    CAPACITY = 10
    PREFERENCES = 11
    FIRMS = 12
    LEVELS = 13
    TASTES_OF_PLACES = 14
    DRIFT = 20
    SERVICES = 23
    EXPOSURE = 25
    LIFE = 27
    CLIMATE = 28
    TURNOVER = 29
    PROFESSIONALS = 30
    ANALYSIS = 31
    REVISION = 32
    PROJECT = 33
    OVERRUN = 34
    TENDER = 35
    INCIDENT = 36
    NEW_SERVICE = 37
    SERVICE_END = 38
    TIE_END = 40
    TIE_CLOSURE = 41
    TIE_BROKERAGE = 42
    TIE_HUB = 43
    REFORM = 50
    SHOCK = 51
    PRESSURE = 52
    COERCION = 53
    ELECTION = 54
    PROBLEM = 55
    PROBLEM_NOTICE = 56
    PROBLEM_MONEY = 57
    PROBLEM_END = 58
    ORDERS = 60
    NETWORK_LOSS = 61
    FOLDS = 62
    RESAMPLES = 63
    MAPS = 64


class Key(NamedTuple):
    """What a purpose is drawn for: `who` is its agent, `when` its month, `lanes` what is apart.

    `most` is the number of lanes, 0 where it depends on how much there is of something.
    """

    who: str
    when: str
    lanes: str
    most: int


START = "the start (0)"
MONTH = "month"
KEYS: Mapping[Luck, Key] = {
    Luck.STATUS: Key("citizen", START, "status", 1),
    Luck.SKILL: Key("citizen", START, "skill", 1),
    Luck.CIVIC: Key("citizen", START, "civic propensity", 1),
    Luck.TASTE: Key("citizen", START, "taste by domain", 4),
    Luck.PREDISPOSITION: Key("citizen", START, "predisposition; belief in having a say", 2),
    Luck.NEIGHBOURHOOD: Key("citizen", START, "place in the neighbourhood", 1),
    Luck.NEAR_TIES: Key("citizen", START, "near ties 0 to 5", 6),
    Luck.FAR_TIES: Key("citizen", START, "far ties 6 and 7", 8),
    Luck.PLACES: Key("drawn place, by country", START, "people; money", 2),
    Luck.CAPACITY: Key("government", START, "capacity", 1),
    Luck.PREFERENCES: Key("local government", START, "need by domain", 4),
    Luck.LEVELS: Key("local government", START, "age; status; skill; access; trust", 5),
    Luck.TASTES_OF_PLACES: Key("local government", START, "taste by domain", 4),
    Luck.FIRMS: Key("entrepreneur", START, "capability", 1),
    Luck.DRIFT: Key("local government", MONTH, "change of the need by domain", 4),
    Luck.SERVICES: Key("citizen", MONTH, "the fates of eight needs, half a word each", 1),
    Luck.EXPOSURE: Key("citizen", MONTH, "exposed to a breach and trained, a word each", 1),
    Luck.LIFE: Key(
        "citizen", MONTH, "channel and taking part, a word each; reconsider, invited, needs "
        "and answered, half a word each", 1,
    ),
    Luck.CLIMATE: Key("society", MONTH, "step of the climate of trust", 1),
    Luck.TURNOVER: Key(
        "citizen", MONTH, "replaced; the newcomer's skill; belief in having a say, a word each", 1,
    ),
    Luck.PROFESSIONALS: Key("local government", "survey", "error by domain", 4),
    Luck.ANALYSIS: Key("local government", MONTH, "error by domain", 4),
    Luck.REVISION: Key("local government", MONTH, "whether the budget is revised", 1),
    Luck.PROJECT: Key("local government", MONTH, "whether; result", 2),
    Luck.OVERRUN: Key("local government", MONTH, "whether; size", 2),
    Luck.TENDER: Key("local government", MONTH, "open and winner, large, then small", 4),
    Luck.INCIDENT: Key("local government", MONTH, "whether a breach strikes", 1),
    Luck.NEW_SERVICE: Key("local government", MONTH, "whether; whose", 2),
    Luck.SERVICE_END: Key("local government", MONTH, "slot of the service", 24),
    Luck.TIE_END: Key("institution", MONTH, "the other institution", 0),
    Luck.TIE_CLOSURE: Key("institution", MONTH, "the other institution", 0),
    Luck.TIE_BROKERAGE: Key("local government", MONTH, "whether; with whom", 2),
    Luck.TIE_HUB: Key("local government", MONTH, "its office; slot of the service", 25),
    Luck.REFORM: Key(
        "local government", MONTH,
        "failure; leap; reversal; whom to copy; how many rows; which", 6,
    ),
    Luck.SHOCK: Key("local government", MONTH, "jump of the month, by domain", 0),
    Luck.PRESSURE: Key("local government", MONTH, "pressure", 4),
    Luck.COERCION: Key("local government", MONTH, "row of the figure", 0),
    Luck.ELECTION: Key("local government", MONTH, "whether the course changes; which way", 2),
    Luck.PROBLEM: Key(
        "local government", MONTH,
        "how many arise; of each: size, where, domain, whose it is, whether all notice it", 0,
    ),
    Luck.PROBLEM_NOTICE: Key("local government", MONTH, "slot of the problem", 32),
    Luck.PROBLEM_MONEY: Key("government", MONTH, "whether money moves; error by domain", 5),
    Luck.PROBLEM_END: Key(
        "local government", MONTH,
        "of each slot: whether it is worked on, whether the solution is resisted, whether it fades",
        96,
    ),
    Luck.ORDERS: Key("0", "pair of walks", "row that is put in order", 0),
    Luck.NETWORK_LOSS: Key("institution", MONTH, "removal", 30),
    Luck.FOLDS: Key("future", START, "its fold", 1),
    Luck.RESAMPLES: Key("resample", START, "replicate drawn", 0),
    Luck.MAPS: Key("resampled map", START, "replicate drawn", 0),
}  # fmt: skip
"""What each purpose is drawn for; no two happenings may share purpose, month, agent and lane.

`docs/model.md` shows it, and tests hold every draw of some months against it."""


def seed_key(seed: int) -> Seed:
    """Split a non-negative 64-bit seed into a generator key."""
    if not 0 <= seed < 1 << 64:
        raise ValueError(f"a seed lies in 0 to 2**64 - 1, not {seed}")
    return Seed(np.uint32(seed & 0xFFFFFFFF), np.uint32(seed >> 32))


@rule
def words(
    seed: Seed, purpose: int, month: int, agent: int, lane: int
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Four random 32-bit words for one purpose, month, agent and lane.

    Words are kept in 64 bits on the way, since that is what their products need: loops over
    agents run more than twice as fast as with casts in between.
    """
    c0 = np.uint64(agent) & _LOW
    c1 = np.uint64(month) & _LOW
    c2 = np.uint64(purpose) & _LOW
    c3 = np.uint64(lane) & _LOW
    k0 = np.uint64(seed.low)
    k1 = np.uint64(seed.high)
    for _ in range(10):
        p0 = c0 * _M0
        p1 = c2 * _M1
        c0 = (p1 >> _HALF) ^ c1 ^ k0
        c1 = p1 & _LOW
        c2 = (p0 >> _HALF) ^ c3 ^ k1
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)


@rule
def unit(word: np.uint32) -> np.float32:
    """A single-precision number in [0, 1) from a random word."""
    return np.float32(word >> _SHIFT_SINGLE) * _UNIT_SINGLE


@rule
def low_half(word: np.uint32) -> np.float32:
    """A coarser number in [0, 1) from the low half of a random word."""
    return np.float32(word & _HALF_WORD) * _UNIT_HALF_WORD


@rule
def high_half(word: np.uint32) -> np.float32:
    """A coarser number in [0, 1) from the high half of a random word."""
    return np.float32(word >> _HALF_WORD_BITS) * _UNIT_HALF_WORD


@rule
def uniform_in_row(seed: Seed, purpose: int, month: int, agent: int, lane: int) -> float:
    """`uniform`, written into a loop that draws many at once, which takes a sixth of the time."""
    word, _, _, _ = words(seed, purpose, month, agent, lane)
    return (np.float64(word) + 0.5) * _UNIT_DOUBLE


@typed(_keyed)
def uniform(seed: Seed, purpose: int, month: int, agent: int, lane: int) -> float:
    """One double-precision number strictly inside (0, 1)."""
    return uniform_in_row(seed, purpose, month, agent, lane)


@typed(_keyed)
def normal(seed: Seed, purpose: int, month: int, agent: int, lane: int) -> float:
    """One standard normal number."""
    return normal_quantile(uniform(seed, purpose, month, agent, lane))


@loop
def _fill_normals(seed: Seed, purpose: int, month: int, out: NDArray[Any]) -> None:
    for agent in range(out.shape[0]):
        for lane in range(out.shape[1]):
            out[agent, lane] = normal(seed, purpose, month, agent, lane)


@loop
def _fill_uniforms(seed: Seed, purpose: int, month: int, out: NDArray[Any]) -> None:
    for agent in range(out.shape[0]):
        for lane in range(out.shape[1]):
            out[agent, lane] = uniform(seed, purpose, month, agent, lane)


def normals(
    seed: Seed, purpose: Luck, agents: int, lanes: int = 1, month: int = 0
) -> NDArray[np.float64]:
    """Standard normals of shape (agents, lanes)."""
    out = np.empty((agents, lanes))
    _fill_normals(seed, int(purpose), month, out)
    return out


def normals_of(
    seed: Seed, purpose: Luck, agents: NDArray[np.uint32], lanes: int
) -> NDArray[np.float64]:
    """Standard normals of given agents, shape (agents, lanes)."""
    draws = [[normal(seed, int(purpose), 0, int(a), k) for k in range(lanes)] for a in agents]
    return np.array(draws)


def uniforms(
    seed: Seed, purpose: Luck, agents: int, lanes: int = 1, month: int = 0
) -> NDArray[np.float64]:
    """Uniform numbers in (0, 1) of shape (agents, lanes)."""
    out = np.empty((agents, lanes))
    _fill_uniforms(seed, int(purpose), month, out)
    return out
