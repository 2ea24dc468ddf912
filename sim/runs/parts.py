"""What workers leave behind: a journal of the chunk they are at, and a part of each finished one.

A chunk is some units that are done together: a replicate of a study, some runs of a sweep. Its key
is a hash of all that decides what comes of it. While a worker is at a chunk, each finished unit is
a line of the worker's journal, if it is small enough for a line; when all are in, they become one
sealed part, named by the key: a chunk that is done twice replaces itself, and no part is read that
is damaged or was made for something else. Lines carry a checksum, and a broken one is not there.
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from sim.runs.files import TEMPORARY, forget, forget_temporary, unwritable, whole
from sim.runs.sealed import part_bytes, read_part, sound_part

JOURNALS = "journals"
CHECKPOINTS = "checkpoints"
_MARK = ".session-"
_SYNC_SECONDS = 1.0
_JOURNAL = ".journal"
_PART = ".part"
_DIGITS = 32
_WHOLE = re.compile(r"[0-9a-f]{32}\.part")
"""Copies that somebody made beside the parts are none."""

Tables = dict[str, pa.Table]


class Parts:
    """The folder of parts. Several processes may write to it, each under names of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _journals(self) -> Path:
        """Apart from the parts, of which there may be many, so that they are found at once."""
        return self.folder / JOURNALS

    def make(self) -> None:
        """Make the folder."""
        try:
            self._journals.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def path(self, key: str) -> Path:
        """The file of a chunk."""
        return self.folder / f"{key[:_DIGITS]}{_PART}"

    def there(self) -> Keys:
        """The chunks that are whole, by the names of their files."""
        names = os.listdir(self.folder) if self.folder.is_dir() else []
        return Keys({name[:_DIGITS] for name in names if _WHOLE.fullmatch(name)})

    def write(self, key: str, tables: Mapping[str, pa.Table]) -> None:
        """Make a chunk whole, and delete its journals and its checkpoint."""
        self.put(key, part_bytes(key, tables))
        self.forget_journals(key)
        self._forget_checkpoint(key)

    def put(self, key: str, part: bytes) -> None:
        """Write a part as a worker made it."""
        with whole(self.path(key)) as temporary:
            temporary.write_bytes(part)

    def read(self, key: str) -> Tables:
        """The tables of a chunk; raises `DamagedPart` unless they are whole and this chunk's."""
        return read_part(self.path(key), key)

    def sound(self, name: str) -> tuple[bytes, Tables]:
        """The bytes and tables of a part by the first digits of its key; raises `DamagedPart`."""
        return sound_part(self.path(name), name)

    def delete(self, key: str) -> None:
        """Make a chunk missing."""
        self.path(key).unlink(missing_ok=True)

    def reopen(self, key: str, kept: Mapping[int, dict[str, Any]]) -> None:
        """Make a chunk unfinished, with the lines of some units in its journal."""
        old = self.journals(key)
        self.note(key, kept)
        for path in (*old, self.path(key)):
            path.unlink(missing_ok=True)

    def note(self, key: str, lines: Mapping[int, dict[str, Any]]) -> None:
        """Put lines of some units into a journal of an unfinished chunk."""
        with Log(self, key, "kept") as journal:
            for unit, line in lines.items():
                journal.end(unit, line)

    def journals(self, key: str) -> list[Path]:
        """The journals of all that were ever at a chunk."""
        return sorted(self._journals.glob(f"{key[:_DIGITS]}-*{_JOURNAL}"))

    def forget_journals(self, key: str) -> None:
        """Delete the journals of a chunk."""
        for path in self.journals(key):
            path.unlink(missing_ok=True)

    def checkpoint(self, key: str) -> Path:
        """The file of the model of a chunk that is a long replicate, as it was saved last."""
        return self.folder / CHECKPOINTS / f"{key[:_DIGITS]}.checkpoint"

    def _forget_checkpoint(self, key: str) -> None:
        path = self.checkpoint(key)
        with suppress(OSError):
            for left in (path, *path.parent.glob(f"{TEMPORARY}{path.stem}-*")):
                left.unlink(missing_ok=True)

    def begun(self) -> Keys:
        """The chunks that somebody began and did not finish, by the names of journals."""
        return Keys({p.name[:_DIGITS] for p in self._journals.glob(f"*{_JOURNAL}")})

    def lines(self, key: str) -> dict[int, dict[str, Any]]:
        """What the journals of a chunk have of units that ended."""
        return {line["unit"]: line["told"] for line in self._lines(key) if "unit" in line}

    def beginnings(self, key: str, session: str) -> Counter[int]:
        """How often each unit of a chunk was begun in one session."""
        begun = (line for line in self._lines(key) if "begin" in line)
        return Counter(line["begin"] for line in begun if line["session"] == session)

    def forget(self) -> None:
        """Delete all parts."""
        forget(self._journals)
        forget(self.folder / CHECKPOINTS)
        forget(self.folder)

    def tidy_if_empty(self) -> None:
        """Delete the folders of journals and checkpoints if there are none."""
        forget_temporary(self.folder / CHECKPOINTS)
        for folder in (self._journals, self.folder / CHECKPOINTS):
            with suppress(OSError):
                folder.rmdir()

    def tidy(self) -> None:
        """Delete what is of no use once no chunk is missing: journals, checkpoints and marks."""
        forget(self._journals)
        forget(self.folder / CHECKPOINTS)
        self.forget_marks()

    def mark(self, token: str) -> Path:
        """The file by which workers know the folder of a session."""
        return self.folder / f"{_MARK}{token}"

    def forget_marks(self) -> None:
        """Delete the marks of all sessions, those that were killed included."""
        for left in self.folder.glob(f"{_MARK}*"):
            left.unlink(missing_ok=True)

    def _lines(self, key: str) -> Iterator[dict[str, Any]]:
        for path in self.journals(key):
            try:
                lines = path.read_bytes().split(b"\n")
            except FileNotFoundError:
                continue
            for line in lines:
                checksum, _, text = line.partition(b" ")
                if checksum == b"%08x" % _checksum(text, key):
                    yield json.loads(text)


class Keys(frozenset[str]):
    """Chunks by the first digits of their keys."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(str(key)[:_DIGITS])


class Log:
    """What one worker says of one chunk, line by line.

    A line is with the operating system as soon as it is written, so that a killed process loses
    none, and forced to the disk once a second, for the case that the machine loses its power.
    """

    def __init__(self, parts: Parts, key: str, session: str) -> None:
        self._session, self._key = session, key
        name = f"{key[:_DIGITS]}-{uuid.uuid4().hex[:12]}{_JOURNAL}"
        self._path = parts.folder / JOURNALS / name
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("ab", buffering=0)
        except OSError as error:
            raise unwritable(self._path, error) from None
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def begin(self, unit: int) -> None:
        """A unit begins; if its end never follows, it was what ended the worker."""
        self._write({"begin": unit, "session": self._session})

    def end(self, unit: int, told: dict[str, Any]) -> None:
        """A unit has ended, well or not."""
        self._write({"unit": unit, "told": told})
        now = time.monotonic()
        if now - self._synced > _SYNC_SECONDS:
            os.fsync(self._file.fileno())
            self._synced = now

    def _write(self, data: dict[str, Any]) -> None:
        text = json.dumps(data).encode()
        try:
            self._file.write(b"%08x %s\n" % (_checksum(text, self._key), text))
        except OSError as error:
            raise unwritable(self._path, error) from None


def _checksum(text: bytes, key: str) -> int:
    """Of a line that was written for the chunk of this key; no other chunk's line has it."""
    return zlib.crc32(text, zlib.crc32(key.encode()))
