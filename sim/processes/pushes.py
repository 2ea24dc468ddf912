"""P11: what moves rows without a reform of one's own: the centre's push, and voters.

The centre pushes towards the profile of those who do best (coercion), by mandate and by the money
that it matches; elections turn participatory rows either way.
"""

from __future__ import annotations

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import action, maker, making_loop, rule
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import FIXED_SCALE, clip, whole_months
from sim.paradigms import FIGURE
from sim.processes import tally
from sim.processes.pressure import ReformParameters
from sim.processes.reform import COERCED, NOTHING, VOTED_OUT
from sim.processes.state import Cells, Governments, Journal, Levers

_COERCION = int(Luck.COERCION)
_ELECTION = int(Luck.ELECTION)
_ROWS = len(FIGURE.rows)
_LAST = float(FIGURE.last_position)

KEPT_COURSE = 1
RETREATED = 2
ADVANCED = 3
ELECTIONS = ("none", "kept course", "retreated", "advanced")
_PARTICIPATORY = np.isin(np.arange(_ROWS), FIGURE.group("participation")).astype(np.int64)


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
    choose_model(governments, profiles_before, model_profile, int(p.best))
    centre = governments.residents.shape[0] - 1
    for row in range(_ROWS):
        gap = model_profile[row] - profiles[centre, row]
        profiles[centre, row] += clip(gap, -p.coercion_step, p.coercion_step)


@maker
def choose_model(governments: Governments, profiles: Array, model: Array, best_count: int) -> None:
    """The centre's model: the mean profile of the local governments that score best."""
    places = governments.residents.shape[0] - 1
    taken = np.zeros(places, dtype=np.uint8)
    count = min(best_count, places)
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
