"""What tied citizens see of each other, packed in 16 bits: channel, taking part, trust in 11 bits.

Only this is double-buffered; the coarser trust that others perceive is part of the model. Eight
trusts of 11 bits add up below the bit of taking part, so the words can be added as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import rule
from sim.processes.state import TIES

_DIGITAL = np.uint32(15)
_ACTIVE = np.uint32(14)
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
def look(shown: Array, ties: Array, citizen: int) -> Peers:
    """What a citizen sees of the tied citizens."""
    total = np.uint32(0)
    digital = np.uint32(0)
    for k in range(TIES):
        word = np.uint32(shown[ties[citizen, k]])
        total = np.uint32(total + word)
        digital = np.uint32(digital + (word >> _DIGITAL))
    total = np.uint32(total - (digital << _DIGITAL))
    return Peers(
        np.float32(digital) * _SHARE,
        np.float32(total >> _ACTIVE) * _SHARE,
        np.float32(total & _TRUST) * _SHARE / _TRUST_SCALE,
    )
