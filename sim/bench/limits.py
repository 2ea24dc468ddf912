"""What a citizen's month takes at least: its parts, each measured alone on this machine.

Three parts make the *component floor*: moving as many bytes as the pass over citizens reads and
writes (`stream`), looking at eight tied citizens (`gather`), and draws and rules on citizens that
are in the cache (`rules`). A program that did them one after another, and nothing else, would take
their sum. One that did all at the same time could not be faster than the slowest of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from sim.bench.phases import live_alone
from sim.engine.columns import Array
from sim.engine.compiling import loop
from sim.model import GovernanceModel
from sim.processes.lives import BLOCK
from sim.processes.state import FAR_TIES, NEAR_TIES, WINDOW, Citizens

WRITTEN = (
    "expectation_local", "expectation_central", "trust_local", "trust_central", "efficacy",
    "fatigue", "quality", "digital", "waiting", "inputs", "experience", "used", "forms", "active",
    "heard",
)  # fmt: skip
"""Columns that the pass reads and writes (skill too where there is digital training)."""
UNREAD = ("home", "status", "elite_weight")
"""Columns that it leaves alone."""
TIES = ("near", "far")
_MOST_MOVED = 1 << 28
"""More bytes than any cache holds: what is larger need not be copied as a whole."""
_CITIZENS_IN_CACHE = 8 * BLOCK
_SHORTEST = 0.004
"""Seconds; what takes less is measured several times over."""


@dataclass(frozen=True)
class Floor:
    """Seconds that the parts of one month of all citizens take, each alone."""

    stream: float
    gather: float
    rules: float

    @property
    def in_turn(self) -> float:
        """One part after another: the component floor."""
        return self.stream + self.gather + self.rules

    @property
    def slowest(self) -> float:
        """All parts at once: nothing with these parts can be faster."""
        return max(self.stream, self.gather, self.rules)


class Limits:
    """Measures the floor of one society again and again, and changes nothing in it."""

    def __init__(self, model: GovernanceModel) -> None:
        s = model.state
        self.model = model
        self.citizens = len(s.shown)
        self._moved = int(self.citizens * bytes_moved(model) / 2)
        size = min(self._moved, _MOST_MOVED)
        self._from = np.ones(size, dtype=np.uint8)
        self._to = self._from.copy()
        self._blocks = in_cache(s.blocks)
        self._count = int(self._blocks[-1, 1])
        self._people = Citizens(*(column[: self._count].copy() for column in s.citizens))
        self._showing = s.showing[: self._count].copy()
        self._tallies = s.block_tallies[: len(self._blocks)].copy()
        self._reports = s.block_reports[: len(self._blocks)].copy()

    def measure(self) -> Floor:
        """The floor just now."""
        s = self.model.state
        copied = len(self._from)
        stream = _seconds(lambda: np.copyto(self._to, self._from)) * self._moved / copied
        gather = _seconds(lambda: sum_of_words(s.shown, s.citizens.near, s.citizens.far))
        rules = _seconds(lambda: self._live(len(self._blocks))) - _seconds(lambda: self._live(0))
        return Floor(stream, gather, rules * self.citizens / self._count)

    def _live(self, blocks: int) -> None:
        """On the first citizens only, so that they stay in the cache; of no blocks, the call."""
        s, p = self.model.state, self.model.parameters
        live_alone()(
            self._blocks, self._people, s.offer, s.problems, s.shown, self._showing, self._tallies,
            self._reports, s.needs_tables, p.society, p.service, p.participation, p.trust,
            p.problems, self.model.seed_key, self.model.month, 0, blocks,
        )  # fmt: skip


def bytes_moved(model: GovernanceModel) -> float:
    """Bytes of a citizen that the pass reads or writes, without ties, which gathers read."""
    group = model.state.citizens
    sizes = {name: column.itemsize for name, column in zip(group._fields, group, strict=True)}
    read = sum(size for name, size in sizes.items() if name not in (*UNREAD, *TIES))
    shown = model.state.showing.itemsize
    return float(read + sum(sizes[name] for name in WRITTEN) + shown)


def in_cache(blocks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first blocks: so many citizens as stay in the cache, at least one block."""
    count = int(np.searchsorted(blocks[:, 1], _CITIZENS_IN_CACHE, side="right"))
    return blocks[: max(1, count)]


def _seconds(work: Callable[[], object]) -> float:
    """Seconds that some work takes, done as often as it takes to measure them."""
    start, times = perf_counter(), 0
    while times == 0 or perf_counter() - start < _SHORTEST:
        work()
        times += 1
    return (perf_counter() - start) / times


@loop
def sum_of_words(shown: Array, near: Array, far: Array) -> int:
    """Add up what all citizens see of those they are tied to, as if there were one place."""
    total = np.uint32(0)
    for i in range(WINDOW, near.shape[0] - WINDOW):
        for k in range(NEAR_TIES):
            total = np.uint32(total + np.uint32(shown[np.uint64(i + near[i, k])]))
        for k in range(FAR_TIES):
            total = np.uint32(total + np.uint32(shown[far[i, k]]))
    return int(total)
