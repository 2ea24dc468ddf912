"""P10b: the organic network of institutions. Ties are born of work together and decay unless kept.

Decay follows Burt 2001 ("Bridge decay": nine in ten bridges are gone after a year) and falls with
the age of a tie and with shared partners; coordination is paid for. Node order: the centre,
local governments, their civic hubs, entrepreneurs.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array
from sim.engine.compiling import loop, rule
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import exponential, power
from sim.parameters import Parameter
from sim.processes import tally
from sim.processes.state import Cells, Governments, Network, Offer

_TIE_END = int(Luck.TIE_END)
_TIE_CLOSURE = int(Luck.TIE_CLOSURE)
_TIE_BROKERAGE = int(Luck.TIE_BROKERAGE)
_TIE_HUB = int(Luck.TIE_HUB)

INFORMAL = 0
CONTRACT = 1
STATUTORY = 2
MOST_SHARED = 4
OLDEST = 600
BURT = "Burt 2001: nine in ten bridges gone after a year"


class NetworkParameters(NamedTuple):
    """Birth, decay and cost of ties."""

    decay: Annotated[float, Parameter(0.25, "per month", 0.05, 0.6, "uncertainty", "D", BURT, "Hazard of a new tie without shared partners", at_start=True)]  # fmt: skip
    ageing: Annotated[float, Parameter(0.2, "exponent", 0.0, 0.6, "uncertainty", "D", BURT, "How much older ties last longer", at_start=True)]  # fmt: skip
    embedding: Annotated[float, Parameter(0.6, "per shared partner", 0.0, 1.5, "uncertainty", "D", BURT, "How much shared partners make ties last", at_start=True)]  # fmt: skip
    closure: Annotated[float, Parameter(0.002, "per shared partner and month", 0.0, 0.02, "uncertainty", "A", "triadic closure (Grindrod et al.); size assumed", "Chance that two partners of one institution tie up")]  # fmt: skip
    brokerage_reach: Annotated[float, Parameter(20.0, "pairs", 1.0, 60.0, "uncertainty", "A", "design: about twenty local governments", "Pairs per local government among which the centre brokers")]  # fmt: skip
    hub_inputs: Annotated[float, Parameter(0.5, "inputs per 100 residents and month", 0.05, 5.0, "uncertainty", "A", "design: two inputs a month", "Inputs that keep a civic hub alive")]  # fmt: skip
    protection: Annotated[float, Parameter(24.0, "months", 0.0, 60.0, "uncertainty", "A", "design", "Months during which a contract's tie cannot end")]  # fmt: skip
    tie_cost: Annotated[float, Parameter(0.01, "money per tie, citizen and month", 0.0, 0.05, "uncertainty", "A", "design", "Cost of coordination")]  # fmt: skip


@rule
def government_node(g: int) -> int:
    """Node of a local government."""
    return 1 + g


@rule
def hub_node(places: int, g: int) -> int:
    """Node of a place's civic hub."""
    return 1 + places + g


@rule
def firm_node(places: int, firm: int) -> int:
    """Node of an entrepreneur."""
    return 1 + 2 * places + firm


@rule
def join(network: Network, a: int, b: int, kind: int) -> None:
    """Tie two institutions; a contract renews and protects a tie that is there."""
    if network.kind[a, b] == STATUTORY:
        return
    if network.age[a, b] < 0 or kind == CONTRACT:
        network.age[a, b] = 0
        network.age[b, a] = 0
    if kind > network.kind[a, b]:
        network.kind[a, b] = kind
        network.kind[b, a] = kind


@rule
def part(network: Network, a: int, b: int) -> None:
    """End a tie."""
    network.age[a, b] = -1
    network.age[b, a] = -1
    network.kind[a, b] = INFORMAL
    network.kind[b, a] = INFORMAL


@loop
def found(network: Network, places: int) -> None:
    """The formal layer at month 0: the centre and every local government."""
    for g in range(places):
        network.age[0, 1 + g] = 0
        network.age[1 + g, 0] = 0
        network.kind[0, 1 + g] = STATUTORY
        network.kind[1 + g, 0] = STATUTORY
        network.alive[hub_node(places, g)] = 0


