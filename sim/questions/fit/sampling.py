"""Draws of the posterior, by an ensemble of walkers that moves on the emulator (emcee)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.latin import legacy_state, sobol_points
from sim.questions.analysis import quietly

Numbers = NDArray[np.float64]
WALKERS, STEPS = 96, 4000
_FIRST = 4096


@dataclass(frozen=True)
class Sampled:
    """Draws in shares of the prior's ranges, and how independent and how well mixed they are."""

    points: Numbers
    effective: float
    """Independent draws that the chains are worth, by the slowest coordinate."""
    accepted: float


def sample(
    likelihood: Callable[[Numbers], Numbers],
    size: int,
    key: str,
    *,
    draws: int,
    steps: int = STEPS,
    walkers: int = WALKERS,
) -> Sampled:
    """Draws of the posterior under a uniform prior on the unit cube of `size` dimensions.

    Half of the steps are for finding the way; `draws` are taken evenly from the others.
    """
    import emcee

    def density(points: Numbers) -> Numbers:
        inside = ((points > 0.0) & (points < 1.0)).all(axis=1)
        found = np.full(len(points), -np.inf)
        if inside.any():
            found[inside] = likelihood(points[inside])
        return found

    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    sampler = emcee.EnsembleSampler(walkers, size, density, moves=moves, vectorize=True)
    start = _start(density, size, key, walkers)
    sampler.random_state = legacy_state(key)
    begun = emcee.State(start, random_state=legacy_state(key))
    with quietly():
        sampler.run_mcmc(begun, steps, skip_initial_state_check=True)
        chain = sampler.get_chain(discard=steps // 2)
        time = emcee.autocorr.integrated_time(chain, tol=0, quiet=True)
    flat = chain.reshape(-1, size)
    rows = np.linspace(0, len(flat) - 1, draws).astype(int)
    worth = float(len(flat) / max(1.0, float(np.max(time))))
    return Sampled(flat[rows], worth, float(np.mean(sampler.acceptance_fraction)))


def _start(density: Callable[[Numbers], Numbers], size: int, key: str, walkers: int) -> Numbers:
    """Where walkers begin: the likeliest of many points, each somewhat apart."""
    tried = np.clip(sobol_points(f"{key} start", size, _FIRST), 1e-6, 1.0 - 1e-6)
    order = np.argsort(-density(tried), kind="stable")
    return tried[order[:walkers]]
