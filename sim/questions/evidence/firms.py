"""What firms would do by the citizens' rules: pattern 17, and no part of the model.

Firms that file are not simulated. This reads, beside each run, what firms would do that choose the
channel and meet needs by the rules of citizens (P6), with three differences: most are online
from the start, filing is somebody's job, so skill is full, and each has a need a month (returns of
taxes and contributions are monthly). The reading rests on these: with citizens' mean skill, or with
four needs a year, firms would be less far ahead than observed. Their number is taken as endless:
shares, no draws.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.model import GovernanceModel
from sim.outcomes import Outcome
from sim.processes.service import ADOPTION, digital_chance, fates

YEAR = 12
ONLINE = 0.94
"""Of firms with ten or more people, those with access: 93 % in 2008, 95 % in 2011 (Eurostat)."""
_SKILL = np.float32(1.0)
Shares = NDArray[np.float64]


class Firms(GovernanceModel):
    """Follows firms that file with their local government by the rules of citizens."""

    own_outcomes = (
        Outcome("firms_use", "none", "%", "firms that looked up or sent something online within 12 months / firms", "Firms that use e-government"),
    )  # fmt: skip

    def live(self) -> None:
        """The month, and what firms did in it."""
        super().live()
        count = len(self.state.offer.transactions)
        if not hasattr(self, "_seen"):
            self._digital: Shares = np.zeros(count)
            self._seen: deque[tuple[Shares, Shares, Shares, Shares]] = deque(maxlen=YEAR)
        chance, at_counter, online = (np.zeros(count) for _ in range(3))
        for g in range(count):
            chance[g] = self._chance(g)
            at_counter[g], online[g] = self._uses(g, 0), self._uses(g, 1)
        self._seen.append((self._digital.copy(), chance, at_counter, online))
        _, self._digital = self._reconsidered(1.0 - self._digital, self._digital, chance)

    def _reconsidered(
        self, counter: Shares, digital: Shares, chance: Shares
    ) -> tuple[Shares, Shares]:
        """Shares by channel after some firms reconsidered it."""
        p = self.parameters.service
        come = p.reconsider * chance * counter
        leave = 0.0 if p.theory == ADOPTION else p.reconsider * (1.0 - chance) * digital
        return counter - come + leave, digital + come - leave

    def _chance(self, g: int) -> float:
        offer, people = self.state.offer, self.state.citizens
        at_home = people.home == g
        trust = (people.trust_local[at_home].mean() + people.trust_central[at_home].mean()) / 2.0
        advantage = offer.quality_digital[g] - offer.quality_counter[g]
        peers, trust = np.float32(self._digital[g]), np.float32(trust)
        return float(digital_chance(_SKILL, advantage, peers, trust, self.parameters.service))

    def _uses(self, g: int, digital: int) -> float:
        """Chance that the month's need is looked up or done online, by channel."""
        offer, p = self.state.offer, self.parameters.service
        transactions, information = offer.transactions[g], offer.information[g]
        of_need = fates(
            np.uint8(digital), True, _SKILL, transactions, information, offer.handled_share[g], p
        )
        return float(of_need.tried)

    def read_outcomes(self) -> Mapping[str, float]:
        """The share of the year to date, over local governments by residents."""
        start = self._seen[0][0]
        # Firms that used nothing so far, by channel: they change it as the rule of citizens says.
        counter, digital = 1.0 - start, start.copy()
        for _, chance, at_counter, online in self._seen:
            counter, digital = counter * (1.0 - at_counter), digital * (1.0 - online)
            counter, digital = self._reconsidered(counter, digital, chance)
        governments = self.state.governments
        people = (governments.residents * governments.weight)[: len(start)]
        share = np.average(1.0 - counter - digital, weights=people)
        return {"firms_use": float(100.0 * ONLINE * share)}
