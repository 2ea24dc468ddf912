"""P11: how governments move along the figure's rows by themselves.

Pressures build up month by month and are released when one passes a threshold (friction turns
smooth pressure into bursts: punctuated equilibrium). Which pressures count is row 12 of the figure;
what counts as success is row 1: a government that judges itself by cost keeps what is cheap (path
dependence). A reform may copy others (Shipan and Volden 2008: learning, competition, imitation), may
fail like any project, is on trial for two years, and may be undone. The centre pushes towards the
profile of those who do best (coercion); elections turn participatory rows either way, overload undoes
them; a shock opens a window in which less pressure is enough.
"""

from __future__ import annotations

from math import gcd
from typing import Annotated, NamedTuple

import numpy as np

from sim import paradigms
from sim.engine.columns import Array
from sim.engine.compiling import action, inner, maker, making_loop, rule
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import FIXED_SCALE, clip, logarithm, sigmoid, whole_months
from sim.paradigms import FIGURE
from sim.parameters import Parameter
from sim.processes import tally
from sim.processes.change import ChangeParameters, cost_of_change
from sim.processes.environment import access_in
from sim.processes.network import government_node
from sim.processes.projects import ProjectParameters, design_reality_gap
from sim.processes.state import Cells, Governments, Journal, Ledger, Levers, Network, Offer

_REFORM = int(Luck.REFORM)
_PRESSURE = int(Luck.PRESSURE)
_COERCION = int(Luck.COERCION)
_ELECTION = int(Luck.ELECTION)
_ROWS = len(FIGURE.rows)
_STRIDE = next(step for step in (5, 7, 11, 13) if gcd(step, _ROWS) == 1)
"""Rows between one that a reform looks at and the next: all are looked at, none twice."""
_MOST_ROWS = 4
_LAST = float(FIGURE.last_position)
_THIRD = 1.0 / 3.0

INFRASTRUCTURE = 0
PERFORMANCE = 1
LEGITIMACY = 2
OVERLOAD = 3
PRESSURES = paradigms.PRESSURES
_PRESSURES = len(PRESSURES)

NOTHING = 0
REFORMED = 1
FAILED = 2
REVERTED = 3
COERCED = 4
VOTED_OUT = 5
EVENTS = ("nothing", "reform", "failed reform", "reversal", "coercion", "election")

OWN_IDEA = 0
LEARNED = 1
COMPETED = 2
IMITATED = 3
MODELS = ("own", "learning", "competition", "imitation")

KEPT_COURSE = 1
RETREATED = 2
ADVANCED = 3
ELECTIONS = ("none", "kept course", "retreated", "advanced")

_TARGETS = FIGURE.targets()
_PARTICIPATORY = np.isin(np.arange(_ROWS), FIGURE.group("participation")).astype(np.int64)


