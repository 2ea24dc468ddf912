"""What each row adds on the way from Gov1.0 to Gov3.0, measured once and shipped.

`shares.csv` has each row's share, `pairs.csv` pairs of rows that clearly do more together than each
does alone. `python -m sim.explain.shares` measures them again after the model changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).parent
_CITIZENS, _ORDERS, _PRECISION = 2_000, 120, 0.01


def _measure(processes: int) -> None:
    """Write both tables: the defaults held, rows moved one after another in orders by lot."""
    from sim.questions.attribution.analysis import attribute
    from sim.runs.csv_files import write_csv

    found = attribute(
        "gov1", "gov3", citizens=_CITIZENS, most_orders=_ORDERS, precision=_PRECISION,
        jobs=processes,
    )  # fmt: skip
    ends = ["conf_low", "conf_high"]
    write_csv(found.shares[["outcome", "row", "share", *ends]].round(4), _HERE / "shares.csv")
    clear = found.interactions[found.interactions["clear"]]
    columns = ["outcome", "row", "other", "interaction", *ends]
    write_csv(clear[columns].round(4), _HERE / "pairs.csv")


if __name__ == "__main__":
    _measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
