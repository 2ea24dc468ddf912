"""What evidence says, in sentences and in the results folder of its study."""

from __future__ import annotations

import math

import pandas as pd

from sim.questions.comparison.publish import More
from sim.questions.comparison.store import EVIDENCE
from sim.questions.comparison.study import Runs
from sim.questions.evidence.patterns import pattern_table
from sim.runs.folder import Folder, verify
from sim.text import number

_NAME = 24
_WIDTHS = (10, 16, 18, 8)


def publish_evidence(found: list[pd.DataFrame]) -> More:
    """Adds the table of patterns, `evidence/patterns.csv`; the table goes to `found`."""

    def add(folder: Folder, runs: Runs) -> None:
        table = pattern_table(runs)
        found.append(table)
        name = f"{EVIDENCE}/patterns.csv"
        if name in folder.manifest["files"] and not verify(folder.path):
            return
        folder.attach({name: table}, {})

    return add


def lines(table: pd.DataFrame) -> list[str]:
    """The table of patterns for a terminal, and what it says."""
    told = [_shown("pattern", "observed", "band", "model", "")]
    for row in table.to_dict("records"):
        told += ["", _line({str(key): value for key, value in row.items()})]
        told.append(f"  {row['what']}, {row['unit']} ({row['source']})")
    passed = int((table["verdict"] == "pass").sum())
    missed = ", ".join(table.loc[table["verdict"] == "miss", "pattern"])
    told += ["", f"{passed} of {len(table)} patterns lie inside their bands in every replicate."]
    if missed:
        told.append(f"Missed: {missed}.")
    told.append("All of it is calibration data: nothing of it was kept back from who built this.")
    return told


def _line(row: dict[str, object]) -> str:
    values = [float(str(value)) for key, value in row.items() if key.startswith("replicate_")]
    ends = dict.fromkeys(map(_short, (min(values), max(values))))
    band = f"{_short(row['low'])} to {_short(row['high'])}"
    return _shown(
        str(row["pattern"]), _short(row["observed"]), band, " to ".join(ends), str(row["verdict"])
    )


def _shown(name: str, *cells: str) -> str:
    shown = (cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return (name.ljust(_NAME) + "".join(shown)).rstrip()


def _short(value: object) -> str:
    given = float(str(value))
    return "-" if math.isnan(given) else number(float(f"{given:.3g}"))
