"""Experiment files: what they mean, what is wrong with them, and the ones that ship."""

from __future__ import annotations

import json
import pickle
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Scenario
from sim.cli import main
from sim.declared import LEVERS, PARAMETERS
from sim.errors import ScenarioError, UserMistake
from sim.experiments import designs
from sim.experiments.designs import Design
from sim.experiments.experiment import Experiment
from sim.experiments.experiment_files import experiment_names, experiments_folder, is_experiment
from sim.experiments.schema import SCHEMA_FILE, experiment_schema, schema_text
from sim.explain.experiment_template import experiment_template
from sim.explain.names import explain
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE
from sim.runs.replicate import Finished, run_replicate
from sim.scenario.source import read_source
from sim.society.places import find_place
from tests.broken_files import assert_told_as_expected, expectations, told

BROKEN = sorted((Path(__file__).parent / "broken_experiments").glob("*.yaml"))
TEXT = """\
name: a try
question: What moves trust?
policies: [gov1, {name: mine, extends: gov3, parameters: {society.digital_training: 0.3}}]
base: {years: 3, society: {citizens: 500}}
levers: {governance.goal: , society.digital_training: {high: 0.5}}
uncertainties: {society.heterogeneity: }
outcomes: [trust, efficiency]
design: {kind: lhs, points: 5}
replicates: 2
seed: 7
months: [36, 12]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a_try.yaml"
    path.write_text(TEXT)
    return path


def small(**changes: Any) -> Experiment:
    asked: dict[str, Any] = {
        "policies": ["gov1", "gov3"],
        "levers": {"society.digital_training": None},
        "design": {"kind": "lhs", "points": 4},
    }
    return Experiment(**(asked | changes))


# What is wrong


def test_there_are_many_broken_files() -> None:
    assert len(BROKEN) >= 80
    assert all(expectations(file) for file in BROKEN)


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_broken_experiment(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert_told_as_expected(file, told(file, capsys))


SETS = {
    "design.points=x": "--set design.points=x: design.points: expected a whole number",
    "desing.points=4": "--set desing.points=4: desing: unknown key",
    "trust.negativity=9": "--set trust.negativity=9: parameters.trust.negativity: 9 is outside",
    "base.years=0": "--set base.years=0: years: 0 is outside 1 to 100",
    "levers.society.digital_training.low=2": "low: 2 is outside 0 to 1 (share of citizens a year)",
    "levers.society.heterogeneity=": "is an uncertainty; it belongs under uncertainties",
}


@pytest.mark.parametrize("text", SETS)
def test_a_wrong_set_is_named(file: Path, text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Experiment.load(file, sets=[text])
    assert SETS[text] in str(caught.value)


def test_a_name_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file or shipped experiment"):
        Experiment.load(tmp_path / "nothing.yaml")


def test_the_constructor_sees_the_whole() -> None:
    with pytest.raises(ScenarioError, match=r"^policies.0: 'gov9' is no file"):
        small(policies=["gov9"])
    with pytest.raises(ScenarioError, match=r"^design.points: 3 is no power of two"):
        small().but(design={"kind": "sobol", "points": 3})


# What is right


def test_what_a_file_says(file: Path) -> None:
    plan = Experiment.load(file).plan()
    assert plan.name == "a try"
    assert plan.slug == "a_try"
    assert list(plan.policies) == ["gov1", "mine"]
    assert {s.society.citizens for s in plan.policies.values()} == {500}
    assert [(f.name, f.role, f.low, f.high) for f in plan.factors] == [
        ("governance.goal", "lever", 0.0, 2.0),
        ("society.digital_training", "lever", 0.0, 0.5),
        ("society.heterogeneity", "uncertainty", 0.0, 2.0),
    ]
    assert plan.outcomes == ("trust", "efficiency")
    assert plan.months == (12, 36)
    assert plan.runs == 5 * 2 * 2


def test_what_is_left_out() -> None:
    plan = small().plan()
    assert plan.outcomes == tuple(outcome.name for outcome in OUTCOMES)
    assert plan.months == (240,)
    assert (plan.replicates, plan.seed) == (1, 1)


def test_runs_are_numbered_by_point_policy_and_replicate(file: Path) -> None:
    plan = Experiment.load(file).plan()
    asked = [(p, policy, r) for p in range(5) for policy in ("gov1", "mine") for r in range(2)]
    assert [plan.where(run) for run in range(plan.runs)] == asked
    for run in (-1, plan.runs):
        with pytest.raises(IndexError):
            plan.where(run)
    job = plan.job(7)
    assert (job.name, job.replicate, job.seed) == ("mine", 1, 7)
    assert job.scenario == plan.scenario(1, "mine")


def test_a_point_is_what_set_makes_of_it(file: Path) -> None:
    """The values of a point, given by `--set` to the policy's own file."""
    plan = Experiment.load(file).plan()
    shared = ["years=3", "society.citizens=500"]
    for point, values in enumerate(plan.points.tolist()):
        sets = [f"{name}={value!r}" for name, value in zip(plan.names, values, strict=True)]
        by_hand = Scenario.load("gov1", sets=[*shared, *sets])
        assert plan.scenario(point, "gov1") == by_hand
        assert plan.scenario(point, "gov1").resolved() == by_hand.resolved()


