"""What tied citizens see of each other, packed in 16 bits: channel, taking part, trust in 11 bits.

Only this is double-buffered; the coarser trust that others perceive is part of the model. Eight
trusts of 11 bits add up below the bit of taking part, so words can be added once the channel is
moved away from it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import inner, rule
from sim.processes.state import TIES, WINDOW

_DIGITAL = np.uint32(15)
_ACTIVE = np.uint32(14)
_DIGITAL_APART = np.uint32(20)
_OTHERS = np.uint32((1 << 15) - 1)
_COUNT = np.uint32(15)
_TRUST = np.uint32((1 << 14) - 1)
_TRUST_SCALE = np.float32(2047.0)
_SHARE = np.float32(1.0 / TIES)


class Peers(NamedTuple):
    """What a citizen sees of the eight tied citizens: shares and mean trust."""

    digital: np.float32
    active: np.float32
    trust: np.float32


@rule
def show(digital: np.uint8, active: np.uint16, trust: np.float32) -> np.uint16:
    """What a citizen shows: channel, having taken part in twelve months, trust."""
    flags = (np.uint32(digital) << _DIGITAL) | (np.uint32(active != 0) << _ACTIVE)
    return np.uint16(flags | np.uint32(trust * _TRUST_SCALE))


@rule
def spread(word: np.uint16) -> np.uint32:
    """What one shows with its flags so far apart that eight such words can be added."""
    wide = np.uint32(word)
    return np.uint32((wide & _OTHERS) | ((wide >> _DIGITAL) << _DIGITAL_APART))


@inner
def look_around(shown: Array, first: int, last: int, start: int, stop: int, seen: Array) -> None:
    """What citizens `first` to `last` and those around them show, spread and in one piece.

    They live in the place of citizens `start` to `stop`, whose ends are neighbours. Citizen `first`
    is entry `WINDOW` of `seen`. In a place smaller than that some entries stay as they were: no
    tie reaches so far.
    """
    size = stop - start
    lowest, highest = max(first - WINDOW, start), min(last + WINDOW, stop)
    here = lowest - first + WINDOW
    for k in range(highest - lowest):
        seen[here + k] = spread(shown[lowest + k])
    before = min(start - first + WINDOW, size)
    there = here - before
    for k in range(before):
        seen[there + k] = spread(shown[stop - before + k])
    beyond = here + highest - lowest
    for k in range(min(last + WINDOW - stop, size)):
        seen[beyond + k] = spread(shown[start + k])


@rule
def look(total: np.uint32) -> Peers:
    """What a citizen sees of the tied citizens, from the sum of their `spread` words."""
    return Peers(
        np.float32(total >> _DIGITAL_APART) * _SHARE,
        np.float32((total >> _ACTIVE) & _COUNT) * _SHARE,
        np.float32(total & _TRUST) * _SHARE / _TRUST_SCALE,
    )
