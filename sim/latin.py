"""Latin hypercubes, column by column: each depends on its own name, and on no other column."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def latin_column(key: str, points: int) -> NDArray[np.float64]:
    """So many shares from 0 to 1, one in each equal part, in an order that `key` decides."""
    from scipy.stats import qmc

    cube = qmc.LatinHypercube(1, seed=generator(key))
    column: NDArray[np.float64] = cube.random(points)[:, 0]
    return column


def sobol_points(key: str, columns: int, points: int) -> NDArray[np.float64]:
    """The first points of a scrambled Sobol' sequence that `key` decides, each from 0 to 1."""
    from scipy.stats import qmc

    sequence = qmc.Sobol(columns, seed=generator(key))
    found: NDArray[np.float64] = sequence.random_base2((points - 1).bit_length())[:points]
    return found


def generator(key: str) -> np.random.Generator:
    """Random numbers that `key` decides, for what is no part of the model."""
    import numpy as np

    return np.random.default_rng(_seed(key, 16))


def legacy_state(key: str) -> tuple[Any, ...]:
    """The state of a Mersenne twister that `key` decides, for libraries that know no other."""
    import numpy as np

    return tuple(np.random.RandomState(_seed(key, 4)).get_state(legacy=True))


def _seed(key: str, size: int) -> int:
    """A whole number of so many bytes."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:size], "big")
