"""`sweep`: what an experiment will cost, how far it is, and what came of it."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tqdm import tqdm

from sim.cli.screen import say
from sim.cli.starting import compile_model
from sim.cli.work import where_of
from sim.errors import GovShiftError, StoppedEarly, UserMistake
from sim.experiments.estimate import Estimate
from sim.experiments.experiment import Experiment
from sim.experiments.sweep import Sweep, SweepStopped, estimate, sweep
from sim.report.sweep_table import sweep_table
from sim.runs.chunk import Done

Options = dict[str, Any]
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


def sweep_experiment(file: str, options: Options) -> None:
    """Run what an experiment lacks and show what it gives; or say what it would cost."""
    experiment = Experiment.load(file, sets=options["sets"])
    if options["dry_run"]:
        if options["shard"] is not None:
            raise UserMistake("--shard: --dry-run tells what all shards cost together")
        _warn(experiment)
        compile_model(options)
        say(cost(estimate(experiment, **_where(options))))
        return
    started = time.perf_counter()
    swept, new = run_missing(experiment, options)
    show_sweep(swept)
    _tell_end(swept, new, time.perf_counter() - started)


def run_missing(experiment: Experiment, options: Options) -> tuple[Sweep, int]:
    """The sweep of an experiment with what it lacked, and how many runs that was."""
    where = _where(options)
    _warn(experiment)
    compile_model(options)
    with _Progress(quiet=options["quiet"]) as progress:
        try:
            swept = sweep(
                experiment,
                **where,
                shard=where_of(options).shard,
                retry=options["retry"],
                progress=progress.advance,
                announce=progress.begin,
                waiting=_waiting(options),
                warn=lambda text: say(f"warning: {text}", err=True),
                command=shlex.join(["govshift", *sys.argv[1:]]),
            )
        except SweepStopped as stopped:
            raise StoppedEarly(
                f"Stopped. {stopped.finished} finished runs are kept in {stopped.folder}; "
                "the same command goes on from there."
            ) from None
    return swept, progress.new


def _warn(experiment: Experiment) -> None:
    for line in experiment.warnings:
        say(f"warning: {line}", err=True)


def _where(options: Options) -> Options:
    """Where runs are done and kept."""
    where = where_of(options)
    return {"jobs": where.jobs, "cluster": where.cluster, "out": options["out"]}


def cost(estimate: Estimate) -> str:
    """What there is to do, how long it takes and how much room, in one line."""
    e = estimate
    there = f", {e.finished} of them finished" if e.finished else ""
    return (
        f"{_count(e.points, 'point')} x {_count(e.policies, 'policy', 'policies')} x "
        f"{_replicates(e)} = {_count(e.runs, 'run')}{there}; "
        f"about {duration(e.seconds)} on {_count(max(1, e.workers), 'worker')} "
        f"({e.run_seconds:.3g} s a run), {_size(e.disk)} on disk"
        f"{'' if e.workers else '; nobody works yet: the cluster has no workers'}"
    )


def _replicates(e: Estimate) -> str:
    if not e.worlds:
        return _count(e.replicates, "replicate")
    return f"{_count(e.worlds, 'world')} x {_count(e.replicates // e.worlds, 'replicate')}"


def duration(seconds: float) -> str:
    """A time as people say it, in the largest unit that fits."""
    for unit, name in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return "1 second" if 0 < seconds < 1.5 else f"{seconds:.0f} seconds"


class _Progress:
    """The cost before the first run, and a progress bar on a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self.new = 0
        self._quiet = quiet
        self._failed = 0
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, estimate: Estimate) -> None:
        """Say what it will cost."""
        if not self._quiet:
            say(cost(estimate), err=True)
        self._bar = tqdm(
            total=estimate.runs,
            initial=estimate.finished,
            unit=" runs",
            desc="Sweeping",
            disable=self._quiet or not sys.stderr.isatty(),
            dynamic_ncols=True,
            leave=False,
        )

    def advance(self, done: Done) -> None:
        """Some runs more."""
        self.new += done.new
        self._failed += done.failed
        if self._bar is not None:
            self._bar.update(done.new)
            if self._failed:
                self._bar.set_postfix_str(f"{self._failed} failed")


def show_sweep(swept: Sweep) -> None:
    """The table of outcomes."""
    say(sweep_table(swept))


def _tell_end(swept: Sweep, new: int, seconds: float) -> None:
    done = f"All {len(swept.runs)} runs are in after {duration(seconds)}"
    say(f"\n{done if new else 'Nothing was missing'}; results are in {swept.folder}")
    failures = swept.failures
    if len(failures):
        first = failures.iloc[0]
        folder = swept.folder or Path()
        raise GovShiftError(
            f"{len(failures)} of {len(swept.runs)} runs failed, the first (point "
            f"{first['point']}, {first['policy']}, replicate {first['replicate']}) at "
            f"{first['stage']}: {first['message']}; all are in {folder / 'failures.csv'}, "
            "and --retry tries them again"
        )


def _waiting(options: Options) -> Callable[[], None]:
    def tell() -> None:
        if not options["quiet"]:
            say("Waiting: another command writes the same results.", err=True)

    return tell


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}".replace(",", " ")


def _size(size: float) -> str:
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"
