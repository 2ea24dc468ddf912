"""The results folder of a study: each finished replicate a part, tables that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from sim.frames import table
from sim.questions.comparison.run import TABLES_OF, Runs, Study
from sim.questions.comparison.tables import FAILURES, STUDY_TABLES
from sim.runs.files import damaged
from sim.runs.folder import Folder, held, read_manifest, verify
from sim.runs.replicate import Finished, Job
from sim.runs.sealed import DamagedPart, read_part, write_part
from sim.runs.units import unit_key

TIMESERIES = "timeseries.parquet"
LOCAL = "local_governments.parquet"
EVENTS = "events.parquet"
NETWORKS = "networks.parquet"
TIES = "ties.parquet"
TABLES = (TIMESERIES, LOCAL, EVENTS, NETWORKS, TIES)
TRANSITIONS = "transitions"
ASSUMPTIONS = "assumptions.csv"
ADDED = (TRANSITIONS, ASSUMPTIONS)
"""What other commands add to the results of a study."""
_PART = ".part"


class ResultsFolder(Folder):
    """The folder of one study. Use it inside `open_results`, which locks it."""

    def __init__(self, path: Path, study: Study) -> None:
        super().__init__(path)
        self.study = study
        self.damaged: list[str] = []

    def add(self, finished: Finished) -> None:
        """Keep one finished replicate at once."""
        key = unit_key(finished.job)
        tables = {part: getattr(finished, part) for part in TABLES_OF}
        write_part(self._part(key), key, tables)

    def kept(self) -> list[Finished]:
        """The replicates of the study that are there.

        Parts that are damaged are deleted and named in `damaged`: their replicates run again.
        """
        there = {path.name for path in self.parts_folder.glob(f"*{_PART}")}
        read = (self._read(job) for job in self.study.jobs() if self._name(job) in there)
        return [finished for finished in read if finished is not None]

    def finished(self) -> Runs | None:
        """The runs, if the tables are exactly those of this question and as they were sealed."""
        manifest = self.manifest
        if not manifest.get("complete") or manifest.get("failures"):
            return None
        if manifest.get("replicates") != self.study.replicates or self.changed():
            return None
        return read_runs(self.path, self.study)

    def changed(self) -> list[str]:
        """What of the tables and figures is not as it was sealed, a line each."""
        if not self.manifest.get("complete"):
            return []
        added = [name for name in self.manifest["files"] if name.startswith(ADDED)]
        return verify(self.path, (*TABLES, *(self.manifest["files"].keys() - {*TABLES, *added})))

    def finish(self, runs: Runs, manifest: dict[str, Any]) -> None:
        """Write the tables and, last, the manifest that vouches for them."""
        for name, frame in zip(TABLES, tables_of(runs), strict=True):
            self.write_parquet(name, frame, STUDY_TABLES[name.removesuffix(".parquet")])
        self.tell(runs)
        self.seal(manifest)

    def tell(self, runs: Runs) -> None:
        """Write what follows from the tables of the replicates."""
        self.write_csv("timeseries.csv", runs.timeseries)
        self.write_csv("networks.csv", runs.networks)
        self.write_csv("summary.csv", runs.summary)
        if runs.differences is not None:
            self.write_csv("differences.csv", runs.differences)
        self.write_csv("failures.csv", runs.failures)

    def look_at_parts(self) -> None:
        """Read every part of the study, and name those that are damaged in `damaged`."""
        for job in self.study.jobs():
            key = unit_key(job)
            if self._part(key).is_file():
                try:
                    read_part(self._part(key), key)
                except DamagedPart as damage:
                    self.damaged.append(str(damage))

    def _read(self, job: Job) -> Finished | None:
        key = unit_key(job)
        try:
            tables = read_part(self._part(key), key)
        except DamagedPart as damage:
            self.damaged.append(str(damage))
            self._part(key).unlink(missing_ok=True)
            return None
        return Finished(job, seconds=0.0, **tables)

    def _name(self, job: Job) -> str:
        return self._part(unit_key(job)).name

    def _part(self, key: str) -> Path:
        return self.parts_folder / f"{key[:32]}{_PART}"


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
    with held(path, None if any_version else study.digest, waiting):
        yield ResultsFolder(path, study)


def tables_of(runs: Runs) -> tuple[pd.DataFrame, ...]:
    """The tables of the replicates, in the order of `TABLES`."""
    return runs.timeseries, runs.local, runs.events, runs.networks, runs.ties


def read_runs(path: Path, study: Study) -> Runs:
    """The replicates of a finished results folder."""
    try:
        national, local, events, networks, ties = (pd.read_parquet(path / n) for n in TABLES)
        failures = table(FAILURES, read_manifest(path)["failures"])
    except Exception:
        raise damaged(path) from None
    return Runs(study, national, local, failures, 0.0, events, networks, ties)
