"""A change of the profile costs money and, for a while, capacity; nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.declared import PARAMETERS
from sim.model import GovernanceModel
from sim.processes.change import ChangeParameters, capacity_lost
from sim.processes.keeping import MONEY

Make = Callable[..., GovernanceModel]
CHANGE, RESERVE, FUND = (MONEY.index(name) for name in ("change", "reserve", "fund"))
FREE = {"change.money": 0.0, "change.disruption": 0.0}


def _scheduled(society: Make, moves: list[dict[str, Any]], **changes: Any) -> GovernanceModel:
    model = society("gov1", years=4, transition={"mode": "scheduled", "moves": moves}, **changes)
    model.run()
    return model


def test_who_stays_pays_nothing(society: Make) -> None:
    model = society("gov2", years=4)
    model.run()
    assert not model.record.money[:, :, CHANGE].any()
    assert not model.state.governments.disrupted.any()


def test_a_move_is_paid_once_and_by_its_length(society: Make) -> None:
    """Twelve rows by two positions, at half a unit of money per citizen and position."""
    model = _scheduled(society, [{"date": "1997-01", "to": "gov3"}])
    paid = model.record.money[:, :-1, CHANGE].sum()
    assert paid == pytest.approx(0.5 * 24 * 500)
    assert np.count_nonzero(model.record.money[:, 0, CHANGE]) == 1


def test_without_a_price_nothing_changes(society: Make) -> None:
    model = _scheduled(society, [{"date": "1997-01", "to": "gov3"}], parameters=FREE)
    assert not model.record.money[:, :, CHANGE].any()
    assert not model.state.governments.disrupted.any()


def test_flipping_every_row_is_worse_than_staying(society: Make) -> None:
    """There and back every other month, against both ends, in needs met and in efficiency."""
    moves = [
        {"date": f"{year}-{month:02d}", "to": "gov3" if month % 2 else "gov1"}
        for year in range(1996, 1999)
        for month in range(1, 13)
    ]
    flipped = _scheduled(society, moves).record.national().iloc[-1]
    for end in ("gov1", "gov3"):
        stayed = society(end, years=4)
        stayed.run()
        reading = stayed.record.national().iloc[-1]
        assert flipped["needs_met"] < reading["needs_met"]
        assert flipped["efficiency"] < reading["efficiency"]


def test_lost_capacity_returns(society: Make) -> None:
    moved = _scheduled(society, [{"date": "1995-03", "to": "gov3"}])
    lost = [capacity for capacity in moved.record.state[:, 0, _capacity(moved)]]
    assert lost[2] < lost[1]
    assert lost[-1] > lost[2]
    assert moved.state.governments.disrupted[0] < 0.25 * (lost[1] - lost[2])


def _capacity(model: GovernanceModel) -> int:
    return model.record.state_columns.index("capacity")


def _declared(**changes: float) -> ChangeParameters:
    values = {field: PARAMETERS[f"change.{field}"].default for field in ChangeParameters._fields}
    return ChangeParameters(**values | changes)


@settings(deadline=None)
@given(st.floats(0.01, 1.0), st.floats(0.0, 24.0), st.floats(0.0, 24.0))
def test_two_moves_take_what_one_of_their_length_takes(
    capacity: float, first: float, second: float
) -> None:
    p = _declared()
    left = capacity - capacity_lost(capacity, first, p)
    left -= capacity_lost(left, second, p)
    assert left == pytest.approx(capacity - capacity_lost(capacity, first + second, p))
    assert 0.0 < left <= capacity


def test_a_reform_waits_for_money(society: Make) -> None:
    """Without a fund governments that would reform themselves stay where they are."""
    dear = {"finance.development": 0.0, "finance.reinvest": 0.0}
    free = {"change.money": 0.0}
    poor, given = (society("endogenous", years=10, parameters=dear | more) for more in ({}, free))
    poor.run()
    given.run()
    own = poor.record.journal["reform"]
    assert not (own == 1).any()
    assert (given.record.journal["reform"] == 1).any()
