"""Alternative rules: chosen by name, the same under both engines, told where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from sim import Experiment
from sim.errors import ScenarioError, UserMistake
from sim.explain.names import explain
from sim.model import GovernanceModel
from sim.own import RULES
from sim.scenario import Scenario
from sim.scenario.rules import choices

SMALL: dict[str, Any] = {"society": {"citizens": 300, "entrepreneurs": 6}, "years": 4}
ALTERNATIVES = [(process, name) for process, p in choices().items() for name in p.choices[1:]]


def _run(scenario: Scenario, engine: str = "compiled") -> pd.DataFrame:
    return GovernanceModel(scenario, rng=3, engine=engine, collect=False).run().national()


@pytest.fixture(scope="module")
def small() -> Scenario:
    """Four years of a small society that is asked now and then."""
    return Scenario.load("gov3").but(**SMALL)


@pytest.mark.parametrize("process", choices())
def test_the_first_rule_is_the_default(process: str, small: Scenario) -> None:
    default = choices()[process].choices[0]
    assert small.chosen_rules[process] == default
    assert _run(small).equals(_run(small.but(rules={process: default})))


@pytest.mark.parametrize(("process", "name"), ALTERNATIVES)
def test_an_alternative_decides_results_under_both_engines(
    process: str, name: str, small: Scenario
) -> None:
    other = small.but(rules={process: name})
    assert other.chosen_rules[process] == name
    compiled = _run(other)
    assert not compiled.equals(_run(small))
    pd.testing.assert_frame_equal(compiled, _run(other, "agents"), check_exact=True)


def test_cultural_trust_answers_to_no_performance_and_no_answer(small: Scenario) -> None:
    """With the same people, whatever government does, trust goes to the same level."""
    quiet = small.but(rules={"trust": "cultural"}, parameters={"incidents.exposure": 0.0})
    poor = quiet.but(parameters={"government.budget": 0.5})
    rich, bare = _run(quiet), _run(poor)
    assert bare["needs_met"].iloc[-1] < rich["needs_met"].iloc[-1] - 10
    assert abs(bare["trust"].iloc[-1] - rich["trust"].iloc[-1]) < 0.05
    anchored = quiet.but(rules={"trust": "anchored"})
    starved = _run(anchored.but(parameters={"government.budget": 0.5}))["trust"].iloc[-1]
    assert starved < _run(anchored)["trust"].iloc[-1] - 1


def test_adaptive_trust_is_anchored_trust_without_a_norm(small: Scenario) -> None:
    adaptive = _run(small.but(rules={"trust": "adaptive"}))
    unanchored = _run(small.but(parameters={"trust.anchor": 0.0}))
    pd.testing.assert_frame_equal(adaptive, unanchored, check_exact=True)
    moved = small.but(rules={"trust": "adaptive"}, parameters={"trust.norm": 0.8})
    pd.testing.assert_frame_equal(adaptive, _run(moved), check_exact=True)


def test_participation_by_resources_does_not_ask_what_people_believe(small: Scenario) -> None:
    chosen = small.but(rules={"participation": "resources"})
    moved = chosen.but(
        parameters={"participation.efficacy_slope": 0.0, "participation.trust_slope": 1.0}
    )
    pd.testing.assert_frame_equal(_run(chosen), _run(moved), check_exact=True)


def test_punctuated_budgets_stand_still_and_then_go_all_the_way(small: Scenario) -> None:
    """The same speed on average: the sum of what is moved is alike, and in fewer moves."""
    moves = {}
    for name in ("incremental", "punctuated"):
        model = GovernanceModel(small.but(rules={"decision": name}), rng=3, collect=False)
        budgets = [model.state.governments.allocation[:-1].copy()]
        targets = []
        while model.month < model.months:
            model.step()
            budgets.append(model.state.governments.allocation[:-1].copy())
            targets.append(model.state.governments.target[:-1].copy())
        moved = np.abs(np.diff(budgets, axis=0)).sum(axis=2) > 1e-9
        moves[name] = moved.mean()
        reached = np.isclose(budgets[1:], targets, atol=1e-6).all(axis=2)
        assert reached[moved].all() == (name == "punctuated")
    assert moves["punctuated"] < 0.8 * moves["incremental"]


def test_a_rule_holds_in_the_history_too() -> None:
    past = Scenario.load("gov1").but(**SMALL, name="past")
    plan = Scenario.model_validate(
        {"history": past, "start": "1999-01", "years": 2, "rules": {"trust": "cultural"}}
    )
    assert plan.lived is not None
    assert plan.lived.chosen_rules["trust"] == "cultural"
    assert plan.chosen_rules["trust"] == "cultural"


def test_files_extend_and_options_choose(tmp_path: Path) -> None:
    parent = tmp_path / "parent.yaml"
    parent.write_text("extends: gov2\nrules: {trust: cultural, participation: resources}\n")
    child = tmp_path / "child.yaml"
    child.write_text("extends: parent.yaml\nrules:\n  trust: adaptive\n")
    loaded = Scenario.load(child)
    assert loaded.chosen_rules["trust"] == "adaptive"
    assert loaded.chosen_rules["participation"] == "resources"
    by_option = Scenario.load(child, sets=["rules.trust=anchored"])
    assert by_option.chosen_rules["trust"] == "anchored"
    assert loaded.resolved() != by_option.resolved()
    assert Scenario.model_validate(loaded.model_dump()) == loaded


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "rules: {trust: adaptiv}",
            "not a rule of trust (anchored, adaptive, cultural); did you mean",
        ),
        ("rules: {turst: adaptive}", "no choice of rules for 'turst' ("),
        ("rules: {trust: 1}", "rules.trust: expected one of anchored, adaptive, cultural"),
        ("rules: adaptive", "rules: expected"),
        ("rules: {trust: adaptive}\nparameters: {trust.theory: 2}", "leave one of them out"),
        ("parameters: {trust.theory: 0.5}", "choose one by name, as rules: {trust: cultural}"),
        (
            "policy: [{month: 3, set: {trust.theory: 1}}]",
            "holds from month 0 and cannot change later",
        ),
    ],
)
def test_mistakes_are_one_line_with_what_is_allowed(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: gov2\n{text}\n")
    with pytest.raises(ScenarioError) as error:
        Scenario.load(file)
    assert len(str(error.value).splitlines()) == 1
    assert str(error.value).startswith(f"{file}:2:") or str(error.value).startswith(f"{file}:3:")
    assert told in str(error.value)


def test_explain_lists_all_choices() -> None:
    listed = explain("rules", "gov2")
    for process, parameter in choices().items():
        assert parameter.name in listed
        assert all(name in listed for name in parameter.choices)
        assert f"rules: {{{process}: {parameter.choices[-1]}}}" in explain(
            parameter.choices[-1], "gov2"
        )


def test_an_experiment_varies_rules_by_name() -> None:
    asked = {
        "policies": [{"name": "small", "extends": "gov3", **SMALL}],
        "uncertainties": {"trust.theory": {"values": ["anchored", "cultural"]}, "trust.norm": None},
        "outcomes": ["trust"],
        "design": {"kind": "grid", "levels": 2},
    }
    plan = Experiment.model_validate(asked).plan()
    assert sorted({*plan.points[:, 0].tolist()}) == [0.0, 2.0]
    rules = {plan.scenario(point, "small").chosen_rules["trust"] for point in range(4)}
    assert rules == {"anchored", "cultural"}
    everything = Experiment.model_validate(asked | {"uncertainties": {"trust.theory": None}}).plan()
    assert sorted({*everything.points[:, 0].tolist()}) in ([0.0, 2.0], [0.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("trust.theory: {values: [anchored, cultral]}", "expected rules by name"),
        ("trust.theory: {low: 0, high: 1}", "a rule has no range"),
        ("rules.trust:", "which rule is followed is written as trust.theory"),
    ],
)
def test_an_experiment_says_what_is_wrong_with_rules(given: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "asked.yaml"
    file.write_text(
        f"policies: [gov2]\nuncertainties:\n  {given}\ndesign: {{kind: one_at_a_time}}\n"
    )
    with pytest.raises(ScenarioError, match=told) as error:
        Experiment.load(file)
    assert str(error.value).startswith(f"{file}:3:")


def stubborn(
    predisposition: Any, peers: Any, climate: Any, seen: Any, expectation: Any, efficacy: Any,
    share: Any, p: Any,
) -> Any:  # fmt: skip
    """Trust goes to the predisposition alone."""
    return predisposition


class Stubborn(GovernanceModel):
    """A rule of one's own where an alternative of ours is asked."""

    own_rules: ClassVar = {"settled_trust": stubborn}


def test_an_alternative_that_an_own_rule_would_ignore_is_refused(small: Scenario) -> None:
    chosen = small.but(rules={"trust": "adaptive"}).under(Stubborn)
    with pytest.raises(UserMistake, match="rules: trust: adaptive would be ignored"):
        chosen.model()
    small.but(rules={"participation": "resources"}).under(Stubborn).model()


def test_rules_are_asked_where_they_say() -> None:
    asked = {p.asked_in for p in choices().values()}
    assert asked <= {*RULES}
    assert np.all([p.default == 0.0 for p in choices().values()])
