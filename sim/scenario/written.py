"""Scenarios of results: as they were written, and the model classes that they were run under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.own import reopened
from sim.scenario.scenario import Scenario


def under_of(scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """Name and digest of the model class of each scenario that is run under one's own."""
    return {name: str(s.own_model) for name, s in scenarios.items() if s.own_model is not None}


def scenarios_of(written: Mapping[str, Any], under: Mapping[str, str]) -> dict[str, Scenario]:
    """The scenarios of plain data, each under the class that it was run under.

    A class that is not imported here is known by name only: its scenario cannot be run.
    """
    found = {name: Scenario.model_validate(data) for name, data in written.items()}
    return {
        name: s.run_by(reopened(under[name])) if name in under else s for name, s in found.items()
    }
