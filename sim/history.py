"""What befell governments, month by month, and what was done to them: every event with its words.

Kinds of events and what their columns hold are in `KINDS`; `docs/stories.md` shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.frames import numbers, table, whole, words
from sim.processes import tally
from sim.processes.keeping import MONEY, SNAPSHOT
from sim.processes.projects import FAILED, NO_GRANT_LEFT, PARTIAL, SUCCEEDED, UNCLAIMED
from sim.processes.reform import (
    ELECTIONS,
    EVENTS,
    KEPT_COURSE,
    MODELS,
    NOTHING,
    PRESSURES,
    REFORMED,
)
from sim.processes.state import DOMAINS
from sim.record import Record

if TYPE_CHECKING:
    import pandas as pd

PROJECTS = {
    FAILED: "project failed",
    PARTIAL: "project partly succeeded",
    SUCCEEDED: "project succeeded",
    UNCLAIMED: "grant left unclaimed",
    NO_GRANT_LEFT: "no grant left",
}
CENTRAL = "central"
LARGE_PROBLEM = 0.1
"""Share of a place's residents from which on a local problem is an event."""
_EXPOSED = "{} of {:.0f} citizens exposed"
KINDS = {
    "reform": "a reform moved rows; cause is the pressure, model whom it copied",
    "failed reform": "a reform that moved nothing; cause is the pressure",
    "reversal": "a reform undone after its trial; cause is the pressure behind the reform",
    "coercion": "the centre's mandate and grants moved rows",
    "follows": "the centre moved a step towards those who do best",
    "election": "a local election; what says whether participatory rows retreat",
    "project failed": "an ICT project that brought nothing; cost",
    "project partly succeeded": "an ICT project that brought a part; cost",
    "project succeeded": "an ICT project that brought all; cost",
    "grant left unclaimed": "no own money for the local share of a project",
    "no grant left": "the claim on matching grants was used up",
    "contract signed": "a tender won; firm, cost, what is large or small",
    "contract ended": "a large contract is over; firm, cause is expired, replaced or renewed",
    "service begins": "an entrepreneur's convergent service starts; firm",
    "service ends": "an entrepreneur's convergent service dies; firm",
    "entry": "an entrepreneur without live services starts one",
    "exit": "an entrepreneur's last live service dies",
    "problem arises": "a local problem that reaches many; cause is the domain, what says how many",
    "problem solved": "the same, solved; what says how many it affected and how old it was",
    "data breach": "personal data were stolen; cause is hazard or shock, what says how many, cost",
    "shock begins": "a shock of the scenario strikes; cause is its reason",
    "shock ends": "the shock is over",
    "policy change": "a dated change of parameters begins; cause is its reason",
    "move": "a scheduled move along rows begins; cause is its reason",
}
"""Every kind of event, and what it means."""


class Event(NamedTuple):
    """One event, a row of the table.

    `local_government` is who: a local government's name, `central`, or of dated events also `all`
    and `local`. `rows` says what moved as `goal 0.00 to 0.50; services ...`, for people;
    `positions` says the same with every digit, as `goal 0.0 0.5; services ...`. `cost` is money per
    citizen of the place.
    """

    month: int
    local_government: str
    event: str
    cause: str = ""
    model: str = ""
    rows: str = ""
    firm: str = ""
    what: str = ""
    cost: float = 0.0
    positions: str = ""


COLUMNS = (
    whole("month")
    | words("local_government", "event", "cause", "model", "rows", "firm", "what")
    | numbers("cost")
    | words("positions")
)
"""Columns of the table of events, with their types: the fields of `Event`."""


def events(record: Record) -> pd.DataFrame:
    """One row per event since `start`, by month and who, as they happened; columns of `Event`."""
    parts = (
        _dated, _problems, _projects, _contracts, _breaches, _services, _reforms, _elections,
        _centre,
    )  # fmt: skip
    found = (event for part in parts for event in part(record) if event.month > record.first)
    told = (event._replace(month=event.month - record.first) for event in found)
    return table(COLUMNS, told).sort_values(
        ["month", "local_government"], kind="stable", ignore_index=True
    )


