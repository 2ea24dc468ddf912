"""Every declared parameter and cell is described and moves at least one outcome."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.declared import PARAMETERS
from sim.model import GovernanceModel
from sim.paradigms import FIGURE
from sim.scenario import Scenario

CONTEXT: dict[str, Any] = {
    "society": {"citizens": 600, "entrepreneurs": 20},
    "years": 15,
    "governance": {"all": 0.5},
    "transition": {"mode": "endogenous"},
    "parameters": {"society.digital_training": 0.2},
    "shocks": [{"kind": "fiscal", "date": "1999-01", "size": 0.1, "months": 12}],
}


def _run(**changes: Any) -> pd.DataFrame:
    scenario = Scenario.load("gov2").but(**CONTEXT).but(**changes)
    return GovernanceModel(scenario, rng=7, collect=False).run().national()


@pytest.fixture(scope="module")
def usual() -> pd.DataFrame:
    """The readings that nothing has moved."""
    return _run()


def _moves(usual: pd.DataFrame, changed: pd.DataFrame) -> bool:
    return not np.array_equal(usual.to_numpy(), changed.to_numpy())


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_moves_an_outcome(name: str, usual: pd.DataFrame) -> None:
    parameter = PARAMETERS[name]
    runs = (_run(parameters={name: value}) for value in (parameter.low, parameter.high))
    assert any(_moves(usual, run) for run in runs)


@pytest.mark.parametrize("cell", FIGURE.cells, ids=lambda cell: cell.name)
def test_every_cell_moves_an_outcome(cell: Any, usual: pd.DataFrame) -> None:
    if cell.simplex:
        others = [c for c in FIGURE.cells if c.simplex == cell.simplex and c is not cell]
        names = [cell.name, others[0].name]
        total = [FIGURE.cell(names[0]).values[k] + FIGURE.cell(names[1]).values[k]
                 for k in range(3)]  # fmt: skip
        shares = [{p: t * part for p, t in zip(FIGURE.paradigm_ids, total, strict=True)}
                  for part in (0.05, 0.95)]  # fmt: skip
        changed = [_run(cells={names[0]: shares[0], names[1]: shares[1]})]
    else:
        changed = [
            _run(cells={cell.name: dict.fromkeys(FIGURE.paradigm_ids, value)})
            for value in (cell.low, cell.high)
        ]
    moved = any(_moves(usual, run) for run in changed)
    assert moved


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_described(name: str) -> None:
    parameter = PARAMETERS[name]
    assert parameter.name == name
    assert parameter.meaning
    assert parameter.source
    assert parameter.unit
    assert parameter.low < parameter.high
    assert parameter.tag in "SDRAC"


def test_context_parameters_have_their_fixed_names() -> None:
    for name in (
        "society.heterogeneity", "society.volatility", "society.infrastructure",
        "society.baseline_trust", "government.capacity", "government.budget",
    ):  # fmt: skip
        assert name in PARAMETERS
