"""The smallest societies, the emptiest purses: money closes, nothing is nan, tables keep shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.history import events
from sim.model import GovernanceModel
from sim.networks.recorded import tie_table
from sim.networks.yearly import measure_years
from sim.outcomes import OUTCOMES
from sim.processes import tally
from sim.processes.keeping import MONEY
from sim.questions.comparison.tables import EVENTS, LOCAL, NATIONAL, NETWORKS, TIES
from sim.scenario import Scenario
from tests.fingerprint import fingerprint
from tests.test_frames import kinds_of

Make = Callable[..., GovernanceModel]
SMALLEST = {"place": "synthetic", "local_governments": 2, "citizens": 100, "entrepreneurs": 4}
BROKE = {"government.budget": 0.0}
CASES = {
    f"{name}{' without money' if purse else ''}": (name, purse)
    for name in ("gov1", "gov3", "endogenous")
    for purse in ({}, BROKE)
}


@cache
def smallest(case: str, engine: Any = "compiled") -> GovernanceModel:
    """Two places, a hundred citizens, four firms, one year."""
    name, parameters = CASES[case]
    scenario = Scenario.load(name).but(years=1, society=SMALLEST, parameters=parameters)
    model = GovernanceModel(scenario, rng=2, engine=engine, collect=False)
    model.run()
    return model


@pytest.mark.parametrize("case", CASES)
def test_readings_are_numbers_in_their_range(case: str) -> None:
    record = smallest(case).record
    national, local = record.national(), record.local()
    assert kinds_of(national) == NATIONAL
    assert kinds_of(local) == LOCAL
    for frame in (national, local.drop(columns="local_government")):
        assert np.isfinite(frame.to_numpy(dtype=np.float64)).all()
    for outcome in OUTCOMES:
        most = math.inf if outcome.name == "cost_per_citizen" else 100.0 + 1e-9
        assert national[outcome.name].between(0.0, most).all(), outcome.name
    assert (record.tallies[:, :, tally.MET] <= record.tallies[:, :, tally.NEEDS]).all()


@pytest.mark.parametrize("case", CASES)
def test_tables_keep_their_shape(case: str) -> None:
    model = smallest(case)
    record = model.record
    measured = measure_years(record.networks, len(record.names), model.seed_key)
    assert kinds_of(events(record)) == EVENTS
    assert kinds_of(measured) == NETWORKS
    assert kinds_of(tie_table(record.networks, record.names)) == TIES
    back = ["bridging", "bridging_survival", "embedded", "embedded_survival", "persistence"]
    assert measured.drop(columns=back).notna().all(axis=None)
    assert measured[back].isna().all(axis=None)


@pytest.mark.parametrize("case", CASES)
def test_money_closes(case: str) -> None:
    """What is there at the end is what came in less what went out, everywhere."""
    money = smallest(case).record.money
    part = {name: money[:, :, MONEY.index(name)] for name in MONEY}
    assert np.isfinite(money).all()
    held = np.diff(part["reserve"] + part["fund"], axis=0)
    came = part["collected"] + part["granted"] + part["matched"]
    went = part["running"] + part["projects"] + part["overhead"] + part["lapsed"]
    scale = max(1.0, float(np.abs(came).max()))
    np.testing.assert_allclose(held, (came - went)[1:], atol=1e-9 * scale)
    if "without money" in case:
        assert not part["collected"].any()
        assert not part["projects"].any()


@pytest.mark.parametrize("case", ["gov3", "endogenous without money"])
def test_both_engines_agree(case: str) -> None:
    assert fingerprint(smallest(case)) == fingerprint(smallest(case, "agents"))
