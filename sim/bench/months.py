"""Months as users run them, and what each of their steps takes."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

import numpy as np

from sim.model import GovernanceModel
from sim.processes.month import MONTH, STEPS, chosen_steps
from sim.scenario import Scenario

SCENARIO = "gov2"
YEARS = 60
LARGEST_REGIONAL = 200_000
"""Larger societies live in Korea's 226 basic local governments instead of its 17 regions."""
_WARM_UP, _SHORT_WARM_UP = 120, 24
_CALLS = 9


def place_of(citizens: int) -> str:
    """Where so many citizens live."""
    return "korea" if citizens <= LARGEST_REGIONAL else "korea:basic"


def society(citizens: int) -> GovernanceModel:
    """A society of so many citizens at its start."""
    where = {"place": place_of(citizens), "citizens": citizens}
    plan = Scenario.load(SCENARIO).but(society=where, years=YEARS)
    return GovernanceModel(plan, rng=1, collect=False)


def warm_up(model: GovernanceModel) -> None:
    """Ten years before anything is measured (two in large societies): services, inputs and ties."""
    large = len(model.state.shown) > LARGEST_REGIONAL
    for _ in range(0, _SHORT_WARM_UP if large else _WARM_UP, 12):
        run_year(model, threads=1)


def run_year(model: GovernanceModel, *, threads: int) -> float:
    """Run twelve months as `run` does; seconds a month.

    A whole year, since surveys and the network's measurement come once a year.
    """
    model.threads = threads
    _start_anew_at_the_end(model)
    start = perf_counter()
    model._run_to(model.month + 12)
    return (perf_counter() - start) / 12.0


def time_steps(model: GovernanceModel) -> dict[str, float]:
    """Seconds a month of each step: twelve months of it in a row, on one thread.

    What a call takes is taken off: a run pays it once a year for all steps together.
    """
    _start_anew_at_the_end(model)
    asked = [step.name for phase in MONTH if phase not in model._idle_phases
             for step in MONTH[phase]]  # fmt: skip
    calling = float(np.median([_year_of(model, 0) for _ in range(_CALLS)]))
    spent = {name: _year_of(model, chosen_steps(name)) for name in asked}
    model.month += 12
    model._note()
    return {name: max(0.0, seconds - calling) / 12.0 for name, seconds in spent.items()}


def by_phase(steps: Mapping[str, float]) -> dict[str, float]:
    """What the phases of a month take, by what their steps take."""
    found = {phase: [steps[s.name] for s in MONTH[phase] if s.name in steps] for phase in MONTH}
    return {phase: sum(parts) for phase, parts in found.items() if parts}


def phase_of(step: str) -> str:
    """The phase that a step belongs to."""
    return next(phase for phase, steps in MONTH.items() if STEPS[step] in steps)


def _year_of(model: GovernanceModel, steps: int) -> float:
    """Seconds of the next twelve months, of which only some steps are done."""
    workspace, blocks, month = model.workspace, len(model.state.blocks), model.month
    start = perf_counter()
    model._months(workspace, month + 1, month + 12, steps, 0, blocks)
    return perf_counter() - start


def _start_anew_at_the_end(model: GovernanceModel) -> None:
    """Count months from the warm-up on again where the record has no room for another year."""
    if model.month + 12 > model.months:
        model.month = _SHORT_WARM_UP
