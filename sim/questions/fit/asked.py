"""What is asked of `fit`: countries, a cut-off, and how many points are tried."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.declared import PARAMETERS
from sim.errors import UserMistake
from sim.evidence.observed import observed
from sim.evidence.posterior import COUNTRY_PARAMETER
from sim.questions.europe import START, as_it_was
from sim.runs.version import model_version
from sim.scenario import Scenario
from sim.text import near

Numbers = NDArray[np.float64]
FITTED = (
    COUNTRY_PARAMETER,
    "service.information_share",
    "service.need_rate",
    "service.reconsider",
    "service.usefulness",
    "service.ease",
    "service.peers",
    "service.online_first",
    "service.digital_base",
    "service.integration_gain",
    "service.counter_base",
    "projects.obsolescence",
    "society.online_learning",
)
"""What moves use and forms most, over their ranges; the country's first.

Differences in skill between citizens are left out: that countries use little would be read as skill
that hardly differs within them, which no figure of a whole country can tell."""
FIRST_CUT, LAST_CUT = 2005, 2011
UNTIL, SEED, CITIZENS, POINTS, WAVES, DRAWS = 2011, 1, 2_000, 256, 2, 400


@dataclass(frozen=True)
class Question:
    """Countries by code, the last year of which anything is known, and how hard to try.

    `points` are tried in each country and wave. In each of `refine` rounds half as many draws are
    run, from which the emulator learns what it lacks where the posterior lies. `draws` is how many
    draws of the posterior are kept.
    """

    countries: tuple[str, ...]
    until: int = UNTIL
    seed: int = SEED
    citizens: int = CITIZENS
    points: int = POINTS
    waves: int = WAVES
    draws: int = DRAWS
    refine: int = 0

    @classmethod
    def of(cls, countries: Sequence[str], **how: int) -> Question:
        """All calibration countries unless some are named; raises `UserMistake` for others."""
        known = calibration_countries()
        named = tuple(dict.fromkeys(code.upper() for code in countries))
        for given in named:
            if given not in known:
                raise UserMistake(
                    f"fit: {given}: no country with calibration data{near(given, known)}"
                )
        if len(named) == 1:
            raise UserMistake("fit: needs at least two countries: what all share is fitted")
        return cls(named or known, **how)

    @property
    def years(self) -> int:
        """Years simulated."""
        return self.until - START + 1

    @property
    def digest(self) -> str:
        """A hash of all that decides the results."""
        asked = [vars(self), FITTED, self.scenario(self.countries[0]).resolved(), model_version()]
        return hashlib.sha256(json.dumps(asked, default=list).encode()).hexdigest()

    def scenario(self, country: str) -> Scenario:
        """A country that becomes E-Government by its first plan, from 1995 to the cut-off."""
        return as_it_was(country, years=self.years, citizens=self.citizens)


def calibration_countries() -> tuple[str, ...]:
    """The countries of the calibration data, by their codes."""
    return tuple(sorted({*observed("supply_fully_online_citizen_services")["country"]}))


def ranges() -> tuple[Numbers, Numbers]:
    """Ends of the declared ranges of what is fitted."""
    declared = [PARAMETERS[name] for name in FITTED]
    return np.array([p.low for p in declared]), np.array([p.high for p in declared])


def country_ends() -> tuple[float, float]:
    """Ends of the range of the country's own parameter."""
    low, high = ranges()
    return float(low[0]), float(high[0])
