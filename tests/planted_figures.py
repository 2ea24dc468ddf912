"""Figures of analyses with planted answers: nothing is simulated."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pandas as pd

from sim.drawing.page import Drawing, in_our_style
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE
from sim.questions.attribution.analysis import Attribution
from sim.questions.attribution.figure import draw_interactions
from sim.questions.discovery.analysis import analyse_discovery
from sim.questions.regimes.analysis import Regimes, analyse_regimes
from sim.questions.robustness.analysis import analyse_robustness
from sim.questions.sensitivity.analysis import analyse_sensitivity
from tests.experiments import Answer, Numbers, made_plan, made_runs, unit_factors

POLICIES = ("gov2", "open_goals_old_budgets", "autonomy_without_capacity")
THREE = ("trust", "participation", "resilience")


def _answer(shift: float) -> Answer:
    def answer(points: Numbers, policy: int) -> Numbers:
        x, y = points.T[:2]
        lead: Numbers = np.array([0 * x, 8 * (x - 0.5 * y) - shift, 6 * (y - 0.6)])[policy % 3]
        return 40 + lead + 9 * x

    return answer


def _runs_of(design: dict[str, Any], factors: int, *, policies: Any, replicates: int = 6) -> Any:
    plan = made_plan(
        design, unit_factors(factors), policies=policies, outcomes=THREE, replicates=replicates
    )
    return plan, made_runs(plan, {o: _answer(2.0 * k) for k, o in enumerate(THREE)}, noise=1.0)


def regimes_of_three_by_three() -> Regimes:
    """Three policies with long names, three outcomes, a grid of 64 cells."""
    return analyse_regimes(*_runs_of({"kind": "grid", "levels": 8}, 2, policies=POLICIES))


def attribution_of_all() -> Attribution:
    """Shares of twelve rows in every headline outcome, and pairs that work together."""
    luck = np.random.default_rng(3)
    names = [outcome.name for outcome in OUTCOMES]
    shares = pd.DataFrame(
        [
            (outcome, row, 40, share, share - 0.3, share + 0.3, 0.1)
            for outcome in names
            for row, share in zip(FIGURE.row_ids, luck.normal(size=12), strict=True)
        ],
        columns=["outcome", "row", "orders", "share", "conf_low", "conf_high", "part"],
    )
    pairs = pd.DataFrame(
        [
            (outcome, one, two, value, value - 0.5, value + 0.5, abs(value) > 0.5)
            for outcome in names
            for (one, two), value in zip(
                itertools.combinations(FIGURE.row_ids, 2), luck.normal(size=66), strict=True
            )
        ],
        columns=["outcome", "row", "other", "interaction", "conf_low", "conf_high", "clear"],
    )
    totals = {name: 12.5 for name in names}
    return Attribution(
        "gov1", "gov3", pd.DataFrame(), shares, pairs, totals, totals, totals, 40, 10.0
    )


def drawings() -> dict[str, Drawing]:
    """Every figure of an analysis, in its hardest ordinary case."""
    found = {"regimes": regimes_of_three_by_three().drawing()}
    for kind, design in (
        ("sobol", {"kind": "sobol", "points": 16}),
        ("morris", {"kind": "morris", "trajectories": 6, "levels": 4}),
    ):
        ranked = analyse_sensitivity(*_runs_of(design, 4, policies=POLICIES[:2], replicates=2))
        found[kind] = ranked.drawing()
    futures = {"kind": "lhs", "points": 120}
    found["robustness"] = analyse_robustness(*_runs_of(futures, 4, policies=POLICIES)).drawing()
    plan, runs = _runs_of(futures, 4, policies=POLICIES[:2])
    found["discovery"] = analyse_discovery(plan, runs, "trust < 42").drawing()
    attribution = attribution_of_all()
    found["shares"] = attribution.drawing()
    with in_our_style():
        pairs = draw_interactions(attribution)
    assert pairs is not None
    return found | {"interactions": dataclasses.replace(pairs)}
