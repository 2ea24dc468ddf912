"""Patterns and falsifiers on transitions, each with what was observed and what would be inside."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from sim.frames import numbers, whole, words
from sim.questions.transitions.hysteresis import GAP, Hysteresis
from sim.questions.transitions.moves import annual_changes, excess_kurtosis
from sim.questions.transitions.order import decisions_lead, services_lead
from sim.questions.transitions.paths import (
    SHARE,
    Numbers,
    Paths,
    Worlds,
    by_world,
    estimate,
    table,
)
from sim.questions.transitions.stages import monotone

UNKNOWN = "cannot be said"
ALWAYS = 0.95
"""A share of governments from which on something counts as happening always."""
PATTERNS = (
    words("pattern", "scenario", "measure") | numbers("observed", "low", "high")
    | words("band", "verdict") | whole("n") | words("note")
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """One pattern or falsifier in one scenario.

    `low` and `high` are the 95 % interval of what was observed, `band` what it is held against, `n`
    the replicates, or plausible worlds, that it rests on.
    """

    pattern: str
    scenario: str
    measure: str
    observed: float
    low: float
    high: float
    band: str
    verdict: str
    n: int
    note: str = ""


def verdicts_of_paths(
    paths: Paths, rows: Numbers, start: Numbers, by_lot: float
) -> Iterator[Verdict]:
    """Patterns 14, F6, F7 and F10 of a scenario that reforms itself.

    `rows` are the national positions, shape (replicates, months, rows), `start` those of month 0,
    `by_lot` is the kurtosis that the same moves would have at random times.
    """
    name = paths.scenario
    if paths.rises:
        yield _above(
            "14", name, "share of the transition's months with service rows ahead",
            services_lead(rows, start), 0.70, paths.worlds,
        )  # fmt: skip
        yield _below(
            "F7", name, "share of the transition's months with decision rows ahead",
            decisions_lead(rows, start), 0.50, paths.worlds,
        )  # fmt: skip
        yield _below(
            "F10", name, "share of local governments that never step back", monotone(paths), ALWAYS,
            paths.worlds,
        )  # fmt: skip
    if paths.moves:
        point, low, high = excess_kurtosis(annual_changes(paths), paths.worlds)
        yield Verdict(
            "F6", name, "excess kurtosis of yearly changes of a government's mean position",
            point, low, high, "interval above 0", _said(low > 0.0, low),
            len(paths.replicates if paths.worlds is None else np.unique(paths.worlds)),
            f"{by_lot:.2f} if the same moves fell into years by lot",
        )  # fmt: skip


def verdicts_of_hysteresis(found: Hysteresis) -> Iterator[Verdict]:
    """Pattern 11 and F3: a retreat in a squeeze, and a late return."""
    n, lost, low, high, *_ = estimate(found.lost, GAP)
    if float(found.before.mean()) == 0.0:
        note = "no participatory row stands at Gov3.0 when the squeeze begins"
        yield Verdict(
            "11", found.scenario, "participatory rows at Gov3.0", 0.0, 0.0, 0.0, "above 0 before",
            UNKNOWN, n, note,
        )  # fmt: skip
        return
    yield Verdict(
        "11", found.scenario, "share of participatory rows lost to the squeeze, against the twin",
        lost, low, high, "interval below 0", _said(found.retreats, low), n,
        found.agreeing(found.lost < 0),
    )  # fmt: skip
    late = float(np.median(found.years_late))
    quartiles = np.quantile(found.years_late, [0.25, 0.75], method="lower")
    yield Verdict(
        "11", found.scenario, "years after relief until half of that is back (median, quartiles)",
        late, float(quartiles[0]), float(quartiles[1]), "1 or more, and not never",
        _said(1.0 <= late < np.inf), n, _never(found),
    )  # fmt: skip
    n, area, low, high, *_ = estimate(found.area)
    yield Verdict(
        "F3", found.scenario, "area of the loop, share times budget", area, low, high,
        "interval above 0, and a retreat", _said(low > 0.0 and found.retreats, low), n,
        found.agreeing(found.area > 0),
    )  # fmt: skip


def verdict_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """The rows of `patterns.csv`."""
    return table(PATTERNS, [astuple(verdict) for verdict in verdicts])


def _above(
    pattern: str, name: str, measure: str, sample: Numbers, bound: float, worlds: Worlds | None
) -> Verdict:
    mean, low, high, n, note = _against(sample, worlds, bound, 1.0)
    said = _said(mean > bound)
    return Verdict(pattern, name, measure, mean, low, high, f"above {bound:g}", said, n, note)


def _below(
    pattern: str, name: str, measure: str, sample: Numbers, bound: float, worlds: Worlds | None
) -> Verdict:
    mean, low, high, n, note = _against(sample, worlds, bound, -1.0)
    said = _said(mean < bound)
    return Verdict(pattern, name, measure, mean, low, high, f"below {bound:g}", said, n, note)


def _against(
    sample: Numbers, worlds: Worlds | None, bound: float, sign: float
) -> tuple[float, float, float, int, str]:
    """Mean with its interval, what it rests on, and in how many worlds it is inside."""
    n, mean, low, high, *_ = estimate(sample, SHARE, worlds)
    if worlds is None:
        return mean, low, high, n, ""
    there = np.isfinite(sample)
    means = by_world(sample[there], worlds[there]) if there.any() else sample[:0]
    inside = int((sign * (means - bound) > 0).sum())
    return mean, low, high, len(means), f"inside in {inside} of {len(means)} worlds"


def _never(found: Hysteresis) -> str:
    never = int(np.isinf(found.years_late).sum())
    return (
        f"not within {found.years_after} years in {never} of {len(found.years_late)} {found.unit}s"
    )


def _said(inside: bool, known: float = 0.0) -> str:
    """The verdict; there is none if the interval that it rests on is not known."""
    if math.isnan(known):
        return UNKNOWN
    return "inside" if inside else "missed"
