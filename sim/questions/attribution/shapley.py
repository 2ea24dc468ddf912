"""Shapley values and interactions of the figure's rows, from walks between two scenarios.

A walk moves rows from one scenario's positions to the other's, one after another, in an order drawn
by lot; what an outcome gains at a step is the part of the row that moved. The mean of a row's parts
over orders is its Shapley value (Shapley 1953; sampled as in Castro, Gomez and Tejada 2009). Walks
come in pairs, an order and its reverse under the same luck; pairs are independent of each other.

`walks` has a row per order and step: `order`, `step`, `row` (that has just moved; empty at step 0),
and a column per outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.frames import flags, numbers, table, whole, words
from sim.statistics import FEWEST, confidence_interval, noise_floor, student_factor, without_noise

SHARES = (
    words("outcome", "row") | whole("orders") | numbers("share", "conf_low", "conf_high", "part")
)
INTERACTIONS = (
    words("outcome", "row", "other")
    | whole("orders")
    | numbers("interaction", "conf_low", "conf_high")
    | flags("clear")
)
KEYS = whole("order", "step") | words("row")
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Walks:
    """Walks as arrays: `gains` (pairs, rows, outcomes) and the states that were visited.

    `moved` (pairs, states, rows) says which rows had moved, `values` (pairs, states, outcomes)
    what the outcomes were.
    """

    gains: Numbers
    moved: Numbers
    values: Numbers

    @classmethod
    def of(cls, walks: pd.DataFrame, rows: Sequence[str], outcomes: Sequence[str]) -> Walks:
        """The whole pairs of a table of walks; a last order without its reverse is left out."""
        steps = len(rows) + 1
        ordered = walks.sort_values(["order", "step"])
        orders = len(ordered) // steps // 2 * 2
        values = ordered[list(outcomes)].to_numpy(dtype=np.float64)[: orders * steps]
        values = values.reshape(orders, steps, len(outcomes))
        place = {row: number for number, row in enumerate(rows)}
        movers = ordered["row"].to_numpy()[: orders * steps].reshape(orders, steps)[:, 1:]
        numbers = np.vectorize(place.__getitem__, otypes=[np.int64])(movers)
        steps_up = np.diff(values, axis=1)
        for k, outcome in enumerate(outcomes):
            steps_up[:, :, k] = without_noise(steps_up[:, :, k], values[:, :, k], outcome=outcome)
        gains = np.zeros((orders, len(rows), len(outcomes)))
        np.put_along_axis(gains, numbers[:, :, None], steps_up, axis=1)
        moved = np.zeros((orders, steps, len(rows)))
        for step in range(1, steps):
            moved[:, step:, :][np.arange(orders), :, numbers[:, step - 1]] = 1.0
        pairs = orders // 2
        return cls(
            gains.reshape(pairs, 2, *gains.shape[1:]).mean(axis=1),
            moved.reshape(pairs, 2 * steps, len(rows)),
            values.reshape(pairs, 2 * steps, len(outcomes)),
        )

    @property
    def orders(self) -> int:
        """How many orders were walked, each with its reverse."""
        return 2 * len(self.gains)


def shares(walks: Walks, rows: Sequence[str], outcomes: Sequence[str]) -> pd.DataFrame:
    """Shapley values with 95 % confidence (`SHARES`); `part` is that of the whole difference.

    Shares of an outcome sum to the mean difference over the same orders, to rounding.
    """
    lines = []
    for k, outcome in enumerate(outcomes):
        total = float(totals(walks, outcomes)[k])
        for place, row in enumerate(rows):
            mean, low, high = confidence_interval(walks.gains[:, place, k])
            part = mean / total if total else 0.0
            lines.append((outcome, row, walks.orders, mean, low, high, part))
    return table(SHARES, lines)


def totals(walks: Walks, outcomes: Sequence[str]) -> Numbers:
    """Mean difference of each outcome over the orders; what rounding explains is none."""
    found = walks.gains.sum(axis=1).mean(axis=0)
    each = [
        without_noise(found[k], walks.values[:, :, k], outcome=outcome)
        for k, outcome in enumerate(outcomes)
    ]
    return np.array(each)


def widest_interval(walks: Walks) -> Numbers:
    """Per outcome, the widest half interval as a share of the largest share; 0 where all are 0."""
    count = len(walks.gains)
    if count < FEWEST:
        return np.full(walks.gains.shape[2], np.inf)
    mean = walks.gains.mean(axis=0)
    half = student_factor(count) * walks.gains.std(axis=0, ddof=1) / np.sqrt(count)
    largest = np.abs(mean).max(axis=0)
    ratio: Numbers = half.max(axis=0) / np.where(largest > 0, largest, 1.0)
    return ratio


def interactions(
    walks: Walks, rows: Sequence[str], outcomes: Sequence[str]
) -> tuple[pd.DataFrame, dict[str, float]]:
    """What two rows add together beyond what each adds alone (`INTERACTIONS`), in points.

    The best description by rows and pairs of rows, in the sense of least squares, of all states
    that the walks visited (each number of moved rows equally often); luck that is common to a pair
    of walks is taken out. Intervals are jackknifed over pairs of walks; `clear` ones leave out
    zero. Also returns per outcome how much of the variance the description explains, 0 to 1.
    The table is empty while there are too few walks to tell pairs of rows apart.
    """
    pairs = list(combinations(range(len(rows)), 2))
    design = np.concatenate(
        [walks.moved, *(walks.moved[:, :, [i]] * walks.moved[:, :, [j]] for i, j in pairs)], axis=2
    )
    design = design - design.mean(axis=1, keepdims=True)
    values = walks.values - walks.values.mean(axis=1, keepdims=True)
    squares = np.einsum("psi,psj->pij", design, design)
    products = np.einsum("psi,psk->pik", design, values)
    count = len(design)
    others = squares.sum(axis=0) - squares
    if count < 3 or np.linalg.matrix_rank(others, hermitian=True).min() < design.shape[2]:
        return table(INTERACTIONS), {}
    whole = np.linalg.solve(squares.sum(axis=0), products.sum(axis=0))
    without = np.linalg.solve(others, products.sum(axis=0) - products)
    spread = np.sqrt((count - 1) / count * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    half = student_factor(count) * spread
    left = ((values - design @ whole) ** 2).mean(axis=(0, 1))
    total = (values**2).mean(axis=(0, 1))
    least = [noise_floor(walks.values[:, :, k], outcome=o) for k, o in enumerate(outcomes)]
    explained = {
        outcome: float(1.0 - left[k] / total[k]) if total[k] > least[k] ** 2 else 1.0
        for k, outcome in enumerate(outcomes)
    }
    lines = []
    for k, outcome in enumerate(outcomes):
        for place, (i, j) in enumerate(pairs, len(rows)):
            value, margin = whole[place, k], half[place, k]
            clear = bool(abs(value) > max(margin, least[k]))
            ends = value - margin, value + margin, clear
            lines.append((outcome, rows[i], rows[j], walks.orders, value, *ends))
    return table(INTERACTIONS, lines), explained
