"""History matching: points all over the ranges first, then where the data do not rule out.

A point is implausible where, whatever the country's own inclination, its figures lie further from
the observed ones than noise, what the emulator does not know and what a model may miss can explain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.latin import sobol_points
from sim.questions.fit.asked import FITTED, Question
from sim.questions.fit.emulator import Emulator
from sim.questions.fit.likelihood import grid
from sim.questions.fit.target import Target

Numbers = NDArray[np.float64]
Simulate = Callable[[Numbers, int], Numbers]
"""From points in shares of the ranges, by country, and the number of the first luck, to entries."""
CUT = 3.0
"""Standard errors beyond which a figure is implausible (three sigma: Pukelsheim 1994)."""
TOLERATED = 5.0
"""What the model may miss, in points, until it is estimated."""
_CANDIDATES, _AT_ONCE = 1 << 14, 256
_MOST_FAR = 1
"""Entries of a country, and countries, that may be further away."""


@dataclass(frozen=True)
class Wave:
    """What a wave tried and what it left: the share of candidates that is not ruled out."""

    number: int
    points: int
    error: tuple[float, float]
    """Root mean square of what the emulator is off, in points, by indicator."""
    left: float


@dataclass(frozen=True)
class Matched:
    """The emulator after the last wave, all points with their values, and what each wave left."""

    emulator: Emulator
    points: Numbers
    values: Numbers
    waves: tuple[Wave, ...]


def match(question: Question, target: Target, simulate: Simulate) -> Matched:
    """Waves of points, each where the emulator of the one before rules nothing out."""
    countries, count, size = len(question.countries), question.points, len(FITTED)
    points = _everywhere(question, size)
    told: list[Wave] = []
    found: Matched | None = None
    for number in range(question.waves):
        values = simulate(points, number * countries * count)
        if found is not None:
            near = _nearer(found, target)
            points = np.concatenate([points, near[0]], axis=1)
            values = np.concatenate([values, near[1]], axis=1)
        emulator = Emulator.of(points, values, question.seed)
        kept, left = _plausible(question, target, emulator, number)
        told.append(Wave(number + 1, count, _errors(emulator, target), left))
        found = Matched(emulator, points, values, tuple(told))
        points = kept
    assert found is not None
    return found


def implausibility(emulator: Emulator, target: Target, shared: Numbers) -> Numbers:
    """Standard errors by point, country and the country's own place on the grid."""
    noise = np.sqrt(np.nan_to_num(target.noise) ** 2 + emulator.error**2 + TOLERATED**2)
    found = [
        np.nan_to_num(np.abs(emulator.on_grid(part, grid()) - target.values[:, None])
                      / noise[:, None])
        for part in np.array_split(shared, max(1, len(shared) // _AT_ONCE))
    ]  # fmt: skip
    far: Numbers = np.sort(np.concatenate(found), axis=3)[..., -1 - _MOST_FAR]
    return far


def _everywhere(question: Question, size: int) -> Numbers:
    countries, count = len(question.countries), question.points
    drawn = sobol_points(f"{question.seed} fit", size, countries * count)
    return drawn.reshape(count, countries, size).transpose(1, 0, 2)


def _nearer(found: Matched, target: Target) -> tuple[Numbers, Numbers]:
    """Earlier points nearest to what was observed, as many as there are of a wave, by country."""
    off = np.nan_to_num(found.values - target.values[:, None]) ** 2
    count = found.waves[-1].points // 2
    order = np.argsort(off.sum(axis=2), axis=1, kind="stable")[:, :count, None]
    return (np.take_along_axis(found.points, order, axis=1),
            np.take_along_axis(found.values, order, axis=1))  # fmt: skip


def _plausible(
    question: Question, target: Target, emulator: Emulator, number: int
) -> tuple[Numbers, float]:
    """Points of the next wave by country, and the share of candidates that is not ruled out."""
    countries, count = len(question.countries), question.points
    drawn = sobol_points(f"{question.seed} fit {number}", len(FITTED) + 1, _CANDIDATES)
    far = implausibility(emulator, target, drawn[:, : len(FITTED) - 1])
    nearest = np.sort(far.min(axis=2), axis=1)[:, -1 - min(_MOST_FAR, countries - 1)]
    left = float((nearest < CUT).mean())
    order = np.argsort(nearest, kind="stable")
    within = order[: max(count, int(left * len(order)))]
    chosen = within[np.arange(countries * count) % len(within)].reshape(count, countries)
    shared = drawn[chosen, : len(FITTED) - 1]
    here = np.arange(countries)[None, :]
    own = _own_places(far[chosen, here], drawn[chosen, -2:])
    return np.concatenate([own[..., None], shared], axis=2).transpose(1, 0, 2), left


def _own_places(far: Numbers, luck: Numbers) -> Numbers:
    """A place of the country's own parameter that is not ruled out, or the least implausible.

    `far` has the places last; `luck` the two shares that choose.
    """
    allowed = far <= np.maximum(far.min(axis=-1, keepdims=True), CUT)
    which = np.floor(luck[..., 0] * allowed.sum(axis=-1)).astype(int)
    ranked = np.cumsum(allowed, axis=-1) - 1
    picked = np.argmax(allowed & (ranked == which[..., None]), axis=-1)
    found: Numbers = (picked + luck[..., 1]) / far.shape[-1]
    return found


def _errors(emulator: Emulator, target: Target) -> tuple[float, float]:
    squares = emulator.error**2
    use, forms = (squares[:, target.indicator == which] for which in (0, 1))
    return float(np.sqrt(use.mean())), float(np.sqrt(forms.mean())) if forms.size else 0.0
