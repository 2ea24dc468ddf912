"""A progress bar with time left: on a terminal only."""

from __future__ import annotations

import sys
import time
from typing import Any

from tqdm import tqdm

from sim.cli.screen import say
from sim.runs.chunk import Done
from sim.runs.heard import Going
from sim.runs.replicate import Failed, Finished

_REFRESH_SECONDS = 0.1
_FORMAT = "{{desc}}: {{percentage:3.0f}}%|{{bar}}| [{{elapsed}}<{left}]"
_UNKNOWN = "?"


class Progress:
    """A progress bar on a terminal, and nothing elsewhere.

    It moves by months: a replicate that is half done counts half. Time left follows from the
    average speed since something moved first; months that an earlier command has done do not count.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.new = 0
        self._quiet = quiet
        self._hidden = quiet or not sys.stderr.isatty()
        self._bar: tqdm[Any] | None = None
        self._total = 0
        self._ended = 0
        self._before = 0.0
        self._shown = -_REFRESH_SECONDS
        self._first: tuple[float, float] | None = None
        self._going: dict[str, Going] = {}

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, replicates: int) -> None:
        """Show how many replicates will run."""
        if self._bar is not None:
            self._bar.close()
        self._total, self._ended = replicates, 0
        self._bar = tqdm(
            total=replicates,
            desc=self._told(),
            bar_format=_FORMAT.format(left=_UNKNOWN),
            disable=self._hidden or not replicates,
            dynamic_ncols=True,
            leave=False,
        )

    def hear(self, going: Going) -> None:
        """How far a replicate is; says so where it goes on from the middle."""
        self._going[going.name] = going
        if going.resumed:
            self._before += _share(going)
            if not self._quiet:
                self._say(f"{going.name}: goes on from month {going.month} of {going.months}")
        self._show()

    def advance(self, outcome: Finished | Failed | Done) -> None:
        """One replicate more, or those of a chunk."""
        if isinstance(outcome, Done):
            count = outcome.new
            self.new += count
        else:
            count = 1
            self.new += isinstance(outcome, Finished)
            self._going.pop(outcome.job.title, None)
        self._ended += count
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if self._bar is None or self._hidden or now - self._shown < _REFRESH_SECONDS:
            return
        self._shown = now
        done = self._ended + sum(map(_share, self._going.values()))
        self._bar.n = done
        self._bar.bar_format = _FORMAT.format(left=self._left(done, now))
        self._bar.set_description_str(self._told())

    def _left(self, done: float, now: float) -> str:
        """Time left, as clocks show it."""
        moved = done - self._before
        if self._first is None and done:
            self._first = now, moved
        began, before = self._first or (now, moved)
        if moved <= before:
            return _UNKNOWN
        seconds = (self._total - done) * (now - began) / (moved - before)
        return str(tqdm.format_interval(seconds))

    def _told(self) -> str:
        """What goes on, in words: which month it is, or how many replicates are done."""
        going = list(self._going.values())
        if not self._ended and not any(one.months for one in going):
            return "Founding"
        if self._total == len(going) == 1:
            return f"Running, month {going[0].month} of {going[0].months}"
        return f"Running, {self._ended} of {self._total} replicates done"

    def _say(self, text: str) -> None:
        """A line above the bar."""
        if self._bar is not None and not self._hidden:
            self._bar.clear()
        say(text, err=True)


def _share(going: Going) -> float:
    return going.month / going.months if going.months else 0.0
