"""Mesa's own tools with the model: batch runs, copies, collectors, citizens of one's own."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import mesa
import pytest

from sim.agents import Citizen, FollowedCitizen, LocalGovernment
from sim.batch import replicate_seed
from sim.errors import UserMistake, WrongArgument
from sim.model import Collector, GovernanceModel
from sim.questions.comparison.run import run
from sim.scenario import Scenario
from tests.fingerprint import fingerprint
from tests.studies import small

Make = Callable[..., GovernanceModel]
ADDED = {"RunId", "iteration", "Step", "AgentID", "plan", "rng", "seed", "citizens", "years",
         "engine", "threads", "collect"}  # fmt: skip


@pytest.fixture(autouse=True)
def _mesa_deprecates_iterations() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*iterations.*", category=DeprecationWarning)
        yield


def _batch(parameters: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = mesa.batch_run(
        GovernanceModel, parameters, display_progress=False, **options
    )
    return rows


def _by_run(rows: list[dict[str, Any]], name: str) -> list[Any]:
    return list({row["RunId"]: row[name] for row in rows}.values())


def test_iterations_of_a_batch_are_replicates() -> None:
    """Each has luck of its own: that of the same replicate of `run`. One scenario is one value."""
    plan = small("gov2", years=1, citizens=200)
    rows = _batch({"plan": plan}, iterations=3)
    found = _by_run(rows, "trust")
    last = run(plan, replicates=3, luck_only=True, jobs=1).timeseries.query("month == 12")
    assert found == list(last["trust"])
    assert len(set(found)) == 3
    assert set(_by_run(rows, "month")) == {12}
    assert set(_by_run(rows, "scenario_name")) == {"gov2"}


def test_a_given_seed_wins_and_a_plan_may_be_a_name() -> None:
    rows = _batch({"plan": ["gov1", "gov2"], "years": 1, "citizens": 200, "rng": [7]}, iterations=2)
    one, two, *again = _by_run(rows, "trust")
    assert [one, two] == again
    model = GovernanceModel("gov1", years=1, citizens=200, seed=7)
    model.run()
    assert model.outcome("trust") == one


def test_every_month_is_in_a_batch() -> None:
    rows = _batch({"plan": small("gov2", years=1)}, data_collection_period=1)
    assert sorted({row["month"] for row in rows}) == list(range(13))


def test_outside_a_batch_the_seed_is_the_scenarios() -> None:
    plan = small("gov2", years=1)
    assert GovernanceModel(plan).seed_key == GovernanceModel(plan, rng=plan.seed).seed_key
    assert (
        GovernanceModel(plan).seed_key != GovernanceModel(plan, rng=replicate_seed(1, 0)).seed_key
    )


def test_no_two_reporters_share_a_name() -> None:
    """Mesa's batch runner writes them into one table, beside what it adds itself."""
    collector = Collector()
    names = [*collector.model_reporters, *ADDED]
    for reporters in collector.agenttype_reporters.values():
        names += reporters
    assert len(names) == len(set(names))


def test_reporters_are_plain_functions_or_names() -> None:
    """Mesa 3.4 calls any other kind without a model, to try it."""
    for reporter in Collector().model_reporters.values():
        assert isinstance(reporter, str) or type(reporter) is type(_batch)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_copy_goes_on_as_the_model_does(threads: int) -> None:
    plan = small("gov2", years=1)
    model = GovernanceModel(plan, threads=threads)
    for _ in range(3):
        model.step()
    model.citizens.select(at_most=3)
    copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    for one in (model, *copies):
        one.run()
    assert len({fingerprint(one) for one in (model, *copies)}) == 1
    frame = model.datacollector.get_model_vars_dataframe()
    for one in copies:
        assert one.datacollector.get_model_vars_dataframe().equals(frame)
        assert len(one.datacollector.get_agenttype_vars_dataframe(LocalGovernment)) == 13 * 17
        assert one.citizens.to_list()[3].model is one if hasattr(one.citizens, "to_list") else True


def test_reporters_that_users_add_are_kept() -> None:
    collector = Collector()
    collector._new_model_reporter("plan_name", "plan")
    again = pickle.loads(pickle.dumps(collector))
    assert list(again.model_reporters) == [*Collector().model_reporters, "plan_name"]


class Sceptic(Citizen):
    """Never trusts anybody."""

    def judge(self) -> None:
        super().judge()
        self.trust_local = self.trust_central = 0.0


class Watched(Citizen):
    """Has something more to show, and no other rule."""

    @property
    def doubt(self) -> float:
        return 1.0 - float(self.trust)


