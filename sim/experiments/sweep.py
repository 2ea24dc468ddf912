"""A sweep: every run of an experiment, on this machine or a cluster, and what came of it.

A sweep goes on by itself: what is finished is on disk at once, and asking again runs only what is
missing. Results do not depend on who ran what, in which order, or how often it was stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.arguments import whole
from sim.bar import Asked, shown_progress
from sim.errors import ShardFinished, UserMistake
from sim.experiments.estimate import Estimate, disk_bytes, try_out
from sim.experiments.experiment import Experiment
from sim.experiments.plan import Plan
from sim.experiments.sweep_folder import (
    ANALYSIS,
    NOT_FINISHED,
    POINTS,
    RUNS,
    SERIES,
    SweepFolder,
    check,
    open_sweep,
    read_plan,
)
from sim.paged import page_of_results
from sim.runs.chunk import Done
from sim.runs.executors import Executor, Here
from sim.runs.failing import refuse_all_failed
from sim.runs.files import forget_temporary
from sim.runs.folder import read_manifest, refuse_strangers, verify
from sim.runs.manifest import origin
from sim.runs.runner import Shard, Where, again_and_again, session
from sim.shown import table_as_html
from sim.units_table import units_table

_MOST_ROUNDS = 5
_TRIAL_LIMIT = 3600.0


@dataclass(frozen=True, eq=False)
class Sweep:
    """The runs of an experiment.

    `runs` has a row per run, in the order of `run_id`: `run_id, point, policy, replicate, status`
    (`ok` or `failed`), `stage, message`, a column per factor and one per outcome (the mean of the
    last 36 months). `series` has `run_id, month` and the outcomes' readings at the plan's months.
    """

    plan: Plan
    runs: pd.DataFrame
    series: pd.DataFrame
    folder: Path | None = None

    def __repr__(self) -> str:
        lost = f", {len(self.failures)} failed" if len(self.failures) else ""
        return f"Sweep({self.plan.name}: {len(self.runs)} runs{lost})"

    def _repr_html_(self) -> str:
        names = ["policy", *self.plan.outcomes]
        ok = self.runs[self.runs["status"] == "ok"]
        return table_as_html(
            repr(self), ok[names].groupby("policy", sort=False).mean().reset_index()
        )

    @property
    def units(self) -> pd.DataFrame:
        """Unit, direction and meaning of every outcome and component."""
        return units_table()

    @property
    def failures(self) -> pd.DataFrame:
        """The runs that failed, with stage and message."""
        return self.runs[self.runs["status"] != "ok"]

    @classmethod
    def open(cls, folder: str | Path) -> Sweep:
        """The finished sweep of a folder.

        Raises `UserMistake` if there is none or it is not finished, `ResultsError` if a table is
        damaged.
        """
        path = Path(folder)
        plan = read_plan(path)
        if not read_manifest(path).get("complete"):
            raise UserMistake(f"{path}: {NOT_FINISHED}")
        check(path)
        return cls(plan, pd.read_parquet(path / RUNS), pd.read_parquet(path / SERIES), path)


class SweepStopped(KeyboardInterrupt):
    """Ctrl-C: how many runs are finished, and where they are."""

    def __init__(self, finished: int, folder: Path) -> None:
        super().__init__("stopped")
        self.finished = finished
        self.folder = folder


def default_folder(plan: Plan, root: Path = Path("outputs")) -> Path:
    """`outputs/<name>/<hash>`: one folder for each different plan and version of the model."""
    return root / plan.slug / plan.digest[:12]


def sweep(
    experiment: Experiment | str | Path,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
    shard: Shard | None = None,
    retry: bool = False,
    progress: Asked = None,
    announce: Callable[[Estimate], None] | None = None,
    waiting: Callable[[], None] | None = None,
    warn: Callable[[str], None] | None = None,
    command: str = "",
) -> Sweep:
    """Runs what is missing of an experiment.

    `jobs` processes share the work (as many as processors, unless given), or the workers of a Dask
    `cluster`, given by its scheduler's address; a `shard` runs only its share. Results are kept in
    `out`, which is `outputs/<name>/<hash>` unless given. `retry` tries failed runs again.
    `announce` hears what it will cost, before it begins; `progress` of each finished chunk;
    `waiting` if another process writes the same results; `warn` of files that were damaged.

    A run that fails is a row of the result. Raises `GovShiftError` if all failed, `SweepStopped` on
    Ctrl-C, `ShardFinished` when the runs of a shard are in, `UserMistake` if the folder holds
    something else or the cluster cannot be reached, `ResultsError` if results cannot be written.
    """
    plan = _load(experiment).plan()
    where = _where(jobs, cluster, shard, warn)
    path = where.folder(default_folder(plan)) if out is None else Path(out)
    return sweep_plan(
        plan, path, where,
        retry=retry, progress=progress, announce=announce, waiting=waiting, command=command,
    )  # fmt: skip


def sweep_plan(
    plan: Plan,
    path: Path,
    where: Where,
    *,
    retry: bool = False,
    progress: Asked = None,
    announce: Callable[[Estimate], None] | None = None,
    waiting: Callable[[], None] | None = None,
    command: str = "",
) -> Sweep:
    """Runs what is missing of a plan, as `sweep` does, and keeps it in a folder."""
    refuse_strangers(path, plan.digest)
    started = time.perf_counter()
    with ExitStack() as stack:
        executor = None
        if retry or not SweepFolder(path, plan).complete:
            executor = stack.enter_context(where.executor(plan.runs))
        folder = stack.enter_context(open_sweep(path, plan, waiting=waiting))
        if folder.mend_points() and where.warn is not None:
            where.warn(f"{path / POINTS}: is not what was written; it is written again")
        if retry and folder.is_started:
            folder.forget_failures()
        if executor is not None and not folder.complete:
            advance, begin = stack.enter_context(shown_progress(progress, "runs", _new_runs))
            try:
                _prepare(folder, where, command, here=isinstance(executor, Here))
                cost = _estimate(folder, executor.workers)
                begin(cost.runs, cost.finished)
                if announce is not None:
                    announce(cost)
                _run(folder, executor, where, advance)
            except KeyboardInterrupt:
                raise SweepStopped(folder.count_finished(), path) from None
            folder.finish(_manifest(folder, command, time.perf_counter() - started))
        folder.tidy()
        forget_temporary(path)
        _heal(folder, where.warn)
        done = _with_a_run(Sweep.open(path))
        page_of_results(folder)
        return done


def _where(
    jobs: int | None,
    cluster: str | None,
    shard: Shard | None = None,
    warn: Callable[[str], None] | None = None,
) -> Where:
    return Where(None if jobs is None else whole("jobs", jobs, 1, 1024), cluster, shard, warn)


def _heal(folder: SweepFolder, warn: Callable[[str], None] | None) -> None:
    """Write again what follows from the finished tables, if it is not as it was sealed."""
    problems = [p for p in verify(folder.path) if not p.startswith(str(folder.path / ANALYSIS))]
    if problems and not verify(folder.path, (RUNS, SERIES)):
        folder.tell()
        folder.attach({})
        for problem in problems if warn is not None else ():
            warn(f"{problem.split(';')[0]}; it is written again")  # type: ignore[misc]


def _with_a_run(swept: Sweep) -> Sweep:
    """The sweep, if any run was finished."""
    what, where = f"{swept.plan.name}: no run", f"; all are in {swept.folder}, `retry` tries again"
    finished = len(swept.runs) - len(swept.failures)
    refuse_all_failed(swept.failures, what, finished=finished, where=where)
    return swept


def _new_runs(done: Done) -> int:
    return done.new


def estimate(
    experiment: Experiment | str | Path,
    *,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
) -> Estimate:
    """What a sweep would cost: some runs are timed, and nothing is kept."""
    plan = _load(experiment).plan()
    path = default_folder(plan) if out is None else Path(out)
    refuse_strangers(path, plan.digest)
    folder = SweepFolder(path, plan)
    with _where(jobs, cluster).executor(plan.runs) as executor:
        about = folder.manifest
        if "seconds_per_run" not in about:
            trial = try_out(plan, limit=_TRIAL_LIMIT, here=isinstance(executor, Here))
            about = {"seconds_per_run": trial.typical}
        return _estimate(folder, executor.workers, about)


def _load(experiment: Experiment | str | Path) -> Experiment:
    return experiment if isinstance(experiment, Experiment) else Experiment.load(experiment)


def _prepare(folder: SweepFolder, where: Where, command: str, *, here: bool) -> None:
    """Say what the folder is for, and try a few runs, which are kept, to see how long they take."""
    if folder.is_started:
        folder.parts.make()
        return
    trial = try_out(folder.plan, limit=None if here else _TRIAL_LIMIT, here=here)
    shard = {} if where.shard is None else {"shard": str(where.shard)}
    times = {"seconds_per_run": trial.typical, "limit": trial.limit}
    folder.start(origin(command) | shard | times)
    folder.keep(list(trial.measured))


def _run(
    folder: SweepFolder,
    executor: Executor,
    where: Where,
    progress: Callable[[Done], None] | None,
) -> None:
    """Do what is missing; parts that turn out to be damaged are done again."""
    plan = folder.plan
    things = replace(plan, points=plan.points[:0])
    limit = float(folder.manifest["limit"])
    with session(folder.parts_folder, executor, limit=limit, things=[things]) as running:
        for _ in range(_MOST_ROUNDS):
            there = folder.parts.there()
            mine = where.mine(folder.chunks())
            for done in running.run(chunk for chunk in mine if chunk[0] not in there):
                if progress is not None:
                    progress(done)
            if where.shard is not None and next(folder.missing(), None) is not None:
                raise ShardFinished(str(where.shard), folder.path)
            damaged = folder.compact()
            if not damaged:
                return
            for damage in damaged:
                if where.warn is not None:
                    where.warn(f"{damage}; it was deleted, and its runs are done again")
    raise again_and_again(folder.path)


def _estimate(folder: SweepFolder, workers: int, about: dict[str, Any] | None = None) -> Estimate:
    plan = folder.plan
    told = folder.manifest if about is None else about
    return Estimate(
        points=len(plan.points),
        policies=len(plan.policies),
        replicates=plan.replicates,
        runs=plan.runs,
        finished=folder.count_finished(),
        run_seconds=float(told["seconds_per_run"]),
        workers=workers,
        disk=disk_bytes(plan),
        worlds=plan.worlds,
    )


def _manifest(folder: SweepFolder, command: str, seconds: float) -> dict[str, Any]:
    before = folder.manifest
    times = {name: before[name] for name in ("seconds_per_run", "limit")}
    return origin(command) | times | {"last_session_seconds": round(seconds, 3)}
