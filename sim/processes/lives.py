"""The citizens' month as one pass over memory: the rules of P6 to P9, one citizen after another.

Citizens are stored in order of their local government and worked on in blocks of one government,
so threads can share the blocks. Every citizen reads what others showed last month and writes only
their own row, so neither order nor threads can change anything. `sim.agents.citizen` walks the
same path one object at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import loop, rule
from sim.engine.luck import Luck, Seed, unit, words
from sim.engine.numbers import exponential, fixed, logistic
from sim.processes import tally
from sim.processes.agenda import ideal_budget
from sim.processes.incidents import IncidentParameters, is_exposed
from sim.processes.participation import (
    ParticipationParameters,
    takes_part,
    updated_efficacy,
    updated_fatigue,
)
from sim.processes.service import (
    MOST_NEEDS,
    ServiceParameters,
    access,
    choose_channel,
    count_needs,
    serve,
    train,
)
from sim.processes.state import Citizens, Offer
from sim.processes.trust import (
    TrustParameters,
    budget_fit,
    consent,
    performance,
    updated_expectation,
    updated_trust,
)
from sim.processes.visible import Peers, look, show

_CHANNEL = int(Luck.CHANNEL)
_EXPOSURE = int(Luck.EXPOSURE)
_SERVICES = int(Luck.SERVICES)
BLOCK = 1024
_HALF_WORD = np.uint32(0xFFFF)
_UNIT_16 = np.float32(1.0 / 65536.0)
_LOW_TRUST = np.float32(0.3)
_HALF = np.float32(0.5)
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)


class Draws(NamedTuple):
    """A citizen's luck of one month, all in [0, 1)."""

    reconsider: np.float32
    choice: np.float32
    invited: np.float32
    takes_part: np.float32
    needs: np.float32
    answered: np.float32
    exposed: np.float32
    trained: np.float32


@rule
def draw_month(seed: Seed, month: int, citizen: int) -> Draws:
    """All but the luck of single needs."""
    a, b, c, d = words(seed, _CHANNEL, month, citizen, 0)
    e, f, g, h = words(seed, _EXPOSURE, month, citizen, 0)
    return Draws(unit(a), unit(b), unit(c), unit(d), unit(e), unit(f), unit(g), unit(h))


