"""A progress bar with time left: on a terminal only."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

from sim.runs.chunk import Done
from sim.runs.replicate import Failed, Finished


class Progress:
    """A progress bar on a terminal, and nothing elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self.new = 0
        self._hidden = quiet or not sys.stderr.isatty()
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, replicates: int) -> None:
        """Show how many replicates will run."""
        self._bar = tqdm(
            total=replicates,
            unit=" replicates",
            desc="Running",
            disable=self._hidden,
            dynamic_ncols=True,
            leave=False,
        )

    def advance(self, outcome: Finished | Failed | Done) -> None:
        """One replicate more, or those of a chunk."""
        if isinstance(outcome, Done):
            count = outcome.new
            self.new += count
        else:
            count = 1
            self.new += isinstance(outcome, Finished)
        if self._bar is not None:
            self._bar.update(count)
