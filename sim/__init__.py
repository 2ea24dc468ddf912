"""GovShift: the same society, the same luck, under different governments.

    from sim import Scenario, compare, run

    gov2 = Scenario.load("gov2")
    compare(gov2, gov2.but(governance={"goal": "gov3"}), replicates=60)

Names are imported when they are first used, so that importing the package takes no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments.compare import Comparison, compare
    from sim.experiments.run import Runs, run
    from sim.experiments.story import Story, story
    from sim.model import GovernanceModel
    from sim.scenario import Scenario

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "GovernanceModel",
    "Runs",
    "Scenario",
    "Story",
    "__version__",
    "compare",
    "run",
    "story",
]

_HOMES = {
    "Comparison": "sim.experiments.compare",
    "GovernanceModel": "sim.model",
    "Runs": "sim.experiments.run",
    "Scenario": "sim.scenario",
    "Story": "sim.experiments.story",
    "compare": "sim.experiments.compare",
    "run": "sim.experiments.run",
    "story": "sim.experiments.story",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
