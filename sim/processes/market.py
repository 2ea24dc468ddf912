"""P10: tenders won firm by firm, incumbency, and services that entrepreneurs build on open data."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.engine.compiling import action, inner, loop, rule
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import FIXED_SCALE, exponential
from sim.parameters import Parameter
from sim.processes.network import CONTRACT, INFORMAL, firm_node, government_node, join
from sim.processes.state import Cells, Firms, Governments, Journal, Network

_TENDER = int(Luck.TENDER)
_NEW_SERVICE = int(Luck.NEW_SERVICE)
_SERVICE_END = int(Luck.SERVICE_END)


class MarketParameters(NamedTuple):
    """Tenders and convergent services."""

    incumbency: Annotated[float, Parameter(2.0, "log-weight at full lock-in", 0.0, 5.0, "uncertainty", "A", "PASC 2011: oligopoly; size assumed", "Advantage of the present supplier in a tender")]  # fmt: skip
    capability_weight: Annotated[float, Parameter(1.0, "log-weight", 0.0, 5.0, "uncertainty", "A", "design", "Effect of capability in a tender")]  # fmt: skip
    learning: Annotated[float, Parameter(0.01, "per delivery", 0.0, 0.05, "uncertainty", "A", "design", "Capability gained by a delivery (less the effort that goes into convergent services)")]  # fmt: skip
    usual_places: Annotated[float, Parameter(20.0, "local governments", 5.0, 60.0, "uncertainty", "A", "about as many as first-level governments; no figure seen", "Local governments up to which a delivery teaches in full; among more, each is a smaller one")]  # fmt: skip
    contract_length: Annotated[float, Parameter(24.0, "months", 6.0, 60.0, "uncertainty", "A", "design", "Length of a contract, during which its tie is protected")]  # fmt: skip
    service_births: Annotated[float, Parameter(0.6, "per local government and month", 0.0, 2.0, "uncertainty", "A", "civic-technology contests mostly fail (CACM 1/2016); size assumed", "New convergent services at full openness, effort and use")]  # fmt: skip
    base_effort: Annotated[float, Parameter(0.05, "share", 0.0, 0.2, "uncertainty", "A", "firms try by themselves, more with partners (design)", "Effort for convergent services where nobody plans for them")]  # fmt: skip
    base_openness: Annotated[float, Parameter(0.1, "share", 0.0, 0.3, "uncertainty", "A", "some data can always be had (design)", "Data that convergent services find where nothing is opened")]  # fmt: skip
    novelty: Annotated[float, Parameter(36.0, "months", 12.0, 60.0, "constant", "A", "three years, as innovation surveys ask (Oslo Manual)", "Age up to which a service or a function counts as new")]  # fmt: skip
    service_life: Annotated[float, Parameter(24.0, "months", 6.0, 60.0, "uncertainty", "A", "civic-technology graveyard (Sifry and Stempeck 2018); size assumed", "Mean life of a convergent service without users")]  # fmt: skip


@rule
def tender_weight(
    capability: float, is_supplier: bool, lock_in: float, p: MarketParameters
) -> float:
    """Weight of a firm in a tender."""
    advantage = p.incumbency * lock_in if is_supplier else 0.0
    return exponential(p.capability_weight * capability + advantage)


@rule
def may_bid(is_open: bool, established: np.uint8, is_supplier: bool) -> bool:
    """A restricted tender admits only established suppliers and the present one."""
    return is_open or established == 1 or is_supplier


@inner
def pick_firm(
    g: int,
    governments: Governments,
    firms: Firms,
    is_open: bool,
    draw: float,
    p: MarketParameters,
) -> int:
    """The winner of a tender, by weight among the firms that may bid."""
    supplier = governments.supplier[g]
    lock_in = governments.lock_in[g]
    total = 0.0
    for f in range(firms.capability.shape[0]):
        if may_bid(is_open, firms.established[f], supplier == f):
            total += tender_weight(firms.capability[f], supplier == f, lock_in, p)
    rest = draw * total
    winner = 0
    for f in range(firms.capability.shape[0]):
        if may_bid(is_open, firms.established[f], supplier == f):
            winner = f
            rest -= tender_weight(firms.capability[f], supplier == f, lock_in, p)
            if rest < 0.0:
                break
    return winner


@inner
def award(
    g: int,
    governments: Governments,
    cells: Cells,
    firms: Firms,
    network: Network,
    value: float,
    large: bool,
    p: MarketParameters,
    seed: Seed,
    month: int,
) -> int:
    """Let a contract: the firm earns, learns, and is tied to the government while it lasts."""
    lane = 0 if large else 2
    is_open = uniform(seed, _TENDER, month, g, lane) < cells.entry_openness[g]
    draw = uniform(seed, _TENDER, month, g, lane + 1)
    firm = pick_firm(g, governments, firms, is_open, draw, p)
    firms.contracts[firm] += 1
    firms.revenue[firm] += np.int64(value * governments.weight[g] * 100.0)
    places = governments.residents.shape[0] - 1
    share = min(1.0, p.usual_places / places)
    firms.deliveries[firm] += np.int64((1.0 - cells.convergent_effort[g]) * share * FIXED_SCALE)
    if large:
        governments.supplier[g] = firm
        governments.contract_months[g] = p.contract_length
    join(network, government_node(g), firm_node(places, firm), CONTRACT, p.contract_length)
    return firm


def firm_names(firms: Firms) -> list[str]:
    """What entrepreneurs are called in words: `system supplier 1`, `entrepreneur 5`."""
    kinds = ["system supplier" if known else "entrepreneur" for known in firms.established]
    return [f"{kind} {row + 1}" for row, kind in enumerate(kinds)]


@loop
def learn_by_delivering(firms: Firms, p: MarketParameters) -> None:
    """Firms learn from the month's deliveries."""
    for f in range(firms.capability.shape[0]):
        delivered = min(firms.deliveries[f] / FIXED_SCALE * p.learning, 1.0)
        firms.capability[f] += delivered * (1.0 - firms.capability[f])
        firms.deliveries[f] = 0


