"""P11a: money. It closes every month, for each local government and for the centre.

Running revenue (own sources and a general grant that fills the gap) pays for services,
participation and ties; what is missing cuts all of them alike. A development fund from own sources
pays the local share of projects; matching grants pay the rest. Part of what passes the ceiling of
the running reserve goes into the fund, the rest is returned.

A local government's money is that of its simulated citizens; the centre's is that of the people
they stand for (`Governments.weight`).
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.engine.columns import Array
from sim.engine.compiling import inner, loop, rule
from sim.engine.numbers import clip
from sim.parameters import Parameter
from sim.processes import tally
from sim.processes.incidents import IncidentParameters
from sim.processes.network import NetworkParameters
from sim.processes.participation import ParticipationParameters
from sim.processes.service import ServiceParameters
from sim.processes.state import Cells, Governments, Ledger, Levers

YEAR = 12.0
"""Months over which governments see what a need costs them."""


class FinanceParameters(NamedTuple):
    """Revenue, grants and ceilings."""

    revenue_per_need: Annotated[float, Parameter(17.0, "money per expected need", 12.0, 30.0, "uncertainty", "A", "a little below 17.7, the cost of a need at the counter, so that money binds from the start", "Running revenue at the base budget")]  # fmt: skip
    development: Annotated[float, Parameter(6.5, "money per citizen and year", 0.0, 15.0, "lever", "D", "half of 13, what local informatisation cost in Korea in 2023 (21,300 won a resident)", "Own-source revenue set aside for projects, at mean self-reliance")]  # fmt: skip
    matching_budget: Annotated[float, Parameter(6.5, "money per citizen and year", 0.0, 15.0, "lever", "D", "the other half of 13 (see finance.development); who pays which half is assumed", "Matching grants that the centre offers")]  # fmt: skip
    overhead: Annotated[float, Parameter(0.02, "share", 0.0, 0.1, "uncertainty", "A", "no figure seen", "Revenue and grants lost to administration")]  # fmt: skip
    reserve_ceiling: Annotated[float, Parameter(6.0, "months of revenue", 0.0, 36.0, "uncertainty", "A", "no figure seen", "Running reserve above which money is returned")]  # fmt: skip
    smoothing: Annotated[float, Parameter(6.0, "months", 1.0, 24.0, "uncertainty", "A", "no figure seen", "Time over which a running reserve, or a debt, is spread")]  # fmt: skip
    reinvest: Annotated[float, Parameter(0.5, "share", 0.0, 1.0, "uncertainty", "A", "no figure seen", "Running money above the ceiling that goes into the development fund instead of being returned")]  # fmt: skip
    fund_ceiling: Annotated[float, Parameter(36.0, "months of inflow", 6.0, 120.0, "uncertainty", "A", "no figure seen", "Fund and entitlement above which money is returned or the claim lapses")]  # fmt: skip


@rule
def development_inflow(g: int, governments: Governments, levers: Levers) -> float:
    """Own-source money that goes to the development fund in a month."""
    own = governments.relative_revenue[g] * governments.residents[g]
    return float(levers.budget[g] * levers.development[g] / 12.0 * own)


@rule
def matching_claim(g: int, governments: Governments, levers: Levers) -> float:
    """Matching grants on which a local government gets a claim in a month."""
    claim = levers.budget[g] * levers.matching_budget[g] / 12.0 * governments.residents[g]
    return float(claim)


@loop
def found_treasury(ledger: Ledger, governments: Governments, levers: Levers) -> None:
    """At month 0 there is a year's money for projects and a year's claim on matching grants."""
    places = governments.residents.shape[0] - 1
    for g in range(places):
        ledger.fund[g] = 12.0 * development_inflow(g, governments, levers)
        ledger.entitlement[g] = 12.0 * matching_claim(g, governments, levers)
        ledger.reserve[places] += ledger.entitlement[g] * governments.weight[g]


@loop
def open_month(
    ledger: Ledger,
    governments: Governments,
    levers: Levers,
    s: ServiceParameters,
    p: FinanceParameters,
) -> None:
    """Collect revenue and hand out grants; the flows of last month are cleared."""
    places = governments.residents.shape[0] - 1
    ledger.collected[:] = 0.0
    ledger.granted[:] = 0.0
    ledger.matched[:] = 0.0
    ledger.running[:] = 0.0
    ledger.projects[:] = 0.0
    ledger.change[:] = 0.0
    ledger.overhead[:] = 0.0
    ledger.lapsed[:] = 0.0
    ledger.unclaimed[:] = 0.0
    for g in range(places):
        residents = governments.residents[g]
        running = levers.budget[g] * p.revenue_per_need * s.need_rate * residents
        own = running * governments.self_reliance[g]
        granted = running - own
        development = development_inflow(g, governments, levers)
        ledger.collected[g] = own + development
        ledger.granted[g] = granted
        ledger.overhead[g] = p.overhead * running
        ledger.reserve[g] += running - ledger.overhead[g]
        ledger.fund[g] += development
        claim = matching_claim(g, governments, levers)
        ledger.entitlement[g] += claim
        weight = governments.weight[g]
        ledger.collected[places] += (granted * (1.0 + p.overhead) + claim) * weight
        ledger.granted[places] -= granted * weight
        ledger.overhead[places] += granted * p.overhead * weight
        ledger.reserve[places] += claim * weight


@inner
def pay(
    g: int,
    ledger: Ledger,
    cells: Cells,
    governments: Governments,
    levers: Levers,
    tallies: Array,
    back_office: float,
    s: ServiceParameters,
    v: ParticipationParameters,
    n: NetworkParameters,
    i: IncidentParameters,
) -> None:
    """The month's running costs of one place, by item; `back_office` is that of a need."""
    residents = governments.residents[g]
    ledger.counters[g] = s.counter_cost * tallies[g, tally.COUNTER_HANDLED]
    ledger.online[g] = s.web_cost * tallies[g, tally.DIGITAL_TRIED]
    ledger.back_office[g] = back_office * tallies[g, tally.MET]
    ledger.services[g] = ledger.counters[g] + ledger.online[g] + ledger.back_office[g]
    ledger.participation[g] = (
        v.input_cost * tallies[g, tally.TAKING_PART]
        + v.action_cost * tallies[g, tally.ACTED_ON]
        + v.deliberation_cost / 12.0 * cells.deliberation[g] * residents * governments.funded[g]
    )
    ledger.breaches[g] = i.cost * tallies[g, tally.EXPOSED]
    ledger.training[g] = s.training_cost * tallies[g, tally.TRAINED]
    ledger.coordination[g] = n.tie_cost * governments.ties[g] * residents
    ledger.problems[g] = governments.problem_cost[g]
    paid = governments.funded[g] * residents / 12.0
    ledger.engagement[g] = levers.staff[g] * paid
    ledger.open_data[g] = levers.spend[g] * paid
    ledger.running[g] = (
        ledger.services[g]
        + ledger.participation[g]
        + ledger.breaches[g]
        + ledger.training[g]
        + ledger.coordination[g]
        + ledger.problems[g]
        + ledger.engagement[g]
        + ledger.open_data[g]
    )


