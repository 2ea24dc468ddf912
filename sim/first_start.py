"""The first start after an install or an edit of a rule: every stock loop is compiled, and kept.

Several processes share the work (`sim.engine.ahead`), and a bar on a terminal says how far it is.
Which loops there are, and for which kinds of arguments, is found out by going through the first
month of a small society without computing it.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.bar import counting
from sim.engine.claims import listeners
from sim.engine.compiling import Compiled, Loop

if TYPE_CHECKING:
    from sim.model import GovernanceModel

STOCK = 47
"""About how many loops there are, for the bar of a process that compiles by itself."""
_LONGEST = (
    "live", "arise", "solve", "run_project", "months", "measure_yearly", "consider_reform",
    "offer_services", "change_ties", "feel_pressure", "host_services", "keep_month", "_grow_up",
    "be_pushed",
)  # fmt: skip
"""What takes longest to compile, and so is begun first."""
_TITLE = "Compiling the model, once"
_LOOK_SECONDS = 0.05
_once = threading.Lock()
_begun = False

Task = tuple[Any, tuple[Any, ...]]
"""Numba's dispatcher of a loop, and the kinds of arguments."""


def is_compiled() -> bool:
    """Whether all stock loops are kept, so that nothing waits for the compiler."""
    from sim.engine.ahead import stock_is_kept

    return stock_is_kept()


def compile_first(
    *, most: int | None = None, shown: bool = True, tell: Callable[[str], None] | None = None
) -> None:
    """Have all stock loops compiled unless they are kept, by at most so many processes.

    Shows a bar where one can be seen; elsewhere `tell` hears a line. Does nothing in processes
    that others started to work for them, nor a second time.
    """
    global _begun
    with _once:
        begun, _begun = _begun, True
    if begun or _works_for_another() or is_compiled():
        return
    from sim.engine.ahead import MOST_PROCESSES, can_start_processes, compile_elsewhere
    from sim.engine.team import processors

    processes = min(most or MOST_PROCESSES, MOST_PROCESSES, processors())
    with counting(_TITLE, "loops", shown=shown) as (watch, is_seen):
        if tell is not None and not is_seen:
            tell(f"{_TITLE}: a minute or two, and kept for later.")
        if processes > 1 and can_start_processes():
            compile_elsewhere(__name__, processes, watch)
        if not is_compiled():
            _compile_here(watch)


def _works_for_another() -> bool:
    from sim.engine.ahead import COMPILES

    return COMPILES in os.environ or multiprocessing.parent_process() is not None


def _compile_here(watch: Callable[[int, int], None]) -> None:
    """Compile in this process, as a small society needs it."""
    from sim.engine.ahead import note_stock

    names: set[str] = set()

    def heard(name: str) -> None:
        names.add(name)
        watch(len(names), max(STOCK, len(names)))

    listeners.append(heard)
    try:
        first_month()
    finally:
        listeners.remove(heard)
    note_stock(names)


def first_month() -> GovernanceModel:
    """Found a small society, let it live a month, and read its record."""
    from sim.groups import add
    from sim.model import GovernanceModel
    from sim.processes.last_year import no_months
    from sim.scenario import Scenario

    small = Scenario(name="first", years=1).but(society={"citizens": 200})
    model = GovernanceModel(small, seed=1, collect=False)
    model.step()
    model.record.national()
    add(model, no_months(200))
    model.forget()
    return model


# In the processes that compile.


def compile_share() -> None:
    """Compile what no other process has claimed, until all loops are kept; ends the process."""
    from sim.engine.ahead import (
        compile_unclaimed,
        kept_name,
        live_with_parent,
        note_stock,
        tell_parent,
    )
    from sim.engine.code_cache import code_folder

    live_with_parent()
    missing = {kept_name(*task): task for task in stock_tasks()}
    missing.pop("", None)
    names = list(missing)
    tell_parent(f"of {len(names)}")
    while missing:
        before = len(missing)
        for name in list(missing):
            if code_folder().has(name) or compile_unclaimed(name, *missing[name]):
                del missing[name]
                tell_parent(f"done {name}")
        if len(missing) == before:
            time.sleep(_LOOK_SECONDS)
    if all(map(code_folder().has, names)):
        note_stock(names)
    os._exit(0)


def stock_tasks() -> list[Task]:
    """All loops that the first month calls, what takes longest first."""
    # What nobody computes is whatever memory holds.
    with _noting_calls() as tasks, np.errstate(all="ignore"):
        first_month()
    order = {name: place for place, name in enumerate(_LONGEST)}
    return sorted(tasks, key=lambda task: order.get(task[0].py_func.__name__, len(order)))


@contextmanager
def _noting_calls() -> Iterator[list[Task]]:
    """Compiled functions are not run but noted, with the kinds of their arguments.

    Kinds do not depend on what is computed. Only what a function gives back is needed: one that
    gives something is run in plain Python, with all that it calls.
    """
    from sim.engine.translating import kind_of
    from sim.processes.month import months
    from sim.state import forget_founded

    tasks: list[Task] = []
    inside = False

    def note(called: Compiled, arguments: tuple[Any, ...]) -> Any:
        nonlocal inside
        plain = called.py_func
        if inside:
            return plain(*arguments)
        if called._signature is None:
            task = called.compiler, tuple(map(kind_of, arguments))
            if task not in tasks:
                tasks.append(task)
        if plain.__annotations__.get("return") in ("None", None):
            return None
        inside = True
        try:
            return plain(*arguments)
        finally:
            inside = False

    def address(called: Loop, arguments: tuple[Any, ...]) -> int:
        note(called._compiled, arguments)
        return 0

    replaced: list[tuple[Any, str, Any]] = [
        (Compiled, "__call__", lambda called, *given: note(called, given)),
        (Loop, "run", lambda called, kinds, given: note(called._compiled, given)),
        (Loop, "address", address),
    ]
    before = [vars(kind)[name] for kind, name, _ in replaced]
    forget_founded()
    try:
        for kind, name, function in replaced:
            setattr(kind, name, function)
        yield tasks
    finally:
        for (kind, name, _), function in zip(replaced, before, strict=True):
            setattr(kind, name, function)
        months.forget()
        forget_founded()
