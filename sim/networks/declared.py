"""What is measured of the network every year: a declaration per column of `networks.csv`."""

from __future__ import annotations

from dataclasses import dataclass

from sim.frames import whole


@dataclass(frozen=True)
class Measure:
    """A column of `networks.csv`."""

    name: str
    unit: str
    meaning: str


# fmt: off
MEASURES = (
    Measure("institutions", "nodes", "centre, local governments, entrepreneurs and civic hubs alive"),
    Measure("ties", "ties", "ties between institutions"),
    Measure("density", "0-1", "share of all possible ties that exist"),
    Measure("giant_share", "0-1", "share of institutions in the largest connected part"),
    Measure("algebraic_connectivity", "0 and more", "second smallest Laplacian eigenvalue of the largest connected part (Fiedler 1973)"),
    Measure("core", "ties", "largest k of a k-core (Seidman 1983)"),
    Measure("core_size", "nodes", "institutions in the largest k-core"),
    Measure("betweenness_centralisation", "0-1", "how far the network hangs on one institution, 1 in a star (Freeman 1978)"),
    Measure("modularity", "0-1", "how far ties stay inside communities (Newman 2006), found greedily"),
    Measure("transitivity", "0-1", "pairs of partners who are partners themselves"),
    Measure("bridging", "ties", "ties of a year ago without shared partners, neither statutory nor under contract"),
    Measure("bridging_survival", "0-1", "bridging ties of a year ago that never ended (Burt 2001: about a tenth)"),
    Measure("embedded", "ties", "ties of a year ago with shared partners, neither statutory nor under contract"),
    Measure("embedded_survival", "0-1", "embedded ties of a year ago that never ended"),
    Measure("persistence", "0-1", "Jaccard index of all ties now and a year ago"),
    Measure("loss_without_centre", "0-1", "share of the largest connected part that falls off it when the central government is gone"),
    Measure("loss_targeted", "0-1", "share of the largest connected part that falls off it when the best-tied 5 % are gone"),
    Measure("loss_random", "0-1", "share of the largest connected part that falls off it when a random 5 % are gone, mean of 30 removals"),
    Measure("ties_central", "ties", "ties of the central government"),
    Measure("ties_local", "ties", "mean ties of local governments"),
    Measure("ties_hub", "ties", "mean ties of civic hubs alive"),
    Measure("ties_entrepreneur", "ties", "mean ties of entrepreneurs"),
    Measure("coordination_cost", "money per citizen and month", "what ties of governments and their hubs cost"),
)
# fmt: on

_COUNTED = ("institutions", "ties", "core", "core_size")
COLUMNS = whole("month")
COLUMNS |= {m.name: "int64" if m.name in _COUNTED else "float64" for m in MEASURES}
"""Columns of `networks.csv`, with their types; what looks a year back is nan in the first."""
