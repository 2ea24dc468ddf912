"""The citizens' month as one pass over memory: the rules of P6 to P9, one block after another.

Citizens are stored in order of their local government and worked on in blocks of one government,
so threads can share the blocks. Every citizen reads what others showed last month and writes only
their own row, so neither order nor threads can change anything. `sim.agents.citizen` walks the
same path one object at a time.

Each phase is a loop without jumps, so that the processor takes eight or sixteen citizens at once.
That is why counts are kept in variables of 32 bits and why there is no `continue`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import inner, loop, maker, making_loop, rule
from sim.engine.linking import fetch_ahead
from sim.engine.luck import Luck, Seed, high_half, low_half, unit, words
from sim.engine.numbers import Whole, exponential, fixed, logistic, plus
from sim.processes import tally
from sim.processes.agenda import ideal_budget
from sim.processes.cohorts import grow_older
from sim.processes.environment import SocietyParameters
from sim.processes.incidents import is_exposed
from sim.processes.participation import (
    ACTED_ON,
    IGNORED,
    NO_INPUT,
    ParticipationParameters,
    count_inputs,
    count_on,
    forgotten,
    hear_back,
    input_rate,
    is_answered,
    updated_efficacy,
    updated_fatigue,
)
from sim.processes.problems import (
    ProblemParameters,
    affected_from,
    grievance,
    lived_quality,
    months_since,
    poverty,
    report_chance,
)
from sim.processes.service import (
    MOST_NEEDS,
    ServiceParameters,
    access,
    choose_channel,
    count_needs,
    experience,
    fates,
    train,
    use_services,
)
from sim.processes.state import (
    DOMAIN_COUNT,
    FAR_TIES,
    PROBLEM_SLOTS,
    WINDOW,
    Citizens,
    Offer,
    Problems,
)
from sim.processes.trust import (
    TrustParameters,
    budget_fit,
    consent,
    performance,
    settled_trust,
    updated_expectation,
    updated_trust,
)
from sim.processes.visible import look, look_around, show, spread

_LIFE = int(Luck.LIFE)
_EXPOSURE = int(Luck.EXPOSURE)
_SERVICES = int(Luck.SERVICES)
BLOCK = 1024
"""Most citizens in a block. Sums of shares over a block (below 2,048) fit into 32 bits."""

_MOST_IN_CACHE = 50_000
"""Citizens whose shown words fit into a processor's own cache."""
_AHEAD = 32
_LOW_TRUST = np.float32(0.3)
LOW_THIRD = 85
HIGH_THIRD = 171
"""Ranks below the one are the lowest third by status, from the other on the highest."""
_HALF = np.float32(0.5)
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_NONE = np.int32(0)


class Draws(NamedTuple):
    """A citizen's luck of one month, all in [0, 1)."""

    choice: np.float32
    takes_part: np.float32
    reconsider: np.float32
    invited: np.float32
    needs: np.float32
    answered: np.float32


@rule
def draw_month(seed: Seed, month: int, citizen: int) -> Draws:
    """The luck that every month asks for; half a word is enough where no odds are small."""
    a, b, c, d = words(seed, _LIFE, month, citizen, 0)
    return Draws(unit(a), unit(b), low_half(c), high_half(c), low_half(d), high_half(d))


class RareDraws(NamedTuple):
    """A citizen's luck that matters in some months only, in [0, 1)."""

    exposed: np.float32
    trained: np.float32


@rule
def draw_rare(seed: Seed, month: int, citizen: int) -> RareDraws:
    """The luck of a month with a data breach or with digital training."""
    _, _, exposed, trained = words(seed, _EXPOSURE, month, citizen, 0)
    return RareDraws(unit(exposed), unit(trained))