@loop
def decay_table(p: NetworkParameters) -> NDArray[np.float64]:
    """Monthly hazard of a tie by age in months and shared partners (0 to 4 and more)."""
    table = np.empty((OLDEST + 1, MOST_SHARED + 1))
    for age in range(OLDEST + 1):
        for shared in range(MOST_SHARED + 1):
            table[age, shared] = (
                p.decay * power(1.0 + age, -p.ageing) * exponential(-p.embedding * shared)
            )
    return table


@loop
def shared_partners(network: Network) -> NDArray[np.int32]:
    """Number of shared partners of every pair, from last month's ties; shape (nodes, nodes)."""
    nodes = network.age.shape[0]
    shared = np.zeros((nodes, nodes), dtype=np.int32)
    near = np.empty(nodes, dtype=np.int32)
    for c in range(nodes):
        count = 0
        for a in range(nodes):
            if network.age[c, a] >= 0:
                near[count] = a
                count += 1
        for i in range(count):
            for j in range(i + 1, count):
                shared[near[i], near[j]] += 1
    return shared


@loop
def change_ties(
    network: Network,
    governments: Governments,
    cells: Cells,
    offer: Offer,
    tallies: Array,
    hazards: Array,
    p: NetworkParameters,
    seed: Seed,
    month: int,
) -> None:
    """A month of the network: ties end, close triangles, are brokered, and form around hubs."""
    places = governments.residents.shape[0] - 1
    nodes = network.age.shape[0]
    wake_hubs(network, governments, offer, tallies, p, seed, month)
    shared = shared_partners(network)
    for a in range(nodes):
        for b in range(a + 1, nodes):
            age = network.age[a, b]
            common = min(shared[a, b], MOST_SHARED)
            if age < 0:
                if common > 0 and network.alive[a] and network.alive[b]:
                    chance = p.closure * min(common, 3)
                    if uniform(seed, _TIE_CLOSURE, month, a, b) < chance:
                        join(network, a, b, INFORMAL)
                continue
            network.age[a, b] = age + 1
            network.age[b, a] = age + 1
            kind = network.kind[a, b]
            if kind == STATUTORY or (kind == CONTRACT and age < p.protection):
                continue
            if uniform(seed, _TIE_END, month, a, b) < hazards[min(age, OLDEST), common]:
                part(network, a, b)
    broker(network, cells, places, p, seed, month)
    count_ties(network, governments)


@loop
def wake_hubs(
    network: Network,
    governments: Governments,
    offer: Offer,
    tallies: Array,
    p: NetworkParameters,
    seed: Seed,
    month: int,
) -> None:
    """A civic hub lives on inputs; answered inputs tie it to the government."""
    places = governments.residents.shape[0] - 1
    for g in range(places):
        hub = hub_node(places, g)
        per_hundred = 100.0 * tallies[g, tally.INPUTS] / governments.residents[g]
        awake = per_hundred >= p.hub_inputs
        network.alive[hub] = 1 if awake else 0
        if not awake:
            for other in range(network.age.shape[0]):
                if network.age[hub, other] >= 0:
                    part(network, hub, other)
            continue
        if uniform(seed, _TIE_HUB, month, g, 0) < offer.response_rate[g]:
            join(network, hub, government_node(g), INFORMAL)
        for slot in range(governments.service_firm.shape[1]):
            firm = governments.service_firm[g, slot]
            if firm >= 0 and uniform(seed, _TIE_HUB, month, g, 1 + slot) < offer.openness[g]:
                join(network, hub, firm_node(places, firm), INFORMAL)


@loop
def broker(
    network: Network, cells: Cells, places: int, p: NetworkParameters, seed: Seed, month: int
) -> None:
    """The mediating centre ties local governments to each other."""
    if places < 2:
        return
    chance = min(1.0, cells.brokerage[places] * p.brokerage_reach)
    for g in range(places):
        if uniform(seed, _TIE_BROKERAGE, month, g, 0) < chance:
            step = 1 + int(uniform(seed, _TIE_BROKERAGE, month, g, 1) * (places - 1))
            other = (g + step) % places
            join(network, government_node(g), government_node(other), INFORMAL)


@loop
def count_ties(network: Network, governments: Governments) -> None:
    """Ties that each local government and its hub keep up."""
    places = governments.residents.shape[0] - 1
    for g in range(places):
        count = 0
        for node in (government_node(g), hub_node(places, g)):
            for other in range(network.age.shape[0]):
                if network.age[node, other] >= 0:
                    count += 1
        governments.ties[g] = count


