"""What valid scenario files mean, in concrete numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from sim import Scenario
from sim.declared import LEVERS, PARAMETERS
from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.scenario.files import shipped_folder, shipped_names

ROWS = FIGURE.row_ids
NAMES = ("A", "B", "C")
Write = Callable[..., Scenario]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file, and load it: `write("years: 3", name="a.yaml", sets=[...])`."""

    def run(text: str, *, name: str = "mine.yaml", sets: tuple[str, ...] = ()) -> Scenario:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return Scenario.load(tmp_path / name, sets=sets)

    return run


def rows(scenario: Scenario) -> Mapping[str, float]:
    return dict(zip(ROWS, scenario.profile, strict=True))


# Values


def test_an_almost_empty_file_is_all_defaults(write: Write) -> None:
    scenario = write("years: 20")
    assert (scenario.name, scenario.start, scenario.seed, scenario.replicates) == (
        "mine", "1995-01", 1, 30,
    )  # fmt: skip
    assert (scenario.society.place, scenario.society.citizens) == ("korea", 20_000)
    assert scenario.months == 240
    assert scenario.profile == scenario.central_profile == (0.0,) * 12
    assert scenario.parameter_values(1) == {n: p.default for n, p in PARAMETERS.items()}


@pytest.mark.parametrize(
    ("written", "value"),
    [("2", 2), ("2.5", 2.5), ("25e-1", 2.5), ("+2.5", 2.5), ("2.", 2), ("0.25e1", 2.5)],
)
def test_numbers(write: Write, written: str, value: float) -> None:
    assert write(f"parameters: {{trust.negativity: {written}}}").parameters == {
        "trust.negativity": value
    }


def test_small_numbers_are_numbers(write: Write) -> None:
    scenario = write("parameters: {society.volatility: 1e-3, trust.diffusion: .05}")
    assert scenario.parameters == {"society.volatility": 0.001, "trust.diffusion": 0.05}


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "n", "2001-01-01", "1_000", "010"])
def test_what_is_no_number_is_text(write: Write, word: str) -> None:
    """YAML 1.1 would make truth values, dates and other numbers of these."""
    assert write(f"question: {word}").question == word


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, line_end: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(f"years: 3{line_end}society:{line_end}  citizens: 500{line_end}".encode())
    scenario = Scenario.load(file)
    assert (scenario.years, scenario.society.citizens) == (3, 500)


def test_styles_of_yaml(write: Write) -> None:
    scenario = write('{"years": 3, "society": {"place": "synthetic"}}')
    assert (scenario.years, scenario.society.place) == (3, "synthetic")
    assert write("---\nyears: 3\n...\n").years == 3
    assert write("question: >\n  What\n  if?\n").question == "What if?\n"


# Positions


@pytest.mark.parametrize(
    ("written", "position"),
    [("gov1", 0.0), ("gov3", 2.0), ("1", 1.0), ("0.3", 0.3), ("{gov2: 0.5, gov3: 0.5}", 1.5),
     ("{gov1: 0.25, gov2: 0.25, gov3: 0.5}", 1.25), ("{gov1: 1}", 0.0)],
)  # fmt: skip
def test_all_rows_at_once(write: Write, written: str, position: float) -> None:
    assert write(f"governance: {written}").profile == (position,) * 12
    assert write(f"governance: {{all: {written}}}").profile == (position,) * 12


def test_single_rows(write: Write) -> None:
    scenario = write(
        "governance: {goal: gov3, services: 0.5, role_of_citizen: {gov2: 0.5, gov3: 0.5}}"
    )
    expected = dict.fromkeys(ROWS, 0.0) | {"goal": 2.0, "services": 0.5, "role_of_citizen": 1.5}
    assert rows(scenario) == expected


@pytest.mark.parametrize("text", ["all: gov2, goal: gov3", "goal: gov3, all: gov2"])
def test_all_rows_with_exceptions(write: Write, text: str) -> None:
    """The order of the keys does not matter."""
    assert rows(write(f"governance: {{{text}}}")) == dict.fromkeys(ROWS, 1.0) | {"goal": 2.0}


