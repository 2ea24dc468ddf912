"""P11: whom a reform copies, and how (Shipan and Volden 2008: learning, competition, imitation)."""

from __future__ import annotations

from sim.engine.columns import Array
from sim.engine.compiling import inner
from sim.engine.numbers import clip
from sim.paradigms import FIGURE
from sim.processes.frontier import FrontierParameters
from sim.processes.network import government_node
from sim.processes.pressure import ReformParameters
from sim.processes.state import Governments, Network

_ROWS = len(FIGURE.rows)

OWN_IDEA = 0
LEARNED = 1
COMPETED = 2
IMITATED = 3
MODELS = ("own", "learning", "competition", "imitation", "abroad")
NOBODY = -1
FROM_ABROAD = -2


@inner
def whom_to_copy(
    g: int,
    governments: Governments,
    network: Network,
    nearest: Array,
    largest: int,
    draw: float,
    p: ReformParameters,
    f: FrontierParameters,
) -> int:
    """The local government whose profile a reform copies, `FROM_ABROAD`, or `NOBODY`.

    `draw`, in (0, 1), decides among the ways of copying.
    """
    if draw < p.learning:
        best = NOBODY
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
        return rival if governments.standing[rival] > governments.standing[g] else NOBODY
    draw -= p.competition
    if draw < p.imitation:
        governments.reform_model[g] = IMITATED
        return largest if largest != g else NOBODY
    draw -= p.imitation
    return FROM_ABROAD if draw < f.copying else NOBODY


@inner
def copy_rows(
    g: int, model: int, before: Array, profiles: Array, step: float, p: ReformParameters
) -> int:
    """Move the rows that differ most towards those of another government, as many as may be."""
    moved = 0
    for _ in range(int(p.most_rows)):
        widest = -1
        for row in range(_ROWS):
            gap = abs(before[model, row] - profiles[g, row])
            if gap > p.least_gap and (
                widest < 0 or gap > abs(before[model, widest] - profiles[g, widest])
            ):
                widest = row
        if widest < 0:
            return moved
        gap = before[model, widest] - profiles[g, widest]
        profiles[g, widest] += clip(gap, -step, step)
        moved += 1
    return moved
