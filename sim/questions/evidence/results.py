"""What evidence says, in sentences and in the results folder of its study."""

from __future__ import annotations

import math

import pandas as pd

from sim.questions.comparison.publish import More
from sim.questions.comparison.store import EVIDENCE
from sim.questions.comparison.study import Runs
from sim.questions.evidence.patterns import (
    DESIGNED,
    inside_of_designed,
    null_table,
    pattern_table,
)
from sim.runs.folder import Folder
from sim.text import number

_NAME = 24
_WIDTHS = (9, 14, 9, 9, 16, 8)
_OUTSIDE = ("miss", "not modelled")


def publish_evidence(
    found: list[pd.DataFrame], worlds: Runs | None = None, fitted: Runs | None = None
) -> More:
    """Adds `evidence/patterns.csv` and `evidence/nulls.csv`; both tables go to `found`.

    `worlds` are the same scenarios in plausible worlds, `fitted` those with one fitted set, if they
    were run.
    """

    def add(folder: Folder, runs: Runs) -> None:
        tables = {
            f"{EVIDENCE}/patterns.csv": pattern_table(runs, worlds, fitted),
            f"{EVIDENCE}/nulls.csv": null_table(runs),
        }
        found.extend(tables.values())
        folder.attach(tables, {})

    return add


def lines(table: pd.DataFrame, nulls: pd.DataFrame | None = None) -> list[str]:
    """The table of patterns for a terminal, and what it says."""
    over = "world_mean" in table and bool((table["world_verdict"] != "").any())
    with_fit = "fitted_mean" in table and bool((table["fitted_verdict"] != "").any())
    told = [_shown("pattern", "observed", "band", "model", "fitted", "90 % of worlds", "")]
    for row in table.to_dict("records"):
        told += ["", _line({str(key): value for key, value in row.items()})]
        told.append(f"  {_numbered(row['number'])}{row['what']}, {row['unit']} ({row['source']})")
        if row["note"] and row["verdict"] in _OUTSIDE:
            told.append(f"  {row['note']}")
    told += ["", *_counted(table, "verdict", "At the declared parameters")]
    if with_fit:
        told += _counted(table, "fitted_verdict", "With one fitted set")
    if over:
        told += _counted(table, "world_verdict", "Over worlds")
    missed = ", ".join(table.loc[table["verdict"].isin(_OUTSIDE), "pattern"])
    if missed:
        told.append(f"Missed: {missed}.")
    for row in nulls.to_dict("records") if nulls is not None else ():
        told.append(
            f"Null: {row['null']}: {number(row['inside_shuffled'])} of {row['readings']} readings "
            f"inside, {number(row['inside'])} as labelled."
        )
    told.append("All of it is calibration data: nothing of it was kept back from who built this.")
    return told


def _counted(table: pd.DataFrame, column: str, where: str) -> list[str]:
    passed = int((table[column] == "pass").sum())
    inside = inside_of_designed(table, column)
    return [
        f"{where} {len(inside)} of the {DESIGNED} designed patterns have all their readings "
        f"inside, and {passed} of {len(table)} readings are (means are held against bands)."
    ]


def _numbered(designed: object) -> str:
    return f"{designed}. " if designed else ""


def _line(row: dict[str, object]) -> str:
    values = [float(str(value)) for key, value in row.items() if key.startswith("replicate_")]
    band = f"{_short(row['low'])} to {_short(row['high'])}"
    mean = sum(values) / len(values) if values else math.nan
    low, high = row.get("world_low", math.nan), row.get("world_high", math.nan)
    fitted = row.get("fitted_mean", math.nan)
    worlds = "-" if math.isnan(float(str(low))) else f"{_short(low)} to {_short(high)}"
    return _shown(
        str(row["pattern"]), _short(row["observed"]), band, _short(mean), _short(fitted), worlds,
        str(row["verdict"]),
    )  # fmt: skip


def _shown(name: str, *cells: str) -> str:
    shown = (cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return (name.ljust(_NAME) + " ".join(shown)).rstrip()


def _short(value: object) -> str:
    given = float(str(value))
    return "-" if math.isnan(given) else number(float(f"{given:.3g}"))
