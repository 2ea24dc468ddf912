"""A model that goes on under other plans for months to come is the one that is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import GovernanceModel, Scenario
from sim.errors import UserMistake
from sim.record import Record

YEARS, CITIZENS = 3, 200
LEVERS = st.sampled_from(["government.budget", "society.digital_training", "engagement.staff"])


def small(name: str, **changes: Any) -> Scenario:
    scenario = Scenario.load(name)
    return scenario.but(years=YEARS, society={"citizens": CITIZENS}, **changes)


def same(one: GovernanceModel, two: GovernanceModel) -> None:
    for read in (Record.national, Record.local, Record.costs):
        assert read(one.record).equals(read(two.record))
    assert len(one.record.national()) == 12 * YEARS
    assert one.record.dated == two.record.dated
    for mine, theirs in zip(one.state.citizens, two.state.citizens, strict=True):
        assert np.array_equal(mine, theirs)


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[int, str, dict[str, Any]]]:
    """Months between which something is added, in order."""
    months = draw(st.lists(st.integers(0, 12 * YEARS - 2), min_size=1, max_size=4, unique=True))
    found = []
    for month in sorted(months):
        kind = draw(st.sampled_from(["policy", "moves", "shocks"]))
        over = draw(st.sampled_from([0, 6]))
        entry: dict[str, Any] = {"month": month + 1}
        if kind == "policy":
            name = draw(LEVERS)
            entry |= {"set": {name: draw(st.sampled_from([0.1, 0.2]))}, "over": over}
        elif kind == "moves":
            rows = draw(st.sampled_from(["all", ["services"], ["goal", "role_of_citizen"]]))
            who = draw(st.sampled_from(["all", "Jeju"]))
            entry |= {"to": draw(st.sampled_from([0.5, "gov3"])), "rows": rows, "over": over}
            entry["who"] = who
        else:
            entry |= {"kind": draw(st.sampled_from(["fiscal", "emergency", "preference"]))}
        found.append((month, kind, entry))
    return found


def with_entry(scenario: Scenario, kind: str, entry: dict[str, Any]) -> Scenario:
    if kind == "moves":
        moves = [m.model_dump(exclude_none=True) for m in scenario.transition.moves]
        return scenario.but(transition={"mode": "scheduled", "moves": [*moves, entry]})
    before = [e.model_dump(exclude_none=True) for e in getattr(scenario, kind)]
    return scenario.but(**{kind: [*before, entry]})


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["gov1", "gov2", "now"]), edits(), st.integers(0, 5))
def test_going_on_is_beginning_anew(
    name: str, changes: list[tuple[int, str, dict[str, Any]]], seed: int
) -> None:
    scenario = small(name)
    model = scenario.model(seed=seed, collect=False)
    for month, kind, entry in changes:
        while model.month - model.before < month:
            model.step()
        scenario = with_entry(scenario, kind, entry)
        model.amend(scenario)
    model.run()
    same(model, _whole(scenario, seed))


def _whole(scenario: Scenario, seed: int) -> GovernanceModel:
    model = scenario.model(seed=seed, collect=False)
    model.run()
    return model


def test_what_was_taken_back_before_it_began_has_never_been() -> None:
    scenario = small("gov2")
    model = scenario.model(seed=1, collect=False)
    model.run(until=5)
    model.amend(with_entry(scenario, "shocks", {"month": 6, "kind": "fiscal"}))
    model.amend(scenario)
    model.run()
    same(model, _whole(scenario, 1))


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"policy": [{"month": 5, "set": {"government.budget": 0.5}}]}, "policy"),
        ({"shocks": [{"month": 1, "kind": "leader"}]}, "shocks"),
        ({"parameters": {"trust.negativity": 3.0}}, "parameters"),
        ({"society": {"citizens": 300}}, "society"),
        ({"years": 4}, "years"),
        ({"transition": {"mode": "endogenous"}}, "transition.mode"),
    ],
)
def test_another_past_is_refused(changed: dict[str, Any], key: str) -> None:
    scenario = small("gov2")
    model = scenario.model(seed=1, collect=False)
    model.run(until=5)
    with pytest.raises(UserMistake, match=rf"{key}: differs in months that are over"):
        model.amend(scenario.but(**changed))
    assert model.plan == scenario
