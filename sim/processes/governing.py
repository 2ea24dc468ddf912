"""The governments' month in compiled loops: the same steps that a `LocalGovernment` takes."""

from __future__ import annotations

from sim.engine.columns import Array
from sim.engine.compiling import loop
from sim.engine.luck import Seed
from sim.processes.agenda import AgendaParameters, form_target
from sim.processes.decision import DecisionParameters, revise_budget
from sim.processes.incidents import IncidentParameters
from sim.processes.market import MarketParameters, renew_services
from sim.processes.offering import offer_services
from sim.processes.participation import ParticipationParameters
from sim.processes.projects import ProjectParameters, run_project
from sim.processes.reform import ReformParameters, be_pushed, consider_reform, feel_pressure
from sim.processes.service import ServiceParameters
from sim.processes.state import (
    Cells,
    Firms,
    Governments,
    Journal,
    Ledger,
    Levers,
    Network,
    Offer,
)


@loop
def form_targets(
    governments: Governments,
    cells: Cells,
    p: AgendaParameters,
    survey: int,
    seed: Seed,
    month: int,
) -> None:
    """Every local government aims."""
    for g in range(governments.residents.shape[0] - 1):
        form_target(g, governments, cells, p, survey, seed, month)


@loop
def revise_budgets(
    governments: Governments,
    cells: Cells,
    tallies: Array,
    p: DecisionParameters,
    seed: Seed,
    month: int,
) -> None:
    """Every local government judges consent and perhaps revises its budget."""
    for g in range(governments.residents.shape[0] - 1):
        revise_budget(g, governments, cells, tallies, p, seed, month)


@loop
def run_projects(
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
    """Every local government perhaps runs a project."""
    for g in range(governments.residents.shape[0] - 1):
        run_project(
            g, governments, cells, ledger, firms, network, levers, journal, p, m, seed, month
        )


@loop
def offer_all_services(
    governments: Governments,
    cells: Cells,
    offer: Offer,
    tallies: Array,
    levers: Levers,
    infrastructure: float,
    p: ServiceParameters,
    v: ParticipationParameters,
    i: IncidentParameters,
    seed: Seed,
    month: int,
) -> None:
    """Every local government offers its services."""
    for g in range(governments.residents.shape[0] - 1):
        offer_services(
            g, governments, cells, offer, tallies, levers, infrastructure, p, v, i, seed, month
        )


@loop
def renew_all_services(
    governments: Governments,
    cells: Cells,
    firms: Firms,
    network: Network,
    journal: Journal,
    p: MarketParameters,
    seed: Seed,
    month: int,
) -> None:
    """Convergent services end and start in every place."""
    for g in range(governments.residents.shape[0] - 1):
        renew_services(g, governments, cells, firms, network, journal, p, seed, month)


@loop
def feel_all_pressures(
    governments: Governments,
    cells: Cells,
    offer: Offer,
    levers: Levers,
    tallies: Array,
    infrastructure: float,
    reference_cost: float,
    p: ReformParameters,
    seed: Seed,
    month: int,
) -> None:
    """Pressures build up in every local government."""
    for g in range(governments.residents.shape[0] - 1):
        feel_pressure(
            g, governments, cells, offer, levers, tallies, infrastructure, reference_cost, p, seed,
            month,
        )  # fmt: skip


@loop
def consider_all_reforms(
    governments: Governments,
    cells: Cells,
    network: Network,
    before: Array,
    profiles: Array,
    nearest: Array,
    largest: int,
    p: ReformParameters,
    projects: ProjectParameters,
    seed: Seed,
    month: int,
) -> None:
    """Every local government judges its last reform, or perhaps starts another."""
    for g in range(governments.residents.shape[0] - 1):
        consider_reform(
            g, governments, cells, network, before, profiles, nearest, largest, p, projects, seed,
            month,
        )  # fmt: skip


@loop
def push_all(
    governments: Governments,
    cells: Cells,
    levers: Levers,
    tallies: Array,
    journal: Journal,
    model: Array,
    profiles: Array,
    p: ReformParameters,
    seed: Seed,
    month: int,
) -> None:
    """The centre pushes, and voters judge, every local government."""
    for g in range(governments.residents.shape[0] - 1):
        be_pushed(g, governments, cells, levers, tallies, journal, model, profiles, p, seed, month)