@rule
def draw_services(
    seed: Seed, month: int, citizen: int
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """The luck of the month's needs: four words."""
    return words(seed, _SERVICES, month, citizen, 0)


@rule
def remember(bits: np.uint16, happened: Whole) -> np.uint16:
    """Flags of the last twelve months, moved on by one."""
    return np.uint16(((np.uint32(bits) << np.uint32(1)) | np.uint32(happened)) & np.uint32(0xFFF))


@rule
def is_first_of_year(month: int) -> bool:
    """Whether a year of counting begins in this month."""
    return month % 12 == 1


@rule
def is_counted_by_inputs(month: int) -> bool:
    """Whether the inputs of the year so far are counted: in all the first year, then at its end."""
    return month <= 12 or month % 12 == 0


@rule
def input_class(inputs: Whole) -> int:
    """The class of citizens who gave so many inputs (`tally.CLASS_STARTS`), at least one."""
    found = np.int32(-1)
    for start in tally.CLASS_STARTS:
        found = plus(found, inputs >= start)
    return int(found)


@making_loop
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


class Scratch(NamedTuple):
    """Working memory of one thread: what is known of the citizens of one block for a month."""

    choice: Array
    takes_part: Array
    reconsider: Array
    invited: Array
    needs: Array
    answered: Array
    exposed: Array
    trained: Array
    services: Array
    words: Array
    seen: Array
    digital_peers: Array
    active_peers: Array
    trust_of_peers: Array
    trust: Array
    rate: Array
    given: Array
    fit: Array
    national_fit: Array
    ideal: Array
    troubles: Array
    lived: Array


@maker
def make_scratch() -> Scratch:
    """Working memory for one block."""
    f = np.empty((16, BLOCK), dtype=np.float32)
    return Scratch(
        f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7],
        np.empty((4, BLOCK), dtype=np.uint32),
        np.empty(BLOCK, dtype=np.uint32),
        np.empty(BLOCK + 2 * WINDOW, dtype=np.uint32),
        f[8], f[9], f[10], f[11],
        f[14],
        np.empty(BLOCK, dtype=np.int32),
        f[12], f[13],
        np.empty((4, BLOCK), dtype=np.float32),
        np.empty(BLOCK, dtype=np.int32),
        f[15],
    )  # fmt: skip


@maker
def rows(c: Citizens, start: int, stop: int) -> Citizens:
    """The citizens of one block, as views."""
    return Citizens(
        home=c.home[start:stop],
        status=c.status[start:stop],
        rank=c.rank[start:stop],
        skill=c.skill[start:stop],
        civic=c.civic[start:stop],
        elite_weight=c.elite_weight[start:stop],
        taste_welfare=c.taste_welfare[start:stop],
        taste_economy=c.taste_economy[start:stop],
        taste_environment=c.taste_environment[start:stop],
        taste_safety=c.taste_safety[start:stop],
        access_rank=c.access_rank[start:stop],
        predisposition=c.predisposition[start:stop],
        near=c.near[start:stop],
        far=c.far[start:stop],
        expectation_local=c.expectation_local[start:stop],
        expectation_central=c.expectation_central[start:stop],
        trust_local=c.trust_local[start:stop],
        trust_central=c.trust_central[start:stop],
        efficacy=c.efficacy[start:stop],
        belief=c.belief[start:stop],
        fatigue=c.fatigue[start:stop],
        quality=c.quality[start:stop],
        digital=c.digital[start:stop],
        waiting=c.waiting[start:stop],
        inputs=c.inputs[start:stop],
        experience=c.experience[start:stop],
        used=c.used[start:stop],
        forms=c.forms[start:stop],
        active=c.active[start:stop],
        heard=c.heard[start:stop],
    )


@rule
def four_of(shares: Array, g: int) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """The shares of one place."""
    return shares[g, 0], shares[g, 1], shares[g, 2], shares[g, 3]


