"""More citizens in some places: who stands for how many people, and that nothing else shifts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import Scenario
from sim.errors import UserMistake
from sim.groups import SUMS, live_last_year, seats
from sim.model import Engine, GovernanceModel
from sim.processes.accounts import found_treasury
from sim.processes.keeping import MONEY
from sim.questions.comparison.focus import focus_lines
from sim.questions.comparison.places import places_told, with_citizens_in
from sim.questions.comparison.residents import people_each, residents, small_places, too_few
from sim.questions.comparison.run import run
from sim.scenario.starting import starting_facts
from sim.society.allotment import allot, quantiles, share_out
from sim.society.own_places import read_place
from tests.fingerprint import fingerprint

PLACES = """name,population,own_revenue_share,baseline_trust,status,skill
Alba,500000,0.5,0.6,0.2,0.6
Brod,300000,0.4,0.5,0,0.5
Cove,160000,0.3,0.5,0,0.5
Dell,40000,0.1,0.15,-1.5,0.2
"""
CITIZENS = 1000


@pytest.fixture
def place(tmp_path: Path) -> str:
    path = tmp_path / "own.csv"
    path.write_text(PLACES)
    return str(path)


def plan(place: str, more: dict[str, int] | None = None, *, years: int = 2) -> Scenario:
    """Four places; Dell is small, poor, and trusts nobody."""
    society = {"place": place, "citizens": CITIZENS, "entrepreneurs": 8}
    if more:
        society["citizens_in"] = more
    return Scenario.load("gov2").but(society=society, years=years)


def lived(scenario: Scenario, seed: int = 1, engine: Engine = "compiled") -> GovernanceModel:
    """The model after its last month."""
    model = GovernanceModel(scenario, rng=seed, collect=False, engine=engine)
    model.run()
    return model


# Who stands for whom.


def test_citizens_times_weights_are_as_many_as_were_asked_for(place: str) -> None:
    rows = read_place(place)
    plain = allot(CITIZENS, rows, {})
    assert plain.is_even
    assert plain.residents.tolist() == share_out(CITIZENS, [p.population for p in rows]).tolist()
    more = allot(CITIZENS, rows, {"Dell": 800})
    assert more.residents.tolist() == [500, 300, 160, 800]
    assert more.weights == pytest.approx([1.0, 1.0, 1.0, 0.05])
    everywhere = allot(CITIZENS, rows, {"Alba": 600, "Brod": 600, "Cove": 600, "Dell": 600})
    assert (everywhere.residents * everywhere.weights).sum() == pytest.approx(CITIZENS)
    assert everywhere.weights.tolist() == pytest.approx([5 / 6, 0.5, 1.6 / 6, 0.4 / 6])
    assert allot(CITIZENS, rows, {"Dell": 9}).residents.tolist() == [500, 300, 160, 40]


def test_a_place_of_one_person_counts_for_one(tmp_path: Path) -> None:
    path = tmp_path / "tiny.csv"
    path.write_text("name,population\nMany,999999\nOne,1\n")
    allotted = allot(CITIZENS, read_place(str(path)), {"One": 500})
    assert allotted.residents.tolist() == [992, 500]
    assert allotted.weights * allotted.residents == pytest.approx([999.999, 0.001])
    scenario = Scenario.load("gov2").but(
        society={"place": str(path), "citizens": CITIZENS, "citizens_in": {"One": 500}}, years=1
    )
    record = lived(scenario).record
    alone, nation = record.readings([0]), record.readings([0, 1])
    for name in ("trust", "needs_met", "participation_breadth", "cost_per_citizen"):
        assert nation[name] == pytest.approx(alone[name], rel=1e-3), name


def test_shares_of_people_before_each_citizen() -> None:
    values = np.array([3.0, 1.0, 2.0, 1.0], dtype=np.float32)
    assert quantiles(values, np.array([1.0, 2.0, 4.0, 1.0])).tolist() == [0.875, 0.0, 0.375, 0.25]


def test_orders_of_people_do_not_move_with_the_number_simulated(place: str) -> None:
    found = []
    for more in ({}, {"Dell": 3000}):
        model = GovernanceModel(
            plan(place, more).but(society={"citizens": 20_000}), rng=1, collect=False
        )
        people, weights = model.state.citizens, model.record.weights
        own = weights[people.home] / (weights * model.record.residents).sum()
        dell = people.home == 3
        found.append([
            own[people.rank < 85].sum(), own[people.rank >= 171].sum(),
            own[people.access_rank < 0.4].sum(), own[people.far[:, 0] >= np.argmax(dell)].sum(),
            people.rank[dell].mean(), people.access_rank[dell].mean(), people.skill[dell].mean(),
        ])  # fmt: skip
        assert not (people.far == np.arange(len(people.home))[:, None]).any()
        assert people.far.max() < len(people.home)
        into = np.mean(people.home[people.far] == 3)
        assert into == pytest.approx(0.04, abs=0.006)
    plain, more_ = found
    assert more_[:4] == pytest.approx([85 / 256, 85 / 256, 0.4, 0.04], abs=0.01)
    assert more_[4] == pytest.approx(plain[4], rel=0.1)
    assert more_[5:] == pytest.approx(plain[5:], abs=0.03)


# What is read of all.

_SEEDS = 24
READ = ("trust", "needs_met", "participation_breadth", "voice_heard", "digital_use", "inclusion",
        "cost_per_citizen", "citizen_hours", "allocative_efficiency", "problem_backlog",
        "problems_solved", "service_concentration", "online_share", "trust_sd")  # fmt: skip


def test_national_readings_are_those_of_a_proportional_society(place: str) -> None:
    """Known answer, within luck: the climate of trust is shared, citizens are not."""
    apart, alike = [], []
    for seed in range(_SEEDS):
        plain = lived(plan(place), seed).record.national().iloc[-1][list(READ)]
        record = lived(plan(place, {"Dell": 1500}), seed).record
        apart.append(record.national().iloc[-1][list(READ)] - plain)
        record.weights = np.ones(4)
        alike.append(record.national().iloc[-1][list(READ)] - plain)
    weighted, unweighted = (pd.DataFrame(rows).astype(float) for rows in (apart, alike))
    off, wrong = (one.mean() / (one.std() / _SEEDS**0.5) for one in (weighted, unweighted))
    assert off.abs().max() < 4.0, off.round(2).to_dict()
    # Where every citizen counts alike the same test fails.
    assert wrong["trust"] < -20.0
    assert (wrong.abs() > 4.0).sum() >= 5


def test_groups_of_people_add_up_to_the_nation(place: str) -> None:
    model = GovernanceModel(plan(place, {"Dell": 1500}), rng=3, collect=False)
    standing = seats(model)
    model.run(until=model.months - 12)
    table = live_last_year(model, standing)
    last = model.record.national().iloc[-1]
    for by in ("status", "skill", "access", "decile"):
        own = table[table["by"] == by]
        assert own["citizens"].sum() == pytest.approx(CITIZENS, abs=5)
        total = own["citizens"].sum()
        assert 100 * own["taking_part"].sum() / total == pytest.approx(
            last["participation_breadth"], rel=0.005
        )
        assert 100 * own["met"].sum() / own["needs"].sum() == pytest.approx(
            last["needs_met"], rel=0.005
        )
    for by, count in (("status", 3), ("skill", 3), ("decile", 10)):
        sizes = table[table["by"] == by]["citizens"]
        assert sizes.to_numpy() == pytest.approx(np.full(count, CITIZENS / count), abs=8)
    places = table[table["by"] == "place"].set_index("group")
    assert places.loc["Dell", "citizens"] == 1500
    readings = model.record.readings([3])
    assert 100 * places.loc["Dell", "met"] / places.loc["Dell", "needs"] == pytest.approx(
        readings["needs_met"][-1]
    )
    assert table.dtypes.to_dict() == _plain_groups(place).dtypes.to_dict()
    assert np.isfinite(table[list(SUMS)].to_numpy()).all()


def _plain_groups(place: str) -> pd.DataFrame:
    model = GovernanceModel(plan(place), rng=3, collect=False)
    standing = seats(model)
    model.run(until=model.months - 12)
    return live_last_year(model, standing)


# Money.


def test_money_is_neither_made_nor_lost_between_places_and_the_centre(place: str) -> None:
    model = GovernanceModel(plan(place, {"Dell": 1500, "Cove": 400}), rng=1, collect=False)
    found_treasury(*(getattr(model.state, name) for name in ("ledger", "governments", "levers")))
    ledger, weights = model.state.ledger, model.record.weights
    # Founded twice: what is granted later is held against what there was.
    before = ledger.reserve + ledger.fund
    months = model.months
    model.run()
    money = dict(zip(MONEY, np.moveaxis(model.record.money, 2, 0), strict=True))
    for name in ("granted", "matched"):
        passed = money[name][:, :-1] @ weights
        assert passed == pytest.approx(-money[name][:, -1], abs=1e-8), name
        assert passed.sum() > 0.0, name
    flows = money["collected"] + money["granted"] + money["matched"] - money["running"]
    flows = flows - money["projects"] - money["change"] - money["overhead"] - money["lapsed"]
    held = money["reserve"] + money["fund"]
    assert months == len(held)
    assert before + flows.cumsum(axis=0)[-1] == pytest.approx(held[-1], rel=1e-9, abs=1e-6)
    entitled = money["entitlement"][:, :-1] @ weights
    assert np.diff(money["reserve"][:, -1]) == pytest.approx(np.diff(entitled), abs=1e-6)


def test_revenue_of_suppliers_is_that_of_people(place: str) -> None:
    model = lived(plan(place, {"Dell": 1500}, years=4))
    spent = model.record.money[:, :-1, MONEY.index("projects")].sum(axis=0) @ model.record.weights
    assert model.state.firms.revenue.sum() / 100.0 == pytest.approx(spent, rel=1e-3)


# The same whatever works it out.


def test_both_engines_live_the_same_months(place: str) -> None:
    scenario = plan(place, {"Dell": 150}, years=1).but(society={"citizens": 200})
    assert fingerprint(lived(scenario)) == fingerprint(lived(scenario, engine="agents"))


def test_threads_change_nothing(place: str) -> None:
    scenario = plan(place, {"Dell": 30_000}, years=1).but(society={"citizens": 30_000})
    one = GovernanceModel(scenario, rng=1, collect=False)
    two = GovernanceModel(scenario, rng=1, collect=False, threads=2)
    for model in (one, two):
        model.run()
    assert fingerprint(one) == fingerprint(two)


def test_without_it_nothing_is_said_or_changed(place: str) -> None:
    plain = plan(place)
    assert "citizens_in" not in plain.resolved()["society"]
    assert with_citizens_in([plain], ()) == [plain]
    model = lived(plain)
    assert (model.state.governments.weight == 1.0).all()
    assert not any("citizens in" in fact.subject for fact in starting_facts(plain))


def test_drawn_places_may_have_more(place: str) -> None:
    scenario = Scenario.load("synthetic_small").but(
        society={"citizens": 300, "citizens_in": {"Local 01": 200}}, years=1
    )
    model = lived(scenario)
    assert model.state.governments.residents[0] == 200
    assert model.people.sum() == pytest.approx(300)


# What is told.


def test_who_stands_for_how_many_is_told_first_and_kept(place: str, tmp_path: Path) -> None:
    scenario = plan(place, {"Dell": 400})
    runs = run(scenario, luck_only=True, replicates=2, focus="Dell", out=tmp_path / "out")
    told = "\n".join(places_told(runs.study))
    assert (
        "1,000 citizens simulated, and more in some\n  Dell: 400 citizens, each for 100 people"
        in told
    )
    assert "elsewhere: 960 citizens, each for about 1,000" in told
    assert ", 400 of 1,360 citizens simulated, each for 100 people" in "\n".join(focus_lines(runs))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["people_per_citizen"][scenario.name]["Dell"] == 100.0
    assert manifest["scenarios"][scenario.name]["society"]["citizens_in"] == {"Dell": 400}
    facts = (tmp_path / "out" / "starting_facts.csv").read_text()
    assert "citizens in Dell" in facts


def test_small_places_are_small_no_more(place: str) -> None:
    assert small_places(plan(place)) == {"Dell": 40}
    assert residents(plan(place, {"Dell": 60}))["Dell"] == 60
    assert not small_places(plan(place, {"Dell": 60}))
    assert not too_few([plan(place, {"Dell": 60})])
    assert people_each(plan(place, {"Dell": 80}))["Dell"] == 500.0


# What is refused.


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([("Del", 100)], "--citizens-in Del: no local government is called so here"),
        ([("Del", 100)], "did you mean 'Dell'?"),
        ([("Dell", 39)], "--citizens-in Dell: 39 are fewer than the 40 that it has of 1,000"),
        ([("Dell", 60_000_000)], "makes 60,000,960 citizens in all; at most 60,000,000"),
        ([("Dell", 100), ("Dell", 200)], "--citizens-in Dell: is given more than once"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    place: str, asked: list[tuple[str, int]], words: str
) -> None:
    with pytest.raises(UserMistake) as caught:
        with_citizens_in([plan(place)], asked)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_compared_scenarios_have_them_alike(place: str) -> None:
    from sim import compare

    with pytest.raises(UserMistake, match=r"society\.citizens_in is nothing, but Dell 400 in a"):
        compare(plan(place, {"Dell": 400}).but(name="a"), plan(place).but(name="b"),
                luck_only=True, replicates=1)  # fmt: skip
