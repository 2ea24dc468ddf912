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
    settled_trust,
    updated_expectation,
)
from sim.engine.compiling import readable
from sim.engine.numbers import Whole
from sim.processes import tally, trust
from sim.processes.state import NEUTRAL_EFFICACY

trust_rate = readable(trust.trust_rate)

if TYPE_CHECKING:
    from sim.model import GovernanceModel

_COUNTS = {
    "needs": tally.NEEDS,
    "met": tally.MET,
    "counter": tally.COUNTER_HANDLED,
    "tried_online": tally.DIGITAL_TRIED,
    "done_online": tally.DIGITAL_DONE,
    "invited": tally.INVITED,
    "took_part": tally.TAKING_PART,
    "inputs": tally.INPUTS,
    "answered": tally.ANSWERED,
    "ignored": tally.IGNORED,
    "acted_on": tally.ACTED_ON,
    "exposed": tally.EXPOSED,
    "trained": tally.TRAINED,
}
_LEVELS = (
    "trust", "trust_local", "trust_central", "expectation_local", "expectation_central",
    "predisposition", "quality", "skill", "efficacy", "fatigue", "digital",
)  # fmt: skip
_OFFERS = (
    "online_supply", "transactions", "information", "quality_digital", "quality_counter",
    "handled_share", "invitations",
    "response_rate", "action_rate", "openness", "discretion", "infrastructure", "climate",
    "climate_step",
)  # fmt: skip
REASONS = ("service", "budget", "voice", "breach", "neighbours", "climate", "nature")
"""What trust is made of in P9: service and budget against norm and expectation, the belief that one
has a say, breaches, the trust that tied citizens show, the climate of the day, and the
predisposition, with what is left of the trust that a citizen began with."""
_NEUTRAL = np.float32(NEUTRAL_EFFICACY)
_MIDDLE = np.float32(0.5)


