"""What is seen abroad: the online-service and e-participation indices of those who lead.

The frontier is the mean of the five highest of nineteen countries (eighteen of the European Union,
and South Korea) at each edition of the United Nations' survey. These are the countries that the model
is set by; others are kept out, so that they can be foretold. Each edition is scaled by its own best
and worst, so that single falls between editions are those of the scale: the series is made to rise
throughout, by the nearest one that does (isotonic regression). Before the first survey it rises from
nothing in 1995, when governments had hardly a page; after the last it holds.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.paradigms import INDICES

_FILE: Final = Path(__file__).with_name("data") / "un_indices.csv"
_LEADING: Final = 5
_BEGIN: Final = 1995
"""Year in whose first month both indices are taken as 0."""


@cache
def observed() -> dict[int, NDArray[np.float64]]:
    """The indices as published by year, shape (countries, indices), countries by their codes."""
    found: dict[int, list[list[float]]] = {}
    with _FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(int(row["year"]), []).append([float(row[name]) for name in INDICES])
    return {year: np.array(values) for year, values in sorted(found.items())}


@cache
def leaders() -> tuple[tuple[int, tuple[float, ...]], ...]:
    """The frontier by year: the mean of the five highest, made to rise throughout."""
    years = list(observed())
    means = [np.sort(values, axis=0)[-_LEADING:].mean(axis=0) for values in observed().values()]
    columns = [rising_throughout([float(mean[k]) for mean in means]) for k in range(len(INDICES))]
    return tuple(zip(years, zip(*columns, strict=True), strict=True))


def rising_throughout(values: Sequence[float]) -> list[float]:
    """The nearest series by least squares that never falls (pooling adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (high, before), (low, after) = pools[-2:]
            both = before + after
            pools[-2:] = [((high * before + low * after) / both, both)]
    return [mean for mean, count in pools for _ in range(count)]


def path_abroad(months: int, start: tuple[int, int]) -> NDArray[np.float64]:
    """The indices in each month from the one before `start`, shape (months + 1, indices).

    Editions are taken as of mid-year; between them it is straight.
    """
    known = leaders()
    years = [float(_BEGIN), *(year + 0.5 for year, _ in known)]
    when = [12.0 * (year - start[0]) - (start[1] - 1) for year in years]
    at = np.arange(months + 1)
    levels = np.array([(0.0,) * len(INDICES), *(values for _, values in known)])
    return np.stack([np.interp(at, when, level) for level in levels.T], axis=1)
