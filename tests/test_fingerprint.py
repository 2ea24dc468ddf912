"""Nothing that a model holds is left out of its fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np

from sim.engine.columns import columns_of
from sim.model import GovernanceModel
from sim.processes import state as groups
from sim.state import State
from tests.fingerprint import SCRATCH, contents, fingerprint


def _changed(array: Any) -> Any:
    """An array with its last entry changed."""
    other = array.copy()
    last = other.reshape(-1)[-1:]
    last[:] = ~last if other.dtype == bool else (last + 1).astype(other.dtype)
    return other


def test_every_entry_counts(society: Callable[..., GovernanceModel]) -> None:
    """Each array of the state and the record, changed in one place, gives another fingerprint."""
    model = society("endogenous", citizens=200, years=1)
    model.run()
    before = fingerprint(model)
    arrays = {
        name: value for name, value in contents(model).items() if isinstance(value, np.ndarray)
    }
    for name, array in arrays.items():
        if array.size:
            kept = array.copy()
            array[...] = _changed(array)
            assert fingerprint(model) != before, name
            array[...] = kept
    for name, value in vars(model.record).items():
        if not isinstance(value, (np.ndarray, dict, list)):
            setattr(model.record, name, ("other",))
            assert fingerprint(model) != before, name
            setattr(model.record, name, value)
    assert fingerprint(model) == before


def test_every_declared_column_is_there(society: Callable[..., GovernanceModel]) -> None:
    model = society(citizens=200, years=1)
    model.run()
    found = set(contents(model))
    for field in fields(State):
        group = getattr(groups, str(field.type), None)
        columns = [f".{name}" for name in columns_of(group)] if group else [""]
        assert {f"state.{field.name}{name}" for name in columns} - set(SCRATCH) <= found
    for name in vars(model.record):
        assert any(entry.split(".")[1] == name for entry in found), name
    for entry in (
        "state.levers",
        "state.journal",
        "record.reforms",
        "record.suppliers",
        "record.networks",
    ):
        assert any(name.startswith(entry) for name in found), entry
