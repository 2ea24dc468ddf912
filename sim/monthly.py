"""Numbers over months: sums of a year, means of some, quotients, shares, inequality.

Vectors have one entry per month. A quotient is 0 where there is nothing to divide by.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW = 36
"""Months over which a headline value is a mean."""


def yearly(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the last twelve months, or over those there are."""
    running = np.cumsum(values)
    result = running.copy()
    result[12:] -= running[:-12]
    return result


def recent(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the last `WINDOW` months, or of those there are.

    A gap keeps its sign until it is averaged: the size of a noisy difference is not noise-free.
    """
    running = np.cumsum(values)
    total = running.copy()
    total[WINDOW:] -= running[:-WINDOW]
    return total / np.minimum(np.arange(1, len(values) + 1), WINDOW)


def months_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many of the last twelve months there are, so far."""
    return np.minimum(np.arange(1, len(values) + 1), 12).astype(np.float64)


def ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """A quotient that is 0 where there is nothing to divide by."""
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


def weighted(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted sum over axis 1, one term after another: a matrix product may differ in bits."""
    total = np.zeros_like(values[:, 0])
    for k, weight in enumerate(weights):
        total += weight * values[:, k]
    return total


def index_points(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ratio of 0 and more as points from 0 to 100: 50 where it is 1."""
    points: NDArray[np.float64] = 100.0 * ratio / (1.0 + ratio)
    return points


def concentration(ranked: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Concentration index by status: above 0 where those of high status have more."""
    return np.where(mean > 0, 1.0 - ratio(ranked, mean), 0.0)


def gini(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gini coefficient over the last axis; shape (months, places) to (months,)."""
    ordered = np.sort(values, axis=1)
    count = values.shape[1]
    weights = 2.0 * np.arange(1, count + 1) - count - 1.0
    return ratio(weighted(ordered, weights), count * ordered.sum(axis=1))


def last_counted(first: int, count: int) -> NDArray[np.int64]:
    """Rows of the newest count by inputs at each of some months: the last year's, or the first's.

    Row 0 is month `first` + 1. Before the first year's end the year so far is counted each month.
    """
    months = np.arange(first + 1, first + count + 1)
    newest = np.where(months <= 12, months, months - months % 12)
    return np.asarray(np.maximum(newest - first - 1, 0))


def top_share(
    participants: NDArray[np.float64], inputs: NDArray[np.float64], top: float
) -> NDArray[np.float64]:
    """Share of inputs by the most active part of participants, counted in classes.

    Both have shape (months, `tally.INPUT_CLASSES`). Those of one class are taken to give alike.
    """
    room = top * participants.sum(axis=1)
    each = ratio(inputs, participants)
    held = np.zeros_like(room)
    for k in range(participants.shape[1] - 1, -1, -1):
        taken = np.minimum(participants[:, k], room)
        held += taken * each[:, k]
        room = room - taken
    return ratio(held, inputs.sum(axis=1))
