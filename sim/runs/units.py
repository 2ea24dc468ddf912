"""The key of a replicate: a hash of all that decides what comes of it."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING

from sim.runs.version import model_version

if TYPE_CHECKING:
    from sim.runs.replicate import Job
    from sim.scenario import Scenario


def unit_key(job: Job) -> str:
    """The key of a replicate: scenario, seed, world, number, measures, and the model's version.

    Not the engine: all engines give the same bits.
    """
    asked = [
        _resolved(job.scenario), job.seed, job.world, job.replicate, job.networks, model_version(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@lru_cache(maxsize=4096)
def _resolved(scenario: Scenario) -> str:
    asked = {k: v for k, v in scenario.resolved().items() if k not in ("name", "seed")}
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
