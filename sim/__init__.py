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
    from sim.experiments.adapters import as_ema_model, as_function, as_salib_problem
    from sim.experiments.attribution import Attribution, attribute
    from sim.experiments.compare import Comparison, compare
    from sim.experiments.discovery import Discovery, discover
    from sim.experiments.experiment import Experiment
    from sim.experiments.regimes import Regimes, regimes
    from sim.experiments.robustness import Robustness, robust
    from sim.experiments.run import Runs, run
    from sim.experiments.sensitivity import Sensitivity, sensitivity
    from sim.experiments.story import Story, story
    from sim.experiments.sweep import Sweep, sweep
    from sim.experiments.transitions.analysis import Transitions, transitions
    from sim.model import GovernanceModel
    from sim.scenario import Scenario

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Comparison",
    "Discovery",
    "Experiment",
    "GovernanceModel",
    "Regimes",
    "Robustness",
    "Runs",
    "Scenario",
    "Sensitivity",
    "Story",
    "Sweep",
    "Transitions",
    "__version__",
    "as_ema_model",
    "as_function",
    "as_salib_problem",
    "attribute",
    "compare",
    "discover",
    "regimes",
    "robust",
    "run",
    "sensitivity",
    "story",
    "sweep",
    "transitions",
]

_HOMES = {
    "Attribution": "sim.experiments.attribution",
    "Comparison": "sim.experiments.compare",
    "Discovery": "sim.experiments.discovery",
    "Experiment": "sim.experiments.experiment",
    "GovernanceModel": "sim.model",
    "Regimes": "sim.experiments.regimes",
    "Robustness": "sim.experiments.robustness",
    "Runs": "sim.experiments.run",
    "Scenario": "sim.scenario",
    "Sensitivity": "sim.experiments.sensitivity",
    "Story": "sim.experiments.story",
    "Sweep": "sim.experiments.sweep",
    "Transitions": "sim.experiments.transitions.analysis",
    "as_ema_model": "sim.experiments.adapters",
    "as_function": "sim.experiments.adapters",
    "as_salib_problem": "sim.experiments.adapters",
    "attribute": "sim.experiments.attribution",
    "compare": "sim.experiments.compare",
    "discover": "sim.experiments.discovery",
    "regimes": "sim.experiments.regimes",
    "robust": "sim.experiments.robustness",
    "run": "sim.experiments.run",
    "sensitivity": "sim.experiments.sensitivity",
    "story": "sim.experiments.story",
    "sweep": "sim.experiments.sweep",
    "transitions": "sim.experiments.transitions.analysis",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
