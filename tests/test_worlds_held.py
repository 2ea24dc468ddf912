"""`worlds: {hold: ...}`: what stays at its default in all plausible worlds of a scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError, UserMistake
from sim.experiments.experiment import Experiment
from sim.explain.names import explain
from sim.paradigms import FIGURE
from sim.processes.declared import UNKNOWN
from sim.questions.comparison.alike import alike
from sim.questions.comparison.study import plan_study
from sim.scenario import Scenario
from sim.scenario.held import held, holdable
from sim.worlds.draws import in_world, world
from sim.worlds.unknowns import unknown_names

HELD = {"worlds": {"hold": ["trust.*", "cells.invitations"]}}


def test_everything_that_is_drawn_can_be_held() -> None:
    names = {name for name in holdable() if not name.startswith("cells.")}
    assert names == {p.name for p in UNKNOWN}
    cells = {name.removeprefix("cells.") for name in holdable()} & {c.name for c in FIGURE.cells}
    drawn = {n.removeprefix("cells.").partition("/")[0] for n in unknown_names()}
    assert {FIGURE.cell(name).simplex or name for name in cells} <= drawn


def test_what_is_held_is_not_drawn() -> None:
    free, bound = Scenario.load("gov2"), Scenario.load("gov2").but(**HELD)
    here = world(1, 5)
    one, two = in_world(free, here), in_world(bound, here)
    assert not [name for name in two.parameters if name.startswith("trust.")]
    assert "invitations" not in two.cells
    rest = {n: v for n, v in one.parameters.items() if not n.startswith("trust.")}
    assert two.parameters == rest
    assert two.cells == {n: v for n, v in one.cells.items() if n != "invitations"}


def test_a_cell_that_shares_a_whole_holds_the_whole() -> None:
    bound = Scenario.load("gov2").but(worlds={"hold": ["cells.budget_open"]})
    there = in_world(bound, world(1, 0)).cells
    assert not [name for name in there if name.startswith("budget_")]
    assert "score_cost" in there


def test_what_is_held_decides_results_by_what_it_names() -> None:
    free, bound = Scenario.load("gov2"), Scenario.load("gov2").but(**HELD)
    assert "worlds" not in free.resolved()
    assert bound.resolved() != free.resolved()
    listed = sorted(held(bound))
    assert bound.resolved()["worlds"]["hold"] == listed
    assert free.but(worlds={"hold": listed}).resolved() == bound.resolved()
    assert free.but(worlds={"hold": []}).resolved() == free.resolved()


def test_it_is_inherited_and_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("worlds: {hold: [trust.*]}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\nyears: 3\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text(
        "extends: a.yaml\nworlds: {hold: [agenda.*]}\n", encoding="utf-8"
    )
    heirs = [Scenario.load(tmp_path / f"{name}.yaml") for name in "abc"]
    assert held(heirs[0]) == held(heirs[1]) == {n for n in holdable() if n.startswith("trust.")}
    assert held(heirs[2]) == {n for n in holdable() if n.startswith("agenda.")}
    assert "worlds.hold: nothing -> trust.*" in explain(str(tmp_path / "b.yaml"), "gov1").replace(
        '"', ""
    )


def test_a_history_holds_what_it_says() -> None:
    past = Scenario.load("gov1").but(name="past", years=2, worlds={"hold": ["trust.*"]})
    plan = Scenario.load("gov2").but(governance="stay", start="1997-01", history=past)
    there = in_world(plan, world(1, 2))
    assert not [name for name in there.parameters if name.startswith("trust.")]


def test_compared_scenarios_hold_the_same() -> None:
    free, bound = Scenario.load("gov1"), Scenario.load("gov2").but(name="mine", **HELD)
    with pytest.raises(UserMistake, match=r"worlds.hold is \[trust.\*, cells.invitations\]"):
        plan_study([free, bound], baseline="gov1", worlds=2)
    with pytest.raises(UserMistake, match="extend one of them"):
        plan_study([free, bound], baseline="gov1", worlds=2)
    (one, two), told = alike([free, bound], [True, False])
    assert held(one) == held(two)
    assert "worlds.hold [trust.*, cells.invitations]" in told[0]
    assert plan_study([one, two], baseline="gov1", worlds=2).worlds == 2
    with pytest.raises(ScenarioError, match=r"worlds.hold is .* \(base gives all of them the same"):
        Experiment(
            policies=["gov1", bound.model_dump(exclude_unset=True)],
            levers={"government.budget": None},
            design={"kind": "lhs", "points": 2},
        )


def test_the_key_is_explained() -> None:
    told = explain("worlds.hold", "gov1")
    assert "stays at its default in all plausible worlds" in told
    assert "a key of scenario files" in explain("worlds", "gov1")
    assert "a key of experiment files" in explain("worlds", "gov1")
