"""Local problems: what sensing, deciding and taking part are for.

A flooded street, an unsafe crossing, a closed clinic: they arise in a domain of the budget and touch
a run of neighbours, who live worse until somebody notices and solves them. Every channel by which
governments notice hears equally well; they differ in whom they hear, how late and how often. What
is solved depends on staff, capacity and money of whoever is responsible, and on whether money may
move to where the problems are.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import inner, loop, rule
from sim.engine.luck import Luck, Seed, normal, uniform
from sim.engine.numbers import FIXED_SCALE, exponential, fixed, power, whole_months
from sim.parameters import Parameter
from sim.processes import tally
from sim.processes.agenda import AgendaParameters, survey_is_due
from sim.processes.participation import ParticipationParameters, input_chance
from sim.processes.service import ServiceParameters, counter_capacity
from sim.processes.state import Cells, Citizens, Governments, Journal, Offer, Problems

_PROBLEM = int(Luck.PROBLEM)
_NOTICE = int(Luck.PROBLEM_NOTICE)
_MONEY = int(Luck.PROBLEM_MONEY)
_END = int(Luck.PROBLEM_END)
_DRAWS = 5
"""Draws of a problem that arises."""
_ENDS = 3
"""Draws of an open problem in a month."""
YEAR = 12
"""Months within which a problem is solved in time."""
_MOST_AT_ONCE = 1000
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)


class ProblemParameters(NamedTuple):
    """Local problems: how they arise, are noticed and solved."""

    rate: Annotated[float, Parameter(20.0, "residents per 1,000 and month", 0.0, 100.0, "uncertainty", "A", "New York 311, 2015: 18.5 reports per 1,000 residents and month; how many are affected by what is reported is not known", "Residents whom new local problems reach, counted by problem; 0 leaves problems out")]  # fmt: skip
    neighbourhood: Annotated[float, Parameter(0.04, "share of residents", 0.02, 0.2, "uncertainty", "A", "no figure seen; smaller problems are more, and cancel out", "Residents of a place whom a problem reaches, on the mean")]  # fmt: skip
    tail: Annotated[float, Parameter(1.5, "exponent", 1.1, 3.0, "uncertainty", "A", "no figure seen; a heavy tail, as overruns of projects have", "Tail of the size of problems: the lower, the more of what people suffer is large problems")]  # fmt: skip
    widest: Annotated[float, Parameter(0.5, "share of residents", 0.1, 1.0, "uncertainty", "A", "design", "Residents of a place whom one problem reaches at most")]  # fmt: skip
    harm: Annotated[float, Parameter(0.2, "share of quality", 0.0, 0.6, "uncertainty", "A", "no figure seen", "Quality of what government does that an open problem takes from those whom it affects")]  # fmt: skip
    reporting: Annotated[float, Parameter(1.0, "log inputs", 0.0, 3.0, "uncertainty", "A", "between Korea's petition window (2010: 1 per 1,000 residents and month) and New York 311 (2015: 18.5)", "How much more those affected write to their government")]  # fmt: skip
    reporting_skill: Annotated[float, Parameter(0.25, "log inputs per .25 of skill", 0.0, 1.0, "uncertainty", "A", "New York University 2017: neighbourhoods differ in reporting far more than in how fast is dealt with it; size assumed", "How much skill makes those affected report, and the unskilled stay silent")]  # fmt: skip
    attention: Annotated[float, Parameter(1.0, "per month", 0.1, 3.0, "uncertainty", "A", "where reports are all that counts they are closed within 40 days (Washington 2000), 11 (2009), 5 to 15 (Korea's petition window), so noticed within a month; taken to be the same for all channels, so that none is better by decree", "How fast a channel that decides alone notices a problem of mean size among people whom it hears in full")]  # fmt: skip
    heard_in_full: Annotated[float, Parameter(0.05, "share of those affected", 0.01, 0.5, "uncertainty", "A", "no figure seen", "Part of those affected who write in a month at which reports are heard in full")]  # fmt: skip
    obvious: Annotated[float, Parameter(0.3, "share", 0.0, 1.0, "uncertainty", "A", "no figure seen; a flood needs no sensing", "Problems that everybody notices when they arise")]  # fmt: skip
    deliberation: Annotated[float, Parameter(0.5, "share", 0.0, 1.0, "uncertainty", "A", "a street takes less talk than a budget; size assumed", "Part of the deliberation of a budget that a problem takes before work on it begins")]  # fmt: skip
    resistance: Annotated[float, Parameter(0.3, "share", 0.0, 0.95, "uncertainty", "A", "no figure seen", "Solutions without deliberation that fail or meet resistance, so that all begins anew")]  # fmt: skip
    settling: Annotated[float, Parameter(2.0, "months", 0.5, 12.0, "uncertainty", "A", "no figure seen", "Deliberation that halves resistance")]  # fmt: skip
    effort: Annotated[float, Parameter(120.0, "residents per 1,000 and month", 0.0, 400.0, "uncertainty", "C", "New York 311: 97 % closed; Washington: 40 days (2000) to 11 (2009), Korea's petition window: 5 to 15 days from report to close", "Residents whose problems are solved where money is where they are, times (.7 + .5 capacity) (.6 + .5 staff in operations), as at counters")]  # fmt: skip
    worsening: Annotated[float, Parameter(0.02, "per month", 0.0, 0.2, "uncertainty", "A", "no figure seen", "Work and money that waiting adds to a problem, against what it took at first")]  # fmt: skip
    fading: Annotated[float, Parameter(0.02, "per month", 0.0, 0.2, "uncertainty", "A", "no figure seen", "Chance that an open problem goes away by itself")]  # fmt: skip
    cost: Annotated[float, Parameter(10.0, "money per resident affected", 0.0, 60.0, "uncertainty", "A", "of the order of the back office of one need (SOCITM; design)", "Cost of a solution, also of one that fails")]  # fmt: skip


# What citizens have to do with it.


@rule
def poverty(rank: np.uint8) -> np.float32:
    """Weight of a citizen by rank of status, from nearly 1 for the lowest to nearly 0."""
    return (np.float32(255.5) - np.float32(rank)) * np.float32(1.0 / 256.0)


@rule
def lived_quality(quality: np.float32, troubles: np.int32, p: ProblemParameters) -> np.float32:
    """Quality of what government does as citizens live it, with so many open problems around."""
    return quality * (_ONE - min(p.harm * np.float32(troubles), _ONE))


@rule
def grievance(troubles: np.int32, skill: np.float32, p: ProblemParameters) -> np.float32:
    """What a problem adds to the eagerness to write to the government."""
    if troubles == 0:
        return _ZERO
    return p.reporting + p.reporting_skill * (skill - np.float32(0.5)) / np.float32(0.25)


@rule
def report_chance(rate: np.float32, invited: bool, p: ParticipationParameters) -> np.float32:
    """Chance to report a problem in a month, by the rate of all inputs.

    An invitation asks for something else: what it adds is no report.
    """
    if invited:
        asked = p.unprompted + p.uplift
        rate = rate * p.unprompted / asked if asked > _ZERO else _ZERO
    return input_chance(rate)


@rule
def months_since(began: int, month: int) -> np.uint16:
    """Flags of the last twelve months, those from the one in which a problem arose."""
    return np.uint16((1 << min(month - began, YEAR)) - 1)


@rule
def affected_from(first: int, length: int, start: int, size: int) -> tuple[int, int]:
    """Those affected among `size` neighbours from row `start` on: the first, and the one after."""
    begin = first - start
    return max(0, begin), min(size, begin + length)


@rule
def is_affected(row: int, first: int, length: int, residents: int) -> bool:
    """Whether a citizen is among those affected: neighbours of a row, round the ends of the place."""
    return bool((row - first) % residents < length)


# How they arise.


@rule
def how_many(expected: float, draw: float) -> int:
    """A Poisson number, by inversion."""
    term = exponential(-expected)
    total = term
    found = 0
    while draw >= total and found < _MOST_AT_ONCE:
        found += 1
        term *= expected / found
        total += term
    return found


@rule
def reach(draw: float, p: ProblemParameters) -> float:
    """Share of a place's residents whom a problem reaches: Pareto, held below the widest."""
    smallest = p.neighbourhood * (p.tail - 1.0) / p.tail
    return float(min(smallest * power(draw, -1.0 / p.tail), p.widest))


