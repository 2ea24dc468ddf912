"""The citizens' month on a graphics card: the phases of `lives`, for one citizen a thread at a time.

A group of threads does a block of citizens. Each thread goes through the same compiled phases as a
processor, with a block of one, and adds up its own counts; whole numbers, so that the order in which
threads are done cannot change a sum. Columns stay on the card from month to month.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.card import Kernel, copy_from_card, copy_to_card, to_card
from sim.engine.columns import Array
from sim.engine.luck import Seed
from sim.processes import tally
from sim.processes.agenda import ask
from sim.processes.cohorts import grow_older
from sim.processes.environment import SocietyParameters
from sim.processes.lives import (
    BLOCK,
    Scratch,
    draw_luck,
    far_peers,
    know_peers,
    live_on,
    neighbours,
    rows,
)
from sim.processes.participation import ParticipationParameters
from sim.processes.problems import ProblemParameters
from sim.processes.service import ServiceParameters
from sim.processes.state import PROBLEM_SLOTS, WINDOW, Citizens, Offer, Problems
from sim.processes.trust import TrustParameters
from sim.processes.visible import spread

cuda: Any = None
"""Numba's module for cards, which kernels find in its place."""

_THREADS = 128
_SEEN = BLOCK + 2 * WINDOW
_AROUND = 2 * WINDOW + 1
_COUNTS = tally.MONTHLY
_COUNTS_OF_ALL = (tally.MONTHLY, _THREADS + 1)
_SURVEY = (1, tally.SURVEY_END)
_ASKED = tally.SURVEY_END - tally.WANTED
_SURVEY_OF_ALL = (_ASKED, _THREADS + 1)
_HEARD = 2 * PROBLEM_SLOTS
_ZERO = np.float32(0.0)
_MOVED = (
    "skill", "expectation_local", "expectation_central", "trust_local", "trust_central", "efficacy", "belief",
    "fatigue", "inputs", "experience", "quality", "digital", "waiting", "used", "forms", "active",
    "heard",
)  # fmt: skip
"""Columns that a month changes."""


def _live(
    blocks: Array,
    citizens: Citizens,
    offer: Offer,
    problems: Problems,
    shown: Array,
    showing: Array,
    counts: Array,
    reports: Array,
    needs_tables: Array,
    society: SocietyParameters,
    service: ServiceParameters,
    voice: ParticipationParameters,
    faith: TrustParameters,
    trouble: ProblemParameters,
    seed: Seed,
    month: int,
) -> None:
    """A month in the lives of the citizens of one block, whose threads share it."""
    thread, block = cuda.threadIdx.x, cuda.blockIdx.x
    seen = cuda.shared.array(_SEEN, np.uint32)
    all_counts = cuda.shared.array(_COUNTS_OF_ALL, np.int32)
    count = cuda.local.array(_COUNTS, np.int32)
    heard = cuda.local.array(_HEARD, np.int32)
    scratch = Scratch(
        cuda.local.array(1, np.float32), cuda.local.array(1, np.float32),
        cuda.local.array(1, np.float32), cuda.local.array(1, np.float32),
        cuda.local.array(1, np.float32), cuda.local.array(1, np.float32),
        cuda.local.array(1, np.float32), cuda.local.array(1, np.float32),
        cuda.local.array((4, 1), np.uint32),
        cuda.local.array(1, np.uint32),
        seen,
        cuda.local.array(1, np.float32), cuda.local.array(1, np.float32),
        cuda.local.array(1, np.float32), cuda.local.array(1, np.float32),
        cuda.local.array(1, np.float32), cuda.local.array(1, np.int32),
        cuda.local.array(1, np.float32), cuda.local.array(1, np.float32),
        cuda.local.array((4, 1), np.float32),
        cuda.local.array(1, np.int32), cuda.local.array(1, np.float32),
    )  # fmt: skip
    start, stop, g = blocks[block, 0], blocks[block, 1], blocks[block, 2]
    first, last = blocks[block, 3], blocks[block, 4]
    for k in range(thread, stop - start + 2 * WINDOW, _THREADS):
        row = start + k - WINDOW
        while row < first:
            row += last - first
        while row >= last:
            row -= last - first
        seen[k] = spread(shown[row])
    for k in range(_COUNTS):
        all_counts[k, thread] = 0
    cuda.syncthreads()
    is_rare = bool(offer.training[g] > _ZERO or offer.exposure[g] > _ZERO)
    for j in range(thread, stop - start, _THREADS):
        i = start + j
        person = rows(citizens, i, i + 1)
        grow_older(person, g, offer, i, society, faith, seed, month)
        draw_luck(i, 1, scratch, is_rare, seed, month)
        near = neighbours(person.near, seen[j : j + _AROUND], 0)
        scratch.words[0] = np.uint32(far_peers(shown, person.far, 0) + near)
        know_peers(person, scratch)
        live_on(
            person, g, offer, problems, i, first, last, showing[i : i + 1], scratch, count, heard,
            needs_tables[g], service, voice, faith, trouble, month,
        )  # fmt: skip
        for k in range(_HEARD):
            if heard[k] != 0:
                cuda.atomic.add(reports, (g, k), np.int64(heard[k]))
        for k in range(_COUNTS):
            all_counts[k, thread] += count[k]
    cuda.syncthreads()
    for k in range(thread, _COUNTS, _THREADS):
        total = np.int64(0)
        for other in range(_THREADS):
            total += all_counts[k, other]
        cuda.atomic.add(counts, (g, k), total)


