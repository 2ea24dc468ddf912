"""Every declared parameter and cell is described and moves at least one outcome."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.declared import PARAMETERS
from sim.model import GovernanceModel
from sim.paradigms import FIGURE
from sim.scenario import Scenario

CONTEXT: dict[str, Any] = {
    "society": {"citizens": 600, "entrepreneurs": 20},
    "years": 15,
    "governance": {"all": 0.5},
    "transition": {"mode": "endogenous"},
    "parameters": {
        "society.digital_training": 0.2,
        "engagement.staff": 1.0,
        "open_data.spend": 1.0,
        "frontier.observed": 0.5,
    },
    "policy": [
        {"date": "1997-01", "over": 60, "set": {"frontier.level": 1.0}},
        {"date": "2006-01", "set": {"government.budget": 1.4}},
    ],
    "shocks": [
        {"kind": "fiscal", "date": "1995-06", "size": 0.1, "months": 6},
        {"kind": "fiscal", "date": "1999-01", "size": 0.1, "months": 12},
    ],
}
"""Levers that do nothing unless they are used are used; the frontier is half observed and half the
scenario's own. Ten years on there is more money than is spent. The first shock finds governments
without a reform on trial, pressures near the threshold: there a window decides. Four years later
nearly all are on trial (372 of 391 months of windows) and the others are past the threshold
anyway."""
SEEDS = (7, 8, 9, 10)
"""What moves rare happenings alone may move none of them with one seed."""


def _run(seed: int, **changes: Any) -> NDArray[np.float64]:
    scenario = Scenario.load("gov2").but(**CONTEXT).but(**changes)
    return GovernanceModel(scenario, rng=seed, collect=False).run().national().to_numpy()


@cache
def _usual(seed: int) -> NDArray[np.float64]:
    """The readings that nothing has moved."""
    return _run(seed)


def _moves(*variants: dict[str, Any]) -> bool:
    return any(
        not np.array_equal(_usual(seed), _run(seed, **variant))
        for seed in SEEDS
        for variant in variants
    )


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_moves_an_outcome(name: str) -> None:
    parameter = PARAMETERS[name]
    moved = _moves(*({"parameters": {name: value}} for value in (parameter.low, parameter.high)))
    assert moved


@pytest.mark.parametrize("cell", FIGURE.cells, ids=lambda cell: cell.name)
def test_every_cell_moves_an_outcome(cell: Any) -> None:
    if cell.simplex:
        others = [c for c in FIGURE.cells if c.simplex == cell.simplex and c is not cell]
        names = [cell.name, others[0].name]
        total = [FIGURE.cell(names[0]).values[k] + FIGURE.cell(names[1]).values[k]
                 for k in range(3)]  # fmt: skip
        shares = [{p: t * part for p, t in zip(FIGURE.paradigm_ids, total, strict=True)}
                  for part in (0.05, 0.95)]  # fmt: skip
        changed = [{names[0]: shares[0], names[1]: shares[1]}]
    else:
        changed = [
            {cell.name: dict.fromkeys(FIGURE.paradigm_ids, value)}
            for value in (cell.low, cell.high)
        ]
    moved = _moves(*({"cells": cells} for cells in changed))
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