def test_a_run_is_that_of_the_same_scenario(file: Path) -> None:
    """Not only the same words: the same numbers."""
    job = Experiment.load(file).plan().job(0)
    outcome = run_replicate(job)
    assert isinstance(outcome, Finished)
    plan = Experiment.load(file).plan()
    values = zip(plan.names, plan.points[0].tolist(), strict=True)
    sets = ["years=3", "society.citizens=500", *(f"{name}={value!r}" for name, value in values)]
    by_hand = run_replicate(
        type(job)(Scenario.load("gov1", sets=sets), "by hand", job.replicate, job.seed)
    )
    assert isinstance(by_hand, Finished)
    assert outcome.national.equals(by_hand.national)


def test_an_absent_value_is_the_policys_own(file: Path) -> None:
    experiment = Experiment.load(file).but(design={"kind": "one_at_a_time"})
    plan = experiment.plan()
    assert np.isnan(plan.points[0]).all()
    assert plan.scenario(0, "mine") == plan.policies["mine"]
    assert plan.values(0, "mine") == (2.0, 0.3, PARAMETERS["society.heterogeneity"].default)
    assert plan.values(1, "mine") == (0.0, 0.3, PARAMETERS["society.heterogeneity"].default)


def test_sets_reach_design_factors_and_policies(file: Path) -> None:
    sets = [
        "design.points=9", "levers.society.digital_training.high=0.25", "trust.negativity=2",
        "base.years=5", "base.governance.services=gov2", "uncertainties.society.volatility=",
    ]  # fmt: skip
    plan = Experiment.load(file, sets=sets).plan()
    assert len(plan.points) == 9
    assert plan.factors[1].high == 0.25
    assert plan.names[-1] == "society.volatility"
    for policy in plan.policies.values():
        assert policy.years == 5
        assert policy.parameters["trust.negativity"] == 2
        assert policy.profile[FIGURE.row_ids.index("services")] == 1.0


def test_a_set_of_one_row_keeps_the_others_of_the_base(file: Path) -> None:
    file.write_text(TEXT.replace("base: {", "base: {governance: gov3, "))
    plan = Experiment.load(file, sets=["base.governance.goal=gov1"]).plan()
    assert plan.policies["gov1"].profile == (0.0, *[2.0] * 11)


def test_policies_of_files_beside_the_experiment(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "mine.yaml").write_text("extends: gov2\nyears: 20\n")
    (tmp_path / "lab").mkdir()
    file = tmp_path / "lab" / "a.yaml"
    file.write_text(TEXT.replace("policies: [gov1", "policies: [../plans/mine.yaml")
                    .replace("name: mine", "name: other"))  # fmt: skip
    found = Experiment.load(file)
    assert list(found.scenarios) == ["mine", "other"]
    told = "\n".join(found.warnings)
    assert "'../plans/mine.yaml' is read from a folder beside this one" in told


