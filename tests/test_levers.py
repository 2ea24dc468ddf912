"""Priced levers of one government: engagement staff and open data. Money closes, 0 is nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.model import GovernanceModel
from sim.processes.engagement import EngagementParameters, bought_staff
from sim.processes.keeping import MONEY
from sim.processes.open_data import OpenDataParameters, opened_share
from sim.processes.participation import response_rate
from sim.record import Record
from sim.scenario import Scenario

Make = Callable[..., GovernanceModel]
PRICED = ("engagement.staff", "open_data.spend")
COLUMN = {"engagement.staff": "engagement", "open_data.spend": "open_data"}


def _run(society: Make, values: Mapping[str, float], **changes: Any) -> GovernanceModel:
    name = changes.pop("name", "gov3")
    model = society(name, citizens=600, years=5, parameters=dict(values), **changes)
    model.run()
    return model


def _spent(record: Record, name: str) -> Any:
    return record.money[:, :-1, MONEY.index(name)]


@pytest.mark.parametrize("name", PRICED)
def test_what_is_set_is_what_is_paid(society: Make, name: str) -> None:
    """Money per citizen and year, as far as running costs are covered, out of running money."""
    model = _run(society, {name: 1.2, "finance.revenue_per_need": 30.0})
    paid = _spent(model.record, COLUMN[name])
    residents = model.state.governments.residents[:-1]
    assert paid[-12:] == pytest.approx(np.tile(0.1 * residents, (12, 1)), rel=1e-6)
    items = ("services", "participation", "breaches", "training", "coordination", "problems",
             "engagement", "open_data")  # fmt: skip
    total = sum(_spent(model.record, item) for item in items)
    assert total == pytest.approx(_spent(model.record, "running"))


@pytest.mark.parametrize("budget", [0.0, 0.6, 1.0])
def test_the_ledger_closes_with_both(society: Make, budget: float) -> None:
    """Each month: what is there before, and comes in, is what goes out and is there after."""
    values = {name: 3.0 for name in PRICED} | {
        "society.digital_training": 0.3, "government.budget": budget,
    }  # fmt: skip
    model = society("gov3", citizens=600, years=5, parameters=values)
    ledger = model.state.ledger
    for _ in range(60):
        before = (ledger.reserve + ledger.fund).copy()
        model.step()
        flows = (
            ledger.collected + ledger.granted + ledger.matched - ledger.running - ledger.projects
            - ledger.change - ledger.overhead - ledger.lapsed
        )  # fmt: skip
        assert ledger.reserve + ledger.fund == pytest.approx(before + flows, abs=1e-6)


def test_without_money_nothing_is_bought(society: Make) -> None:
    """At budget 0 the levers pay for next to nothing, and open next to nothing."""
    model = _run(society, {name: 5.0 for name in PRICED} | {"government.budget": 0.0})
    without = _run(society, {"government.budget": 0.0})
    residents = model.state.governments.residents[:-1].sum()
    for column in COLUMN.values():
        assert _spent(model.record, column)[24:].sum() / residents < 0.05
    assert model.outcome("needs_met") < 5.0
    assert without.outcome("needs_met") < 5.0


@pytest.mark.parametrize("name", PRICED)
def test_at_0_a_price_moves_nothing(society: Make, name: str) -> None:
    prices = {"engagement.staff": "engagement.answer_price", "open_data.spend": "open_data.price"}
    runs = [
        _run(society, {name: 0.0, prices[name]: price}).record.national() for price in (5.0, 12.0)
    ]
    assert runs[0].equals(runs[1])


def test_staff_answers_and_costs(society: Make) -> None:
    """More are answered, by the ways of the figure's own staff, and it has its price."""
    usual, more = (_run(society, values) for values in ({}, {"engagement.staff": 2.0}))
    assert more.state.offer.response_rate.mean() > usual.state.offer.response_rate.mean()
    heard = [m.record.national()["voice_heard"].mean() for m in (usual, more)]
    assert heard[1] > heard[0]
    assert more.outcome("cost_per_citizen") > usual.outcome("cost_per_citizen")


def test_bought_staff_answers_as_far_as_those_in_charge_want(society: Make) -> None:
    """Under Gov1.0, whose citizens have no weight, half as much and less than under Gov3.0."""
    model = society("gov1", citizens=600, years=2)
    v, e = model.parameters.participation, model.parameters.engagement
    bought = bought_staff(1.0, v.answer_capacity, e)
    unwilling, willing = (
        response_rate(0.05, bought, 0.0, 0.5, weight, 0.0, 0.0, v) for weight in (0.0, 0.6)
    )
    assert unwilling == pytest.approx(0.3 * willing)


def test_open_data_opens_what_is_closed(society: Make) -> None:
    usual, more = (_run(society, values) for values in ({}, {"open_data.spend": 2.0}))
    before, after = (m.state.governments.openness[:-1] for m in (usual, more))
    assert (after >= before).all()
    assert after.mean() > before.mean() + 0.1
    assert after.max() < 1.0


def test_one_government_pays_for_itself(society: Make) -> None:
    policy = [{"month": 13, "who": "Busan", "set": dict.fromkeys(PRICED, 2.0)}]
    model = society("gov3", citizens=600, years=3, policy=policy)
    model.run()
    for column in COLUMN.values():
        paid = _spent(model.record, column)
        assert paid[:12].sum() == 0.0
        assert (paid[13:, 1] > 0.0).all()
        assert np.delete(paid, 1, axis=1).sum() == 0.0


@pytest.mark.parametrize("name", PRICED)
def test_nobody_of_that_name(name: str) -> None:
    policy = [{"month": 2, "who": "Atlantis", "set": {name: 1.0}}]
    with pytest.raises(ScenarioError, match="no government is called 'Atlantis' here"):
        Scenario.load("gov2").but(policy=policy)


@pytest.mark.parametrize("name", PRICED)
def test_of_two_layers_the_later_one_holds(name: str) -> None:
    """A scenario above another replaces its policy whole; within one the later change holds."""
    below = Scenario.load("gov2").but(policy=[{"month": 2, "set": {name: 1.0}}])
    above = below.but(policy=[{"month": 2, "who": "Seoul", "set": {name: 3.0}}])
    names = ("Seoul", "Busan")
    assert above.lever_values(2, names)[name.partition(".")[2]].tolist() == [3.0, 0.0, 0.0]
    both = below.but(policy=[
        {"month": 2, "set": {name: 1.0}}, {"month": 2, "who": "Seoul", "set": {name: 3.0}},
    ])  # fmt: skip
    assert both.lever_values(2, names)[name.partition(".")[2]].tolist() == [3.0, 1.0, 1.0]
    set_below = Scenario.load("gov2").but(parameters={name: 2.0}).but(parameters={name: 4.0})
    assert set_below.lever_values(0, names)[name.partition(".")[2]].tolist() == [4.0] * 3


def test_prices() -> None:
    e = EngagementParameters(0.0, 10.0)
    assert bought_staff(12.0, 0.05, e) == pytest.approx(2.0)
    o = OpenDataParameters(0.0, 10.0)
    assert opened_share(12.0, o) == pytest.approx(0.1)
    assert opened_share(1200.0, o) == 1.0
