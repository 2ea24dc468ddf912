"""Keyed luck: each draw is a function of (seed, purpose, month, agent), never of an order.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as
easy as 1, 2, 3"): a bijection of a 128-bit counter under a 64-bit key that gives four words at
once. The counter holds agent, month, purpose and lane; the key holds the seed. There is no stream
and no lock, so threads and processes cannot change a result, and two scenarios share their luck
until they really differ.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numba import types
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


_KEY = types.NamedUniTuple(types.uint32, 2, Seed)  # type: ignore[no-untyped-call]


class Luck(IntEnum):
    """The purposes of draws; a number is never used twice and never changes."""

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
    DRIFT = 20
    CHANNEL = 21
    NEEDS = 22
    SERVICES = 23
    VOICE = 24
    EXPOSURE = 25
    TRAINING = 26
    LIFE = 27
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
    ORDERS = 60
    NETWORK_LOSS = 61


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


@typed(types.float64(_KEY, types.int64, types.int64, types.int64, types.int64))
def uniform(seed: Seed, purpose: int, month: int, agent: int, lane: int) -> float:
    """One double-precision number strictly inside (0, 1)."""
    word, _, _, _ = words(seed, purpose, month, agent, lane)
    return (np.float64(word) + 0.5) * _UNIT_DOUBLE


@typed(types.float64(_KEY, types.int64, types.int64, types.int64, types.int64))
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
