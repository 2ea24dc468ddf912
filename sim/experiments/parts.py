"""What workers leave behind: a journal of the chunk they are at, and a part of each finished one.

A chunk is some runs with neighbouring numbers. While a worker is at it, each finished run is a
line of the worker's journal; when all are in, they become two Parquet files, the series first and
the runs last, so that the file of the runs says that the chunk is whole. Names are those of chunks:
a chunk that is done twice replaces itself. Lines carry a checksum, and a broken one is not there.
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from sim.experiments import tables
from sim.experiments.measure import Measured
from sim.runs.files import forget, unwritable, whole

if TYPE_CHECKING:
    from sim.experiments.plan import Plan

_SYNC_SECONDS = 1.0
_JOURNAL = ".journal"
JOURNALS = "journals"
_RUNS = ".parquet"
_SERIES = ".series.parquet"
_DIGITS = 8
_WHOLE = re.compile(r"[0-9]{8}\.parquet")
"""Copies that somebody made beside the parts are none."""


class Parts:
    """The folder of parts. Several processes may write to it, each under names of its own."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.key = key
        """The digest of the plan: what was made for another one is not there."""

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

    def runs(self, chunk: int) -> Path:
        """The file that says that a chunk is whole."""
        return self._path(chunk, _RUNS)

    def series(self, chunk: int) -> Path:
        """The file of a chunk's series."""
        return self._path(chunk, _SERIES)

    def finished(self) -> set[int]:
        """Chunks that are whole, by the names of their files."""
        names = os.listdir(self.folder) if self.folder.is_dir() else []
        return {int(name[:_DIGITS]) for name in names if _WHOLE.fullmatch(name)}

    def write(self, plan: Plan, chunk: int, measured: Sequence[Measured]) -> None:
        """Make a chunk whole, and delete its journals."""
        self.put(chunk, tables.runs_table(plan, measured), tables.series_table(plan, measured))
        self.forget_journals(chunk)

    def put(self, chunk: int, runs: pa.Table, series: pa.Table) -> None:
        """Write the two files of a chunk."""
        for path, table in ((self.series(chunk), series), (self.runs(chunk), runs)):
            with whole(path) as temporary:
                tables.write(temporary, table, self.key)

    def put_bytes(self, chunk: int, part: tuple[bytes, bytes]) -> None:
        """Write the two files of a chunk as a worker sent them: runs, series."""
        for path, content in ((self.series(chunk), part[1]), (self.runs(chunk), part[0])):
            with whole(path) as temporary:
                temporary.write_bytes(content)

    def read(self, plan: Plan, chunk: int, run_ids: range) -> tuple[pa.Table, pa.Table]:
        """Runs and series of a chunk; raises if a file is damaged or not what it should be."""
        runs = tables.read(self.runs(chunk), tables.runs_schema(plan), self.key)
        series = tables.read(self.series(chunk), tables.series_schema(plan), self.key)
        finished = runs.filter(pc.equal(runs["status"], "ok"))["run_id"].to_pylist()
        expected = [(run, month) for run in finished for month in plan.months]
        found = zip(series["run_id"].to_pylist(), series["month"].to_pylist(), strict=True)
        if runs["run_id"].to_pylist() != list(run_ids) or list(found) != expected:
            raise ValueError("rows are missing")
        return runs, series

    def set_aside(self, chunk: int, target: Path) -> None:
        """Move the files of a damaged chunk to another folder."""
        try:
            target.mkdir(exist_ok=True)
            for path in (self.runs(chunk), self.series(chunk)):
                if path.exists():
                    os.replace(path, target / path.name)
        except OSError as error:
            raise unwritable(target, error) from None

    def reopen(self, chunk: int, kept: Iterable[Measured]) -> None:
        """Make a chunk unfinished, with some runs in."""
        old = self.journals(chunk)
        with Journal(self, chunk, "kept") as journal:
            for measured in kept:
                journal.end(measured)
        for path in (*old, self.runs(chunk)):
            path.unlink(missing_ok=True)

    def journals(self, chunk: int) -> list[Path]:
        """The journals of all that were ever at a chunk."""
        return sorted(self._journals.glob(f"{chunk:0{_DIGITS}d}-*{_JOURNAL}"))

    def measured(self, chunk: int) -> dict[int, Measured]:
        """Runs of a chunk that its journals have, by number."""
        return read_journals(self.journals(chunk), self.key)

    def forget_journals(self, chunk: int) -> None:
        """Delete the journals of a chunk."""
        for path in self.journals(chunk):
            path.unlink(missing_ok=True)

    def drop_failures(self, chunks: Iterable[int]) -> None:
        """Forget runs of unfinished chunks that failed."""
        for chunk in chunks:
            measured = self.measured(chunk).values()
            if any(m.stage for m in measured):
                self.reopen(chunk, [m for m in measured if not m.stage])

    def unfinished(self) -> set[int]:
        """Chunks that somebody began, by the names of journals."""
        return {int(path.name[:_DIGITS]) for path in self._journals.glob(f"*{_JOURNAL}")}

    def forget(self) -> None:
        """Delete all parts."""
        forget(self._journals)
        forget(self.folder)

    def _path(self, chunk: int, ending: str) -> Path:
        return self.folder / f"{chunk:0{_DIGITS}d}{ending}"


class Journal:
    """What one worker says of one chunk, line by line.

    A line is with the operating system as soon as it is written, so that a killed process loses
    none, and forced to the disk once a second, for the case that the machine loses its power.
    """

    def __init__(self, parts: Parts, chunk: int, session: str) -> None:
        self._session, self._key = session, parts.key
        self._path = (
            parts.folder / JOURNALS / f"{chunk:0{_DIGITS}d}-{uuid.uuid4().hex[:12]}{_JOURNAL}"
        )
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        try:
            self._file = self._path.open("ab", buffering=0)
        except OSError as error:
            raise unwritable(self._path, error) from None
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._file.close()

    def begin(self, run_id: int) -> None:
        """A run begins; if its end never follows, it was what ended the worker."""
        self._write({"begin": run_id, "session": self._session})

    def end(self, measured: Measured) -> None:
        """A run has ended, well or not."""
        self._write(vars(measured))
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


def read_journals(paths: Iterable[Path], key: str) -> dict[int, Measured]:
    """Runs that have ended, by number."""
    return {
        data["run_id"]: Measured(
            data["run_id"],
            tuple(data["place"]),
            tuple(data["factors"]),
            tuple(data["outcomes"]),
            tuple(tuple(values) for values in data["series"]),
            data["stage"],
            data["message"],
        )
        for data in _lines(paths, key)
        if "run_id" in data
    }


def beginnings(paths: Iterable[Path], key: str, session: str) -> Counter[int]:
    """How often each run was begun in one session."""
    begun = (data for data in _lines(paths, key) if "begin" in data)
    return Counter(data["begin"] for data in begun if data["session"] == session)


def _lines(paths: Iterable[Path], key: str) -> Iterator[dict[str, Any]]:
    for path in paths:
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            continue
        for line in lines:
            checksum, _, text = line.partition(b" ")
            if checksum == b"%08x" % _checksum(text, key):
                yield json.loads(text)


def _checksum(text: bytes, key: str) -> int:
    """Of a line that was written for the plan with this digest; no other plan's line has it."""
    return zlib.crc32(text, zlib.crc32(key.encode()))