@making_loop
def live(
    blocks: Array,
    citizens: Citizens,
    offer: Offer,
    problems: Problems,
    shown: Array,
    showing: Array,
    block_tallies: Array,
    block_reports: Array,
    needs_tables: Array,
    society: SocietyParameters,
    service: ServiceParameters,
    voice: ParticipationParameters,
    faith: TrustParameters,
    trouble: ProblemParameters,
    seed: Seed,
    month: int,
    first_block: int,
    last_block: int,
) -> None:
    """A month in the lives of the citizens of some blocks."""
    scratch = make_scratch()
    for block in range(first_block, last_block):
        start, stop, g = blocks[block, 0], blocks[block, 1], blocks[block, 2]
        people = rows(citizens, start, stop)
        count = block_tallies[block]
        grow_older(people, g, offer, start, society, faith, seed, month)
        is_rare = bool(offer.training[g] > _ZERO or offer.exposure[g] > _ZERO)
        draw_luck(start, stop - start, scratch, is_rare, seed, month)
        see_peers(people, shown, start, blocks[block, 3], blocks[block, 4], scratch)
        live_on(
            people, g, offer, problems, start, blocks[block, 3], blocks[block, 4],
            showing[start:stop], scratch, count, block_reports[block], needs_tables[g],
            service, voice, faith, trouble, month,
        )  # fmt: skip


@inner
def live_on(
    people: Citizens,
    g: int,
    offer: Offer,
    problems: Problems,
    start: int,
    place_start: int,
    place_stop: int,
    showing: Array,
    scratch: Scratch,
    count: Array,
    heard: Array,
    needs: Array,
    service: ServiceParameters,
    voice: ParticipationParameters,
    faith: TrustParameters,
    trouble: ProblemParameters,
    month: int,
) -> None:
    """The month of some citizens of one place, once their luck and their peers are known."""
    suffer(people, g, problems, start, place_start, place_stop, scratch, voice, month)
    learn(people, offer.training[g], scratch, count, service)
    choose_channels(people, g, offer, scratch, service)
    be_served(people, g, offer, scratch, count, needs, service)
    take_part(people, g, offer, scratch, count, voice, trouble, is_first_of_year(month))
    be_heard(
        people, g, problems, start, place_start, place_stop, scratch, heard, offer.invitations[g],
        voice,
    )  # fmt: skip
    compare_budgets(people, g, offer, scratch, count, faith)
    judge(people, g, offer, scratch, count, faith, trouble)
    speak_up(people, scratch, count)
    show_oneself(people, showing, count)
    be_counted(people, scratch, count, month)


@inner
def draw_luck(
    start: int, size: int, scratch: Scratch, is_rare: bool, seed: Seed, month: int
) -> None:
    """The month's luck of a block."""
    for j in range(size):
        luck = draw_month(seed, month, start + j)
        scratch.choice[j] = luck.choice
        scratch.takes_part[j] = luck.takes_part
        scratch.reconsider[j] = luck.reconsider
        scratch.invited[j] = luck.invited
        scratch.needs[j] = luck.needs
        scratch.answered[j] = luck.answered
    for j in range(size):
        a, b, c, d = draw_services(seed, month, start + j)
        scratch.services[0, j] = a
        scratch.services[1, j] = b
        scratch.services[2, j] = c
        scratch.services[3, j] = d
    if is_rare:
        for j in range(size):
            rare_luck = draw_rare(seed, month, start + j)
            scratch.exposed[j] = rare_luck.exposed
            scratch.trained[j] = rare_luck.trained


@inner
def see_far(shown: Array, far: Array, scratch: Scratch) -> None:
    """What far peers show, summed; what outgrows the processor's cache is fetched ahead."""
    size = far.shape[0]
    ahead = 0
    if shown.shape[0] > _MOST_IN_CACHE:
        ahead = max(0, size - _AHEAD)
        for j in range(ahead):
            for k in range(FAR_TIES):
                fetch_ahead(shown, far[j + _AHEAD, k])
            scratch.words[j] = far_peers(shown, far, j)
    for j in range(ahead, size):
        scratch.words[j] = far_peers(shown, far, j)


@rule
def far_peers(shown: Array, far: Array, j: int) -> np.uint32:
    """The sum of what two far peers show."""
    return np.uint32(spread(shown[far[j, 0]]) + spread(shown[far[j, 1]]))


