"""P12: what is kept of each month, in arrays that are there from the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.engine.columns import Array, columns_of
from sim.engine.compiling import inner, loop
from sim.engine.written import written
from sim.processes.environment import access_in
from sim.processes.incidents import IncidentParameters
from sim.processes.state import Firms, Governments, Journal, Ledger, Offer

SNAPSHOT = (
    "online_supply", "integration", "openness", "lock_in", "capacity", "acceptance", "delay",
    "wait", "incident", "live_services", "ties", "funded", "climate", "project_result",
    "new_share", "new_services",
)  # fmt: skip
"""Columns of governments that are kept; online supply is what citizens are offered."""
REFORMS = ("reform_event", "reform_cause", "reform_model")
MONEY = ("collected", "granted", "matched", "running", "projects", "change", "services",
         "participation", "breaches", "training", "coordination", "problems", "engagement",
         "open_data", "overhead", "lapsed", "unclaimed", "reserve", "fund", "entitlement",
         "counters", "online", "back_office")  # fmt: skip
SPENDING = [MONEY.index(name) for name in ("running", "projects", "change")]
"""Where `MONEY` has what is spent; what is returned is worth its money, and no cost.

The overhead of revenue is not among it: it is lost on money that is returned as well.
"""


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


def _keep(name: str, names: Sequence[str]) -> str:
    """A function that keeps a government's entries of some columns of a group."""
    lines = [f"def {name}(kept, group, at, g):"]
    lines += [f"    kept[at, g, {place}] = group.{one}[g]" for place, one in enumerate(names)]
    return "\n".join([*lines, ""])


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


keep_snapshot = inner(written(__name__, _keep("keep_snapshot", SNAPSHOT)))
keep_reforms = inner(written(__name__, _keep("keep_reforms", REFORMS)))
keep_money = inner(written(__name__, _keep("keep_money", MONEY)))
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
    for g in range(places + 1):
        keep_money(kept.money, ledger, at, g)
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
    for g in range(places):
        keep_snapshot(kept.state, governments, at, g)
        kept.state[at, g, 0] = offer.online_supply[g]
        keep_reforms(kept.reforms, governments, at, g)
        kept.suppliers[at, g] = governments.supplier[g]
        kept.breach_shocks[at, g] = governments.breach_shock[g] > 0.0


@inner
def share_of_largest(revenue: Array) -> float:
    """Revenue of the four largest suppliers as a share of all."""
    total, first, second, third, fourth = 0, 0, 0, 0, 0
    for f in range(revenue.shape[0]):
        value = revenue[f]
        total += value
        first, value = max(first, value), min(first, value)
        second, value = max(second, value), min(second, value)
        third, value = max(third, value), min(third, value)
        fourth = max(fourth, value)
    return (first + second + third + fourth) / max(1, total)
