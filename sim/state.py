"""The whole state of one society: every group of columns, set up for month 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim.engine.columns import Array, make
from sim.engine.luck import Luck, Seed, normals, uniforms
from sim.paradigms import Figure
from sim.processes import tally
from sim.processes.accounts import found_treasury
from sim.processes.agenda import survey
from sim.processes.blending import blend_cells
from sim.processes.declared import Parameters
from sim.processes.environment import drift_preferences
from sim.processes.lives import count_ranks, show_start
from sim.processes.network import NetworkParameters, decay_table, found, measure_yearly
from sim.processes.pressure import PRESSURES
from sim.processes.shocks import needs_of_places
from sim.processes.state import (
    DOMAINS,
    FIRST_ONLINE_SUPPLY,
    PROBLEM_SLOTS,
    SERVICE_SLOTS,
    Cells,
    Citizens,
    Firms,
    Governments,
    Journal,
    Ledger,
    Levers,
    Network,
    Offer,
    Problems,
)
from sim.society.allotment import Allotment, allot
from sim.society.levels import Levels, levels_of, online_supply_of, revenue_factors
from sim.society.places import Place
from sim.society.population import (
    LEVELS,
    forget_people,
    founding_of,
    make_blocks,
    settle,
    tied_to,
)

_ESTABLISHED = 4


@dataclass
class State:
    """Everything that a month changes, and what its loops work on.

    `shown` is what citizens saw of each other last month, `showing` what they will see next;
    `tallies` has a row per local government, `block_tallies` one per block of citizens, and
    `block_reports` one of what is heard there of each problem. `surveys` counts those after the one
    at the start, `resilience` is that of the last measurement, `profiles_before` the positions with
    which the month began, `moved` how far each government moved this month, all rows together.
    """

    citizens: Citizens
    governments: Governments
    offer: Offer
    cells: Cells
    ledger: Ledger
    levers: Levers
    firms: Firms
    network: Network
    journal: Journal
    problems: Problems
    profiles: NDArray[np.float64]
    shown: Array
    showing: Array
    tallies: Array
    blocks: Array
    block_tallies: Array
    block_reports: Array
    needs_tables: Array
    tie_hazards: Array
    ties_year_ago: Array
    model_profile: Array
    profiles_before: Array
    moved: Array
    resilience: Array
    surveys: Array

    def glimpse(self) -> Citizens:
        """The citizens for somebody who looks once and writes nothing."""
        return self.citizens

    def tied_to(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of the eight to whom each of some citizens is tied: six neighbours, two others."""
        return tied_to(self.citizens, self._residents(), rows)

    def _residents(self) -> NDArray[np.int64]:
        return self.governments.residents[:-1].astype(np.int64)


def found_society(
    place: Place,
    citizens: int,
    entrepreneurs: int,
    profiles: NDArray[np.float64],
    figure: Figure,
    parameters: Parameters,
    levers: Mapping[str, NDArray[np.float64]],
    seed: Seed,
    threads: int = 1,
    more: Mapping[str, int] = MappingProxyType({}),
) -> State:
    """The society at month 0.

    `profiles` has shape (local governments + 1, rows), each of `levers` (local governments + 1,).
    Local governments named in `more` have so many citizens, each of whom stands for the fewer.
    """
    allotted = allot(citizens, place.local_governments, more)
    residents = allotted.residents
    places, total = len(residents), int(residents.sum())
    levels = levels_of(place, parameters.society, parameters.government, seed)
    people = settle(residents, founding_of(parameters), seed, threads, levels.people,
                    allotted.weights)  # fmt: skip
    widths = {"domains": len(DOMAINS), "slots": SERVICE_SLOTS, "pressures": len(PRESSURES)}
    widths["problem_slots"] = PROBLEM_SLOTS
    widths["rows"] = profiles.shape[1]
    nodes = 1 + 2 * places + entrepreneurs
    cells = Cells(*(np.zeros(places + 1) for _ in Cells._fields))
    blend_cells(figure, profiles, cells)
    blocks = make_blocks(residents)
    state = State(
        citizens=people,
        governments=make(Governments, places + 1, widths),
        offer=make(Offer, places, widths),
        cells=cells,
        ledger=make(Ledger, places + 1, widths),
        levers=make(Levers, places + 1, widths),
        firms=make(Firms, entrepreneurs, widths),
        network=make(Network, nodes, {"nodes": nodes}),
        journal=make(Journal, places + 1, widths),
        problems=make(Problems, places, widths),
        profiles=profiles.copy(),
        shown=np.zeros(total, dtype=np.uint16),
        showing=np.zeros(total, dtype=np.uint16),
        tallies=np.zeros((places, tally.ENTRIES), dtype=np.int64),
        blocks=blocks,
        block_tallies=np.zeros((len(blocks), tally.ENTRIES), dtype=np.int64),
        block_reports=np.zeros((len(blocks), 2 * PROBLEM_SLOTS), dtype=np.int64),
        needs_tables=needs_of_places((), places, float(parameters.service.need_rate), 0),
        tie_hazards=_tie_hazards(parameters.network).copy(),
        ties_year_ago=np.full((nodes, nodes), -1, dtype=np.int32),
        model_profile=profiles[:-1].mean(axis=0),
        profiles_before=profiles.copy(),
        moved=np.zeros(places + 1),
        resilience=np.zeros(3),
        surveys=np.zeros(1, dtype=np.int64),
    )
    count_ranks(people.home, people.rank, state.tallies)
    _found_governments(state, place, allotted, levels, parameters, seed)
    for name, values in levers.items():
        getattr(state.levers, name)[:] = values
    found_treasury(state.ledger, state.governments, state.levers)
    _found_firms(state.firms, seed)
    found(state.network, places)
    state.ties_year_ago[:] = state.network.age
    measure_yearly(state.network, state.ties_year_ago, state.resilience, 0)
    return state


