"""How far each parameter moves each outcome over its range, measured once and shipped.

The table says what `explain` shows. `make influence` measures it again after the model changed.
"""

from __future__ import annotations

import csv
import sys
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("influence.csv")
_CITIZENS = 2_000
_REPLICATES = 2


def moved_by(name: str) -> list[tuple[str, float]]:
    """Outcomes that a parameter moves by at least .05 points, the most moved first."""
    moved = [(outcome, points) for outcome, points in _table().get(name, []) if points >= 0.05]
    return sorted(moved, key=lambda pair: -pair[1])


@cache
def _table() -> dict[str, list[tuple[str, float]]]:
    table: dict[str, list[tuple[str, float]]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table.setdefault(row["parameter"], []).append((row["outcome"], float(row["points"])))
    return table


def _measure(processes: int) -> None:
    """Write the table: |outcome at high - outcome at low|, a mean over scenarios.

    Parameters of reform are moved where governments reform themselves, others under gov1 to gov3.
    """
    import pandas as pd

    from sim.declared import PARAMETERS
    from sim.questions.assumptions.ledger import assumptions
    from sim.questions.comparison.study import plan_study
    from sim.runs.csv_files import write_csv
    from sim.runs.means import means_keeper
    from sim.runs.runner import Where
    from sim.scenario import Scenario

    reform = [name for name in PARAMETERS if name.startswith(("reform.", "frontier."))]
    asked = {
        ("gov1", "gov2", "gov3"): [name for name in PARAMETERS if name not in reform],
        ("endogenous", "endogenous_from_gov2", "squeeze_and_relief"): reform,
    }
    tables = []
    for scenarios, names in asked.items():
        study = plan_study([Scenario.load(name) for name in scenarios])
        with means_keeper(None, Where(processes)) as kept:
            tables.append(
                assumptions(
                    study, citizens=_CITIZENS, replicates=_REPLICATES, names=names, kept=kept
                )
            )
    ledger = pd.concat(tables)
    ledger["points"] = (ledger["at_high"] - ledger["at_low"]).abs()
    means = ledger.groupby(["parameter", "outcome"])["points"].mean().round(3)
    write_csv(means.reset_index(), _FILE)


if __name__ == "__main__":
    _measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
