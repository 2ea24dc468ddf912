"""The network's measures year by year: one row each, from what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.engine.luck import Luck, Seed, uniforms
from sim.networks import measures
from sim.networks.recorded import KINDS, Snapshot, may_end, node_kinds

if TYPE_CHECKING:
    import pandas as pd

REMOVALS = 30
"""Random removals whose losses are averaged."""
Row = dict[str, float]


@dataclass(frozen=True)
class Measure:
    """A column of `networks.csv`."""

    name: str
    unit: str
    meaning: str


# fmt: off
MEASURES = (
    Measure("institutions", "nodes", "centre, local governments, entrepreneurs and civic hubs alive"),
    Measure("ties", "ties", "ties between them"),
    Measure("density", "0-1", "ties of all that could be"),
    Measure("giant_share", "0-1", "institutions in the largest connected part"),
    Measure("algebraic_connectivity", "0 and more", "second smallest Laplacian eigenvalue of that part (Fiedler 1973)"),
    Measure("core", "ties", "largest k of a k-core (Seidman 1983)"),
    Measure("core_size", "nodes", "institutions in it"),
    Measure("betweenness_centralisation", "0-1", "how far the network hangs on one institution, 1 in a star (Freeman 1978)"),
    Measure("modularity", "0-1", "how far ties stay inside communities (Newman 2006), found greedily"),
    Measure("transitivity", "0-1", "pairs of partners who are partners themselves"),
    Measure("bridging", "ties", "ties of a year ago without shared partners, neither statutory nor under contract"),
    Measure("bridging_survival", "0-1", "of these still there (Burt 2001: about a tenth)"),
    Measure("embedded", "ties", "such ties of a year ago with shared partners"),
    Measure("embedded_survival", "0-1", "of these still there"),
    Measure("persistence", "0-1", "Jaccard index of all ties now and a year ago"),
    Measure("loss_without_centre", "0-1", "of the largest part, cut off when the central government is gone"),
    Measure("loss_targeted", "0-1", "the same when the best-tied 5 % are gone"),
    Measure("loss_random", "0-1", "the same when a random 5 % are gone, mean of 30 removals"),
    Measure("ties_central", "ties", "of the central government"),
    Measure("ties_local", "ties", "mean of local governments"),
    Measure("ties_hub", "ties", "mean of civic hubs alive"),
    Measure("ties_entrepreneur", "ties", "mean of entrepreneurs"),
    Measure("coordination_cost", "money per citizen and month", "what ties of governments and their hubs cost"),
)
# fmt: on


def measure_years(snapshots: Sequence[Snapshot], places: int, seed: Seed) -> pd.DataFrame:
    """One row per recorded year: `month` and a column per entry of `MEASURES`.

    What looks a year back is nan in the first. Random removals are drawn from `seed`, the same
    institutions under every scenario.
    """
    import pandas as pd

    rows = []
    for number, now in enumerate(snapshots):
        before = snapshots[number - 1] if number else None
        row = {**_form(now), **_change(before, now), **_losses(now, seed), **_means(now, places)}
        rows.append({"month": now.month, **row})
    return pd.DataFrame(rows, columns=["month", *(measure.name for measure in MEASURES)])


def _form(now: Snapshot) -> Row:
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


def _change(before: Snapshot | None, now: Snapshot) -> Row:
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


def _losses(now: Snapshot, seed: Seed) -> Row:
    ties = now.adjacency
    draws = uniforms(seed, Luck.NETWORK_LOSS, now.nodes, REMOVALS, now.month)
    centre: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
    return {
        "loss_without_centre": measures.loss_of(ties, centre),
        "loss_targeted": measures.loss_of(ties, measures.best_tied(ties)),
        "loss_random": measures.loss_at_random(ties, draws),
    }


def _means(now: Snapshot, places: int) -> Row:
    degree, kinds = now.adjacency.sum(axis=0), node_kinds(now.nodes, places)
    short = ("ties_central", "ties_local", "ties_hub", "ties_entrepreneur")
    means = {}
    for kind in range(len(KINDS)):
        own = now.alive & (kinds == kind)
        means[short[kind]] = float(degree[own].mean()) if own.any() else 0.0
    return means | {"coordination_cost": now.cost}
