"""P5: ICT projects, learning and lock-in.

A project's outcome is a lottery on the design-reality gap (Heeks 2003: 35 % fail, 50 % partly, 15 %
succeed where capacity is low); its cost has a fat tail (Flyvbjerg). The centre matches the cost;
the local government must bring its share from own-source revenue or leaves the grant unclaimed, and
brings more where its grants are used up and its own money allows: none waits beside idle money.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.compiling import action, inner, loop, making_loop, rule
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import power, sigmoid
from sim.parameters import Parameter
from sim.processes.change import ChangeParameters, returning_share
from sim.processes.market import MarketParameters, award
from sim.processes.state import Cells, Firms, Governments, Journal, Ledger, Levers, Network

_PROJECT = int(Luck.PROJECT)
_OVERRUN = int(Luck.OVERRUN)

NOTHING = 0.0
FAILED = 1.0
PARTIAL = 2.0
SUCCEEDED = 3.0
UNCLAIMED = 4.0
NO_GRANT_LEFT = 5.0
FLYVBJERG = "Flyvbjerg: 18 % of IT projects overrun by over 50 %, tail exponent about 1"


class ProjectParameters(NamedTuple):
    """The project lottery, what projects bring and cost."""

    failure_intercept: Annotated[float, Parameter(-1.35, "log-odds", -3.0, 0.0, "uncertainty", "C", "Heeks 2003 at capacity .3", "Odds of failure at no design-reality gap")]  # fmt: skip
    success_intercept: Annotated[float, Parameter(-0.75, "log-odds", -3.0, 1.0, "uncertainty", "C", "Heeks 2003 at capacity .3", "Odds of success, if not failed, at no gap")]  # fmt: skip
    gap_slope: Annotated[float, Parameter(3.0, "log-odds per gap", 0.0, 6.0, "uncertainty", "C", "success rises with institutional quality (WDR 2016)", "Effect of the gap on both odds")]  # fmt: skip
    base_ambition: Annotated[float, Parameter(0.15, "gap", 0.0, 0.5, "uncertainty", "A", "design", "Ambition of the plainest project")]  # fmt: skip
    gap_of_lock_in: Annotated[float, Parameter(0.3, "gap", 0.0, 1.0, "uncertainty", "A", "no figure seen", "How much full lock-in widens the gap")]  # fmt: skip
    supplier_skill: Annotated[float, Parameter(0.2, "gap", 0.0, 0.5, "uncertainty", "A", "no figure seen", "How much a capable supplier narrows the gap")]  # fmt: skip
    partial_gain: Annotated[float, Parameter(0.20, "share", 0.0, 0.5, "uncertainty", "A", "design", "Gain of a partly successful project")]  # fmt: skip
    full_gain: Annotated[float, Parameter(0.45, "share", 0.1, 0.9, "uncertainty", "A", "design", "Gain of a successful project")]  # fmt: skip
    yearly_rounds: Annotated[float, Parameter(2.0, "per year", 0.1, 3.0, "lever", "A", "design", "Programme rounds in which a project can start, at the base budget")]  # fmt: skip
    base_cost: Annotated[float, Parameter(5.0, "money per citizen", 1.0, 15.0, "uncertainty", "A", "design", "Cost of a project of medium ambition")]  # fmt: skip
    plain_cost: Annotated[float, Parameter(0.7, "ratio", 0.3, 1.0, "uncertainty", "A", "design", "Cost of a project without ambition, against one of medium ambition")]  # fmt: skip
    ambition_cost: Annotated[float, Parameter(0.6, "ratio per gap", 0.0, 1.5, "uncertainty", "A", "design", "What ambition adds to the cost of a project")]  # fmt: skip
    duplication: Annotated[float, Parameter(0.2, "share", 0.0, 0.6, "uncertainty", "A", "design", "Extra cost of fully local solutions")]  # fmt: skip
    mark_up: Annotated[float, Parameter(0.5, "share", 0.0, 2.0, "uncertainty", "A", "PASC 2011: up to ten times the commercial price; size assumed", "Mark-up at full lock-in")]  # fmt: skip
    overrun_chance: Annotated[float, Parameter(0.18, "share of projects", 0.0, 0.4, "constant", "S", FLYVBJERG, "Chance that cost overruns by over half")]  # fmt: skip
    overrun_tail: Annotated[float, Parameter(1.2, "exponent", 0.8, 3.0, "constant", "S", FLYVBJERG, "Exponent of the tail of overruns")]  # fmt: skip
    overrun_most: Annotated[float, Parameter(5.0, "share of plan", 1.0, 20.0, "constant", "A", "projects that cost six times their plan are stopped; no figure seen", "Largest overrun")]  # fmt: skip
    part_online: Annotated[float, Parameter(0.6, "ratio", 0.2, 1.0, "uncertainty", "A", "design", "Online services from money for internal systems or opening, against money for new processes")]  # fmt: skip
    part_integrated: Annotated[float, Parameter(0.4, "ratio", 0.1, 1.0, "uncertainty", "A", "design", "Integration from money for internal systems or opening, against money for new processes")]  # fmt: skip
    integration_floor: Annotated[float, Parameter(0.5, "ratio", 0.0, 1.0, "uncertainty", "A", "design", "Reach of integration without integration staff")]  # fmt: skip
    integration_staff: Annotated[float, Parameter(1.2, "ratio per share of staff", 0.0, 3.0, "uncertainty", "A", "design", "What integration staff adds to that reach")]  # fmt: skip
    learned_by_success: Annotated[float, Parameter(0.02, "share of the way", 0.0, 0.1, "uncertainty", "A", "learning by doing (Argote, secondary); size assumed", "Capacity that a successful project brings")]  # fmt: skip
    learned_in_part: Annotated[float, Parameter(0.01, "share of the way", 0.0, 0.1, "uncertainty", "A", "learning by doing (Argote, secondary); size assumed", "Capacity that a partly successful project brings")]  # fmt: skip
    obsolescence: Annotated[float, Parameter(0.004, "per month", 0.0, 0.02, "uncertainty", "A", "design", "Loss of online services and integration, times what operations staff lacks to `projects.upkeep`")]  # fmt: skip
    upkeep: Annotated[float, Parameter(1.4, "share of staff", 1.0, 2.0, "uncertainty", "A", "design", "Operations staff at which nothing would grow old")]  # fmt: skip
    opening_loosens: Annotated[float, Parameter(0.01, "per month", 0.0, 0.05, "uncertainty", "A", "no figure seen", "Lock-in that full openness ends in a month where contracts are small")]  # fmt: skip
    time_loosens: Annotated[float, Parameter(0.002, "share per month", 0.0, 0.02, "uncertainty", "A", "no figure seen", "Share of lock-in that ends in a month by itself")]  # fmt: skip
    capacity_decay: Annotated[float, Parameter(0.002, "per month", 0.0, 0.02, "uncertainty", "A", "organisational forgetting (Argote, secondary)", "Return of capacity to its start")]  # fmt: skip
    peer_learning: Annotated[float, Parameter(0.004, "per month", 0.0, 0.02, "uncertainty", "A", "design", "Learning from more capable tied governments")]  # fmt: skip
    lock_in_growth: Annotated[float, Parameter(0.10, "per project", 0.0, 0.3, "uncertainty", "A", "PASC 2011: oligopoly and lost in-house knowledge; size assumed", "Lock-in that a fully outsourced project adds")]  # fmt: skip


@rule
def design_reality_gap(
    ambition: float, lock_in: float, capacity: float, supplier: float, p: ProjectParameters
) -> float:
    """Heeks' gap between what is designed and what is there."""
    return ambition + p.gap_of_lock_in * lock_in - capacity - p.supplier_skill * (supplier - 0.5)


