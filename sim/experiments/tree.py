"""A decision tree beside the boxes: every future lies in one of its leaves (CART)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.experiments.boxes import share_interval
from sim.frames import numbers, whole, words

TREE = (
    words("policy") | whole("leaf") | words("where") | whole("cases", "of_interest")
    | numbers("share", "share_low", "share_high")
)  # fmt: skip
_DEEPEST = 3
_SMALLEST = 0.05
_LEAF = -1


def grow(policy: str, table: pd.DataFrame, interest: NDArray[np.bool_]) -> pd.DataFrame:
    """The leaves of a small tree (`TREE`), the one most of interest first.

    Breiman et al. (1984), by scikit-learn, which the EMA workbench brings along.
    """
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(
        max_depth=_DEEPEST, min_samples_leaf=max(1, int(_SMALLEST * len(table))), random_state=0
    )
    x = table.to_numpy(dtype=np.float64)
    inside = model.fit(x, interest).apply(x)
    rows = []
    for leaf, where in _paths(model.tree_, list(table.columns)):
        cases, hits = int((inside == leaf).sum()), int(interest[inside == leaf].sum())
        low, high = share_interval(hits, cases)
        rows.append((policy, leaf, where or "everywhere", cases, hits, hits / cases, low, high))
    found = frames.table(TREE, rows)
    return found.sort_values(["share", "cases"], ascending=False, kind="stable", ignore_index=True)


def _paths(tree: Any, names: list[str], node: int = 0, so_far: str = "") -> Iterator[Any]:
    """Each leaf with the conditions on the way to it."""
    if tree.children_left[node] == _LEAF:
        yield node, so_far
        return
    join = " and " if so_far else ""
    name, value = names[tree.feature[node]], f"{tree.threshold[node]:.3g}"
    for child, sign in ((tree.children_left[node], "<="), (tree.children_right[node], ">")):
        yield from _paths(tree, names, int(child), f"{so_far}{join}{name} {sign} {value}")
