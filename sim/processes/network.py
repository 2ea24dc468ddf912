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
from sim.engine.compiling import called, inner, loop, maker, making_loop, rule
from sim.engine.luck import Luck, Seed, uniform, uniform_in_row
from sim.engine.numbers import exponential, power
from sim.parameters import Parameter
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
    most_closing: Annotated[float, Parameter(3.0, "shared partners", 1.0, 4.0, "uncertainty", "A", "no figure seen", "Shared partners up to which each makes closure likelier")]  # fmt: skip
    reach: Annotated[float, Parameter(20.0, "local governments", 2.0, 60.0, "uncertainty", "A", "no figure seen", "Local governments among which institutions meet as often as given; among more, each pair meets less often")]  # fmt: skip
    hub_inputs: Annotated[float, Parameter(2.5, "citizens per 100 residents and month", 0.05, 10.0, "uncertainty", "A", "twice what comes where nobody is asked; no size seen", "Citizens with inputs that keep a civic hub alive")]  # fmt: skip
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
def join(network: Network, a: int, b: int, kind: int, months: float) -> None:
    """Tie two institutions; the tie cannot end for some months. One that is there grows older."""
    if network.kind[a, b] == STATUTORY:
        return
    if network.age[a, b] < 0:
        network.age[a, b] = 0
        network.age[b, a] = 0
    protected = max(network.protected[a, b], np.int32(months))
    network.protected[a, b] = protected
    network.protected[b, a] = protected
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
    network.protected[a, b] = 0
    network.protected[b, a] = 0


@loop
def found(network: Network, places: int) -> None:
    """The formal layer at month 0: the centre and every local government."""
    for g in range(places):
        network.age[0, 1 + g] = 0
        network.age[1 + g, 0] = 0
        network.kind[0, 1 + g] = STATUTORY
        network.kind[1 + g, 0] = STATUTORY
        network.alive[hub_node(places, g)] = 0


@making_loop
def decay_table(p: NetworkParameters) -> NDArray[np.float64]:
    """Monthly hazard of a tie by age in months and shared partners (0 to 4 and more)."""
    table = np.empty((OLDEST + 1, MOST_SHARED + 1))
    for age in range(OLDEST + 1):
        for shared in range(MOST_SHARED + 1):
            table[age, shared] = (
                p.decay * power(1.0 + age, -p.ageing) * exponential(-p.embedding * shared)
            )
    return table


class Pairs(NamedTuple):
    """Working memory: how many partners pairs share, and whom a node is tied to, or could be.

    `funded` is the share of its costs that a node has money for.
    """

    shared: Array
    tied: Array
    closing: Array
    funded: Array


@maker
def make_pairs(nodes: int) -> Pairs:
    """Working memory for so many nodes."""
    return Pairs(
        np.zeros((nodes, nodes), dtype=np.uint8),
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.int64),
        np.ones(nodes),
    )


@making_loop
def change_ties(
    network: Network,
    governments: Governments,
    cells: Cells,
    offer: Offer,
    tie_hazards: Array,
    p: NetworkParameters,
    seed: Seed,
    month: int,
) -> None:
    """A month of the network: ties end, close triangles, are brokered, and form around hubs.

    Where money lacks, ties end the sooner: half the money, twice the hazard.
    """
    places = governments.residents.shape[0] - 1
    nodes = network.age.shape[0]
    wake_hubs(network, governments, offer, p, seed, month)
    pairs = make_pairs(nodes)
    share_partners(network, pairs)
    for g in range(places):
        pairs.funded[government_node(g)] = governments.funded[g]
    closure, most = p.closure, p.most_closing
    meeting = min(1.0, p.reach / places)
    for a in range(nodes):
        tied, closing = look_through(network, pairs, a)
        for k in range(closing):
            b = pairs.closing[k]
            chance = closure * min(float(pairs.shared[a, b]), most) * meeting
            if uniform_in_row(seed, _TIE_CLOSURE, month, a, b) < chance:
                join(network, a, b, INFORMAL, 0.0)
        for k in range(tied):
            b = pairs.tied[k]
            hazard = tie_hazards[min(network.age[a, b], OLDEST), pairs.shared[a, b]]
            kept = min(pairs.funded[a], pairs.funded[b])
            if grow_older(network, a, b) and kept * uniform(seed, _TIE_END, month, a, b) < hazard:
                part(network, a, b)
    broker(network, cells, places, p, seed, month)
    count_ties(network, governments)


