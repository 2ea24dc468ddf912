"""P11: what presses governments to reform, month by month, and how they judge themselves.

Which pressures count is row 12 of the figure; what counts as success is row 1: a government that
judges itself by cost keeps what is cheap (path dependence). Governments compare themselves with
others by one common score.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim import paradigms
from sim.engine.columns import Array
from sim.engine.compiling import action, rule
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import FIXED_SCALE, logarithm
from sim.parameters import Parameter
from sim.processes import tally
from sim.processes.environment import access_in
from sim.processes.state import Cells, Governments, Levers, Offer

_PRESSURE = int(Luck.PRESSURE)
_THIRD = 1.0 / 3.0
_CEILING = float(max(paradigms.FIGURE.cell("online_ceiling").values))
"""The most that any paradigm offers online: beyond it infrastructure is not idle."""

INFRASTRUCTURE = 0
PERFORMANCE = 1
LEGITIMACY = 2
OVERLOAD = 3
PRESSURES = paradigms.PRESSURES
PRESSURE_COUNT = len(PRESSURES)


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
    cost_aim: Annotated[float, Parameter(0.75, "share of the reference cost", 0.5, 1.0, "uncertainty", "A", "full digitisation saves 19 to 30 % of transaction costs", "Cost of a need above which performance is poor")]  # fmt: skip
    cost_weight: Annotated[float, Parameter(3.0, "ratio", 0.0, 6.0, "uncertainty", "A", "no figure seen", "How strongly a cost above the aim presses for performance")]  # fmt: skip
    fit_aim: Annotated[float, Parameter(0.8, "share", 0.6, 0.95, "uncertainty", "A", "no figure seen", "Fit of the budget below which legitimacy is lost")]  # fmt: skip
    misfit: Annotated[float, Parameter(6.0, "ratio", 0.0, 12.0, "uncertainty", "A", "no figure seen", "How strongly a budget that fits by less presses for legitimacy")]  # fmt: skip
    silence: Annotated[float, Parameter(0.5, "ratio", 0.0, 3.0, "uncertainty", "A", "no figure seen", "How strongly inputs without an answer press for legitimacy")]  # fmt: skip
    legitimacy_floor: Annotated[float, Parameter(0.3, "weight", 0.0, 1.0, "uncertainty", "A", "no government can leave its legitimacy out of account; size assumed", "Weight of lost legitimacy beside what row 12 says")]  # fmt: skip
    unanswered: Annotated[float, Parameter(3.0, "ratio", 0.0, 6.0, "uncertainty", "A", "no figure seen", "How strongly inputs without an answer overload")]  # fmt: skip
    patience: Annotated[float, Parameter(9.0, "months", 3.0, 18.0, "uncertainty", "A", "the delay of decisions at the start", "Delay of decisions above which citizens' weight in them overloads")]  # fmt: skip
    impatience: Annotated[float, Parameter(0.25, "per month", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How strongly a delay above that overloads")]  # fmt: skip
    squeeze: Annotated[float, Parameter(3.0, "ratio", 0.0, 6.0, "uncertainty", "A", "participatory budgeting ends with budgets (RAP); size assumed", "How strongly missing money overloads who invites citizens and lets them decide")]  # fmt: skip
    breaches: Annotated[float, Parameter(8.0, "ratio", 0.0, 16.0, "uncertainty", "A", "no figure seen", "How strongly a share of residents exposed to a breach overloads")]  # fmt: skip
    leap: Annotated[float, Parameter(2.0, "steps", 1.0, 4.0, "uncertainty", "A", "leapfrogging of single features (Rooks 2017); size assumed", "How far a leap moves a row")]  # fmt: skip
    most_rows: Annotated[float, Parameter(4.0, "rows", 1.0, 12.0, "uncertainty", "A", "reforms are parcels; size assumed", "Rows that one reform moves at most")]  # fmt: skip
    least_gap: Annotated[float, Parameter(0.05, "positions", 0.01, 0.25, "uncertainty", "A", "design", "Difference of a row that is worth copying")]  # fmt: skip
    ambition: Annotated[float, Parameter(0.15, "gap per position", 0.0, 0.5, "uncertainty", "A", "as the cells of ambition have it for a paradigm", "What a step adds to the design-reality gap of a reform")]  # fmt: skip
    best: Annotated[float, Parameter(5.0, "local governments", 1.0, 10.0, "uncertainty", "A", "design", "Local governments with the best standing whose mean profile is the centre's model")]  # fmt: skip
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
    voice: float,
    response_rate: float,
    weight_citizen: float,
    invitations: float,
    delay: float,
    budget: float,
    exposed: float,
    p: ReformParameters,
) -> tuple[float, float, float, float]:
    """What presses: idle infrastructure, poor performance, lost legitimacy, overload."""
    ignored = voice * (1.0 - response_rate)
    idle = max(0.0, infrastructure - online_supply / _CEILING)
    poor = p.cost_weight * max(0.0, cost_per_need / (p.cost_aim * reference_cost) - 1.0) + wait
    unheard = (
        p.misfit * max(0.0, p.fit_aim - fit)
        + p.distrust * max(0.0, 0.5 - trust)
        + p.silence * ignored
    )
    strained = (
        p.unanswered * ignored
        + weight_citizen * max(0.0, delay - p.patience) * p.impatience
        + p.squeeze * max(0.0, 1.0 - budget) * (weight_citizen + invitations)
        + p.breaches * exposed
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
        tallies[g, tally.ACTIVE_YEAR] / residents,
        np.float64(offer.response_rate[g]),
        cells.weight_citizen[g],
        cells.invitations[g],
        governments.delay[g],
        levers.budget[g],
        tallies[g, tally.EXPOSED] / residents,
        p,
    )
    weights = (
        cells.pressure_infrastructure[g],
        cells.pressure_performance[g],
        p.legitimacy_floor + cells.pressure_legitimacy[g],
        1.0,
    )
    for k in range(PRESSURE_COUNT):
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
