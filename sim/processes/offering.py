"""What governments offer citizens this month, from last month's state: quality, waits, answers."""

from __future__ import annotations

from sim.engine.columns import Array
from sim.engine.compiling import action
from sim.engine.luck import Luck, Seed, uniform
from sim.engine.numbers import FIXED_SCALE
from sim.processes import tally
from sim.processes.engagement import EngagementParameters, bought_staff
from sim.processes.environment import access_in
from sim.processes.incidents import IncidentParameters, breach_hazard
from sim.processes.participation import ParticipationParameters, acted_share, response_rate
from sim.processes.service import (
    ServiceParameters,
    counter_capacity,
    counter_quality,
    digital_quality,
    handled_share,
    transactions_online,
    waiting,
)
from sim.processes.state import Cells, Governments, Levers, Offer

_INCIDENT = int(Luck.INCIDENT)
YEAR = 12.0
"""Months over which governments learn how many citizens to answer; at first those there are."""


@action
def offer_services(
    g: int,
    governments: Governments,
    cells: Cells,
    offer: Offer,
    tallies: Array,
    levers: Levers,
    infrastructure: Array,
    p: ServiceParameters,
    v: ParticipationParameters,
    i: IncidentParameters,
    e: EngagementParameters,
    seed: Seed,
    month: int,
) -> None:
    """Put together what the citizens of one place meet this month."""
    residents = governments.residents[g]
    capacity = governments.capacity[g]
    personalisation = cells.personalisation[g]
    operations = cells.staff_operations[g]
    at_counters = operations * (1.0 - v.statutory_staff)
    online = access_in(infrastructure, month)
    funded = governments.funded[g]
    usable = min(governments.online_supply[g], cells.online_ceiling[g])
    supply = funded * usable
    governments.users[g] = tallies[g, tally.USERS] / residents
    taking_part = tallies[g, tally.TAKING_PART] / residents
    seen = min(max(month - 1.0, 1.0), YEAR)
    governments.input_load[g] += (taking_part - governments.input_load[g]) / seen
    load = tallies[g, tally.COUNTER_ASKED] / residents if month > 1 else p.need_rate
    able = counter_capacity(capacity, at_counters, online, p)
    wait = waiting(load * funded, able)
    governments.wait[g] = wait
    hazard = breach_hazard(personalisation, supply, governments.openness[g], operations, capacity,
                           i)  # fmt: skip
    struck = uniform(seed, _INCIDENT, month, g, 0) < hazard
    governments.incident[g] = 1.0 if struck or governments.breach_shock[g] > 0.0 else 0.0
    centre = governments.residents.shape[0] - 1
    offer.quality_digital[g] = digital_quality(
        governments.integration[g], personalisation, governments.live_services[g], p
    )
    offer.quality_counter[g] = counter_quality(wait, p)
    offer.handled_share[g] = handled_share(load, able, funded, p)
    offer.online_supply[g] = supply
    offer.transactions[g] = funded * transactions_online(usable, p)
    offer.information[g] = funded
    offer.discretion[g] = cells.discretion[g]
    offer.openness[g] = governments.openness[g]
    offer.invitations[g] = funded * cells.invitations[g]
    engaged = cells.staff_engagement[g] + bought_staff(levers.staff[g], v.answer_capacity, e)
    offer.response_rate[g] = funded * response_rate(
        governments.input_load[g], engaged, operations, capacity,
        cells.weight_citizen[g], online, p.smart_work, v,
    )  # fmt: skip
    offer.action_rate[g] = offer.response_rate[g] * acted_share(capacity, funded, v)
    offer.exposure[g] = max(i.exposure if struck else 0.0, governments.breach_shock[g])
    offer.exposure_offline[g] = i.offline_traces * offer.exposure[g]
    offer.training[g] = funded * levers.digital_training[g]
    offer.infrastructure[g] = online
    for k in range(offer.allocation.shape[1]):
        offer.wanted[g, k] = tallies[g, tally.WANTED_ALL + k] / (residents * FIXED_SCALE)
        offer.allocation[g, k] = governments.allocation[g, k]
        offer.agenda[g, k] = governments.target[centre, k]
