"""A decision tree beside the boxes: every future lies in one of its leaves (CART)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.frames import numbers, whole, words
from sim.statistics import share_interval

TREE = (
    words("policy") | whole("leaf") | words("where") | whole("cases", "of_interest")
    | numbers("share", "share_low", "share_high")
)  # fmt: skip
_DEEPEST = 3
_SMALLEST = 0.05
_LEAF = -1
Numbers = NDArray[np.float64]


def node_limits(table: pd.DataFrame, interest: NDArray[np.bool_]) -> list[tuple[Numbers, Numbers]]:
    """Lower and upper limits of every node of the tree below its root, infinite where none is."""
    tree = _fit(table, interest).tree_
    everything = np.full(table.shape[1], -np.inf), np.full(table.shape[1], np.inf)
    return list(_boxes(tree, *everything))[1:]


def grow(policy: str, table: pd.DataFrame, interest: NDArray[np.bool_]) -> pd.DataFrame:
    """The leaves of a small tree (`TREE`), the one most of interest first.

    Breiman et al. (1984), by scikit-learn, which the EMA workbench brings along.
    """
    model = _fit(table, interest)
    inside = model.apply(table.to_numpy(dtype=np.float64))
    rows = []
    for leaf, where in _paths(model.tree_, list(table.columns)):
        cases, hits = int((inside == leaf).sum()), int(interest[inside == leaf].sum())
        low, high = share_interval(hits, cases)
        rows.append((policy, leaf, where or "everywhere", cases, hits, hits / cases, low, high))
    found = frames.table(TREE, rows)
    return found.sort_values(["share", "cases"], ascending=False, kind="stable", ignore_index=True)


def _fit(table: pd.DataFrame, interest: NDArray[np.bool_]) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(
        max_depth=_DEEPEST, min_samples_leaf=max(1, int(_SMALLEST * len(table))), random_state=0
    )
    return model.fit(table.to_numpy(dtype=np.float64), interest)


def _boxes(
    tree: Any, low: Numbers, high: Numbers, node: int = 0
) -> Iterator[tuple[Numbers, Numbers]]:
    """The limits of a node, then those of the nodes below it."""
    yield low, high
    if tree.children_left[node] == _LEAF:
        return
    factor, value = int(tree.feature[node]), float(tree.threshold[node])
    below, above = high.copy(), low.copy()
    below[factor], above[factor] = value, value
    yield from _boxes(tree, low, below, int(tree.children_left[node]))
    yield from _boxes(tree, above, high, int(tree.children_right[node]))


def _paths(tree: Any, names: list[str], node: int = 0, so_far: str = "") -> Iterator[Any]:
    """Each leaf with the conditions on the way to it."""
    if tree.children_left[node] == _LEAF:
        yield node, so_far
        return
    join = " and " if so_far else ""
    name, value = names[tree.feature[node]], f"{tree.threshold[node]:.3g}"
    for child, sign in ((tree.children_left[node], "<="), (tree.children_right[node], ">")):
        yield from _paths(tree, names, int(child), f"{so_far}{join}{name} {sign} {value}")
