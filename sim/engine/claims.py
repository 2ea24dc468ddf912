"""One process at a time compiles a function: others that need it wait, and read what was kept.

A claim is a lock on a byte of one file in the folder of compiled code. The system gives it up when
its process ends, however that ends. Where nothing can be locked nobody waits: the same function is
then compiled twice, to the same code.
"""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 600.0
_PLACES = 1 << 30


class Claims:
    """Claims on functions, by the names of their files, among all who use one folder."""

    def __init__(self, folder: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT
        for safer in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
            flags |= getattr(os, safer, 0)
        try:
            self._file: int | None = os.open(folder / "claims", flags, 0o600)
        except OSError:
            self._file = None

    def take(self, name: str) -> bool:
        """Claim a function unless another process has; true as well where nothing can be locked."""
        if self._file is None:
            return True
        try:
            _lock(self._file, _place(name), on=True)
        except OSError as error:
            return error.errno not in _TAKEN
        return True

    def wait(self, name: str) -> None:
        """Claim a function, which may take as long as another process compiles it."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self.take(name) and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)

    def give_up(self, name: str) -> None:
        """Let others have it."""
        if self._file is not None:
            with suppress(OSError):
                _lock(self._file, _place(name), on=False)


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


def _place(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % _PLACES


_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
"""What systems say of a lock that another process has."""


def _lock(file: int, place: int, *, on: bool) -> None:
    """Lock a byte or give it up, without waiting; raises `OSError` where that cannot be."""
    if os.name == "nt":
        windows: Any = import_module("msvcrt")
        os.lseek(file, place, os.SEEK_SET)
        windows.locking(file, windows.LK_NBLCK if on else windows.LK_UNLCK, 1)
    else:
        posix: Any = import_module("fcntl")
        posix.lockf(file, posix.LOCK_EX | posix.LOCK_NB if on else posix.LOCK_UN, 1, place)
