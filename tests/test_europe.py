"""Countries as they were: when they set out, and what firms would do by the rules of citizens."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sim.evidence.plans import first_plan
from sim.model import GovernanceModel
from sim.questions.europe import as_it_was
from sim.questions.evidence.asked import countries
from sim.scenario import Scenario
from tests.studies import probed

ONLINE = 0.94


@pytest.fixture(scope="module", autouse=True)
def firms() -> Iterator[ModuleType]:
    with probed("firms") as (found,):
        assert found.ONLINE == ONLINE
        yield found


def test_plans_are_those_of_members_candidates_and_others() -> None:
    assert first_plan("SWE").adopted == "2000-06"
    assert first_plan("EST").adopted == "2001-06"
    assert first_plan("HRV").name == "e-Croatia 2007"
    assert first_plan("SRB").adopted == "2002-10"
    assert not [code for code in countries() if first_plan(code).adopted == "2002-10"]


def test_a_country_becomes_e_government_when_its_plan_is_adopted() -> None:
    model = as_it_was("SWE", years=8, citizens=200).model()
    model.run()
    profile = model.record.national().set_index("month")["profile_mean"]
    assert profile.loc[:65].max() == 0.0
    assert np.allclose(profile.loc[67:], 1.0)


def _run(firms: ModuleType, **parameters: float) -> Any:
    dotted = {name.replace("__", "."): value for name, value in parameters.items()}
    plan = Scenario.load("gov2").but(
        years=6, society={"citizens": 300, "place": "europe:SWE"}, parameters=dotted
    )
    model = firms.Firms(plan, rng=1)
    model.run()
    return model


def _use(model: GovernanceModel) -> float:
    return float(model.record.national()["firms_use"].iloc[-1])


def test_who_needs_information_alone_finds_it_in_the_first_month(firms: ModuleType) -> None:
    assert _use(_run(firms, service__information_share=1.0)) == pytest.approx(100.0 * ONLINE)


def test_who_needs_no_information_and_does_not_care_hardly_uses_anything(firms: ModuleType) -> None:
    shy = {"service.information_share": 0.0, "service.choice_intercept": -3.0,
           "service.usefulness": 0.0, "service.trust_weight": 0.0}  # fmt: skip
    named = {name.replace(".", "__"): value for name, value in shy.items()}
    low, high = (
        _use(_run(firms, **(named | {"service__choice_intercept": at}))) for at in (-3.0, 2.0)
    )
    assert 0.0 < low < 0.6 * high
    assert high > 0.95 * 100.0 * ONLINE


def test_shares_of_endless_firms_are_those_of_many_firms(firms: ModuleType) -> None:
    """A hundred thousand firms that draw, against shares that do not, in the last twelve months."""
    model = _run(firms, service__information_share=0.02)
    luck = np.random.Generator(np.random.Philox(5))
    reconsider = model.parameters.service.reconsider
    residents = model.state.governments.residents[:-1]
    shares = []
    for g in range(len(residents)):
        digital = luck.random(100_000) < model._seen[0][0][g]
        used = np.zeros(100_000, dtype=np.bool_)
        for _, chance, at_counter, online in model._seen:
            used |= luck.random(100_000) < np.where(digital, online[g], at_counter[g])
            asked = luck.random(100_000) < reconsider
            digital = np.where(asked, luck.random(100_000) < chance[g], digital)
        shares.append(used.mean())
    found = np.average(shares, weights=residents)
    assert _use(model) == pytest.approx(100.0 * ONLINE * found, abs=0.3)