@action
def renew_services(
    g: int,
    governments: Governments,
    cells: Cells,
    firms: Firms,
    network: Network,
    journal: Journal,
    p: MarketParameters,
    seed: Seed,
    month: int,
) -> None:
    """Convergent services end, sooner without users; a new one may start."""
    places = governments.residents.shape[0] - 1
    hazard = 1.0 / (p.service_life * (1.0 + governments.users[g]))
    free = -1
    alive = 0
    new = 0
    journal.new_service[g] = -1
    for slot in range(governments.service_firm.shape[1]):
        firm = governments.service_firm[g, slot]
        journal.ended_service[g, slot] = -1
        if firm >= 0 and uniform(seed, _SERVICE_END, month, g, slot) < hazard:
            governments.service_firm[g, slot] = -1
            journal.ended_service[g, slot] = firm
            firms.live_services[firm] -= 1
            firm = -1
        if firm >= 0:
            alive += 1
            new += month - governments.service_began[g, slot] < p.novelty
        elif free < 0:
            free = slot
    chance = (
        p.service_births
        * cells.entry_openness[g]
        * (p.base_effort + cells.convergent_effort[g])
        * (p.base_openness + governments.openness[g])
        * governments.users[g]
    )
    if free >= 0 and uniform(seed, _NEW_SERVICE, month, g, 0) < chance:
        draw = uniform(seed, _NEW_SERVICE, month, g, 1)
        firm = pick_firm(g, governments, firms, True, draw, p)
        governments.service_firm[g, free] = firm
        governments.service_began[g, free] = month
        firms.live_services[firm] += 1
        journal.new_service[g] = firm
        alive += 1
        new += 1
        join(network, government_node(g), firm_node(places, firm), INFORMAL, 0.0)
    governments.live_services[g] = alive
    governments.new_services[g] = new
