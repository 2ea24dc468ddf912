"""Threads that share a loop: one team for each number of threads, for all models of a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMBA")}
"""What numeric libraries read from the environment of a process that has one thread for each."""


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share(work: Callable[[int, int], None], count: int, threads: int) -> None:
    """Do `work(first, last)` for all of `count` items, each thread some of them."""
    if threads == 1:
        work(0, count)
        return
    edges = [count * k // threads for k in range(threads + 1)]
    list(_team(threads, os.getpid()).map(work, edges[:-1], edges[1:]))


@cache
def _team(threads: int, process: int) -> ThreadPoolExecutor:
    """Kept for the next model, and ended by Python with the process; a forked one has its own."""
    return ThreadPoolExecutor(threads, thread_name_prefix=f"govshift-{process}")
