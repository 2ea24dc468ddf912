"""Scenarios of results: as they were written, and the model classes that they were run under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.errors import UserMistake
from sim.scenario.own import reopened
from sim.scenario.scenario import Scenario


def under_of(scenarios: Mapping[str, Scenario]) -> dict[str, str]:
    """Name and digest of the model class of each scenario that is run under one's own."""
    return {name: str(s.own_model) for name, s in scenarios.items() if s.own_model is not None}


def scenarios_of(written: Mapping[str, Any], under: Mapping[str, str]) -> dict[str, Scenario]:
    """The scenarios of plain data, each under the class that it was run under.

    A class that is not imported here is known by name only: its scenario cannot be run, and
    raises `UserMistake` if it sets what only that class declares.
    """
    return {name: _scenario_of(data, under.get(name)) for name, data in written.items()}


def _scenario_of(data: Any, under: str | None) -> Scenario:
    if under is None:
        return Scenario.model_validate(data)
    own = reopened(under)
    try:
        return Scenario.model_validate(data).run_by(own)
    except UserMistake as error:
        if own.kind is not None:
            raise
        home = own.name.rpartition(".")[0]
        raise UserMistake(
            f"{error}; run under {own.name}, which is not imported here: tell these results from "
            f"Python, after `import {home}`"
        ) from None