@rule
def mean_reach(p: ProblemParameters) -> float:
    """The mean of `reach`, by which residents reached become a number of problems."""
    smallest = p.neighbourhood * (p.tail - 1.0) / p.tail
    if smallest >= p.widest:
        return float(p.widest)
    beyond = power(smallest / p.widest, p.tail - 1.0)
    return float(smallest * (p.tail - beyond) / (p.tail - 1.0))


@rule
def domain_of(draw: float, offer: Offer, g: int) -> int:
    """The domain of the budget: more often one that the place wishes for."""
    domains = offer.preference.shape[1]
    total = 0.0
    for k in range(domains):
        total += offer.preference[g, k]
    left = draw * total
    found = 0
    for k in range(domains - 1):
        left -= offer.preference[g, k]
        found += left >= 0.0
    return found


@inner
def free_slot(problems: Problems, g: int) -> int:
    """The first slot of a place that is free, or -1."""
    for slot in range(problems.length.shape[1]):
        if problems.length[g, slot] == 0:
            return slot
    return -1


@loop
def arise(
    problems: Problems,
    governments: Governments,
    citizens: Citizens,
    offer: Offer,
    cells: Cells,
    tallies: Array,
    journal: Journal,
    p: ProblemParameters,
    seed: Seed,
    month: int,
) -> None:
    """Slots of last month's solutions are freed; new problems arise, by rate or in a crisis."""
    start = 0
    for g in range(problems.length.shape[0]):
        residents = int(governments.residents[g])
        begin_month(problems, tallies, journal, g)
        expected = (p.rate / 1000.0 + governments.crisis[g]) / mean_reach(p)
        if expected > 0.0:
            count = how_many(expected, uniform(seed, _PROBLEM, month, g, 0))
            tallies[g, tally.ARISEN] = count
            for n in range(count):
                strike_neighbours(
                    problems, citizens, offer, cells, tallies, journal, p, seed, month, g, n, start,
                    residents,
                )  # fmt: skip
        start += residents


