"""P11: the frontier abroad. What is new there can be copied, up or down; what stands still cannot.

Two indices that the United Nations compare between countries tell where rows of the figure stand
abroad: online services for the rows of services, e-participation for the method of decisions and the
role of citizens (`abroad` in `paradigms.yaml`). A reform copies *news*: what has changed abroad since
a government last took something from there, as far as its own row lies behind it. So a frontier that
stands still adds nothing, one that falls pulls down rows that lie above it, and nobody is led beyond
it. What positions the indices stand for is an assumption.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.columns import Array
from sim.engine.compiling import inner, rule
from sim.paradigms import FIGURE
from sim.parameters import Parameter
from sim.processes.pressure import ReformParameters
from sim.processes.state import Governments

_ROWS = len(FIGURE.rows)
_LAST = float(FIGURE.last_position)
_FOLLOWS = FIGURE.abroad()
_ONLINE_SERVICE = 0
COPIED_ABROAD = 4
"""How `reform_model` tells that a reform copied from abroad."""
_SERVICES = "European Commission: 81 % of services online stand between the anchors of online_ceiling at 1.3, at a mean index of .83 (UN 2022 and 2024, 19 countries)"
_VOICE = "Gov2.0's invitations are calibrated to countries with a mean index of .75 (UN 2022 and 2024, 19 countries)"


class FrontierParameters(NamedTuple):
    """What is seen abroad, and how often it is copied."""

    copying: Annotated[float, Parameter(0.10, "share of reforms", 0.0, 0.5, "uncertainty", "A", "taken as large as competition between neighbours (Shipan and Volden 2008); share assumed", "Reforms that copy what is new abroad")]  # fmt: skip
    services: Annotated[float, Parameter(1.5, "position", 1.0, 2.0, "uncertainty", "D", _SERVICES, "Where rows of services stand abroad at an index of one")]  # fmt: skip
    participation: Annotated[float, Parameter(1.3, "position", 0.0, 2.0, "uncertainty", "D", _VOICE, "Where rows of participation stand abroad at an index of one")]  # fmt: skip
    observed: Annotated[float, Parameter(1.0, "share", 0.0, 1.0, "uncertainty", "A", "whether the observed series or a scenario's own is taken", "How far the indices abroad are the observed ones; the rest is frontier.level")]  # fmt: skip
    level: Annotated[float, Parameter(0.5, "index", 0.0, 1.0, "uncertainty", "A", "a series of one's own is a dated policy on it; held, it is flat", "The indices abroad where none is observed")]  # fmt: skip


@rule
def position_abroad(row: int, abroad: Array, month: int, f: FrontierParameters) -> float:
    """Where a row stands abroad in a month, or -1 if none tells; the end of the series holds.

    `abroad` has the observed indices, shape (months + 1, indices).
    """
    index = _FOLLOWS[row]
    if index < 0:
        return -1.0
    seen = f.observed * abroad[min(month, abroad.shape[0] - 1), index]
    seen += (1.0 - f.observed) * f.level
    top = f.services if index == _ONLINE_SERVICE else f.participation
    return float(min(top * seen, _LAST))


@rule
def news(position: float, seen: float, own: float) -> float:
    """How far to go towards abroad: what has changed there, up to where it stands, or nothing.

    `position` is where a row stands there now, `seen` where it did when last looked at, `own` where
    it stands at home.
    """
    change = position - seen
    gap = position - own
    if change > 0.0 and gap > 0.0:
        return min(change, gap)
    if change < 0.0 and gap < 0.0:
        return max(change, gap)
    return 0.0


@inner
def look_abroad(
    g: int, governments: Governments, abroad: Array, f: FrontierParameters, month: int
) -> None:
    """The first look: what is there when a government begins to reform itself is no news."""
    for row in range(_ROWS):
        if governments.abroad_seen[g, row] < 0.0 and _FOLLOWS[row] >= 0:
            governments.abroad_seen[g, row] = position_abroad(row, abroad, month, f)


@inner
def has_news(
    g: int,
    governments: Governments,
    profiles: Array,
    abroad: Array,
    least: float,
    f: FrontierParameters,
    month: int,
) -> bool:
    """Whether there is anything abroad that is worth copying."""
    for row in range(_ROWS):
        if _FOLLOWS[row] >= 0:
            position = position_abroad(row, abroad, month, f)
            if abs(news(position, governments.abroad_seen[g, row], profiles[g, row])) > least:
                return True
    return False


@inner
def copy_abroad(
    g: int,
    governments: Governments,
    profiles: Array,
    abroad: Array,
    step: float,
    p: ReformParameters,
    f: FrontierParameters,
    month: int,
) -> int:
    """Move the rows with the greatest news, as many as may be; what was taken is news no more."""
    moved = 0
    for _ in range(int(p.most_rows)):
        greatest, way = -1, 0.0
        for row in range(_ROWS):
            if _FOLLOWS[row] >= 0:
                position = position_abroad(row, abroad, month, f)
                found = news(position, governments.abroad_seen[g, row], profiles[g, row])
                if abs(found) > p.least_gap and abs(found) > abs(way):
                    greatest, way = row, found
        if greatest < 0:
            return moved
        way = max(-step, min(step, way))
        profiles[g, greatest] += way
        governments.abroad_seen[g, greatest] += way
        governments.reform_model[g] = COPIED_ABROAD
        moved += 1
    return moved
