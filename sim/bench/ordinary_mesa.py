"""The citizens' month as an ordinary Mesa model: what the compiled month is measured against.

The same rules as in `sim.agents.citizen`, with plain Python numbers in plain attributes, Mesa's
own random numbers, tied citizens as a list of agents and `shuffle_do`. It is written to be quick
as such models go: no draw is taken that is not needed, and only what governments read is counted.
Two things differ from the compiled model, both to the advantage of this one: governments stand
still (their offer is the one of the month of copying), and what goes into the record only (quality
by status, trust, months of activity) is not counted.
"""

from __future__ import annotations

from bisect import bisect_right
from math import exp
from typing import Any, NamedTuple

import mesa
import numpy as np

from sim.model import GovernanceModel
from sim.processes.state import NEUTRAL_EFFICACY, Citizens, Offer

YEAR = 0xFFF
"""Twelve months of flags."""


class OrdinaryPlace:
    """A local government that stands still, and what it counts in a month."""

    def __init__(self, offer: dict[str, Any], needs_table: list[float]) -> None:
        self.needs_table = needs_table
        self.quality_digital: float = offer["quality_digital"]
        self.quality_counter: float = offer["quality_counter"]
        self.handled_share: float = offer["handled_share"]
        self.transactions: float = offer["transactions"]
        self.information: float = offer["information"]
        self.discretion: float = offer["discretion"]
        self.openness: float = offer["openness"]
        self.invitations: float = offer["invitations"]
        self.response_rate: float = offer["response_rate"]
        self.action_rate: float = offer["action_rate"]
        self.climate: float = offer["climate"]
        self.climate_step: float = offer["climate_step"]
        self.exposure: float = offer["exposure"]
        self.training: float = offer["training"]
        self.infrastructure: float = offer["infrastructure"]
        self.allocation: list[float] = offer["allocation"]
        self.agenda: list[float] = offer["agenda"]
        self.preference: list[float] = offer["preference"]
        self.open_month()

    def open_month(self) -> None:
        """Start counting anew."""
        self.needs = 0
        self.met = 0
        self.counter_asked = 0
        self.counter_handled = 0
        self.digital_tried = 0
        self.digital_done = 0
        self.invited = 0
        self.inputs = 0
        self.taking_part = 0
        self.answered = 0
        self.acted_on = 0
        self.exposed = 0
        self.trained = 0
        self.users = 0
        self.heard = 0
        self.acceptance = 0.0
        self.wanted_inputs = [0.0, 0.0, 0.0, 0.0]
        self.wanted_users = [0.0, 0.0, 0.0, 0.0]


