"""The network's measures year by year: one row each, from what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.engine.luck import Luck, Seed, uniforms
from sim.frames import table
from sim.networks import measures
from sim.networks.declared import COLUMNS
from sim.networks.recorded import KINDS, Snapshot, may_end, node_kinds

if TYPE_CHECKING:
    import pandas as pd

REMOVALS = 30
"""Random removals whose losses are averaged."""
YearlyMeasures = dict[str, float]


def measure_years(snapshots: Sequence[Snapshot], places: int, seed: Seed) -> pd.DataFrame:
    """One row per recorded year: `month` and a column per entry of `MEASURES`.

    What looks a year back is nan in the first. Random removals are drawn from `seed`, the same
    institutions under every scenario.
    """
    rows = []
    for number, now in enumerate(snapshots):
        before = snapshots[number - 1] if number else None
        row = {**_form(now), **_change(before, now), **_losses(now, seed), **_means(now, places)}
        rows.append({"month": now.month, **row})
    return table(COLUMNS, rows)


def _form(now: Snapshot) -> YearlyMeasures:
    ties = now.adjacency[np.ix_(now.alive, now.alive)]
    core, members = measures.largest_core(ties)
    plain: dict[str, Callable[[measures.Ties], float]] = {
        "density": measures.density,
        "giant_share": measures.giant_share,
        "algebraic_connectivity": measures.algebraic_connectivity,
        "betweenness_centralisation": measures.betweenness_centralisation,
        "modularity": measures.modularity,
        "transitivity": measures.transitivity,
    }
    counts = {"institutions": len(ties), "ties": len(now.ties), "core": core, "core_size": members}
    return counts | {name: measure(ties) for name, measure in plain.items()}


def _change(before: Snapshot | None, now: Snapshot) -> YearlyMeasures:
    if before is None:
        return {}
    free, shared = may_end(before.ties), before.shared_partners
    bridging, embedded = free & (shared == 0), free & (shared > 0)
    return {
        "bridging": int(bridging.sum()),
        "bridging_survival": measures.survival(before, now, bridging),
        "embedded": int(embedded.sum()),
        "embedded_survival": measures.survival(before, now, embedded),
        "persistence": measures.persistence(before.adjacency, now.adjacency),
    }


def _losses(now: Snapshot, seed: Seed) -> YearlyMeasures:
    ties = now.adjacency
    draws = uniforms(seed, Luck.NETWORK_LOSS, now.nodes, REMOVALS, now.month)
    centre: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
    return {
        "loss_without_centre": measures.loss_of(ties, centre),
        "loss_targeted": measures.loss_of(ties, measures.best_tied(ties)),
        "loss_random": measures.loss_at_random(ties, draws),
    }


def _means(now: Snapshot, places: int) -> YearlyMeasures:
    degree, kinds = now.adjacency.sum(axis=0), node_kinds(now.nodes, places)
    short = ("ties_central", "ties_local", "ties_hub", "ties_entrepreneur")
    means = {}
    for kind in range(len(KINDS)):
        own = now.alive & (kinds == kind)
        means[short[kind]] = float(degree[own].mean()) if own.any() else 0.0
    return means | {"coordination_cost": now.cost}