def test_the_centre_is_like_the_others_unless_written(write: Write) -> None:
    scenario = write("governance: gov2\ncentral: {goal: gov3}")
    assert scenario.profile == (1.0,) * 12
    assert scenario.central_profile == (2.0,) + (1.0,) * 11
    assert write("governance: gov2\ncentral: ~").central_profile == (1.0,) * 12


# Parents


def test_a_chain_of_parents(write: Write) -> None:
    write("name: first\nquestion: Why?\nyears: 7\nseed: 3\nsociety: {citizens: 900}", name="a.yaml")
    write("extends: a.yaml\nseed: 4\nsociety: {entrepreneurs: 9}", name="b.yaml")
    scenario = write("extends: b.yaml\nsociety: {place: synthetic}", name="c.yaml")
    assert (scenario.name, scenario.question) == ("c", "")
    assert (scenario.years, scenario.seed) == (7, 4)
    society = scenario.society
    assert (society.citizens, society.entrepreneurs, society.place) == (900, 9, "synthetic")


def test_a_parent_in_another_folder(write: Write, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "top.yaml").write_text("seed: 9\n")
    (tmp_path / "inner" / "middle.yaml").write_text("extends: ../top.yaml\nyears: 3\n")
    scenario = write("extends: inner/middle.yaml")
    assert (scenario.seed, scenario.years) == (9, 3)


def test_bare_rows_replace_the_rows_of_the_parent(write: Write) -> None:
    write("governance: {goal: gov2, services: gov2}\ncentral: gov2", name="a.yaml")
    scenario = write("extends: a.yaml\ngovernance: gov3")
    assert scenario.profile == (2.0,) * 12
    assert scenario.central_profile == (1.0,) * 12


def test_all_rows_replace_the_rows_of_the_parent(write: Write) -> None:
    write("governance: {goal: gov2, services: gov2}", name="a.yaml")
    scenario = write("extends: a.yaml\ngovernance: {all: gov1, goal: gov3}")
    assert rows(scenario) == dict.fromkeys(ROWS, 0.0) | {"goal": 2.0}


def test_single_rows_change_those_of_the_parent(write: Write) -> None:
    write("governance: {all: gov2, services: gov1}", name="a.yaml")
    scenario = write("extends: a.yaml\ngovernance: {goal: {gov2: 0.5, gov3: 0.5}}")
    assert rows(scenario) == dict.fromkeys(ROWS, 1.0) | {"services": 0.0, "goal": 1.5}


def test_a_mix_replaces_the_mix_of_the_parent(write: Write) -> None:
    write("governance: {goal: {gov1: 0.5, gov2: 0.5}}", name="a.yaml")
    scenario = write("extends: a.yaml\ngovernance: {goal: {gov3: 1.0}}")
    assert rows(scenario)["goal"] == 2.0


def test_lists_replace_those_of_the_parent_and_parameters_add_up(write: Write) -> None:
    write(
        "parameters: {trust.negativity: 2, trust.reversion: 0.03}\n"
        "cells: {invitations: {gov1: 0.02}}\n"
        "policy: [{month: 3, set: {government.budget: 0.5}}]\n"
        "shocks: [{kind: fiscal, month: 3}]\n"
        "transition: {mode: scheduled, moves: [{month: 3, to: gov2}]}",
        name="a.yaml",
    )
    scenario = write(
        "extends: a.yaml\nparameters: {trust.reversion: 0.04}\ncells: {invitations: {gov2: 0.06}}\n"
        "policy: [{month: 9, set: {finance.development: 6}}]\nshocks: []\ntransition: {mode: fixed}"
    )
    assert scenario.parameters == {"trust.negativity": 2, "trust.reversion": 0.04}
    assert scenario.cells == {"invitations": {"gov1": 0.02, "gov2": 0.06}}
    assert [(change.month, change.set) for change in scenario.policy] == [
        (9, {"finance.development": 6})
    ]
    assert scenario.shocks == []
    assert (scenario.transition.mode, scenario.transition.moves) == ("fixed", [])


