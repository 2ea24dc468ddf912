"""All parameter groups, in one place: the compiled loops take them as one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, get_type_hints

from sim.parameters import Parameter, declared, group_values
from sim.processes.accounts import FinanceParameters
from sim.processes.agenda import AgendaParameters
from sim.processes.decision import DecisionParameters
from sim.processes.environment import GovernmentParameters, SocietyParameters
from sim.processes.incidents import IncidentParameters
from sim.processes.market import MarketParameters
from sim.processes.network import NetworkParameters
from sim.processes.participation import ParticipationParameters
from sim.processes.projects import ProjectParameters
from sim.processes.reform import ReformParameters
from sim.processes.service import ServiceParameters
from sim.processes.tally import OutcomeParameters
from sim.processes.trust import TrustParameters


class Parameters(NamedTuple):
    """Every parameter of the model, grouped by the process that reads it."""

    society: SocietyParameters
    government: GovernmentParameters
    agenda: AgendaParameters
    decision: DecisionParameters
    projects: ProjectParameters
    service: ServiceParameters
    participation: ParticipationParameters
    incidents: IncidentParameters
    trust: TrustParameters
    market: MarketParameters
    network: NetworkParameters
    finance: FinanceParameters
    reform: ReformParameters
    outcomes: OutcomeParameters


GROUPS = get_type_hints(Parameters)

PARAMETERS: Mapping[str, Parameter] = {
    name: parameter
    for prefix, group in GROUPS.items()
    for name, parameter in declared(prefix, group).items()
}

LEVERS = tuple(name for name, parameter in PARAMETERS.items() if parameter.role == "lever")
"""What a government sets for itself; every government may have its own value."""


def parameter_values(values: Mapping[str, float]) -> Parameters:
    """The parameters with the given values by full name; what is missing takes its default."""
    full = {name: parameter.default for name, parameter in PARAMETERS.items()} | dict(values)
    return Parameters(*(group_values(prefix, group, full) for prefix, group in GROUPS.items()))