@rule
def neighbours(near: Array, seen: Array, j: int) -> np.uint32:
    """The sum of what six neighbours show; written out, since a loop takes twice as long."""
    at = j + WINDOW
    a = np.uint32(seen[np.uint64(at + near[j, 0])] + seen[np.uint64(at + near[j, 1])])
    b = np.uint32(seen[np.uint64(at + near[j, 2])] + seen[np.uint64(at + near[j, 3])])
    c = np.uint32(seen[np.uint64(at + near[j, 4])] + seen[np.uint64(at + near[j, 5])])
    return np.uint32(np.uint32(a + b) + c)


@inner
def see_peers(
    people: Citizens, shown: Array, start: int, place_start: int, place_stop: int, scratch: Scratch
) -> None:
    """What citizens see of those they are tied to, and what they trust before this month."""
    size = people.home.shape[0]
    look_around(shown, start, start + size, place_start, place_stop, scratch.seen)
    see_far(shown, people.far, scratch)
    for j in range(size):
        scratch.words[j] = np.uint32(scratch.words[j] + neighbours(people.near, scratch.seen, j))
    know_peers(people, scratch)


@inner
def know_peers(people: Citizens, scratch: Scratch) -> None:
    """What the summed words of peers mean, beside what citizens trust by themselves."""
    for j in range(people.home.shape[0]):
        peers = look(scratch.words[j])
        scratch.digital_peers[j] = peers.digital
        scratch.active_peers[j] = peers.active
        scratch.trust_of_peers[j] = peers.trust
        scratch.trust[j] = (people.trust_local[j] + people.trust_central[j]) * _HALF


@inner
def learn(
    people: Citizens, training: np.float32, scratch: Scratch, count: Array, p: ServiceParameters
) -> None:
    """P6: some take a digital-skills course."""
    trained = _NONE
    if training > _ZERO:
        for j in range(people.home.shape[0]):
            skill = train(people.skill[j], training, scratch.trained[j], p)
            trained = plus(trained, skill != people.skill[j])
            people.skill[j] = skill
    count[tally.TRAINED] = trained


@inner
def suffer(
    people: Citizens,
    g: int,
    problems: Problems,
    start: int,
    place_start: int,
    place_stop: int,
    scratch: Scratch,
    p: ParticipationParameters,
    month: int,
) -> None:
    """Open problems around each citizen; who wrote since it arose sees one solved as acted on."""
    size = people.home.shape[0]
    for j in range(size):
        scratch.troubles[j] = 0
    for slot in range(PROBLEM_SLOTS):
        length = problems.length[g, slot]
        if length > 0:
            since = months_since(problems.began[g, slot], month)
            for turn in range(2):
                first = problems.first[g, slot] - turn * (place_stop - place_start)
                low, high = affected_from(first, length, start, size)
                if problems.solved[g, slot] == 0:
                    for j in range(low, high):
                        scratch.troubles[j] = plus(scratch.troubles[j], 1)
                else:
                    for j in range(low, high):
                        answer = ACTED_ON if people.active[j] & since != 0 else NO_INPUT
                        people.efficacy[j] = updated_efficacy(people.efficacy[j], answer, p)


@inner
def be_heard(
    people: Citizens,
    g: int,
    problems: Problems,
    start: int,
    place_start: int,
    place_stop: int,
    scratch: Scratch,
    heard: Array,
    invitations: np.float32,
    p: ParticipationParameters,
) -> None:
    """What governments may hear of each open problem: reports and digital users of those affected.

    A simulated citizen stands for many, of whom a share writes: that of their chance to.
    """
    size = people.home.shape[0]
    for slot in range(PROBLEM_SLOTS):
        told, traced = _NONE, _NONE
        length = problems.length[g, slot]
        if length > 0 and problems.solved[g, slot] == 0:
            for turn in range(2):
                first = problems.first[g, slot] - turn * (place_stop - place_start)
                low, high = affected_from(first, length, start, size)
                for j in range(low, high):
                    invited = scratch.invited[j] < invitations
                    told = plus(told, fixed(report_chance(scratch.rate[j], invited, p)))
                    traced = plus(traced, people.digital[j])
        heard[slot] = told
        heard[PROBLEM_SLOTS + slot] = traced


