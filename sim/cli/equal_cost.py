"""`compare --equal-cost`: the search before the comparison, and how long both take."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from sim.cli.progress import Progress
from sim.cli.screen import say
from sim.cli.starting import compile_model
from sim.cli.sweeping import duration
from sim.cli.work import Options, kept_told, where_of
from sim.errors import StoppedEarly
from sim.questions.comparison.equal_cost import Round, asked_of, equalise
from sim.questions.comparison.run import refuse_unusable
from sim.questions.comparison.study import Study
from sim.runs.replicate import Failed, Finished


def equalised(study: Study, options: Options) -> tuple[Study, Options]:
    """The study with levers scaled to equal cost, and the options with its folder."""
    asked = asked_of(options["equal_cost"], study, options["cost_of"])
    default = Path("outputs") / study.slug / asked.digest(study)[:12]
    folder: Path = options["out"] or default
    progress = Progress(quiet=options["quiet"])
    told = _Rounds(progress, quiet=options["quiet"])
    where = replace(where_of(options), checkpoint=options["checkpoint"], hear=progress.hear)
    refuse_unusable(study, where)
    try:
        compile_model(options)
        with progress:
            found = equalise(
                study, asked, folder, where=where, announce=told.begin, progress=told.advance,
                waiting=lambda: told.say(f"Waiting: another command writes {folder}."),
            )  # fmt: skip
    except KeyboardInterrupt:
        raise StoppedEarly(kept_told(folder)) from None
    told.end()
    return found, options | {"out": folder}


class _Rounds:
    """A line before each round of the search and after the last: what is to run, and how long."""

    def __init__(self, progress: Progress, *, quiet: bool) -> None:
        self._progress, self._quiet = progress, quiet
        self._began, self._seconds, self._count, self._study = 0.0, 0.0, 0, 0

    def begin(self, now: Round) -> None:
        """A round begins."""
        self._study = now.study
        if now.replicates:
            self.say(
                f"Equal costs, round {now.number}: {self._told(now.replicates)}, of "
                f"{', '.join(now.options)}."
            )
        self._progress.begin(now.replicates)
        self._began = time.monotonic()

    def advance(self, outcome: Finished | Failed) -> None:
        """One replicate more."""
        now = time.monotonic()
        self._seconds += now - self._began
        self._began, self._count = now, self._count + 1
        self._progress.advance(outcome)

    def end(self) -> None:
        """The search is over; the comparison begins."""
        if self._count:
            self.say(f"Equal costs are found; the comparison runs {self._told(self._study)} more.")

    def say(self, text: str) -> None:
        """A line, unless it shall be quiet."""
        if not self._quiet:
            say(text, err=True)

    def _told(self, replicates: int) -> str:
        """How many replicates, and how long they take if they go as those before."""
        each = self._seconds / self._count if self._count else 0.0
        about = f" (about {duration(each * replicates)})" if each else ""
        return f"{replicates} replicate{'' if replicates == 1 else 's'}{about}"