def test_shipped_parents_by_name_and_a_file_beside_comes_first(write: Write) -> None:
    assert write("extends: gov2").profile == (1.0,) * 12
    assert write("extends: gov3.yaml").profile == (2.0,) * 12
    write("governance: 0.5", name="gov3.yaml")
    assert write("extends: gov3.yaml").profile == (0.5,) * 12


# Moves


def positions(scenario: Scenario, month: int) -> Any:
    return scenario.profiles(NAMES)(month)


def test_a_sudden_move(write: Write) -> None:
    scenario = write("transition: {mode: scheduled, moves: [{month: 13, to: gov3}]}")
    assert (positions(scenario, 12) == 0.0).all()
    assert (positions(scenario, 13) == 2.0).all()
    assert positions(scenario, 1).shape == (4, 12)


@pytest.mark.parametrize("when", ["month: 13", "date: 1996-01"])
def test_a_ramp(write: Write, when: str) -> None:
    scenario = write(f"transition: {{mode: scheduled, moves: [{{{when}, over: 4, to: gov3}}]}}")
    seen = [positions(scenario, month)[0, 0] for month in (12, 13, 14, 15, 16, 17, 99)]
    assert seen == [0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0]


def test_dates_count_from_the_start(write: Write) -> None:
    scenario = write(
        "start: 1999-11\ntransition: {mode: scheduled, moves: [{date: 2000-02, to: 1}]}"
    )
    assert scenario.month_of(None, "2000-02") == 4
    assert [scenario.date_of(month) for month in (1, 2, 3, 4, 240)] == [
        "1999-11", "1999-12", "2000-01", "2000-02", "2019-10",
    ]  # fmt: skip
    assert positions(scenario, 3)[0, 0] == 0.0
    assert positions(scenario, 4)[0, 0] == 1.0


def test_first_and_last_month_are_inside(write: Write) -> None:
    scenario = write(
        "years: 1\n"
        "transition: {mode: scheduled, moves: [{date: 1995-01, to: 1}, {month: 12, to: 2}]}"
    )
    assert [positions(scenario, month)[0, 0] for month in (1, 11, 12)] == [1.0, 1.0, 2.0]


def test_moves_in_any_order_and_one_upon_the_other(write: Write) -> None:
    scenario = write(
        "transition: {mode: scheduled, moves: [{month: 20, over: 2, to: gov1}, "
        "{month: 10, over: 20, to: gov3}]}"
    )
    assert positions(scenario, 19)[0, 0] == pytest.approx(1.0)
    assert positions(scenario, 20)[0, 0] == pytest.approx(1.1 / 2)
    assert positions(scenario, 21)[0, 0] == 0.0


@pytest.mark.parametrize(
    ("who", "moved"),
    [("all", [1, 1, 1, 1]), ("local", [1, 1, 1, 0]), ("central", [0, 0, 0, 1])],
)
def test_who_moves(write: Write, who: str, moved: list[int]) -> None:
    scenario = write(
        f"transition: {{mode: scheduled, moves: [{{month: 3, to: 1, who: {who}, rows: [goal]}}]}}"
    )
    now = positions(scenario, 3)
    assert now[:, 0].tolist() == moved
    assert (now[:, 1:] == 0.0).all()


def test_one_government_moves(write: Write) -> None:
    scenario = write(
        "society: {place: synthetic, local_governments: 3}\n"
        "transition: {mode: scheduled, moves: [{month: 3, to: 1, who: Local 02}]}"
    )
    now = scenario.profiles(("Local 01", "Local 02", "Local 03"))(3)
    assert now.mean(axis=1).tolist() == [0.0, 1.0, 0.0, 0.0]


# Policy and shocks


