"""The table of a sweep for a terminal: what each policy gives over the points of the design."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.experiments.plan import Plan
from sim.experiments.sweep import Sweep
from sim.outcome_words import lower_is_better, short_unit, units_told
from sim.questions.comparison.table import clipped
from sim.statistics import FEWEST

_CELL = 25
_WIDTH = 100
_BESIDE = 3
_LOW, _HIGH = 0.05, 0.95


def sweep_table(sweep: Sweep) -> str:
    """Each outcome by policy: mean over points, and between which values nine in ten points lie.

    A point counts by the mean of its replicates; runs that failed do not count.
    """
    plan = sweep.plan
    finished = sweep.runs[sweep.runs["status"] == "ok"]
    if finished.empty:
        return "No run has ended well."
    means = finished.groupby(["policy", "point"])[list(plan.outcomes)].mean()
    labels = {name: f"{name}*" if lower_is_better(name) else name for name in plan.outcomes}
    label = max(map(len, labels.values())) + 1
    unit = max(len(short_unit(name)) for name in plan.outcomes) + 1
    lower = "; lower is better where *" if any(map(lower_is_better, plan.outcomes)) else ""
    lines = [f"Outcomes over {len(plan.points)} points, {_when(plan)}{lower}:"]
    lines += units_told(plan.outcomes, _WIDTH)
    for start in range(0, len(plan.policies), _BESIDE):
        shown = list(plan.policies)[start : start + _BESIDE]
        lines += [
            "",
            " " * (label + unit) + "".join(clipped(name, _CELL).rjust(_CELL) for name in shown),
        ]
        for outcome in plan.outcomes:
            cells = (_cell(means, policy, outcome).rjust(_CELL) for policy in shown)
            row = labels[outcome].ljust(label) + short_unit(outcome).ljust(unit)
            lines.append(row + "".join(cells))
    replicates = "replicate" if plan.replicates == 1 else "replicates"
    spread = (
        "; [ ] is the spread of the central 90 % of points."
        if len(plan.points) >= FEWEST
        else f"; fewer than {FEWEST} points have no spread."
    )
    worlds = f" in {plan.worlds} world{'s' if plan.worlds > 1 else ''}" if plan.worlds else ""
    told = f"A point counts by the mean of its {plan.replicates} {replicates}{worlds}{spread}"
    lines += ["", told]
    return "\n".join(lines)


def _when(plan: Plan) -> str:
    if plan.horizon is None:
        return "means of the last 36 months"
    return f"means of the 36 months up to the end of year {plan.horizon}"


def _cell(means: pd.DataFrame, policy: str, outcome: str) -> str:
    if policy not in means.index.get_level_values("policy"):
        return "no run"
    values = means.loc[policy][outcome].to_numpy(dtype=np.float64)
    if len(values) < FEWEST:
        return f"{values.mean():.1f}"
    low, high = np.quantile(values, [_LOW, _HIGH])
    return f"{values.mean():.1f} [{low:.1f}, {high:.1f}]"