@inner
def choose_channels(
    people: Citizens, g: int, offer: Offer, scratch: Scratch, p: ServiceParameters
) -> None:
    """P6: now and then citizens reconsider their channel."""
    infrastructure = offer.infrastructure[g]
    advantage = offer.quality_digital[g] - offer.quality_counter[g]
    for j in range(people.home.shape[0]):
        people.digital[j] = choose_channel(
            people.digital[j],
            access(people.access_rank[j], infrastructure),
            people.skill[j],
            advantage,
            scratch.digital_peers[j],
            scratch.trust[j],
            scratch.reconsider[j],
            scratch.choice[j],
            p,
        )


@inner
def be_served(
    people: Citizens,
    g: int,
    offer: Offer,
    scratch: Scratch,
    count: Array,
    table: Array,
    p: ServiceParameters,
) -> None:
    """P6: citizens bring the month's needs; what fails online goes to the counter."""
    quality_digital = offer.quality_digital[g]
    quality_counter = offer.quality_counter[g]
    handled = offer.handled_share[g]
    transactions, information = offer.transactions[g], offer.information[g]
    infrastructure = offer.infrastructure[g]
    wanted, met, asked, served = _NONE, _NONE, _NONE, _NONE
    tried, done, formed = _NONE, _NONE, _NONE
    for j in range(people.home.shape[0]):
        luck = (scratch.services[0, j], scratch.services[1, j], scratch.services[2, j],
                scratch.services[3, j])  # fmt: skip
        needs = count_needs(scratch.needs[j], table)
        online = access(people.access_rank[j], infrastructure)
        bounds = fates(
            people.digital[j], online, people.skill[j], transactions, information, handled, p
        )
        services = use_services(needs, bounds, luck)
        if needs > 0:
            people.quality[j] = experience(services, needs, quality_digital, quality_counter)
        people.used[j] = remember(people.used[j], services.tried > 0)
        people.forms[j] = remember(people.forms[j], services.formed > 0)
        wanted = plus(wanted, needs)
        met = plus(met, services.done + services.served)
        asked = plus(asked, needs - services.done)
        served = plus(served, services.served)
        tried = plus(tried, services.tried)
        done = plus(done, services.done)
        formed = plus(formed, services.formed)
    count[tally.NEEDS] = wanted
    count[tally.MET] = met
    count[tally.COUNTER_ASKED] = asked
    count[tally.COUNTER_HANDLED] = served
    count[tally.DIGITAL_TRIED] = tried
    count[tally.DIGITAL_DONE] = done
    count[tally.TRANSACTIONS_DONE] = formed


@inner
def take_part(
    people: Citizens,
    g: int,
    offer: Offer,
    scratch: Scratch,
    count: Array,
    p: ParticipationParameters,
    trouble: ProblemParameters,
    is_new_year: bool,
) -> None:
    """P7: hear back on last month's inputs; perhaps give some, invited or not.

    Three loops, each short enough to be taken several citizens at once.
    """
    invitations = offer.invitations[g]
    expect_inputs(people, invitations, scratch, p, trouble)
    give_inputs(people, scratch, count, is_new_year)
    hear_answers(people, offer.response_rate[g], offer.action_rate[g], scratch, count, p)
    asked = _NONE
    for j in range(people.home.shape[0]):
        invited = scratch.invited[j] < invitations
        joined = scratch.given[j] > 0
        people.fatigue[j] = updated_fatigue(people.fatigue[j], invited, joined, p)
        asked = plus(asked, invited)
    for j in range(people.home.shape[0]):
        joined = scratch.given[j] > 0
        people.waiting[j] = joined
        people.active[j] = remember(people.active[j], joined)
    count[tally.INVITED] = asked


