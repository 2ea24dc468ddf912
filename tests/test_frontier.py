"""The frontier abroad: what is read, what is copied, and that nothing leads beyond it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.declared import parameter_values
from sim.model import GovernanceModel
from sim.paradigms import FIGURE, INDICES
from sim.processes.copying import MODELS
from sim.processes.frontier import COPIED_ABROAD, news, position_abroad
from sim.record import Record
from sim.society.abroad import leaders, observed, path_abroad, rising_throughout

Make = Callable[..., GovernanceModel]
POSITION = st.floats(0.0, 2.0)
FLAT = {"frontier.observed": 0.0}
FALLING: dict[str, Any] = {
    "parameters": FLAT | {"frontier.level": 1.0},
    "policy": [{"month": 2, "over": 120, "set": {"frontier.level": 0.0}}],
}
SERVICES = FIGURE.group("services")


def test_what_was_published_is_read() -> None:
    years = observed()
    assert min(years) == 2003
    assert max(years) == 2024
    assert len(years) == 12
    assert {values.shape for values in years.values()} == {(19, len(INDICES))}


def test_the_frontier_rises_throughout_from_nothing() -> None:
    path = path_abroad(480, (1995, 1))
    assert path.shape == (481, len(INDICES))
    assert (path[0] == 0.0).all()
    assert (np.diff(path, axis=0) >= 0.0).all()
    assert path[-1] == pytest.approx(leaders()[-1][1])
    assert 0.9 < path[-1].min() <= path[-1].max() < 1.0


def test_months_are_counted_from_the_start() -> None:
    late, early = path_abroad(12, (2010, 1)), path_abroad(15 * 12 + 12, (1995, 1))
    assert late == pytest.approx(early[15 * 12 :])


def test_pools_keep_the_mean() -> None:
    assert rising_throughout([1.0, 3.0, 2.0, 4.0]) == [1.0, 2.5, 2.5, 4.0]
    assert rising_throughout([3.0, 2.0, 1.0]) == [2.0, 2.0, 2.0]
    assert rising_throughout([0.1, 0.2]) == [0.1, 0.2]


@given(position=POSITION, seen=POSITION, own=POSITION)
def test_news_goes_towards_abroad_and_never_beyond(
    position: float, seen: float, own: float
) -> None:
    way = float(news(position, seen, own))
    assert abs(way) <= abs(position - seen)
    assert min(own, position) - 1e-12 <= own + way <= max(own, position) + 1e-12
    if position == seen:
        assert way == 0.0


def test_rows_follow_what_the_figure_says() -> None:
    f = parameter_values({}).frontier
    abroad = np.array([[0.8, 0.4]])
    positions = [float(position_abroad(row, abroad, 7, f)) for row in range(len(FIGURE.rows))]
    for row, position in zip(FIGURE.rows, positions, strict=True):
        expected = {"online_service": 1.2, "e_participation": 0.52, "": -1.0}[row.abroad]
        assert position == pytest.approx(expected)
    assert MODELS[COPIED_ABROAD] == "abroad"


def _profiles(society: Make, **changes: Any) -> Record:
    model = society("endogenous", years=20, citizens=600, **changes)
    model.run()
    return model.record


def test_a_flat_frontier_adds_nothing(society: Make) -> None:
    """However high it is and however often governments look at it, to the last bit."""
    low = {"frontier.level": 0.0, "frontier.copying": 0.0, "frontier.services": 1.0}
    high = {"frontier.level": 1.0, "frontier.copying": 0.5, "frontier.services": 2.0}
    one, other = (_profiles(society, parameters=FLAT | values) for values in (low, high))
    assert (one.profiles == other.profiles).all()
    assert one.national().equals(other.national())
    assert not (one.reforms[:, :, 2] == COPIED_ABROAD).any()


def test_a_falling_frontier_pulls_rows_down(society: Make) -> None:
    """From Gov2.0: rows of services end lower than under a flat one, and copies go down alone."""
    ends = []
    for changes in ({"parameters": FLAT}, FALLING):
        found = [_profiles(society, governance="gov2", seed=seed, **changes) for seed in (1, 2, 3)]
        ends.append(np.mean([r.profiles[-1, :-1][:, SERVICES].mean() for r in found]))
        for record in found:
            _only_down(record)
    assert ends[1] < ends[0] - 0.1


def _only_down(record: Record) -> None:
    count = record.profiles.shape[1] - 1
    before = np.concatenate([record.start_profiles[None, :-1], record.profiles[:-1, :-1]])
    copied = (record.journal["reform"][:, :count] == 1) & (
        record.reforms[:, :count, 2] == COPIED_ABROAD
    )
    moved = (record.journal["reformed"][:, :count] - before)[copied]
    assert (moved <= 0.0).all()


def _forty_years(society: Make, replicates: int, **values: float) -> list[Record]:
    records = []
    for seed in range(100, 100 + replicates):
        model = society("endogenous", years=40, citizens=2_000, seed=seed, parameters=values)
        model.run()
        records.append(model.record)
    return records


@pytest.mark.slow
def test_services_pass_gov2_where_the_frontier_does(society: Make) -> None:
    """From Gov1.0 they stand further on where more is copied from abroad."""
    ends = [
        np.mean(
            [r.profiles[-1, :-1][:, SERVICES].mean() for r in _forty_years(society, 4, **values)]
        )
        for values in (FLAT, {"frontier.copying": 0.5})
    ]
    assert ends[1] > max(ends[0], 1.0)


@pytest.mark.slow
def test_nothing_makes_governments_arrive(society: Make) -> None:
    """Of 102 from Gov1.0 most pass Gov2.0 with their services in forty years, hardly one in all.

    Of reforms 5 to 30 % leap, and as many take a row beyond Gov2.0 before services are there.
    """
    records = _forty_years(society, 6)
    ends = np.concatenate([r.profiles[-1, :-1] for r in records])
    nearest = np.abs(ends[:, None] - np.arange(3)[:, None]).mean(axis=2).argmin(axis=1)
    assert len(ends) == 102
    assert (ends[:, SERVICES].mean(axis=1) > 1.0).mean() > 0.4
    assert (nearest == 2).mean() < 0.1
    leaps, early = np.mean([_oddities(record) for record in records], axis=0)
    assert 0.05 < leaps < 0.3
    assert 0.05 < early < 0.3


def _oddities(record: Record) -> tuple[float, float]:
    """Shares of reforms that leap, and that are out of order."""
    count = record.profiles.shape[1] - 1
    before = np.concatenate([record.start_profiles[None, :-1], record.profiles[:-1, :-1]])
    after = record.journal["reformed"][:, :count]
    reformed = record.journal["reform"][:, :count] == 1
    leaps = (np.abs(after - before) >= 1.0 - 1e-9).any(axis=2)
    early = ((after > before) & (after > 1.0)).any(axis=2)
    early &= before[:, :, SERVICES].mean(axis=2) < 1.0
    return float(leaps[reformed].mean()), float(early[reformed].mean())


@pytest.mark.slow
def test_where_the_paths_of_the_indices_are_hit_and_missed(society: Make) -> None:
    """Within what nineteen countries span: services 4 editions of 12, participation the first 6.

    The model's reforms are slow against them throughout: its pace (`reform.pressure_gain`) is free
    and was not set by this.
    """
    records = _forty_years(society, 6)
    services, voice = (np.flatnonzero(FIGURE.abroad() == index) for index in (0, 1))
    f = parameter_values({}).frontier
    hits = [0, 0]
    for year, values in observed().items():
        month = 12 * (year - 1995) + 5
        for index, (rows, top) in enumerate(((services, f.services), (voice, f.participation))):
            at = np.mean([r.profiles[month, :-1][:, rows].mean() for r in records]) / top
            hits[index] += int(values[:, index].min() <= at <= values[:, index].max())
            assert at < values[:, index].mean()
    assert 3 <= hits[0] <= 6
    assert 5 <= hits[1] <= 7


def test_what_stands_abroad_at_the_beginning_is_no_news(society: Make) -> None:
    """A government begins to look when it begins to reform itself."""
    model = society("endogenous", years=1, start="2020-01")
    model.step()
    seen = model.state.governments.abroad_seen[:-1]
    follows = FIGURE.abroad() >= 0
    f = model.parameters.frontier
    for row in map(int, np.flatnonzero(follows)):
        assert seen[:, row] == pytest.approx(float(position_abroad(row, model.abroad, 1, f)))
    assert (seen[:, ~follows] == -1.0).all()
