"""What is in the frames: unit, direction and meaning of every outcome and component."""

from __future__ import annotations

import pandas as pd

from sim.frames import table, words
from sim.outcomes import KNOWN

UNITS = words("column", "unit", "better", "meaning")


def units_table() -> pd.DataFrame:
    """A row per column of `timeseries`, `summary` and sweeps: `UNITS`.

    `better` is `higher`, `lower` or `none`. Keys (`month`, counted from 1; `replicate`, from 0) and
    positions on the figure (`profile_...`, 0 to 2) are the other columns.
    """
    rows = [(o.name, o.unit, o.direction, o.meaning) for o in KNOWN.values()]
    return table(UNITS, rows)
