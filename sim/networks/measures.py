"""What a network measures up to: pure functions of who is tied to whom.

A network is a symmetric boolean matrix of shape (nodes, nodes) without a diagonal. Matrices make
a year of Korea's seventeen regions about ten times cheaper than NetworkX, against which the tests
hold every measure, and let every yearly step of a comparison be measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.networks.recorded import Snapshot

Ties = NDArray[np.bool_]
Mask = NDArray[np.bool_]
_DECIMALS = 9  # eigenvalues of one matrix differ in their last bits between machines


def density(ties: Ties) -> float:
    """Ties there are of the ties there could be."""
    nodes = len(ties)
    return float(ties.sum()) / (nodes * (nodes - 1)) if nodes > 1 else 0.0


def components(ties: Ties, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Size of the connected part that each kept node is in, 0 for others; shapes (draws, nodes).

    Each row of `kept` is a network of its own: the nodes that are left of the whole.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    draws, nodes = kept.shape
    one, other = np.nonzero(np.triu(ties, k=1))
    draw, tie = np.nonzero(kept[:, one] & kept[:, other])
    where = draw * nodes + one[tie], draw * nodes + other[tie]
    graph = coo_array((np.ones(len(tie), dtype=np.int8), where), shape=(draws * nodes,) * 2)
    labels = connected_components(graph, directed=False)[1].reshape(draws, nodes)
    sizes = np.bincount(labels[kept], minlength=int(labels.max(initial=0)) + 1)
    return np.where(kept, sizes[labels], 0)


def giant_component(ties: Ties) -> Mask:
    """Members of the largest connected part; of equal ones, of the one with the first node."""
    from scipy.sparse.csgraph import connected_components

    labels = connected_components(ties, directed=False)[1]
    sizes = np.bincount(labels, minlength=1)
    return np.asarray(labels == int(sizes.argmax()))


def giant_share(ties: Ties) -> float:
    """Share of nodes in the largest connected part."""
    return float(giant_component(ties).mean()) if len(ties) else 0.0


def algebraic_connectivity(ties: Ties) -> float:
    """Second smallest Laplacian eigenvalue of the largest connected part (Fiedler 1973)."""
    member = giant_component(ties)
    part = ties[np.ix_(member, member)].astype(np.float64)
    if len(part) < 2:
        return 0.0
    laplacian = np.diag(part.sum(axis=0)) - part
    return round(max(0.0, float(np.linalg.eigvalsh(laplacian)[1])), _DECIMALS)


def largest_core(ties: Ties) -> tuple[int, int]:
    """The largest k for which some nodes have k ties among themselves, and how many such nodes."""
    weights = ties.astype(np.float64)
    core = np.ones(len(ties), dtype=np.bool_)
    k = 0
    while True:
        inside = core.copy()
        while (weak := inside & (weights @ inside <= k)).any():
            inside &= ~weak
        if not inside.any():
            return k, int(core.sum())
        core, k = inside, int((weights @ inside)[inside].min())


def betweenness(ties: Ties) -> NDArray[np.float64]:
    """How many shortest paths between other nodes pass through each one (Freeman 1977).

    Brandes' two sweeps (2001) for all sources at once: out, counting paths, and back, sharing
    them among the nodes on the way. Rows are sources, columns the nodes that are met.
    """
    weights = ties.astype(np.float64)
    layers = [np.eye(len(ties))]
    seen = layers[0] > 0.0
    while True:
        paths = np.where(seen, 0.0, layers[-1] @ weights)
        if not paths.any():
            break
        seen |= paths > 0.0
        layers.append(paths)
    passing = np.zeros_like(weights)
    for near, far in zip(layers[-2::-1], layers[:0:-1], strict=True):
        share = np.divide(1.0 + passing, far, out=np.zeros_like(far), where=far > 0.0)
        passing += near * (share @ weights)
    np.fill_diagonal(passing, 0.0)
    counted: NDArray[np.float64] = passing.sum(axis=0) / 2.0
    return counted


def betweenness_centralisation(ties: Ties) -> float:
    """How far the largest connected part hangs on one node: 1 in a star (Freeman 1978)."""
    member = giant_component(ties)
    nodes = int(member.sum())
    if nodes < 3:
        return 0.0
    central = betweenness(ties[np.ix_(member, member)]) / ((nodes - 1) * (nodes - 2) / 2.0)
    return round(float((central.max() - central).sum()) / (nodes - 1), _DECIMALS)


def modularity(ties: Ties) -> float:
    """How far ties stay inside communities, found greedily (Newman 2006; Clauset et al. 2004).

    Communities merge two by two where modularity gains most; of equal gains the first. All counts
    are integers, so that every machine finds the same communities.
    """
    between = ties.astype(np.int64)
    degree = between.sum(axis=0)
    both = int(degree.sum())
    if both == 0:
        return 0.0
    gain = both * between - np.outer(degree, degree)
    np.fill_diagonal(gain, -1)
    while gain.max() > 0:
        one, other = np.unravel_index(gain.argmax(), gain.shape)
        between[one] += between[other]
        between[:, one] += between[:, other]
        degree[one] += degree[other]
        between[other], between[:, other], degree[other] = 0, 0, 0
        for node in (one, other):
            gain[node] = gain[:, node] = both * between[node] - degree[node] * degree
            gain[node, node] = -1
    inside = int(both * np.trace(between) - (degree * degree).sum())
    return inside / both**2


def transitivity(ties: Ties) -> float:
    """Share of pairs of partners who are partners themselves."""
    weights = ties.astype(np.float64)
    degree = weights.sum(axis=0)
    pairs = float((degree * (degree - 1.0)).sum())
    return float(((weights @ weights) * weights).sum()) / pairs if pairs else 0.0


def twentieth(ties: Ties) -> int:
    """How many nodes a loss of 5 % takes: of those with ties, at least one."""
    return max(1, (int(ties.any(axis=0).sum()) + 10) // 20)


def best_tied(ties: Ties) -> NDArray[np.int64]:
    """The 5 % of nodes with most ties; of equals the first."""
    order = np.argsort(-ties.sum(axis=0), kind="stable")
    return order[: twentieth(ties)]


def loss_of(ties: Ties, nodes: NDArray[np.int64]) -> float:
    """Share of the largest connected part that falls off it when some nodes are gone."""
    removed = np.zeros((1, len(ties)), dtype=np.bool_)
    removed[0, nodes] = True
    return float(_losses(ties, removed)[0])


def loss_at_random(ties: Ties, draws: NDArray[np.float64]) -> float:
    """Mean loss when 5 % of the tied nodes are gone, whichever have the lowest draws.

    `draws` has shape (nodes, removals): each column removes once.
    """
    tied = np.asarray(ties.any(axis=0))
    lowest = np.where(tied[:, None], draws, np.inf)
    order = np.argsort(lowest, axis=0, kind="stable")[: twentieth(ties)]
    removed = np.zeros(draws.shape, dtype=np.bool_)
    np.put_along_axis(removed, order, True, axis=0)
    return float(_losses(ties, np.ascontiguousarray(removed.T)).mean())


def _losses(ties: Ties, removed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Per removal: the share of those left of the largest part who are not in the new one."""
    left = (giant_component(ties) & ~removed).sum(axis=1)
    now = components(ties, ~removed).max(axis=1)
    losses: NDArray[np.float64] = 1.0 - np.minimum(1.0, now / np.maximum(left, 1))
    return losses


def survival(before: Snapshot, after: Snapshot, chosen: Mask) -> float:
    """Share of some of the earlier ties that never ended until the later month; nan without any."""
    months = after.month - before.month
    lasting = np.zeros((after.nodes, after.nodes), dtype=np.bool_)
    old = after.ties[after.ties[:, 2] >= months]
    lasting[old[:, 0], old[:, 1]] = True
    ties = before.ties[chosen]
    return float(lasting[ties[:, 0], ties[:, 1]].mean()) if len(ties) else float("nan")


def persistence(before: Ties, after: Ties) -> float:
    """Jaccard index of two months' ties: those in both of those in either."""
    either = int((before | after).sum())
    return float((before & after).sum()) / either if either else 0.0