@inner
def share_partners(network: Network, pairs: Pairs) -> None:
    """How many partners each pair shares, from last month's ties; four stands for more."""
    nodes = network.age.shape[0]
    for c in range(nodes):
        count = 0
        for a in range(nodes):
            pairs.tied[count] = a
            count += network.age[c, a] >= 0
        for i in range(count):
            a = pairs.tied[i]
            for j in range(i + 1, count):
                b = pairs.tied[j]
                shared = pairs.shared[a, b]
                pairs.shared[a, b] = shared + (shared < MOST_SHARED)


@inner
def look_through(network: Network, pairs: Pairs, a: int) -> tuple[int, int]:
    """How many of those that follow a node are tied to it, and how many could become so.

    Without jumps: every one is written down, and overwritten unless it counts.
    """
    tied, closing = 0, 0
    alive = network.alive[a]
    for b in range(a + 1, network.age.shape[0]):
        is_tied = network.age[a, b] >= 0
        pairs.tied[tied] = b
        tied += is_tied
        pairs.closing[closing] = b
        closing += (not is_tied) & (pairs.shared[a, b] > 0) & (alive & network.alive[b])
    return tied, closing


@rule
def grow_older(network: Network, a: int, b: int) -> bool:
    """A month of a tie: whether it may end in it, being neither statutory nor under contract.

    When its contract ends a tie starts anew: what held it until then was the contract.
    """
    network.age[a, b] += 1
    network.age[b, a] += 1
    if network.kind[a, b] == STATUTORY:
        return False
    if network.protected[a, b] > 0:
        network.protected[a, b] -= 1
        network.protected[b, a] -= 1
        if network.protected[a, b] == 0:
            network.age[a, b] = 0
            network.age[b, a] = 0
        return False
    return True


@inner
def wake_hubs(
    network: Network,
    governments: Governments,
    offer: Offer,
    p: NetworkParameters,
    seed: Seed,
    month: int,
) -> None:
    """A civic hub lives on a year's inputs; answered inputs tie it to the government."""
    places = governments.residents.shape[0] - 1
    for g in range(places):
        hub = hub_node(places, g)
        awake = 100.0 * governments.input_load[g] >= p.hub_inputs
        network.alive[hub] = 1 if awake else 0
        if not awake:
            for other in range(network.age.shape[0]):
                if network.age[hub, other] >= 0:
                    part(network, hub, other)
            continue
        if uniform(seed, _TIE_HUB, month, g, 0) < offer.response_rate[g]:
            join(network, hub, government_node(g), INFORMAL, 0.0)
        for slot in range(governments.service_firm.shape[1]):
            firm = governments.service_firm[g, slot]
            if firm >= 0 and uniform(seed, _TIE_HUB, month, g, 1 + slot) < offer.openness[g]:
                join(network, hub, firm_node(places, firm), INFORMAL, 0.0)


@inner
def broker(
    network: Network, cells: Cells, places: int, p: NetworkParameters, seed: Seed, month: int
) -> None:
    """The mediating centre ties local governments to each other."""
    if places < 2:
        return
    chance = min(1.0, cells.brokerage[places] * p.reach)
    for g in range(places):
        if uniform(seed, _TIE_BROKERAGE, month, g, 0) < chance:
            step = 1 + int(uniform(seed, _TIE_BROKERAGE, month, g, 1) * (places - 1))
            other = (g + step) % places
            join(network, government_node(g), government_node(other), INFORMAL, 0.0)


@inner
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


@called
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


class Ties(NamedTuple):
    """Who is tied to whom: node i's partners are entries `first[i]` to `first[i + 1]`."""

    first: Array
    partners: Array


@maker
def ties_between(network: Network, nodes: Array) -> Ties:
    """The ties among some nodes, which are numbered anew."""
    size = nodes.shape[0]
    first = np.zeros(size + 1, dtype=np.uint32)
    partners = np.empty(size * size, dtype=np.uint32)
    count = np.uint32(0)
    for i in range(size):
        for j in range(size):
            if network.age[nodes[i], nodes[j]] >= 0:
                partners[count] = j
                count = np.uint32(count + 1)
        first[i + 1] = count
    return Ties(first, partners)


