"""Which luck a run has: that of replicate r of a seed, also where Mesa's batch runner asks.

Mesa's `batch_run` counts iterations, but makes each model without telling it which one it is (the
seed is missing, or `None`). Its worker function knows the number, so that is where it is read.
"""

from __future__ import annotations

import hashlib
import sys
from types import FrameType

_RUNNER = "mesa.batchrunner"
_WORKER = "_model_run_func"


def replicate_seed(seed: int, replicate: int) -> int:
    """The seed of one replicate: 63 bits of SHA-256 over the text `seed:replicate`."""
    digest = hashlib.sha256(f"{seed}:{replicate}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def batch_iteration() -> int | None:
    """The iteration for which `mesa.batch_run` makes a model now; None anywhere else."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == _WORKER and frame.f_globals.get("__name__") == _RUNNER:
            run = frame.f_locals.get("run")
            return int(run[1]) if isinstance(run, tuple) and len(run) == 3 else None
        frame = frame.f_back
    return None
