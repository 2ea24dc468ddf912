"""A place of one's own in the model: every given column moves it, luck fills the gaps."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.errors import ScenarioError, UserMistake
from sim.model import GovernanceModel
from sim.processes.declared import PARAMETERS
from sim.scenario import Scenario
from sim.scenario.starting import facts_told, starting_facts
from sim.society.access import access_by_place, read_access
from sim.society.place_columns import COLUMNS, LEVELS
from sim.society.places import find_place, shipped_place_files
from sim.society.prices import read_prices
from sim.worlds.draws import in_world, world
from tests.fingerprint import contents

PEOPLE = {"North": 500_000, "South": 120_000, "Coast": 80_000, "Hills": 60_000}
USUAL = {
    "own_revenue_share": (0.6, 0.3, 0.2, 0.4),
    "revenue_per_citizen": (1000.0, 1100.0, 900.0, 1050.0),
    "internet_users": (0.9, 0.6, 0.5, 0.4),
    "youth_share": (0.25, 0.15, 0.1, 0.12),
    "capacity": (0.7, 0.5, 0.4, 0.45),
    "online_supply": (0.3, 0.2, 0.1, 0.15),
    "baseline_trust": (0.5, 0.4, 0.3, 0.35),
    "informatisation_budget": (20.0, 10.0, 5.0, 8.0),
    "status": (0.5, 0.0, -0.5, 0.1),
    "skill": (0.7, 0.5, 0.3, 0.4),
}
Own = Callable[..., str]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    """Write a place with some columns of figures; give the name of its file."""

    def write(name: str = "own.csv", **columns: tuple[float | str, ...]) -> str:
        lines = [",".join(["name", "population", *columns])]
        for at, (place, people) in enumerate(PEOPLE.items()):
            lines.append(",".join([place, str(people), *(str(v[at]) for v in columns.values())]))
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return str(tmp_path / name)

    return write


def plan(place: str, *, citizens: int = 3000, **changes: object) -> Scenario:
    society = {"place": place, "citizens": citizens}
    return Scenario.load("gov2").but(years=1, society=society, **changes)


def online(model: GovernanceModel, month: int) -> np.ndarray:
    people = model.state.citizens
    has = people.access_rank < model.infrastructure[month]
    return np.array([has[people.home == row].mean() for row in range(len(model.record.names))])


@pytest.mark.parametrize("column", LEVELS)
def test_every_given_column_moves_the_model(column: str, own: Own) -> None:
    """Given or not, and in one place otherwise than in another."""
    without = contents(plan(own("a.csv")).model(seed=1))
    given = plan(own("b.csv", **{column: USUAL[column]})).model(seed=1)
    other = plan(own("c.csv", **{column: USUAL[column][::-1]})).model(seed=1)
    for model in (given, other):
        found = contents(model)
        assert any(not np.array_equal(found[name], without[name]) for name in found), column
    given.run()
    other.run()
    assert not np.array_equal(given.record.tallies, other.record.tallies)


def test_absolute_levels_are_the_means_as_well(own: Own) -> None:
    """Capacity, trust and supply of a place are as the file has them."""
    columns = {c: USUAL[c] for c in ("capacity", "baseline_trust", "online_supply")}
    model = plan(own(**columns), citizens=40_000).model(seed=2)
    assert model.state.governments.capacity[:-1] == pytest.approx(USUAL["capacity"])
    assert model.state.governments.online_supply[:-1] == pytest.approx(USUAL["online_supply"])
    people = model.state.citizens
    for row, trust in enumerate(USUAL["baseline_trust"]):
        median = float(np.median(people.predisposition[people.home == row]))
        assert median == pytest.approx(trust, abs=0.02)
    weights = np.array([*PEOPLE.values()]) / sum(PEOPLE.values())
    mean = float(weights @ np.array(USUAL["capacity"]))
    assert model.plan.parameter_values(0)["government.capacity"] == pytest.approx(mean)


def test_what_a_scenario_says_is_the_mean_and_is_told(own: Own) -> None:
    """The file says only how places differ then, and nothing happens in silence."""
    name = own(capacity=USUAL["capacity"], baseline_trust=USUAL["baseline_trust"])
    said = plan(name, parameters={"government.capacity": 0.4, "society.baseline_trust": 0.6})
    capacity = said.model(seed=1).state.governments.capacity[:-1]
    assert np.diff(capacity) == pytest.approx(np.diff(USUAL["capacity"]))
    assert float(capacity @ [*PEOPLE.values()]) / sum(PEOPLE.values()) == pytest.approx(0.4)
    told = "\n".join(said.warnings)
    assert "government.capacity: holds as the mean; capacity of" in told
    assert "society.baseline_trust: holds as the mean; baseline_trust of" in told
    assert not any("holds as the mean" in line for line in plan(name).warnings)
    text = " ".join(fact.value for fact in starting_facts(said))
    assert "(the scenario's government.capacity 0.4 holds as the mean)" in text


def test_worlds_leave_alone_what_a_file_says(own: Own) -> None:
    name = own(capacity=USUAL["capacity"], internet_users=USUAL["internet_users"])
    for number in range(4):
        there = in_world(plan(name), world(1, number))
        assert "government.capacity" not in there.parameters
        assert "society.infrastructure_midpoint" not in there.parameters
        assert "society.baseline_trust" in there.parameters
        model = there.model(seed=1)
        assert online(model, 0) == pytest.approx(USUAL["internet_users"], abs=0.02)


def test_internet_users_are_those_of_their_year(own: Own) -> None:
    """To the citizen in mid-year; the order within a place stays; nobody goes offline."""
    years = (2020, 2020, 2018, 2020)
    name = own(internet_users=USUAL["internet_users"], year=years)
    model = plan(name, citizens=8000, start="2020-07").model(seed=1)
    found = online(model, 0)
    assert found[[0, 1, 3]] == pytest.approx([0.9, 0.6, 0.4], abs=0.002)
    assert found[2] > 0.5
    months = np.array([online(model, month) for month in range(13)])
    assert (np.diff(months, axis=0) >= 0).all()
    alone = plan(own("alone.csv"), citizens=8000, start="2020-07").model(seed=1)
    people, before = model.state.citizens, alone.state.citizens
    for row in range(4):
        mine, theirs = (c.access_rank[c.home == row] for c in (people, before))
        assert np.array_equal(np.argsort(mine, kind="stable"), np.argsort(theirs, kind="stable"))


def test_access_by_place_and_year(own: Own, tmp_path: Path) -> None:
    """Every place has its own share in every month, and the nation their mean."""
    rows = [
        f"{place},{year},{share}"
        for place, shares in (("North", (0.2, 0.8)), ("South", (0.1, 0.3)),
                              ("Coast", (0.5, 0.4)), ("Hills", (0.0, 1.0)))
        for year, share in zip((2000, 2002), shares, strict=True)
    ]  # fmt: skip
    access = tmp_path / "access.csv"
    access.write_text("name,year,share\n" + "\n".join(rows) + "\n")
    scenario = plan(own(), citizens=8000, start="2000-07").but(
        society={"access": str(access)}, years=3
    )
    model = scenario.model(seed=1)
    for month, share in ((0, 0.0), (12, 0.5), (24, 1.0), (36, 1.0)):
        wanted = [0.2 + 0.6 * share, 0.1 + 0.2 * share, 0.45, share]
        assert online(model, month) == pytest.approx(wanted, abs=0.003)
        weighted = np.dot(wanted, [*PEOPLE.values()]) / sum(PEOPLE.values())
        assert float(model.infrastructure[month]) == pytest.approx(weighted, abs=1e-4)
    model.run()
    longer = scenario.but(years=12).model(seed=1)
    assert np.array_equal(model.state.citizens.access_rank, longer.state.citizens.access_rank)


def test_access_of_all_places(own: Own, tmp_path: Path) -> None:
    access = tmp_path / "access.csv"
    access.write_text("year;share\n2000;0,5\n2010;0,9\n")
    for place in (own(), "korea", "synthetic"):
        model = plan(place, start="2005-07").but(society={"access": str(access)}).model(seed=1)
        assert float(model.infrastructure[0]) == pytest.approx(0.7)
        assert abs(online(model, 0).mean() - 0.7) < 0.15


def test_gaps_are_filled(own: Own) -> None:
    """Given cells hold; the others are drawn, or have the mean of the others."""
    name = own(
        own_revenue_share=("", 0.3, "", 0.4), capacity=(0.7, "", 0.4, 0.45),
        online_supply=(0.3, "", 0.1, 0.15), revenue_per_citizen=(1000, "", 900, 1100),
    )  # fmt: skip
    one, two = (plan(name).model(seed=seed).state.governments for seed in (1, 2))
    for g in (one, two):
        assert g.capacity[[0, 2, 3]] == pytest.approx([0.7, 0.4, 0.45])
        assert g.self_reliance[[1, 3]] == pytest.approx([0.3, 0.4])
        assert 0.03 <= g.self_reliance[0] <= 0.95
        weighted = 0.3 * 500 + 0.1 * 80 + 0.15 * 60
        assert g.online_supply[1] == pytest.approx(weighted / 640)
    assert one.self_reliance[0] != two.self_reliance[0]
    assert one.capacity[1] != two.capacity[1]


def test_money_of_a_place_is_its_revenue_against_the_mean(own: Own) -> None:
    """The national mean stays that of the parameters, own money for projects as well."""
    name = own(revenue_per_citizen=USUAL["revenue_per_citizen"])
    usual, given = plan(own("a.csv")).model(seed=1), plan(name).model(seed=1)
    people = np.array([*PEOPLE.values()])
    budget = given.state.levers.budget[:-1]
    assert float(budget @ people) / people.sum() == pytest.approx(1.0)
    assert budget[1] / budget[2] == pytest.approx(1100 / 900)
    for model in (usual, given):
        g = model.state.governments
        raised = model.state.levers.budget[:-1] * g.relative_revenue[:-1] * g.residents[:-1]
        assert float(raised.sum()) == pytest.approx(float(g.residents[-1]), rel=1e-3)
    given.run()
    assert given.state.levers.budget[:-1] == pytest.approx(budget)


def test_content_decides_and_not_the_folder(own: Own, tmp_path: Path) -> None:
    """Of places, access and prices alike; a changed file is another question."""
    (tmp_path / "a").mkdir()
    place = own()
    for folder in (tmp_path, tmp_path / "a"):
        (folder / "net.csv").write_text("year,share\n2000,0.5\n")
        (folder / "money.csv").write_text("item,amount,currency,year\ncounters,9,EUR,2024\n")
        (folder / "own.csv").write_bytes(Path(place).read_bytes())

    def asked(folder: Path) -> Scenario:
        files = {"place": "own.csv", "access": "net.csv", "prices": "money.csv"}
        society = {key: str(folder / name) for key, name in files.items()}
        return Scenario.load("gov2").but(society=society)

    before = asked(tmp_path).resolved()
    assert before == asked(tmp_path / "a").resolved()
    for name, old, new in (("own.csv", "500000", "500001"), ("net.csv", "0.5", "0.6"),
                           ("money.csv", ",9,", ",8,")):  # fmt: skip
        file = tmp_path / "a" / name
        text = file.read_text()
        file.write_text(text.replace(old, new))
        assert asked(tmp_path / "a").resolved() != before, name
        assert asked(tmp_path / "a") != asked(tmp_path)
        file.write_text(text)
    assert asked(tmp_path / "a").resolved() == before


CONFLICTS = {
    "access beside internet users": (
        {"internet_users": USUAL["internet_users"]}, {"society": {"access": "net.csv"}},
        r"society\.access: .*own\.csv has a column internet_users; give one of the two",
    ),
    "midpoint beside internet users": (
        {"internet_users": USUAL["internet_users"]},
        {"parameters": {"society.infrastructure_midpoint": 50.0}},
        r"society\.infrastructure_midpoint: internet_users of .* says it; leave this out",
    ),
    "infrastructure beside access": (
        {}, {"society": {"access": "net.csv"}, "parameters": {"society.infrastructure": 0.9}},
        r"society\.infrastructure: .*net\.csv says who is online when; leave this out",
    ),
    "access without an ending": (
        {}, {"society": {"access": "net"}}, r"society\.access: expected a CSV file as access\.csv",
    ),
    "prices that are none": (
        {}, {"society": {"prices": "net.csv"}}, r"society\.prices: net\.csv:1: needs a column item",
    ),
    "access that is not there": (
        {}, {"society": {"access": "no.csv"}}, r"society\.access: there is no file 'no\.csv'",
    ),
    "access of another place": (
        {}, {"society": {"access": "names.csv"}},
        r"society\.access: names\.csv:2: no local government is called 'Nort' here .*'North'\?\n"
        r"society\.access: names\.csv: lacks North, South, Coast and 1 more",
    ),
    "two mistakes in a place": (
        {"capacity": (2, "x", 0.5, 0.5)}, {},
        r"society\.place: .*own\.csv:2:C: capacity.*\nsociety\.place: .*own\.csv:3:C: capacity",
    ),
    "focus on nobody": (
        {}, {"focus": ["Coast", "Cost"]}, r"focus\.1: no local government is called 'Cost' here",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONFLICTS)
def test_what_is_said_twice_or_wrong_is_refused(
    case: str, own: Own, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns, changes, words = CONFLICTS[case]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.csv").write_text("year,share\n2000,0.5\n")
    (tmp_path / "names.csv").write_text("name,year,share\nNort,2000,0.5\n")
    with pytest.raises(ScenarioError, match=words):
        Scenario.load("gov2").but(society={"place": own(**columns)}).but(**changes)


def test_observed_internet_use_of_a_country_stays(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("year,share\n2000,0.5\n")
    with pytest.raises(ScenarioError, match=r"internet use in europe:EST is observed"):
        Scenario.load("gov2").but(
            society={"place": "europe:EST", "access": str(tmp_path / "net.csv")}
        )


def test_files_lie_beside_the_scenario(own: Own, tmp_path: Path) -> None:
    own()
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "net.csv").write_text("year,share\n2000,0.5\n")
    file = tmp_path / "plan.yaml"
    file.write_text("extends: gov2\nsociety: {place: own.csv, access: below/net.csv}\n")
    assert Scenario.load(file).society.access == str(tmp_path / "below" / "net.csv")
    (tmp_path / "below" / "plan.yaml").write_text("extends: gov2\nsociety: {access: ../net.csv}\n")
    with pytest.raises(ScenarioError, match=r"society\.access: .*lies outside the folder"):
        Scenario.load(tmp_path / "below" / "plan.yaml")
    net = tmp_path / "below" / "net.csv"
    assert Scenario.load("gov2", sets=[f"society.access={net}"]).society.access == str(net)


def test_prices_turn_money_into_a_currency(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(
        "item;amount;currency;year;source\nonline;0,5;EUR;2024;survey\ncounters;11,4;EUR;2024;\n"
    )
    prices = read_prices(str(file))
    values = {name: parameter.default for name, parameter in PARAMETERS.items()}
    assert (prices.currency, prices.year, prices.item) == ("EUR", 2024, "counters")
    assert prices.per_money(values) == pytest.approx(2.0)
    assert prices.beside(values) == {"online": (0.5, pytest.approx(0.3))}
    told = starting_facts(Scenario.load("gov2").but(society={"prices": str(file)}))[-1]
    assert told.origin == "given"
    assert "a unit of the model's money is 2, online 0.5 is not used" in told.value


def test_access_files_level_what_falls(tmp_path: Path) -> None:
    file = tmp_path / "net.csv"
    file.write_text("name,year,share\nNorth,2001,0.4\nNorth,2000,0.6\nNorth,2003,0.7\n")
    found = read_access(str(file))
    assert found.local == {"North": ((2000, 0.6), (2001, 0.4), (2003, 0.7))}
    place = find_place("korea").local_governments[:1]
    named = {place[0].name: found.local["North"]}
    p = Scenario.load("gov2").model(seed=1, collect=False).parameters.society
    curve = access_by_place(place, named, p, (2000, 7), 48)
    assert curve is not None
    assert curve.local[[0, 12, 36, 48], 0] == pytest.approx([0.5, 0.5, 0.7, 0.7])


def test_shipped_places_have_the_form_of_ones_own() -> None:
    files = shipped_place_files()
    assert set(files) == {"korea", "korea:basic", "europe_as_places"}
    for name in ("korea", "korea:basic"):
        assert find_place(str(files[name])).local_governments == find_place(name).local_governments
    europe = find_place(str(files["europe_as_places"])).local_governments
    assert len(europe) == 18
    text = files["europe_as_places"].read_text(encoding="utf-8")
    assert "World Bank" in text
    assert "Nobody governs these countries together" in text


def test_a_copy_of_korea_is_korea(tmp_path: Path) -> None:
    copied = tmp_path / "mine.csv"
    copied.write_bytes(shipped_place_files()["korea"].read_bytes())
    one, two = (plan(name, citizens=500).model(seed=3) for name in ("korea", str(copied)))
    first, second = contents(one), contents(two)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_what_was_given_and_drawn_is_told_of_every_place(own: Own) -> None:
    for scenario in (plan("korea"), plan("europe:EST"), plan("synthetic"), plan(own())):
        facts = starting_facts(scenario)
        assert {fact.origin for fact in facts} <= {"given", "drawn", "default"}
        subjects = {fact.subject for fact in facts}
        assert {"population", "own_revenue_share", "capacity", "baseline_trust"} <= subjects
        assert facts_told(scenario)[0].startswith("Starting facts of ")
    drawn = {f.subject for f in starting_facts(plan(own())) if f.origin == "drawn"}
    assert {"own_revenue_share", "youth_share", "capacity", "baseline_trust"} <= drawn


def test_columns_say_what_happens_without_them() -> None:
    for column in COLUMNS.values():
        assert column.is_needed or column.without[0] in ("drawn", "default")
        assert column.meaning
        assert column.moves
        assert not column.sets or column.sets in PARAMETERS


def test_scenarios_of_one_place_stay_as_they_were() -> None:
    """New keys are not there where nobody wrote them."""
    assert "access" not in Scenario.load("gov2").resolved()["society"]
    assert "prices" not in Scenario.load("gov2").resolved()["society"]
    assert "focus" not in Scenario.load("gov2").but(focus="Seoul").resolved()
    with pytest.raises(UserMistake, match="no local government is called 'Soul' here"):
        Scenario.load("gov2").but(focus="Soul")


DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "places.md"


def test_the_document_has_every_column() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f"`{name}`" not in text] == []


def test_the_blocks_of_the_document_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its three files and its scenario, as they are written there."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```(csv|yaml)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    names = ("coast.csv", "coast.yaml", "access.csv", "prices.csv")
    assert len(blocks) == len(names)
    for (_, text), name in zip(blocks, names, strict=True):
        Path(name).write_text(text)
    scenario = Scenario.load("coast.yaml")
    assert scenario.in_focus == ("Coast",)
    assert read_prices("prices.csv").currency == "EUR"
    with pytest.raises(ScenarioError, match="has a column internet_users; give one of the two"):
        scenario.but(society={"access": "access.csv"})
    plain = tmp_path / "plain.csv"
    plain.write_text("name,population\nNorth,5\nSouth,3\nCoast,2\n")
    assert scenario.but(society={"place": "plain.csv", "access": "access.csv", "citizens": 200})


def test_prices_are_whole_and_told_where_far_off(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    head = "item,amount,currency,year\ncounters,6213,COP,2024\n"
    file.write_text(f"{head}online,1500\n".replace("1500", "1500,COP,2024"))
    priced = Scenario.load("gov2").but(society={"prices": str(file)})
    assert "is 1,090" in starting_facts(priced)[-1].value
    (said,) = [line for line in priced.warnings if "times off" in line]
    assert "online costs 1,500 COP there, but the model uses 163.5" in said or "164" in said
    file.write_text(f"{head}online,200,COP,2024\n")
    near = Scenario.load("gov2").but(society={"prices": str(file)})
    assert not [line for line in near.warnings if "times off" in line]


def test_a_history_is_told_at_the_start() -> None:
    from sim.scenario.starting import facts_told

    past = Scenario.load("gov1")
    plan = Scenario.load("from_today")
    (fact,) = [one for one in starting_facts(plan) if one.subject == "history"]
    assert plan.history.name in fact.value
    assert f"to {plan.date_of(0)}" in fact.value
    assert f"online supply of {plan.start}" in fact.value
    assert f"history: {plan.history.name}" in "\n".join(facts_told(plan))
    assert not [one for one in starting_facts(past) if one.subject == "history"]
