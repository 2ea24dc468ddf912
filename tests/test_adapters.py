"""Other tools' views of a scenario or experiment: the same numbers, under names that they take."""

from __future__ import annotations

import pickle
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import sim
from sim.declared import PARAMETERS
from sim.errors import ScenarioError, UserMistake, WrongArgument
from sim.experiments.experiment import Experiment
from sim.experiments.factors import Factor
from sim.questions.adapters import (
    as_ema_model,
    as_function,
    as_salib_problem,
    dotted_name,
    ema_name,
    factor_names,
)
from sim.questions.comparison.run import run
from tests.experiments import made_plan, unit_factors
from tests.studies import small

EXPERIMENT = {
    "name": "tiny",
    "policies": ["gov1", "gov3"],
    "base": {"years": 1, "society": {"citizens": 200, "place": "synthetic"}},
    "levers": {"society.digital_training": None, "governance.goal": {"low": 0.0, "high": 2.0}},
    "uncertainties": {
        "government.capacity": {
            "distribution": "triangular", "low": 0.2, "high": 0.8, "mode": 0.5,
        },
        "society.heterogeneity": {
            "distribution": "normal", "low": 0.0, "high": 2.0, "mean": 0.5, "sd": 0.5,
        },
    },
    "outcomes": ["trust", "citizen_hours", "trust_sd"],
    "design": {"kind": "lhs", "points": 3},
    "replicates": 2,
}  # fmt: skip


def test_a_function_gives_what_run_gives() -> None:
    scenario = small("gov2", years=1)
    found = as_function(scenario, ["trust", "digital_use"], replicates=2)({})
    values = run(scenario, replicates=2, luck_only=True, jobs=1).values
    last = values[values["month"] == 12]
    assert set(found) == {"trust", "digital_use"}
    for name, value in found.items():
        assert value == pytest.approx(last[name].mean())


def test_a_function_moves_parameters_and_rows_under_the_same_luck() -> None:
    f = as_function(small("gov1", years=1))
    assert f({}) == f({})
    assert set(f({})) == {
        "efficiency", "participation", "trust", "inclusion", "innovation", "resilience",
        "needs_met", "cost_per_citizen",
    }  # fmt: skip
    assert f({"government.capacity": 0.9}) != f({})
    whole = {f"governance.{row}": 2 for row in small("gov3").resolved()["governance"]}
    moved = f(whole)
    expected = as_function(small("gov1", years=1).but(governance="gov3"))({})
    assert moved == expected
    other = as_function(small("gov1", years=1), seed=2)
    assert other({}) != f({})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"society.heterogenity": 1.0}, "did you mean 'society.heterogeneity'"),
        ({"governance.gaol": 1.0}, "did you mean 'governance.goal'"),
    ],
)
def test_a_function_refuses_unknown_names(values: dict[str, float], words: str) -> None:
    with pytest.raises(UserMistake, match=words):
        as_function(small("gov1", years=1))(values)


def test_a_function_refuses_wrong_values_and_outcomes() -> None:
    with pytest.raises(ScenarioError, match=r"society\.heterogeneity"):
        as_function(small("gov1", years=1))({"society.heterogeneity": 99.0})
    with pytest.raises(UserMistake, match="did you mean 'trust'"):
        as_function(small("gov1", years=1), ["trsut"])


def test_salib_problem_of_an_experiment() -> None:
    problem = as_salib_problem(Experiment.model_validate(EXPERIMENT))
    assert problem["num_vars"] == 4
    assert problem["names"][2:] == ["government.capacity", "society.heterogeneity"]
    assert problem["dists"] == ["unif", "unif", "triang", "truncnorm"]
    assert problem["bounds"][1:] == [[0.0, 2.0], [0.2, 0.8, pytest.approx(0.5)], [0, 2, 0.5, 0.5]]


def test_salib_problem_of_a_scenario() -> None:
    scenario = small("gov1")
    problem = as_salib_problem(scenario)
    varying = [name for name, p in PARAMETERS.items() if p.role != "constant"]
    assert problem["names"] == varying
    two = as_salib_problem(scenario, ["trust.negativity", "government.capacity"])
    assert two["bounds"] == [[1.0, 4.0], [0.05, 0.95]]
    with pytest.raises(UserMistake, match=r"did you mean 'trust\.negativity'"):
        as_salib_problem(scenario, ["trust.negativty"])


def test_salib_samples_a_problem_as_the_plan_does() -> None:
    """The same quantiles of every distribution."""
    pytest.importorskip("SALib", reason="pip install 'govshift[analysis]'")
    from SALib.util import scale_samples

    factors = Experiment.model_validate(EXPERIMENT).factors
    shares = np.random.default_rng(1).random((50, len(factors)))
    problem = as_salib_problem(made_plan({"kind": "lhs", "points": 2}, factors))
    expected = np.column_stack([f.quantile(shares[:, k]) for k, f in enumerate(factors)])
    assert scale_samples(shares.copy(), problem) == pytest.approx(expected)