@inner
def begin_month(problems: Problems, tallies: Array, journal: Journal, g: int) -> None:
    """Nothing is counted yet; what was solved is over."""
    for k in range(tally.PROBLEMS, tally.ENTRIES):
        tallies[g, k] = 0
    journal.new_reach[g] = 0.0
    journal.solved_reach[g] = 0.0
    for slot in range(problems.length.shape[1]):
        if problems.solved[g, slot] == 1:
            problems.solved[g, slot] = 0
            problems.length[g, slot] = 0


@inner
def strike_neighbours(
    problems: Problems,
    citizens: Citizens,
    offer: Offer,
    cells: Cells,
    tallies: Array,
    journal: Journal,
    p: ProblemParameters,
    seed: Seed,
    month: int,
    g: int,
    n: int,
    start: int,
    residents: int,
) -> None:
    """The n-th problem of the month in one place, whose citizens begin at row `start`."""
    lane = 1 + _DRAWS * n
    share = reach(uniform(seed, _PROBLEM, month, g, lane), p)
    length = min(max(1, int(share * residents + 0.5)), residents)
    offset = int(uniform(seed, _PROBLEM, month, g, lane + 1) * residents)
    domain = domain_of(uniform(seed, _PROBLEM, month, g, lane + 2), offer, g)
    is_central = uniform(seed, _PROBLEM, month, g, lane + 3) >= cells.discretion[g]
    is_obvious = uniform(seed, _PROBLEM, month, g, lane + 4) < p.obvious
    if length / residents > journal.new_reach[g]:
        journal.new_reach[g] = length / residents
        journal.new_domain[g] = domain
    ranked = poverty_of(citizens, start, offset, length, residents)
    slot = free_slot(problems, g)
    if slot < 0:
        tallies[g, tally.BEYOND] += 1
        fall_due(tallies, g, length, ranked)
        return
    problems.first[g, slot] = start + offset
    problems.length[g, slot] = length
    problems.began[g, slot] = month
    problems.noticed[g, slot] = month
    problems.known[g, slot] = 0
    problems.central[g, slot] = is_central
    problems.domain[g, slot] = domain
    problems.ranked[g, slot] = ranked
    mean = tallies[g, tally.ELITE_WEIGHT] / residents
    weight = elite_weight_of(citizens, start, offset, length, residents)
    problems.standing[g, slot] = weight / length / mean if mean > 0.0 else 0.0
    problems.told[g, slot] = 0
    problems.traced[g, slot] = 0
    if is_obvious:
        get_known(problems, tallies, g, slot, month)