class FollowedCitizen(Citizen):
    """A citizen whose months are noted from now on. Made by `GovernanceModel.follow`."""

    rules: ClassVar[frozenset[str]] = frozenset()
    beside: ClassVar[bool] = True

    def __init__(self, model: GovernanceModel, row: int) -> None:
        super().__init__(model, row)
        self._counts: dict[int, int] = {}
        self._reasons = dict.fromkeys(REASONS, 0.0)
        self._renewed = 0.0
        self._is_new = False
        self._find_nature(float(self._offered("climate") + self._offered("climate_step")))
        self.peers = self.look()
        self.fit: Any = np.float32(np.nan)
        self.national_fit: Any = np.float32(np.nan)
        self._months = [self._noted()]

    @property
    def life(self) -> pd.DataFrame:
        """A row per month, the start first: levels, counts, what was offered, reasons.

        `by_...` are the parts of the month's change of `trust`, which add up to it; all else is as
        `Citizens`, `Offer` and the tallies declare it. `hours` are those spent on services.
        """
        return pd.DataFrame(self._months)

    def live(self) -> None:
        """Live the month ahead, note it, and step back."""
        columns = self.model.state.citizens
        before = [column[self.row].copy() for column in columns]
        shown = self.model.state.showing[self.row]
        self._counts, self._renewed, self._is_new = {}, 0.0, False
        super().live()
        self._months.append(self._noted())
        for column, value in zip(columns, before, strict=True):
            column[self.row] = value
        self.model.state.showing[self.row] = shown

    def begin_anew(self) -> None:
        """A newcomer has other reasons: what they trust before the first month is nature's."""
        before = self.trust
        super().begin_anew()
        self._renewed, self._is_new = float(self.trust) - float(before), True
        self._find_nature(float(self._offered("climate")))

    def _find_nature(self, climate: float) -> None:
        """What trust is made of where nothing has been experienced yet."""
        light = self._light()
        self._usual = (self.expectation_local - light, self.expectation_central - light)
        self._made_of = tuple(
            dict.fromkeys(REASONS, 0.0) | {"climate": climate, "nature": float(level) - climate}
            for level in (self.trust_local, self.trust_central)
        )

    def judge(self) -> None:
        """Judge as every citizen does, with the reasons taken apart first."""
        ideal = self.ideal_budget
        fit = budget_fit(*self._offered("allocation"), *ideal)
        self.national_fit = budget_fit(*self._offered("agenda"), *ideal)
        starts = self.trust_local, self.trust_central
        expected = self.expectation_local, self.expectation_central
        super().judge()
        p = self.model.parameters.trust
        share = self._offered("discretion")
        offset = p.local_advantage * HALF
        before = self._made_of
        self._made_of = (
            self._taken_apart(0, starts[0], expected[0], fit, share, offset),
            self._taken_apart(1, starts[1], expected[1], self.national_fit, ONE - share, -offset),
        )
        self._reasons = {
            name: 0.5 * sum(now[name] - then[name] for now, then in zip(
                self._made_of, before, strict=True))
            for name in REASONS
        }  # fmt: skip
        self._reasons["nature"] += self._renewed
        self._usual = (
            updated_expectation(self._usual[0], self.lived, p),
            updated_expectation(self._usual[1], self.lived, p),
        )

    def _taken_apart(
        self, side: int, trust: Any, expected: Any, fit: Any, share: Any, offset: Any
    ) -> dict[str, float]:
        """What trust in one government (0 local, 1 central) is made of after the month.

        Trust goes a part of the way to a level that is a sum of reasons, so it is itself a sum of
        what each has brought so far. What holds it within 0 and 1 is nature's.
        """
        p = self.model.parameters.trust
        openness, climate = self._offered("openness"), self._offered("climate")
        seen = performance(self.lived, fit, self.predisposition, p)
        settled = settled_trust(
            self.predisposition + offset, self.peers.trust, climate, seen, expected,
            self.efficacy, share, p,
        )  # fmt: skip
        level = self._level(side, seen, expected, share)
        level["nature"] = float(settled) - sum(level.values())
        rate = float(trust_rate(trust, settled, openness, p))
        parts = {
            name: before + rate * (level.get(name, 0.0) - before)
            for name, before in self._made_of[side].items()
        }
        parts["climate"] += float(self._offered("climate_step"))
        if self._counts.get(tally.EXPOSED, 0):
            parts["breach"] -= float(p.breach * share * trust)
        total = sum(parts.values())
        parts["nature"] += min(max(total, 0.0), 1.0) - total
        return parts

    def _level(self, side: int, seen: Any, expected: Any, share: Any) -> dict[str, float]:
        """What each reason but nature adds to the level at which trust would come to rest.

        Expectations follow service and budget by one linear rule, so they part into what was usual
        of services and of the budget; each is held against the norm and its own. The light in
        which a citizen sees both is nature's.
        """
        p = self.model.parameters.trust
        slope, kept = float(p.outcome_slope), float(p.anchor)
        reference = kept * float(p.norm) + (1.0 - kept) * float(expected)
        usual = kept * float(p.norm) + (1.0 - kept) * float(self._usual[side])
        service = slope * float(p.service_weight) * (float(self.lived) - usual)
        light = slope * kept * float(self._light())
        climate = self._offered("climate")
        return {
            "service": service,
            "budget": slope * (float(seen) - reference) - service - light,
            "voice": float(p.voice_slope * share * (self.efficacy - _NEUTRAL)),
            "neighbours": float(p.diffusion * (self.peers.trust - climate)),
            "climate": float(climate),
        }

    def _light(self) -> Any:
        """How much better than others, or worse, the citizen sees what government does."""
        return self.model.parameters.trust.halo * (self.predisposition - _MIDDLE)

    def _tell(self, slot: int, told: int, digital: int) -> None:
        """Nothing is heard twice."""

    def _count(self, entry: int, amount: Whole) -> None:
        self._counts[entry] = self._counts.get(entry, 0) + int(amount)

    def _noted(self) -> dict[str, float]:
        counts = {name: self._counts.get(entry, 0) for name, entry in _COUNTS.items()}
        p = self.model.parameters.service
        hours = p.counter_hours * counts["counter"] + p.digital_hours * counts["tried_online"]
        return {
            "month": self.model.month - self.model.before,
            **{name: float(getattr(self, name)) for name in _LEVELS},
            "newcomer": int(self._is_new),
            "has_access": int(self.has_access),
            "peers_digital": float(self.peers.digital),
            "fit": float(self.fit),
            "national_fit": float(self.national_fit),
            **counts,
            "hours": float(hours),
            **{name: float(self._offered(name)) for name in _OFFERS},
            **{f"by_{name}": value for name, value in self._reasons.items()},
        }