@inner
def differences(ties: Ties, vector: Array, image: Array) -> float:
    """Each node's value less its partners', summed (the Laplacian); returns vector times image."""
    product = 0.0
    for i in range(vector.shape[0]):
        own = vector[i]
        total = 0.0
        for tie in range(ties.first[i], ties.first[i + 1]):
            total += own - vector[ties.partners[tie]]
        image[i] = total
        product += own * total
    return product


@inner
def dot(a: Array, b: Array) -> float:
    """The inner product, summed in order."""
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i] * b[i]
    return total


@inner
def smooth(ties: Ties, vector: Array, scratch: Array) -> None:
    """Replace a vector by the one whose differences it is (conjugate gradients).

    Solved less exactly, inverse iteration can settle on the next eigenvalue.
    """
    solution, rest, step, image = scratch[0], scratch[1], scratch[2], scratch[3]
    for i in range(vector.shape[0]):
        solution[i] = 0.0
        rest[i] = vector[i]
        step[i] = vector[i]
    left = dot(rest, rest)
    enough = left * 1e-10
    for _ in range(vector.shape[0]):
        if left <= enough:
            break
        length = left / differences(ties, step, image)
        for i in range(vector.shape[0]):
            solution[i] += length * step[i]
            rest[i] -= length * image[i]
        before = left
        left = dot(rest, rest)
        for i in range(vector.shape[0]):
            step[i] = rest[i] + left / before * step[i]
    for i in range(vector.shape[0]):
        vector[i] = solution[i]


@called
def algebraic_connectivity(network: Network, member: Array) -> float:
    """Second smallest Laplacian eigenvalue of the members, by inverse iteration.

    Our own, since eigenvalues from a linear-algebra library differ in their last bits between
    machines; a test holds it against NumPy's. A start nearly at right angles to the eigenvector ends
    above it, as no start ends below: of two the lower one counts.
    """
    nodes = np.flatnonzero(member)
    if nodes.shape[0] < 2:
        return 0.0
    ties = ties_between(network, nodes)
    start = np.empty(nodes.shape[0])
    for i in range(nodes.shape[0]):
        start[i] = ((nodes[i] * 7919) % 1009) / 1009.0
    found = lowest_difference(ties, start)
    for i in range(nodes.shape[0]):
        start[i] = ((nodes[i] * nodes[i] * 31 + nodes[i] * 7) % 997) / 997.0
    other = lowest_difference(ties, start)
    return min(found, other)


@called
def lowest_difference(ties: Ties, vector: Array) -> float:
    """Where inverse iteration ends that starts from a vector (which it uses up)."""
    size = vector.shape[0]
    scratch = np.empty((4, size))
    for _ in range(120):
        total = 0.0
        for i in range(size):
            total += vector[i]
        for i in range(size):
            vector[i] -= total / size
        norm = np.sqrt(dot(vector, vector))
        if norm == 0.0:
            return 0.0
        for i in range(size):
            vector[i] /= norm
        smooth(ties, vector, scratch)
    return max(0.0, differences(ties, vector, scratch[0]) / dot(vector, vector))


@making_loop
def measure_yearly(network: Network, ties_year_ago: Array, resilience: Array, month: int) -> None:
    """Once a year the network is measured, and held against what it was a year ago."""
    if month % 12 == 0:
        found = measure(network, ties_year_ago)
        resilience[0] = found.after_attack
        resilience[1] = found.survival
        resilience[2] = found.connectivity
        for a in range(network.age.shape[0]):
            for b in range(network.age.shape[0]):
                ties_year_ago[a, b] = network.age[a, b]


@called
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
        best = -1
        for a in range(nodes):
            if removed[a] == 0 and (best < 0 or degree[a] > degree[best]):
                best = a
        removed[best] = 1
    left = 0
    for there in giant_component(network, removed):
        left += there
    kept = 0
    before = 0
    for a in range(nodes):
        for b in range(a + 1, nodes):
            if year_ago[a, b] >= 0 and network.kind[a, b] != STATUTORY:
                before += 1
                if network.age[a, b] >= 12:
                    kept += 1
    for a in range(nodes):
        removed[a] = 0
    giant = giant_component(network, removed)
    connectivity = algebraic_connectivity(network, giant)
    remaining = max(1, living - max(1, (living + 10) // 20))
    return Resilience(
        min(1.0, left / remaining),
        kept / before if before > 0 else 0.0,
        connectivity / (1.0 + connectivity),
    )