@inner
def hear_answers(
    people: Citizens,
    response: np.float32,
    action: np.float32,
    scratch: Scratch,
    count: Array,
    p: ParticipationParameters,
) -> None:
    """What citizens hear on last month's inputs, and what they believe after it.

    Hopes of all come back in one loop; few wait for an answer.
    """
    answered, ignored, acted_on = _NONE, _NONE, _NONE
    for j in range(people.home.shape[0]):
        people.efficacy[j] = forgotten(people.efficacy[j], people.belief[j], p)
        people.heard[j] = remember(people.heard[j], False)
    for j in range(people.home.shape[0]):
        if people.waiting[j] != 0:
            answer = hear_back(people.waiting[j], scratch.answered[j], response, action)
            is_heard = is_answered(answer)
            people.heard[j] |= np.uint16(is_heard)
            people.efficacy[j] = updated_efficacy(people.efficacy[j], answer, p)
            answered = plus(answered, is_heard)
            ignored = plus(ignored, answer == IGNORED)
            acted_on = plus(acted_on, answer == ACTED_ON)
    count[tally.ANSWERED] = answered
    count[tally.IGNORED] = ignored
    count[tally.ACTED_ON] = acted_on


@inner
def expect_inputs(
    people: Citizens,
    invitations: np.float32,
    scratch: Scratch,
    p: ParticipationParameters,
    trouble: ProblemParameters,
) -> None:
    """How many inputs citizens may be expected to give."""
    for j in range(people.home.shape[0]):
        scratch.rate[j] = input_rate(
            people.civic[j] + grievance(scratch.troubles[j], people.skill[j], trouble),
            people.efficacy[j],
            scratch.trust[j],
            scratch.active_peers[j],
            people.fatigue[j],
            people.experience[j],
            people.digital[j],
            scratch.invited[j] < invitations,
            p,
        )


@inner
def give_inputs(people: Citizens, scratch: Scratch, count: Array, is_new_year: bool) -> None:
    """The inputs of the month, counted for each citizen and for all.

    Only who draws below the rate can give any: the chance of one is never above it.
    """
    inputs, speaking = _NONE, _NONE
    for j in range(people.home.shape[0]):
        scratch.given[j] = 0
        if scratch.takes_part[j] < scratch.rate[j]:
            given = count_inputs(scratch.rate[j], scratch.takes_part[j])
            scratch.given[j] = given
            inputs = plus(inputs, given)
            speaking = plus(speaking, given > 0)
    count[tally.INPUTS] = inputs
    count[tally.TAKING_PART] = speaking
    if is_new_year:
        for j in range(people.home.shape[0]):
            people.inputs[j] = 0
    for j in range(people.home.shape[0]):
        people.inputs[j] = count_on(people.inputs[j], scratch.given[j])
        people.experience[j] = count_on(people.experience[j], scratch.given[j])


@inner
def compare_budgets(
    people: Citizens, g: int, offer: Offer, scratch: Scratch, count: Array, p: TrustParameters
) -> None:
    """Fit of the local budget and of the national agenda with each ideal budget."""
    p0, p1, p2, p3 = four_of(offer.preference, g)
    b0, b1, b2, b3 = four_of(offer.allocation, g)
    a0, a1, a2, a3 = four_of(offer.agenda, g)
    m0, m1, m2, m3 = four_of(offer.wanted, g)
    fits, ranked, reachable, accepted = _NONE, _NONE, _NONE, _NONE
    for j in range(people.home.shape[0]):
        w0, w1, w2, w3 = ideal_budget(
            people.taste_welfare[j], people.taste_economy[j],
            people.taste_environment[j], people.taste_safety[j], p0, p1, p2, p3,
        )  # fmt: skip
        fit = budget_fit(b0, b1, b2, b3, w0, w1, w2, w3)
        scratch.fit[j] = fit
        scratch.national_fit[j] = budget_fit(a0, a1, a2, a3, w0, w1, w2, w3)
        scratch.ideal[0, j] = w0
        scratch.ideal[1, j] = w1
        scratch.ideal[2, j] = w2
        scratch.ideal[3, j] = w3
        fits = plus(fits, fixed(fit))
        ranked = plus(ranked, fixed(fit * poverty(people.rank[j])))
        reachable = plus(reachable, fixed(budget_fit(m0, m1, m2, m3, w0, w1, w2, w3)))
        accepted = plus(accepted, fixed(logistic(consent(fit, p))))
    count[tally.FIT] = fits
    count[tally.FIT_RANKED] = ranked
    count[tally.FIT_REACHABLE] = reachable
    count[tally.ACCEPTANCE] = accepted