@loop
def close_month(
    ledger: Ledger,
    governments: Governments,
    cells: Cells,
    tallies: Array,
    levers: Levers,
    p: FinanceParameters,
    s: ServiceParameters,
    v: ParticipationParameters,
    n: NetworkParameters,
    i: IncidentParameters,
) -> None:
    """Pay for the month, return what passes the ceilings, and see what next month can afford."""
    places = governments.residents.shape[0] - 1
    for g in range(places):
        residents = governments.residents[g]
        back_office = s.back_office_cost * (1.0 - s.bpr_saving * governments.integration[g])
        pay(g, ledger, cells, governments, levers, tallies, back_office, s, v, n, i)
        running = ledger.running[g]
        spent = (running + ledger.projects[g] + ledger.change[g]) / residents
        governments.spending[g] += (spent - governments.spending[g]) / YEAR
        met = tallies[g, tally.MET] / residents
        governments.met[g] += (met - governments.met[g]) / YEAR
        ledger.reserve[g] -= running
        inflow = development_inflow(g, governments, levers)
        revenue = ledger.collected[g] + ledger.granted[g] - ledger.overhead[g] - inflow
        served = (
            back_office * tallies[g, tally.MET] + s.counter_cost * tallies[g, tally.COUNTER_HANDLED]
        )
        wanted = running - ledger.breaches[g] - served
        wanted += back_office * tallies[g, tally.DIGITAL_DONE]
        wanted += (s.counter_cost + back_office) * tallies[g, tally.COUNTER_ASKED]
        spare = revenue + ledger.reserve[g] / p.smoothing - ledger.breaches[g]
        governments.funded[g] = clip(spare / wanted, 0.0, 1.0) if wanted > 0.0 else 1.0
        ledger.lapsed[g] = 0.0
        excess = ledger.reserve[g] - p.reserve_ceiling * revenue
        if excess > 0.0:
            ledger.reserve[g] -= excess
            ledger.fund[g] += p.reinvest * excess
            ledger.lapsed[g] += (1.0 - p.reinvest) * excess
        idle = ledger.fund[g] - p.fund_ceiling * inflow
        if idle > 0.0 and inflow > 0.0:
            ledger.fund[g] -= idle
            ledger.lapsed[g] += idle
        claim = matching_claim(g, governments, levers)
        late = ledger.entitlement[g] - p.fund_ceiling * claim
        weight = governments.weight[g]
        ledger.matched[places] -= ledger.matched[g] * weight
        ledger.reserve[places] -= ledger.matched[g] * weight
        if late > 0.0 and claim > 0.0:
            ledger.entitlement[g] -= late
            ledger.reserve[places] -= late * weight
            ledger.lapsed[places] += late * weight
