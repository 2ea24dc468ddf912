"""Replicates of one scenario or several, from Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sim.arguments import CHECKPOINT_MINUTES, MOST_CHECKPOINT_MINUTES, number, whole
from sim.bar import Asked, shown_progress
from sim.errors import ShardFinished
from sim.model import Engine, refuse_without_card
from sim.questions.comparison.places import places_asked
from sim.questions.comparison.replicates import chunks_of, in_order_of_histories, outcome_of
from sim.questions.comparison.study import Runs, Study, collect, plan_study, worlds_asked
from sim.runs.failing import refuse_all_failed
from sim.runs.files import temporary_folder
from sim.runs.folder import Folder
from sim.runs.replicate import Failed, Finished, Job
from sim.runs.runner import (
    Session,
    Where,
    session,
)
from sim.scenario import Scenario

_MOST_JOBS = 1024
Progress = Callable[[Finished | Failed], None]


class Stopped(KeyboardInterrupt):
    """Ctrl-C, with what was finished until then."""

    def __init__(self, runs: Runs) -> None:
        super().__init__("stopped")
        self.runs = runs


def run(
    scenario: Scenario | str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    out: str | Path | None = None,
    engine: Engine = "compiled",
    progress: Asked = None,
    checkpoint: float = CHECKPOINT_MINUTES,
    worlds: int | None = None,
    luck_only: bool = False,
    focus: str | Sequence[str] = (),
) -> Runs:
    """Runs replicates of one scenario in plausible worlds.

    Each of the `worlds` (60 unless given) is one draw of all that nobody knows, and `replicates`
    are those in each of them (2 unless given). With `luck_only` nothing is drawn but luck, and
    `replicates` are the scenario's own unless given, as is `seed`. `jobs` processes share the work
    (one per processor unless given), or the workers of a Dask `cluster`, given by its scheduler's
    address. With `out`, everything is kept in that folder as the command `run` keeps it, and asking
    again runs only what is missing; a replicate that takes longer than `checkpoint` minutes is
    saved there each time they have passed (never if 0), and goes on from there. A progress bar
    shows on a terminal and in a notebook; `progress=False` leaves it out, and a function is told of
    each replicate instead. Local governments in `focus` are told beside the nation in `out`. A
    replicate that fails is a row of `failures`. Raises `GovShiftError` if
    all failed, `WrongArgument` for arguments that are wrong, `UserMistake` if the folder holds
    something else.
    """
    plan = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    study = plan_study(
        [plan],
        replicates=replicates,
        seed=seed,
        engine=engine,
        worlds=worlds_asked(worlds, luck_only),
        focus=places_asked([plan], focus),
    )
    return carry_out_in_sight(study, where_from_python(jobs, cluster, checkpoint), out, progress)


def where_from_python(
    jobs: int | None, cluster: str | None, checkpoint: float = CHECKPOINT_MINUTES
) -> Where:
    """Who does the work that is asked for from Python; raises `WrongArgument`."""
    return Where(
        None if jobs is None else whole("jobs", jobs, 1, _MOST_JOBS),
        cluster,
        checkpoint=number("checkpoint", checkpoint, 0.0, MOST_CHECKPOINT_MINUTES),
    )


def carry_out_in_sight(
    study: Study,
    where: Where,
    out: str | Path | None,
    progress: Asked,
    *,
    more: Callable[[Folder, Runs], None] | None = None,
) -> Runs:
    """Runs a study from Python: with a progress bar, and an error if all replicates failed.

    `more` adds what else is found to the results in `out`.
    """
    refuse_unusable(study, where)
    with shown_progress(progress, "replicates") as (advance, begin):
        if out is None:
            runs = carry_out(study, where=where, progress=advance, announce=begin)
        else:
            from sim.questions.comparison.publish import publish

            runs = publish(
                study, Path(out), command="", where=where, progress=advance, announce=begin,
                more=more,
            )  # fmt: skip
    refuse_all_failed(
        runs.failures, f"{', '.join(study.scenarios)}: no replicate", finished=len(runs.timeseries)
    )
    return runs


def refuse_unusable(study: Study, where: Where) -> None:
    """Raises `UserMistake` for an engine that this machine has not; workers elsewhere may."""
    if study.engine == "cuda" and where.cluster is None:
        refuse_without_card()


def carry_out(
    study: Study,
    *,
    where: Where | None = None,
    progress: Progress | None = None,
    announce: Callable[[int], None] | None = None,
) -> Runs:
    """Runs a study and keeps nothing on disk: parts lie in a temporary folder.

    `announce` hears how many replicates will run. Raises `Stopped` on Ctrl-C.
    """
    where = where or Where()
    with (
        temporary_folder() as folder,
        where.executor(len(study.scenarios) * study.replicates) as executor,
        session(
            folder,
            executor,
            things=study.scenarios.values(),
            warn=where.warn,
            hear=where.hear,
        ) as running,
    ):
        return go_on(study, running, where, progress=progress, announce=announce)


def go_on(
    study: Study,
    running: Session,
    where: Where,
    *,
    progress: Progress | None = None,
    announce: Callable[[int], None] | None = None,
) -> Runs:
    """Runs what the parts of a session lack of a study.

    Raises `Stopped` on Ctrl-C, `ShardFinished` if some replicates are for other shards.
    """
    started = time.perf_counter()
    # Scenarios that differ in nothing but their names share their replicates.
    jobs: dict[str, list[Job]] = {}
    listed = list(chunks_of(study))
    tasks = dict(listed)
    for key, task in listed:
        jobs.setdefault(key, []).append(task.job)
    outcomes = [
        outcome_of(job, tables)
        for key, tables in running.kept(tasks.items())
        for job in jobs.pop(key)
    ]
    mine = {key: task for key, task in where.mine(tasks.items()) if key in jobs}
    missing = in_order_of_histories(mine)
    if announce is not None:
        announce(sum(len(jobs[key]) for key in missing))
    stopped = False
    try:
        for done in running.run(missing.items()):
            tables = running.read(done)
            for job in jobs.pop(done.key):
                outcomes.append(outcome_of(job, tables))
                if progress is not None:
                    progress(outcomes[-1])
    except KeyboardInterrupt:
        stopped = True
    if not stopped and where.shard is not None and jobs:
        raise ShardFinished(str(where.shard), running.parts.folder.parent)
    runs = collect(study, outcomes, time.perf_counter() - started)
    if stopped:
        raise Stopped(runs)
    return runs
