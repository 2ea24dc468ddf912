"""Latin hypercubes, column by column: each depends on its own name, and on no other column."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def latin_column(key: str, points: int) -> NDArray[np.float64]:
    """So many shares from 0 to 1, one in each equal part, in an order that `key` decides."""
    import numpy as np
    from scipy.stats import qmc

    digest = hashlib.sha256(key.encode()).digest()
    luck = np.random.default_rng(int.from_bytes(digest[:16], "big"))
    column: NDArray[np.float64] = qmc.LatinHypercube(1, seed=luck).random(points)[:, 0]
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

    digest = hashlib.sha256(key.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def legacy_state(key: str) -> tuple[Any, ...]:
    """The state of a Mersenne twister that `key` decides, for libraries that know no other."""
    import numpy as np

    digest = hashlib.sha256(key.encode()).digest()
    state = np.random.RandomState(int.from_bytes(digest[:4], "big")).get_state(legacy=True)
    return tuple(state)
