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
    from sim.experiments.experiment import Experiment
    from sim.experiments.sweep import Sweep, sweep
    from sim.model import GovernanceModel
    from sim.odd import odd_text, write_odd
    from sim.questions.adapters import as_ema_model, as_function, as_salib_problem
    from sim.questions.attribution.analysis import Attribution, attribute
    from sim.questions.comparison.compare import Comparison, compare
    from sim.questions.comparison.run import run
    from sim.questions.comparison.study import Runs
    from sim.questions.discovery.analysis import Discovery, discover
    from sim.questions.evidence.forecasts import Forecasts, forecast
    from sim.questions.regimes.analysis import Regimes, regimes
    from sim.questions.roadmap.analysis import Roadmap, roadmap
    from sim.questions.robustness.analysis import Robustness, robust
    from sim.questions.sensitivity.analysis import Sensitivity, sensitivity
    from sim.questions.story import Story, story
    from sim.questions.transitions.analysis import Transitions, transitions
    from sim.questions.versions.python import VersionComparison, compare_against
    from sim.report.archive import archive
    from sim.scenario import Scenario

__version__ = "0.1.0"

__all__ = [
    "Attribution",
    "Comparison",
    "Discovery",
    "Experiment",
    "Forecasts",
    "GovernanceModel",
    "Regimes",
    "Roadmap",
    "Robustness",
    "Runs",
    "Scenario",
    "Sensitivity",
    "Story",
    "Sweep",
    "Transitions",
    "VersionComparison",
    "__version__",
    "archive",
    "as_ema_model",
    "as_function",
    "as_salib_problem",
    "attribute",
    "compare",
    "compare_against",
    "discover",
    "forecast",
    "odd_text",
    "regimes",
    "roadmap",
    "robust",
    "run",
    "sensitivity",
    "story",
    "sweep",
    "transitions",
    "write_odd",
]

_HOMES = {
    "Attribution": "sim.questions.attribution.analysis",
    "Comparison": "sim.questions.comparison.compare",
    "Discovery": "sim.questions.discovery.analysis",
    "Experiment": "sim.experiments.experiment",
    "Forecasts": "sim.questions.evidence.forecasts",
    "GovernanceModel": "sim.model",
    "Regimes": "sim.questions.regimes.analysis",
    "Roadmap": "sim.questions.roadmap.analysis",
    "Robustness": "sim.questions.robustness.analysis",
    "Runs": "sim.questions.comparison.study",
    "Scenario": "sim.scenario",
    "Sensitivity": "sim.questions.sensitivity.analysis",
    "Story": "sim.questions.story",
    "Sweep": "sim.experiments.sweep",
    "Transitions": "sim.questions.transitions.analysis",
    "VersionComparison": "sim.questions.versions.python",
    "archive": "sim.report.archive",
    "as_ema_model": "sim.questions.adapters",
    "as_function": "sim.questions.adapters",
    "as_salib_problem": "sim.questions.adapters",
    "attribute": "sim.questions.attribution.analysis",
    "compare": "sim.questions.comparison.compare",
    "compare_against": "sim.questions.versions.python",
    "discover": "sim.questions.discovery.analysis",
    "forecast": "sim.questions.evidence.forecasts",
    "odd_text": "sim.odd",
    "regimes": "sim.questions.regimes.analysis",
    "roadmap": "sim.questions.roadmap.analysis",
    "robust": "sim.questions.robustness.analysis",
    "run": "sim.questions.comparison.run",
    "sensitivity": "sim.questions.sensitivity.analysis",
    "story": "sim.questions.story",
    "sweep": "sim.experiments.sweep",
    "transitions": "sim.questions.transitions.analysis",
    "write_odd": "sim.odd",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
