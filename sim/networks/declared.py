"""What is measured of the network every year: a declaration per column of `networks.csv`."""

from __future__ import annotations

from dataclasses import dataclass


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
