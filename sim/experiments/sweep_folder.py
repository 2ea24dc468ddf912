"""The folder of a sweep: what it is for, what is missing, and the finished tables.

`manifest.json` and `points.parquet` say what the sweep is, `parts/` holds what is finished of it.
When all is in, the parts become `runs.parquet` and `series.parquet`, whose bytes do not depend on
who did what when; the manifest is sealed last, and only then are the parts deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import ResultsError, UserMistake
from sim.experiments import measure, tables
from sim.experiments.measure import SomeRuns, some_runs
from sim.experiments.measured import Measured
from sim.experiments.plan import Plan
from sim.experiments.plan_file import plan_as_data, plan_of
from sim.runs.csv_files import write_csv
from sim.runs.files import damaged, digest
from sim.runs.folder import MANIFEST, Folder, held, read_manifest, verify
from sim.runs.parts import Parts
from sim.runs.sealed import DamagedPart

KIND = "sweep"
NOT_FINISHED = "is not finished; the command that began it goes on from there"
RUNS = "runs.parquet"
SERIES = "series.parquet"
FAILURES = "failures.csv"
POINTS = "points.parquet"
ANALYSIS = "analysis"
_FAILURE_COLUMNS = ["run_id", "point", "policy", "replicate", "stage", "message"]


class SweepFolder(Folder):
    """The folder of one plan. Use it inside `open_sweep`, which locks it."""

    def __init__(self, path: Path, plan: Plan) -> None:
        super().__init__(path)
        self.plan = plan
        self.parts = Parts(self.parts_folder)

    @property
    def complete(self) -> bool:
        """Whether every run is in the finished tables."""
        return bool(self.manifest.get("complete"))

    @property
    def is_started(self) -> bool:
        """Whether the folder says what it is for."""
        return POINTS in self.manifest.get("files", {})

    def start(self, about: dict[str, Any]) -> None:
        """Say what the folder is for; `about` has `seconds_per_run` and `limit`."""
        self.begin(about | describe(self.plan))
        self._write_points()
        self.begin(about | describe(self.plan), keep=(POINTS,))

    def mend_points(self) -> bool:
        """Write the points again, which the plan has, if they are not what the sweep began with."""
        about = self.manifest
        changed = bool(about) and _is_changed(self.path / POINTS, about)
        if changed:
            self._write_points()
        return changed

    def _write_points(self) -> None:
        points = pa.table(dict(zip(self.plan.names, self.plan.points.T.copy(), strict=True)))
        with self.writing(POINTS) as path:
            tables.write(path, points)

    def chunks(self) -> Iterator[tuple[str, SomeRuns]]:
        """All chunks of the plan, in order."""
        plan = self.plan
        for number in range(plan.chunks):
            run_ids = plan.run_ids(number)
            yield plan.key(run_ids), some_runs(plan, run_ids)

    def missing(self) -> Iterator[tuple[str, SomeRuns]]:
        """Chunks that are not whole yet, in order."""
        there = self.parts.there()
        return ((key, task) for key, task in self.chunks() if key not in there)

    def count_finished(self) -> int:
        """Runs on disk, those of unfinished chunks among them."""
        if self.complete:
            return self.plan.runs
        there, begun = self.parts.there(), self.parts.begun()
        finished = 0
        for number in range(self.plan.chunks):
            run_ids = self.plan.run_ids(number)
            key = self.plan.key(run_ids)
            if key in there:
                finished += len(run_ids)
            elif key in begun:
                finished += len(self.parts.lines(key))
        return finished

    def keep(self, tried: list[Measured]) -> None:
        """Keep runs that were tried to see how long they take."""
        self.parts.make()
        for measured in tried:
            run_ids = self.plan.run_ids(measured.run_id // self.plan.chunk)
            task = some_runs(self.plan, run_ids)
            self.parts.note(self.plan.key(run_ids), {measured.run_id: task.line(measured)})

    def compact(self) -> list[DamagedPart]:
        """Make the finished tables of the parts.

        Parts that are damaged or missing are deleted and named; nothing is written then, and their
        chunks are missing again.
        """
        bad: list[DamagedPart] = []
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
        """Seal the manifest with the SHA-256 of every file, and delete the parts."""
        self.vouch_for(POINTS)
        self.forget(ANALYSIS)
        self.seal(manifest | describe(self.plan))
        self.tidy()

    def tidy(self) -> None:
        """Delete what finished tables make superfluous."""
        self.parts.forget()

    def forget_failures(self) -> None:
        """Make chunks with failed runs unfinished, so that these runs are tried again."""
        if self.complete:
            self._unpack()
        there, begun = self.parts.there(), self.parts.begun()
        for key, task in self.chunks():
            if key in there:
                with suppress(DamagedPart):
                    lines = task.lines_without_failures(self.parts.read(key))
                    if lines is not None:
                        self.parts.reopen(key, lines)
            elif key in begun:
                lines = self.parts.lines(key)
                kept = {unit: told for unit, told in lines.items() if not told["stage"]}
                if len(kept) < len(lines):
                    self.parts.reopen(key, kept)

    def _unpack(self) -> None:
        """Cut finished tables into parts again."""
        check(self.path)
        runs = tables.read(self.path / RUNS, tables.runs_schema(self.plan))
        series = tables.read(self.path / SERIES, tables.series_schema(self.plan))
        numbers = series["run_id"].to_numpy()
        self.parts.make()
        for chunk in range(self.plan.chunks):
            ids = self.plan.run_ids(chunk)
            first, end = np.searchsorted(numbers, [ids.start, ids.stop])
            own = {
                measure.RUNS: runs.slice(ids.start, len(ids)),
                measure.SERIES: series.slice(int(first), int(end - first)),
            }
            self.parts.write(self.plan.key(ids), own)
        about = {k: v for k, v in self.manifest.items() if k in ("seconds_per_run", "limit")}
        self.begin(about | describe(self.plan), keep=(POINTS,))

    def _write_tables(self, runs_path: Path, series_path: Path, bad: list[DamagedPart]) -> None:
        runs_schema, series_schema = tables.runs_schema(self.plan), tables.series_schema(self.plan)
        with (
            tables.GroupWriter(runs_path, runs_schema) as all_runs,
            tables.GroupWriter(series_path, series_schema) as all_series,
        ):
            for chunk in range(self.plan.chunks):
                key = self.plan.key(self.plan.run_ids(chunk))
                try:
                    part = self.parts.read(key)
                except DamagedPart as damage:
                    bad.append(damage)
                    self.parts.delete(key)
                    continue
                if not bad:
                    all_runs.add(part[measure.RUNS].cast(runs_schema))
                    all_series.add(part[measure.SERIES].cast(series_schema))

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


def describe(plan: Plan) -> dict[str, Any]:
    """What a manifest says of a plan."""
    return {
        "kind": KIND,
        "digest": plan.digest,
        "experiment": plan.name,
        "plan": plan_as_data(plan),
        "seed": plan.seed,
        "points": len(plan.points),
        "runs": plan.runs,
    }


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
    with held(path, None if any_version else plan.digest, waiting):
        yield SweepFolder(path, plan)


def check(path: Path) -> None:
    """Raises `ResultsError` if the finished tables are not what the manifest says."""
    for problem in verify(path, (RUNS, SERIES)):
        raise ResultsError(problem)


def read_plan(path: Path) -> Plan:
    """The plan of a folder; raises `UserMistake` if there is no sweep in it."""
    if not path.is_dir():
        raise UserMistake(f"{path}: no such results folder")
    about = read_manifest(path)
    if "plan" not in about:
        raise UserMistake(f"{path}: holds no sweep")
    if POINTS not in about.get("files", {}):
        raise UserMistake(f"{path}: {NOT_FINISHED}")
    if _is_changed(path / POINTS, about):
        raise damaged(path / POINTS)
    try:
        points = pd.read_parquet(path / POINTS).to_numpy(dtype=np.float64)
        return plan_of(about["plan"], points.reshape(about["points"], points.shape[1]))
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        raise ResultsError(
            f"{path / MANIFEST}: describes an experiment that this release does not know (model "
            f"{about.get('model_version')}); use that release to tell these results again"
        ) from None


def _is_changed(points: Path, about: dict[str, Any]) -> bool:
    """Whether the points are not those that the experiment began with."""
    try:
        said = about.get("files", {}).get(POINTS)
        return said is not None and digest(points) != said["sha256"]
    except OSError:
        return True


class _Incomplete(Exception):
    """Parts are missing, so the tables are not kept."""
