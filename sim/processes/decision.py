"""P4: science and art. Consensus takes time up front and saves resistance later."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.columns import Array
from sim.engine.compiling import action, rule
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import FIXED_SCALE
from sim.parameters import Parameter, choice
from sim.processes import tally
from sim.processes.state import Cells, Governments

_REVISION = int(Luck.REVISION)


_PUNCTUATED = 1.0


class DecisionParameters(NamedTuple):
    """How long decisions take."""

    theory: Annotated[float, choice("incremental", "punctuated", asked_in="revise_budget", source="Wildavsky 1964: budgets change by small steps; Jones and Baumgartner 2005: stasis and rare large changes", meaning="How a budget comes to its target: a part of the way at each revision (incremental), or all of it at once and as much more rarely (punctuated)")]  # fmt: skip
    base_delay: Annotated[float, Parameter(3.0, "months", 1.0, 12.0, "uncertainty", "A", "no figure seen", "Months to carry out an uncontested decision", at_start=True)]  # fmt: skip
    resistance: Annotated[float, Parameter(12.0, "months", 0.0, 36.0, "uncertainty", "C", "no figure seen", "Months that full resistance adds")]  # fmt: skip


@rule
def decision_delay(deliberation: float, acceptance: float, p: DecisionParameters) -> float:
    """Months until a decision is carried out."""
    return p.base_delay + deliberation + p.resistance * (1.0 - acceptance)


@rule
def revision_step(interval: float, delay: float) -> float:
    """Share of the way to the target that one revision of the budget goes."""
    return min(1.0, interval / delay)


@action
def revise_budget(
    g: int,
    governments: Governments,
    cells: Cells,
    tallies: Array,
    p: DecisionParameters,
    seed: Seed,
    month: int,
) -> None:
    """Judge consent, and now and then move the budget towards the target."""
    residents = governments.residents[g]
    if month > 1:
        consent = tallies[g, tally.ACCEPTANCE] / (residents * FIXED_SCALE)
        heard = tallies[g, tally.HEARD] / residents
        governments.acceptance[g] = min(1.0, consent + heard)
    delay = decision_delay(cells.deliberation[g], governments.acceptance[g], p)
    governments.delay[g] = delay
    interval = max(cells.revision_interval[g], 1.0)
    step = revision_step(interval, delay)
    if p.theory == _PUNCTUATED:
        interval /= step
        step = 1.0
    if governments.leaderless[g] or uniform(seed, _REVISION, month, g, 0) * interval >= 1.0:
        return
    for k in range(governments.allocation.shape[1]):
        gap = governments.target[g, k] - governments.allocation[g, k]
        governments.allocation[g, k] += step * gap