class Resilience(NamedTuple):
    """Three readings of the network, each 0 to 1."""

    after_attack: float
    survival: float
    connectivity: float


@loop
def giant_component(network: Network, removed: Array) -> Array:
    """Membership (1 or 0) in the largest connected part after nodes are removed."""
    nodes = network.age.shape[0]
    label = np.full(nodes, -1, dtype=np.int32)
    best = np.zeros(nodes, dtype=np.uint8)
    stack = np.empty(nodes, dtype=np.int32)
    largest = 0
    for start in range(nodes):
        if label[start] >= 0 or removed[start] or not network.alive[start]:
            continue
        stack[0] = start
        label[start] = start
        size = 1
        depth = 1
        while depth > 0:
            depth -= 1
            a = stack[depth]
            for b in range(nodes):
                if network.age[a, b] >= 0 and label[b] < 0 and not removed[b]:
                    label[b] = start
                    stack[depth] = b
                    depth += 1
                    size += 1
        if size > largest:
            largest = size
            for node in range(nodes):
                best[node] = 1 if label[node] == start else 0
    return best


@loop
def algebraic_connectivity(network: Network, member: Array) -> float:
    """Second smallest Laplacian eigenvalue of the members, by power iteration with a fixed count.

    Our own, since eigenvalues from a linear-algebra library differ in their last bits between
    machines; a test holds it against NumPy's.
    """
    nodes = network.age.shape[0]
    ends_a = np.empty(nodes * nodes, dtype=np.int32)
    ends_b = np.empty(nodes * nodes, dtype=np.int32)
    degree = np.zeros(nodes)
    ties = 0
    size = 0
    for a in range(nodes):
        if not member[a]:
            continue
        size += 1
        for b in range(nodes):
            if member[b] and network.age[a, b] >= 0:
                degree[a] += 1.0
                if b > a:
                    ends_a[ties] = a
                    ends_b[ties] = b
                    ties += 1
    if size < 2:
        return 0.0
    bound = 2.0 * degree.max()
    vector = np.zeros(nodes)
    for a in range(nodes):
        if member[a]:
            vector[a] = ((a * 7919) % 1009) / 1009.0 - 0.5
    value = 0.0
    for _ in range(300):
        mean = 0.0
        for a in range(nodes):
            if member[a]:
                mean += vector[a]
        mean /= size
        norm = 0.0
        for a in range(nodes):
            if member[a]:
                vector[a] -= mean
                norm += vector[a] * vector[a]
        norm = np.sqrt(norm)
        if norm == 0.0:
            return 0.0
        image = np.zeros(nodes)
        for a in range(nodes):
            vector[a] /= norm
            image[a] = (bound - degree[a]) * vector[a]
        for t in range(ties):
            image[ends_a[t]] += vector[ends_b[t]]
            image[ends_b[t]] += vector[ends_a[t]]
        value = 0.0
        for a in range(nodes):
            if member[a]:
                value += vector[a] * image[a]
                vector[a] = image[a]
            else:
                vector[a] = 0.0
    return max(0.0, float(bound - value))


@loop
def measure(network: Network, year_ago: Array) -> Resilience:
    """Resilience of the network: under attack on its best-tied nodes, over time, and as a whole."""
    nodes = network.age.shape[0]
    removed = np.zeros(nodes, dtype=np.uint8)
    living = 0
    degree = np.zeros(nodes)
    for a in range(nodes):
        for b in range(nodes):
            if network.age[a, b] >= 0:
                degree[a] += 1.0
        if network.alive[a] and degree[a] > 0.0:
            living += 1
    for _ in range(max(1, (living + 10) // 20)):
        removed[np.argmax(np.where(removed == 0, degree, -1.0))] = 1
    left = giant_component(network, removed).sum()
    kept = 0
    before = 0
    for a in range(nodes):
        for b in range(a + 1, nodes):
            if year_ago[a, b] >= 0 and network.kind[a, b] != STATUTORY:
                before += 1
                if network.age[a, b] >= 12:
                    kept += 1
    removed[:] = 0
    giant = giant_component(network, removed)
    connectivity = algebraic_connectivity(network, giant)
    remaining = max(1, living - max(1, (living + 10) // 20))
    return Resilience(
        min(1.0, left / remaining),
        kept / before if before > 0 else 0.0,
        connectivity / (1.0 + connectivity),
    )
