"""Checkpoints: a long replicate's model on disk, so that a killed command goes on inside it.

A file has a line of what it is, the model's structure, its arrays one after another, and a checksum
of all that. It is written beside its place, forced to disk and renamed, so there is always the
newest whole one or none. Only what this user wrote, for the same key, with the same libraries, is
read; anything else is told of in one line, and the replicate begins anew.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
import uuid
import zlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from sim.model import GovernanceModel
from sim.runs.files import TEMPORARY
from sim.runs.frozen import Unkeepable, freeze, thaw

_MAGIC = b"GovShift checkpoint 1\n"
_SEAL = 8
_LONGEST_LINE = 1 << 24
_BLOCK = 1 << 23
_ROOM = 1.1
"""So much of its size must be free before a file is written: results need some of it."""


class NotRead(Exception):
    """There is a file, but it cannot be gone on from; says why."""


class NotWritten(Exception):
    """A checkpoint could not be written; says why."""


class Checkpoint:
    """The place of a replicate's checkpoint, by the key of the replicate and the engine."""

    def __init__(self, path: Path, key: str, engine: str) -> None:
        self.path = path
        self._asked = {"key": key, "engine": engine, "made_with": _made_with()}

    def write(self, model: GovernanceModel) -> None:
        """Keep a model as it is now, in place of an earlier one; raises `NotWritten`."""
        try:
            structure, arrays = freeze(model)
            sizes = [array.nbytes for array in arrays]
            about = self._asked | {"structure": len(structure), "arrays": sizes}
            line = _MAGIC + json.dumps(about).encode() + b"\n"
            self._write_whole([memoryview(line), memoryview(structure), *arrays])
        except Unkeepable as error:
            raise NotWritten(f"the model holds what cannot be kept ({error})") from None
        except OSError as error:
            raise NotWritten(f"{self.path}: {error.strerror or error}") from None

    def read(self, kind: type[GovernanceModel]) -> GovernanceModel | None:
        """The model that was kept, of this class; None if there is none. Raises `NotRead`."""
        try:
            with _open_own(self.path) as file:
                structure, arrays = _contents(file, self._asked)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise NotRead(error.strerror or str(error)) from None
        try:
            return thaw(structure, arrays, kind)
        except Unkeepable as error:
            raise NotRead(f"is not understood ({error})") from None

    def _write_whole(self, pieces: Iterable[memoryview]) -> None:
        pieces = list(pieces)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _refuse_full_disk(self.path.parent, sum(piece.nbytes for piece in pieces))
        name = f"{TEMPORARY}{self.path.stem}-{uuid.uuid4().hex[:12]}"
        temporary = self.path.with_name(name)
        try:
            with open(_create(temporary), "wb", buffering=0) as file:
                _write_sealed(file, pieces)
                os.fsync(file.fileno())
            os.replace(temporary, self.path)
        finally:
            temporary.unlink(missing_ok=True)


def _made_with() -> list[str]:
    """What else than the key decides whether a model can be made again from its bytes."""
    libraries = [f"{name} {metadata.version(name)}" for name in ("mesa", "numpy")]
    return [__name__, platform.python_version(), platform.machine(), *libraries]


def _write_sealed(file: IO[bytes], pieces: Iterable[memoryview]) -> None:
    """Pieces and their checksum, a block at a time."""
    seal = 0
    for piece in pieces:
        flat = piece.cast("B")
        for start in range(0, len(flat), _BLOCK):
            block = flat[start : start + _BLOCK]
            seal = zlib.crc32(block, seal)
            _write_all(file, block)
    _write_all(file, memoryview(b"%08x" % seal))


def _write_all(file: IO[bytes], block: memoryview) -> None:
    """An unbuffered file may take less than it is given."""
    while len(block):
        block = block[file.write(block) :]


def _contents(file: IO[bytes], asked: dict[str, Any]) -> tuple[bytes, list[NDArray[np.uint8]]]:
    """Structure and arrays of a whole file; raises `NotRead` if it is not what is asked for."""
    line, about = _about(file, asked)
    sizes = [about["structure"], *about["arrays"]]
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise NotRead("is damaged")
    if len(line) + sum(sizes) + _SEAL != os.fstat(file.fileno()).st_size:
        raise NotRead("is damaged")
    seal = zlib.crc32(line)
    read = []
    for size in sizes:
        read.append(np.empty(size, dtype=np.uint8))
        seal = _read_into(file, read[-1].data, seal)
    if file.read(_SEAL) != b"%08x" % seal:
        raise NotRead("is damaged")
    return read[0].tobytes(), read[1:]


def _about(file: IO[bytes], asked: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """The first line, and what it says."""
    magic = file.readline(len(_MAGIC))
    line = file.readline(_LONGEST_LINE)
    try:
        about = json.loads(line)
        told = {name: about[name] for name in (*asked, "structure", "arrays")}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotRead("is damaged") from None
    if magic != _MAGIC or not isinstance(told["arrays"], list):
        raise NotRead("is damaged")
    for name, value in asked.items():
        if told[name] != value:
            raise NotRead(_OTHERS[name])
    return magic + line, told


_OTHERS = {
    "key": "is of another replicate",
    "engine": "is of another engine",
    "made_with": "was made with other versions of Python or its libraries",
}


def _read_into(file: IO[bytes], memory: memoryview, seal: int) -> int:
    """Fill some memory, a block at a time; the checksum so far."""
    for start in range(0, len(memory), _BLOCK):
        block = memory[start : start + _BLOCK]
        while len(block):
            count = file.readinto(block)  # type: ignore[attr-defined]
            if not count:
                raise NotRead("is damaged")
            seal = zlib.crc32(block[:count], seal)
            block = block[count:]
    return seal


def _refuse_full_disk(folder: Path, size: int) -> None:
    """Raises `NotWritten` where there is no room: results need what is left."""
    if shutil.disk_usage(folder).free < _ROOM * size:
        raise NotWritten(f"{folder}: no room for {size / 1e6:.1f} MB")


def _create(path: Path) -> int:
    """A new file that only this user may read or write."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o600)


def _open_own(path: Path) -> IO[bytes]:
    """A regular file of this user's, which nobody else may write; raises `NotRead`."""
    flags = os.O_RDONLY
    for safer in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, safer, 0)
    file = open(os.open(path, flags), "rb")  # noqa: SIM115
    about = os.fstat(file.fileno())
    owned = not hasattr(os, "geteuid") or about.st_uid == os.geteuid()
    shared = os.name == "posix" and about.st_mode & 0o022
    if stat.S_ISREG(about.st_mode) and owned and not shared:
        return file
    file.close()
    raise NotRead("is not a file of this user alone")
