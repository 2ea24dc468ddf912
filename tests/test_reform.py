"""Endogenous reform: gaps, thresholds, trials, copying, coercion, elections, and what emerges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.agents import LocalGovernment
from sim.declared import parameter_values
from sim.history import events
from sim.model import GovernanceModel
from sim.paradigms import FIGURE
from sim.processes import tally
from sim.processes.pressure import LEGITIMACY, PERFORMANCE, gaps, own_score
from sim.processes.pushes import ADVANCED, RETREATED
from sim.scenario import Scenario
from sim.society.places import nearest_tiles

Make = Callable[..., GovernanceModel]
CALM: dict[str, Any] = {
    "infrastructure": 0.5, "online_supply": 0.5, "cost_per_need": 13.0, "reference_cost": 17.7,
    "wait": 0.0, "fit": 0.9, "trust": 0.6, "voice": 0.0, "response_rate": 1.0,
    "weight_citizen": 0.0, "invitations": 0.0, "delay": 5.0, "budget": 1.0, "exposed": 0.0,
}  # fmt: skip


def _gaps(**changes: float) -> tuple[float, ...]:
    return tuple(gaps(*(CALM | changes).values(), parameter_values({}).reform))


def test_a_calm_government_feels_nothing() -> None:
    assert _gaps() == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("change", "felt"),
    [
        ({"infrastructure": 0.9}, 0),
        ({"cost_per_need": 17.7}, 1),
        ({"wait": 0.3}, 1),
        ({"fit": 0.6}, 2),
        ({"trust": 0.4}, 2),
        ({"voice": 0.2, "response_rate": 0.0}, 3),
        ({"weight_citizen": 0.6, "delay": 15.0}, 3),
        ({"budget": 0.5, "invitations": 0.3}, 3),
        ({"exposed": 0.1}, 3),
    ],
)
def test_each_gap_presses_where_it_should(change: dict[str, float], felt: int) -> None:
    pressures = _gaps(**change)
    assert pressures[felt] > 0
    assert int(np.argmax(pressures)) == felt


def test_a_government_judges_itself_by_its_goal() -> None:
    """The same deeds score differently: cheap for Gov1.0, connected for Gov2.0."""
    cheap = (12.0, 17.7, 0.1, 0.2, 0.6, 0.8)
    connected = (18.0, 17.7, 0.8, 0.8, 0.6, 0.8)
    cost, connectivity = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1)
    assert own_score(*cheap, *cost) > own_score(*connected, *cost)
    assert own_score(*connected, *connectivity) > own_score(*cheap, *connectivity)


def test_cost_is_judged_by_the_reference_of_the_scenario(society: Make) -> None:
    """Dear beside a low reference, cheap beside a high one, by rule and in the model."""
    assert _gaps(reference_cost=12.0)[PERFORMANCE] > _gaps()[PERFORMANCE] == 0.0
    rest = (0.1, 0.2, 0.6, 0.8, 0.8, 0.1, 0.1)
    assert own_score(15.0, 25.0, *rest) > own_score(15.0, 17.7, *rest)
    scores = []
    for reference in (10.0, 17.7, 30.0):
        model = society("endogenous", citizens=200, years=1)
        model._values["outcomes.reference_cost"] = reference
        model.step()
        scores.append(model.state.governments.score[:-1].mean())
        named = society("endogenous", parameters={"outcomes.reference_cost": reference})
        assert named.reference_cost == reference
    assert scores[0] < scores[1] < scores[2]


def _endogenous(
    society: Make, *, years: int = 15, citizens: int = 600, **changes: Any
) -> GovernanceModel:
    model = society("endogenous", years=years, citizens=citizens, **changes)
    model.run()
    return model


def test_nothing_moves_without_pressure(society: Make) -> None:
    still = {
        "reform.pressure_gain": 0.0, "reform.coercion": 0.0, "reform.election_chance": 0.0,
        "reform.coercion_step": 0.0,
    }  # fmt: skip
    model = _endogenous(society, parameters=still)
    assert (model.record.profiles == 0.0).all()
    kinds = set(events(model.record)["event"])
    assert not kinds & {"reform", "failed reform", "reversal", "coercion", "follows"}


def test_profiles_stay_on_the_figure(society: Make) -> None:
    model = _endogenous(society, parameters={"reform.pressure_gain": 0.5, "reform.step": 1.0})
    assert model.record.profiles.min() >= 0.0
    assert model.record.profiles.max() <= FIGURE.last_position


def test_every_move_has_its_event(society: Make) -> None:
    """Positions change in exactly the months and places in which an event says so."""
    model = _endogenous(society)
    profiles = model.record.profiles[:, :-1]
    start = np.zeros_like(profiles[:1])
    moved = (np.diff(np.concatenate([start, profiles]), axis=0) != 0).any(axis=2)
    told = np.isin(model.record.reforms[:, :, 0], (1, 3, 4, 5))
    journal = model.record.journal
    pushed = (journal["pushed"] != journal["reformed"])[:, : told.shape[1]].any(axis=2)
    assert moved.any()
    assert not (moved & ~told & ~pushed).any()


def test_a_failing_reform_is_reversed_and_restores_the_profile(society: Make) -> None:
    model = _endogenous(
        society, years=20,
        parameters={"reform.reversal_loss": 0.0, "reform.reversal_chance": 1.0,
                    "reform.coercion": 0.0, "reform.election_chance": 0.0},
    )  # fmt: skip
    table = events(model.record)
    reversals = table[table["event"] == "reversal"]
    assert len(reversals)
    for _, row in reversals.iterrows():
        place = model.record.names.index(row["local_government"])
        own = table[table["local_government"] == row["local_government"]]
        earlier = own[(own["event"] == "reform") & (own["month"] < row["month"])]
        began = int(earlier["month"].iloc[-1])
        assert row["month"] - began == 24
        before = model.record.profiles[began - 2, place]
        assert np.array_equal(model.record.profiles[row["month"] - 1, place], before)


def test_a_pressure_without_rows_to_move_lets_the_next_one_pass(society: Make) -> None:
    """At Gov2.0 in all rows performance has nothing left to ask for; legitimacy has."""
    model = society("endogenous_from_gov2", years=1, citizens=300)
    office, columns = next(iter(model.agents_by_type[LocalGovernment])), model.state.governments
    columns.pressure[0] = (0.0, 9.0, 2.0, 0.0)
    office.consider_reform()
    assert columns.reform_cause[0] == LEGITIMACY
    assert columns.pressure[0, PERFORMANCE] == 9.0
    model.state.profiles[0], columns.trial[0] = 0.5, 0.0
    office.consider_reform()
    assert columns.reform_cause[0] == PERFORMANCE


def test_voters_punish_only_where_trust_fell(society: Make) -> None:
    model = society("endogenous_from_gov2", years=9, citizens=600,
                    parameters={"reform.election_chance": 1.0, "reform.pressure_gain": 0.0,
                                "reform.coercion": 0.0, "reform.election_interval": 36.0,
                                "reform.election_noise": 0.0, "reform.election_calm": 0.0,
                                "trust.climate_spread": 0.0,
                                "government.budget": 0.5})  # fmt: skip
    model.run()
    trust = model.record.tallies[:, :, tally.TRUST_LOCAL]
    table = events(model.record)
    lost = table[(table["event"] == "election") & (table["rows"] != "")]
    assert len(lost)
    assert set(lost["month"]) <= {72, 108}
    punished = set(lost.loc[lost["month"] == 72, "local_government"])
    fell = trust[71] < trust[35]
    assert 0 < len(punished) < len(model.record.names)
    assert punished == {name for g, name in enumerate(model.record.names) if fell[g]}


def test_elections_turn_either_way(society: Make) -> None:
    """At the base budget as likely up as down; only the rows of participation move."""
    model = society("endogenous_from_gov2", years=20, citizens=500,
                    parameters={"reform.election_chance": 1.0, "reform.election_calm": 1.0,
                                "reform.pressure_gain": 0.0, "reform.coercion": 0.0,
                                "reform.election_interval": 12.0})  # fmt: skip
    model.run()
    turns = model.record.journal["election"]
    down, up = (turns == RETREATED).sum(), (turns == ADVANCED).sum()
    assert 0.35 < up / (up + down) < 0.65
    moved = (model.record.profiles[-1, :-1] != 1.0).any(axis=0)
    participatory = {FIGURE.rows[row].id for row in FIGURE.group("participation")}
    assert {FIGURE.rows[row].id for row in np.flatnonzero(moved)} == participatory


def test_a_shock_opens_a_window(society: Make) -> None:
    """Under half the threshold a reform comes only in the two years after a shock."""
    model = society("endogenous", years=1, citizens=300)
    office, columns = next(iter(model.agents_by_type[LocalGovernment])), model.state.governments
    columns.pressure[0] = (0.7, 0.0, 0.0, 0.0)
    office.consider_reform()
    assert columns.pressure[0, 0] == 0.7
    columns.window[0] = 1.0
    office.consider_reform()
    assert columns.pressure[0, 0] == columns.window[0] == 0.0


def test_a_window_closes_while_a_reform_is_on_trial(society: Make) -> None:
    model = society("endogenous", years=1, citizens=300)
    office, columns = next(iter(model.agents_by_type[LocalGovernment])), model.state.governments
    columns.window[0], columns.trial[0] = 3.0, 9.0
    office.consider_reform()
    assert columns.window[0] == 2.0


def test_only_shocks_open_windows(society: Make) -> None:
    calm = society("endogenous", years=2)
    calm.run()
    assert not calm.state.governments.window.any()
    struck = society(
        "endogenous", years=2, shocks=[{"kind": "fiscal", "date": "1996-01", "size": 0.1}]
    )
    struck.run()
    assert (struck.state.governments.window[:-1] > 0.0).all()


def test_coercion_moves_both_ways(society: Make) -> None:
    """A government ahead of the model is pushed back, one behind it is pushed forward."""
    moves = []
    for start, model_of_others in ((2.0, "gov1"), (0.0, "gov3")):
        scenario = Scenario.load("endogenous").but(
            society={"citizens": 500}, years=3, governance=model_of_others,
            parameters={"reform.pressure_gain": 0.0, "reform.coercion": 1.0,
                        "reform.election_chance": 0.0},
            cells={"mandate": {"gov1": 0.2, "gov2": 0.2, "gov3": 0.2}},
        )  # fmt: skip
        model = GovernanceModel(scenario, rng=1, collect=False)
        model.state.profiles[0] = start
        model.run()
        moves.append(model.record.profiles[-1, 0].mean() - start)
    assert moves[0] < 0 < moves[1]


def test_service_rows_move_before_decision_rows(society: Make) -> None:
    """Pattern 14: rows 1 to 4 and 9 are ahead of 5 and 10 for over 70 % of the transition."""
    ahead = []
    for seed in (1, 2, 3):
        record = _endogenous(society, years=20, citizens=1000, seed=seed).record
        rows = record.profiles[:, :-1].mean(axis=1)
        started = rows.mean(axis=1) > 0.05
        service, decision = rows[:, [0, 1, 2, 3, 8]].mean(axis=1), rows[:, [4, 9]].mean(axis=1)
        ahead.append((service > decision)[started].mean())
    assert np.mean(ahead) > 0.7


def test_the_nearest_government_is_next_door() -> None:
    from sim.society.places import find_place

    place = find_place("korea")
    names = [local.name for local in place.local_governments]
    nearest = {name: names[row] for name, row in zip(names, nearest_tiles(place), strict=True)}
    assert nearest["Incheon"] == "Seoul"
    assert nearest["Jeju"] == "Jeonnam"


def test_events_of_projects_and_breaches(society: Make) -> None:
    model = society("gov3", years=5, citizens=600)
    model.run()
    table = events(model.record)
    assert set(table["event"]) >= {"project failed", "project partly succeeded", "data breach"}
    ran = table["event"].str.startswith("project")
    assert (table.loc[ran, "cost"] > 0).all()
    assert list(table["month"]) == sorted(table["month"])