@inner
def poverty_of(citizens: Citizens, start: int, offset: int, length: int, residents: int) -> int:
    """Poverty of those affected, summed; they go round the ends of the place."""
    total = 0
    for k in range(length):
        total += int(fixed(poverty(citizens.rank[start + (offset + k) % residents])))
    return total


@inner
def elite_weight_of(
    citizens: Citizens, start: int, offset: int, length: int, residents: int
) -> int:
    """Their weight among elites, summed."""
    total = 0
    for k in range(length):
        total += int(fixed(citizens.elite_weight[start + (offset + k) % residents]))
    return total


@inner
def get_known(problems: Problems, tallies: Array, g: int, slot: int, month: int) -> None:
    """A problem is noticed."""
    problems.known[g, slot] = 1
    problems.noticed[g, slot] = month
    tallies[g, tally.NOTICED] += 1
    tallies[g, tally.MONTHS_TO_NOTICE] += month - problems.began[g, slot]


@inner
def fall_due(tallies: Array, g: int, people: int, ranked: int) -> None:
    """A problem that was solved, has gone, or is a year old: it is counted once."""
    tallies[g, tally.DUE] += 1
    tallies[g, tally.DUE_PEOPLE] += people
    tallies[g, tally.DUE_RANKED] += ranked


# How they are noticed.


@rule
def is_heard(attention: float, voice: float) -> float:
    """Chance that a channel takes up in a month what so loud a voice brings before it."""
    return 1.0 - exponential(-attention * voice)


@rule
def chance_of_notice(
    size: float,
    standing: float,
    told: float,
    traced: float,
    is_inspected: bool,
    interval: float,
    unit: int,
    cells: Cells,
    p: ProblemParameters,
) -> float:
    """Chance that a problem is noticed this month, by all channels as they are weighed.

    `size` is against the mean problem, `standing` the weight of those affected among elites against
    the mean resident, `told` the share of them who wrote last month, `traced` that on the digital
    channel. An inspection finds what it would have found in all the months since the last one.
    What citizens say is taken up over the sensing lag. `unit` is who is responsible.
    """
    attention = p.attention * size
    elites = is_heard(attention, standing)
    professionals = is_heard(attention, interval) if is_inspected else 0.0
    data = cells.big_data_share[unit]
    citizens = (1.0 - data) * is_heard(attention, min(told / p.heard_in_full, 1.0))
    citizens += data * is_heard(attention, traced)
    return float(
        cells.weight_elite[unit] * elites
        + cells.weight_professional[unit] * professionals
        + cells.weight_citizen[unit] * citizens / max(cells.sensing_lag[unit], 1.0)
    )


