"""How far each row of the figure moves each outcome, measured once and shipped.

`rows.csv` has each row alone, moved from Gov2.0 to Gov1.0 and to Gov3.0, as paired differences.
`python -m sim.explain.rows` measures it again after the model changed.
"""

from __future__ import annotations

import csv
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("rows.csv")
_CITIZENS = 4_000
_REPLICATES = 8
_FROM = "gov2"
EQUITY = (
    "inclusion", "service_concentration", "fit_concentration", "voice_concentration",
    "participation_gap", "spatial_gini", "problems_solved_concentration",
)  # fmt: skip
"""Who gains: outcomes by status and by place."""


class Moved(NamedTuple):
    """A row moved alone: the mean paired difference of an outcome, and its 95 % confidence."""

    outcome: str
    mean: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


def moved_by_row(row: str, to: str) -> list[Moved]:
    """What a row moves that goes from Gov2.0 to another paradigm, all else as under Gov2.0."""
    return _table().get((row, to), [])


@cache
def _table() -> dict[tuple[str, str], list[Moved]]:
    found: dict[tuple[str, str], list[Moved]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            numbers = (float(line[name]) for name in ("mean", "conf_low", "conf_high"))
            moved = Moved(line["outcome"], *numbers)
            found.setdefault((line["row"], line["to"]), []).append(moved)
    return found


def _measure(processes: int) -> None:
    """Write the table: each row alone, from Gov2.0, luck alone, at the end of twenty years."""
    import pandas as pd

    from sim.outcomes import OUTCOMES
    from sim.paradigms import FIGURE
    from sim.questions.comparison.compare import compare
    from sim.runs.csv_files import write_csv
    from sim.scenario import Scenario

    told = [*dict.fromkeys((*(o.name for o in OUTCOMES), *EQUITY))]
    base = Scenario.load(_FROM, sets=[f"society.citizens={_CITIZENS}"])
    tables = []
    for row in FIGURE.row_ids:
        ends = [p for p in FIGURE.paradigm_ids if p != _FROM]
        others = [base.but(name=p, governance={row: p}, central={row: p}) for p in ends]
        found = compare(
            base, *others, replicates=_REPLICATES, luck_only=True, jobs=processes, progress=False
        ).table()
        found = found[found["outcome"].isin(told)].assign(row=row)
        columns = ["row", "scenario", "outcome", "mean", "conf_low", "conf_high"]
        tables.append(found[columns].rename(columns={"scenario": "to"}))
    write_csv(pd.concat(tables).round(4), _FILE)


if __name__ == "__main__":
    _measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