def test_a_policy_holds_from_its_month(write: Write) -> None:
    scenario = write(
        "parameters: {government.budget: 0.9}\n"
        "policy: [{month: 13, over: 4, set: {government.budget: 0.5}, why: thrift}, "
        "{date: 1998-01, set: {government.budget: 1.0, trust.negativity: 2}}]"
    )
    seen = [scenario.parameter_values(m)["government.budget"] for m in (0, 12, 13, 14, 16, 36, 37)]
    assert seen == pytest.approx([0.9, 0.9, 0.8, 0.7, 0.5, 0.5, 1.0])
    assert scenario.parameter_values(36)["trust.negativity"] == 2.5
    assert scenario.parameter_values(37)["trust.negativity"] == 2.0


def test_a_policy_of_one_government(write: Write) -> None:
    scenario = write(
        "society: {place: synthetic, local_governments: 2}\n"
        "policy: [{month: 3, who: Local 02, set: {government.budget: 0.5}}, "
        "{month: 6, set: {government.budget: 0.8}}]"
    )
    names = ("Local 01", "Local 02")
    budgets = [scenario.lever_values(m, names)["budget"].tolist() for m in (2, 3, 6)]
    assert budgets == [[1.0, 1.0, 1.0], [1.0, 0.5, 1.0], [0.8, 0.8, 0.8]]
    assert scenario.parameter_values(5)["government.budget"] == 1.0


def test_every_lever_can_be_one_governments(write: Write) -> None:
    for name in LEVERS:
        value = PARAMETERS[name].low
        scenario = write(f"policy: [{{month: 3, who: Seoul, set: {{{name}: {value}}}}}]")
        column = scenario.lever_values(3, ("Seoul", "Busan"))[name.rpartition(".")[2]]
        assert column.tolist() == [value, PARAMETERS[name].default, PARAMETERS[name].default]


def test_shocks_take_what_is_usual_for_their_kind(write: Write) -> None:
    scenario = write(
        "shocks: [{kind: fiscal, date: 1996-03}, "
        "{kind: emergency, month: 2, months: 3, size: 0, who: B}]\n"
        "society: {place: synthetic}".replace("who: B", "who: Local 02")
    )
    first, second = scenario.strikes(("Local 01", "Local 02"))
    assert (first.kind, first.begin, first.months, first.size) == ("fiscal", 15, 24, 0.3)
    assert list(first.places) == [0, 1]
    assert (second.begin, second.months, second.size) == (2, 3, 0.0)
    assert list(second.places) == [1]


def test_cells_change_the_figure(write: Write) -> None:
    scenario = write(
        "cells: {budget_internal: {gov1: 0.6}, budget_bpr: {gov1: 0.4}, invitations: {gov3: 0.2}}"
    )
    figure = FIGURE.override(scenario.cells)
    assert figure.cell("budget_internal").values == (0.6, 0.3, 0.2)
    assert figure.cell("invitations").values == (0.01, 0.05, 0.2)
    assert figure.broken_simplexes() == ()


# Changes on top


def test_but_merges_as_a_child_does() -> None:
    mixed = Scenario.load("open_goals_old_budgets")
    assert rows(mixed.but(governance={"goal": "gov2"}))["goal"] == 1.0
    assert rows(mixed.but(governance={"goal": "gov2"}))["decision_maker"] == 0.0
    assert mixed.but(governance="gov3").profile == (2.0,) * 12
    other = mixed.but(name="other", years=3, society={"citizens": 500})
    assert (other.name, other.years, other.society.citizens) == ("other", 3, 500)
    assert other.society.place == "korea"
    assert (mixed.years, mixed.society.citizens) == (20, 20_000)


def test_but_keeps_what_was_written() -> None:
    gradual = Scenario.load("gradual")
    assert gradual.but(seed=7).transition == gradual.transition
    assert gradual.but(transition={"mode": "fixed"}).transition.moves == []
    assert gradual.but().resolved() == gradual.resolved()


