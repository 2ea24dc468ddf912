"""Results on disk: one folder per study. Replicates are added, never mixed, never half-written.

Every file is written under a temporary name, forced to the disk and renamed. A finished replicate
is some files in `parts/`, the national one last, so that it says that all are there.
When all are in, the tables are written, then the manifest, and only then are the parts deleted.
Whatever moment the process is killed at, the same command goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from sim.errors import ResultsError, UserMistake
from sim.experiments.replicate import Finished
from sim.experiments.run import FAILURES, Runs, Study, collect

MANIFEST = "manifest.json"
TIMESERIES = "timeseries.parquet"
LOCAL = "local_governments.parquet"
EVENTS = "events.parquet"
TABLES = (TIMESERIES, LOCAL, EVENTS)
_PARTS = "parts"
_LOCK = ".lock"


class ResultsFolder:
    """The folder of one study. Use it inside `open_results`, which locks it."""

    def __init__(self, path: Path, study: Study) -> None:
        self.path = path
        self.study = study
        self.damaged: list[str] = []

    @property
    def manifest(self) -> dict[str, Any]:
        """What the folder says about itself; empty if it is new."""
        return read_manifest(self.path)

    def add(self, finished: Finished) -> None:
        """Keep one finished replicate at once."""
        number = list(self.study.scenarios).index(finished.job.name)
        stem = f"{number:03d}-{finished.job.replicate:06d}"
        self._write_parquet(f"{_PARTS}/{stem}.events.parquet", finished.events)
        self._write_parquet(f"{_PARTS}/{stem}.local.parquet", finished.local)
        self._write_parquet(f"{_PARTS}/{stem}.parquet", finished.national)

    def load(self) -> Runs | None:
        """The replicates that are there; None if there are none.

        Parts that cannot be read are deleted and named in `damaged`: their replicates run again.
        Raises `ResultsError` if a finished table is damaged.
        """
        self._verify()
        tables = [[self._read(self.path / name)] for name in TABLES]
        done = _pairs(tables[0][0])
        for pair, parts in self._parts():
            if pair not in done:
                for table, part in zip(tables, parts, strict=True):
                    table.append(part)
        national, local, events = (
            pd.concat([frame for frame in table if len(frame)] or table[:1]) for table in tables
        )
        if national.empty:
            return None
        failures = pd.DataFrame(columns=list(FAILURES))
        before = Runs(self.study, national, local, failures, events=events)
        return collect(self.study, [], before, 0.0)

    def begin(self, manifest: dict[str, Any]) -> None:
        """Say what the folder is for, before the first replicate is in."""
        self.write_json(MANIFEST, manifest | {"complete": False})

    def finish(self, runs: Runs, manifest: dict[str, Any]) -> None:
        """Write the tables and, last, the manifest with the SHA-256 of every file."""
        self._write_parquet(TIMESERIES, runs.timeseries)
        self._write_parquet(LOCAL, runs.local)
        self._write_parquet(EVENTS, runs.events)
        self._write_csv("timeseries.csv", runs.timeseries)
        self._write_csv("summary.csv", runs.summary)
        if runs.differences is not None:
            self._write_csv("differences.csv", runs.differences)
        self._write_csv("failures.csv", runs.failures)
        self.write_json(MANIFEST, manifest | {"complete": True, "files": self._digests()})
        self._forget_parts()

    def attach(self, name: str, frame: pd.DataFrame) -> None:
        """Add a table to finished results, and its SHA-256 to the manifest."""
        self.attach_all({name: frame}, {})

    def attach_all(self, frames: Mapping[str, pd.DataFrame], about: dict[str, Any]) -> None:
        """Add tables and whatever else is new in the folder, with what the manifest says of it."""
        for name, frame in frames.items():
            self._write_csv(name, frame)
        self.write_json(MANIFEST, self.manifest | about | {"files": self._digests()})

    def write_json(self, name: str, data: dict[str, Any]) -> None:
        """Write one JSON file whole."""
        text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        self._write(name, lambda path: path.write_text(text, encoding="utf-8"))

    def _write_parquet(self, name: str, frame: pd.DataFrame) -> None:
        self._write(name, lambda path: frame.to_parquet(path, compression="zstd", index=False))

    def _write_csv(self, name: str, frame: pd.DataFrame) -> None:
        self._write(name, lambda path: frame.to_csv(path, index=False, lineterminator="\n"))

    def _write(self, name: str, write: Callable[[Path], object]) -> None:
        target = self.path / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".tmp-")
            os.close(handle)
        except OSError as error:
            raise _unwritable(target, error) from None
        try:
            write(Path(temporary))
            _force_to_disk(temporary)
            os.chmod(temporary, 0o644)
            os.replace(temporary, target)
        except OSError as error:
            raise _unwritable(target, error) from None
        finally:
            Path(temporary).unlink(missing_ok=True)

    def _parts(self) -> Iterator[tuple[tuple[str, int], list[pd.DataFrame]]]:
        names = list(self.study.scenarios)
        for path in sorted((self.path / _PARTS).glob("[0-9]*-[0-9]*.parquet")):
            if path.suffixes != [".parquet"]:
                continue
            number, replicate = map(int, path.stem.split("-"))
            files = [path, *(path.with_suffix(f".{kind}.parquet") for kind in ("local", "events"))]
            try:
                parts = [pd.read_parquet(file) for file in files]
            except Exception:
                self.damaged.append(str(path))
                path.unlink(missing_ok=True)
                continue
            if number < len(names):
                pair = names[number], replicate
                yield pair, [_labelled(part, *pair) for part in parts]

    def _read(self, path: Path) -> pd.DataFrame:
        if not path.is_file():
            return pd.DataFrame(columns=["scenario", "replicate"])
        try:
            return pd.read_parquet(path)
        except Exception:
            raise _damaged(path) from None

    def _verify(self) -> None:
        for problem in verify(self.path, TABLES):
            raise ResultsError(problem)

    def _digests(self) -> dict[str, dict[str, Any]]:
        return {
            str(path.relative_to(self.path)): {"sha256": digest(path), "bytes": path.stat().st_size}
            for path in sorted(self.path.rglob("*"))
            if path.is_file()
            and path.name not in (MANIFEST, _LOCK)
            and path.parent.name != _PARTS
            and not path.name.startswith(".tmp-")
        }

    def _forget_parts(self) -> None:
        folder = self.path / _PARTS
        for path in folder.glob("*"):
            path.unlink(missing_ok=True)
        if folder.is_dir():
            folder.rmdir()
        for path in self.path.rglob(".tmp-*"):
            path.unlink(missing_ok=True)


@contextmanager
def open_results(
    path: Path,
    study: Study,
    *,
    waiting: Callable[[], None] | None = None,
    any_version: bool = False,
) -> Iterator[ResultsFolder]:
    """The results folder of a study, for this process alone.

    While another process writes the same results, waits for it (and calls `waiting` once). Raises
    `UserMistake` if the folder holds something else; results of another version of the model may be
    told again (`any_version`), but no replicates are added to them.
    """
    if not any_version:
        _refuse_strangers(path, study)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None
    lock = FileLock(path / _LOCK)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting is not None:
                waiting()
            lock.acquire()
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield ResultsFolder(path, study)
    finally:
        lock.release()


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a results folder; empty if there is none."""
    try:
        data: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise _damaged(path / MANIFEST) from None
    return data


