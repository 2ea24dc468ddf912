"""The page of `fit`: what the data say of each parameter, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.evidence.posterior import COUNTRY_PARAMETER, DISCREPANCY, SPREAD
from sim.questions.evidence.series import measure_of
from sim.report.page.blocks import Block, Cell, Section, Table, Unfolded, Words, cells
from sim.report.page.numbers import per_cent
from sim.report.page.wording import in_words, lowered, named, reworded
from sim.runs.csv_files import read_csv
from sim.text import number, one_line

_TOLD = "fit.txt"
_TEXT = ("parameter", "said")
_SAY = {"much": "much", "something": "something", "nothing": "next to nothing"}
_CHECKS = (
    ("calibration.csv", "Known truths that were looked for again", {
        "truths": "Truths", "mean_rank": "Mean rank (0.5 is right)",
        "ks_p": "p of uniform ranks", "held_90": "Held by nine of ten draws",
    }),
    ("checked.csv", "Draws run on the model itself", {
        "mean": "Mean of the draws", "mean_checked": "Weighted by the model",
        "shift": "Shift, standard deviations", "sd_ratio": "Spread that is left",
    }),
    ("waves.csv", "How the ranges were narrowed", {
        "points": "Points run", "off_use": "Off in use, points",
        "off_forms": "Off in forms, points", "left": "Not ruled out",
    }),
)  # fmt: skip
_SHARES = ("held_90", "left")


def fit_sections(path: Path) -> Iterator[Section]:
    """Sentences and the table of parameters; then each check, folded."""
    said = [_plain(line) for line in _lines(path / _TOLD)]
    blocks: list[Block] = [Words(said, listed=True)] if said else []
    table = _read(path / "identifiability.csv")
    if table is not None:
        blocks.append(_parameters(table))
    yield Section("found", "What the data say", blocks)
    checks = [
        Unfolded(title, [_check(title, frame, heads)])
        for name, title, heads in _CHECKS
        if (frame := _read(path / name)) is not None
    ]
    if checks:
        yield Section(
            "checks", "How far it can be trusted", checks,
            lead="All draws are in posterior.csv, which plausible worlds can be made of.",
        )  # fmt: skip


def _lines(file: Path) -> list[str]:
    """The sentences that the terminal told; its table stands below them."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [one_line(line) for line in lines if line.endswith(".")]


def _plain(line: str) -> str:
    """A sentence with the words of every name."""
    for name in (SPREAD, f"{DISCREPANCY}egov_use_12m", f"{DISCREPANCY}egov_forms_12m"):
        line = line.replace(name, lowered(_named(name).text))
    return reworded(line, shown=False)


def _read(file: Path) -> pd.DataFrame | None:
    try:
        frame = read_csv(file, text=_TEXT)
    except (OSError, ValueError):
        return None
    return None if frame.empty else frame


def _parameters(table: pd.DataFrame) -> Table:
    rows = [
        [_named(str(row["parameter"])),
         *(Cell(text, kind="number") for text in (
             f"{_short(row['prior_low'])} to {_short(row['prior_high'])}", _short(row["mean"]),
             f"{_short(row['low'])} to {_short(row['high'])}")),
         Cell(_SAY.get(str(row["said"]), str(row["said"])),
              note=f"{per_cent(max(0.0, float(row['shrinkage'])))} narrower")]
        for row in table.to_dict("records")
    ]  # fmt: skip
    return Table(
        "Each parameter before and after the data",
        cells("Parameter", "Declared range", "Mean after", "Nine of ten draws", "The data say"),
        rows,
        note="Narrower: by how much the standard deviation of the draws is less than that of the "
        "declared range.",
    )


def _check(title: str, frame: pd.DataFrame, heads: Mapping[str, str]) -> Table:
    first = str(frame.columns[0])
    kept = [name for name in heads if name in frame]
    rows = [
        [_named(str(row[first])), *(_value(row[name], name) for name in kept)]
        for row in frame.to_dict("records")
    ]
    return Table(title, cells(first.capitalize(), *(heads[name] for name in kept)), rows)


def _value(value: Any, name: str) -> Cell:
    told = per_cent(float(value)) if name in _SHARES else _short(value)
    return Cell(told, kind="number")


def _named(name: str) -> Cell:
    if name == SPREAD:
        about = lowered(in_words(COUNTRY_PARAMETER))
        return Cell(f"How far countries differ in: {about}", hint=name)
    if name.startswith(DISCREPANCY):
        measure = measure_of(name.removeprefix(DISCREPANCY))
        what = measure.title.lower() if measure else name.removeprefix(DISCREPANCY)
        return Cell(f"What the model misses in {what}, points", hint=name)
    return named(one_line(name))


def _short(value: Any) -> str:
    return number(float(f"{float(value):.3g}"))