class OrdinaryCitizen(mesa.Agent):  # type: ignore[misc]
    """A citizen with attributes of its own."""

    model: OrdinaryModel
    tied: list[OrdinaryCitizen]

    def __init__(self, model: OrdinaryModel, home: OrdinaryPlace, start: dict[str, Any]) -> None:
        super().__init__(model)
        self.home = home
        self.skill: float = start["skill"]
        self.civic: float = start["civic"]
        self.taste_welfare: float = start["taste_welfare"]
        self.taste_economy: float = start["taste_economy"]
        self.taste_environment: float = start["taste_environment"]
        self.taste_safety: float = start["taste_safety"]
        self.access_rank: float = start["access_rank"]
        self.predisposition: float = start["predisposition"]
        self.expectation_local: float = start["expectation_local"]
        self.expectation_central: float = start["expectation_central"]
        self.trust_local: float = start["trust_local"]
        self.trust_central: float = start["trust_central"]
        self.trust = 0.5 * (self.trust_local + self.trust_central)
        self.efficacy: float = start["efficacy"]
        self.belief: float = start["belief"]
        self.fatigue: float = start["fatigue"]
        self.quality: float = start["quality"]
        self.digital = bool(start["digital"])
        self.waiting = bool(start["waiting"])
        self.experience: int = start["experience"]
        self.used: int = start["used"]
        self.forms: int = start["forms"]
        self.active: int = start["active"]
        self.heard: int = start["heard"]
        self.fit = 0.0

    def step(self) -> None:
        """One month: learn, choose, be served, hear back, take part, judge."""
        self.see_peers()
        self.learn()
        self.choose_channel()
        self.use_services()
        self.hear_back()
        self.take_part()
        self.judge()
        self.speak_up()

    def see_peers(self) -> None:
        """Look at those one is tied to, as they are just now."""
        digital = active = 0
        trust = 0.0
        for other in self.tied:
            if other.digital:
                digital += 1
            if other.active:
                active += 1
            trust += other.trust
        count = len(self.tied)
        self.peers_digital = digital / count
        self.peers_active = active / count
        self.peers_trust = trust / count

    def learn(self) -> None:
        """Perhaps take a digital-skills course."""
        training = self.home.training
        if training > 0.0 and self.random.random() * 12.0 < training:
            self.skill += self.model.service.course_gain * (1.0 - self.skill)
            self.home.trained += 1

    def choose_channel(self) -> None:
        """Now and then reconsider the counter and the digital channel."""
        home = self.home
        if self.access_rank >= home.infrastructure:
            self.digital = False
            return
        p = self.model.service
        random = self.random.random
        if random() < p.reconsider:
            appeal = (
                p.usefulness * (home.quality_digital - home.quality_counter) / 0.15
                + p.ease * (self.skill - 0.5) / 0.25
                + p.peers * (self.peers_digital - 0.5) / 0.25
                + p.trust_weight * (self.trust - 0.42) / 0.20
            )
            odds = p.choice_scale * appeal + p.choice_intercept
            self.digital = random() < 1.0 / (1.0 + exp(-odds))
        if self.digital:
            home.users += 1

    def use_services(self) -> None:
        """Bring the month's needs to government; what fails online goes to the counter."""
        home = self.home
        random = self.random.random
        needs = bisect_right(home.needs_table, random())
        tried = done = formed = served = 0
        if needs:
            handled = home.handled_share
            p = self.model.service
            information = p.information_share
            found = 0.0
            if self.access_rank < home.infrastructure:
                found = information * home.information * self.skill
            supply = (1.0 - information) * home.transactions if self.digital else 0.0
            online = supply + found
            success = min(1.0, p.success_floor + p.success_gain * self.skill)
            for _ in range(needs):
                if online:
                    luck = random()
                    if luck < online:
                        tried += 1
                        if random() < success:
                            done += 1
                            formed += luck < supply
                            continue
                if random() < handled:
                    served += 1
            total = home.quality_digital * done + home.quality_counter * served
            self.quality = total / needs
            home.needs += needs
            home.met += done + served
            home.counter_asked += needs - done
            home.counter_handled += served
            home.digital_tried += tried
            home.digital_done += done
        self.used = (self.used << 1 | (tried > 0)) & YEAR
        self.forms = (self.forms << 1 | (formed > 0)) & YEAR

    def hear_back(self) -> None:
        """Learn whether last month's input was answered."""
        self.is_answered = self.is_ignored = self.is_acted_on = False
        if self.waiting:
            luck = self.random.random()
            self.is_answered = luck < self.home.response_rate
            self.is_acted_on = luck < self.home.action_rate
            self.is_ignored = not self.is_answered
        if self.is_answered:
            self.home.answered += 1
            self.home.acted_on += self.is_acted_on
        self.heard = (self.heard << 1 | self.is_answered) & YEAR
        if self.heard:
            self.home.heard += 1

    def take_part(self) -> None:
        """Perhaps give inputs, invited or not; be encouraged, disappointed, tired."""
        home = self.home
        random = self.random.random
        p = self.model.participation
        eagerness = (
            p.intercept
            + self.civic
            + p.efficacy_slope * (self.efficacy - 0.4)
            + p.trust_slope * (self.trust - 0.42) / 0.20
            + p.peer_slope * self.peers_active
            - p.fatigue_slope * self.fatigue / max(self.experience, 1)
            + (p.online_bonus if self.digital else 0.0)
        )
        fatigue = (1.0 - p.fatigue_fading) * self.fatigue
        occasions = p.unprompted
        if random() < home.invitations:
            home.invited += 1
            occasions += p.uplift
            fatigue += p.fatigue_invited
        given = count_inputs(min(occasions * exp(eagerness), 255.0), random())
        joined = given > 0
        if joined:
            home.inputs += given
            home.taking_part += 1
            fatigue += p.fatigue_input
            self.experience = min(self.experience + given, 255)
        self.fatigue = fatigue
        self.waiting = joined
        self.active = (self.active << 1 | joined) & YEAR
        self.efficacy += p.forgetting * (self.belief - self.efficacy)
        if self.is_answered:
            way = p.acted_on if self.is_acted_on else p.acknowledged
            self.efficacy += way * (1.0 - self.efficacy)
        elif self.is_ignored:
            self.efficacy -= p.silence * self.efficacy

    def judge(self) -> None:
        """Compare what government does with what was expected; trust it more or less."""
        home = self.home
        p = self.model.faith
        self.ideal = ideal = self.ideal_budget()
        self.fit = fit = budget_fit(home.allocation, ideal)
        national_fit = budget_fit(home.agenda, ideal)
        home.acceptance += 1.0 / (1.0 + exp((p.consent_fit - fit) / p.consent_width))
        exposed = home.exposure > 0.0 and self.is_exposed()
        local_share = home.discretion
        central_share = 1.0 - local_share
        services = p.service_weight * self.quality + p.halo * (self.predisposition - 0.5)
        seen_local = services + (1.0 - p.service_weight) * fit
        seen_central = services + (1.0 - p.service_weight) * national_fit
        offset = 0.5 * p.local_advantage
        self.trust_local = self.updated_trust(
            self.trust_local, seen_local, self.expectation_local, local_share,
            self.predisposition + offset, exposed,
        )  # fmt: skip
        self.trust_central = self.updated_trust(
            self.trust_central, seen_central, self.expectation_central, central_share,
            self.predisposition - offset, exposed,
        )  # fmt: skip
        self.trust = 0.5 * (self.trust_local + self.trust_central)
        self.expectation_local += p.perception * (seen_local - self.expectation_local)
        self.expectation_central += p.perception * (seen_central - self.expectation_central)

    def ideal_budget(self) -> tuple[float, float, float, float]:
        """The budget shares the citizen would choose."""
        p0, p1, p2, p3 = self.home.preference
        w0 = self.taste_welfare * p0
        w1 = self.taste_economy * p1
        w2 = self.taste_environment * p2
        w3 = self.taste_safety * p3
        scale = 1.0 / (w0 + w1 + w2 + w3)
        return w0 * scale, w1 * scale, w2 * scale, w3 * scale

    def is_exposed(self) -> bool:
        """Whether this month's breach reaches the citizen."""
        chance = self.home.exposure * (1.0 if self.digital else 0.3)
        if self.random.random() < chance:
            self.home.exposed += 1
            return True
        return False

    def updated_trust(
        self,
        trust: float,
        seen: float,
        expectation: float,
        share: float,
        disposed: float,
        exposed: bool,
    ) -> float:
        """Trust in one government after a month."""
        p, home = self.model.faith, self.home
        reference = p.anchor * p.norm + (1.0 - p.anchor) * expectation
        settled = (1.0 - p.diffusion) * (disposed + home.climate) + p.diffusion * self.peers_trust
        settled += p.outcome_slope * (seen - reference)
        settled += p.voice_slope * share * (self.efficacy - NEUTRAL_EFFICACY)
        settled = min(max(settled, 0.0), 1.0)
        rate = p.reversion * (1.0 + p.openness_gain * home.openness)
        if settled < trust:
            rate *= p.negativity
        value = trust + rate * (settled - trust) + home.climate_step
        if exposed:
            value -= p.breach * share * trust
        held: float = min(max(value, 0.0), 1.0)
        return held

    def speak_up(self) -> None:
        """Tell what one wants, by an input or by digital traces."""
        if self.waiting:
            for domain, share in enumerate(self.ideal):
                self.home.wanted_inputs[domain] += share
        if self.digital:
            for domain, share in enumerate(self.ideal):
                self.home.wanted_users[domain] += share


