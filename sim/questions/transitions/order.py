"""The order in which rows of the figure move, and whether replicates agree on it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.frames import numbers, whole, words
from sim.paradigms import FIGURE
from sim.questions.transitions.paths import (
    DECISION_ROWS,
    ESTIMATE,
    ROWS,
    SERVICE_ROWS,
    Numbers,
    Worlds,
    by_world,
    estimate,
    table,
)

CROSSED_AFTER = 0.5
"""A row has moved when its national mean is half a paradigm away from where it started."""
STARTED_AFTER = 0.05
_AHEAD_BY = 1e-6
_NEVER = 1e9
ORDER = (
    words("scenario", "row") | whole("number") | words("direction") | numbers("crossed") | ESTIMATE
)


def national_rows(timeseries: pd.DataFrame, scenario: str) -> Numbers:
    """Monthly mean positions of the rows, by residents, shape (replicates, months, rows)."""
    own = timeseries[timeseries["scenario"] == scenario].sort_values(["replicate", "month"])
    count = own["replicate"].nunique()
    return own[list(ROWS)].to_numpy(dtype=np.float64).reshape(count, -1, len(ROWS))


def crossings(rows: Numbers, start: Numbers) -> Numbers:
    """Month in which each row has moved, inf where it has not; shape (replicates, rows).

    `rows` has shape (replicates, months, rows), `start` shape (rows,).
    """
    beyond = np.abs(rows - start) >= CROSSED_AFTER - 1e-9
    return np.where(beyond.any(axis=1), beyond.argmax(axis=1) + 1.0, np.inf)


def order_of_rows(
    scenario: str, rows: Numbers, start: Numbers, worlds: Worlds | None = None
) -> pd.DataFrame:
    """Mean month in which each row has moved, first ones first, rows that never do last.

    `crossed` is the share of replicates in which a row moves; the mean is over these.
    """
    months = crossings(rows, start)
    found = []
    for k, row in enumerate(FIGURE.rows):
        crossed = np.isfinite(months[:, k])
        ends = rows[crossed, months[crossed, k].astype(int) - 1, k] if crossed.any() else []
        direction = _direction(np.asarray(ends) - start[k])
        values = estimate(months[:, k], worlds=worlds)
        found.append((scenario, row.id, row.number, direction, crossed.mean(), *values))
    frame = table(ORDER, found)
    return frame.sort_values(["mean", "number"], na_position="last", ignore_index=True)


def agreement(months: Numbers, worlds: Worlds | None = None) -> float:
    """Kendall's tau between the orders of two replicates, mean over all pairs.

    With `worlds`, between those of two worlds, each with the mean months of its replicates. Rows
    that never move, or not in all of them, share the last place. nan if there are fewer than two
    replicates, or none in which rows move at different times.
    """
    months = months if worlds is None else by_world(months, worlds)
    last = np.where(np.isfinite(months), months, _NEVER)
    signs = np.sign(last[:, :, None] - last[:, None, :]).reshape(len(months), -1)
    lengths = np.sqrt((signs**2).sum(axis=1))
    ordered = signs[lengths > 0] / lengths[lengths > 0, None]
    count, total = len(ordered), ordered.sum(axis=0)
    return float((total @ total - count) / (count * (count - 1))) if count > 1 else float("nan")


def services_lead(rows: Numbers, start: Numbers) -> Numbers:
    """Share of a transition's months in which service rows are ahead of decision rows.

    Ahead is having risen further since the start, on average over the rows. The transition begins
    once the mean of all rows has risen by `STARTED_AFTER`. One value per replicate, nan without a
    transition.
    """
    return _leading(rows, start, SERVICE_ROWS, DECISION_ROWS)


def decisions_lead(rows: Numbers, start: Numbers) -> Numbers:
    """Share of a transition's months in which decision rows are ahead of service rows."""
    return _leading(rows, start, DECISION_ROWS, SERVICE_ROWS)


def _leading(
    rows: Numbers, start: Numbers, first: tuple[int, ...], second: tuple[int, ...]
) -> Numbers:
    risen = rows - start
    started = risen.mean(axis=2) > STARTED_AFTER
    lead = risen[:, :, list(first)].mean(axis=2) - risen[:, :, list(second)].mean(axis=2)
    ahead = lead > _AHEAD_BY
    count = started.sum(axis=1)
    return np.where(count > 0, (ahead & started).sum(axis=1) / np.maximum(count, 1), np.nan)


def _direction(moved: Numbers) -> str:
    if not len(moved):
        return "stays"
    return "up" if moved.mean() > 0 else "down"
