"""One size: every contender in turns, so that all meet the same machine.

The ordinary Mesa model and the NumPy month do the citizens' part of a month under governments that
stand still; the compiled month is a whole one, governments included. Each contender goes once
unmeasured at its turn, so that none pays for caches that another has filled.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from time import perf_counter

import numpy as np

from sim.bench.limits import Limits
from sim.bench.machine import free_memory, peak_while, worth_of_two_threads
from sim.bench.measured import Findings
from sim.bench.months import by_phase, phase_of, run_year, society, time_steps, warm_up
from sim.bench.numpy_month import NumpyModel
from sim.bench.ordinary_mesa import OrdinaryModel
from sim.bench.phases import can_read_clock, clocked_live, phases, time_phases
from sim.errors import UserMistake
from sim.model import GovernanceModel
from sim.state import State

SIZES = (1_000, 2_000, 5_000, 20_000, 50_000, 200_000, 1_000_000, 5_000_000, 20_000_000, 51_700_000)
QUICK = (2_000, 20_000)
ORDINARY = (2_000, 20_000, 200_000)
"""Where the ordinary Mesa model takes part and the citizens' pass is taken apart."""
LARGEST_NUMPY = 1_000_000
FEWEST_FOR_THREADS = 20_000
FEWEST_FOR_PEAK = 200_000
"""In smaller societies what is not citizens is most of it."""
FEWEST_ONLY_ONCE = 1_000_000
"""From so many citizens on, nothing goes unmeasured: no cache holds them."""
_CLOCKED_MONTHS = 36
_FEW = 600
_SLOW_ROUNDS = 3
_ROUNDS = ((5_000, 15), (50_000, 9), (200_000, 5), (5_000_000, 3))
_BYTES, _BYTES_NUMPY, _BYTES_ORDINARY, _BYTES_MOVED = 220, 500, 4_000, 1 << 29
"""Memory for a citizen of each kind of model, and for what is copied."""


def sizes_up_to(most: int) -> list[int]:
    """The usual sizes below a number of citizens, and this number."""
    return [*(size for size in SIZES if size < most), most]


def refuse_too_large(most: int) -> None:
    """Raise `UserMistake` if so many citizens do not fit into the memory that is free."""
    needed, free = needed_memory(most), free_memory()
    if needed > free:
        raise UserMistake(
            f"{most:,} citizens: take {needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB "
            f"are free; fewer with --most {int(most * max(free, 0.0) / needed):d}"
        )


def needed_memory(citizens: int) -> float:
    """Bytes that it takes to measure sizes up to one."""
    ordinary = max((size for size in ORDINARY if size <= citizens), default=0)
    at_once = (
        _BYTES * citizens + _BYTES_MOVED,
        (_BYTES + _BYTES_NUMPY) * min(citizens, LARGEST_NUMPY),
        (_BYTES + _BYTES_NUMPY + _BYTES_ORDINARY) * ordinary,
    )
    return float(max(at_once))


def measure(
    sizes: Sequence[int], *, apart: bool = True, announce: Callable[[int], None] = lambda _: None
) -> Findings:
    """Measure all sizes, the smallest first; with `apart` the citizens' pass is taken apart too."""
    found = Findings()
    load_code()
    for citizens in sizes:
        announce(citizens)
        model = _built(citizens, found)
        warm_up(model)
        _Contest(model, found).run(rounds_for(citizens))
        if apart and citizens in ORDINARY and can_read_clock():
            _take_apart(model, found)
        model.forget()
        del model
        gc.collect()
    return found


def load_code() -> None:
    """Load compiled code, so that no measurement pays for it."""
    model = society(_FEW)
    run_year(model, threads=1)
    time_steps(model)
    Limits(model).measure()
    worth_of_two_threads()
    model.forget()


