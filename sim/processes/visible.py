"""What tied citizens see of each other, packed in 16 bits: channel, taking part, trust in 12 bits.

Only this is double-buffered; the coarser trust that others perceive is part of the model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import rule

_DIGITAL = np.uint32(1 << 15)
_ACTIVE = np.uint32(1 << 14)
_TRUST = np.uint32(0xFFF)
_TRUST_SCALE = np.float32(4095.0)
_EIGHTH = np.float32(0.125)


class Peers(NamedTuple):
    """What a citizen sees of the eight tied citizens: shares and mean trust."""

    digital: np.float32
    active: np.float32
    trust: np.float32


@rule
def show(digital: np.uint8, active: np.uint16, trust: np.float32) -> np.uint16:
    """What a citizen shows: channel, having taken part in twelve months, trust."""
    word = np.uint32(trust * _TRUST_SCALE)
    word |= np.uint32(digital) << np.uint32(15)
    if active != 0:
        word |= _ACTIVE
    return np.uint16(word)


@rule
def look(shown: Array, ties: Array, citizen: int) -> Peers:
    """What a citizen sees of the tied citizens."""
    digital = np.uint32(0)
    active = np.uint32(0)
    trust = np.uint32(0)
    for k in range(8):
        word = np.uint32(shown[ties[citizen, k]])
        digital += word >> np.uint32(15)
        active += (word >> np.uint32(14)) & np.uint32(1)
        trust += word & _TRUST
    return Peers(
        np.float32(digital) * _EIGHTH,
        np.float32(active) * _EIGHTH,
        np.float32(trust) * (_EIGHTH / _TRUST_SCALE),
    )
