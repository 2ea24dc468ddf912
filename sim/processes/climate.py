"""P1: the climate of trust, which no government makes: the same in every place and scenario."""

from __future__ import annotations

import numpy as np

from sim.engine.compiling import loop
from sim.engine.luck import Luck, Seed, normal
from sim.processes.state import Governments, Offer
from sim.processes.trust import TrustParameters

_CLIMATE = int(Luck.CLIMATE)


@loop
def move_climate(
    governments: Governments, offer: Offer, p: TrustParameters, seed: Seed, month: int
) -> None:
    """A step of the climate, an AR(1) that begins at 0, so that trust begins where it is set.

    The draw is keyed by the month alone, so scenarios that are compared have the same climate.
    """
    kept = p.climate_persistence
    new = np.sqrt(1.0 - kept * kept) * p.climate_spread * normal(seed, _CLIMATE, month, 0, 0)
    for g in range(offer.climate.shape[0]):
        offer.climate[g] = governments.climate[g]
        offer.climate_step[g] = (kept - 1.0) * governments.climate[g] + new
    for g in range(governments.climate.shape[0]):
        governments.climate[g] = kept * governments.climate[g] + new
