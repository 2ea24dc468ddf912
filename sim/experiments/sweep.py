"""A sweep: every run of an experiment, on this machine or a cluster, and what came of it.

A sweep goes on by itself: what is finished is on disk at once, and asking again runs only what is
missing. Results do not depend on who ran what, in which order, or how often it was stopped.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.arguments import whole
from sim.bar import Asked, shown_progress
from sim.errors import ResultsError, UserMistake
from sim.experiments.chunk import Done, Order, cut
from sim.experiments.estimate import Estimate, disk_bytes, try_out
from sim.experiments.executors import Executor, Here, Processes
from sim.experiments.experiment import Experiment
from sim.experiments.plan import Plan
from sim.experiments.sweep_folder import (
    ANALYSIS,
    POINTS,
    RUNS,
    SERIES,
    SweepFolder,
    check,
    open_sweep,
    read_plan,
    refuse_strangers,
)
from sim.runs.failing import refuse_all_failed
from sim.runs.folder import read_manifest, verify
from sim.runs.replicate import default_processes
from sim.runs.version import model_version
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
            raise UserMistake(
                f"{path}: is not finished; the command that began it goes on from there"
            )
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
    retry: bool = False,
    progress: Asked = None,
    announce: Callable[[Estimate], None] | None = None,
    waiting: Callable[[], None] | None = None,
    warn: Callable[[str], None] | None = None,
    command: str = "",
) -> Sweep:
    """Runs what is missing of an experiment.

    `jobs` processes share the work (one per processor unless given), or the workers of a Dask
    `cluster`, given by its scheduler's address. Results are kept in `out`, which is
    `outputs/<name>/<hash>` unless given. `retry` tries failed runs again. `announce` hears what it
    will cost, before it begins; `progress` of each finished chunk; `waiting` if another process
    writes the same results; `warn` of files that were damaged.

    A run that fails is a row of the result. Raises `GovShiftError` if all failed, `SweepStopped` on
    Ctrl-C, `UserMistake` if the folder holds something else or the cluster cannot be reached,
    `ResultsError` if results cannot be written.
    """
    plan = (
        experiment if isinstance(experiment, Experiment) else Experiment.load(experiment)
    ).plan()
    path = default_folder(plan) if out is None else Path(out)
    refuse_strangers(path, plan)
    started = time.perf_counter()
    with ExitStack() as stack:
        executor = None
        if retry or not SweepFolder(path, plan).complete:
            executor = stack.enter_context(_executor(plan, jobs, cluster, warn))
        folder = stack.enter_context(open_sweep(path, plan, waiting=waiting))
        if folder.mend_points() and warn is not None:
            warn(f"{path / POINTS}: is not what was written; it is written again")
        if retry and folder.about:
            folder.forget_failures()
        if executor is not None and not folder.complete:
            advance, begin = stack.enter_context(shown_progress(progress, "runs", _new_runs))
            try:
                _prepare(folder, command, here=isinstance(executor, Here))
                cost = _estimate(folder, executor.workers)
                begin(cost.runs, cost.finished)
                if announce is not None:
                    announce(cost)
                _run(folder, executor, advance, warn)
            except KeyboardInterrupt:
                raise SweepStopped(folder.count_finished(), path) from None
            folder.finish(_manifest(folder, command, time.perf_counter() - started))
        folder.tidy()
        _heal(folder, warn)
        return _with_a_run(Sweep.open(path))


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
    refuse_strangers(path, plan)
    folder = SweepFolder(path, plan)
    with _executor(plan, jobs, cluster, None) as executor:
        if not folder.about:
            trial = try_out(plan, _order(folder, _TRIAL_LIMIT), here=isinstance(executor, Here))
            folder.about = {"seconds_per_run": trial.typical}
        return _estimate(folder, executor.workers)


def _load(experiment: Experiment | str | Path) -> Experiment:
    return experiment if isinstance(experiment, Experiment) else Experiment.load(experiment)


@contextmanager
def _executor(
    plan: Plan, jobs: int | None, cluster: str | None, warn: Callable[[str], None] | None
) -> Iterator[Executor]:
    if cluster is not None:
        from sim.experiments.cluster import connect

        with connect(cluster, warn=warn) as executor:
            yield executor
        return
    processes = default_processes() if jobs is None else whole("jobs", jobs, 1, 1024)
    workers = min(processes, plan.runs)
    yield Here() if workers == 1 else Processes(workers)


def _prepare(folder: SweepFolder, command: str, *, here: bool) -> None:
    """Settle once how large chunks are, from a few runs, which are kept."""
    if folder.about:
        folder.parts.make()
        return
    trial = try_out(folder.plan, _order(folder, None if here else _TRIAL_LIMIT), here=here)
    about = {
        "chunk": trial.chunk(folder.plan.runs),
        "seconds_per_run": trial.typical,
        "limit": trial.limit,
        "command": command,
    }
    folder.start(about, list(trial.measured))


def _run(
    folder: SweepFolder,
    executor: Executor,
    progress: Callable[[Done], None] | None,
    warn: Callable[[str], None] | None,
) -> None:
    """Do what is missing; parts that turn out to be damaged are done again."""
    limit = None if isinstance(executor, Here) else float(folder.about["limit"])
    order = _order(folder, limit)
    for _ in range(_MOST_ROUNDS):
        chunks = (cut(order, folder.plan, number, folder.size) for number in folder.missing())
        with closing(executor.run(chunks)) as answers:
            for done in answers:
                _accept(folder, done)
                if progress is not None:
                    progress(done)
        damaged = folder.compact()
        if not damaged:
            return
        for path in damaged:
            if warn is not None:
                warn(f"{path}: is damaged and was set aside; its runs are done again")
    raise ResultsError(f"{folder.path}: files are damaged again and again; is the disk sound?")


def _accept(folder: SweepFolder, done: Done) -> None:
    if done.refused:
        raise UserMistake(
            f"--cluster: a worker has model {done.refused}, this is {model_version()}; "
            "install the same version on all machines (what is finished is kept)"
        )
    if done.part is not None:
        folder.parts.put_bytes(done.number, done.part)


def _order(folder: SweepFolder, limit: float | None) -> Order:
    return Order(
        plan=replace(folder.plan, points=folder.plan.points[:0]),
        digest=folder.plan.digest,
        folder=folder.path.resolve(),
        token=folder.about.get("token", ""),
        session=uuid.uuid4().hex,
        version=model_version(),
        limit=limit,
    )


def _estimate(folder: SweepFolder, workers: int) -> Estimate:
    plan = folder.plan
    return Estimate(
        points=len(plan.points),
        policies=len(plan.policies),
        replicates=plan.replicates,
        runs=plan.runs,
        finished=folder.count_finished(),
        run_seconds=float(folder.about["seconds_per_run"]),
        workers=workers,
        disk=disk_bytes(plan),
    )


def _manifest(folder: SweepFolder, command: str, seconds: float) -> dict[str, Any]:
    from sim.runs.manifest import origin

    plan = folder.plan
    return {
        "experiment": plan.name,
        "digest": plan.digest,
        **origin(command),
        "seed": plan.seed,
        "points": len(plan.points),
        "runs": plan.runs,
        "last_session_seconds": round(seconds, 3),
    }