def _found(where: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Months (from 0) and places at which something is true."""
    for at, place in np.argwhere(where):
        yield int(at), int(place)


def _reforms(record: Record) -> Iterator[Event]:
    kinds = record.journal["reform"][: record.month]
    reformed, pushed = record.journal["reformed"], record.journal["pushed"]
    for at, place in _found(kinds != NOTHING):
        _, cause, model = (int(code) for code in record.reforms[at, place])
        kind = int(kinds[at, place])
        rows, positions = _moved(record, _before(record, at, place), reformed[at, place])
        yield Event(
            at + 1, record.names[place], EVENTS[kind], PRESSURES[cause],
            MODELS[model] if kind == REFORMED else "", rows, positions=positions,
        )  # fmt: skip
    changed = np.any(reformed != pushed, axis=2)[: record.month]
    for at, place in _found(changed):
        rows, positions = _moved(record, reformed[at, place], pushed[at, place])
        yield Event(
            at + 1, record.names[place], "coercion", "mandate and grants", rows=rows,
            positions=positions,
        )  # fmt: skip


def _elections(record: Record) -> Iterator[Event]:
    held = record.journal["election"][: record.month]
    for at, place in _found(held >= KEPT_COURSE):
        rows = positions = ""
        if held[at, place] != KEPT_COURSE:
            pushed = record.journal["pushed"][at, place]
            rows, positions = _moved(record, pushed, record.profiles[at, place])
        yield Event(
            at + 1, record.names[place], "election", rows=rows,
            what=ELECTIONS[held[at, place]], positions=positions,
        )  # fmt: skip


def _centre(record: Record) -> Iterator[Event]:
    if not record.journal["reformed"].any():
        return
    for at in range(record.month):
        rows, positions = _moved(record, _before(record, at, -1), record.profiles[at, -1])
        if rows:
            yield Event(
                at + 1, CENTRAL, "follows", "those who do best", rows=rows, positions=positions
            )


def _before(record: Record, at: int, place: int) -> NDArray[np.float64]:
    """Positions of the month before."""
    profiles = record.profiles[at - 1] if at else record.start_profiles
    return np.asarray(profiles[place])


def _moved(
    record: Record, before: NDArray[np.float64], after: NDArray[np.float64]
) -> tuple[str, str]:
    """The rows whose position changed, rounded for people and with every digit."""
    changed = [
        (row, float(before[k]), float(after[k]))
        for k, row in enumerate(record.rows)
        if before[k] != after[k]
    ]
    told = "; ".join(f"{row} {start:.2f} to {end:.2f}" for row, start, end in changed)
    return told, "; ".join(f"{row} {start!r} {end!r}" for row, start, end in changed)


def moves(positions: str) -> list[tuple[str, float, float]]:
    """Rows that an event moved, each with its position before and after, from `positions`."""
    ends = (move.split() for move in positions.split("; ") if move)
    return [(row, float(before), float(after)) for row, before, after in ends]


def _projects(record: Record) -> Iterator[Event]:
    results = record.state[: record.month, :, SNAPSHOT.index("project_result")]
    spent = record.money[: record.month, :, MONEY.index("projects")]
    for at, place in _found(results != 0.0):
        cost = float(spent[at, place] / record.residents[place])
        yield Event(at + 1, record.names[place], PROJECTS[float(results[at, place])], cost=cost)


def _contracts(record: Record) -> Iterator[Event]:
    large = record.journal["large_firm"][: record.month]
    for size in ("large", "small"):
        winners = record.journal[f"{size}_firm"][: record.month]
        for at, place in _found(winners >= 0):
            cost = float(record.journal[f"{size}_value"][at, place] / record.residents[place])
            firm = record.firms[winners[at, place]]
            yield Event(
                at + 1, record.names[place], "contract signed", firm=firm, what=size, cost=cost
            )
    holders = record.suppliers[: record.month]
    over = (holders[:-1] >= 0) & ((holders[1:] < 0) | (large[1:] >= 0))
    for before, place in _found(over):
        at, holder = before + 1, int(holders[before, place])
        winner = int(large[at, place])
        cause = "expired" if winner < 0 else "renewed" if winner == holder else "replaced"
        yield Event(
            at + 1, record.names[place], "contract ended", cause,
            firm=record.firms[holder], what="large",
        )  # fmt: skip


def _services(record: Record) -> Iterator[Event]:
    ended, begun = record.journal["ended_service"], record.journal["new_service"]
    alive = np.zeros(len(record.firms), dtype=np.int64)
    busy = np.any(ended >= 0, axis=(1, 2)) | np.any(begun >= 0, axis=1)
    for at in np.flatnonzero(busy[: record.month]):
        changes = [
            Event(int(at) + 1, record.names[place], kind, firm=record.firms[firm])
            for kind, firms in (("service ends", ended[at]), ("service begins", begun[at, :, None]))
            for place, slot in _found(firms >= 0)
            for firm in (int(firms[place, slot]),)
        ]
        yield from changes
        yield from _entries(changes, record.firms, alive)


def _entries(
    changes: list[Event], firms: tuple[str, ...], alive: NDArray[np.int64]
) -> Iterator[Event]:
    """Entries and exits that a month's services mean; `alive` counts each entrepreneur's."""
    row = {name: number for number, name in enumerate(firms)}
    before = alive.copy()
    for change in changes:
        alive[row[change.firm]] += 1 if change.event == "service begins" else -1
    for number in np.flatnonzero((before == 0) != (alive == 0)):
        kind, told = ("exit", "service ends") if alive[number] == 0 else ("entry", "service begins")
        last = [c for c in changes if c.firm == firms[number] and c.event == told][-1]
        yield last._replace(event=kind)


def _breaches(record: Record) -> Iterator[Event]:
    struck = record.state[: record.month, :, SNAPSHOT.index("incident")]
    for at, place in _found(struck != 0.0):
        exposed = int(record.tallies[at, place, tally.EXPOSED])
        cost = exposed * float(record.breach_cost[at]) / float(record.residents[place])
        cause = "shock" if record.breach_shocks[at, place] else "hazard"
        people = _EXPOSED.format(exposed, record.residents[place])
        yield Event(at + 1, record.names[place], "data breach", cause, what=people, cost=cost)


def _problems(record: Record) -> Iterator[Event]:
    journal = {name: values[: record.month] for name, values in record.journal.items()}
    for at, place in _found(journal["new_reach"] >= LARGE_PROBLEM):
        share = 100.0 * journal["new_reach"][at, place]
        domain = DOMAINS[journal["new_domain"][at, place]]
        what = f"{share:.0f} % of residents affected"
        yield Event(at + 1, record.names[place], "problem arises", domain, what=what)
    for at, place in _found(journal["solved_reach"] >= LARGE_PROBLEM):
        share = 100.0 * journal["solved_reach"][at, place]
        domain = DOMAINS[journal["solved_domain"][at, place]]
        what = f"{share:.0f} % of residents affected, {journal['solved_after'][at, place]} months"
        yield Event(at + 1, record.names[place], "problem solved", domain, what=what)


def exposed_share(what: str) -> float:
    """Share of the residents whose data a breach exposed, from its `what`."""
    exposed, _, residents, *_ = what.split()
    return int(exposed) / int(residents)


def _dated(record: Record) -> Iterator[Event]:
    for since_start, who, event, cause, rows, what in record.dated:
        month = record.first + since_start
        if month <= record.month:
            yield Event(month, who, event, cause, rows=rows, what=what)
