"""What was observed of a country, up to the year in which forecasts are made and after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from sim.evidence.observed import observed
from sim.society.places import EUROPE, internet_users_of, place_names

CUTOFF = 2011
"""Last year that forecasts know, unless it is said."""
_ASKED, _DERIVED = 2.5, 3.5
"""Standard deviation of a survey's figure of a country and year, in points: asked, and derived."""
_DIRECTLY = range(2008, 2014)
"""Years of the spliced series in which the question was asked as it is meant."""
BREAKS = frozenset({("DEU", 2021), ("IRL", 2021)})
"""Breaks of method in the survey: what was observed there is foretold, but not scored."""


@dataclass(frozen=True)
class Measure:
    """Something that can be foretold: what it is called, and which outcome it is in the model."""

    name: str
    outcome: str
    indicators: tuple[str, ...]
    shipped: str
    title: str


MEASURES = (
    Measure(
        "egov_use", "digital_use", ("egov_use_12m", "egov_use_spliced", "egov_use"),
        "egov_use_spliced", "Use of e-government",
    ),
    Measure(
        "egov_forms", "forms_share", ("egov_forms_12m",), "egov_forms_12m", "Forms sent online",
    ),
)  # fmt: skip
INPUTS = ("internet_users_3m", "internet_users")
"""Indicators that the model is given, and does not foretell."""


@dataclass(frozen=True)
class Figure:
    """What was observed in a year, in per cent of people, and its standard deviation."""

    year: int
    value: float
    noise: float


@dataclass(frozen=True)
class Country:
    """A country's figures of one measure: its history, and what came later by indicator."""

    code: str
    history: tuple[Figure, ...]
    later: Mapping[str, tuple[Figure, ...]] = field(default_factory=dict)


def measure_of(indicator: str) -> Measure | None:
    """The measure that an indicator is a name of."""
    return next((m for m in MEASURES if indicator in m.indicators), None)


def indicators() -> tuple[str, ...]:
    """Indicators that can be foretold."""
    return tuple(name for measure in MEASURES for name in measure.indicators)


def noise_of(indicator: str, year: int) -> float:
    """Standard deviation of what a survey finds, in points."""
    derived = indicator == "egov_use_spliced" and year not in _DIRECTLY
    return _DERIVED if derived else _ASKED


@cache
def shipped(measure: Measure) -> Mapping[str, tuple[Figure, ...]]:
    """The shipped figures of a measure by country, in order of the years."""
    name = measure.shipped
    found: dict[str, list[Figure]] = {}
    for row in observed(name).sort_values(["country", "year"]).to_dict("records"):
        year = int(row["year"])
        figure = Figure(year, float(row["value"]), noise_of(name, year))
        found.setdefault(str(row["country"]), []).append(figure)
    return {country: tuple(figures) for country, figures in found.items()}


def codes() -> tuple[str, ...]:
    """Countries whose internet users were observed, so that they can be simulated."""
    return tuple(name.removeprefix(EUROPE) for name in place_names() if name.startswith(EUROPE))


def internet_users(code: str, years: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Shares of internet users in some years; straight between what was observed, flat outside."""
    known = internet_users_of(f"{EUROPE}{code}") or ()
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = np.interp(
        np.asarray(years, dtype=np.float64), [year for year, _ in known], [s for _, s in known]
    )
    return found


def until(figures: Iterable[Figure], year: int) -> tuple[Figure, ...]:
    """Figures up to a year."""
    return tuple(figure for figure in figures if figure.year <= year)
