"""All parameter groups, in one place: the compiled loops take them as one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, get_type_hints

from sim.errors import WrongArgument
from sim.parameters import Parameter, declared, group_values
from sim.processes.accounts import FinanceParameters
from sim.processes.agenda import AgendaParameters
from sim.processes.change import ChangeParameters
from sim.processes.decision import DecisionParameters
from sim.processes.engagement import EngagementParameters
from sim.processes.environment import GovernmentParameters, SocietyParameters
from sim.processes.frontier import FrontierParameters
from sim.processes.incidents import IncidentParameters
from sim.processes.market import MarketParameters
from sim.processes.network import NetworkParameters
from sim.processes.open_data import OpenDataParameters
from sim.processes.participation import ParticipationParameters
from sim.processes.pressure import ReformParameters
from sim.processes.problems import ProblemParameters
from sim.processes.projects import ProjectParameters
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
    problems: ProblemParameters
    trust: TrustParameters
    market: MarketParameters
    network: NetworkParameters
    finance: FinanceParameters
    change: ChangeParameters
    reform: ReformParameters
    frontier: FrontierParameters
    engagement: EngagementParameters
    open_data: OpenDataParameters
    outcomes: OutcomeParameters


GROUPS = get_type_hints(Parameters)

_known: dict[str, Parameter] = {
    name: parameter
    for prefix, group in GROUPS.items()
    for name, parameter in declared(prefix, group).items()
}
PARAMETERS: Mapping[str, Parameter] = MappingProxyType(_known)
"""Every parameter by full name; those that model classes of one's own declare come after ours."""

_owners: dict[str, str] = {}
OWNERS: Mapping[str, str] = MappingProxyType(_owners)
"""Groups of parameters that model classes of one's own declare, with the name of the class."""

LEVERS = tuple(name for name, parameter in PARAMETERS.items() if parameter.role == "lever")
"""What a government sets for itself; every government may have its own value."""
UNKNOWN = tuple(p for p in PARAMETERS.values() if p.role == "uncertainty" and p.low < p.high)
"""What nobody can choose and nobody knows of the shipped model, alternative rules among it."""


def declare_group(prefix: str, group: type[tuple[Any, ...]], *, owner: str) -> None:
    """Make a group of a model class of one's own known, beside the shipped ones.

    Raises `WrongArgument` if another class has declared a group of that name otherwise.
    """
    mine = declared(prefix, group)
    if not mine:
        raise WrongArgument(f"{owner}: own_parameters: {prefix}: declares no parameter")
    before = {name: p for name, p in _known.items() if name.startswith(f"{prefix}.")}
    if before and before != mine and _owners[prefix] != owner:
        raise WrongArgument(
            f"{owner}: own_parameters: {prefix}: {_owners[prefix]} has declared a group of this "
            "name otherwise; give it another name"
        )
    if any(p.role == "lever" for p in mine.values()):
        raise WrongArgument(
            f"{owner}: own_parameters: {prefix}: a lever is kept for every government apart, which "
            'only ours are; declare it as "uncertainty" or "constant"'
        )
    for name in before:
        del _known[name]
    _known.update(mine)
    _owners[prefix] = owner


def own_groups(names: Iterable[str]) -> set[str]:
    """The groups, of those that model classes of one's own declare, to which names belong."""
    return {name.partition(".")[0] for name in names} & set(_owners)


def parameter_values(values: Mapping[str, float]) -> Parameters:
    """The parameters with the given values by full name; what is missing takes its default."""
    full = {name: parameter.default for name, parameter in PARAMETERS.items()} | dict(values)
    return Parameters(*(group_values(prefix, group, full) for prefix, group in GROUPS.items()))
