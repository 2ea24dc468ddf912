"""How sure: plausible worlds of the governments on a page, beside the one run that is shown."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.lab.drawn import CHOICES, Bands
from sim.lab.plain import plans_of
from sim.lab.setup import Setup
from sim.questions.comparison.reopen import reopen
from sim.questions.comparison.study import Runs
from sim.statistics import central_columns

WORLDS = (20, 60)
"""How many may be asked for: a look, and what the command line takes unless told otherwise."""
_ONE_AT_A_TIME = threading.Semaphore(1)
"""Worlds take all processors; pages wait for each other."""


@dataclass
class Band:
    """Worlds that were asked for: how far they are, or what came of them."""

    setup: Setup
    worlds: int
    root: Path
    jobs: int | None = None
    done: int = 0
    all: int | None = None
    why: str = ""
    folder: Path | None = None
    sentences: Sequence[str] = ()
    bands: Bands = field(default_factory=dict)
    stopped: bool = False
    _process: subprocess.Popen[str] | None = None

    @property
    def is_running(self) -> bool:
        """Whether worlds are still to come."""
        return not (self.why or self.folder or self.stopped)

    def begin(self) -> None:
        """Compute beside what goes on."""
        threading.Thread(target=self._carry_out, daemon=True).start()

    def stop(self) -> None:
        """End it; what is finished lies in the folder and is not computed again."""
        self.stopped = True
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGTERM)
                else:
                    process.terminate()

    def _carry_out(self) -> None:
        with _ONE_AT_A_TIME:
            if self.stopped:
                return
            try:
                self._work()
            # Nobody else hears of what ends this thread: a page would wait for ever.
            except Exception as error:
                self.why = str(error).partition("\n")[0] or type(error).__name__

    def _work(self) -> None:
        order = {
            "scenarios": list(plans_of(self.setup)), "seed": self.setup.seed,
            "worlds": self.worlds, "root": str(self.root), "jobs": self.jobs,
            "command": f"lab: {self.worlds} plausible worlds of {', '.join(self.setup.names)}",
        }  # fmt: skip
        with subprocess.Popen(
            [sys.executable, "-m", "sim.lab.worker"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            start_new_session=True, env=_environment(),
        ) as process:  # fmt: skip
            self._process = process
            if self.stopped:
                self.stop()
            self._follow(process, order)
            code = process.wait()
        if not (self.folder or self.why or self.stopped):
            self.why = f"the worker ended ({code}); ask again, it goes on from there"

    def _follow(self, process: subprocess.Popen[str], order: dict[str, Any]) -> None:
        """Give the order, and hear what the worker says until it ends."""
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(order))
            process.stdin.close()
        for line in process.stdout:
            self._hear(json.loads(line))

    def _hear(self, told: dict[str, Any]) -> None:
        self.all = told.get("all", self.all)
        self.done += told.get("done", 0)
        self.why = told.get("why", self.why)
        if "folder" in told:
            runs = reopen(Path(told["folder"]))[0]
            self.bands = _bands(runs)
            self.sentences = told["sentences"]
            self.folder = Path(told["folder"])


def _environment() -> dict[str, str]:
    """This process's own, with the package where it was found and one thread in each worker."""
    home = str(Path(__file__).resolve().parents[2])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return os.environ | threads | {"PYTHONPATH": os.pathsep.join(paths)}


def _bands(runs: Runs) -> Bands:
    """Ends of nine of ten worlds by month, of the means of whole worlds."""
    each = runs.study.per_world
    worlds = runs.timeseries.assign(world=runs.timeseries["replicate"] // each)
    by_month = worlds.groupby(["scenario", "world", "month"])[list(CHOICES)]
    means = by_month.mean()[by_month.size() == each]
    return {
        outcome: [
            central_columns(means[outcome].loc[name].unstack("month").to_numpy())
            for name in runs.study.scenarios
        ]
        for outcome in CHOICES
    }