def test_names_for_the_workbench_go_both_ways() -> None:
    for name in factor_names():
        assert ema_name(name).isidentifier()
        assert dotted_name(ema_name(name)) == name


@pytest.fixture
def _workbench() -> None:
    pytest.importorskip("ema_workbench", reason="pip install 'govshift[discovery]'")


@pytest.mark.usefixtures("_workbench")
def test_an_experiment_as_a_model_of_the_workbench() -> None:
    model = as_ema_model(Experiment.model_validate(EXPERIMENT))
    assert {p.name for p in model.uncertainties} == {
        "government__capacity", "society__heterogeneity",
    }  # fmt: skip
    assert {p.name for p in model.levers} == {
        "society__digital_training", "governance__goal", "policy_name",
    }  # fmt: skip
    kinds = {outcome.name: outcome.kind for outcome in model.outcomes}
    assert kinds == {"trust": 1, "citizen_hours": -1, "trust_sd": 0}


@pytest.mark.usefixtures("_workbench")
def test_the_workbench_runs_the_model() -> None:
    model = as_ema_model(small("gov2", years=1), ["trust.negativity"], outcomes=["trust"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import Scenario, SequentialEvaluator

        cases = [Scenario(str(k), trust__negativity=value) for k, value in enumerate((1.0, 4.0))]
        with SequentialEvaluator(model) as evaluator:
            experiments, outcomes = evaluator.perform_experiments(scenarios=cases)
    f = as_function(small("gov2", years=1), ["trust"])
    expected = [f({"trust.negativity": value})["trust"] for value in (1.0, 4.0)]
    assert list(outcomes["trust"]) == pytest.approx(expected)
    assert list(experiments["trust__negativity"]) == [1.0, 4.0]


@pytest.mark.usefixtures("_workbench")
def test_the_workbench_runs_several_policies() -> None:
    """A lever says which; no lever, uncertainty or outcome has the name of a column of its own."""
    experiment = Experiment.model_validate(EXPERIMENT | {"policies": ["gov1", "gov3"]})
    model = as_ema_model(experiment, outcomes=["trust"], replicates=1)
    taken = {"policy", "scenario", "scenario_id", "model"}
    assert not taken & {p.name for p in (*model.levers, *model.uncertainties, *model.outcomes)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import Policy, Scenario, SequentialEvaluator

        shared = {"society__digital_training": 0.0, "governance__goal": 1.0}
        policies = [Policy(name, policy_name=name, **shared) for name in ("gov1", "gov3")]
        case = Scenario("0", government__capacity=0.5, society__heterogeneity=0.5)
        with SequentialEvaluator(model) as evaluator:
            table, found = evaluator.perform_experiments(scenarios=[case], policies=policies)
    assert list(table["policy_name"]) == ["gov1", "gov3"]
    assert len(set(found["trust"])) == 2


def test_functions_can_be_pickled() -> None:
    f = as_function(small("gov2", years=1), ["trust"])
    assert pickle.loads(pickle.dumps(f)) == f


@pytest.mark.usefixtures("_workbench")
def test_models_of_the_workbench_can_be_pickled() -> None:
    """Its processes are given the model."""
    model = as_ema_model(Experiment.model_validate(EXPERIMENT))
    again = pickle.loads(pickle.dumps(model))
    assert {p.name for p in again.levers} == {p.name for p in model.levers}
    assert again.function == model.function


@pytest.mark.parametrize("options", [{"replicates": 0}, {"seed": 1.5}, {"replicates": 1.5}])
def test_a_function_refuses_wrong_arguments(options: dict[str, Any]) -> None:
    with pytest.raises(WrongArgument):
        as_function(small("gov2", years=1), **options)


@pytest.mark.usefixtures("_workbench")
def test_whole_numbers_and_values_for_the_workbench() -> None:
    whole, values = unit_factors(2, 0.0, 3.0)
    factors = (replace(whole, whole=True), replace(values, values=(0.5, 1.5)))
    model = as_ema_model(made_plan({"kind": "lhs", "points": 2}, factors))
    kinds = {p.name: type(p).__name__ for p in model.uncertainties}
    assert sorted(kinds.values()) == ["CategoricalParameter", "IntegerParameter"]
    assert isinstance(factors[0], Factor)


def test_the_public_door() -> None:
    for name in ("as_ema_model", "as_function", "as_salib_problem", "discover", "robust",
                 "sensitivity"):  # fmt: skip
        assert name in sim.__all__
        assert callable(getattr(sim, name))
