"""What all countries share, drawn: parameters of each draw, and habits of countries given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.declared import PARAMETERS
from sim.evidence import posterior
from sim.questions.evidence.scoring import Numbers
from sim.questions.evidence.weighing import Prior

HABIT = posterior.COUNTRY_PARAMETER
"""The parameter that is a country's own: how its people incline to the digital channel."""
_HABITS = 6


@dataclass(frozen=True)
class Drawn:
    """Draws of parameters by full name, and what is known of habits given each."""

    parameters: tuple[Mapping[str, float], ...]
    prior: Prior


def shared_draws(count: int) -> Drawn:
    """So many draws of what all countries share, evenly from those that ship.

    The one place that says where draws come from: the posterior that `govshift fit` found.
    """
    shipped, spread = posterior.draws(), posterior.country_spread()
    chosen = np.linspace(0, len(shipped) - 1, min(count, len(shipped))).round().astype(int).tolist()
    seen = frozenset(posterior.about()["countries"])
    means = np.array([shipped[place][HABIT] for place in chosen])
    prior = Prior(means, np.array([spread[place] for place in chosen]), habits(), seen)
    shared = ({n: v for n, v in shipped[k].items() if n != HABIT} for k in chosen)
    return Drawn(tuple(shared), prior)


def habits() -> Numbers:
    """Values of a country's habit that are simulated: the declared range, in even steps."""
    declared = PARAMETERS[HABIT]
    return np.linspace(declared.low, declared.high, _HABITS)
