"""What outcomes say: nothing is won by turning people away, and no floor decides."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.engine.numbers import FIXED_SCALE
from sim.model import GovernanceModel
from sim.outcomes import PRICES_OF_TIME
from sim.processes import tally
from sim.processes.keeping import MONEY
from sim.processes.problems import poverty
from sim.processes.projects import share_of_new
from sim.record import Record

Make = Callable[..., GovernanceModel]
PARADIGMS = ("gov1", "gov2", "gov3")
BUDGETS = (1.0, 0.6, 0.3, 0.1, 0.0)
RUNNING = MONEY.index("running")


def _last(model: GovernanceModel, *names: str) -> list[float]:
    table = model.record.national()
    return [float(table[name].iloc[-1]) for name in names]


def _run(society: Make, name: str, **changes: object) -> GovernanceModel:
    model = society(name, **changes)
    model.run()
    return model


@pytest.mark.parametrize("paradigm", PARADIGMS)
def test_less_money_is_worse_in_order(society: Make, paradigm: str) -> None:
    """Needs met, efficiency and inclusion fall with every cut, and steeply."""
    found = [
        _last(
            _run(society, paradigm, years=8, parameters={"government.budget": budget}),
            "needs_met", "efficiency", "inclusion",
        )
        for budget in BUDGETS
    ]  # fmt: skip
    for readings in zip(*found, strict=True):
        assert all(more > less for more, less in pairwise(readings))
    met, efficiency, inclusion = zip(*found, strict=True)
    assert met[-1] == inclusion[-1] == 0.0
    assert efficiency[-1] < efficiency[0] - 10.0


@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_turning_people_away_never_raises_efficiency(society: Make, share: float) -> None:
    """Even if all that they would have cost is saved."""
    model = _run(society, "gov2")
    record = model.record
    before = record.national()
    p = model.parameters.service
    saved = record.tallies[:, :, tally.COUNTER_HANDLED] * share
    record.tallies[:, :, tally.MET] -= np.floor(saved).astype(np.int64)
    record.money[:, :-1, RUNNING] -= np.floor(saved) * (p.counter_cost + p.back_office_cost)
    after = record.national()
    for name in ("efficiency", *(f"efficiency_time_{price}" for price in PRICES_OF_TIME)):
        assert (after[name] <= before[name] + 1e-9).all(), name


def test_efficiency_hardly_hangs_on_how_much_tastes_differ(society: Make) -> None:
    """No budget suits people who differ: the loss that nobody can avoid is not the government's."""
    one, two = (
        _run(society, "gov2", years=6, parameters={"society.taste_spread": spread})
        for spread in (0.35, 0.7)
    )
    assert abs(_last(two, "fit")[0] - _last(one, "fit")[0]) > 0.05
    assert _last(two, "efficiency")[0] == pytest.approx(_last(one, "efficiency")[0], abs=0.6)


def test_the_price_of_time_is_told_at_three_values(society: Make) -> None:
    for price in PRICES_OF_TIME:
        model = _run(society, "gov3", parameters={"outcomes.value_of_time": float(price)})
        headline, told = _last(model, "efficiency", f"efficiency_time_{price}")
        assert headline == told


def _achieved(values: NDArray[np.float64], ranks: NDArray[np.uint8]) -> dict[str, float]:
    """The readings of people with such quality of services, heard, and of such ranks."""
    weights = np.array([poverty(rank) for rank in ranks], dtype=np.float64)
    total = np.zeros((1, tally.ENTRIES))
    total[0, tally.RANKED] = weights.sum() * FIXED_SCALE
    total[0, tally.EXPERIENCED] = values.sum() * FIXED_SCALE
    total[0, tally.QUALITY_RANKED] = (values * weights).sum() * FIXED_SCALE
    total[0, tally.FIT] = len(values) * FIXED_SCALE
    total[0, tally.FIT_RANKED] = weights.sum() * FIXED_SCALE
    found = Record._achievements(object.__new__(Record), total, float(len(values)))
    return {name: float(readings[0]) for name, readings in found.items()}


_QUALITY = st.lists(st.floats(0.0, 1.0), min_size=4, max_size=40)


@settings(deadline=None)
@given(_QUALITY, st.data())
def test_a_transfer_to_somebody_poorer_raises_inclusion(
    values: list[float], data: st.DataObject
) -> None:
    """The principle of transfers (Pigou 1912, Dalton 1920), by status."""
    quality = np.array(values) / 2.0 + 0.25
    ranks = (256 * np.arange(len(quality)) // len(quality)).astype(np.uint8)
    poor = data.draw(st.integers(0, len(quality) - 2))
    rich = data.draw(st.integers(poor + 1, len(quality) - 1))
    before = _achieved(quality, ranks)["inclusion"]
    quality[poor] += 0.1
    quality[rich] -= 0.1
    assert _achieved(quality, ranks)["inclusion"] > before


def test_inclusion_is_the_mean_less_what_concentration_takes() -> None:
    """Known answer: twice the covariance with the fractional rank, over the mean (Kakwani 1977)."""
    size = 256
    quality = np.linspace(0.2, 0.8, size) ** 2
    found = _achieved(quality, np.arange(size, dtype=np.uint8))
    rank = (np.arange(size) + 0.5) / size
    index = 2.0 * np.cov(quality, rank, bias=True)[0, 1] / quality.mean()
    assert found["service_concentration"] == pytest.approx(index)
    assert found["inclusion"] == pytest.approx(100.0 * np.sqrt(quality.mean() * (1.0 - index)))
    assert found["fit_concentration"] == pytest.approx(0.0)


def test_nobody_served_is_no_inclusion() -> None:
    assert _achieved(np.zeros(9), np.arange(9, dtype=np.uint8))["inclusion"] == 0.0


def test_silencing_the_top_third_does_not_raise_inclusion(society: Make) -> None:
    record = _run(society, "gov3").record
    before = record.national()["inclusion"]
    for entry in (tally.ACTIVE_HIGH, tally.HEARD_RANKED):
        record.tallies[:, :, entry] = 0
    assert (record.national()["inclusion"] <= before).all()


def test_system_government_renews_too(society: Make) -> None:
    assert _last(_run(society, "gov1", years=8, citizens=2000), "innovation")[0] > 0.0


def test_what_a_project_renews_is_new() -> None:
    assert share_of_new(0.0, 0.0, 0.5, 0.4) == 1.0
    assert share_of_new(0.0, 0.5, 0.5, 0.4) == pytest.approx(0.4)
    assert share_of_new(0.5, 0.5, 1.0, 0.0) == pytest.approx(0.75)
    assert share_of_new(0.3, 0.0, 0.0, 0.4) == 0.0


def test_new_services_grow_old(society: Make) -> None:
    """The sooner something counts as old, the fewer are new; the society is the same."""
    young = _run(society, "gov3", years=8, parameters={"market.novelty": 12.0})
    old = _run(society, "gov3", years=8, parameters={"market.novelty": 60.0})
    assert _last(young, "live_services") == _last(old, "live_services")
    assert _last(young, "new_functions")[0] < _last(old, "new_functions")[0]


def test_costs_by_item_are_all_costs(society: Make) -> None:
    money = _run(society, "gov3", years=4).record.money
    part = {name: money[:, :, place] for place, name in enumerate(MONEY)}
    items = ("services", "participation", "breaches", "training", "coordination", "problems")
    assert np.allclose(sum(part[name] for name in items), part["running"])
