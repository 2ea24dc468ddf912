"""Patterns of trust: 9, 10, 16, and how citizens differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from sim.questions.evidence.asked import KOREA, OPEN, WORSE
from sim.questions.evidence.patterns.curves import by_country, slope_of_changes, up_to
from sim.questions.evidence.patterns.pattern import Pattern
from sim.questions.evidence.patterns.seen import Seen

_GALLUP = "Gallup World Poll"
_SLUMP = 120, 132
"""Months after which services become worse, and are as before."""
_HALF_YEAR = 6


def trust_patterns() -> Iterator[Pattern]:
    """All of them, in the order of their numbers."""
    yield Pattern(
        "trust_falls_faster", "trust lost in half a year of a slump, against what the end gives back",
        "ratio", np.nan, 2.0, 4.0, "Slovic's asymmetry; Kampen et al. 2006: comes on foot, goes on horseback",
        _loss_per_gain, 9,
        "quality .30 lower for a year, then as before: both impulses are equal; three months give 3.6, a year 1.8",
    )  # fmt: skip
    yield Pattern(
        "trust_and_openness", "trust where governments are .5 more open, all else held (Gov2.0)",
        "points", np.nan, -5.0, 2.0, "Grimmelikhuijsen et al. 2013, 2020",
        lambda seen: seen.recent(OPEN, "trust") - seen.recent("gov2", "trust"), 10,
    )  # fmt: skip
    yield from _over_time()
    yield Pattern(
        "trust_between_citizens", "standard deviation of trust between citizens (Gov2.0)",
        "points", 20.6, 18.0, 25.0, "surveys; Belgium in ESS 5",
        partial(Seen.last, scenario="gov2", outcome="trust_sd"),
    )  # fmt: skip
    yield Pattern(
        "local_above_central", "trust in the local above trust in the central government (Gov2.0)",
        "points", 6.0, 2.0, 10.0, "OECD 2021",
        lambda seen: seen.last("gov2", "trust_local") - seen.last("gov2", "trust_central"),
    )  # fmt: skip


def _over_time() -> Iterator[Pattern]:
    table = by_country("confidence_national_government")
    spread, memory = _yearly_trust(table)
    yield Pattern(
        "trust_between_years", "standard deviation between years, within a country",
        "points", spread, 5.0, 11.0, _GALLUP,
        lambda seen: float(seen.yearly(KOREA, "trust").std()), 16,
    )  # fmt: skip
    yield Pattern(
        "trust_memory", "correlation of a year with the one before, within a country",
        "-1 to 1", memory, 0.3, 0.8, _GALLUP, _memory, 16,
    )  # fmt: skip
    yield Pattern(
        "trust_persists", "correlation over countries, mean to 2010 with mean from 2011 on",
        "-1 to 1", _persistence(table), 0.5, 1.0, _GALLUP,
        lambda seen: _persistence(seen.by_country("trust")[list(range(2006, 2022))]), 16,
    )  # fmt: skip
    yield Pattern(
        "trust_and_use", "slope of yearly changes of trust on those of use, within countries",
        "points per point", np.nan, -0.44, 0.23, f"{_GALLUP}; Eurostat",
        lambda seen: slope_of_changes(seen.by_country("digital_use"), seen.by_country("trust")), 16,
        "less what all countries share in a year, since the climate of trust is the same in all",
    )  # fmt: skip


def _loss_per_gain(seen: Seen) -> float:
    """Loss half a year after services became worse, by what is back half a year after the end."""
    gap = seen.months("gov2", "trust") - seen.months(WORSE, "trust")
    begin, end = _SLUMP
    lost, back = gap[begin + _HALF_YEAR - 1], gap[end - 1] - gap[end + _HALF_YEAR - 1]
    return float(lost / back) if back > 0.0 else float("nan")


def _persistence(table: pd.DataFrame) -> float:
    early, late = up_to(table, 2010).mean(axis=1), up_to(table, 9999, 2011).mean(axis=1)
    known = early.notna() & late.notna()
    if early[known].std() == 0.0 or late[known].std() == 0.0:
        return float("nan")
    return float(np.corrcoef(early[known], late[known])[0, 1])


def _yearly_trust(table: pd.DataFrame) -> tuple[float, float]:
    """Spread and memory of confidence in government within countries, means over them."""
    years = range(int(table.columns.min()), int(table.columns.max()) + 1)
    series = [row for _, row in table.reindex(columns=years).iterrows()]
    memory = [row.corr(row.shift(1)) for row in series]
    return float(np.mean([row.std() for row in series])), float(np.nanmean(memory))


def _memory(seen: Seen) -> float:
    trust = seen.yearly(KOREA, "trust")
    return float(trust.corr(trust.shift(1))) if trust.std() > 0.0 else float("nan")