def _built(citizens: int, found: Findings) -> GovernanceModel:
    """A society, and what building it took."""
    start = perf_counter()
    if citizens < FEWEST_FOR_PEAK:
        model, peak = society(citizens), None
    else:
        model, peak = peak_while(lambda: society(citizens))
    seconds = perf_counter() - start
    places = len(model.local_governments)
    found.add(citizens, places, "building", [seconds], unit="s")
    for what, size in (("held", held_bytes(model.state)), ("building_peak", peak)):
        if size is not None:
            found.add(citizens, places, what, [size / citizens], unit="bytes per citizen")
    return model


def _take_apart(model: GovernanceModel, found: Findings) -> None:
    """What the phases of the citizens' pass take."""
    citizens, places = len(model.state.shown), len(model.local_governments)
    spent = time_phases(model, clocked_live(), _CLOCKED_MONTHS)
    for name, seconds in zip(phases(), spent.tolist(), strict=True):
        found.add(citizens, places, f"live.{name}", [1e9 * seconds / citizens])


def rounds_for(citizens: int) -> int:
    """How often a size is measured."""
    return next((rounds for most, rounds in _ROUNDS if citizens <= most), 2)


def held_bytes(state: State) -> int:
    """Memory of everything that the society remembers."""
    groups = (getattr(state, entry.name) for entry in fields(state))
    columns = (c for group in groups for c in (group if isinstance(group, tuple) else (group,)))
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


class _Contest:
    """The rounds of one size."""

    def __init__(self, model: GovernanceModel, found: Findings) -> None:
        self.model = model
        self.found = found
        self.citizens = len(model.state.shown)
        self.threads = (1, 2) if self.citizens >= FEWEST_FOR_THREADS else (1,)
        self.limits = Limits(model)
        self.ordinary = OrdinaryModel(model) if self.citizens in ORDINARY else None
        self.numpy = NumpyModel(model) if self.citizens <= LARGEST_NUMPY else None
        self.warm = self.citizens < FEWEST_ONLY_ONCE
        self.values: dict[tuple[str, int], list[float]] = defaultdict(list)

    def run(self, rounds: int) -> None:
        """Go through all rounds, and note what they gave."""
        worth_of_two_threads()
        self.limits.measure()
        for turn in range(rounds):
            for what, threads, seconds in self._round(turn):
                self.values[what, threads].append(1e9 * seconds / self.citizens)
            self.values["two_threads", 2].append(worth_of_two_threads())
        if self.ordinary is not None:
            self.ordinary.forget()
        places = len(self.model.local_governments)
        for (what, threads), values in self.values.items():
            unit = {"unit": "times one thread"} if what == "two_threads" else {}
            self.found.add(self.citizens, places, what, values, threads=threads, **unit)

    def _round(self, turn: int) -> Iterator[tuple[str, int, float]]:
        slow = self.citizens > FEWEST_FOR_THREADS
        if self.ordinary is not None and (not slow or turn < _SLOW_ROUNDS):
            yield "ordinary", 1, self._month_of(self.ordinary)
        if self.numpy is not None:
            yield "numpy", 1, self._month_of(self.numpy)
        for threads in self.threads:
            if self.warm:
                run_year(self.model, threads=threads)
            yield "month", threads, run_year(self.model, threads=threads)
        yield from self._floor()
        yield from self._steps()

    def _month_of(self, model: OrdinaryModel | NumpyModel) -> float:
        if self.warm:
            model.step()
        start = perf_counter()
        model.step()
        return perf_counter() - start

    def _floor(self) -> Iterator[tuple[str, int, float]]:
        floor = self.limits.measure()
        for name in ("stream", "gather", "rules"):
            yield f"floor.{name}", 1, getattr(floor, name)
        yield "floor", 1, floor.in_turn
        yield "slowest_part", 1, floor.slowest

    def _steps(self) -> Iterator[tuple[str, int, float]]:
        spent = time_steps(self.model)
        for phase, seconds in by_phase(spent).items():
            yield f"phase.{phase}", 1, seconds
        for step, seconds in spent.items():
            yield f"step.{phase_of(step)}.{step}", 1, seconds
