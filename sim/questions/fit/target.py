"""What the model is held against: yearly use and forms up to the cut-off, with their noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.evidence.observed import observed
from sim.questions.europe import START
from sim.questions.fit.asked import Question

Numbers = NDArray[np.float64]
USE, FORMS = "egov_use_12m", "egov_forms_12m"
SPLICED = "egov_use_spliced"
INDICATORS = {USE: "digital_use", FORMS: "forms_share"}
"""Fitted indicators, and the outcome of the model that means the same."""
FIRST_YEAR = 2002
NOISE, NOISE_DERIVED = 2.5, 3.5
"""Standard error of a survey's figure in points; of one derived from three months' use."""
MEMORY_YEARS = 5.0
"""What the model misses in a country goes on: its correlation falls to 1/e in so many years."""


@dataclass(frozen=True)
class Target:
    """Observed figures by country and entry; an entry is an indicator in a year.

    `values` and `noise` have the shape (countries, entries), nan where nothing was observed;
    `indicator` says of each entry which of `INDICATORS` it is, `year` when.
    """

    values: Numbers
    noise: Numbers
    indicator: NDArray[np.int64]
    year: NDArray[np.int64]

    @classmethod
    def of(cls, question: Question) -> Target:
        """What was observed up to the cut-off."""
        years = list(range(FIRST_YEAR, question.until + 1))
        use, derived, forms = (
            _table(name, question.countries, years) for name in (USE, SPLICED, FORMS)
        )
        noise = np.where(np.isnan(use), NOISE_DERIVED, NOISE)
        values = np.concatenate([np.where(np.isnan(use), derived, use), forms], axis=1)
        noise = np.concatenate([noise, np.full_like(forms, NOISE)], axis=1)
        known = ~np.isnan(values).all(axis=0)
        indicator = np.repeat(np.arange(2), len(years))
        year = np.array(years * 2)
        noise = np.where(np.isnan(values), np.nan, noise)
        return cls(values[:, known], noise[:, known], indicator[known], year[known])

    @property
    def places(self) -> list[tuple[int, int]]:
        """Of each entry, where simulated readings have it: outcome, year since the start."""
        pairs = zip(self.indicator, self.year, strict=True)
        return [(int(which), int(year) - START) for which, year in pairs]

    def alike(self, indicator: int) -> Numbers:
        """Correlation of what the model misses of an indicator; shape (entries, entries)."""
        own = self.indicator == indicator
        apart = np.abs(self.year[:, None] - self.year[None, :])
        both = own[:, None] & own[None, :]
        correlation: Numbers = np.where(both, np.exp(-apart / MEMORY_YEARS), 0.0)
        return correlation


def _table(indicator: str, countries: tuple[str, ...], years: list[int]) -> Numbers:
    rows = observed(indicator)
    rows = rows[rows["country"].isin(countries) & rows["year"].isin(years)]
    wide: pd.DataFrame = rows.pivot(index="country", columns="year", values="value")
    found: Numbers = wide.reindex(index=list(countries), columns=years).to_numpy(dtype=np.float64)
    return found
