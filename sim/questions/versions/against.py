"""Outcome by outcome: stored results of a version against present ones, paired where they may be.

Replicates of one number and one seed meet the same luck in both versions, as far as both draw for
the same things, so their differences are taken in pairs; otherwise the two means are compared by
the confidence of each. Values of scenarios and differences to the baseline are told apart: a
version may move a level and leave every comparison as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sim.frames import numbers, table, whole, words
from sim.outcome_words import difference_unit
from sim.outcomes import KNOWN, OUTCOMES
from sim.questions.comparison.store import AGAINST
from sim.questions.comparison.study import Runs
from sim.questions.versions.stored import Stored, refuse_other
from sim.runs.version import model_version
from sim.statistics import (
    FEWEST,
    UNKNOWN,
    Numbers,
    difference_interval,
    noise_floor,
    student_factor,
    whole_worlds,
    without_noise,
)

__all__ = ["AGAINST", "COLUMNS", "Against", "against"]

COLUMNS = (
    words("scenario", "outcome", "of")
    | numbers("before", "now", "change", "change_low", "change_high", "margin")
    | words("verdict", "unit", "pairing")
    | whole("n")
    | words("version_before", "version_now")
)
"""`of`: `value` of a scenario, or `difference` to the baseline; `n` pairs, worlds or replicates."""
Verdict = Literal["same", "too small to matter", "changed", "open", "too few", "new", "gone"]


@dataclass(frozen=True)
class Against:
    """What a version changed: rows as in `against.csv`, and the stored results."""

    stored: Stored
    runs: Runs
    rows: pd.DataFrame
    paired: bool


def against(runs: Runs, stored: Stored) -> Against:
    """Present runs held against stored ones of the same scenarios.

    Raises `UserMistake` if the scenarios are other ones.
    """
    study = runs.study
    refuse_other(stored, study)
    paired = (study.seed, study.per_world) == (stored.seed, stored.per_world)
    rows = table(COLUMNS, _rows(runs, stored, paired))
    return Against(stored, runs, rows, paired)


def _rows(runs: Runs, stored: Stored, paired: bool) -> Iterator[tuple[object, ...]]:
    study = runs.study
    for name in study.scenarios:
        for outcome in _outcomes(runs, stored):
            yield _row(runs, stored, name, None, outcome, paired)
    if study.baseline is not None:
        for name in study.others:
            for outcome in _outcomes(runs, stored):
                yield _row(runs, stored, name, study.baseline, outcome, paired)


def _outcomes(runs: Runs, stored: Stored) -> list[str]:
    """Headline outcomes first, then what either version has beside."""
    keys = ("scenario", "replicate", "month")
    known = [outcome.name for outcome in OUTCOMES]
    rest = [n for n in (*stored.values.columns, *runs.values.columns) if n not in keys]
    here, there = set(runs.values.columns), set(stored.values.columns)
    return [name for name in dict.fromkeys((*known, *rest)) if name in here | there]


def _row(
    runs: Runs, stored: Stored, name: str, baseline: str | None, outcome: str, paired: bool
) -> tuple[object, ...]:
    month = runs.study.months
    now = _sample(runs.values, name, baseline, outcome, month)
    before = _sample(stored.values, name, baseline, outcome, month)
    margin = KNOWN[outcome].margin if outcome in KNOWN else 0.0
    change, low, high, n = _changed(before, now, outcome, paired, runs.study.per_world)
    verdict = _verdict(before, now, change, (low, high), margin, n)
    return (
        name, outcome, "value" if baseline is None else "difference",
        float(before.mean()), float(now.mean()), change, low, high, margin, verdict,
        difference_unit(outcome), "paired" if paired else "unpaired", n, stored.version,
        model_version(),
    )  # fmt: skip


def _sample(
    values: pd.DataFrame, name: str, baseline: str | None, outcome: str, month: int
) -> pd.Series[float]:
    """An outcome by replicate at a month, or its difference to a baseline; empty if not read."""
    if outcome not in values:
        return pd.Series(dtype=np.float64)
    found = _at(values, name, month)[outcome]
    if baseline is not None:
        other = _at(values, baseline, month)[outcome]
        found, other = found.align(other, join="inner")
        size = max(float(found.abs().max()), float(other.abs().max())) if len(found) else 0.0
        found = found - other
        found = found.mask(found.abs() <= noise_floor([size], outcome=outcome), 0.0)
    return found.dropna().astype(np.float64)


def _at(values: pd.DataFrame, name: str, month: int) -> pd.DataFrame:
    rows = values[(values["scenario"] == name) & (values["month"] == month)]
    return rows.set_index("replicate").sort_index()


def _changed(
    before: pd.Series[float], now: pd.Series[float], outcome: str, paired: bool, each: int
) -> tuple[float, float, float, int]:
    """Mean change with its 95 % confidence, and how many pairs or units it rests on."""
    if not len(before) or not len(now):
        return math.nan, *UNKNOWN, 0
    if not paired:
        return _unpaired(_units(before, each), _units(now, each), outcome)
    one, two = before.align(now, join="inner")
    if not len(one):
        return math.nan, *UNKNOWN, 0
    moved = pd.Series(without_noise(two - one, one, two, outcome=outcome), index=one.index)
    units = _units(moved, each)
    return *difference_interval(units, outcome), len(units)


def _units(sample: pd.Series[float], each: int) -> Numbers:
    """What confidence counts: worlds, as means of their replicates, or replicates."""
    values: Numbers = np.asarray(sample, dtype=np.float64)
    if not each:
        return values
    means: Numbers = whole_worlds(values, sample.index.to_numpy(), each)[1].mean(axis=1)
    return means


def _unpaired(before: Numbers, now: Numbers, outcome: str) -> tuple[float, float, float, int]:
    """Two means by the confidence of each (Welch, with the fewer of the two degrees of freedom)."""
    change = float(now.mean() - before.mean())
    n = min(len(before), len(now))
    if n < FEWEST:
        return change, *UNKNOWN, n
    half = student_factor(n) * math.sqrt(
        float(before.var(ddof=1)) / len(before) + float(now.var(ddof=1)) / len(now)
    )
    return change, change - half, change + half, n


def _verdict(
    before: pd.Series[float],
    now: pd.Series[float],
    change: float,
    ends: tuple[float, float],
    margin: float,
    n: int,
) -> Verdict:
    if not len(before) or not len(now):
        return "new" if len(now) else "gone"
    low, high = ends
    if change == low == high == 0.0:
        return "same"
    if n == 0 or not math.isfinite(low):
        return "too few"
    if -margin < low and high < margin:
        return "too small to matter"
    return "open" if low <= 0.0 <= high else "changed"
