"""The machine that is measured on, and how much of it there is for us."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from time import perf_counter

import numba


def description() -> str:
    """Processor, Python and packages in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("mesa", "numba", "numpy"))
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def worth_of_two_threads() -> float:
    """How much more plain arithmetic two threads do than one just now: 2 on an idle machine."""
    return 2.0 * _seconds(threads=1) / _seconds(threads=2)


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _seconds(*, threads: int) -> float:
    team = [Thread(target=_reckon, args=(2_000_000,)) for _ in range(threads)]
    start = perf_counter()
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    return perf_counter() - start


@numba.njit(nogil=True)
def _reckon(times: int) -> float:
    value = 1.0
    for _ in range(times):
        value = 1.0 / (value + 1.5)
    return value
