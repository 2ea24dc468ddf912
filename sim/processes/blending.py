"""P2: where a government stands on the figure's rows sets its cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.paradigms import FIGURE, Figure
from sim.processes.state import Cells


def _refuse_unread_cells(figure: Figure) -> None:
    """Raises `ValueError` if the figure sets a cell that no rule can read."""
    for cell in figure.cells:
        if cell.name not in Cells._fields:
            raise ValueError(
                f"row {cell.row}: {cell.name}: add a column of that name to Cells in "
                "sim/processes/state.py, and a rule that reads it"
            )


_refuse_unread_cells(FIGURE)


def blend_cells(figure: Figure, profiles: NDArray[np.float64], cells: Cells) -> None:
    """Set every government's cells from its profile; `profiles` has shape (governments, rows)."""
    for name, values in figure.blend(profiles).items():
        getattr(cells, name)[:] = values