@rule
def draw_need(four: tuple[np.uint32, np.uint32, np.uint32, np.uint32], need: int) -> np.float32:
    """The luck of one of up to eight needs: half a word each."""
    word = four[need // 2]
    if need % 2 == 1:
        word = word >> np.uint32(16)
    return np.float32(word & _HALF_WORD) * _UNIT_16


@rule
def remember(bits: np.uint16, happened: bool) -> np.uint16:
    """Flags of the last twelve months, moved on by one."""
    return np.uint16(((np.uint32(bits) << np.uint32(1)) | np.uint32(happened)) & np.uint32(0xFFF))


@loop
def needs_table(rate: float) -> Array:
    """Cumulative Poisson probabilities of 0 to 7 needs, shape (8,), single precision."""
    table = np.empty(MOST_NEEDS, dtype=np.float32)
    term = exponential(-rate)
    total = term
    for k in range(MOST_NEEDS):
        table[k] = total
        term *= rate / (k + 1.0)
        total += term
    return table


@rule
def experience(
    done: int, served: int, needs: int, quality_digital: np.float32, quality_counter: np.float32
) -> np.float32:
    """Mean quality over the month's needs; a need that is turned away counts nothing."""
    total = quality_digital * np.float32(done) + quality_counter * np.float32(served)
    return total / np.float32(needs)


@rule
def four_of(shares: Array, g: int) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """The shares of one place."""
    return shares[g, 0], shares[g, 1], shares[g, 2], shares[g, 3]


@rule
def months_active(bits: np.uint16) -> int:
    """Number of months of the last twelve in which a flag was set."""
    count = 0
    rest = np.uint32(bits)
    while rest != 0:
        rest &= rest - np.uint32(1)
        count += 1
    return count


class Scratch(NamedTuple):
    """Working memory of one thread: a month's luck and what neighbours show, for one block."""

    draws: Draws
    peers: Peers
    answer: Array
    fit: Array
    national_fit: Array
    trust: Array


@loop
def make_scratch() -> Scratch:
    """Working memory for one block."""
    luck = np.empty((8, BLOCK), dtype=np.float32)
    seen = np.empty((6, BLOCK), dtype=np.float32)
    answer = np.empty(BLOCK, dtype=np.uint8)
    draws = Draws(luck[0], luck[1], luck[2], luck[3], luck[4], luck[5], luck[6], luck[7])
    return Scratch(draws, Peers(seen[0], seen[1], seen[2]), answer, seen[3], seen[4], seen[5])


@loop
def live(
    first: int,
    last: int,
    blocks: Array,
    citizens: Citizens,
    offer: Offer,
    shown: Array,
    showing: Array,
    tallies: Array,
    needs: Array,
    training: np.float32,
    service: ServiceParameters,
    voice: ParticipationParameters,
    faith: TrustParameters,
    breach: IncidentParameters,
    seed: Seed,
    month: int,
) -> None:
    """A month in the lives of the citizens of some blocks."""
    scratch = make_scratch()
    for block in range(first, last):
        start = blocks[block, 0]
        size = blocks[block, 1] - start
        g = blocks[block, 2]
        count = tallies[block]
        count[: tally.MONTHLY] = 0
        draw_luck(start, size, scratch.draws, seed, month)
        see_peers(start, size, citizens, shown, scratch)
        be_served(
            start, size, g, citizens, offer, scratch, count, needs, training, service, seed, month
        )
        take_part(start, size, g, citizens, offer, scratch, count, voice)
        compare_budgets(start, size, g, citizens, offer, scratch, count)
        judge(start, size, g, citizens, offer, scratch, count, faith, breach)
        speak_up(start, size, g, citizens, offer, count)
        be_counted(start, size, citizens, scratch, showing, count)


@loop
def draw_luck(start: int, size: int, draws: Draws, seed: Seed, month: int) -> None:
    """The month's luck of a block."""
    for j in range(size):
        luck = draw_month(seed, month, start + j)
        draws.reconsider[j] = luck.reconsider
        draws.choice[j] = luck.choice
        draws.invited[j] = luck.invited
        draws.takes_part[j] = luck.takes_part
        draws.needs[j] = luck.needs
        draws.answered[j] = luck.answered
        draws.exposed[j] = luck.exposed
        draws.trained[j] = luck.trained


@loop
def see_peers(start: int, size: int, citizens: Citizens, shown: Array, scratch: Scratch) -> None:
    """What the citizens of a block see of those they are tied to."""
    for j in range(size):
        i = start + j
        seen = look(shown, citizens.ties, i)
        scratch.peers.digital[j] = seen.digital
        scratch.peers.active[j] = seen.active
        scratch.peers.trust[j] = seen.trust
        scratch.trust[j] = (citizens.trust_local[i] + citizens.trust_central[i]) * _HALF


@loop
def be_served(
    start: int,
    size: int,
    g: int,
    citizens: Citizens,
    offer: Offer,
    scratch: Scratch,
    count: Array,
    needs: Array,
    training: np.float32,
    p: ServiceParameters,
    seed: Seed,
    month: int,
) -> None:
    """P6 over a block: learn, choose a channel, bring the month's needs."""
    draws = scratch.draws
    quality_digital = offer.quality_digital[g]
    quality_counter = offer.quality_counter[g]
    handled = offer.handled_share[g]
    supply = offer.online_supply[g]
    infrastructure = offer.infrastructure[g]
    for j in range(size):
        i = start + j
        skill = citizens.skill[i]
        if training > _ZERO:
            trained = train(skill, training, draws.trained[j])
            if trained != skill:
                count[tally.TRAINED] += 1
                skill = trained
                citizens.skill[i] = skill
        digital = choose_channel(
            citizens.digital[i],
            access(citizens.access_rank[i], infrastructure),
            skill,
            quality_digital - quality_counter,
            scratch.peers.digital[j],
            infrastructure,
            scratch.trust[j],
            draws.reconsider[j],
            draws.choice[j],
            p,
        )
        citizens.digital[i] = digital
        wanted = count_needs(draws.needs[j], needs)
        tried = 0
        done = 0
        if wanted > 0:
            asked = 0
            served = 0
            four = words(seed, _SERVICES, month, i, 0)
            for k in range(wanted):
                result = serve(digital, skill, supply, handled, draw_need(four, k), p)
                tried += result >= 2
                done += result == 2
                asked += result != 2
                served += result == 0 or result == 3
            citizens.quality[i] = experience(done, served, wanted, quality_digital, quality_counter)
            count[tally.NEEDS] += wanted
            count[tally.MET] += done + served
            count[tally.COUNTER_ASKED] += asked
            count[tally.COUNTER_HANDLED] += served
            count[tally.DIGITAL_TRIED] += tried
            count[tally.DIGITAL_DONE] += done
        citizens.used[i] = remember(citizens.used[i], tried > 0)
        citizens.forms[i] = remember(citizens.forms[i], done > 0)


@loop
def take_part(
    start: int,
    size: int,
    g: int,
    citizens: Citizens,
    offer: Offer,
    scratch: Scratch,
    count: Array,
    p: ParticipationParameters,
) -> None:
    """P7 over a block: hear back on last month's input; if invited, perhaps give another."""
    draws = scratch.draws
    invitations = offer.invitations[g]
    response = offer.response_rate[g]
    for j in range(size):
        i = start + j
        answer = 0
        if citizens.waiting[i] == 1:
            answer = 1 if draws.answered[j] < response else 2
            count[tally.ANSWERED] += answer == 1
            count[tally.IGNORED] += answer == 2
        scratch.answer[j] = answer
        citizens.heard[i] = remember(citizens.heard[i], answer == 1)
        invited = draws.invited[j] < invitations
        joined = False
        if invited:
            count[tally.INVITED] += 1
            joined = takes_part(
                citizens.civic[i],
                citizens.efficacy[i],
                scratch.trust[j],
                scratch.peers.active[j],
                citizens.fatigue[i],
                citizens.digital[i],
                draws.takes_part[j],
                p,
            )
        citizens.waiting[i] = 1 if joined else 0
        citizens.active[i] = remember(citizens.active[i], joined)
        citizens.efficacy[i] = updated_efficacy(citizens.efficacy[i], answer)
        citizens.fatigue[i] = updated_fatigue(citizens.fatigue[i], invited, joined)


@loop
def compare_budgets(
    start: int, size: int, g: int, citizens: Citizens, offer: Offer, scratch: Scratch, count: Array
) -> None:
    """Fit of the local budget and of the national agenda with each ideal budget."""
    p0, p1, p2, p3 = four_of(offer.preference, g)
    b0, b1, b2, b3 = four_of(offer.allocation, g)
    a0, a1, a2, a3 = four_of(offer.agenda, g)
    fits = 0
    accepted = 0
    for j in range(size):
        i = start + j
        w0, w1, w2, w3 = ideal_budget(
            citizens.taste_welfare[i], citizens.taste_economy[i],
            citizens.taste_environment[i], citizens.taste_safety[i], p0, p1, p2, p3,
        )  # fmt: skip
        fit = budget_fit(b0, b1, b2, b3, w0, w1, w2, w3)
        scratch.fit[j] = fit
        scratch.national_fit[j] = budget_fit(a0, a1, a2, a3, w0, w1, w2, w3)
        fits += fixed(fit)
        accepted += fixed(logistic(consent(fit)))
    count[tally.FIT] = fits
    count[tally.ACCEPTANCE] = accepted


@loop
def judge(
    start: int,
    size: int,
    g: int,
    citizens: Citizens,
    offer: Offer,
    scratch: Scratch,
    count: Array,
    p: TrustParameters,
    b: IncidentParameters,
) -> None:
    """P8 and P9 over a block: exposure to a breach, performance seen, trust, expectations."""
    local_share = offer.discretion[g]
    central_share = _ONE - local_share
    openness = offer.openness[g]
    incident = offer.incident[g]
    offset = p.local_advantage * _HALF
    exposures = 0
    for j in range(size):
        i = start + j
        exposed = is_exposed(incident, citizens.digital[i], scratch.draws.exposed[j], b)
        exposures += exposed
        seen_local = performance(citizens.quality[i], scratch.fit[j], p)
        seen_central = performance(citizens.quality[i], scratch.national_fit[j], p)
        expected = citizens.expectation[i]
        pull = scratch.peers.trust[j] - scratch.trust[j]
        settled = citizens.predisposition[i]
        answer = scratch.answer[j]
        citizens.trust_local[i] = updated_trust(
            citizens.trust_local[i], seen_local - expected, local_share, openness,
            settled + offset, pull, answer, exposed, p,
        )  # fmt: skip
        citizens.trust_central[i] = updated_trust(
            citizens.trust_central[i], seen_central - expected, central_share, openness,
            settled - offset, pull, answer, exposed, p,
        )  # fmt: skip
        seen = local_share * seen_local + central_share * seen_central
        citizens.expectation[i] = updated_expectation(expected, seen, p)
    count[tally.EXPOSED] = exposures


@loop
def speak_up(start: int, size: int, g: int, citizens: Citizens, offer: Offer, count: Array) -> None:
    """What those want who gave an input, and those who leave digital traces."""
    p0, p1, p2, p3 = four_of(offer.preference, g)
    for j in range(size):
        i = start + j
        if citizens.waiting[i] == 0 and citizens.digital[i] == 0:
            continue
        ideal = ideal_budget(
            citizens.taste_welfare[i], citizens.taste_economy[i],
            citizens.taste_environment[i], citizens.taste_safety[i], p0, p1, p2, p3,
        )  # fmt: skip
        for k in range(4):
            if citizens.waiting[i] == 1:
                count[tally.WANTED_INPUTS + k] += fixed(ideal[k])
            if citizens.digital[i] == 1:
                count[tally.WANTED_USERS + k] += fixed(ideal[k])


@loop
def be_counted(
    start: int, size: int, citizens: Citizens, scratch: Scratch, showing: Array, count: Array
) -> None:
    """Show oneself to tied citizens and enter the month's counts."""
    for j in range(size):
        i = start + j
        local = citizens.trust_local[i]
        central = citizens.trust_central[i]
        trust = (local + central) * _HALF
        active = citizens.active[i]
        quality = fixed(citizens.quality[i])
        low = citizens.tercile[i] == 0
        high = citizens.tercile[i] == 2
        showing[i] = show(citizens.digital[i], active, trust)
        count[tally.USERS] += citizens.digital[i]
        count[tally.INPUTS] += citizens.waiting[i]
        count[tally.HEARD] += citizens.heard[i] != 0
        count[tally.USED_YEAR] += citizens.used[i] != 0
        count[tally.FORMS_YEAR] += citizens.forms[i] != 0
        count[tally.ACTIVE_YEAR] += active != 0
        count[tally.LOW_TRUST] += trust < _LOW_TRUST
        count[tally.TRUST_LOCAL] += fixed(local)
        count[tally.TRUST_CENTRAL] += fixed(central)
        count[tally.TRUST_SQUARE] += fixed(trust * trust)
        count[tally.EXPERIENCED] += quality
        count[tally.QUALITY_LOW] += quality if low else 0
        count[tally.QUALITY_HIGH] += quality if high else 0
        count[tally.ACTIVE_LOW] += low and active != 0
        count[tally.ACTIVE_HIGH] += high and active != 0
        if active != 0:
            count[tally.ACTIVE_MONTHS + months_active(active)] += 1
    count[tally.ACTIVE_MONTHS] = size - count[tally.ACTIVE_YEAR]


@loop
def show_start(citizens: Citizens, showing: Array) -> None:
    """What citizens show at month 0."""
    for i in range(showing.shape[0]):
        trust = (citizens.trust_local[i] + citizens.trust_central[i]) * _HALF
        showing[i] = show(citizens.digital[i], citizens.active[i], trust)


@loop
def add_blocks(blocks: Array, block_tallies: Array, tallies: Array) -> None:
    """Sum the blocks of each local government (all but the survey's entries)."""
    tallies[:, : tally.MONTHLY] = 0
    for block in range(blocks.shape[0]):
        g = blocks[block, 2]
        for k in range(tally.MONTHLY):
            tallies[g, k] += block_tallies[block, k]
