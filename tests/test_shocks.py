"""Shocks, and levers that a single government sets: where and when they bite, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.model import GovernanceModel
from sim.processes import tally
from sim.processes.keeping import MONEY
from sim.processes.shocks import SHOCKS
from sim.scenario import Scenario
from tests.fingerprint import fingerprint

Make = Callable[..., GovernanceModel]
BEGIN = 13


def _struck(society: Make, kind: str, **shock: Any) -> GovernanceModel:
    model = society(
        "gov3", citizens=1000, years=4, shocks=[{"kind": kind, "month": BEGIN, **shock}]
    )
    model.run()
    return model


@pytest.fixture(scope="module")
def calm() -> GovernanceModel:
    """The same four years without a shock."""
    scenario = Scenario.load("gov3").but(society={"citizens": 1000}, years=4)
    model = GovernanceModel(scenario, rng=1, collect=False)
    model.run()
    return model


@pytest.mark.parametrize("kind", SHOCKS)
def test_nothing_happens_before_a_shock_and_something_after(
    society: Make, calm: GovernanceModel, kind: str
) -> None:
    model = _struck(society, kind)
    before = BEGIN - 1
    assert np.array_equal(model.record.tallies[:before], calm.record.tallies[:before])
    assert np.array_equal(model.record.money[:before], calm.record.money[:before])
    assert not np.array_equal(model.record.tallies, calm.record.tallies)


@pytest.mark.parametrize("kind", SHOCKS)
def test_a_shock_of_no_size_changes_nothing_but_a_missing_leader(
    society: Make, calm: GovernanceModel, kind: str
) -> None:
    model = _struck(society, kind, size=0.0)
    same = fingerprint(model, without=("record.dated",)) == fingerprint(
        calm, without=("record.dated",)
    )
    assert same == (kind != "leader")


def test_a_fiscal_shock_takes_its_share_of_revenue_while_it_lasts(
    society: Make, calm: GovernanceModel
) -> None:
    model = _struck(society, "fiscal", size=0.25, months=6)
    collected = [m.record.money[:, :-1, MONEY.index("collected")] for m in (model, calm)]
    ratio = collected[0] / collected[1]
    during = slice(BEGIN - 1, BEGIN + 5)
    assert ratio[during] == pytest.approx(np.full_like(ratio[during], 0.75))
    assert ratio[: BEGIN - 1] == pytest.approx(1.0)
    assert ratio[BEGIN + 5 :] == pytest.approx(1.0)


def test_a_breach_reaches_users_and_costs_trust(society: Make, calm: GovernanceModel) -> None:
    model = _struck(society, "breach", size=0.5, months=1)
    exposed = model.record.tallies[BEGIN - 1, :, tally.EXPOSED].sum()
    users = model.record.tallies[BEGIN - 2, :, tally.USERS].sum()
    expected = 0.5 * users + 0.5 * 0.3 * (1000 - users)
    assert exposed == pytest.approx(expected, rel=0.15)
    trust = [m.record.national()["trust"].iloc[BEGIN - 1] for m in (model, calm)]
    attributed = 0.5  # gov3 gives .9 of services to the local, .1 to the central government
    loss = 100 * exposed / 1000 * float(model.parameters.trust.breach) * 0.42 * attributed
    assert trust[1] - trust[0] == pytest.approx(loss, rel=0.3)


def test_an_emergency_brings_more_needs(society: Make, calm: GovernanceModel) -> None:
    model = _struck(society, "emergency", size=1.0, months=6)
    during = slice(BEGIN - 1, BEGIN + 5)
    needs = [m.record.tallies[during, :, tally.NEEDS].sum() for m in (model, calm)]
    assert needs[0] / needs[1] == pytest.approx(2.0, rel=0.05)
    met = [m.record.national()["needs_met"].iloc[BEGIN + 4] for m in (model, calm)]
    assert met[0] < met[1]


def test_without_a_leader_no_budget_is_revised(society: Make) -> None:
    scenario = Scenario.load("gov3").but(
        society={"citizens": 500}, years=2,
        shocks=[{"kind": "leader", "month": BEGIN, "months": 6, "size": 0.3}],
    )  # fmt: skip
    model = GovernanceModel(scenario, rng=1, collect=False)
    while model.month < BEGIN - 1:
        model.step()
    capacity = model.state.governments.capacity[:-1].copy()
    budgets = model.state.governments.allocation.copy()
    for _ in range(6):
        model.step()
        assert np.array_equal(model.state.governments.allocation, budgets)
    assert (model.state.governments.capacity[:-1] < 0.9 * capacity).all()
    for _ in range(6):
        model.step()
    assert not np.array_equal(model.state.governments.allocation, budgets)


def test_a_shock_strikes_only_whom_it_names(society: Make, calm: GovernanceModel) -> None:
    model = society(
        "gov3", citizens=1000, years=4,
        shocks=[{"kind": "emergency", "month": BEGIN, "months": 1, "size": 4.0, "who": "Busan"}],
    )  # fmt: skip
    model.run()
    needs = [m.record.tallies[BEGIN - 1, :, tally.NEEDS] for m in (model, calm)]
    busan = model.record.names.index("Busan")
    elsewhere = np.arange(17) != busan
    assert needs[0][busan] > 3 * needs[1][busan]
    assert np.array_equal(needs[0][elsewhere], needs[1][elsewhere])


def test_both_engines_agree_under_every_shock(society: Make) -> None:
    shocks = [{"kind": kind, "month": 2 + k} for k, kind in enumerate(SHOCKS)]
    policy = [
        {"month": 3, "set": {"society.digital_training": 0.5}, "who": "Jeju", "over": 4},
        {"month": 5, "set": {"government.budget": 0.6}, "who": "Seoul"},
    ]
    digests = set()
    for engine in ("compiled", "agents"):
        model = society(
            "gov3", citizens=200, years=1, engine=engine, shocks=shocks, policy=policy
        )  # fmt: skip
        model.run()
        digests.add(fingerprint(model))
    assert len(digests) == 1


def test_one_government_sets_its_own_lever() -> None:
    """Seoul halves its revenue over ten months; the others keep theirs."""
    scenario = Scenario.load("gov2").but(
        society={"citizens": 300}, years=2,
        policy=[
            {"month": 5, "over": 10, "set": {"government.budget": 0.5}, "who": "Seoul"},
            {"month": 20, "set": {"society.digital_training": 0.3}},
        ],
    )  # fmt: skip
    model = GovernanceModel(scenario, rng=1, collect=False)
    seoul = model.record.names.index("Seoul")
    budgets, training = [], []
    while model.month < model.months:
        model.step()
        budgets.append(model.state.levers.budget.copy())
        training.append(model.state.levers.digital_training.copy())
    assert budgets[3][seoul] == 1.0
    assert budgets[4][seoul] == pytest.approx(0.95)
    assert budgets[13][seoul] == 0.5
    assert (np.delete(np.array(budgets), seoul, axis=1) == 1.0).all()
    assert (training[18] == 0.0).all()
    assert (training[19] == 0.3).all()


def test_policies_ramp_from_where_earlier_ones_led() -> None:
    scenario = Scenario.load("gov2").but(
        policy=[
            {"date": "1996-01", "over": 4, "set": {"trust.negativity": 1.5}, "why": "a test"},
            {"date": "1996-03", "set": {"trust.negativity": 4.0}},
        ]
    )
    values = [scenario.parameter_values(m)["trust.negativity"] for m in (12, 13, 14, 15, 40)]
    assert values == pytest.approx([2.5, 2.25, 2.0, 4.0, 4.0])
