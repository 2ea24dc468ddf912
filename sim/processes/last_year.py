"""What befell each citizen in a year, found out after each of its months.

Months count over all citizens of a place; who had what is asked once, at the end of a run. Luck is
drawn by what it is drawn for, so that a citizen's needs of a month and what became of them can be
read off again when the month is over, and months need not keep them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engine.columns import Array
from sim.engine.compiling import inner, making_loop
from sim.engine.luck import Seed
from sim.engine.numbers import plus
from sim.processes.lives import draw_month, draw_services, rows
from sim.processes.service import ServiceParameters, access, count_needs, fates, use_services
from sim.processes.state import Citizens, Offer

_HALF = np.float32(0.5)


class LastYear(NamedTuple):
    """A row per citizen: needs and contacts of the months so far, and sums of their ends."""

    needs: Array
    met: Array
    counter: Array
    online: Array
    trust: Array
    quality: Array


def no_months(citizens: int) -> LastYear:
    """A year of which no month is over. At most eight needs a month: counts fit into a byte."""
    counts = (np.zeros(citizens, dtype=np.uint8) for _ in range(4))
    sums = (np.zeros(citizens, dtype=np.float32) for _ in range(2))
    return LastYear(*counts, *sums)


@making_loop
def add_month(
    year: LastYear,
    blocks: Array,
    citizens: Citizens,
    offer: Offer,
    needs_tables: Array,
    service: ServiceParameters,
    seed: Seed,
    month: int,
) -> None:
    """Add the month that has just been lived; blocks share nothing, and their order is nothing."""
    for block in range(blocks.shape[0]):
        start, stop, g = blocks[block, 0], blocks[block, 1], blocks[block, 2]
        people = rows(citizens, start, stop)
        own = LastYear(
            year.needs[start:stop], year.met[start:stop], year.counter[start:stop],
            year.online[start:stop], year.trust[start:stop], year.quality[start:stop],
        )  # fmt: skip
        add_block(own, people, g, start, offer, needs_tables[g], service, seed, month)


@inner
def add_block(
    year: LastYear,
    people: Citizens,
    g: int,
    start: int,
    offer: Offer,
    table: Array,
    service: ServiceParameters,
    seed: Seed,
    month: int,
) -> None:
    """The month of the citizens of one block, as `lives.be_served` decided it."""
    handled = offer.handled_share[g]
    transactions, information = offer.transactions[g], offer.information[g]
    infrastructure = offer.infrastructure[g]
    for j in range(people.home.shape[0]):
        needs = count_needs(draw_month(seed, month, start + j).needs, table)
        luck = draw_services(seed, month, start + j)
        online = access(people.access_rank[j], infrastructure)
        bounds = fates(
            people.digital[j], online, people.skill[j], transactions, information, handled, service
        )
        services = use_services(needs, bounds, luck)
        year.needs[j] = plus(year.needs[j], needs)
        year.met[j] = plus(year.met[j], services.done + services.served)
        year.counter[j] = plus(year.counter[j], needs - services.done)
        year.online[j] = plus(year.online[j], services.tried)
    for j in range(people.home.shape[0]):
        year.trust[j] += (people.trust_local[j] + people.trust_central[j]) * _HALF
        year.quality[j] += people.quality[j]
