"""The machine that is measured on, and how much of it there is for us."""

from __future__ import annotations

import os
import platform
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import TypeVar

from sim.engine.compiling import loop

Made = TypeVar("Made")
_CONTROL_GROUP = Path("/sys/fs/cgroup")


def description() -> str:
    """Processor, Python and packages in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("mesa", "numba", "numpy"))
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def worth_of_two_threads() -> float:
    """How much more plain arithmetic two threads do than one just now: 2 on an idle machine."""
    _reckon(1)
    return 2.0 * _seconds(threads=1) / _seconds(threads=2)


def free_memory() -> float:
    """Bytes that a process could still take; infinity where the system does not say."""
    free = [1024.0 * _lines(Path("/proc/meminfo")).get("MemAvailable", float("inf"))]
    limit, used = (_number(_CONTROL_GROUP / f"memory.{name}") for name in ("max", "current"))
    if limit is not None and used is not None:
        free.append(limit - used)
    return min(free)


def peak_while(work: Callable[[], Made]) -> tuple[Made, int]:
    """What some work makes, and the most bytes that it took; slows down what makes many objects."""
    tracemalloc.start()
    try:
        made = work()
        return made, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _lines(path: Path) -> dict[str, float]:
    """Numbers of a file with lines such as `MemFree:  1234 kB`."""
    found = {}
    for line in _text(path).splitlines():
        name, _, rest = line.partition(":")
        if rest.endswith(" kB"):
            found[name] = float(rest.split()[0])
    return found


def _number(path: Path) -> float | None:
    text = _text(path).strip()
    return float(text) if text.isdecimal() else None


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8")
    return ""


def _processor() -> str:
    lines = _text(Path("/proc/cpuinfo")).splitlines()
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


@loop
def _reckon(times: int) -> float:
    value = 1.0
    for _ in range(times):
        value = 1.0 / (value + 1.5)
    return value