def test_citizens_of_a_class_of_ones_own(society: Make) -> None:
    """They live by their rules in their rows, whether made before others or after."""
    model = society("gov2", citizens=200, years=1, engine="agents")
    early = Sceptic(model, 3)
    assert list(model.citizens)[3] is early
    late = Sceptic(model, 4)
    assert [type(c) for c in list(model.citizens)[2:6]] == [Citizen, Sceptic, Sceptic, Citizen]
    assert len(model.citizens) == 200
    assert Sceptic in model.agent_types
    assert len(model.agents_by_type[Citizen]) == 198
    model.step()
    assert early.trust == late.trust == 0.0
    assert model.state.citizens.trust_local[5] > 0.0
    assert Watched(society(citizens=200), 7).doubt > 0.0


def test_the_compiled_engine_refuses_rules_that_it_would_ignore(
    society: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = society(citizens=200)
    with pytest.raises(UserMistake, match=r"Sceptic.judge: .*engine=\"agents\""):
        Sceptic(model, 3)
    assert len(model.citizens) == 200
    person = next(iter(model.citizens))
    with pytest.raises(UserMistake, match=r"Citizen.judge: "):
        person.judge = person.learn
    government = model.local_governments[0]
    with pytest.raises(UserMistake, match=r"LocalGovernment.form_target: "):
        government.form_target = government.run_project
    monkeypatch.setattr(LocalGovernment, "run_project", lambda self: None)
    with pytest.raises(UserMistake, match=r"LocalGovernment.run_project: "):
        model.step()
    with pytest.raises(UserMistake, match=r"LocalGovernment.run_project: "):
        society(citizens=200)
    assert society(citizens=200, engine="agents").engine == "agents"


def test_the_compiled_engine_refuses_functions_that_it_would_ignore(
    society: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.agents.citizen.updated_trust", lambda *_: 0.0)
    with pytest.raises(UserMistake, match=r"^sim.agents.citizen.updated_trust: "):
        society(citizens=200)


def test_a_person_outside_the_society_is_refused(society: Make) -> None:
    with pytest.raises(WrongArgument, match="row: a whole number from 0 to 199, not 200"):
        Watched(society(citizens=200), 200)


def test_followed_citizens_stand_beside(society: Make) -> None:
    model = society(citizens=200)
    followed = model.follow(3)
    assert isinstance(followed, FollowedCitizen)
    assert type(list(model.citizens)[3]) is Citizen


def test_nobody_is_removed(society: Make) -> None:
    model = society(citizens=200)
    for agent in (next(iter(model.citizens)), model.local_governments[0], model.entrepreneurs[0]):
        with pytest.raises(UserMistake, match="nobody leaves a society"):
            agent.remove()
    assert len(model.citizens) == 200


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": 1.5}, r"seed: a whole number from 0 to \d+, not 1.5"),
        ({"rng": -1}, "seed: a whole number"),
        ({"rng": True}, "seed: a whole number"),
        ({"rng": "1"}, "seed: a whole number"),
        ({"rng": 1, "seed": 1}, "seed: is given twice"),
        ({"threads": 0}, "threads: a whole number"),
        ({"threads": 1.5}, "threads: a whole number"),
        ({"engine": "compild"}, "engine: one of compiled, agents, cuda, not .*did you mean"),
        ({"engine": None}, "engine: one of"),
    ],
)
def test_wrong_arguments_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(WrongArgument, match=words):
        GovernanceModel(small("gov2", years=1), **options)


def test_whole_numbers_of_other_kinds_are_seeds() -> None:
    import numpy as np

    plan = small("gov2", years=1)
    keys = {GovernanceModel(plan, rng=seed).seed_key for seed in (2, 2.0, np.int64(2))}
    assert len(keys) == 1
    assert plan.model(seed=2).seed_key in keys


def test_a_notebook_shows_the_model() -> None:
    model = GovernanceModel(Scenario.load("gov2").but(name="<b>&", society={"citizens": 200}))
    html = model._repr_html_()
    assert "&lt;b&gt;&amp;, month 0 of 240" in html
    assert "efficiency" in html


def test_mesa_counts_the_months_that_run_as_a_whole() -> None:
    """Steps, and time where Mesa has it, go on from there."""
    model = GovernanceModel("gov2", citizens=200, years=2, collect=False)
    model.run()
    assert (model.month, model.steps) == (24, 24)
    assert getattr(model, "time", 24.0) == 24.0
    model.step()
    assert (model.month, model.steps) == (25, 25)
