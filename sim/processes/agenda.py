"""P3: what governments sense of what people want, and the budget they aim at.

Elites lean to what high status wants; professionals measure the local mean with an error that
capacity shrinks; citizens speak through inputs and, where big data is read, through the traces of
digital users, who are not everybody (Boswarva; digital divide).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import action, inner, loop, rule
from sim.engine.luck import Luck, Seed, normal
from sim.engine.numbers import FIXED_SCALE, fixed, whole_months
from sim.parameters import Parameter
from sim.processes import tally
from sim.processes.state import DOMAIN_COUNT, Cells, Citizens, Governments, Offer

_PROFESSIONALS = int(Luck.PROFESSIONALS)
_ANALYSIS = int(Luck.ANALYSIS)


class AgendaParameters(NamedTuple):
    """How governments sense and aim."""

    professional_error: Annotated[float, Parameter(0.05, "share of budget", 0.0, 0.2, "uncertainty", "A", "no figure seen", "Error of professional measurement, times what capacity lacks to `agenda.careless`")]  # fmt: skip
    careless: Annotated[float, Parameter(1.3, "share", 1.0, 2.0, "uncertainty", "A", "design", "Capacity that would measure without error: the error of professionals is multiplied by what capacity lacks to it")]  # fmt: skip
    elite_share: Annotated[float, Parameter(0.5, "share", 0.0, 1.0, "uncertainty", "A", "design", "Part of elites in the national agenda; the rest is the mean of all residents")]  # fmt: skip
    inputs_needed: Annotated[float, Parameter(20.0, "citizens per 100 residents", 2.0, 60.0, "uncertainty", "A", "no figure seen", "Citizens with inputs in a month at which they are heard in full")]  # fmt: skip
    survey_interval: Annotated[float, Parameter(12.0, "months", 3.0, 48.0, "uncertainty", "A", "yearly signal snapshots", "Months between surveys of what elites and residents want")]  # fmt: skip


@rule
def ideal_budget(
    t0: np.float32, t1: np.float32, t2: np.float32, t3: np.float32,
    p0: np.float32, p1: np.float32, p2: np.float32, p3: np.float32,
) -> tuple[np.float32, np.float32, np.float32, np.float32]:  # fmt: skip
    """Ideal budget shares: own taste t times what the place wants p, summing to one."""
    w0 = t0 * p0
    w1 = t1 * p1
    w2 = t2 * p2
    w3 = t3 * p3
    scale = np.float32(1.0) / (w0 + w1 + w2 + w3)
    return w0 * scale, w1 * scale, w2 * scale, w3 * scale


@loop
def survey(
    citizens: Citizens,
    offer: Offer,
    governments: Governments,
    tallies: Array,
    surveys: Array,
    p: AgendaParameters,
    month: int,
) -> None:
    """Now and then the centre asks what elites and residents want, in every place."""
    if survey_is_due(p, month):
        survey_citizens(citizens, offer, tallies)
        read_survey(governments, tallies, surveys, p)


@rule
def survey_is_due(p: AgendaParameters, month: int) -> bool:
    """Whether the centre asks in this month."""
    return bool(month % whole_months(p.survey_interval) == 0)


@inner
def survey_citizens(citizens: Citizens, offer: Offer, tallies: Array) -> None:
    """Count what residents and elites want in each place, into the survey entries of the tally."""
    tallies[:, tally.WANTED : tally.SURVEY_END] = 0
    for i in range(citizens.home.shape[0]):
        home = np.int64(citizens.home[i])
        ask(citizens, i, offer, home, tallies, home)


@inner
def ask(
    citizens: Citizens, i: int, offer: Offer, home: np.int64, tallies: Array, row: np.int64
) -> None:
    """Add what one citizen wants to a row of the tallies."""
    ideal = ideal_budget(
        citizens.taste_welfare[i], citizens.taste_economy[i],
        citizens.taste_environment[i], citizens.taste_safety[i],
        offer.preference[home, 0], offer.preference[home, 1],
        offer.preference[home, 2], offer.preference[home, 3],
    )  # fmt: skip
    weight = citizens.elite_weight[i]
    tallies[row, tally.ELITE_WEIGHT] += fixed(weight)
    for k in range(DOMAIN_COUNT):
        tallies[row, tally.WANTED + k] += fixed(ideal[k])
        tallies[row, tally.WANTED_ELITE + k] += fixed(ideal[k] * weight)


@action
def read_survey(
    governments: Governments, tallies: Array, surveys: Array, p: AgendaParameters
) -> None:
    """Turn the survey's counts into signals; the centre is part elite, part mean of residents.

    The centre counts people, so that a citizen counts as often as he stands for one.
    """
    surveys[0] += 1
    centre = governments.residents.shape[0] - 1
    for k in range(DOMAIN_COUNT):
        elite_sum = 0.0
        elite_weight = 0.0
        wanted = 0.0
        for g in range(centre):
            wanted_here = tallies[g, tally.WANTED + k]
            elite_here = tallies[g, tally.WANTED_ELITE + k]
            weight_here = tallies[g, tally.ELITE_WEIGHT]
            governments.elite_signal[g, k] = elite_here / max(weight_here, 1)
            governments.survey[g, k] = wanted_here / (governments.residents[g] * FIXED_SCALE)
            elite_sum += elite_here * governments.weight[g]
            elite_weight += weight_here * governments.weight[g]
            wanted += wanted_here * governments.weight[g]
        governments.elite_signal[centre, k] = elite_sum / max(elite_weight, 1.0)
        governments.survey[centre, k] = wanted / (governments.residents[centre] * FIXED_SCALE)
        elites = p.elite_share * governments.elite_signal[centre, k]
        residents = (1.0 - p.elite_share) * governments.survey[centre, k]
        governments.target[centre, k] = elites + residents


@loop
def hear_citizens(
    governments: Governments, cells: Cells, tallies: Array, p: AgendaParameters
) -> None:
    """Absorb last month's inputs and traces into the citizens' signal, over the sensing lag."""
    for g in range(governments.residents.shape[0] - 1):
        speaking = tallies[g, tally.TAKING_PART]
        users = tallies[g, tally.USERS]
        data = cells.big_data_share[g] if users > 0 else 0.0
        per_hundred = 100.0 * speaking / governments.residents[g]
        loudness = min(1.0, per_hundred / p.inputs_needed + data)
        pace = min(1.0, loudness / max(cells.sensing_lag[g], 1.0))
        for k in range(DOMAIN_COUNT):
            heard = governments.citizen_signal[g, k]
            if speaking > 0:
                heard = tallies[g, tally.WANTED_INPUTS + k] / (speaking * FIXED_SCALE)
            traced = heard
            if users > 0:
                traced = tallies[g, tally.WANTED_USERS + k] / (users * FIXED_SCALE)
            signal = (1.0 - data) * heard + data * traced
            governments.citizen_signal[g, k] += pace * (signal - governments.citizen_signal[g, k])


@action
def form_target(
    g: int,
    governments: Governments,
    cells: Cells,
    p: AgendaParameters,
    surveys: Array,
    seed: Seed,
    month: int,
) -> None:
    """The budget a local government aims at: signals by initiative, then local and central.

    `surveys` has the number of those so far: what professionals measured wrongly stays wrong
    until the next one.
    """
    centre = governments.residents.shape[0] - 1
    discretion = cells.discretion[g]
    professional_error = p.professional_error * (p.careless - governments.capacity[g])
    analytic_error = cells.analytic_error[g] * (1.0 - governments.capacity[g])
    total = 0.0
    for k in range(DOMAIN_COUNT):
        measured = governments.survey[g, k] + professional_error * normal(
            seed, _PROFESSIONALS, surveys[0], g, k
        )
        local = (
            cells.weight_elite[g] * governments.elite_signal[g, k]
            + cells.weight_professional[g] * measured
            + cells.weight_citizen[g] * governments.citizen_signal[g, k]
        )
        aim = (1.0 - discretion) * governments.target[centre, k] + discretion * local
        aim += analytic_error * normal(seed, _ANALYSIS, month, g, k)
        governments.target[g, k] = max(aim, 0.0)
        total += governments.target[g, k]
    for k in range(DOMAIN_COUNT):
        share = governments.target[g, k] / total if total > 0.0 else 1.0 / DOMAIN_COUNT
        governments.target[g, k] = share
