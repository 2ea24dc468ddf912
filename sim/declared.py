"""Everything that the model declares by name, for those who only read it."""

from sim.parameters import TAGS, Parameter
from sim.processes.declared import (
    GROUPS,
    LEVERS,
    PARAMETERS,
    Parameters,
    own_groups,
    parameter_values,
)
from sim.processes.shocks import SHOCKS

__all__ = [
    "GROUPS",
    "LEVERS",
    "PARAMETERS",
    "SHOCKS",
    "TAGS",
    "Parameter",
    "Parameters",
    "own_groups",
    "parameter_values",
]
