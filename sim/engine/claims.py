"""One process at a time compiles a function: others that need it wait, and read what was kept.

A claim is a lock on a file in the folder of compiled code. The system gives it up when its process
ends, however that ends. Where nothing can be locked nobody waits: the same function is then
compiled twice, to the same code.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

_PATIENCE_SECONDS = 600.0


class Claims:
    """Claims on functions, by the names of their files, among all who use one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "claims"
        self._held: dict[str, BaseFileLock] = {}
        with suppress(OSError):
            self._folder.mkdir(mode=0o700)

    def take(self, name: str) -> bool:
        """Claim a function unless another process has; true as well where nothing can be locked."""
        return self._claim(name, 0.0)

    def wait(self, name: str) -> None:
        """Claim a function, which may take as long as another process compiles it."""
        self._claim(name, _PATIENCE_SECONDS)

    def give_up(self, name: str) -> None:
        """Let others have it."""
        lock = self._held.pop(name, None)
        if lock is not None:
            lock.release()

    def _claim(self, name: str, seconds: float) -> bool:
        from filelock import FileLock, Timeout

        if not self._folder.is_dir():
            return True
        lock = FileLock(self._folder / f"{name}.lock", timeout=seconds, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return False
        except (OSError, NotImplementedError):
            return True
        self._held[name] = lock
        return True


class _Thread(threading.local):
    depth = 0
    name = ""
    held: tuple[Claims, str] | None = None


_thread = _Thread()
listeners: list[Callable[[str], None]] = []
"""Told the name of each function that was compiled, or read, as part of nothing else."""


@contextmanager
def outermost() -> Iterator[None]:
    """While a function is compiled, with all that it calls: they share the claim of the first."""
    _thread.depth += 1
    try:
        yield
    finally:
        _thread.depth -= 1
        if _thread.depth == 0:
            name, _thread.name = _thread.name, ""
            _give_up()
            for listener in listeners if name else ():
                listener(name)


def begin(name: str) -> None:
    """Say what this thread compiles, or reads."""
    if _thread.depth == 1:
        _thread.name = name


def claim(claims: Claims, name: str, *, wait: bool = True) -> bool:
    """Claim the function that this thread is about to compile, unless it is part of another."""
    if _thread.depth != 1 or _thread.held is not None:
        return True
    if wait:
        claims.wait(name)
    elif not claims.take(name):
        return False
    _thread.held = claims, name
    return True


def _give_up() -> None:
    if _thread.held is not None:
        claims, name = _thread.held
        _thread.held = None
        claims.give_up(name)
