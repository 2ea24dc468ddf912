"""P2: where a government stands on the figure's rows sets its cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.paradigms import Figure
from sim.processes.state import Cells


def blend_cells(figure: Figure, profiles: NDArray[np.float64], cells: Cells) -> None:
    """Set every government's cells from its profile; `profiles` has shape (governments, rows)."""
    for name, values in figure.blend(profiles).items():
        getattr(cells, name)[:] = values