def test_set_comes_last(write: Write) -> None:
    write("years: 5\ngovernance: {goal: gov2}\nparameters: {trust.negativity: 2}", name="a.yaml")
    scenario = write(
        "extends: a.yaml\nyears: 6\nsociety: {citizens: 900}",
        sets=(
            "years=7", "trust.negativity=3", "parameters.trust.reversion=0.04", "name=other",
            "society.citizens=800", "society.citizens=700", "governance.services=gov3",
        ),
    )  # fmt: skip
    assert (scenario.years, scenario.name, scenario.society.citizens) == (7, "other", 700)
    assert scenario.parameters == {"trust.negativity": 3, "trust.reversion": 0.04}
    assert (rows(scenario)["goal"], rows(scenario)["services"]) == (1.0, 2.0)
    assert write("governance: {goal: gov2}", sets=("governance=gov3",)).profile == (2.0,) * 12


# Shipped scenarios, resolved, frozen


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenarios(name: str) -> None:
    scenario = Scenario.load(name)
    assert scenario.name == name
    assert scenario.question.endswith("?")
    assert Scenario.load(shipped_folder() / f"{name}.yaml") == scenario


def test_shipped_paradigms() -> None:
    for position, name in enumerate(("gov1", "gov2", "gov3")):
        scenario = Scenario.load(name)
        assert scenario.profile == (float(position),) * 12
        assert (scenario.start, scenario.years) == ("1995-01", 20)
        assert scenario.society == Scenario.load("gov1").society


PLACES = ["korea", "korea:basic", "synthetic", "europe:EST"]


@pytest.mark.parametrize("name", shipped_names())
def test_resolved_is_a_scenario_of_its_own(name: str, tmp_path: Path) -> None:
    """What the manifest says of a scenario can be run again, also as a file.

    A file names its history; what is resolved holds it whole.
    """
    scenario = Scenario.load(name)
    full = scenario.resolved()
    assert Scenario.model_validate(full).resolved() == full
    again = Scenario.model_validate(full)
    if scenario.history is None:
        file = tmp_path / "again.yaml"
        file.write_text(yaml.safe_dump(full), encoding="utf-8")
        again = Scenario.load(file)
    assert again.resolved() == full
    names = ("Seoul", "Busan")
    for month in (1, 60, scenario.months):
        assert np.array_equal(again.profiles(names)(month), scenario.profiles(names)(month))
        assert again.parameter_values(month) == scenario.parameter_values(month)


@pytest.mark.parametrize("place", PLACES)
def test_resolved_in_every_place(place: str) -> None:
    full = Scenario(society={"place": place}, years=2).resolved()
    assert Scenario.model_validate(full).resolved() == full
    counts = {"korea": 17, "korea:basic": 226}
    assert full["society"]["local_governments"] == counts.get(place, 17)
    assert ("society.infrastructure" in full["parameters"]) == (not place.startswith("europe:"))


def test_resolved_leaves_out_what_decides_nothing() -> None:
    full = Scenario.load("gov2").resolved()
    assert not {"question", "description", "replicates"} & set(full)
    assert full["governance"] == dict.fromkeys(ROWS, 1.0)
    assert set(full["parameters"]) == set(PARAMETERS)


def test_a_scenario_is_frozen() -> None:
    scenario = Scenario.load("gradual")
    for thing, key in (
        (scenario, "years"),
        (scenario.society, "citizens"),
        (scenario.transition, "mode"),
        (scenario.transition.moves[0], "over"),
    ):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(thing, key, 1)


def test_names_of_files_come_before_shipped_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gov1").write_text("years: 3\n")
    assert Scenario.load("gov1").years == 3
    assert Scenario.load("gov2").years == 20
    with pytest.raises(ScenarioError, match=r"gov22: no such file .* did you mean 'gov2'\?"):
        Scenario.load("gov22")


def test_scenarios_that_say_the_same_are_equal() -> None:
    gov2 = Scenario.load("gov2")
    assert gov2.but() == gov2
    assert len({gov2, gov2.but(), Scenario.load("gov3")}) == 2
    assert gov2.but(years=3) != gov2
