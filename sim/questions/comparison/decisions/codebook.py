"""What every column of every CSV of a results folder means (`codebook.csv`).

It is made of the declarations that the columns come from, as far as there are some.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from sim.declared import PARAMETERS
from sim.frames import table, words
from sim.networks.declared import MEASURES as OF_NETWORKS
from sim.outcomes import KNOWN
from sim.paradigms import FIGURE
from sim.questions.comparison.decisions.decision import HEADLINES, MEASURES
from sim.questions.comparison.decisions.meanings import GENERAL, OF_FILES
from sim.questions.comparison.decisions.other_meanings import BY_START
from sim.runs.csv_files import unsafe
from sim.worlds.anchors import anchors

CODEBOOK = words("file", "column", "unit", "direction", "meaning")
"""Columns of `codebook.csv`."""
_OWN = ("", "", "outcome of a model class of one's own")
_NETWORKS = {measure.name: (measure.unit, "", measure.meaning) for measure in OF_NETWORKS}
_COSTS = {
    "cost_one_off": (
        "projects, which also renew what grows old and so come back, and changes of the profile; "
        "of all years"
    ),
    "cost_per_year": "all other spending, mean of a year",
    "cost_cumulative": "all spending of all years",
}
_ENDS = {
    "_low": "lower end of the central 90 % of worlds (of replicates under luck alone)",
    "_high": "upper end of the central 90 % of worlds (of replicates under luck alone)",
    "_difference": "mean paired difference to the baseline",
    "_difference_low": "lower end of the central 90 % of paired differences",
    "_difference_high": "upper end of the central 90 % of paired differences",
    "_share_better": "share of worlds (of replicates) that are better than under the baseline",
    "_share_worse": "share of worlds (of replicates) that are worse; the rest are level",
}


def codebook(folder: Path, files: Iterable[str]) -> pd.DataFrame:
    """A row per column of some CSV files of a folder, and of the codebook itself."""
    return table(CODEBOOK, list(_rows(folder, sorted({*files} - {"codebook.csv"}))))


def _rows(folder: Path, files: Iterable[str]) -> Iterator[tuple[str, str, str, str, str]]:
    for file in files:
        for column in _header(folder / file):
            yield (file, column, *meaning(file, column))
    for column in CODEBOOK:
        yield ("codebook.csv", column, *meaning("codebook.csv", column))


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [unsafe(name) for name in next(csv.reader(stream), [])]


def meaning(file: str, column: str) -> tuple[str, str, str]:
    """Unit, direction and meaning of a column of a file."""
    said = OF_FILES.get(file, {}).get(column) or _of_other(file, column)
    if said is None and file == "decision.csv":
        said = _of_decision(column)
    if said is None and file == "networks.csv":
        said = _NETWORKS.get(column)
    if said is None and column in KNOWN:
        known = KNOWN[column]
        said = known.unit, known.direction, f"{known.meaning}: {known.formula}"
    return said or _of_factor(column) or _of_row(column) or GENERAL.get(column) or _OWN


def _of_other(file: str, column: str) -> tuple[str, str, str] | None:
    """A column of results that are no study."""
    own = (columns for start, columns in BY_START if file.startswith(start))
    said = next(own, {}).get(column)
    if said is None and file == "evidence/patterns.csv" and column.startswith("replicate_"):
        return "of the measure", "", f"simulated in replicate {column.rpartition('_')[2]}"
    return said


def _of_factor(column: str) -> tuple[str, str, str] | None:
    """A parameter, an anchor of the figure or a row as a factor: what it is, and its range."""
    if column in PARAMETERS:
        one = PARAMETERS[column]
        return one.unit, "", f"{one.meaning}; range {one.low:g} to {one.high:g}"
    if column in anchors():
        level = anchors()[column]
        under = " and ".join(level.together)
        ends = f"range {level.least:g} to {level.most:g}"
        return level.cell.unit, "", f"{level.cell.meaning}; under {under}; {ends}"
    block, _, row = column.rpartition(".")
    if block in ("governance", "central") and row in (*FIGURE.row_ids, "all"):
        return "0-2", "none", f"position on the figure ({row}), of {block}: 0 Gov1.0, 2 Gov3.0"
    return None


def _of_row(column: str) -> tuple[str, str, str] | None:
    """The position on a row of the figure."""
    row = column.removeprefix("profile_")
    if row == column or row not in FIGURE.row_ids:
        return None
    return "0-2", "none", f"position on the row {row} of the figure: 0 Gov1.0, 1 Gov2.0, 2 Gov3.0"


def _of_decision(column: str) -> tuple[str, str, str] | None:
    """A measure of an option, its ends, or its difference."""
    for measure in MEASURES:
        end = column.removeprefix(measure)
        if end == column or end not in ("", *_ENDS):
            continue
        known = KNOWN[HEADLINES.get(measure, "cost_per_citizen")]
        of_money = measure in _COSTS
        what = _COSTS[measure] if of_money else f"{known.meaning}, mean of the last 36 months"
        unit = "money per citizen" if of_money else known.unit
        if end.startswith("_share"):
            way = "higher" if end == "_share_better" else "lower"
            return "0-1", way, f"{_ENDS[end]}: {what}"
        if end.startswith("_difference"):
            unit = "percentage points" if unit == "%" else unit
        return unit, known.direction, f"{_ENDS[end]}: {what}" if end else what
    return None