class ReformParameters(NamedTuple):
    """Pressures, trials, copying, coercion, elections."""

    pressure_gain: Annotated[float, Parameter(0.15, "per month", 0.0, 0.5, "uncertainty", "C", "pace of reforms; free", "How fast gaps build up pressure")]  # fmt: skip
    pressure_decay: Annotated[float, Parameter(0.02, "per month", 0.0, 0.2, "uncertainty", "A", "no figure seen", "How fast pressure is forgotten")]  # fmt: skip
    threshold: Annotated[float, Parameter(1.0, "pressure", 0.2, 5.0, "uncertainty", "C", "friction (punctuated equilibrium); free", "Pressure at which a reform is released")]  # fmt: skip
    step: Annotated[float, Parameter(0.5, "positions", 0.1, 1.0, "uncertainty", "A", "no figure seen", "How far a reform moves a row")]  # fmt: skip
    leap_chance: Annotated[float, Parameter(0.15, "share of reforms", 0.0, 1.0, "uncertainty", "A", "leapfrogging of single features (Rooks 2017); size assumed", "Reforms that move twice as far")]  # fmt: skip
    failure_share: Annotated[float, Parameter(0.7, "share", 0.0, 1.0, "uncertainty", "A", "Heeks 2003 for projects; the share that sinks a reform is assumed", "How much of a project's odds of failure a reform shares")]  # fmt: skip
    learning: Annotated[float, Parameter(0.15, "share of reforms", 0.0, 0.5, "uncertainty", "A", "Shipan and Volden 2008; shares assumed", "Reforms that copy the best of the tied local governments")]  # fmt: skip
    competition: Annotated[float, Parameter(0.10, "share of reforms", 0.0, 0.5, "uncertainty", "A", "Shipan and Volden 2008; shares assumed", "Reforms that copy the nearest local government, if it does better")]  # fmt: skip
    imitation: Annotated[float, Parameter(0.05, "share of reforms", 0.0, 0.5, "uncertainty", "A", "Shipan and Volden 2008: imitation is short-lived; shares assumed", "Reforms that copy the largest local government")]  # fmt: skip
    trial: Annotated[float, Parameter(24.0, "months", 6.0, 60.0, "uncertainty", "C", "free", "Months after which a reform is judged")]  # fmt: skip
    reversal_chance: Annotated[float, Parameter(0.7, "share", 0.0, 1.0, "uncertainty", "C", "free", "Reforms that are undone where the government's own score has fallen")]  # fmt: skip
    reversal_loss: Annotated[float, Parameter(0.02, "score", 0.0, 0.2, "uncertainty", "A", "no figure seen", "Fall of the own score that is too much")]  # fmt: skip
    coercion: Annotated[float, Parameter(0.3, "ratio", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How much of the centre's mandate moves a row in a month")]  # fmt: skip
    coercion_step: Annotated[float, Parameter(0.25, "positions", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How far the centre pushes a row")]  # fmt: skip
    model_interval: Annotated[float, Parameter(24.0, "months", 6.0, 60.0, "uncertainty", "A", "no figure seen", "Months between the centre's choices of a model profile")]  # fmt: skip
    election_interval: Annotated[float, Parameter(48.0, "months", 12.0, 72.0, "uncertainty", "S", "local elections every four years", "Months between local elections")]  # fmt: skip
    election_chance: Annotated[float, Parameter(0.35, "share", 0.0, 1.0, "uncertainty", "A", "participatory budgeting ends more often when another party wins (RAP); size assumed", "Governments that change course after an election before which trust in them fell")]  # fmt: skip
    election_noise: Annotated[float, Parameter(0.01, "share", 0.0, 0.05, "uncertainty", "A", "mean trust of a place moves by a median of .3 points between elections without any reform", "Fall of mean local trust that voters notice")]  # fmt: skip
    election_calm: Annotated[float, Parameter(0.33, "ratio", 0.0, 1.0, "uncertainty", "A", "governments change without a fall of trust as well; size assumed", "Changes of course where trust did not fall, against where it did")]  # fmt: skip
    election_step: Annotated[float, Parameter(0.5, "positions", 0.0, 1.0, "uncertainty", "A", "design", "How far a change of course moves the rows of participation")]  # fmt: skip
    window: Annotated[float, Parameter(24.0, "months", 0.0, 60.0, "uncertainty", "A", "windows of opportunity (Kingdon 1984); length assumed", "Time after a shock in which reforms come easier")]  # fmt: skip
    window_threshold: Annotated[float, Parameter(0.5, "ratio", 0.1, 1.0, "uncertainty", "A", "windows of opportunity (Kingdon 1984); size assumed", "Threshold in such a time, against other times")]  # fmt: skip
    distrust: Annotated[float, Parameter(6.0, "ratio", 0.0, 12.0, "uncertainty", "A", "as much as a budget that fits by so much less; size assumed", "How strongly distrust (local trust below one half) presses for legitimacy")]  # fmt: skip


@rule
def gaps(
    infrastructure: float,
    online_supply: float,
    cost_per_need: float,
    reference_cost: float,
    wait: float,
    fit: float,
    trust: float,
    distrust: float,
    voice: float,
    response_rate: float,
    weight_citizen: float,
    invitations: float,
    delay: float,
    budget: float,
    exposed: float,
) -> tuple[float, float, float, float]:
    """What presses: idle infrastructure, poor performance, lost legitimacy, overload."""
    ignored = voice * (1.0 - response_rate)
    idle = max(0.0, infrastructure - online_supply / 0.95)
    poor = 3.0 * max(0.0, cost_per_need / (0.75 * reference_cost) - 1.0) + wait
    unheard = 6.0 * max(0.0, 0.80 - fit) + distrust * max(0.0, 0.5 - trust) + 0.5 * ignored
    strained = (
        3.0 * ignored
        + weight_citizen * max(0.0, delay - 9.0) / 4.0
        + 3.0 * max(0.0, 1.0 - budget) * (weight_citizen + invitations)
        + 8.0 * exposed
    )
    return idle, poor, unheard, strained


@rule
def own_score(
    cost_per_need: float,
    reference_cost: float,
    integration: float,
    online_supply: float,
    quality: float,
    fit: float,
    weight_cost: float,
    weight_connectivity: float,
    weight_individual: float,
) -> float:
    """How a government judges itself, 0 to 1, by the goal of row 1."""
    cheap = reference_cost / max(cost_per_need, 1.0)
    cost = cheap / (1.0 + cheap)
    connectivity = 0.5 * (integration + online_supply)
    individual = 0.5 * (quality + fit)
    return weight_cost * cost + weight_connectivity * connectivity + weight_individual * individual


@action
def feel_pressure(
    g: int,
    governments: Governments,
    cells: Cells,
    offer: Offer,
    levers: Levers,
    tallies: Array,
    infrastructure: Array,
    reference_cost: float,
    p: ReformParameters,
    seed: Seed,
    month: int,
) -> None:
    """Pressures of one local government build up from its gaps and fade; it scores itself.

    Its standing among others is the same score with equal weights: one measure for all.
    """
    residents = governments.residents[g]
    cost = governments.spending[g] / max(governments.met[g], 1e-9)
    fit = tallies[g, tally.FIT] / (residents * FIXED_SCALE)
    felt = gaps(
        access_in(infrastructure, month),
        governments.online_supply[g],
        cost,
        reference_cost,
        min(governments.wait[g], 2.0),
        fit,
        tallies[g, tally.TRUST_LOCAL] / (residents * FIXED_SCALE),
        p.distrust,
        tallies[g, tally.ACTIVE_YEAR] / residents,
        np.float64(offer.response_rate[g]),
        cells.weight_citizen[g],
        cells.invitations[g],
        governments.delay[g],
        levers.budget[g],
        tallies[g, tally.EXPOSED] / residents,
    )
    weights = (
        cells.pressure_infrastructure[g],
        cells.pressure_performance[g],
        0.3 + cells.pressure_legitimacy[g],
        1.0,
    )
    for k in range(_PRESSURES):
        luck = -logarithm(uniform(seed, _PRESSURE, month, g, k))
        governments.pressure[g, k] *= 1.0 - p.pressure_decay
        governments.pressure[g, k] += p.pressure_gain * weights[k] * felt[k] * luck
    quality = tallies[g, tally.EXPERIENCED] / (residents * FIXED_SCALE)
    governments.score[g] = own_score(
        cost, reference_cost, governments.integration[g], governments.online_supply[g], quality, fit,
        cells.score_cost[g], cells.score_connectivity[g], cells.score_individual[g],
    )  # fmt: skip
    governments.standing[g] = own_score(
        cost, reference_cost, governments.integration[g], governments.online_supply[g], quality, fit,
        _THIRD, _THIRD, _THIRD,
    )  # fmt: skip


@action
def consider_reform(
    g: int,
    governments: Governments,
    cells: Cells,
    network: Network,
    profiles_before: Array,
    profiles: Array,
    nearest: Array,
    largest: int,
    ledger: Ledger,
    p: ReformParameters,
    change: ChangeParameters,
    projects: ProjectParameters,
    seed: Seed,
    month: int,
) -> None:
    """Judge the last reform when its trial ends; start one when a pressure passes the threshold.

    A reform waits until the fund has the money to move one row a step.

    `profiles_before` are last month's, `profiles` this month's, shape (governments, rows).
    """
    governments.reform_event[g] = NOTHING
    threshold = p.threshold
    if governments.window[g] > 0.0:
        governments.window[g] -= 1.0
        threshold *= p.window_threshold
    if governments.trial[g] > 0.0:
        governments.trial[g] -= 1.0
        if governments.trial[g] == 0.0:
            judge_reform(g, governments, profiles, p, seed, month)
        return
    strongest = strongest_pressure(g, governments, profiles, threshold)
    if strongest < 0 or ledger.fund[g] < cost_of_change(p.step, governments.residents[g], change):
        return
    governments.pressure[g, strongest] = 0.0
    governments.reform_cause[g] = strongest
    for row in range(_ROWS):
        governments.profile_before[g, row] = profiles[g, row]
    governments.score_before[g] = governments.score[g]
    ambition = projects.base_ambition + 0.15 * p.step
    gap = design_reality_gap(ambition, governments.lock_in[g], governments.capacity[g], 0.5,
                             projects)  # fmt: skip
    failing = p.failure_share * sigmoid(projects.failure_intercept + projects.gap_slope * gap)
    if uniform(seed, _REFORM, month, g, 0) < failing:
        governments.reform_event[g] = FAILED
        return
    step = p.step
    if uniform(seed, _REFORM, month, g, 1) < p.leap_chance:
        step = 2.0 * p.step
    model = whom_to_copy(g, governments, network, nearest, largest, p, seed, month)
    if model >= 0 and strongest != OVERLOAD:
        moved = copy_rows(g, model, profiles_before, profiles, step)
    else:
        governments.reform_model[g] = OWN_IDEA
        moved = move_rows(g, strongest, profiles, step, seed, month)
    if moved > 0:
        governments.reform_event[g] = REFORMED
        governments.trial[g] = np.floor(p.trial)


@inner
def strongest_pressure(g: int, governments: Governments, profiles: Array, threshold: float) -> int:
    """The strongest pressure past the threshold that can still move a row, or -1."""
    strongest = -1
    for k in range(_PRESSURES):
        felt = governments.pressure[g, k]
        if felt > threshold and (strongest < 0 or felt > governments.pressure[g, strongest]):
            for row in range(_ROWS):
                target = _TARGETS[k, row]
                below = target > 0 and profiles[g, row] < target
                if below or (target < 0 and profiles[g, row] > 0.0):
                    strongest = k
    return strongest


@inner
def judge_reform(
    g: int, governments: Governments, profiles: Array, p: ReformParameters, seed: Seed, month: int
) -> None:
    """Undo a reform after which the government's own score has fallen too far, more often than not."""
    fallen = governments.score_before[g] - governments.score[g] > p.reversal_loss
    if fallen and uniform(seed, _REFORM, month, g, 2) < p.reversal_chance:
        for row in range(_ROWS):
            profiles[g, row] = governments.profile_before[g, row]
        governments.reform_event[g] = REVERTED


@inner
def whom_to_copy(
    g: int,
    governments: Governments,
    network: Network,
    nearest: Array,
    largest: int,
    p: ReformParameters,
    seed: Seed,
    month: int,
) -> int:
    """The local government whose profile a reform copies, or -1 for an idea of one's own."""
    draw = uniform(seed, _REFORM, month, g, 3)
    if draw < p.learning:
        best = -1
        for other in range(governments.residents.shape[0] - 1):
            tied = network.age[government_node(g), government_node(other)] >= 0
            hurdle = governments.standing[g] if best < 0 else governments.standing[best]
            if other != g and tied and governments.standing[other] > hurdle:
                best = other
        governments.reform_model[g] = LEARNED
        return best
    draw -= p.learning
    if draw < p.competition:
        governments.reform_model[g] = COMPETED
        rival = nearest[g]
        return rival if governments.standing[rival] > governments.standing[g] else -1
    draw -= p.competition
    if draw < p.imitation:
        governments.reform_model[g] = IMITATED
        return largest if largest != g else -1
    return -1


@inner
def copy_rows(g: int, model: int, before: Array, profiles: Array, step: float) -> int:
    """Move the rows that differ most towards those of another government, at most four."""
    moved = 0
    for _ in range(_MOST_ROWS):
        widest = -1
        for row in range(_ROWS):
            gap = abs(before[model, row] - profiles[g, row])
            if gap > 0.05 and (
                widest < 0 or gap > abs(before[model, widest] - profiles[g, widest])
            ):
                widest = row
        if widest < 0:
            return moved
        gap = before[model, widest] - profiles[g, widest]
        profiles[g, widest] += clip(gap, -step, step)
        moved += 1
    return moved


@inner
def move_rows(g: int, pressure: int, profiles: Array, step: float, seed: Seed, month: int) -> int:
    """Move one to four of the rows that a pressure asks for and that are not yet there."""
    wanted = 1 + int(uniform(seed, _REFORM, month, g, 4) * _MOST_ROWS)
    start = int(uniform(seed, _REFORM, month, g, 5) * _ROWS)
    moved = 0
    for k in range(_ROWS):
        row = (start + _STRIDE * k) % _ROWS
        target = _TARGETS[pressure, row]
        if moved == wanted or target == 0:
            continue
        if target < 0 and profiles[g, row] > 0.0:
            profiles[g, row] = max(0.0, profiles[g, row] - step)
            moved += 1
        elif target > 0 and profiles[g, row] < target:
            profiles[g, row] = min(float(target), profiles[g, row] + step)
            moved += 1
    return moved


@making_loop
def follow_model(
    governments: Governments,
    profiles_before: Array,
    profiles: Array,
    model_profile: Array,
    p: ReformParameters,
    month: int,
) -> None:
    """Now and then the centre chooses a model, and moves a step towards it itself."""
    if month % whole_months(p.model_interval) != 0:
        return
    choose_model(governments, profiles_before, model_profile)
    centre = governments.residents.shape[0] - 1
    for row in range(_ROWS):
        gap = model_profile[row] - profiles[centre, row]
        profiles[centre, row] += clip(gap, -p.coercion_step, p.coercion_step)


@maker
def choose_model(governments: Governments, profiles: Array, model: Array) -> None:
    """The centre's model: the mean profile of the five local governments that score best."""
    places = governments.residents.shape[0] - 1
    taken = np.zeros(places, dtype=np.uint8)
    count = min(5, places)
    model[:] = 0.0
    for _ in range(count):
        best = -1
        for g in range(places):
            if not taken[g] and (best < 0 or governments.standing[g] > governments.standing[best]):
                best = g
        taken[best] = 1
        for row in range(_ROWS):
            model[row] += profiles[best, row] / count


@rule
def chance_of_retreat(budget: float) -> float:
    """Whether a change of course takes participation back: as likely as not at the base budget.

    With half the money it always does, with half as much again it never does.
    """
    return clip(1.5 - budget, 0.0, 1.0)


@action
def be_pushed(
    g: int,
    governments: Governments,
    cells: Cells,
    levers: Levers,
    tallies: Array,
    journal: Journal,
    model_profile: Array,
    profiles: Array,
    p: ReformParameters,
    seed: Seed,
    month: int,
) -> None:
    """Mandate and grants push rows towards the centre's model; an election may turn participation."""
    centre = governments.residents.shape[0] - 1
    journal.reform[g] = governments.reform_event[g]
    for row in range(_ROWS):
        journal.reformed[g, row] = profiles[g, row]
    journal.election[g] = 0
    chance = p.coercion * cells.mandate[centre] * cells.matching_share[g]
    for row in range(_ROWS):
        if uniform(seed, _COERCION, month, g, row) < chance:
            gap = model_profile[row] - profiles[g, row]
            if abs(gap) > 0.01:
                profiles[g, row] += clip(gap, -p.coercion_step, p.coercion_step)
                if governments.reform_event[g] == NOTHING:
                    governments.reform_event[g] = COERCED
    for row in range(_ROWS):
        journal.pushed[g, row] = profiles[g, row]
    interval = whole_months(p.election_interval)
    if month % interval != 0:
        return
    journal.election[g] = KEPT_COURSE
    residents = governments.residents[g]
    trust = tallies[g, tally.TRUST_LOCAL] / (residents * FIXED_SCALE)
    fallen = governments.trust_at_election[g] - trust > p.election_noise
    governments.trust_at_election[g] = trust
    turning = p.election_chance * (1.0 if fallen else p.election_calm)
    if uniform(seed, _ELECTION, month, g, 0) >= turning:
        return
    down = uniform(seed, _ELECTION, month, g, 1) < chance_of_retreat(levers.budget[g])
    for row in range(_ROWS):
        if _PARTICIPATORY[row] == 1:
            before = profiles[g, row]
            step = -p.election_step if down else p.election_step
            profiles[g, row] = clip(before + step, 0.0, _LAST)
            if profiles[g, row] != before:
                governments.reform_event[g] = VOTED_OUT
                journal.election[g] = RETREATED if down else ADVANCED