def test_policies_may_be_scenarios() -> None:
    scenario = Scenario.load("gov2").but(name="now")
    assert small(policies=[scenario, "gov1"]).scenarios["now"] == scenario


def test_a_design_is_replaced_whole() -> None:
    design = small().but(design={"kind": "grid", "levels": 3}).design
    assert design == Design(kind="grid", levels=3)


def test_the_digest_knows_all_that_decides_results(file: Path) -> None:
    one = Experiment.load(file)
    again = Experiment.load(file)
    assert one.plan().digest == again.plan().digest
    changed = [
        "seed=8", "replicates=3", "design.points=6", "base.years=4", "trust.negativity=2",
        "uncertainties.society.heterogeneity.high=1", "uncertainties.society.volatility=",
    ]  # fmt: skip
    plans = [Experiment.load(file, sets=[text]).plan() for text in changed]
    plans.append(one.but(outcomes=["trust"]).plan())
    plans.append(one.but(months=[24]).plan())
    assert len({plan.digest for plan in (one.plan(), *plans)}) == len(plans) + 1
    assert one.but(question="Why?").plan().digest == one.plan().digest


def test_a_plan_pickles_small(file: Path) -> None:
    plan = Experiment.load(file).but(design={"kind": "lhs", "points": 10_000}).plan()
    packed = pickle.dumps(plan)
    assert len(packed) < plan.points.nbytes + 20_000
    again = pickle.loads(packed)
    assert again.digest == plan.digest
    assert again.job(100).scenario == plan.job(100).scenario


@pytest.mark.parametrize("name", [*LEVERS, *(f"governance.{row}" for row in FIGURE.row_ids)])
def test_every_lever_and_row_is_a_lever(name: str) -> None:
    assert small(levers={name: None}).factors[0].role == "lever"
    with pytest.raises(ScenarioError, match="is a lever; it belongs under levers"):
        small(levers={}, uncertainties={name: None})


def test_a_constant_may_be_either() -> None:
    name = "outcomes.fit_weight"
    assert PARAMETERS[name].role == "constant"
    assert small(levers={name: None}).factors[0].role == "lever"
    assert small(levers={}, uncertainties={name: None}).factors[0].role == "uncertainty"


def test_a_morris_design_says_how_to_get_salib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(designs, "find_spec", lambda name: None)
    with pytest.raises(UserMistake, match=r"pip install 'govshift\[analysis\]'"):
        small(design={"kind": "morris", "trajectories": 4}).plan()
    assert len(small(design={"kind": "sobol", "points": 4}).plan().points) == 12


# The command line