@loop
def notice(
    problems: Problems,
    governments: Governments,
    cells: Cells,
    tallies: Array,
    a: AgendaParameters,
    p: ProblemParameters,
    seed: Seed,
    month: int,
) -> None:
    """Open problems of earlier months are perhaps noticed, from what was heard last month."""
    places, slots = problems.length.shape
    is_inspected = survey_is_due(a, month)
    interval = float(whole_months(a.survey_interval))
    for g in range(places):
        for slot in range(slots):
            length = problems.length[g, slot]
            is_old = problems.began[g, slot] < month
            if length > 0 and problems.known[g, slot] == 0 and is_old:
                unit = places if problems.central[g, slot] == 1 else g
                chance = chance_of_notice(
                    length / (governments.residents[g] * p.neighbourhood),
                    problems.standing[g, slot], problems.told[g, slot] / (length * FIXED_SCALE),
                    problems.traced[g, slot] / length, is_inspected, interval, unit, cells, p,
                )  # fmt: skip
                if uniform(seed, _NOTICE, month, g, slot) < chance:
                    get_known(problems, tallies, g, slot, month)


# How they are solved.


@rule
def talk(deliberation: float, p: ProblemParameters) -> float:
    """Months of deliberation before work on a problem begins."""
    return float(p.deliberation * deliberation)


@rule
def chance_of_resistance(months: float, p: ProblemParameters) -> float:
    """Chance that a solution fails or meets resistance, after so many months of deliberation."""
    return float(p.resistance * p.settling / (p.settling + months))


@rule
def work_on(length: int, age: int, p: ProblemParameters) -> float:
    """What it takes to solve a problem, in residents: more, the longer it was left."""
    return float(length * (1.0 + p.worsening * age))


@inner
def able(
    governments: Governments, cells: Cells, unit: int, s: ServiceParameters, p: ProblemParameters
) -> float:
    """Residents whose problems can be solved in a month, per resident, as staff is at counters."""
    staff = counter_capacity(governments.capacity[unit], cells.staff_operations[unit], 0.0, s)
    return float(p.effort / 1000.0 * staff / s.need_rate)


@loop
def solve(
    problems: Problems,
    governments: Governments,
    cells: Cells,
    tallies: Array,
    journal: Journal,
    s: ServiceParameters,
    p: ProblemParameters,
    seed: Seed,
    month: int,
) -> None:
    """Money moves where it may; what deliberation is over of is worked on, some of it solved."""
    places, slots = problems.length.shape
    gather_work(problems, governments, cells, p, month)
    for unit in range(places + 1):
        governments.problem_cost[unit] = 0.0
        move_money(governments, cells, unit, seed, month)
    help_from_centre = 0.0
    for g in range(places):
        share = 1.0 - cells.discretion[g]
        people = governments.residents[g] * governments.weight[g]
        help_from_centre += share * people * governments.funded[g]
    help_from_centre *= able(governments, cells, places, s, p)
    for g in range(places):
        own = cells.discretion[g] * governments.residents[g] * governments.funded[g]
        own *= able(governments, cells, g, s, p)
        for slot in range(slots):
            if problems.length[g, slot] > 0:
                unit = places if problems.central[g, slot] == 1 else g
                effort = help_from_centre if unit == places else own
                go_on(
                    problems, governments, cells, tallies, journal, p, seed, month, g, slot, unit,
                    effort,
                )  # fmt: skip


@inner
def is_ready(
    problems: Problems, cells: Cells, p: ProblemParameters, g: int, slot: int, unit: int, month: int
) -> bool:
    """Whether work on a problem can begin: it is noticed and talked over."""
    waited = month - problems.noticed[g, slot]
    return bool(
        problems.length[g, slot] > 0
        and problems.known[g, slot] == 1
        and waited >= talk(cells.deliberation[unit], p)
    )


@inner
def gather_work(
    problems: Problems, governments: Governments, cells: Cells, p: ProblemParameters, month: int
) -> None:
    """Work that can begin, by who is responsible and by domain; the centre counts people."""
    places, slots = problems.length.shape
    governments.problem_work[:] = 0.0
    for g in range(places):
        for slot in range(slots):
            unit = places if problems.central[g, slot] == 1 else g
            if is_ready(problems, cells, p, g, slot, unit, month):
                age = month - problems.began[g, slot]
                work = work_on(problems.length[g, slot], age, p)
                if unit == places:
                    work *= governments.weight[g]
                governments.problem_work[unit, problems.domain[g, slot]] += work


