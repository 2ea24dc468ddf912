"""The posterior held against the model itself: importance weights without an emulator.

Draws of the posterior, with each country's own inclination, are run. Each is weighted by how much
likelier the observed figures are under what the model gives than under what the emulator gave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import frames
from sim.latin import generator
from sim.questions.fit.asked import FITTED
from sim.questions.fit.likelihood import Likelihood, grid
from sim.questions.fit.posterior import COLUMNS, posterior_table
from sim.questions.fit.sampling import Sampled

Numbers = NDArray[np.float64]
CHECKED = 60
TABLE = frames.words("parameter") | frames.numbers("mean", "mean_checked", "shift", "sd_ratio")
"""Columns of `checked.csv`: posterior mean, the mean under weights, their difference in posterior
standard deviations, and the ratio of standard deviations."""


@dataclass(frozen=True)
class Checked:
    """The table, how many draws the weights are worth, and what the emulator is off here."""

    table: pd.DataFrame
    worth: float
    off: tuple[float, float]
    """Root mean square of model minus emulator in points, of use and of forms."""


def check(
    likelihood: Likelihood,
    sampled: Sampled,
    simulate: Callable[[Numbers, int], Numbers],
    luck: int,
    key: str,
    draws: int = CHECKED,
) -> Checked:
    """Run draws of the posterior and weigh them by the likelihood of the model itself."""
    rows = np.linspace(0, len(sampled.points) - 1, draws).astype(int)
    points = sampled.points[rows]
    places = _places(likelihood, points, key)
    run = _by_country(points, places)
    figures = simulate(run, luck)
    emulated = likelihood.emulator.at(run)
    given, emulator = (
        likelihood.of_figures(points, f.transpose(1, 0, 2)[:, :, None, :])[:, :, 0].sum(axis=1)
        for f in (figures, emulated)
    )
    weights = np.exp(given - emulator - (given - emulator).max())
    weights /= weights.sum()
    off = (figures - emulated) ** 2
    parts = [off[..., likelihood.target.indicator == which] for which in (0, 1)]
    errors = [float(np.sqrt(part.mean())) if part.size else 0.0 for part in parts]
    table = _table(sampled, rows, weights)
    return Checked(table, float(1.0 / (weights**2).sum()), (errors[0], errors[1]))


def drawn_points(likelihood: Likelihood, sampled: Sampled, key: str, count: int) -> Numbers:
    """Points of draws with a place of each country, shape (countries, points, parameters)."""
    points = sampled.points[np.linspace(0, len(sampled.points) - 1, count).astype(int)]
    return _by_country(points, _places(likelihood, points, key))


def _places(likelihood: Likelihood, points: Numbers, key: str) -> NDArray[np.int64]:
    """A place of each country on the grid at each point, drawn from what the data say of it."""
    logs = likelihood.places(points)
    shares = np.exp(logs - logs.max(axis=2, keepdims=True)).cumsum(axis=2)
    luck = generator(f"{key} checked").uniform(size=shares.shape[:2])
    found: NDArray[np.int64] = (shares < luck[..., None] * shares[..., -1:]).sum(axis=2)
    return found


def _by_country(points: Numbers, places: NDArray[np.int64]) -> Numbers:
    own = grid()[places].T[..., None]
    shared = np.repeat(points[None, :, 1 : len(FITTED)], len(own), axis=0)
    return np.concatenate([own, shared], axis=2)


def _table(sampled: Sampled, rows: NDArray[np.int64], weights: Numbers) -> pd.DataFrame:
    every = posterior_table(sampled)
    told = []
    for name in COLUMNS:
        values = every[name].to_numpy()
        own = values[rows]
        mean, sd = float(values.mean()), float(values.std(ddof=1))
        weighted = float((weights * own).sum())
        spread = float(np.sqrt((weights * (own - weighted) ** 2).sum()))
        told.append((name, mean, weighted, (weighted - mean) / sd, spread / sd))
    return frames.table(TABLE, told)
