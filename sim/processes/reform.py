"""P11: how governments move along the figure's rows by themselves.

Pressures (`pressure`) are released when one passes a threshold (friction turns smooth pressure into
bursts: punctuated equilibrium). A reform may copy others (`copying`) or what is new abroad
(`frontier`), may fail like any project, is on trial for two years, and may be undone. The centre and
voters push as well (`pushes`); a shock opens a window in which less pressure is enough.
"""

from __future__ import annotations

from math import gcd

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import action, inner
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import sigmoid
from sim.paradigms import FIGURE
from sim.processes.change import ChangeParameters, cost_of_change
from sim.processes.copying import FROM_ABROAD, OWN_IDEA, copy_rows, whom_to_copy
from sim.processes.frontier import FrontierParameters, copy_abroad, has_news, look_abroad
from sim.processes.pressure import OVERLOAD, PRESSURE_COUNT, ReformParameters
from sim.processes.projects import ProjectParameters, design_reality_gap
from sim.processes.state import Governments, Ledger, Network

_REFORM = int(Luck.REFORM)
_ROWS = len(FIGURE.rows)
_STRIDE = next(step for step in (5, 7, 11, 13) if gcd(step, _ROWS) == 1)
"""Rows between one that a reform looks at and the next: all are looked at, none twice."""
_TARGETS = FIGURE.targets()

NOTHING = 0
REFORMED = 1
FAILED = 2
REVERTED = 3
COERCED = 4
VOTED_OUT = 5
EVENTS = ("nothing", "reform", "failed reform", "reversal", "coercion", "election")


@action
def consider_reform(
    g: int,
    governments: Governments,
    network: Network,
    profiles_before: Array,
    profiles: Array,
    nearest: Array,
    largest: int,
    abroad: Array,
    ledger: Ledger,
    p: ReformParameters,
    f: FrontierParameters,
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
    look_abroad(g, governments, abroad, f, month)
    threshold = p.threshold
    if governments.window[g] > 0.0:
        governments.window[g] -= 1.0
        threshold *= p.window_threshold
    if governments.trial[g] > 0.0:
        governments.trial[g] -= 1.0
        if governments.trial[g] == 0.0:
            judge_reform(g, governments, profiles, p, seed, month)
        return
    is_news = has_news(g, governments, profiles, abroad, p.least_gap, f, month)
    strongest = strongest_pressure(g, governments, profiles, threshold, is_news)
    if strongest < 0 or ledger.fund[g] < cost_of_change(p.step, governments.residents[g], change):
        return
    governments.pressure[g, strongest] = 0.0
    governments.reform_cause[g] = strongest
    for row in range(_ROWS):
        governments.profile_before[g, row] = profiles[g, row]
    governments.score_before[g] = governments.score[g]
    if uniform(seed, _REFORM, month, g, 0) < chance_of_failure(g, governments, p, projects):
        governments.reform_event[g] = FAILED
        return
    step = p.step
    if uniform(seed, _REFORM, month, g, 1) < p.leap_chance:
        step = p.leap * p.step
    draw = uniform(seed, _REFORM, month, g, 3)
    model = whom_to_copy(g, governments, network, nearest, largest, draw, p, f)
    moved = 0
    if strongest != OVERLOAD and model >= 0:
        moved = copy_rows(g, model, profiles_before, profiles, step, p)
    else:
        is_stuck = not can_move(g, strongest, profiles)
        if strongest != OVERLOAD and (is_stuck or model == FROM_ABROAD):
            moved = copy_abroad(g, governments, profiles, abroad, step, p, f, month)
        if moved == 0:
            governments.reform_model[g] = OWN_IDEA
            moved = move_rows(g, strongest, profiles, step, p, seed, month)
    if moved > 0:
        governments.reform_event[g] = REFORMED
        governments.trial[g] = np.floor(p.trial)


@inner
def chance_of_failure(
    g: int, governments: Governments, p: ReformParameters, projects: ProjectParameters
) -> float:
    """Chance that a reform comes to nothing: a share of the odds of a project of its ambition."""
    ambition = projects.base_ambition + p.ambition * p.step
    gap = design_reality_gap(ambition, governments.lock_in[g], governments.capacity[g], 0.5,
                             projects)  # fmt: skip
    return p.failure_share * sigmoid(projects.failure_intercept + projects.gap_slope * gap)


@inner
def can_move(g: int, pressure: int, profiles: Array) -> bool:
    """Whether a pressure has a row left that is not where it leads."""
    for row in range(_ROWS):
        target = _TARGETS[pressure, row]
        below = target > 0 and profiles[g, row] < target
        if below or (target < 0 and profiles[g, row] > 0.0):
            return True
    return False


@inner
def strongest_pressure(
    g: int, governments: Governments, profiles: Array, threshold: float, is_news: bool
) -> int:
    """The strongest pressure past the threshold that can still move a row, or -1.

    What is new abroad can be copied whatever presses, unless it is overload.
    """
    strongest = -1
    for k in range(PRESSURE_COUNT):
        felt = governments.pressure[g, k]
        is_stronger = strongest < 0 or felt > governments.pressure[g, strongest]
        may_copy = is_news and k != OVERLOAD
        if felt > threshold and is_stronger and (may_copy or can_move(g, k, profiles)):
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
def move_rows(
    g: int,
    pressure: int,
    profiles: Array,
    step: float,
    p: ReformParameters,
    seed: Seed,
    month: int,
) -> int:
    """Move one or a few of the rows that a pressure asks for and that are not yet there."""
    wanted = 1 + int(uniform(seed, _REFORM, month, g, 4) * np.floor(p.most_rows))
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
