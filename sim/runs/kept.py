"""Headline outcomes of replicates, kept as they end, so that a stopped analysis goes on.

An analysis that needs the outcomes of many replicates, and nothing else of them, asks here. What is
on disk already is not run again; what ends is written in sealed batches, each a file of its own.
Replicates are known by the hash of all that decides them, so that nothing is ever mixed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from sim.outcomes import OUTCOMES, WINDOW
from sim.runs.replicate import Failed, Finished, Job, Progress, run_replicates
from sim.runs.sealed import DamagedPart, read_part, write_part
from sim.runs.units import unit_key

Means = tuple[float, ...]
"""The headline outcomes of one replicate, in the order of `OUTCOMES`: means of the last months."""

_NAMES = [outcome.name for outcome in OUTCOMES]
_BATCH = 32
_ENDING = ".means"
_KEY = "headline outcomes"


class Kept:
    """The outcomes of replicates that ended. Without a folder they are kept in memory only."""

    def __init__(
        self, folder: Path | None = None, *, warn: Callable[[str], None] | None = None
    ) -> None:
        self._folder = folder
        self._means: dict[str, Means] = {}
        self._waiting: dict[str, Means] = {}
        for path in sorted(folder.glob(f"*{_ENDING}")) if folder is not None else ():
            try:
                table = read_part(path, _KEY)["means"]
            except DamagedPart as damage:
                path.unlink(missing_ok=True)
                if warn is not None:
                    warn(f"{damage}; it was deleted, and its replicates run again")
                continue
            for key, *values in table.itertuples(index=False):
                self._means[str(key)] = tuple(values)

    def __len__(self) -> int:
        return len(self._means)

    def missing(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs that have to be run."""
        return [job for job in jobs if unit_key(job) not in self._means]

    def outcomes(
        self,
        jobs: Sequence[Job],
        *,
        processes: int,
        progress: Progress | None = None,
        failed: Callable[[Failed], None] | None = None,
    ) -> dict[Job, Means]:
        """The outcomes of jobs, run where they are missing; `failed` hears of those that failed.

        Whatever stops this, what has ended until then is kept.
        """
        try:
            for outcome in run_replicates(
                self.missing(jobs), processes=processes, progress=progress
            ):
                if isinstance(outcome, Finished):
                    self._keep(outcome)
                elif failed is not None:
                    failed(outcome)
        finally:
            self._write()
        found = ((job, self._means.get(unit_key(job))) for job in jobs)
        return {job: means for job, means in found if means is not None}

    def _keep(self, finished: Finished) -> None:
        key = unit_key(finished.job)
        means = tuple(map(float, finished.national[_NAMES].tail(WINDOW).mean()))
        self._means[key] = self._waiting[key] = means
        if len(self._waiting) >= _BATCH:
            self._write()

    def _write(self) -> None:
        if self._folder is None or not self._waiting:
            return
        rows = [(key, *means) for key, means in self._waiting.items()]
        table = pd.DataFrame(rows, columns=["key", *_NAMES])
        write_part(self._folder / f"{uuid.uuid4().hex}{_ENDING}", _KEY, {"means": table})
        self._waiting.clear()
