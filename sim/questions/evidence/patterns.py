"""Patterns: what was observed, the band around it, and how the same is read off the model.

All of it is calibration data. A band was declared before its pattern was measured on the model, or
says otherwise. No pattern is fitted here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.evidence.observed import observed
from sim.frames import numbers, words
from sim.questions.comparison.study import Runs
from sim.questions.evidence.asked import KOREA, PARADIGMS, countries, europe

Numbers = NDArray[np.float64]
PATTERNS = words("pattern", "what", "unit") | numbers("observed", "low", "high")
"""Columns of the table of patterns; those of the replicates and the verdict come after them."""


_YEARS = 10


class Seen:
    """The monthly readings of one replicate of the study."""

    def __init__(self, runs: Runs, replicate: int) -> None:
        rows = runs.timeseries[runs.timeseries["replicate"] == replicate]
        self._by_name = {str(name): part for name, part in rows.groupby("scenario")}
        self._starts = {n: int(s.start[:4]) for n, s in runs.study.scenarios.items()}

    def yearly(self, scenario: str, outcome: str) -> pd.Series:
        """Readings at the end of each calendar year, by year."""
        rows = self._by_name[scenario]
        ends = rows[rows["month"] % 12 == 0]
        years = self._starts[scenario] + ends["month"].to_numpy() // 12 - 1
        return pd.Series(ends[outcome].to_numpy(), index=years)

    def last(self, scenario: str, outcome: str) -> float:
        """The reading of the last month."""
        return float(self._by_name[scenario][outcome].iloc[-1])

    def transactions_online(self) -> Numbers:
        """Per cent of transactions that can be done online, month by month, mean of all countries.

        Those that are asked for most go online first: 1 - (1 - supply)^2 (`docs/model.md`, P6).
        """
        supply = np.array([self._by_name[europe(c)]["online_supply"] for c in countries()])
        mean: Numbers = 100.0 * (1.0 - (1.0 - supply / 100.0) ** 2).mean(axis=0)
        return mean

    def over_countries(self, outcome: str, year: int) -> Numbers:
        """Readings of all countries at the end of a year."""
        return np.array([self.yearly(europe(c), outcome)[year] for c in countries()])


@dataclass(frozen=True)
class Pattern:
    """One figure: what was observed, the band it is held against, and how to read it."""

    name: str
    what: str
    unit: str
    observed: float
    low: float
    high: float
    source: str
    read: Callable[[Seen], float]

    def holds(self, value: float) -> bool:
        """Whether a value lies inside the band."""
        return self.low <= value <= self.high


def patterns() -> tuple[Pattern, ...]:
    """All patterns, in the order of the month."""
    return (*_use(), *_korea(), *_participation(), *_trust(), *_market())


def pattern_table(runs: Runs) -> pd.DataFrame:
    """One row per pattern: observed, band, what each replicate gives, whether all are inside."""
    by_replicate = runs.timeseries.groupby("replicate")["scenario"].nunique()
    whole = by_replicate.index[by_replicate == len(runs.study.scenarios)]
    seen = [Seen(runs, int(replicate)) for replicate in whole]
    rows = []
    for pattern in patterns():
        values = [pattern.read(one) for one in seen]
        rows.append(
            {
                "pattern": pattern.name, "what": pattern.what, "unit": pattern.unit,
                "observed": pattern.observed, "low": pattern.low, "high": pattern.high,
                **{f"replicate_{n}": value for n, value in enumerate(values)},
                "verdict": "pass" if all(map(pattern.holds, values)) else "miss",
                "source": pattern.source,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _use() -> Iterator[Pattern]:
    depth = _depth()
    use, supply = _by_country("egov_use_12m"), _by_country("supply_fully_online_citizen_services")
    yield Pattern(
        "forms_per_use", "users of e-government who sent forms, 2008 to 2011; mean of 18 countries",
        "0-1", float(depth.mean().mean()), 0.42, 0.58, "Eurostat", _forms_per_use,
    )  # fmt: skip
    yield Pattern(
        "forms_per_use_spread", "the same: standard deviation between countries",
        "0-1", float(depth.std(axis=0).mean()), 0.10, 0.22, "Eurostat", _forms_per_use_spread,
    )  # fmt: skip
    yield Pattern(
        "use_spread", "use of e-government in 2011: standard deviation between countries",
        "percentage points", float(use[2011].std()), 13.0, 26.0, "Eurostat",
        lambda seen: float(seen.over_countries("digital_use", 2011).std(ddof=1)),
    )  # fmt: skip
    yield Pattern(
        "use_2011", "use of e-government in 2011; mean of 18 countries",
        "%", float(use[2011].mean()), float(use[2011].mean()) - 5.0, float(use[2011].mean()) + 5.0,
        "Eurostat", lambda seen: float(seen.over_countries("digital_use", 2011).mean()),
    )  # fmt: skip
    start, end = float(supply[2004].mean()), float(supply[2010].mean())
    yield Pattern(
        "supply_path",
        f"years in which transactions online rise from {start:.0f} to {end:.0f} %, by mean",
        "years", 6.0, 4.0, 9.0, "European Commission benchmark",
        partial(_years_between, start=start, end=end),
    )  # fmt: skip


def _korea() -> Iterator[Pattern]:
    share = observed("civil_app_online_share").set_index("year")["value"]
    yield Pattern(
        "korea_online", "online share of civil applications, 2008 to 2013: root mean square error",
        "percentage points", 0.0, 0.0, 4.0, "Korean ministries",
        lambda seen: _rmse(seen.yearly(KOREA, "online_share"), share),
    )  # fmt: skip


def _participation() -> Iterator[Pattern]:
    yield Pattern(
        "contact", "who contacts an official unasked, in a year (Gov1.0)",
        "%", 10.0, 8.0, 12.0, "European Social Survey",
        lambda seen: seen.last("gov1", "participation_breadth"),
    )  # fmt: skip
    yield Pattern(
        "breadth", "who takes part in a year, the widest of the three paradigms",
        "%", 8.5, 2.0, 35.0, "participatory budgets and online consultations",
        lambda seen: max(seen.last(name, "participation_breadth") for name in PARADIGMS),
    )  # fmt: skip
    yield Pattern(
        "top3", "inputs of a year by the top 3 % of participants, mean of ten years (Gov2.0)",
        "0-1", 0.25, 0.20, 0.45, "Usenet; FixMyStreet",
        lambda seen: float(seen.yearly("gov2", "top3_share").iloc[-_YEARS:].mean()),
    )  # fmt: skip


def _trust() -> Iterator[Pattern]:
    yield Pattern(
        "trust_between_citizens", "standard deviation of trust between citizens (Gov2.0)",
        "points", 20.6, 18.0, 25.0, "surveys; Belgium in ESS 5",
        lambda seen: seen.last("gov2", "trust_sd"),
    )  # fmt: skip
    spread, memory = _yearly_trust()
    yield Pattern(
        "trust_between_years", "standard deviation between years, within a country",
        "points", spread, 5.0, 11.0, "Gallup World Poll", lambda seen: _yearly(seen)[0],
    )  # fmt: skip
    yield Pattern(
        "trust_memory", "correlation of a year with the one before, within a country",
        "-1 to 1", memory, 0.3, 0.8, "Gallup World Poll", lambda seen: _yearly(seen)[1],
    )  # fmt: skip
    yield Pattern(
        "local_above_central", "trust in the local above trust in the central government (Gov2.0)",
        "points", 6.0, 2.0, 10.0, "OECD 2021",
        lambda seen: seen.last("gov2", "trust_local") - seen.last("gov2", "trust_central"),
    )  # fmt: skip


def _market() -> Iterator[Pattern]:
    for name in ("gov1", "gov2"):
        yield Pattern(
            f"suppliers_{name}", f"revenue of the four largest suppliers, so far ({name})",
            "0-1", math.nan, 0.6, 1.0, "outsourcing concentrates suppliers (Dunleavy et al. 2006)",
            partial(_suppliers, name=name),
        )  # fmt: skip


def _by_country(indicator: str) -> pd.DataFrame:
    """Figures of an indicator: countries by years."""
    return observed(indicator).pivot(index="country", columns="year", values="value")


def _depth() -> pd.DataFrame:
    """Forms against use, by country and year."""
    forms = _by_country("egov_forms_12m")
    return (forms / _by_country("egov_use_12m"))[[2008, 2009, 2010, 2011]]


def _shares(seen: Seen) -> Numbers:
    """The same in the model, shape (years, countries)."""
    years = range(2008, 2012)
    forms = np.array([seen.over_countries("forms_share", year) for year in years])
    use = np.array([seen.over_countries("digital_use", year) for year in years])
    shares: Numbers = forms / use
    return shares


def _years_between(seen: Seen, start: float, end: float) -> float:
    """Years from one share of transactions online to another; nan if it is not reached.

    The benchmark counts the frequent services, so it is held against transactions, not services.
    When a country began is not known: the model's E-Government begins in 1995, so only the time
    between is compared.
    """
    share = seen.transactions_online()
    reached = [np.flatnonzero(share >= level) for level in (start, end)]
    if not all(len(months) for months in reached):
        return math.nan
    return float(reached[1][0] - reached[0][0]) / 12.0


def _suppliers(seen: Seen, name: str) -> float:
    return seen.last(name, "supplier_top4")


def _forms_per_use(seen: Seen) -> float:
    return float(_shares(seen).mean())


def _forms_per_use_spread(seen: Seen) -> float:
    return float(_shares(seen).std(axis=1, ddof=1).mean())


def _rmse(simulated: pd.Series, known: pd.Series) -> float:
    error = simulated[known.index].to_numpy() - known.to_numpy()
    return float(np.sqrt(np.mean(error**2)))


def _yearly_trust() -> tuple[float, float]:
    """Spread and memory of confidence in government within countries, means over them."""
    table = _by_country("confidence_national_government")
    years = range(int(table.columns.min()), int(table.columns.max()) + 1)
    series = [row for _, row in table.reindex(columns=years).iterrows()]
    memory = [row.corr(row.shift(1)) for row in series]
    return float(np.mean([row.std() for row in series])), float(np.nanmean(memory))


def _yearly(seen: Seen) -> tuple[float, float]:
    trust = seen.yearly(KOREA, "trust")
    return float(trust.std()), float(trust.corr(trust.shift(1)))
