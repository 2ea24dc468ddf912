"""Founding a society: what is done in rows and by other orders is what is done one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.engine.columns import Array
from sim.engine.compiling import making_loop
from sim.engine.numbers import (
    exponential,
    exponentials_in_row,
    normal_quantile,
    quantiles_in_row,
)
from sim.model import GovernanceModel
from sim.processes.state import TIES, WINDOW, Citizens
from sim.scenario import Scenario
from sim.society import population
from sim.society.allotment import FEWEST_RESIDENTS
from sim.state import forget_founded
from tests.fingerprint import contents


@making_loop
def _in_rows(values: Array, chances: Array, normals: Array) -> None:
    bits = np.empty(values.shape[0], dtype=np.int64)
    exponentials_in_row(values, values.shape[0], bits, bits.view(np.float64))
    quantiles_in_row(chances, chances.shape[0], normals)


@settings(deadline=None)
@given(
    st.lists(st.floats(-1000, 1000), min_size=1, max_size=70),
    st.lists(st.floats(1e-12, 1 - 1e-12), min_size=1, max_size=70),
)
def test_rows_are_their_numbers_to_the_bit(values: list[float], chances: list[float]) -> None:
    row, luck = np.array(values), np.array(chances)
    normals = np.empty(len(luck))
    _in_rows(row, luck, normals)
    assert row.tolist() == [exponential(x) for x in values]
    assert normals.tolist() == [normal_quantile(p) for p in chances]


_FEW = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), min_size=8, max_size=60)


@settings(deadline=None)
@given(_FEW | st.lists(st.floats(0, 1, width=32), min_size=8, max_size=60))
def test_orders_are_those_of_a_stable_sort(values: list[float]) -> None:
    """Of equals the first comes first."""
    people = _people(len(values))
    people.skill[:] = values
    population._queue(people.skill.view(np.uint32), people.access_rank)
    falling = _ranks(-people.skill.astype(np.float64))
    assert (people.access_rank == (falling / len(values)).astype(np.float32)).all()
    status = np.array(values, dtype=np.float32) - np.float32(0.5)
    population._rank(status.view(np.uint32), people.rank)
    assert (people.rank == 256 * _ranks(status.astype(np.float64)) // len(status)).all()


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=60))
def test_neighbourhoods_are_those_of_a_stable_sort(values: list[float]) -> None:
    order = np.array(values) + 0.0
    status, shown = np.arange(len(values)) * 1.0, np.empty(len(values), dtype=np.float32)
    levels = population.no_levels(1)
    ends = np.array([0, len(values)])
    population._arrange(ends, order.view(np.int64), levels, status, shown, 0, 1)
    assert (status == np.argsort(order, kind="stable")).all()
    assert (shown == status).all()


def _people(count: int) -> Citizens:
    return population.make_room(Citizens, count, {"near_ties": 6, "far_ties": 2})


def _ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


@pytest.mark.parametrize("residents", [FEWEST_RESIDENTS, 2 * WINDOW, 2 * WINDOW + 2, 1500])
def test_neighbours_are_seen_round_the_end_of_the_place(residents: int) -> None:
    """Also where a place is smaller than the reach of ties, or larger than a block."""
    places = max(3, -(-100 // residents))
    society = {"citizens": places * residents, "place": "synthetic", "local_governments": places}
    plan = Scenario.load("gov3").but(years=1, society=society)
    models = []
    for engine in ("compiled", "agents"):
        model = GovernanceModel(plan, rng=3, engine=engine, collect=False)
        for _ in range(3 if residents > 100 else 12):
            model.step()
        models.append(contents(model))
    compiled, agents = models
    assert list(compiled) == list(agents)
    assert [name for name in compiled if not np.array_equal(compiled[name], agents[name])] == []


def test_nobody_is_tied_to_oneself_or_out_of_place() -> None:
    model = GovernanceModel("gov2", citizens=17 * FEWEST_RESIDENTS, rng=1, collect=False)
    people = model.state.citizens
    own = np.arange(len(people.home))
    tied = model.state.tied_to(own)
    assert tied.shape == (len(own), TIES)
    assert (tied != own[:, None]).all()
    assert (people.home[tied[:, :6]] == people.home[own][:, None]).all()
    assert tied.min() >= 0
    assert tied.max() < len(own)
    assert (np.array([citizen.tied for citizen in model.meet_citizens()]) == tied).all()


def test_founded_once_or_anew_makes_no_difference() -> None:
    """People are kept for the next scenario that meets them, and nobody can change those kept."""
    first = GovernanceModel("gov1", citizens=400, rng=7, collect=False)
    before = [column.copy() for column in first.state.citizens]
    first.run()
    second = GovernanceModel("gov3", citizens=400, rng=7, collect=False)
    forget_founded()
    anew = GovernanceModel("gov3", citizens=400, rng=7, collect=False)
    for kept, other, third in zip(before, second.state.citizens, anew.state.citizens, strict=True):
        assert np.array_equal(kept, other)
        assert np.array_equal(kept, third)
        assert not np.shares_memory(other, third)