def test_check_accepts_experiments(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", str(file), "gov1"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"{file}: ok\ngov1: ok\n"


def test_check_warns_of_what_changes_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = "policy: [{month: 5, set: {government.budget: 1}}], "
    file.write_text(TEXT.replace("name: mine, ", f"name: mine, {idle}"))
    with pytest.raises(SystemExit) as ended:
        main(["check", str(file)])
    assert ended.value.code == 0
    lines = capsys.readouterr().err.splitlines()
    assert all(line.startswith(f"warning: {file}:3:") for line in lines)
    assert "policies.1.policy.0.set.government.budget: changes nothing" in lines[0]
    assert "policies.1.parameters.society.digital_training: counts for nothing here" in lines[1]


def test_explain_tells_factors_and_runs(file: Path) -> None:
    text = " ".join(explain(str(file), "gov1").split())
    assert text.startswith("a try: What moves trust? ")
    for words in (
        "policies: gov1, mine",
        "korea, 500 citizens, 3 years from 1995-01",
        "society.digital_training: 0 to 0.5 (share of citizens a year)",
        PARAMETERS["society.heterogeneity"].source,
        "trust, efficiency; kept at month 12 (1995-12), month 36 (1997-12)",
        "lhs (points 5), seed 7",
        "5 points x 2 policies x 2 replicates = 20",
    ):
        assert words in text


def test_an_experiment_is_told_from_a_scenario(file: Path, tmp_path: Path) -> None:
    assert is_experiment(str(file))
    assert is_experiment("levers")
    assert not is_experiment("gov1")
    assert not is_experiment("digital_divide")  # a scenario's name first
    assert not is_experiment(str(tmp_path / "nothing.yaml"))
    broken = tmp_path / "broken.yaml"
    broken.write_text("policies: [")
    assert not is_experiment(str(broken))


def test_new_writes_an_experiment_that_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["new", "my_lab", "--experiment"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said == "my_lab.yaml is written. Edit it, then: govshift explain my_lab.yaml\n"
    assert Experiment.load("my_lab.yaml").plan().runs == 1_200
    with pytest.raises(SystemExit) as ended:
        main(["new", "my_lab", "--experiment"])
    assert ended.value.code == 2


def test_every_line_of_a_new_experiment_can_be_used(tmp_path: Path) -> None:
    """With the mark of a comment taken away, one design at a time."""
    path = tmp_path / "all.yaml"
    (tmp_path / "my_plan.yaml").write_text("extends: gov3\n")
    lines = experiment_template(path).splitlines()
    body = [re.sub(r"^# (?=levers|outcomes|months|  )", "", line) for line in lines]
    factors = [*LEVERS, *(f"governance.{row}" for row in FIGURE.row_ids)]
    (tmp_path / "my_points.csv").write_text("society.volatility\n0.1\n")
    for design in [line for line in lines if "design: " in line]:
        chosen = [line for line in body if "design: " not in line]
        path.write_text("\n".join([*chosen, design.removeprefix("# ")]) + "\n")
        if "csv" in design:
            with pytest.raises(ScenarioError, match="there is no column for"):
                Experiment.load(path)
            continue
        if "grid" in design:
            with pytest.raises(ScenarioError, match="points; at most"):
                Experiment.load(path)
            continue
        plan = Experiment.load(path).plan()
        assert list(plan.policies) == ["gov1", "gov2", "gov3", "my_plan", "my idea"]
        assert [*plan.names][: len(factors)] == factors
        assert plan.months == (60, 120, 240)


# What ships


@pytest.mark.parametrize("name", experiment_names())
def test_shipped_experiments_are_moderate_and_ask(name: str) -> None:
    experiment = Experiment.load(name)
    plan = experiment.plan()
    assert plan.question.endswith("?")
    assert plan.question.count(".") + plan.question.count("?") == 1
    assert plan.name == name
    assert 100 <= plan.runs <= 5_000
    for run in (0, plan.runs - 1):
        plan.job(run)
    assert not [line for policy in plan.policies.values() for line in policy.warnings]


def test_the_shipped_experiments() -> None:
    assert set(experiment_names()) == {
        "assumptions", "budgets", "deep_uncertainty", "digital_divide", "levers", "regimes",
        "regions", "row_attribution",
    }  # fmt: skip


def test_levers_has_every_lever() -> None:
    assert {f.name for f in Experiment.load("levers").factors if f.name in PARAMETERS} == {*LEVERS}


def test_row_attribution_has_every_row() -> None:
    names = [factor.name for factor in Experiment.load("row_attribution").factors]
    assert names == [f"governance.{row}" for row in FIGURE.row_ids]


def test_regions_spans_the_own_revenue_of_the_regions() -> None:
    """In proportion to own revenue per head, as the accounts have it."""
    regions = find_place("korea").local_governments
    people = np.array([region.population for region in regions])
    reliance = np.array([region.self_reliance for region in regions])
    relative = reliance * people.sum() / (reliance * people).sum()
    money = PARAMETERS["finance.development"].default * relative
    factor = Experiment.load("regions").factors[0]
    assert factor.name == "finance.development"
    np.testing.assert_allclose([factor.low, factor.high], [money.min(), money.max()], atol=0.05)


# Whatever is written


WORDS = [
    *Experiment.model_fields, *Design.model_fields, "low", "high", "distribution", "mode", "mean",
    "sd", "values", "whole", "lhs", "sobol", "csv", "triangular", "normal", "gov1", "gov3", "trust",
    "governance.goal", "extends", *LEVERS, *list(PARAMETERS)[:6], "years", "a.csv", "<<",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(WORDS), st.none(), st.booleans(), st.integers(-3, 300), st.integers(),
    st.floats(), st.text(max_size=12),
)  # fmt: skip
DATA = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from(list(Experiment.model_fields)), DATA, max_size=5))
def test_any_data_is_right_or_told(folder: Path, data: dict[str, Any]) -> None:
    """Over a right file: each mistake has a place, and nothing else is raised."""
    file = folder / "any.yaml"
    merged = read_right() | data
    file.write_text(yaml.dump(merged, allow_unicode=True), encoding="utf-8", newline="")
    try:
        Experiment.load(file)
    except ScenarioError as error:
        for line in str(error).split("\n"):
            assert line.isprintable()
            assert line.startswith((f"{file}:", "There are more")), line