def forget_founded() -> None:
    """Found everything anew from now on: what was kept of earlier societies is left."""
    forget_people()
    _tie_hazards.cache_clear()


@lru_cache(maxsize=64)
def _tie_hazards(p: NetworkParameters) -> NDArray[np.float64]:
    return decay_table(p)


def _found_governments(
    state: State,
    place: Place,
    allotted: Allotment,
    levels: Levels,
    p: Parameters,
    seed: Seed,
) -> None:
    governments = state.governments
    people = allotted.residents * allotted.weights
    places = len(people)
    governments.residents[:-1] = allotted.residents
    governments.residents[-1] = people.sum()
    governments.weight[:-1] = allotted.weights
    reliance = np.array([local.self_reliance for local in place.local_governments])
    governments.self_reliance[:-1] = reliance
    governments.self_reliance[-1] = 1.0
    revenue = revenue_factors(place.local_governments)
    raised = reliance * people if revenue is None else reliance * people * revenue
    governments.relative_revenue[:-1] = reliance * people.sum() / raised.sum()
    state.offer.skill_level[:] = levels.people[:, LEVELS.index("skill")]
    state.offer.trust_level[:] = levels.people[:, LEVELS.index("trust")]
    governments.capacity[:] = levels.capacity
    governments.capacity_start[:] = governments.capacity
    governments.online_supply[:] = FIRST_ONLINE_SUPPLY
    supply = online_supply_of(place.local_governments)
    if supply is not None:
        governments.online_supply[:-1] = supply
    governments.integration[:] = 0.05
    governments.lock_in[:] = 0.2
    governments.acceptance[:] = 0.5
    governments.met[:] = float(p.service.need_rate)
    governments.spending[:] = float(p.outcomes.reference_cost) * float(p.service.need_rate)
    governments.drift[:-1] = levels.needs
    governments.taste[:-1] = normals(seed, Luck.TASTES_OF_PLACES, places, len(DOMAINS))
    drift_preferences(governments, state.offer, p.society, seed, 0)
    survey(state.citizens, state.offer, governments, state.tallies, state.surveys, p.agenda, 0)
    state.surveys[0] = 0
    entries = slice(tally.WANTED_ALL, tally.WANTED_ALL + len(DOMAINS))
    state.tallies[:, entries] = state.tallies[:, tally.WANTED : tally.WANTED + len(DOMAINS)]
    governments.citizen_signal[:] = governments.survey
    governments.allocation[:] = governments.survey[-1]
    governments.target[:-1] = governments.survey[-1]
    governments.problem_money[:] = governments.survey[-1]
    show_start(state.citizens, state.showing)
    state.shown[:] = state.showing


def _found_firms(firms: Firms, seed: Seed) -> None:
    """Four established system suppliers and many others, of capability .3 to .7."""
    luck = uniforms(seed, Luck.FIRMS, len(firms.capability))[:, 0]
    firms.capability[:] = 0.3 + 0.4 * luck
    firms.established[: min(_ESTABLISHED, len(luck))] = 1
