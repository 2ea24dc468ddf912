"""A citizen who is followed: what befell them each month, and which reasons moved their trust.

A followed citizen lives the month ahead of everybody else with the methods of `Citizen`, notes what
happens, and steps back, so that the month itself stays what it was. Nothing is computed twice in
another way: the notes are the model's own numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from sim.agents.citizen import (
    HALF,
    ONE,
    Citizen,
    budget_fit,
    performance,
    updated_expectation,
    updated_trust,
)
from sim.engine.numbers import Whole
from sim.processes import tally

if TYPE_CHECKING:
    from sim.model import GovernanceModel

_COUNTS = {
    "needs": tally.NEEDS,
    "met": tally.MET,
    "counter": tally.COUNTER_HANDLED,
    "tried_online": tally.DIGITAL_TRIED,
    "done_online": tally.DIGITAL_DONE,
    "invited": tally.INVITED,
    "took_part": tally.INPUTS,
    "answered": tally.ANSWERED,
    "ignored": tally.IGNORED,
    "exposed": tally.EXPOSED,
    "trained": tally.TRAINED,
}
_LEVELS = (
    "trust", "trust_local", "trust_central", "expectation_local", "expectation_central",
    "predisposition", "quality", "skill", "efficacy", "fatigue", "digital",
)  # fmt: skip
_OFFERS = (
    "online_supply", "quality_digital", "quality_counter", "handled_share", "invitations",
    "response_rate", "openness", "discretion", "infrastructure",
)  # fmt: skip
REASONS = ("service", "budget", "answers", "breach", "neighbours", "nature")
"""What moves trust in P9: service and budget against what the citizen is used to, answers to
inputs, breaches, the trust that tied citizens show, and the return to the predisposition."""


class FollowedCitizen(Citizen):
    """A citizen whose months are noted from now on. Made by `GovernanceModel.follow`."""

    rules: ClassVar[frozenset[str]] = frozenset()
    beside: ClassVar[bool] = True

    def __init__(self, model: GovernanceModel, row: int) -> None:
        super().__init__(model, row)
        self._counts: dict[int, int] = {}
        self._reasons = dict.fromkeys(REASONS, 0.0)
        self._usual = (self.expectation_local, self.expectation_central)
        self.peers = self.look()
        self.fit: Any = np.float32(np.nan)
        self.national_fit: Any = np.float32(np.nan)
        self._months = [self._noted()]

    @property
    def life(self) -> pd.DataFrame:
        """A row per month, the start first: levels, counts, what was offered, reasons.

        `by_...` are the parts of the month's change of `trust`; all else is as `Citizens`, `Offer`
        and the tallies declare it. `hours` are those spent on services.
        """
        return pd.DataFrame(self._months)

    def live(self) -> None:
        """Live the month ahead, note it, and step back."""
        columns = self.model.state.citizens
        before = [column[self.row].copy() for column in columns]
        shown = self.model.state.showing[self.row]
        self._counts = {}
        super().live()
        self._months.append(self._noted())
        for column, value in zip(columns, before, strict=True):
            column[self.row] = value
        self.model.state.showing[self.row] = shown

    def judge(self) -> None:
        """Judge as every citizen does, with the reasons taken apart first."""
        ideal = self.ideal_budget
        fit = budget_fit(*self._offered("allocation"), *ideal)
        self.national_fit = budget_fit(*self._offered("agenda"), *ideal)
        starts = self.trust_local, self.trust_central
        expected = self.expectation_local, self.expectation_central
        super().judge()
        share = self._offered("discretion")
        offset = self.model.parameters.trust.local_advantage * HALF
        usual = self._usual
        sides = (
            self._taken_apart(starts[0], expected[0], usual[0], fit, share, offset),
            self._taken_apart(
                starts[1], expected[1], usual[1], self.national_fit, ONE - share, -offset
            ),
        )
        self._reasons = {name: 0.5 * (sides[0][name] + sides[1][name]) for name in REASONS}
        p = self.model.parameters.trust
        self._usual = (
            updated_expectation(usual[0], self.quality, p),
            updated_expectation(usual[1], self.quality, p),
        )

    def _taken_apart(
        self, trust: Any, expected: Any, usual: Any, fit: Any, share: Any, offset: Any
    ) -> dict[str, float]:
        """What each reason alone does to trust in one government, by the rule itself.

        Expectations follow service and budget by one linear rule, so they part into what was usual
        of services (`usual`) and of the budget; each is compared with its own.
        """
        p = self.model.parameters.trust
        openness = self._offered("openness")
        zero = np.float32(0.0)

        def alone(
            surprise: Any = zero, settled: Any = trust, pull: Any = zero,
            answer: Whole = 0, exposed: bool = False,
        ) -> float:  # fmt: skip
            moved = updated_trust(trust, surprise, share, openness, settled, pull, answer, exposed,
                                  p)  # fmt: skip
            return float(moved) - float(trust)

        surprise = performance(self.quality, fit, p) - expected
        by_surprise = alone(surprise=surprise)
        of_service = float(p.service_weight) * float(self.quality - usual)
        service = by_surprise * of_service / float(surprise) if surprise else 0.0
        return {
            "service": service,
            "budget": by_surprise - service,
            "answers": alone(answer=self.answer),
            "breach": alone(exposed=bool(self._counts.get(tally.EXPOSED, 0))),
            "neighbours": alone(pull=self.peers.trust - self.trust_before),
            "nature": alone(settled=self.predisposition + offset),
        }

    def _count(self, entry: int, amount: Whole) -> None:
        self._counts[entry] = self._counts.get(entry, 0) + int(amount)

    def _noted(self) -> dict[str, float]:
        counts = {name: self._counts.get(entry, 0) for name, entry in _COUNTS.items()}
        p = self.model.parameters.service
        hours = p.counter_hours * counts["counter"] + p.digital_hours * counts["tried_online"]
        return {
            "month": self.model.month - self.model.before,
            **{name: float(getattr(self, name)) for name in _LEVELS},
            "has_access": int(self.has_access),
            "peers_digital": float(self.peers.digital),
            "fit": float(self.fit),
            "national_fit": float(self.national_fit),
            **counts,
            "hours": float(hours),
            **{name: float(self._offered(name)) for name in _OFFERS},
            **{f"by_{name}": value for name, value in self._reasons.items()},
        }