def _ask(blocks: Array, citizens: Citizens, offer: Offer, counts: Array) -> None:
    """Count what the citizens of one block want."""
    thread, block = cuda.threadIdx.x, cuda.blockIdx.x
    all_counts = cuda.shared.array(_SURVEY_OF_ALL, np.int64)
    count = cuda.local.array(_SURVEY, np.int64)
    for k in range(tally.WANTED, tally.SURVEY_END):
        count[0, k] = 0
    g = blocks[block, 2]
    for i in range(blocks[block, 0] + thread, blocks[block, 1], _THREADS):
        ask(citizens, i, offer, g, count, np.int64(0))
    for k in range(_ASKED):
        all_counts[k, thread] = count[0, tally.WANTED + k]
    cuda.syncthreads()
    for k in range(thread, _ASKED, _THREADS):
        total = np.int64(0)
        for other in range(_THREADS):
            total += all_counts[k, other]
        cuda.atomic.add(counts, (g, k), total)


_live_kernel = Kernel(_live)
_ask_kernel = Kernel(_ask)


class CitizensOnCard:
    """The citizens' columns in the memory of a card, and what their month takes beside them."""

    def __init__(
        self, citizens: Citizens, shown: Array, showing: Array, offer: Offer, blocks: Array
    ) -> None:
        self._people = Citizens(*map(to_card, citizens))
        self._shown, self._showing = to_card(shown), to_card(showing)
        self._blocks, self._block_count = to_card(blocks), len(blocks)
        places = len(offer.exposure)
        self._packed = np.empty(sum(column.size for column in offer), dtype=np.float32)
        self._packed_there = to_card(self._packed)
        self._offer = Offer(*_parts(self._packed_there, offer))
        self._counts = np.zeros((places, tally.MONTHLY), dtype=np.int64)
        self._counts_there = to_card(self._counts)
        self._survey = np.zeros((places, _ASKED), dtype=np.int64)
        self._survey_there = to_card(self._survey)
        self._reports = np.zeros((places, _HEARD), dtype=np.int64)
        self._reports_there = to_card(self._reports)
        self._needs_there: Array | None = None
        self._problems_there: Problems | None = None

    def put(self, citizens: Citizens, shown: Array, showing: Array) -> None:
        """Copy all columns to the card."""
        for column, there in zip(citizens, self._people, strict=True):
            copy_to_card(column, there)
        copy_to_card(shown, self._shown)
        copy_to_card(showing, self._showing)

    def get(self, citizens: Citizens, shown: Array, showing: Array) -> None:
        """Copy what months change from the card."""
        for name in _MOVED:
            copy_from_card(getattr(self._people, name), getattr(citizens, name))
        copy_from_card(self._shown, shown)
        copy_from_card(self._showing, showing)

    def live(
        self,
        offer: Offer,
        problems: Problems,
        needs_tables: Array,
        tallies: Array,
        society: SocietyParameters,
        service: ServiceParameters,
        voice: ParticipationParameters,
        faith: TrustParameters,
        trouble: ProblemParameters,
        seed: Seed,
        month: int,
    ) -> None:
        """A month in the lives of all citizens; its counts go into the tallies and the problems."""
        self._put_offer(offer)
        there = self._put_problems(problems)
        if self._needs_there is None:
            self._needs_there = to_card(needs_tables)
        copy_to_card(needs_tables, self._needs_there)
        self._counts.fill(0)
        copy_to_card(self._counts, self._counts_there)
        self._reports.fill(0)
        copy_to_card(self._reports, self._reports_there)
        _live_kernel(
            self._block_count, _THREADS, self._blocks, self._people, self._offer, there, self._shown,
            self._showing, self._counts_there, self._reports_there, self._needs_there,
            society, service, voice, faith, trouble, seed, month,
        )  # fmt: skip
        copy_from_card(self._counts_there, self._counts)
        copy_from_card(self._reports_there, self._reports)
        problems.told[:] = self._reports[:, :PROBLEM_SLOTS]
        problems.traced[:] = self._reports[:, PROBLEM_SLOTS:]
        tallies[:, : tally.MONTHLY] = self._counts
        self._shown, self._showing = self._showing, self._shown

    def survey(self, offer: Offer, tallies: Array) -> None:
        """Count what residents and elites want in each place, into the survey's entries."""
        self._put_offer(offer)
        self._survey.fill(0)
        copy_to_card(self._survey, self._survey_there)
        _ask_kernel(
            self._block_count, _THREADS, self._blocks, self._people, self._offer, self._survey_there
        )
        copy_from_card(self._survey_there, self._survey)
        tallies[:, tally.WANTED : tally.SURVEY_END] = self._survey

    def _put_problems(self, problems: Problems) -> Problems:
        if self._problems_there is None:
            self._problems_there = Problems(*map(to_card, problems))
        for column, there in zip(problems, self._problems_there, strict=True):
            copy_to_card(column, there)
        return self._problems_there

    def _put_offer(self, offer: Offer) -> None:
        np.concatenate([column.ravel() for column in offer], out=self._packed)
        copy_to_card(self._packed, self._packed_there)


def _parts(packed: Any, offer: Offer) -> list[Any]:
    """Parts of one row of numbers, in the shapes of the columns of an offer."""
    parts, start = [], 0
    for column in offer:
        stop = start + column.size
        parts.append(packed[start:stop].reshape(*column.shape))
        start = stop
    return parts
