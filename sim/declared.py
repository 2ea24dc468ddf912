"""Every declared parameter of the model, by full name."""

from sim.processes.declared import GROUPS, PARAMETERS, Parameters, parameter_values

__all__ = ["GROUPS", "PARAMETERS", "Parameters", "parameter_values"]
