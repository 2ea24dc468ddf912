"""Scenario files: YAML in, a frozen scenario out, every mistake at its line."""

from sim.scenario.scenario import Scenario

__all__ = ["Scenario"]