def verify(path: Path, names: tuple[str, ...] | None = None) -> list[str]:
    """What differs from the manifest: a line per file that is missing or changed."""
    manifest = read_manifest(path)
    if not manifest.get("complete"):
        return []
    problems = []
    for name, expected in manifest["files"].items():
        if names is not None and name not in names:
            continue
        file = path / name
        if not file.is_file():
            problems.append(f"{file}: is missing; {_ADVICE}")
        elif digest(file) != expected["sha256"]:
            problems.append(f"{file}: is not what manifest.json says (SHA-256); {_ADVICE}")
    return problems


def read_runs(path: Path, study: Study) -> Runs:
    """The replicates of a finished results folder."""
    try:
        national, local, events = (pd.read_parquet(path / name) for name in TABLES)
        failures = pd.read_csv(path / "failures.csv")
    except Exception:
        raise _damaged(path) from None
    return Runs(study, national, local, failures, events=events)


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write one CSV file whole, outside a results folder."""
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_csv(temporary, index=False, lineterminator="\n")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ResultsError(f"{path}: cannot be written: {error.strerror or error}") from None


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_ADVICE = "move the folder away and run the command again to compute it anew"


def _damaged(path: Path) -> ResultsError:
    return ResultsError(f"{path}: is damaged and cannot be read; {_ADVICE}")


def _unwritable(path: Path, error: OSError) -> ResultsError:
    return ResultsError(
        f"{path}: cannot be written: {error.strerror or error}; "
        "finished replicates are kept, and the same command goes on from there"
    )


def _refuse_strangers(path: Path, study: Study) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise UserMistake(f"--out {path}: is a file; results need a folder")
    manifest = read_manifest(path)
    if not manifest:
        if any(not p.name.startswith(".") for p in path.iterdir()):
            raise UserMistake(f"--out {path}: holds files but no results; name a new folder")
        return
    if manifest.get("study") != study.digest:
        names = ", ".join(manifest.get("scenarios", {})) or "unknown scenarios"
        raise UserMistake(
            f"--out {path}: holds results of another study ({names}, seed {manifest.get('seed')}, "
            f"model {manifest.get('model_version')}); results are never mixed, name a new folder"
        )


def _labelled(frame: pd.DataFrame, scenario: str, replicate: int) -> pd.DataFrame:
    frame.insert(0, "replicate", replicate)
    frame.insert(0, "scenario", scenario)
    return frame


def _pairs(frame: pd.DataFrame) -> set[tuple[str, int]]:
    pairs = frame[["scenario", "replicate"]].drop_duplicates()
    return {(str(name), int(number)) for name, number in pairs.itertuples(index=False)}


def _force_to_disk(path: str) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
