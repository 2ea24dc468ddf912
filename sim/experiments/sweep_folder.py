"""The folder of a sweep: what it is for, what is missing, and the finished tables.

`experiment.json` and `points.parquet` say what the sweep is, `parts/` holds what is finished of it.
When all is in, the parts become `runs.parquet` and `series.parquet`, whose bytes do not depend on
who did what when; `manifest.json` is written last, and only then are the parts deleted.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.errors import ResultsError, UserMistake
from sim.experiments import tables
from sim.experiments.chunk import EXPERIMENT, PARTS
from sim.experiments.measure import Measured
from sim.experiments.parts import Journal, Parts
from sim.experiments.plan import Plan
from sim.experiments.plan_file import plan_as_data, plan_of
from sim.runs.csv_files import write_csv
from sim.runs.files import alone, damaged, digest, forget_temporary
from sim.runs.folder import MANIFEST, Folder, verify
from sim.runs.sealed import read_sealed_json, write_sealed_json
from sim.runs.version import model_version

RUNS = "runs.parquet"
SERIES = "series.parquet"
FAILURES = "failures.csv"
POINTS = "points.parquet"
ANALYSIS = "analysis"
_DAMAGED = "damaged"
_FAILURE_COLUMNS = ["run_id", "point", "policy", "replicate", "stage", "message"]


class SweepFolder(Folder):
    """The folder of one plan. Use it inside `open_sweep`, which locks it."""

    def __init__(self, path: Path, plan: Plan) -> None:
        super().__init__(path)
        self.plan = plan
        self.parts = Parts(path / PARTS, plan.digest)
        self.about = read_sealed_json(path / EXPERIMENT)

    @property
    def complete(self) -> bool:
        """Whether every run is in the finished tables."""
        return bool(self.manifest.get("complete"))

    @property
    def size(self) -> int:
        """Runs in a chunk: fixed when the sweep begins."""
        return int(self.about["chunk"])

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.plan.runs // self.size)

    def start(self, about: dict[str, Any], tried: list[Measured]) -> None:
        """Say what the folder is for, and keep the runs that were tried to see how long they take.

        `about` has `chunk`, `seconds_per_run` and `limit`.
        """
        self._write_points()
        self.parts.make()
        self.about = about | {
            "files": {POINTS: self.vouched[POINTS]},
            "token": uuid.uuid4().hex,
            "digest": self.plan.digest,
            "points": len(self.plan.points),
            "model_version": model_version(),
            "plan": plan_as_data(self.plan),
        }
        for measured in tried:
            with Journal(self.parts, measured.run_id // self.size, "tried") as journal:
                journal.end(measured)
        write_sealed_json(self.path / EXPERIMENT, self.about)

    def mend_points(self) -> bool:
        """Write the points again, which the plan has, if they are not what the sweep began with."""
        changed = bool(self.about) and _is_changed(self.path / POINTS, self.about)
        if changed:
            self._write_points()
        return changed

    def _write_points(self) -> None:
        points = pa.table(dict(zip(self.plan.names, self.plan.points.T.copy(), strict=True)))
        with self.writing(POINTS) as path:
            tables.write(path, points)

    def run_ids(self, chunk: int) -> range:
        """The runs of a chunk."""
        return range(chunk * self.size, min((chunk + 1) * self.size, self.plan.runs))

    def missing(self) -> Iterator[int]:
        """Chunks that are not whole yet, in order."""
        finished = self.parts.finished()
        return (chunk for chunk in range(self.chunks) if chunk not in finished)

    def count_finished(self) -> int:
        """Runs on disk, those of unfinished chunks among them."""
        if not self.about:
            return 0
        if self.complete:
            return self.plan.runs
        finished = {chunk for chunk in self.parts.finished() if chunk < self.chunks}
        begun = self.parts.unfinished() - finished
        return sum(len(self.run_ids(chunk)) for chunk in finished) + sum(
            len(self.parts.measured(chunk)) for chunk in begun
        )

    def compact(self) -> list[Path]:
        """Make the finished tables of the parts.

        Parts that are damaged or missing are moved to `damaged/` and named; nothing is written
        then, and their chunks are missing again.
        """
        bad: list[Path] = []
        with (
            suppress(_Incomplete),
            self.writing(RUNS) as runs_path,
            self.writing(SERIES) as series_path,
        ):
            self._write_tables(runs_path, series_path, bad)
            if bad:
                raise _Incomplete
        if not bad:
            self.tell()
        return bad

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest with the SHA-256 of every file, and delete the parts."""
        self.vouch_for(EXPERIMENT)
        self.vouch_for(POINTS)
        self.forget(ANALYSIS)
        self.seal(manifest)
        self.tidy()

    def tidy(self) -> None:
        """Delete what finished tables make superfluous."""
        self.parts.forget()
        forget_temporary(self.path)

    def forget_failures(self) -> None:
        """Make chunks with failed runs unfinished, so that these runs are tried again."""
        if self.complete:
            self._unpack()
        for chunk in self.parts.finished():
            try:
                pair = self.parts.read(self.plan, chunk, self.run_ids(chunk))
            except Exception:
                continue
            if pc.any(pc.not_equal(pair[0]["status"], "ok")).as_py():
                kept = [m for m in tables.measured_of(self.plan, *pair) if not m.stage]
                self.parts.reopen(chunk, kept)
        self.parts.drop_failures(self.parts.unfinished())

    def _unpack(self) -> None:
        """Cut finished tables into parts again."""
        check(self.path)
        runs = tables.read(self.path / RUNS, tables.runs_schema(self.plan))
        series = tables.read(self.path / SERIES, tables.series_schema(self.plan))
        numbers = series["run_id"].to_numpy()
        self.parts.make()
        for chunk in range(self.chunks):
            ids = self.run_ids(chunk)
            first, end = np.searchsorted(numbers, [ids.start, ids.stop])
            own = series.slice(int(first), int(end - first))
            self.parts.put(chunk, runs.slice(ids.start, len(ids)), own)
        (self.path / MANIFEST).unlink()

    def _write_tables(self, runs_path: Path, series_path: Path, bad: list[Path]) -> None:
        runs_schema, series_schema = tables.runs_schema(self.plan), tables.series_schema(self.plan)
        with (
            tables.GroupWriter(runs_path, runs_schema) as all_runs,
            tables.GroupWriter(series_path, series_schema) as all_series,
        ):
            for chunk in range(self.chunks):
                try:
                    runs, series = self.parts.read(self.plan, chunk, self.run_ids(chunk))
                except Exception:
                    bad.append(self.parts.runs(chunk))
                    self.parts.set_aside(chunk, self.path / _DAMAGED)
                    continue
                if not bad:
                    all_runs.add(runs)
                    all_series.add(series)

    def tell(self) -> None:
        """Write what follows from the finished table of runs: CSV files."""
        with (
            self.writing("runs.csv") as runs_path,
            self.writing(FAILURES) as failures_path,
            pq.ParquetFile(self.path / RUNS) as file,
        ):
            for group in range(max(1, file.num_row_groups)):
                frame = file.read_row_group(group).to_pandas()
                failed = frame.loc[frame["status"] != "ok", _FAILURE_COLUMNS]
                write_csv(frame, runs_path, append=group > 0)
                write_csv(failed, failures_path, append=group > 0)