@rule
def project_result(gap: float, draw: float, p: ProjectParameters) -> float:
    """Outcome of the project lottery for a draw in (0, 1)."""
    failure = sigmoid(p.failure_intercept + p.gap_slope * gap)
    success = (1.0 - failure) * sigmoid(p.success_intercept - p.gap_slope * gap)
    if draw < failure:
        return FAILED
    if draw < failure + success:
        return SUCCEEDED
    return PARTIAL


@rule
def planned_cost(
    ambition: float, lock_in: float, discretion: float, residents: float, p: ProjectParameters
) -> float:
    """Cost of a project as planned, in money."""
    size = p.base_cost * (p.plain_cost + p.ambition_cost * ambition) * residents
    return size * (1.0 + p.mark_up * lock_in) * (1.0 + p.duplication * discretion)


@rule
def grant_for(wanted: float, entitlement: float) -> float:
    """The grant that a project gets: what is wanted, or what is left of the claim."""
    return min(wanted, max(entitlement, 0.0))


@rule
def overrun(draw_whether: float, draw_size: float, p: ProjectParameters) -> float:
    """Overrun as a share of the plan: none, or over half with a fat tail, up to a largest one."""
    if draw_whether >= p.overrun_chance:
        return 0.0
    pareto = power(draw_size, -1.0 / p.overrun_tail) - 1.0
    return min(0.5 + pareto, p.overrun_most)


