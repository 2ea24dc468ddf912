"""Threads that share a loop: one team for each number of threads, for all models of a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache


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