@inner
def judge(
    people: Citizens,
    g: int,
    offer: Offer,
    scratch: Scratch,
    count: Array,
    p: TrustParameters,
    trouble: ProblemParameters,
) -> None:
    """P8 and P9: exposure to a breach, performance seen, trust, expectations."""
    local_share = offer.discretion[g]
    central_share = _ONE - local_share
    openness = offer.openness[g]
    exposure, exposure_offline = offer.exposure[g], offer.exposure_offline[g]
    climate = offer.climate[g]
    climate_step = offer.climate_step[g]
    offset = p.local_advantage * _HALF
    exposures = _NONE
    for j in range(people.home.shape[0]):
        exposed = is_exposed(exposure, exposure_offline, people.digital[j], scratch.exposed[j])
        leaning = people.predisposition[j]
        peers = scratch.trust_of_peers[j]
        efficacy = people.efficacy[j]
        lived = lived_quality(people.quality[j], scratch.troubles[j], trouble)
        scratch.lived[j] = lived
        seen_local = performance(lived, scratch.fit[j], leaning, p)
        seen_central = performance(lived, scratch.national_fit[j], leaning, p)
        expected_local = people.expectation_local[j]
        expected_central = people.expectation_central[j]
        settled_local = settled_trust(
            leaning + offset, peers, climate, seen_local, expected_local, efficacy, local_share, p
        )
        settled_central = settled_trust(
            leaning - offset, peers, climate, seen_central, expected_central, efficacy,
            central_share, p,
        )  # fmt: skip
        people.trust_local[j] = updated_trust(
            people.trust_local[j], settled_local, local_share, openness, climate_step, exposed, p
        )
        people.trust_central[j] = updated_trust(
            people.trust_central[j], settled_central, central_share, openness, climate_step,
            exposed, p,
        )  # fmt: skip
        people.expectation_local[j] = updated_expectation(expected_local, seen_local, p)
        people.expectation_central[j] = updated_expectation(expected_central, seen_central, p)
        exposures = plus(exposures, exposed)
    count[tally.EXPOSED] = exposures


@inner
def speak_up(people: Citizens, scratch: Scratch, count: Array) -> None:
    """What all want, those who gave inputs, one voice each, and those who leave digital traces."""
    for k in range(DOMAIN_COUNT):
        by_all, by_inputs, by_users = _NONE, _NONE, _NONE
        for j in range(people.home.shape[0]):
            wanted = fixed(scratch.ideal[k, j])
            by_all = plus(by_all, wanted)
            by_inputs = plus(by_inputs, wanted if people.waiting[j] == 1 else 0)
            by_users = plus(by_users, wanted if people.digital[j] == 1 else 0)
        count[tally.WANTED_ALL + k] = by_all
        count[tally.WANTED_INPUTS + k] = by_inputs
        count[tally.WANTED_USERS + k] = by_users


@inner
def show_oneself(people: Citizens, showing: Array, count: Array) -> None:
    """What tied citizens will see; the month's trust is counted."""
    locals_, centrals, squares, low = _NONE, _NONE, _NONE, _NONE
    for j in range(people.home.shape[0]):
        local = people.trust_local[j]
        central = people.trust_central[j]
        trust = (local + central) * _HALF
        showing[j] = show(people.digital[j], people.active[j], trust)
        locals_ = plus(locals_, fixed(local))
        centrals = plus(centrals, fixed(central))
        squares = plus(squares, fixed(trust * trust))
        low = plus(low, trust < _LOW_TRUST)
    count[tally.TRUST_LOCAL] = locals_
    count[tally.TRUST_CENTRAL] = centrals
    count[tally.TRUST_SQUARE] = squares
    count[tally.LOW_TRUST] = low


