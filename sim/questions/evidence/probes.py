"""Model classes that read what outcomes do not tell, or change one thing for a while.

They follow the shipped rules to the last bit: what they add is a reading, or an impulse that no
scenario can give. Each gives its readings as outcomes of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.model import GovernanceModel
from sim.networks.recorded import may_end, snapshot
from sim.outcomes import Outcome
from sim.processes import tally

YEAR = 12
_TEN_YEARS = 120
_SETTLED = 24
"""Months after which first inputs are followed: before, staff is not asked much yet."""
_ACTED_ON = 0.15
"""Share of the way to full efficacy beyond which more than an acknowledgement was had."""


class Applications(GovernanceModel):
    """Reads transactions as ministries count applications, and what services cost a need."""

    own_outcomes = (
        Outcome("transactions_online", "none", "%", "transactions done online / transactions, 12 months", "Transactions that are done online"),
        Outcome("service_cost", "lower", "money per need", "cost of services / needs met", "What meeting a need costs"),
    )  # fmt: skip

    def read_outcomes(self) -> Mapping[str, float]:
        """Both readings of this month."""
        now = max(self.month - YEAR, 0)
        counts = self.record.tallies[now : self.month].sum(axis=(0, 1))
        transactions = counts[tally.NEEDS] * (1.0 - self.parameters.service.information_share)
        met = self.record.tallies[self.month - 1, :, tally.MET].sum()
        return {
            "transactions_online": 100.0 * counts[tally.TRANSACTIONS_DONE] / max(transactions, 1.0),
            "service_cost": float(self.state.ledger.services.sum() / max(met, 1.0)),
        }


class Reporters(GovernanceModel):
    """Follows who gives a first input: whether it was acted on, whether a second one came."""

    own_outcomes = (
        Outcome("second_report", "none", "ratio", "chance of a second input within a year, first one acted on / not", "What action on a first input does to the chance of a second"),
    )  # fmt: skip

    def live(self) -> None:
        """The month, and who gave a first or a second input in it."""
        c = self.state.citizens
        before = c.efficacy.copy()
        super().live()
        if not hasattr(self, "_first"):
            self._first = np.zeros(len(before), dtype=np.int64)
            self._acted = np.zeros(len(before), dtype=np.bool_)
            self._again = np.zeros(len(before), dtype=np.bool_)
        told = self._first == self.month - 1
        self._acted[told] = ((c.efficacy - before) > _ACTED_ON * (1.0 - before))[told]
        late = (self._first > 0) & (self._first < self.month) & (self._first >= self.month - YEAR)
        self._again |= late & (c.waiting != 0)
        self._first[(self._first == 0) & (c.waiting != 0)] = self.month

    def read_outcomes(self) -> Mapping[str, float]:
        """The ratio so far, among those who were followed for a year; 0 where there is none."""
        who = (self._first > _SETTLED) & (self._first <= self.month - YEAR)
        heard, unheard = who & self._acted, who & ~self._acted
        if not heard.any() or not self._again[unheard].any():
            return {"second_report": 0.0}
        ratio = self._again[heard].mean() / self._again[unheard].mean()
        return {"second_report": float(ratio)}


class Tied(GovernanceModel):
    """Follows ties that are born without a contract: which of them live for a year."""

    own_outcomes = (
        Outcome("new_bridges_kept", "none", "0-1", "ties born between institutions without a shared partner that live a year / all of them, so far", "New bridging ties that live a year"),
        Outcome("new_embedded_kept", "none", "0-1", "the same of ties with a shared partner", "New embedded ties that live a year"),
    )  # fmt: skip

    def change_network(self) -> None:
        """The month's births and deaths, and which ties of a year ago are still there."""
        super().change_network()
        now = snapshot(self.state.network, self.month, 0.0)
        if not hasattr(self, "_born"):
            self._born: deque[tuple[NDArray[np.int32], NDArray[np.int64]]] = deque(maxlen=YEAR)
            self._lived, self._ties_before = np.zeros((2, 2)), now.adjacency
        if len(self._born) == YEAR:
            ties, shared = self._born[0]
            lasting = np.zeros(now.adjacency.shape, dtype=np.bool_)
            old = now.ties[now.ties[:, 2] >= YEAR]
            lasting[old[:, 0], old[:, 1]] = True
            for kind, these in enumerate((shared == 0, shared > 0)):
                self._lived[kind] += lasting[ties[these, 0], ties[these, 1]].sum(), these.sum()
        new = may_end(now.ties) & ~self._ties_before[now.ties[:, 0], now.ties[:, 1]]
        self._born.append((now.ties[new], now.shared_partners[new]))
        self._ties_before = now.adjacency

    def read_outcomes(self) -> Mapping[str, float]:
        """Both shares so far; 0 where no tie was followed."""
        kept, all_of_them = self._lived.T
        bridges, embedded = kept / np.maximum(all_of_them, 1.0)
        return {"new_bridges_kept": float(bridges), "new_embedded_kept": float(embedded)}


class Worse(GovernanceModel):
    """Services that are worse by `slump` for the eleventh year, in both channels."""

    slump = 0.3

    def offer_services(self) -> None:
        """What citizens meet: less, while the slump lasts."""
        super().offer_services()
        if _TEN_YEARS < self.month <= _TEN_YEARS + YEAR:
            offer = self.state.offer
            for quality in (offer.quality_digital, offer.quality_counter):
                quality[:] = np.clip(quality - np.float32(self.slump), 0.0, 1.0)


class Open(GovernanceModel):
    """Governments that are .5 more open to who judges them, with nothing else changed."""

    def offer_services(self) -> None:
        """What citizens meet, seen more openly."""
        super().offer_services()
        openness = self.state.offer.openness
        openness[:] = np.clip(openness + np.float32(0.5), 0.0, 1.0)
