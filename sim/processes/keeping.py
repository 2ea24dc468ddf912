"""P12: what is kept of each month, in arrays that are there from the start."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.columns import Array, columns_of
from sim.engine.compiling import inner, loop
from sim.engine.written import written
from sim.processes.environment import access_in
from sim.processes.incidents import IncidentParameters
from sim.processes.state import Firms, Governments, Journal, Ledger, Offer

SNAPSHOT = (
    "online_supply", "integration", "openness", "lock_in", "capacity", "acceptance", "delay",
    "wait", "incident", "live_services", "ties", "funded", "project_result",
)  # fmt: skip
"""Columns of governments that are kept; online supply is what citizens are offered."""
REFORMS = ("reform_event", "reform_cause", "reform_model")
MONEY = ("collected", "granted", "matched", "running", "projects", "overhead", "lapsed",
         "unclaimed", "reserve", "fund", "entitlement")  # fmt: skip
_LARGEST_SUPPLIERS = 4


class Kept(NamedTuple):
    """Everything that is kept of each month; months come first, places as the record has them."""

    tallies: Array
    state: Array
    money: Array
    profiles: Array
    network: Array
    reforms: Array
    journal: Journal
    suppliers: Array
    breach_shocks: Array
    breach_cost: Array
    supplier_top4: Array
    infrastructure: Array


def _columns(name: str, names: tuple[str, ...]) -> str:
    """A function that gives some columns of a group as a tuple."""
    return f"def {name}(group):\n    return ({', '.join(f'group.{n}' for n in names)},)\n"


def _keep_journal() -> str:
    """A function that keeps a government's row of every column; whole slices compile slowly."""
    lines = ["def keep_journal(kept, journal, at, g):"]
    for name, column in columns_of(Journal).items():
        if column.width:
            lines.append(f"    for k in range(journal.{name}.shape[1]):")
            lines.append(f"        kept.{name}[at, g, k] = journal.{name}[g, k]")
        else:
            lines.append(f"    kept.{name}[at, g] = journal.{name}[g]")
    return "\n".join([*lines, ""])


snapshot_columns = inner(written(__name__, _columns("snapshot_columns", SNAPSHOT)))
reform_columns = inner(written(__name__, _columns("reform_columns", REFORMS)))
money_columns = inner(written(__name__, _columns("money_columns", MONEY)))
keep_journal = inner(written(__name__, _keep_journal()))


@loop
def keep_month(
    kept: Kept,
    tallies: Array,
    governments: Governments,
    offer: Offer,
    ledger: Ledger,
    firms: Firms,
    journal: Journal,
    profiles: Array,
    resilience: Array,
    infrastructure: Array,
    p: IncidentParameters,
    month: int,
) -> None:
    """Write the month down; one after the last that there is room for is not kept."""
    at = month - 1
    if at >= kept.tallies.shape[0]:
        return
    places = governments.residents.shape[0] - 1
    moneys = money_columns(ledger)
    for g in range(places + 1):
        for k in range(len(moneys)):
            kept.money[at, g, k] = moneys[k][g]
        for row in range(profiles.shape[1]):
            kept.profiles[at, g, row] = profiles[g, row]
    for g in range(places):
        for k in range(tallies.shape[1]):
            kept.tallies[at, g, k] = tallies[g, k]
        keep_journal(kept.journal, journal, at, g)
    keep_governments(kept, governments, offer, places, at)
    for k in range(resilience.shape[0]):
        kept.network[at, k] = resilience[k]
    kept.breach_cost[at] = p.cost
    kept.supplier_top4[at] = share_of_largest(firms.revenue)
    kept.infrastructure[at] = access_in(infrastructure, month)


@inner
def keep_governments(
    kept: Kept, governments: Governments, offer: Offer, places: int, at: int
) -> None:
    """What local governments are and what befell them."""
    columns = snapshot_columns(governments)
    reforms = reform_columns(governments)
    for g in range(places):
        for k in range(len(columns)):
            kept.state[at, g, k] = columns[k][g]
        kept.state[at, g, 0] = offer.online_supply[g]
        for k in range(len(reforms)):
            kept.reforms[at, g, k] = reforms[k][g]
        kept.suppliers[at, g] = governments.supplier[g]
        kept.breach_shocks[at, g] = governments.breach_shock[g] > 0.0


@inner
def share_of_largest(revenue: Array) -> float:
    """Revenue of the four largest suppliers as a share of all."""
    taken = revenue.copy()
    total = 0
    largest = 0
    for f in range(revenue.shape[0]):
        total += revenue[f]
    for _ in range(min(_LARGEST_SUPPLIERS, revenue.shape[0])):
        best = 0
        for f in range(revenue.shape[0]):
            if taken[f] > taken[best]:
                best = f
        largest += taken[best]
        taken[best] = -1
    return largest / max(1, total)
