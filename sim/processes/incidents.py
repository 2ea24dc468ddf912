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
    base_attraction: Annotated[float, Parameter(0.4, "ratio", 0.0, 1.0, "uncertainty", "A", "data are lost on paper as well; size assumed", "Hazard where nothing is personal, online or open, against the base")]  # fmt: skip
    personal_attraction: Annotated[float, Parameter(2.5, "ratio", 0.0, 5.0, "uncertainty", "A", "no figure seen", "What personal data online add to it, if all services are so")]  # fmt: skip
    open_attraction: Annotated[float, Parameter(1.0, "ratio", 0.0, 3.0, "uncertainty", "A", "no figure seen", "What openness adds to it, if all is open")]  # fmt: skip
    carelessness: Annotated[float, Parameter(1.4, "ratio", 1.0, 2.0, "uncertainty", "A", "no figure seen", "Hazard where nobody looks after systems, against the base; operations staff and capacity lower it")]  # fmt: skip
    offline_traces: Annotated[float, Parameter(0.3, "ratio", 0.0, 1.0, "uncertainty", "A", "no figure seen", "Chance that a breach reaches who uses the counter, against a digital user")]  # fmt: skip
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
    personal = p.personal_attraction * personalisation * online_supply
    attraction = p.base_attraction + personal + p.open_attraction * openness
    care = p.carelessness - staff_operations * capacity
    return p.hazard * attraction * care


@rule
def is_exposed(
    exposure: np.float32, exposure_offline: np.float32, digital: np.uint8, draw: np.float32
) -> bool:
    """Whether this month's breach reaches a citizen: digital users leave more traces.

    `exposure` is the share of digital users whom it reaches, `exposure_offline` that of others; both
    are 0 without a breach, and then there may be no `draw`.
    """
    chance = exposure if digital == 1 else exposure_offline
    return bool(exposure > np.float32(0.0) and draw < chance)
