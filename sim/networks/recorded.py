"""The network as it stood at the end of a month, and its ties as a table that others can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.frames import joined, typed, whole, words
from sim.processes.network import STATUTORY
from sim.processes.state import Network

if TYPE_CHECKING:
    import pandas as pd

CENTRE, LOCAL, HUB, FIRM = "central government", "local government", "civic hub", "entrepreneur"
KINDS = (CENTRE, LOCAL, HUB, FIRM)
TIES = ("informal", "contract", "statutory")
TIE_COLUMNS = (
    whole("month")
    | words("one", "other", "one_kind", "other_kind", "tie")
    | dict.fromkeys(("age", "contract_months"), "int32")
    | whole("shared_partners")
)
"""Columns of `ties.parquet`, with their types."""


class Snapshot(NamedTuple):
    """The network at the end of one month.

    `ties` has a row per tie: its two nodes, age in months, kind, months under contract. `alive`
    says which nodes take part. `cost` is what coordination costs, in money per citizen and month.
    """

    month: int
    ties: NDArray[np.int32]
    alive: NDArray[np.bool_]
    cost: float

    @property
    def nodes(self) -> int:
        """Nodes that there are, alive or not."""
        return len(self.alive)

    @property
    def adjacency(self) -> NDArray[np.bool_]:
        """Who is tied to whom, shape (nodes, nodes), symmetric."""
        tied = np.zeros((self.nodes, self.nodes), dtype=np.bool_)
        one, other = self.ties[:, 0], self.ties[:, 1]
        tied[one, other] = tied[other, one] = True
        return tied

    @property
    def shared_partners(self) -> NDArray[np.int64]:
        """How many partners the two nodes of each tie share."""
        tied = self.adjacency.astype(np.float64)
        return (tied @ tied)[self.ties[:, 0], self.ties[:, 1]].astype(np.int64)


def snapshot(network: Network, month: int, cost: float) -> Snapshot:
    """What is kept of the network at the end of a month."""
    one, other = np.nonzero(np.triu(network.age >= 0, k=1))
    columns = (one, other, *(part[one, other] for part in network[:3]))
    ties = np.stack(columns, axis=1).astype(np.int32)
    return Snapshot(month, ties, network.alive.astype(np.bool_), cost)


def node_kinds(nodes: int, places: int) -> NDArray[np.int64]:
    """Each node's place in `KINDS`: the centre, local governments, their hubs, entrepreneurs."""
    return np.repeat(np.arange(4), (1, places, places, nodes - 1 - 2 * places))


def node_names(nodes: int, places: Sequence[str]) -> list[str]:
    """A name for every node; a hub is called after its place."""
    firms = nodes - 1 - 2 * len(places)
    hubs = [f"{place} civic hub" for place in places]
    return [CENTRE, *places, *hubs, *(f"{FIRM} {number + 1}" for number in range(firms))]


def tie_table(snapshots: Sequence[Snapshot], places: Sequence[str]) -> pd.DataFrame:
    """One row per tie and recorded month; `networkx.from_pandas_edgelist` takes a month of it.

    `shared_partners` is 0 for a bridging tie; `contract_months` is how long the tie cannot end.
    """
    return joined(TIE_COLUMNS, [_ties_of(snapshot, places) for snapshot in snapshots])


def _ties_of(snapshot: Snapshot, places: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    names = np.array(node_names(snapshot.nodes, places), dtype=object)
    kinds = np.array(KINDS, dtype=object)[node_kinds(snapshot.nodes, len(places))]
    one, other, age, tie, contract = snapshot.ties.T
    columns = (
        snapshot.month, names[one], names[other], kinds[one], kinds[other],
        np.array(TIES, dtype=object)[tie], age, contract, snapshot.shared_partners,
    )  # fmt: skip
    return typed(pd.DataFrame(dict(zip(TIE_COLUMNS, columns, strict=True))), TIE_COLUMNS)


def may_end(ties: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which ties hold by themselves: neither statutory nor under contract."""
    found: NDArray[np.bool_] = (ties[:, 3] != STATUTORY) & (ties[:, 4] == 0)
    return found