@inner
def move_money(governments: Governments, cells: Cells, unit: int, seed: Seed, month: int) -> None:
    """Now and then money moves to the domains in which work waits, as far as analysis sees them.

    Where none waits, it goes where the budget has it.
    """
    interval = max(cells.revision_interval[unit], 1.0)
    domains = governments.problem_money.shape[1]
    waiting = 0.0
    for k in range(domains):
        waiting += governments.problem_work[unit, k]
    if governments.leaderless[unit] or uniform(seed, _MONEY, month, unit, 0) * interval >= 1.0:
        return
    error = cells.analytic_error[unit] * (1.0 - governments.capacity[unit])
    total = 0.0
    for k in range(domains):
        share = governments.allocation[unit, k]
        if unit == governments.residents.shape[0] - 1:
            share = governments.target[unit, k]
        if waiting > 0.0:
            share = governments.problem_work[unit, k] / waiting
            share += error * normal(seed, _MONEY, month, unit, 1 + k)
        governments.problem_money[unit, k] = max(share, 0.0)
        total += governments.problem_money[unit, k]
    for k in range(domains):
        share = governments.problem_money[unit, k] / total if total > 0.0 else 1.0 / domains
        governments.problem_money[unit, k] = share


@inner
def go_on(
    problems: Problems,
    governments: Governments,
    cells: Cells,
    tallies: Array,
    journal: Journal,
    p: ProblemParameters,
    seed: Seed,
    month: int,
    g: int,
    slot: int,
    unit: int,
    effort: float,
) -> None:
    """A month of one open problem: worked on, solved or resisted; faded; counted."""
    length, domain = problems.length[g, slot], problems.domain[g, slot]
    age = month - problems.began[g, slot]
    lane = _ENDS * slot
    if is_ready(problems, cells, p, g, slot, unit, month):
        money = effort * governments.problem_money[unit, domain]
        chance = money / governments.problem_work[unit, domain]
        if uniform(seed, _END, month, g, lane) < chance:
            governments.problem_cost[g] += p.cost * work_on(length, age, p)
            months = talk(cells.deliberation[unit], p)
            if uniform(seed, _END, month, g, lane + 1) < chance_of_resistance(months, p):
                problems.noticed[g, slot] = month
                tallies[g, tally.RESISTED] += 1
            else:
                problems.solved[g, slot] = 1
    is_over = problems.solved[g, slot] == 1
    if is_over:
        count_solution(problems, governments, tallies, journal, g, slot, age)
    fades = not is_over and age > 0 and uniform(seed, _END, month, g, lane + 2) < p.fading
    if ((is_over or fades) and age <= YEAR) or age == YEAR + 1:
        fall_due(tallies, g, length, problems.ranked[g, slot])
    if fades:
        problems.length[g, slot] = 0
        tallies[g, tally.FADED] += 1
    elif not is_over:
        tallies[g, tally.OPEN] += 1
        tallies[g, tally.OPEN_PEOPLE] += length
        tallies[g, tally.OPEN_RANKED] += problems.ranked[g, slot]


@inner
def count_solution(
    problems: Problems,
    governments: Governments,
    tallies: Array,
    journal: Journal,
    g: int,
    slot: int,
    age: int,
) -> None:
    """A problem is solved, in time or not."""
    length = problems.length[g, slot]
    tallies[g, tally.SOLVED] += 1
    tallies[g, tally.MONTHS_TO_SOLVE] += age
    if age <= YEAR:
        tallies[g, tally.IN_TIME] += 1
        tallies[g, tally.IN_TIME_PEOPLE] += length
        tallies[g, tally.IN_TIME_RANKED] += problems.ranked[g, slot]
    share = length / governments.residents[g]
    if share > journal.solved_reach[g]:
        journal.solved_reach[g] = share
        journal.solved_domain[g] = problems.domain[g, slot]
        journal.solved_after[g] = age
