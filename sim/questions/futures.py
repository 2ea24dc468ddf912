"""Outcomes of an experiment as arrays: futures by policies by replicates.

A future is one point of the design: what the world and the levers are. A future in which a run
failed, or has not run, is incomplete; who needs every future refuses, who does not leaves it out
and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import GovShiftError, UserMistake
from sim.experiments.plan import Plan
from sim.outcomes import DIRECTIONS
from sim.text import near

Numbers = NDArray[np.float64]
_HALF = 0.5


@dataclass(frozen=True)
class Futures:
    """The complete futures of an experiment.

    `points` are their numbers in the plan. `values` has, by outcome, an array of shape (futures,
    policies, replicates), and `factors` what the factors were, of shape (futures, policies,
    factors). `warnings` says what was left out. Of a plan in plausible worlds the last axis of
    `values` is the worlds instead, each the mean over its replicates, the same ones in all futures.
    """

    plan: Plan
    points: NDArray[np.int64]
    values: dict[str, Numbers]
    factors: Numbers
    warnings: tuple[str, ...] = ()

    @property
    def policies(self) -> list[str]:
        """Names of the policies, in the order of the second axis."""
        return list(self.plan.policies)

    def means(self, outcome: str) -> Numbers:
        """Means over the replicates, shape (futures, policies)."""
        found: Numbers = self.values[outcome].mean(axis=2)
        return found

    def factor_table(self, policy: str) -> pd.DataFrame:
        """What the factors were under a policy, a row per future and a column per factor."""
        values = self.factors[:, self.policies.index(policy)]
        return pd.DataFrame(values, columns=list(self.plan.names))


def complete_futures(plan: Plan, runs: pd.DataFrame) -> Futures:
    """All futures; raises `GovShiftError` if one is incomplete."""
    values, factors = _arrays(plan, runs)
    lost = ~_whole(values)
    if lost.any():
        raise GovShiftError(
            f"{_lost(plan, runs)}; this analysis needs every run, since indices of what is left "
            "would be wrong"
        )
    return Futures(plan, np.arange(len(plan.points)), values, factors)


def usable_futures(plan: Plan, runs: pd.DataFrame) -> Futures:
    """The complete futures, with a warning about the others; refuses if there is none."""
    values, factors = _arrays(plan, runs)
    if plan.worlds:
        return _in_worlds(plan, runs, values, factors)
    whole = _whole(values)
    if not whole.any():
        raise GovShiftError(f"{_lost(plan, runs)}; no future is complete")
    kept = {name: array[whole] for name, array in values.items()}
    left_out = int((~whole).sum())
    warnings = (
        (f"{left_out} of {len(whole)} futures are left out: {_lost(plan, runs)}.",)
        if left_out
        else ()
    )
    return Futures(plan, np.flatnonzero(whole), kept, factors[whole], warnings)


def _in_worlds(
    plan: Plan, runs: pd.DataFrame, values: dict[str, Numbers], factors: Numbers
) -> Futures:
    """The futures in worlds that are whole in all of them.

    Left out are futures that lost half of their worlds or more, and then every world that lost
    something in any other future, so that all futures meet the same worlds.
    """
    by_world = {
        name: array.reshape(*array.shape[:2], plan.worlds, plan.per_world).mean(axis=3)
        for name, array in values.items()
    }
    there = np.all([np.isfinite(array).all(axis=1) for array in by_world.values()], axis=0)
    kept = there.mean(axis=1) > _HALF
    worlds = there[kept].all(axis=0)
    if not kept.any() or not worlds.any():
        raise GovShiftError(f"{_lost(plan, runs)}; no world is complete in every future")
    parts = []
    if not kept.all():
        parts.append(f"{(~kept).sum()} of {len(kept)} futures")
    if not worlds.all():
        parts.append(f"{(~worlds).sum()} of {plan.worlds} worlds")
    warnings = (f"Left out are {' and '.join(parts)}: {_lost(plan, runs)}.",) if parts else ()
    found = {name: array[kept][:, :, worlds] for name, array in by_world.items()}
    return Futures(plan, np.flatnonzero(kept), found, factors[kept], warnings)


def chosen_policies(plan: Plan, names: Sequence[str]) -> list[str]:
    """The named policies, or all of them where none is named."""
    allowed = list(plan.policies)
    for name in names:
        if name not in allowed:
            raise UserMistake(f"{name}: not a policy of {plan.name}{near(name, allowed)}")
    return list(dict.fromkeys(names)) or allowed


def _arrays(plan: Plan, runs: pd.DataFrame) -> tuple[dict[str, Numbers], Numbers]:
    """Outcomes and factors of every run of the plan in its place; nan where it is not there."""
    ordered = runs.set_index("run_id").reindex(range(plan.runs))
    ok = (ordered["status"] == "ok").to_numpy()
    shape = len(plan.points), len(plan.policies), plan.replicates
    values = {
        name: np.where(ok, ordered[name].to_numpy(dtype=np.float64), np.nan).reshape(shape)
        for name in plan.outcomes
    }
    factors = ordered[list(plan.names)].to_numpy(dtype=np.float64).reshape(*shape, -1)
    return values, factors[:, :, 0]


def _whole(values: dict[str, Numbers]) -> NDArray[np.bool_]:
    """Whether each future has a number for every outcome, policy and replicate."""
    found: NDArray[np.bool_] = np.all(
        [np.isfinite(array).all(axis=(1, 2)) for array in values.values()], axis=0
    )
    return found


def _lost(plan: Plan, runs: pd.DataFrame) -> str:
    """How many runs failed, with the first one's message, or have not run."""
    failed = runs[runs["status"] != "ok"]
    if failed.empty:
        return f"{plan.runs - len(runs)} of {plan.runs} runs are missing"
    first = failed.iloc[0]
    return (
        f"{len(failed)} of {plan.runs} runs failed, the first (run {first['run_id']}, "
        f"{first['policy']}) at {first['stage']}: {first['message']}"
    )


def signed(outcome: str, values: Numbers) -> Numbers:
    """Values of which more is better."""
    return -values if DIRECTIONS.get(outcome) == "lower" else values
