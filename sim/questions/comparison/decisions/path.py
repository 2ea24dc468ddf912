"""The path, not the end alone: outcomes at some years, over all, in the worst (`path.csv`).

A year's reading is that of its last month: flows are of the twelve months up to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sim.drawing.words import listed
from sim.frames import numbers, table, words
from sim.outcome_words import difference_unit, unit_of
from sim.outcomes import DIRECTIONS, OUTCOMES
from sim.questions.comparison.decisions.panels import Numbers, Panel, paired, panel, told, worded
from sim.questions.comparison.study import Runs
from sim.questions.how_sure import LIKELY

YEARS = (1, 3, 5, 10, 15, 20)
WORST, ALL = "worst", "all"
PATH = (
    words("scenario", "outcome", "year")
    | numbers("mean", "low", "high", "difference", "difference_low", "difference_high")
    | numbers("share_better", "worst_year")
    | words("unit")
)
"""Columns of `path.csv`; `worst_year` is the median over worlds, of the rows of the worst year."""
OF_PATH = [*(outcome.name for outcome in OUTCOMES), "participation_breadth", "citizen_hours"]
_TOLD = ("needs_met", "participation_breadth", "trust")


def readings(runs: Runs, scenario: str) -> Panel:
    """Outcomes by year, shape (worlds, years, outcomes), as far as all scenarios go."""
    rows = runs.timeseries
    ends = rows[(rows["month"] % 12 == 0) & (rows["month"] <= runs.study.months)]
    return panel(ends, OF_PATH, runs.study, scenario)


def worst_years(values: Numbers, outcome: str) -> Numbers:
    """The worst year of each world, from 1; `values` have shape (worlds, years)."""
    at = values.argmax(axis=1) if DIRECTIONS[outcome] == "lower" else values.argmin(axis=1)
    years: Numbers = at + 1.0
    return years


def _worst(values: Numbers, outcome: str) -> Numbers:
    worst: Numbers = values.max(axis=1) if DIRECTIONS[outcome] == "lower" else values.min(axis=1)
    return worst


def path_table(runs: Runs) -> pd.DataFrame:
    """The rows of `path.csv`."""
    return table(PATH, _rows(runs))


def _rows(runs: Runs) -> Iterator[tuple[Any, ...]]:
    study = runs.study
    paths = {name: readings(runs, name) for name in study.scenarios}
    base = paths.get(study.baseline or "")
    for name, path in paths.items():
        if not len(path.numbers):
            continue
        for place, outcome in enumerate(OF_PATH):
            own = _at_years(path, place, outcome)
            against = None if base is None or name == study.baseline else base
            differences = (
                None if against is None else told(
                    paired(_at_years(against, place, outcome), own, outcome), outcome
                )
            )  # fmt: skip
            low, high = own.ends
            worst = float(np.median(worst_years(path.values[:, :, place], outcome)))
            for row, year in enumerate(_labels(path.values.shape[1])):
                between = (np.nan,) * 4 if differences is None else (d[row] for d in differences)
                yield (
                    name, outcome, year, own.mean[row], low[row], high[row], *between,
                    worst if year == WORST else np.nan, unit_of(outcome),
                )  # fmt: skip


def _labels(years: int) -> list[str]:
    return [*(str(year) for year in YEARS if year <= years), ALL, WORST]


def _at_years(path: Panel, place: int, outcome: str) -> Panel:
    """Readings at the years that are told, their mean over all years, and that of the worst."""
    own = path.values[:, :, place]
    at = [year - 1 for year in YEARS if year <= own.shape[1]]
    over = np.column_stack([own[:, at], own.mean(axis=1), _worst(own, outcome)])
    return Panel(path.numbers, over)


def path_lines(runs: Runs) -> list[str]:
    """Sentences on the way of each scenario against the baseline, over the whole path."""
    study = runs.study
    if study.baseline is None or study.months < 24:
        return []
    base = readings(runs, study.baseline)
    lines = []
    for name in study.others:
        path = readings(runs, name)
        if len(np.intersect1d(base.numbers, path.numbers)):
            lines += [_sentence(runs, name, outcome, base, path) for outcome in _TOLD]
    return [f"The way there, against {study.baseline} (all in path.csv):", *lines] if lines else []


def _sentence(runs: Runs, name: str, outcome: str, base: Panel, path: Panel) -> str:
    place = OF_PATH.index(outcome)
    one, two = (Panel(p.numbers, p.values[:, :, place]) for p in (base, path))
    yearly = paired(one, two, outcome)
    overall = yearly.mean(axis=1)
    better, worse = int((overall > 0).sum()), int((overall < 0).sum())
    what = worded(outcome)
    if not yearly.any():
        return f"  {name}: {what} is the same in every year."
    units = "worlds" if runs.study.per_world else "replicates"
    worst = float(_worst(two.values, outcome).mean()), float(_worst(one.values, outcome).mean())
    when = float(np.median(worst_years(two.values, outcome)))
    way, count = ("higher", better) if better >= worse else ("lower", worse)
    return (
        f"  {name}: {what} over all years {overall.mean():+.1f} {difference_unit(outcome)} "
        f"({way} in {count} of {len(overall)} {units}){_years(yearly)}; worst year {worst[0]:.1f} "
        f"(year {when:.0f}) against {worst[1]:.1f}."
    )


def _years(yearly: Numbers) -> str:
    """In which years it is higher and lower in most worlds, in ranges."""
    said = []
    for word, share in (
        ("lower", (yearly < 0).mean(axis=0)),
        ("higher", (yearly > 0).mean(axis=0)),
    ):
        years = np.flatnonzero(share >= LIKELY) + 1
        if len(years) == yearly.shape[1]:
            return f", {word} in every year"
        if len(years):
            said.append(f"{word} in {_ranges(years.tolist())}")
    return f", {listed(said)}" if said else ", open in every year"


def _ranges(years: list[int]) -> str:
    """`year 1`, `years 1 to 3 and 7`."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    told = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return f"{'year' if len(years) == 1 else 'years'} {listed(told)}"