@rule
def gain(result: float, p: ProjectParameters) -> float:
    """What a project brings."""
    if result == SUCCEEDED:
        return p.full_gain
    if result == PARTIAL:
        return p.partial_gain
    return 0.0


@rule
def share_of_new(new: float, before: float, after: float, renewed: float) -> float:
    """Share of online services that are new after a project that renews a share of the old ones.

    `new` is the share before it, `before` and `after` what is online before and after it.
    """
    if after <= 0.0:
        return 0.0
    young = before * (new + renewed * (1.0 - new)) + (after - before)
    return young / after


@action
def run_project(
    g: int,
    governments: Governments,
    cells: Cells,
    ledger: Ledger,
    firms: Firms,
    network: Network,
    levers: Levers,
    journal: Journal,
    p: ProjectParameters,
    m: MarketParameters,
    seed: Seed,
    month: int,
) -> None:
    """Perhaps start a project: pay for it, let it, and take what it brings."""
    governments.project_result[g] = NOTHING
    journal.large_firm[g] = -1
    journal.small_firm[g] = -1
    if uniform(seed, _PROJECT, month, g, 0) >= min(
        1.0, levers.budget[g] * levers.yearly_rounds[g] / 12.0
    ):
        return
    ambition = (
        p.base_ambition
        + cells.ambition_of_goal[g]
        + cells.ambition_of_services[g]
        + cells.ambition_of_ecology[g]
        + cells.ambition_of_cio[g]
    )
    lock_in = governments.lock_in[g]
    plan = planned_cost(ambition, lock_in, cells.discretion[g], governments.residents[g], p)
    match = cells.matching_share[g]
    if ledger.fund[g] < (1.0 - match) * plan:
        governments.project_result[g] = UNCLAIMED
        ledger.unclaimed[g] += match * plan
        return
    granted = grant_for(match * plan, ledger.entitlement[g])
    if ledger.fund[g] < plan - granted:
        governments.project_result[g] = NO_GRANT_LEFT
        return
    match = granted / plan
    excess = overrun(uniform(seed, _OVERRUN, month, g, 0), uniform(seed, _OVERRUN, month, g, 1), p)
    cost = plan * (1.0 + excess)
    ledger.matched[g] += match * cost
    ledger.entitlement[g] -= match * cost
    ledger.fund[g] -= (1.0 - match) * cost
    ledger.projects[g] += cost
    large = cells.large_contract_share[g]
    for is_large in (True, False):
        value = cost * large if is_large else cost * (1.0 - large)
        firm = award(g, governments, cells, firms, network, value, is_large, m, seed, month)
        if is_large:
            journal.large_firm[g] = firm
        else:
            journal.small_firm[g] = firm
    supplier = journal.large_firm[g]
    journal.large_value[g] = cost * large
    journal.small_value[g] = cost * (1.0 - large)
    gap = design_reality_gap(
        ambition, lock_in, governments.capacity[g], firms.capability[supplier], p
    )
    result = project_result(gap, uniform(seed, _PROJECT, month, g, 1), p)
    governments.project_result[g] = result
    take_gains(g, governments, cells, gain(result, p), p)


