"""The command line with planted faults, for tests: each at one level of digital training.

Worker processes are told to import the main module again, and so meet the same faults; a Dask
worker takes the file as `--preload`. At .25 a run raises, at .5 it kills its process, at .75 it
hangs in compiled code, which a shortened time limit ends.
"""

from __future__ import annotations

import os
import signal

import numba

from sim.experiments import estimate
from sim.model import GovernanceModel
from sim.runs import runner

estimate._SHORTEST_LIMIT, estimate._LIMIT = 6.0, 1.0
_sense = getattr(GovernanceModel.sense, "unplanted", GovernanceModel.sense)


@numba.njit
def _hang(count: int) -> int:
    while count:
        count = count + 2 | 1
    return count


def _stumble(self: GovernanceModel) -> None:
    if self.plan.name == "gov3" and self.month == 3:
        training = self.plan.parameters.get("society.digital_training")
        if training == 0.25:
            raise ArithmeticError("planted")
        if training == 0.5:
            os.kill(os.getpid(), signal.SIGKILL)
        if training == 0.75:
            _hang(1)
    _sense(self)


_stumble.unplanted = _sense  # type: ignore[attr-defined]
GovernanceModel.sense = _stumble  # type: ignore[method-assign]

if __name__ == "__main__":
    from sim.cli import main

    for module in (estimate, runner):
        module.needs_script = lambda *_: True  # type: ignore[attr-defined]
    main()
