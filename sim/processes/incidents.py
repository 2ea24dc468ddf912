"""P8: data breaches. More personal data online and more openness raise the hazard, skill lowers it."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.compiling import rule
from sim.parameters import Parameter


class IncidentParameters(NamedTuple):
    """Breaches, who is exposed and what they cost."""

    hazard: Annotated[float, Parameter(0.017, "per local government and month", 0.005, 0.03, "uncertainty", "D", "Big Brother Watch: 260 sensitive breaches in UK councils, 2011 to 2014", "Base hazard of a breach")]  # fmt: skip
    exposure: Annotated[float, Parameter(0.10, "share of residents", 0.0, 0.3, "uncertainty", "A", "no figure seen", "Residents exposed by a breach, if all are digital users")]  # fmt: skip
    cost: Annotated[float, Parameter(20.0, "money per exposed citizen", 0.0, 100.0, "uncertainty", "A", "no figure seen", "Cost of a breach")]  # fmt: skip


@rule
def breach_hazard(
    personalisation: float,
    online_supply: float,
    openness: float,
    staff_operations: float,
    capacity: float,
    p: IncidentParameters,
) -> float:
    """Chance of a breach in a month."""
    attraction = 0.4 + 2.5 * personalisation * online_supply + openness
    care = 1.4 - staff_operations * capacity
    return p.hazard * attraction * care


@rule
def is_exposed(exposure: np.float32, digital: np.uint8, draw: np.float32) -> bool:
    """Whether this month's breach reaches a citizen: digital users leave more traces.

    `exposure` is the share of digital users whom it reaches, 0 without a breach.
    """
    chance = exposure * (np.float32(0.3) + np.float32(0.7) * np.float32(digital))
    return bool(exposure > np.float32(0.0) and draw < chance)
