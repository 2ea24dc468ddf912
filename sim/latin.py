"""Latin hypercubes, column by column: each depends on its own name, and on no other column."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

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
