"""Results on disk: one folder per study. Replicates are added, never mixed, never half-written.

Every file is written under a temporary name, forced to the disk and renamed. A finished replicate
is some files in `parts/`, the national one last, so that it says that all are there.
When all are in, the tables are written, then the manifest, and only then are the parts deleted.
Whatever moment the process is killed at, the same command goes on from there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import ResultsError, UserMistake
from sim.experiments.files import (
    MOVE_AWAY,
    alone,
    damaged,
    digest,
    digests,
    forget,
    forget_temporary,
    read_json,
    whole,
    write_json,
)
from sim.experiments.replicate import Finished
from sim.experiments.run import FAILURES, Runs, Study, collect

MANIFEST = "manifest.json"
TIMESERIES = "timeseries.parquet"
LOCAL = "local_governments.parquet"
EVENTS = "events.parquet"
NETWORKS = "networks.parquet"
TIES = "ties.parquet"
TABLES = (TIMESERIES, LOCAL, EVENTS, NETWORKS, TIES)
_BESIDE = ("local", "events", "networks", "ties")
_PARTS = "parts"


class Folder:
    """A folder whose files are written whole: under a temporary name, forced to disk, renamed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: list[str] = []

    @property
    def manifest(self) -> dict[str, Any]:
        """What the folder says about itself; empty if it is new."""
        return read_manifest(self.path)

    def begin(self, manifest: dict[str, Any]) -> None:
        """Say what the folder is for, before the first part is in."""
        self.write_json(MANIFEST, manifest | {"complete": False})

    def seal(self, manifest: dict[str, Any]) -> None:
        """Write the manifest with the SHA-256 of every file, and forget the parts."""
        self.write_json(MANIFEST, manifest | {"complete": True, "files": self._digests()})
        self._forget_parts()

    def write_json(self, name: str, data: dict[str, Any]) -> None:
        """Write one JSON file whole."""
        write_json(self.path / name, data)

    def write_parquet(self, name: str, frame: pd.DataFrame) -> None:
        """Write one Parquet file whole."""
        with whole(self.path / name) as path:
            frame.to_parquet(path, compression="zstd", index=False)

    def write_csv(self, name: str, frame: pd.DataFrame) -> None:
        """Write one CSV file whole."""
        with whole(self.path / name) as path:
            frame.to_csv(path, index=False, lineterminator="\n")

    def _digests(self) -> dict[str, dict[str, Any]]:
        return digests(self.path, without=(MANIFEST, _PARTS))

    def _forget_parts(self) -> None:
        forget(self.path / _PARTS)
        forget_temporary(self.path)


class ResultsFolder(Folder):
    """The folder of one study. Use it inside `open_results`, which locks it."""

    def __init__(self, path: Path, study: Study) -> None:
        super().__init__(path)
        self.study = study

    def add(self, finished: Finished) -> None:
        """Keep one finished replicate at once."""
        number = list(self.study.scenarios).index(finished.job.name)
        stem = f"{number:03d}-{finished.job.replicate:06d}"
        for kind in _BESIDE:
            self.write_parquet(f"{_PARTS}/{stem}.{kind}.parquet", getattr(finished, kind))
        self.write_parquet(f"{_PARTS}/{stem}.parquet", finished.national)

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
        national, local, *others = (
            pd.concat([frame for frame in table if len(frame)] or table[:1]) for table in tables
        )
        if national.empty:
            return None
        failures = pd.DataFrame(columns=list(FAILURES))
        before = Runs(self.study, national, local, failures, 0.0, *others)
        return collect(self.study, [], before, 0.0)

    def finish(self, runs: Runs, manifest: dict[str, Any]) -> None:
        """Write the tables and, last, the manifest with the SHA-256 of every file."""
        self.write_parquet(TIMESERIES, runs.timeseries)
        self.write_parquet(LOCAL, runs.local)
        self.write_parquet(EVENTS, runs.events)
        self.write_parquet(NETWORKS, runs.networks)
        self.write_parquet(TIES, runs.ties)
        self.write_csv("timeseries.csv", runs.timeseries)
        self.write_csv("networks.csv", runs.networks)
        self.write_csv("summary.csv", runs.summary)
        if runs.differences is not None:
            self.write_csv("differences.csv", runs.differences)
        self.write_csv("failures.csv", runs.failures)
        self.seal(manifest)

    def attach(self, name: str, frame: pd.DataFrame) -> None:
        """Add a table to finished results, and its SHA-256 to the manifest."""
        self.attach_all({name: frame}, {})

    def attach_all(self, frames: Mapping[str, pd.DataFrame], about: dict[str, Any]) -> None:
        """Add tables and whatever else is new in the folder, with what the manifest says of it."""
        for name, frame in frames.items():
            self.write_csv(name, frame)
        self.write_json(MANIFEST, self.manifest | about | {"files": self._digests()})

    def _parts(self) -> Iterator[tuple[tuple[str, int], list[pd.DataFrame]]]:
        names = list(self.study.scenarios)
        for path in sorted((self.path / _PARTS).glob("[0-9]*-[0-9]*.parquet")):
            if path.suffixes != [".parquet"]:
                continue
            number, replicate = map(int, path.stem.split("-"))
            files = [path, *(path.with_suffix(f".{kind}.parquet") for kind in _BESIDE)]
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
            raise damaged(path) from None

    def _verify(self) -> None:
        for problem in verify(self.path, TABLES):
            raise ResultsError(problem)


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
        refuse_strangers(path, study.digest)
    with alone(path, waiting):
        yield ResultsFolder(path, study)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a results folder; empty if there is none."""
    return read_json(path / MANIFEST)


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
            problems.append(f"{file}: is missing; {MOVE_AWAY}")
        elif digest(file) != expected["sha256"]:
            problems.append(f"{file}: is not what manifest.json says (SHA-256); {MOVE_AWAY}")
    return problems


def read_runs(path: Path, study: Study) -> Runs:
    """The replicates of a finished results folder."""
    try:
        national, local, events = (pd.read_parquet(path / name) for name in TABLES[:3])
        networks, ties = (_read_if_written(path / name) for name in TABLES[3:])
        failures = pd.read_csv(path / "failures.csv", dtype=str, keep_default_na=False).astype(
            {"replicate": "int64"}
        )
    except Exception:
        raise damaged(path) from None
    return Runs(study, national, local, failures, 0.0, events, networks, ties)


def _read_if_written(path: Path) -> pd.DataFrame:
    """A table that results of earlier versions lack."""
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()


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


def refuse_strangers(path: Path, asked: str) -> None:
    """Raises `UserMistake` if a folder holds anything but results of the question `asked`."""
    if not path.exists():
        return
    if not path.is_dir():
        raise UserMistake(f"--out {path}: is a file; results need a folder")
    manifest = read_manifest(path)
    if not manifest:
        if any(not p.name.startswith(".") for p in path.iterdir()):
            raise UserMistake(f"--out {path}: holds files but no results; name a new folder")
        return
    if manifest.get("study") != asked:
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