@inner
def take_gains(
    g: int, governments: Governments, cells: Cells, gained: float, p: ProjectParameters
) -> None:
    """Online services, integration, openness and capacity grow; so does lock-in."""
    internal = cells.budget_internal[g]
    bpr = cells.budget_bpr[g]
    opening = cells.budget_open[g]
    room = max(0.0, cells.online_ceiling[g] - governments.online_supply[g])
    renewed = gained * (bpr + p.part_online * (internal + opening))
    before = governments.online_supply[g]
    governments.online_supply[g] += renewed * room
    governments.new_share[g] = share_of_new(
        governments.new_share[g], before, governments.online_supply[g], min(1.0, renewed)
    )
    reach = p.integration_floor + p.integration_staff * cells.staff_integration[g]
    growth = gained * (bpr + p.part_integrated * (internal + opening)) * reach
    governments.integration[g] += min(growth, 1.0) * (1.0 - governments.integration[g])
    governments.openness[g] += gained * opening * (1.0 - governments.openness[g])
    learned = 0.0
    if gained >= p.full_gain:
        learned = p.learned_by_success
    elif gained > 0.0:
        learned = p.learned_in_part
    governments.capacity[g] += learned * (1.0 - governments.capacity[g])
    outsourced = cells.large_contract_share[g]
    governments.lock_in[g] += p.lock_in_growth * outsourced * (1.0 - governments.lock_in[g])


@loop
def age_systems(
    governments: Governments,
    cells: Cells,
    p: ProjectParameters,
    m: MarketParameters,
    change: ChangeParameters,
) -> None:
    """What is not kept up decays, what is new grows old; contracts run down; capacity is forgotten.

    What changes of the profile took of it returns.
    """
    returning = returning_share(change)
    for g in range(governments.residents.shape[0] - 1):
        decay = p.obsolescence * (p.upkeep - cells.staff_operations[g])
        governments.online_supply[g] *= 1.0 - decay
        governments.integration[g] *= 1.0 - decay
        governments.new_share[g] *= 1.0 - 1.0 / m.novelty
        back = returning * governments.disrupted[g]
        governments.disrupted[g] -= back
        governments.capacity[g] += back
        excess = governments.capacity[g] - governments.capacity_start[g]
        governments.capacity[g] -= p.capacity_decay * excess
        own = 1.0 - cells.large_contract_share[g]
        loosening = p.opening_loosens * governments.openness[g] * own
        loosening += p.time_loosens * governments.lock_in[g]
        governments.lock_in[g] = max(0.0, governments.lock_in[g] - loosening)
        governments.contract_months[g] = max(0.0, governments.contract_months[g] - 1.0)
        if governments.contract_months[g] == 0.0:
            governments.supplier[g] = -1


@making_loop
def learn_from_peers(governments: Governments, network: Network, p: ProjectParameters) -> None:
    """Capacity rises towards the mean of tied local governments, where that is higher."""
    places = governments.residents.shape[0] - 1
    before = governments.capacity.copy()
    for g in range(places):
        total = 0.0
        count = 0
        for other in range(places):
            if other != g and network.age[1 + g, 1 + other] >= 0:
                total += before[other]
                count += 1
        if count > 0:
            lead = max(0.0, total / count - before[g])
            governments.capacity[g] += p.peer_learning * lead
