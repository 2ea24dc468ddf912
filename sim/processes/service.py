"""P6: what services are worth, which channel people choose, and what happens to their needs.

A need is for information or for a transaction. Information is online from the start: who has access
looks for it there as often as skill goes, whatever channel they transact on. A transaction can be
done online by who has chosen the digital channel, as far as governments have put it there.

Channel choice is a logit on usefulness, ease, peers and trust (UTAUT family; slopes from
meta-analytic path coefficients times 2.87, the factor from a standardised path to a logit slope at
an explained variance of .60). Access is a condition of it, no reason for it. A failed digital
attempt returns to the counter: failure demand.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import rule
from sim.engine.luck import high_half, low_half
from sim.engine.numbers import Whole, clip, exponential, logistic, plus, power
from sim.parameters import Parameter, choice

UTAUT = "meta-analysis of adoption in emerging economies, Administrative Sciences 16(2):83"
SOCITM = "SOCITM contact costs (UK Digital Strategy): face-to-face 8.62, phone 2.83, web 0.15 GBP"
EUROSTAT_USE = "Eurostat, 18 countries, 2008 to 2011: 34 to 45 % use e-government in a year, .47 to .54 of them send forms"
IDB = "Inter-American Development Bank, Wait No More, 2018"
MOST_NEEDS = 8
QUALITY_UNIT, SKILL_UNIT, PEERS_UNIT, TRUST_UNIT = map(np.float32, (0.15, 0.25, 0.25, 0.20))
"""A spread of each reason for a channel between citizens or places: units of the paths."""
TRUST_MIDDLE = np.float32(0.42)
HALF = np.float32(0.5)
_NO_NEED = np.float32(2.0)  # a draw above every fate


ADOPTION = np.float32(1.0)


class ServiceParameters(NamedTuple):
    """Needs, channels and what contacts cost."""

    theory: Annotated[float, choice("weighing", "adoption", asked_in="choose_channel", source="Bhattacherjee 2001: who has begun goes on or stops by experience; Rogers 2003: adoption spreads and stays", meaning="How people come to the digital channel: they weigh both whenever they reconsider (weighing), or who has come to it stays (adoption)")]  # fmt: skip
    need_rate: Annotated[float, Parameter(0.5, "needs per citizen and month", 0.4, 1.7, "uncertainty", "S", f"{IDB}: 5 to 20 transactions a year", "How often a citizen needs a public service", at_start=True)]  # fmt: skip
    information_share: Annotated[float, Parameter(0.12, "share of needs", 0.0, 1.0, "uncertainty", "C", f"no figure seen; {EUROSTAT_USE}", "Needs that information meets, which is online from the start")]  # fmt: skip
    online_first: Annotated[float, Parameter(2.0, "exponent", 1.0, 4.0, "uncertainty", "A", "few services make most of the volume and go online first; shape assumed", "How much sooner frequent transactions go online than rare ones; at 1 alike")]  # fmt: skip
    counter_cost: Annotated[float, Parameter(5.7, "money per contact", 2.85, 8.55, "uncertainty", "S", f"{SOCITM}; half face-to-face, half phone is assumed", "Cost of one contact at the counter or on the phone")]  # fmt: skip
    web_cost: Annotated[float, Parameter(0.15, "money per contact", 0.075, 0.225, "uncertainty", "S", SOCITM, "Cost of one digital contact")]  # fmt: skip
    back_office_cost: Annotated[float, Parameter(12.0, "money per need", 8.0, 16.0, "uncertainty", "C", "set so that full digitisation saves 19 to 30 % (UK Digital Efficiency Report 2012)", "Cost of the work behind the counter for one need")]  # fmt: skip
    bpr_saving: Annotated[float, Parameter(0.02, "share", 0.0, 0.2, "uncertainty", "C", "as above: contacts alone save 27 %, with .02 it is 29 %; BPR often brings nothing (Kock; Jurisch 2012)", "Share of back-office cost saved by full integration")]  # fmt: skip
    training_cost: Annotated[float, Parameter(20.0, "money per person", 5.0, 60.0, "uncertainty", "A", "no figure seen", "Cost of one digital-skills course")]  # fmt: skip
    counter_hours: Annotated[float, Parameter(5.4, "hours per need", 1.0, 8.0, "constant", "S", IDB, "A citizen's time for a need met at the counter", at_start=True)]  # fmt: skip
    digital_hours: Annotated[float, Parameter(1.4, "hours per need", 0.2, 4.0, "constant", "S", f"{IDB}: 74 % less time", "A citizen's time for a need met online", at_start=True)]  # fmt: skip
    usefulness: Annotated[float, Parameter(0.29, "path", 0.0, 0.6, "uncertainty", "S", UTAUT, "Weight of better quality in the choice of the digital channel")]  # fmt: skip
    ease: Annotated[float, Parameter(0.30, "path", 0.25, 0.4, "uncertainty", "A", f"{UTAUT}: .11 by usefulness alone; more, since those who get online late convert less", "Weight of one's digital skill in the choice")]  # fmt: skip
    peers: Annotated[float, Parameter(0.15, "path", 0.0, 0.4, "uncertainty", "R", "UTAUT, social influence about .15", "Weight of what tied citizens do")]  # fmt: skip
    trust_weight: Annotated[float, Parameter(0.20, "path", 0.0, 0.4, "uncertainty", "R", "Hooda et al. 2022, MASEM of 90 studies; size recalled", "Weight of trust in government in the choice")]  # fmt: skip
    choice_scale: Annotated[float, Parameter(2.87, "logit per path", 1.5, 4.5, "constant", "D", "pi/sqrt(3)/sqrt(1-.60)", "From a standardised path to a logit slope")]  # fmt: skip
    choice_intercept: Annotated[float, Parameter(-2.4, "logit", -3.0, 2.0, "uncertainty", "C", EUROSTAT_USE, "Inclination to the digital channel when all else is average")]  # fmt: skip
    reconsider: Annotated[float, Parameter(0.10, "per month", 0.02, 0.3, "uncertainty", "A", "the always-connected society of the source", "Chance that a citizen reconsiders the channel")]  # fmt: skip
    smart_work: Annotated[float, Parameter(0.0, "share", 0.0, 0.1, "uncertainty", "A", "smart work theme of the source; no figure seen", "Gain in counter and engagement capacity at full infrastructure")]  # fmt: skip
    success_floor: Annotated[float, Parameter(0.6, "share", 0.2, 0.9, "uncertainty", "A", "design", "Attempts online that succeed with no skill at all")]  # fmt: skip
    success_gain: Annotated[float, Parameter(0.4, "share", 0.0, 0.8, "uncertainty", "A", "design", "What full skill adds to attempts online that succeed; they end at one")]  # fmt: skip
    course_gain: Annotated[float, Parameter(0.25, "share", 0.0, 0.8, "uncertainty", "A", "no figure seen", "What a course closes of the way to full digital skill")]  # fmt: skip
    digital_base: Annotated[float, Parameter(0.45, "quality", 0.2, 0.6, "uncertainty", "A", "design", "Quality of the digital channel without anything behind it")]  # fmt: skip
    integration_gain: Annotated[float, Parameter(0.25, "quality", 0.0, 0.4, "uncertainty", "A", "design", "Quality that full integration of back offices adds")]  # fmt: skip
    personal_gain: Annotated[float, Parameter(0.20, "quality", 0.0, 0.4, "uncertainty", "A", "design", "Quality that full personalisation adds to full integration")]  # fmt: skip
    ecosystem_gain: Annotated[float, Parameter(0.10, "quality", 0.0, 0.3, "uncertainty", "A", "design", "Quality that very many convergent services add")]  # fmt: skip
    ecosystem_scale: Annotated[float, Parameter(4.0, "services", 1.0, 16.0, "uncertainty", "A", "design", "Convergent services that add 63 % of what very many do")]  # fmt: skip
    counter_base: Annotated[float, Parameter(0.60, "quality", 0.4, 0.8, "uncertainty", "A", "design", "Quality at a counter without waiting")]  # fmt: skip
    waiting_loss: Annotated[float, Parameter(0.30, "quality per ratio", 0.0, 0.6, "uncertainty", "A", "design", "Quality lost at the counter per load above capacity")]  # fmt: skip
    capacity_floor: Annotated[float, Parameter(0.7, "ratio", 0.4, 1.0, "uncertainty", "A", "design", "Counter contacts handled without administrative capacity, before staff")]  # fmt: skip
    capacity_gain: Annotated[float, Parameter(0.5, "ratio", 0.0, 1.0, "uncertainty", "A", "design", "What full administrative capacity adds to contacts handled, before staff")]  # fmt: skip
    staff_floor: Annotated[float, Parameter(0.6, "ratio", 0.3, 1.0, "uncertainty", "A", "design", "Factor of contacts handled with no staff time for operations")]  # fmt: skip
    staff_gain: Annotated[float, Parameter(0.5, "ratio", 0.0, 1.0, "uncertainty", "A", "design", "What all staff time in operations adds to that factor")]  # fmt: skip
    queue_tolerance: Annotated[float, Parameter(1.0, "ratio", 0.2, 3.0, "uncertainty", "A", "no figure seen", "Load above capacity that counters still handle")]  # fmt: skip


@rule
def access(rank: np.float32, infrastructure: np.float32) -> bool:
    """Whether a citizen is online: infrastructure reaches people in the order of their skill."""
    return bool(rank < infrastructure)


@rule
def digital_quality(
    integration: float, personalisation: float, live_services: float, p: ServiceParameters
) -> float:
    """Quality of the digital channel, 0 to 1."""
    ecosystem = 1.0 - exponential(-live_services / p.ecosystem_scale)
    value = p.digital_base + p.integration_gain * integration + p.ecosystem_gain * ecosystem
    return clip(value + p.personal_gain * personalisation * integration, 0.0, 1.0)


@rule
def transactions_online(supply: float, p: ServiceParameters) -> float:
    """Share of transactions that can be done online: those most asked for went there first."""
    return 1.0 if supply >= 1.0 else 1.0 - power(1.0 - supply, p.online_first)


@rule
def counter_capacity(
    capacity: float, staff_operations: float, infrastructure: float, p: ServiceParameters
) -> float:
    """Counter contacts per resident and month that can be handled without waiting."""
    boost = 1.0 + p.smart_work * infrastructure
    able = p.capacity_floor + p.capacity_gain * capacity
    return p.need_rate * able * (p.staff_floor + p.staff_gain * staff_operations) * boost


@rule
def waiting(load: float, capacity: float) -> float:
    """Load above capacity, as a ratio; nothing below capacity."""
    return max(0.0, load / max(capacity, 1e-9) - 1.0)


@rule
def handled_share(load: float, capacity: float, funded: float, p: ServiceParameters) -> float:
    """Share of counter contacts that are handled: limited by money and by the queue."""
    queue = (1.0 + p.queue_tolerance) * capacity / max(load, 1e-9)
    return clip(min(funded, queue), 0.0, 1.0)


@rule
def counter_quality(wait: float, p: ServiceParameters) -> float:
    """Quality at the counter; waiting spoils it."""
    return clip(p.counter_base - p.waiting_loss * wait, 0.0, 1.0)


@rule
def digital_chance(
    skill: np.float32,
    advantage: np.float32,
    peers: np.float32,
    trust: np.float32,
    p: ServiceParameters,
) -> np.float32:
    """Chance that somebody who is online and reconsiders takes the digital channel.

    `advantage` is the quality of the digital channel above the counter's, `peers` the share of tied
    people on the digital channel. What a path is measured in (`QUALITY_UNIT` and the like) changes
    nothing that its weight and the intercept do not: a test holds that.
    """
    appeal = (
        p.usefulness * advantage / QUALITY_UNIT
        + p.ease * (skill - HALF) / SKILL_UNIT
        + p.peers * (peers - HALF) / PEERS_UNIT
        + p.trust_weight * (trust - TRUST_MIDDLE) / TRUST_UNIT
    )
    return logistic(p.choice_scale * appeal + p.choice_intercept)


@rule
def choose_channel(
    digital: np.uint8,
    online: bool,
    skill: np.float32,
    advantage: np.float32,
    peers: np.float32,
    trust: np.float32,
    draw_reconsider: np.float32,
    draw_choice: np.float32,
    p: ServiceParameters,
) -> np.uint8:
    """The channel a citizen uses this month: 1 digital, 0 counter.

    Without access there is no digital channel.
    """
    if not online:
        return np.uint8(0)
    if draw_reconsider >= p.reconsider or (digital == 1 and p.theory == ADOPTION):
        return digital
    chance = digital_chance(skill, advantage, peers, trust, p)
    return np.uint8(1) if draw_choice < chance else np.uint8(0)


@rule
def count_needs(draw: np.float32, table: Array) -> np.int32:
    """Needs of the month, by inversion on a tabulated Poisson distribution (at most eight)."""
    needs = np.int32(0)
    for k in range(MOST_NEEDS):
        needs = plus(needs, draw >= table[k])
    return needs


class Fates(NamedTuple):
    """What may become of a need: bounds that part the numbers from 0 to 1, so that one draw decides.

    From below: a transaction done online; information found there; failed online and handled at the
    counter; failed online and turned away; handled at the counter; turned away there.
    """

    formed: np.float32
    done: np.float32
    rescued: np.float32
    tried: np.float32
    handled: np.float32


@rule
def fates(
    digital: np.uint8,
    online: bool,
    skill: np.float32,
    transactions: np.float32,
    information: np.float32,
    handled: np.float32,
    p: ServiceParameters,
) -> Fates:
    """The fates of a citizen's needs this month.

    `transactions` and `information` are the shares of each kind that can be had online. Who has
    access looks information up there as often as skill goes; a transaction takes the digital channel.
    """
    one, none = np.float32(1.0), np.float32(0.0)
    success = min(p.success_floor + p.success_gain * skill, one)
    formed = (one - p.information_share) * (transactions if digital == 1 else none)
    looked_up = p.information_share * (information * skill if online else none)
    tried = formed + looked_up
    done = tried * success
    rescued = done + handled * (tried - done)
    return Fates(formed * success, done, rescued, tried, tried + handled * (one - tried))


class Services(NamedTuple):
    """What became of a citizen's needs: brought online, done there, handled at the counter.

    `formed` are the transactions among those done online.
    """

    tried: np.int32
    done: np.int32
    formed: np.int32
    served: np.int32


@rule
def serve(draw: np.float32, f: Fates) -> Services:
    """What becomes of one need."""
    tried = np.int32(draw < f.tried)
    done = np.int32(draw < f.done)
    rescued = plus(draw < f.rescued, -done)
    handled = plus(draw < f.handled, -tried)
    return Services(tried, done, np.int32(draw < f.formed), plus(rescued, handled))


@rule
def draw_need(luck: tuple[np.uint32, np.uint32, np.uint32, np.uint32], need: int) -> np.float32:
    """The luck of one of up to eight needs: half a word each."""
    word = luck[need // 2]
    return low_half(word) if need % 2 == 0 else high_half(word)


@rule
def use_services(
    needs: Whole, f: Fates, luck: tuple[np.uint32, np.uint32, np.uint32, np.uint32]
) -> Services:
    """What becomes of the month's needs."""
    tried = np.int32(0)
    done = np.int32(0)
    formed = np.int32(0)
    served = np.int32(0)
    for need in range(MOST_NEEDS):
        fate = serve(draw_need(luck, need) if need < needs else _NO_NEED, f)
        tried = plus(tried, fate.tried)
        done = plus(done, fate.done)
        formed = plus(formed, fate.formed)
        served = plus(served, fate.served)
    return Services(tried, done, formed, served)


@rule
def experience(
    services: Services, needs: Whole, quality_digital: np.float32, quality_counter: np.float32
) -> np.float32:
    """Mean quality over the month's needs; a need that is turned away counts nothing."""
    total = quality_digital * np.float32(services.done)
    total += quality_counter * np.float32(services.served)
    return total / np.float32(needs)


@rule
def train(
    skill: np.float32, yearly: np.float32, draw: np.float32, p: ServiceParameters
) -> np.float32:
    """Skill after a month in which a share of citizens (per year) is trained."""
    if draw * np.float32(12.0) < yearly:
        return skill + p.course_gain * (np.float32(1.0) - skill)
    return skill