def count_inputs(rate: float, draw: float) -> int:
    """Inputs of a month: by luck up to a rate of one, above it as they come."""
    mean = min(rate, 1.0)
    whole, part = divmod(rate - mean, 1.0)
    given = int(whole) + (draw < part)
    term = exp(-mean)
    more = 1.0 - term
    for k in range(1, 7):
        if draw >= more:
            break
        given += 1
        term *= mean / k
        more -= term
    return given


def budget_fit(budget: list[float], ideal: tuple[float, float, float, float]) -> float:
    """1 less half the sum of absolute differences."""
    b0, b1, b2, b3 = budget
    w0, w1, w2, w3 = ideal
    return 1.0 - 0.5 * (abs(b0 - w0) + abs(b1 - w1) + abs(b2 - w2) + abs(b3 - w3))


class OrdinaryModel(mesa.Model):  # type: ignore[misc]
    """The citizens of a society as Mesa agents, under governments that stand still."""

    def __init__(self, copied: GovernanceModel, *, rng: int = 1) -> None:
        super().__init__(rng=rng)
        state, parameters = copied.state, copied.parameters
        self.service = plain(parameters.service)
        self.participation = plain(parameters.participation)
        self.faith = plain(parameters.trust)
        tables = state.needs_tables.tolist()
        self.places = [
            OrdinaryPlace(*row) for row in zip(records(state.offer), tables, strict=True)
        ]
        starts = records(state.citizens)
        people = [OrdinaryCitizen(self, self.places[start["home"]], start) for start in starts]
        tied = state.tied_to(np.arange(len(people))).tolist()
        for citizen, others in zip(people, tied, strict=True):
            citizen.tied = [people[other] for other in others]

    def step(self) -> None:
        """One month."""
        for place in self.places:
            place.open_month()
        self.agents.shuffle_do("step")

    def forget(self) -> None:
        """Let Mesa forget this model: Mesa 3.3 keeps every model that ever had agents."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


def plain(parameters: Any) -> Any:
    """Parameters as Python numbers, which plain Python works on faster than on NumPy's."""
    return type(parameters)(*map(float, parameters))


def records(group: Citizens | Offer) -> list[dict[str, Any]]:
    """Columns as one dictionary of plain Python values per row."""
    columns: NamedTuple = group
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [dict(zip(group._fields, row, strict=True)) for row in rows]
