"""The citizens' month in plain NumPy: a rule over all citizens at a time, column by column.

The same rules as in `sim.bench.ordinary_mesa` and in `sim.agents.citizen`, written as they are
written where Numba is not at hand: columns in single precision, NumPy's own fastest generator, no
draw that is not needed, whatever concerns few citizens worked out for these few. What tied citizens
see of each other is packed into one word, as in the compiled month, and is last month's. As in the
ordinary model governments stand still, and what goes into the record only is not counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.bench.ordinary_mesa import plain
from sim.model import GovernanceModel
from sim.processes.service import MOST_NEEDS
from sim.processes.state import DOMAIN_COUNT, NEUTRAL_EFFICACY, TIES, Citizens, Offer

Numbers = NDArray[np.float32]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]

_YEAR = np.uint16(0xFFF)
_LEVELS = np.float32(2047.0)
_ACTIVE, _DIGITAL = np.uint32(14), np.uint32(18)
_FOUR_BITS = np.uint32(15)
_TRUST = np.uint32((1 << 14) - 1)


class NumpyModel:
    """The citizens of a society as columns, under governments that stand still.

    `counts` has what governments read of the last month: a name, and a number for each of them.
    """

    def __init__(self, copied: GovernanceModel, *, rng: int = 1) -> None:
        state, parameters = copied.state, copied.parameters
        self.service = plain(parameters.service)
        self.participation = plain(parameters.participation)
        self.faith = plain(parameters.trust)
        self.people = Citizens(*(column.copy() for column in state.citizens))
        self.offer = Offer(*(column.copy() for column in state.offer))
        self.needs_tables: Numbers = state.needs_tables.copy()
        self.home: Rows = self.people.home.astype(np.intp)
        self.tied: Rows = np.ascontiguousarray(state.tied_to(np.arange(len(self.home))).T)
        self.places = len(self.offer.exposure)
        self.starts: Rows = np.searchsorted(self.home, np.arange(self.places))
        self.luck = np.random.Generator(np.random.SFC64(rng))
        self.counts: dict[str, NDArray[Any]] = {}
        self.fit: Numbers = np.zeros(len(self.home), dtype=np.float32)

    def step(self) -> None:
        """One month."""
        self.see_peers()
        self.learn()
        self.choose_channels()
        self.use_services()
        self.hear_back()
        self.take_part()
        self.judge()
        self.speak_up()

    def see_peers(self) -> None:
        """What citizens see of those they are tied to, and what they trust before this month."""
        c = self.people
        self.trust: Numbers = (c.trust_local + c.trust_central) * np.float32(0.5)
        shown = (self.trust * _LEVELS).astype(np.uint32)
        shown |= (c.active != 0).astype(np.uint32) << _ACTIVE
        shown |= c.digital.astype(np.uint32) << _DIGITAL
        total = np.zeros_like(shown)
        seen = np.empty_like(shown)
        for tied in self.tied:
            np.take(shown, tied, out=seen, mode="clip")
            total += seen
        each = np.float32(1.0 / TIES)
        self.peers_digital: Numbers = (total >> _DIGITAL).astype(np.float32) * each
        self.peers_active: Numbers = ((total >> _ACTIVE) & _FOUR_BITS).astype(np.float32) * each
        self.peers_trust: Numbers = (total & _TRUST).astype(np.float32) * (each / _LEVELS)

    def learn(self) -> None:
        """Some take a digital-skills course."""
        trained = np.empty(0, dtype=np.intp)
        if self.offer.training.any():
            trained = np.flatnonzero(
                self._draws() * np.float32(12.0) < self._of(self.offer.training)
            )
            skill = self.people.skill[trained]
            self.people.skill[trained] += self.service.course_gain * (1.0 - skill)
        self.counts["trained"] = self._sums(trained)

    def choose_channels(self) -> None:
        """Now and then citizens reconsider the counter and the digital channel."""
        c, o, p = self.people, self.offer, self.service
        access = c.access_rank < self._of(o.infrastructure)
        c.digital[:] &= access
        rows = np.flatnonzero(access & (self._draws() < p.reconsider))
        home = self.home[rows]
        advantage = (o.quality_digital - o.quality_counter) / 0.15
        appeal = (
            (p.usefulness * advantage)[home]
            + p.ease / 0.25 * (c.skill[rows] - 0.5)
            + p.peers / 0.25 * (self.peers_digital[rows] - 0.5)
            + p.trust_weight / 0.20 * (self.trust[rows] - 0.42)
        )
        chance = logistic(p.choice_scale * appeal + p.choice_intercept)
        c.digital[rows] = self._draws(len(rows)) < chance
        self.counts["users"] = self._count(c.digital.view(np.bool_))

    def use_services(self) -> None:
        """Citizens bring the month's needs; what fails online goes to the counter.

        Three draws of the ordinary model are one here: bounds part what may become of a need.
        """
        c, o = self.people, self.offer
        draws = self._draws()
        tables = [np.ascontiguousarray(self.needs_tables[:, k]) for k in range(MOST_NEEDS)]
        rows = np.flatnonzero(draws >= self._of(tables[0]))
        needy, draws, home = rows, draws[rows], self.home[rows]
        tried, formed, done, rescued, handled = self._fates(needy, home)
        needs, tries, dones, forms, serves = np.zeros((5, len(needy)), dtype=np.uint8)
        among: Any = slice(None)
        for table in tables[1:]:
            luck = self._draws(len(needy[among]))
            online, success = luck < tried[among], luck < done[among]
            needs[among] += np.uint8(1)
            tries[among] += online
            dones[among] += success
            forms[among] += luck < formed[among]
            serves[among] += (luck < rescued[among]) ^ success
            serves[among] += (luck < handled[among]) ^ online
            here = np.arange(len(needy)) if isinstance(among, slice) else among
            among = here[draws[here] >= table[home[here]]]
        served_online = o.quality_digital[home] * dones
        c.quality[needy] = (served_online + o.quality_counter[home] * serves) / needs
        self._remember(c.used, needy[tries > 0])
        self._remember(c.forms, needy[forms > 0])
        amounts = {"needs": needs, "counter_handled": serves, "digital_tried": tries,
                   "digital_done": dones}  # fmt: skip
        for name, amount in amounts.items():
            self.counts[name] = self._sums(needy, amount)
        self.counts["met"] = self.counts["digital_done"] + self.counts["counter_handled"]
        self.counts["counter_asked"] = self.counts["needs"] - self.counts["digital_done"]

    def hear_back(self) -> None:
        """Those who gave an input last month learn whether it was answered."""
        waiting = np.flatnonzero(self.people.waiting)
        luck, home = self._draws(len(waiting)), self.home[waiting]
        answered = luck < self.offer.response_rate[home]
        acted_on = luck < self.offer.action_rate[home]
        self.answered: Rows = waiting[answered]
        self.acknowledged: Rows = waiting[answered & ~acted_on]
        self.acted_on: Rows = waiting[acted_on]
        self.ignored: Rows = waiting[~answered]
        self._remember(self.people.heard, self.answered)
        self.counts["answered"] = self._sums(self.answered)
        self.counts["acted_on"] = self._sums(self.acted_on)
        self.counts["heard"] = self._count(self.people.heard != 0)

    def take_part(self) -> None:
        """Some give inputs, invited or not; all are encouraged, disappointed, tired."""
        c, p = self.people, self.participation
        one = np.float32(1.0)
        invited = self._draws() < self._of(self.offer.invitations)
        eagerness = (
            c.civic
            + p.efficacy_slope * (c.efficacy - 0.4)
            + p.trust_slope / 0.20 * (self.trust - 0.42)
            + p.peer_slope * self.peers_active
            - p.fatigue_slope * c.fatigue / np.maximum(c.experience, 1)
            + p.online_bonus * c.digital
            + p.intercept
        )
        rate = np.exp(eagerness) * np.where(invited, p.unprompted + p.uplift, p.unprompted)
        rate = np.minimum(rate, 255.0).astype(np.float32)
        draws, mean = self._draws(), np.minimum(rate, one)
        self.joined: Rows = np.flatnonzero(draws < np.maximum(-np.expm1(-mean), rate - one))
        given = self._given(rate[self.joined], draws[self.joined])
        c.fatigue[:] *= 1.0 - p.fatigue_fading
        c.fatigue[invited] += p.fatigue_invited
        c.fatigue[self.joined] += p.fatigue_input
        so_far = c.experience[self.joined] + given
        c.experience[self.joined] = np.minimum(so_far, 255)
        c.waiting[:] = 0
        c.waiting[self.joined] = 1
        self._remember(c.active, self.joined)
        self._hope()
        self.counts["invited"] = self._count(invited)
        self.counts["inputs"] = self._sums(self.joined, given)
        self.counts["taking_part"] = self._sums(self.joined)

    def judge(self) -> None:
        """Compare what governments do with what was expected, and trust them more or less."""
        c, o, p = self.people, self.offer, self.faith
        tastes = (c.taste_welfare, c.taste_economy, c.taste_environment, c.taste_safety)
        wishes = [t * self._of(wish) for t, wish in zip(tastes, o.preference.T, strict=True)]
        scale = np.float32(1.0) / (wishes[0] + wishes[1] + wishes[2] + wishes[3])
        self.ideal = [wish * scale for wish in wishes]
        self.fit = self._fit(o.allocation)
        accepted = logistic((self.fit - np.float32(p.consent_fit)) / np.float32(p.consent_width))
        self.counts["acceptance"] = np.add.reduceat(accepted, self.starts)
        exposed = self._exposed()
        services = c.quality * np.float32(p.service_weight)
        services += np.float32(p.halo) * (c.predisposition - np.float32(0.5))
        base = (c.predisposition + self._of(o.climate)) * np.float32(1.0 - p.diffusion)
        base += self.peers_trust * np.float32(p.diffusion)
        say = (c.efficacy - np.float32(NEUTRAL_EFFICACY)) * np.float32(p.voice_slope)
        rest, half = np.float32(1.0 - p.service_weight), 0.5 * p.local_advantage
        shares = o.discretion, np.float32(1.0) - o.discretion
        seen = services + rest * self.fit, services + rest * self._fit(o.agenda)
        levels = c.trust_local, c.trust_central
        expected = c.expectation_local, c.expectation_central
        for sign, share, level, hoped, saw in zip(
            (1.0, -1.0), shares, levels, expected, seen, strict=True
        ):
            surprise = saw - hoped
            settled = np.float32(p.outcome_slope * (1.0 - p.anchor)) * surprise
            settled += np.float32(p.outcome_slope * p.anchor) * (saw - np.float32(p.norm))
            settled += base + np.float32(sign * half * (1.0 - p.diffusion))
            settled += say * self._of(share)
            self._trust(level, np.clip(settled, 0.0, 1.0, out=settled), share, exposed)
            hoped[:] += np.float32(p.perception) * surprise

    def _given(self, rate: Numbers, draws: Numbers) -> NDArray[np.int64]:
        """Inputs of those who give any: by luck up to a rate of one, above it as they come."""
        mean = np.minimum(rate, np.float32(1.0))
        whole = np.floor(rate - mean)
        given = whole.astype(np.int64) + (draws < rate - mean - whole)
        term: NDArray[Any] = np.exp(-mean)
        more: NDArray[Any] = np.float32(1.0) - term
        for k in range(1, 7):
            given += draws < more
            term = term * mean / np.float32(k)
            more = more - term
        return given

    def speak_up(self) -> None:
        """What those want who gave an input, and those who leave digital traces."""
        digital = self.people.digital.view(np.bool_)
        by_inputs = [self._sums(self.joined, wish[self.joined]) for wish in self.ideal]
        by_users = [np.add.reduceat(wish * digital, self.starts) for wish in self.ideal]
        self.counts["wanted_inputs"] = np.stack(by_inputs, axis=1)
        self.counts["wanted_users"] = np.stack(by_users, axis=1)

    def _draws(self, count: int | None = None) -> Numbers:
        return self.luck.random(len(self.home) if count is None else count, dtype=np.float32)

    def _of(self, column: Numbers) -> Numbers:
        """What each citizen's government has."""
        return np.take(column, self.home, mode="clip")

    def _count(self, flags: Flags) -> NDArray[np.int64]:
        """How many citizens of each place have a flag."""
        ends = [*self.starts[1:].tolist(), len(flags)]
        pairs = zip(self.starts.tolist(), ends, strict=True)
        return np.array([np.count_nonzero(flags[start:end]) for start, end in pairs])

    def _sums(self, rows: Rows, amounts: NDArray[Any] | None = None) -> NDArray[Any]:
        """How many of some citizens live in each place, or how much they have there."""
        return np.bincount(self.home[rows], amounts, minlength=self.places)

    def _fates(self, rows: Rows, home: Rows) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
        """Bounds of what may become of a need: tried, transaction done, done, rescued, handled."""
        c, o, p, one = self.people, self.offer, self.service, np.float32(1.0)
        skill: Numbers = c.skill[rows]
        success = np.float32(p.success_floor) + np.float32(p.success_gain) * skill
        np.minimum(success, one, out=success)
        share = np.float32(p.information_share)
        formed: Numbers = ((one - share) * o.transactions)[home] * c.digital[rows]
        found: Numbers = (share * o.information)[home] * skill
        found *= c.access_rank[rows] < o.infrastructure[home]
        tried: Numbers = formed + found
        done: Numbers = tried * success
        handled: Numbers = o.handled_share[home]
        rescued: Numbers = done + handled * (tried - done)
        return tried, formed * success, done, rescued, tried + handled * (one - tried)

    def _remember(self, bits: NDArray[np.uint16], rows: Rows) -> None:
        """Flags of the last twelve months, moved on by one; some have one this month."""
        bits <<= np.uint16(1)
        bits &= _YEAR
        bits[rows] |= np.uint16(1)

    def _hope(self) -> None:
        """An answer encourages, the more if something is done; silence disappoints."""
        efficacy, p = self.people.efficacy, self.participation
        efficacy += np.float32(p.forgetting) * (self.people.belief - efficacy)
        for rows, way in ((self.acknowledged, p.acknowledged), (self.acted_on, p.acted_on)):
            efficacy[rows] += np.float32(way) * (np.float32(1.0) - efficacy[rows])
        efficacy[self.ignored] *= np.float32(1.0 - p.silence)

    def _fit(self, budgets: Numbers) -> Numbers:
        """1 less half the sum of absolute differences from ideal budgets."""
        distance = np.zeros(len(self.home), dtype=np.float32)
        for domain in range(DOMAIN_COUNT):
            distance += np.abs(self._of(budgets[:, domain]) - self.ideal[domain])
        return np.float32(1.0) - np.float32(0.5) * distance

    def _exposed(self) -> Rows:
        """Whom this month's breaches reach: digital users leave more traces."""
        rows = np.empty(0, dtype=np.intp)
        if self.offer.exposure.any():
            chance = self._of(self.offer.exposure)
            chance *= np.where(self.people.digital, np.float32(1.0), np.float32(0.3))
            rows = np.flatnonzero(self._draws() < chance)
        self.counts["exposed"] = self._sums(rows)
        return rows

    def _trust(self, trust: Numbers, settled: Numbers, shares: Numbers, exposed: Rows) -> None:
        """Trust in one government after a month."""
        p = self.faith
        rates = np.float32(p.reversion) * (1.0 + p.openness_gain * self.offer.openness)
        weight = np.where(settled < trust, np.float32(p.negativity), np.float32(1.0))
        value = trust + self._of(rates) * weight * (settled - trust)
        value += self._of(self.offer.climate_step)
        value[exposed] -= np.float32(p.breach) * shares[self.home[exposed]] * trust[exposed]
        np.clip(value, 0.0, 1.0, out=trust)


def logistic(x: Numbers) -> Numbers:
    """The logistic curve, with one exponential."""
    return np.float32(1.0) / (np.float32(1.0) + np.exp(-x))
