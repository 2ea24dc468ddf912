"""The results folder of a study: each finished replicate a part, tables that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from sim.frames import table
from sim.paged import CODEBOOK
from sim.questions.comparison.decisions.codebook import codebook
from sim.questions.comparison.decisions.tables import decision_tables
from sim.questions.comparison.places import FACTS, facts_table
from sim.questions.comparison.replicates import chunks_of, outcome_of
from sim.questions.comparison.study import Runs, Study
from sim.questions.comparison.tables import FAILURES, STUDY_TABLES
from sim.runs.files import damaged
from sim.runs.folder import Folder, held, read_manifest, verify
from sim.runs.parts import Parts
from sim.runs.replicate import Result
from sim.runs.sealed import DamagedPart

TIMESERIES = "timeseries.parquet"
LOCAL = "local_governments.parquet"
EVENTS = "events.parquet"
NETWORKS = "networks.parquet"
TIES = "ties.parquet"
BEFORE = "before_start.parquet"
COSTS = "costs.parquet"
GROUPS = "groups.parquet"
TABLES = (TIMESERIES, LOCAL, EVENTS, NETWORKS, TIES, BEFORE, COSTS, GROUPS)
TRANSITIONS = "transitions"
ASSUMPTIONS = "assumptions.csv"
EVIDENCE = "evidence"
FORECASTS = ("scores.csv", "predictions.csv", "nulls.csv")
WORLDS = "worlds.csv"
AGAINST = "against.csv"
FOCUS_TABLES = ("focus.csv", "focus_differences.csv")
SLIDES = "slides"
ADDED = (
    TRANSITIONS, ASSUMPTIONS, EVIDENCE, *FORECASTS, WORLDS, AGAINST, *FOCUS_TABLES, f"{SLIDES}/",
)  # fmt: skip
"""What other commands add to the results of a study."""
_PART = ".part"


class ResultsFolder(Folder):
    """The folder of one study. Use it inside `open_results`, which locks it."""

    def __init__(self, path: Path, study: Study) -> None:
        super().__init__(path)
        self.study = study
        self.parts = Parts(self.parts_folder)

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
        self.parts.tidy()
        for name, frame in zip(TABLES, tables_of(runs), strict=True):
            self.write_parquet(name, frame, STUDY_TABLES[name.removesuffix(".parquet")])
        self.tell(runs)
        self.seal(manifest)

    def tell(self, runs: Runs) -> None:
        """Write what follows from the tables of the replicates."""
        self.write_csv("timeseries.csv", runs.timeseries)
        self.write_csv("networks.csv", runs.networks)
        self.write_csv("summary.csv", runs.summary)
        self.write_csv("horizons.csv", runs.horizons)
        if runs.differences is not None:
            self.write_csv("differences.csv", runs.differences)
        for name, frame in decision_tables(runs).items():
            self.write_csv(name, frame)
        self.write_csv("failures.csv", runs.failures)
        self.write_csv(FACTS, facts_table(runs.study))

    def seal(self, manifest: dict[str, Any]) -> None:
        """Say what all columns mean, then vouch for everything."""
        tables = [name for name in self.vouched if name.endswith(".csv")]
        self.let_go(CODEBOOK)
        self.write_csv(CODEBOOK, codebook(self.path, tables))
        super().seal(manifest)

    def damaged_parts(self) -> list[str]:
        """What is wrong with parts of the study, a line each; missing ones are not named."""
        found = (_damage(self.parts, key) for key, _ in chunks_of(self.study))
        return [damage for damage in found if damage]

    def from_parts(self) -> list[Result] | None:
        """What came of every replicate; None unless all their parts are whole."""
        try:
            return [outcome_of(t.job, self.parts.read(key)) for key, t in chunks_of(self.study)]
        except DamagedPart:
            return None


def _damage(parts: Parts, key: str) -> str:
    try:
        if parts.path(key).is_file():
            parts.read(key)
    except DamagedPart as damage:
        return str(damage)
    return ""


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
    return (
        runs.timeseries, runs.local, runs.events, runs.networks, runs.ties, runs.before, runs.costs,
        runs.groups,
    )  # fmt: skip


def read_runs(path: Path, study: Study) -> Runs:
    """The replicates of a finished results folder."""
    try:
        national, local, *others = (pd.read_parquet(path / n) for n in TABLES)
        failures = table(FAILURES, read_manifest(path)["failures"])
    except Exception:
        raise damaged(path) from None
    return Runs(study, national, local, failures, 0.0, *others)