@contextmanager
def open_sweep(
    path: Path,
    plan: Plan,
    *,
    waiting: Callable[[], None] | None = None,
    any_version: bool = False,
) -> Iterator[SweepFolder]:
    """The folder of a plan's sweep, for this process alone.

    While another process writes the same results, waits for it (and calls `waiting` once). Raises
    `UserMistake` if the folder holds something else; finished runs of another version of the model
    may be told again (`any_version`), but none are added to them.
    """
    if not any_version:
        refuse_strangers(path, plan)
    with alone(path, waiting):
        if not any_version:
            refuse_strangers(path, plan)
        yield SweepFolder(path, plan)


def refuse_strangers(path: Path, plan: Plan) -> None:
    """Raises `UserMistake` if a folder holds anything but results of this plan and model."""
    if not path.exists():
        return
    if not path.is_dir():
        raise UserMistake(f"--out {path}: is a file; results need a folder")
    about = read_sealed_json(path / EXPERIMENT)
    if not about:
        own = (POINTS, PARTS)
        if any(not p.name.startswith(".") and p.name not in own for p in path.iterdir()):
            raise UserMistake(f"--out {path}: holds files but no sweep; name a new folder")
    elif about.get("model_version") != model_version():
        raise UserMistake(
            f"--out {path}: holds results of another version of the model "
            f"({about.get('model_version')}, this one is {model_version()}); "
            "results are never mixed, name a new folder"
        )
    elif about.get("digest") != plan.digest:
        name = about.get("plan", {}).get("name")
        raise UserMistake(
            f"--out {path}: holds results of another experiment or of other values ({name}); "
            "results are never mixed, name a new folder"
        )


def check(path: Path) -> None:
    """Raises `ResultsError` if the finished tables are not what the manifest says."""
    for problem in verify(path, (RUNS, SERIES)):
        raise ResultsError(problem)


def read_plan(path: Path) -> Plan:
    """The plan of a folder; raises `UserMistake` if there is no sweep in it."""
    if not path.is_dir():
        raise UserMistake(f"{path}: no such results folder")
    about = read_sealed_json(path / EXPERIMENT)
    if not about:
        raise UserMistake(f"{path}: holds no sweep (there is no {EXPERIMENT})")
    if _is_changed(path / POINTS, about):
        raise damaged(path / POINTS)
    try:
        points = pd.read_parquet(path / POINTS).to_numpy(dtype=np.float64)
        return plan_of(about["plan"], points.reshape(about["points"], points.shape[1]))
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        raise ResultsError(
            f"{path / EXPERIMENT}: describes an experiment that this release does not know (model "
            f"{about.get('model_version')}); use that release to tell these results again"
        ) from None


def _is_changed(points: Path, about: dict[str, Any]) -> bool:
    """Whether the points are not those that the experiment began with."""
    try:
        return "files" in about and digest(points) != about["files"][POINTS]["sha256"]
    except OSError:
        return True


class _Incomplete(Exception):
    """Parts are missing, so the tables are not kept."""
