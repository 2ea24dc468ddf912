"""A fast stand-in for the model: what each country's figures are at any point, and how far off.

Four small neural networks give log-odds of use and forms from the parameters and the country. Each
learns from three quarters of the points and is tested on the others; their mean is taken.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sim.questions.analysis import quietly

Numbers = NDArray[np.float64]
Layers = tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
_FOLDS, _HIDDEN, _EPOCHS = 4, (64, 64), 160
_EDGE = 0.5
_STRETCH = 1.7
"""Shares of ranges go to the network from -1.7 to 1.7, with variance one."""


_NODES = 0.5 - 0.5 * np.cos(np.pi * (np.arange(9) + 0.5) / 9)
"""Chebyshev's places between 0 and 1."""


@dataclass(frozen=True)
class Emulator:
    """Percentages by country and entry at points in shares of the declared ranges.

    `error` is the root mean square of what it is off, in points, by country and entry, on points
    that a network had not seen; luck is part of it.
    """

    networks: tuple[Layers, ...]
    level: NDArray[np.float32]
    scale: NDArray[np.float32]
    error: Numbers

    @classmethod
    def of(cls, points: Numbers, values: Numbers, seed: int) -> Self:
        """From points (countries, points, parameters), the country's own first, and their values.

        `values` are percentages, shape (countries, points, entries).
        """
        odds = log_odds(values)
        level, scale = odds.mean(axis=1), odds.std(axis=(0, 1))
        fold = np.arange(points.shape[1]) % _FOLDS
        networks, squares = [], np.zeros(level.shape)
        for out in range(_FOLDS):
            seen = fold != out
            targets = (odds[:, seen] - level[:, None]) / scale
            network = _learned(points[:, seen], targets, seed + out)
            alone = cls((network,), level.astype(np.float32), scale.astype(np.float32), level)
            off = alone.at(points[:, ~seen]) - values[:, ~seen]
            squares += (off**2).sum(axis=1)
            networks.append(network)
        error = np.sqrt(squares / points.shape[1])
        return cls(tuple(networks), level.astype(np.float32), scale.astype(np.float32), error)

    @property
    def size(self) -> int:
        """How many parameters a point has."""
        return len(self.networks[0][0][0]) - len(self.level)

    @property
    def digest(self) -> str:
        """A hash of all weights."""
        digest = hashlib.sha256()
        for weights, bias in (layer for network in self.networks for layer in network):
            digest.update(weights.tobytes() + bias.tobytes())
        return digest.hexdigest()

    def single(self) -> Self:
        """The first network alone, a quarter of the work."""
        return type(self)(self.networks[:1], self.level, self.scale, self.error)

    def at(self, points: Numbers) -> Numbers:
        """Percentages at points of shape (countries, points, parameters)."""
        inputs = _inputs(points).reshape(*points.shape[:2], -1)
        total = sum(_after(inputs @ n[0][0] + n[0][1], n) for n in self.networks)
        return self._percentages(np.asarray(total), self.level[:, None])

    def on_grid(self, shared: Numbers, own: Numbers) -> Numbers:
        """Percentages by point, country, place of the country's own parameter, and entry.

        Networks are asked at nine places of it; between them log-odds are a polynomial.
        """
        between = _between(own)
        odds = self._odds_at_nodes(_stretched(shared))
        return self._percentages(between @ odds, self.level[None, :, None])

    def _odds_at_nodes(self, others: NDArray[np.float32]) -> Any:
        total: Any = 0.0
        nodes, size = _stretched(_NODES)[:, None], self.size
        for network in self.networks:
            weights, bias = network[0]
            begun = (
                (others @ weights[1:size])[:, None, None, :]
                + (weights[size:] + bias)[None, :, None, :]
                + (nodes * weights[0])[None, None, :, :]
            )
            total = total + _after(begun, network)
        return total

    def _percentages(self, total: Any, level: NDArray[np.float32]) -> Numbers:
        odds = total / np.float32(len(self.networks)) * self.scale + level
        found: Numbers = percentages(odds).astype(np.float64)
        return found


def _between(own: Numbers) -> NDArray[np.float32]:
    """From values at the nodes to those at other places, by the polynomial through them."""
    from scipy.interpolate import BarycentricInterpolator

    found = BarycentricInterpolator(_NODES, np.eye(len(_NODES)))(own)
    return np.asarray(found, dtype=np.float32)


def _learned(points: Numbers, targets: Numbers, seed: int) -> Layers:
    from sklearn.neural_network import MLPRegressor
    from threadpoolctl import threadpool_limits

    network = MLPRegressor(
        hidden_layer_sizes=_HIDDEN, activation="tanh", alpha=0.01, batch_size=128,
        learning_rate_init=0.003, max_iter=_EPOCHS, random_state=seed,
    )  # fmt: skip
    with quietly(), threadpool_limits(1):
        network.fit(_inputs(points), targets.reshape(-1, targets.shape[2]))
    layers = zip(network.coefs_, network.intercepts_, strict=True)
    return tuple((w.astype(np.float32), b.astype(np.float32)) for w, b in layers)


def _inputs(points: Numbers) -> NDArray[np.float32]:
    """A row for each country and point: parameters, and which country it is."""
    countries, count, size = points.shape
    which = np.repeat(np.eye(countries, dtype=np.float32), count, axis=0)
    return np.concatenate([_stretched(points).reshape(-1, size), which], axis=1)


def _stretched(shares: Numbers) -> NDArray[np.float32]:
    return ((2.0 * shares - 1.0) * _STRETCH).astype(np.float32)


def _after(begun: NDArray[np.float32], network: Layers) -> NDArray[np.float32]:
    """What a network gives from the sums of its first layer on."""
    signal = np.tanh(begun)
    for weights, bias in network[1:-1]:
        signal = np.tanh(signal @ weights + bias)
    weights, bias = network[-1]
    found: NDArray[np.float32] = signal @ weights + bias
    return found


def log_odds(values: Numbers) -> Numbers:
    """Log-odds of percentages, kept off both ends."""
    found: Numbers = np.log((values + _EDGE) / (100.0 + _EDGE - values))
    return found


def percentages(odds: Any) -> Any:
    """The inverse of `log_odds`."""
    return (100.0 + 2 * _EDGE) / (1.0 + np.exp(-odds)) - _EDGE