def read_right() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "right.yaml"
        path.write_text(TEXT)
        data = read_source(path).data
    return dict(json.loads(json.dumps(data)))


# The schema


def test_the_shipped_schema_is_current() -> None:
    """`make schema` writes it again."""
    assert (experiments_folder() / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()
    jsonschema.Draft202012Validator.check_schema(experiment_schema())


@pytest.mark.parametrize("name", experiment_names())
def test_shipped_experiments_name_and_fit_the_schema(name: str) -> None:
    path = experiments_folder() / f"{name}.yaml"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE}"
    jsonschema.validate(read_source(path).data, experiment_schema())


UNSEEN_BY_THE_SCHEMA = {
    "policy_same_name", "policy_twice", "policy_misspelt", "policy_is_a_folder",
    "policy_file_wrong", "policy_inline_extends_nothing", "policies_of_unlike_society",
    "policies_of_unlike_years", "nothing_varies", "factor_in_both", "range_upside_down",
    "triangular_without_mode", "mode_outside", "mode_of_uniform", "normal_without_sd",
    "values_and_range", "whole_without_whole_numbers", "design_key_of_another_kind",
    "grid_without_levels", "grid_too_large", "sobol_no_power_of_two", "morris_odd_levels",
    "csv_file_missing", "csv_wrong", "csv_wrong_columns", "csv_without_points", "months_outside",
    "infrastructure_of_europe", "factor_twice", "key_twice", "name_blank", "name_of_two_lines",
    "name_with_an_escape", "name_that_turns_the_writing", "question_with_an_escape",
    "policy_outside", "policy_absolute", "policy_and_base_contradict",
    "policy_and_base_move_otherwise", "factor_undone_at_once", "row_undone_at_once", "csv_outside",
    "worlds_of_too_many_replicates", "anchor_passes_a_policy",
}  # fmt: skip
"""What more than one key, or another file, must be looked at for."""


READABLE = [file for file in BROKEN if not file.stem.startswith("yaml_")]
"""Those that hold data to look at."""


@pytest.mark.parametrize("file", READABLE, ids=lambda file: file.stem)
def test_the_schema_refuses_what_one_key_shows(file: Path) -> None:
    right = jsonschema.Draft202012Validator(experiment_schema()).is_valid(read_source(file).data)
    assert right == (file.stem in UNSEEN_BY_THE_SCHEMA)


def test_the_document_lists_what_ships() -> None:
    text = (Path(__file__).parents[1] / "docs" / "experiment_files.md").read_text(encoding="utf-8")
    for name in experiment_names():
        plan = Experiment.load(name).plan()
        (line,) = [row for row in text.splitlines() if row.startswith(f"| `{name}` |")]
        assert plan.question in line
        assert f"{len(plan.points)}" in line
        assert line.endswith(f"| {plan.runs:,} |")


def test_the_example_of_the_document_is_right(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "experiment_files.md").read_text(encoding="utf-8")
    (tmp_path / "my_plan.yaml").write_text("extends: gov3\n")
    (tmp_path / "example.yaml").write_text(text.split("```yaml\n")[1].split("```")[0])
    assert Experiment.load(tmp_path / "example.yaml").plan().runs == 200 * 3 * 4