@inner
def be_counted(people: Citizens, scratch: Scratch, count: Array, month: int) -> None:
    """Enter the month's other counts."""
    users, heard, used, forms, active = _NONE, _NONE, _NONE, _NONE, _NONE
    quality, quality_low, quality_high = _NONE, _NONE, _NONE
    active_low, active_high, quality_ranked, heard_ranked = _NONE, _NONE, _NONE, _NONE
    for j in range(people.home.shape[0]):
        experienced = fixed(scratch.lived[j])
        is_active = people.active[j] != 0
        is_low = people.rank[j] < LOW_THIRD
        is_high = people.rank[j] >= HIGH_THIRD
        weight = poverty(people.rank[j])
        users = plus(users, people.digital[j])
        heard = plus(heard, people.heard[j] != 0)
        used = plus(used, people.used[j] != 0)
        forms = plus(forms, people.forms[j] != 0)
        active = plus(active, is_active)
        quality = plus(quality, experienced)
        quality_low = plus(quality_low, experienced if is_low else 0)
        quality_high = plus(quality_high, experienced if is_high else 0)
        quality_ranked = plus(quality_ranked, fixed(scratch.lived[j] * weight))
        heard_ranked = plus(heard_ranked, fixed(weight) if people.heard[j] != 0 else 0)
        active_low = plus(active_low, is_low & is_active)
        active_high = plus(active_high, is_high & is_active)
    count[tally.USERS] = users
    count[tally.HEARD] = heard
    count[tally.USED_YEAR] = used
    count[tally.FORMS_YEAR] = forms
    count[tally.ACTIVE_YEAR] = active
    count[tally.EXPERIENCED] = quality
    count[tally.QUALITY_LOW] = quality_low
    count[tally.QUALITY_HIGH] = quality_high
    count[tally.QUALITY_RANKED] = quality_ranked
    count[tally.HEARD_RANKED] = heard_ranked
    count[tally.ACTIVE_LOW] = active_low
    count[tally.ACTIVE_HIGH] = active_high
    count_by_inputs(people, count, month)


@inner
def count_by_inputs(people: Citizens, count: Array, month: int) -> None:
    """How many citizens gave how many inputs in the year so far, by classes."""
    count[tally.PEOPLE_BY_INPUTS : tally.MONTHLY] = 0
    if is_counted_by_inputs(month):
        for j in range(people.home.shape[0]):
            inputs = people.inputs[j]
            if inputs > 0:
                found = input_class(inputs)
                count[tally.PEOPLE_BY_INPUTS + found] += 1
                count[tally.INPUTS_BY_CLASS + found] += inputs


@loop
def show_start(citizens: Citizens, showing: Array) -> None:
    """What citizens show at month 0."""
    for i in range(showing.shape[0]):
        trust = (citizens.trust_local[i] + citizens.trust_central[i]) * _HALF
        showing[i] = show(citizens.digital[i], citizens.active[i], trust)


@loop
def count_ranks(home: Array, rank: Array, tallies: Array) -> None:
    """Residents of the lowest and the highest third, and the sum of weights by rank: for good."""
    for i in range(home.shape[0]):
        place = np.int64(home[i])
        tallies[place, tally.RESIDENTS_LOW] += rank[i] < LOW_THIRD
        tallies[place, tally.RESIDENTS_HIGH] += rank[i] >= HIGH_THIRD
        tallies[place, tally.RANKED] += fixed(poverty(rank[i]))


@loop
def add_blocks(
    blocks: Array, block_tallies: Array, block_reports: Array, tallies: Array, problems: Problems
) -> None:
    """Sum the blocks of each local government (all but the survey's entries)."""
    tallies[:, : tally.MONTHLY] = 0
    problems.told[:] = 0
    problems.traced[:] = 0
    for block in range(blocks.shape[0]):
        g = blocks[block, 2]
        for k in range(tally.MONTHLY):
            tallies[g, k] += block_tallies[block, k]
        for slot in range(PROBLEM_SLOTS):
            problems.told[g, slot] += block_reports[block, slot]
            problems.traced[g, slot] += block_reports[block, PROBLEM_SLOTS + slot]
