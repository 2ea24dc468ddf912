"""What schedules are judged by: five readings of the whole path, not of its end alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.outcome_words import difference_unit, unit_of
from sim.questions.how_sure import margin_of

Numbers = NDArray[np.float64]


class Objective(NamedTuple):
    """A reading of the path: its outcome, whether the mean of all years or the worst one counts."""

    name: str
    outcome: str
    words: str
    sign: float
    worst: bool = False

    @property
    def margin(self) -> float:
        """The difference from which on one matters."""
        return margin_of(self.outcome)

    @property
    def unit(self) -> str:
        """Of values."""
        return unit_of(self.outcome)

    @property
    def difference_unit(self) -> str:
        """Of differences."""
        return difference_unit(self.outcome)


OBJECTIVES = (
    Objective("needs_met", "needs_met", "needs met", 1.0),
    Objective("participation_breadth", "participation_breadth", "people taking part", 1.0),
    Objective("trust", "trust", "trust", 1.0),
    Objective("cost_per_citizen", "cost_per_citizen", "cost per citizen", -1.0),
    Objective("worst_year", "needs_met", "needs met in the worst year", 1.0, worst=True),
)
"""In the order of all arrays."""
SIGNS = np.array([one.sign for one in OBJECTIVES])
MARGINS = np.array([one.margin for one in OBJECTIVES])


def of_yearly(yearly: dict[str, Numbers]) -> tuple[float, ...]:
    """The objectives' values from readings at the end of each year, each of shape (years,)."""
    found = []
    for one in OBJECTIVES:
        values = yearly[one.outcome]
        found.append(float(values.min() if one.worst else values.mean()))
    return tuple(found)


def worst_half(gains: Numbers) -> Numbers:
    """Mean over the worse half of worlds, of each objective by itself.

    `gains` has shape (..., worlds, objectives), more is better.
    """
    worlds = gains.shape[-2]
    worse = np.sort(gains, axis=-2)[..., : -(-worlds // 2), :]
    mean: Numbers = worse.mean(axis=-2)
    return mean
