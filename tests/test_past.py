"""A history before the start: lived through once, shared, and the same as living on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

from sim import Scenario
from sim.batch import replicate_seed
from sim.cli import main
from sim.errors import ScenarioError, UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.measure import measure
from sim.model import GovernanceModel
from sim.questions.comparison import run as running
from sim.questions.comparison.compare import compare
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import plan_study
from sim.record import Record
from sim.runs.checkpoint import Checkpoint
from sim.runs.past import PASTS, Pasts, begin, key_of
from sim.runs.replicate import Finished, Job, run_replicate
from sim.runs.runner import Where
from sim.runs.watch import Watch
from sim.scenario.files import shipped_names
from tests.fingerprint import contents, fingerprint

SOCIETY = {"place": "synthetic", "citizens": 200, "entrepreneurs": 8, "local_governments": 4}
MOVES = [
    {"date": "2000-06", "over": 12, "to": 0.75, "rows": ["services", "goal"]},
    {"date": "2001-03", "to": "gov2", "rows": ["role_of_citizen"], "who": "Local 02"},
    {"date": "2003-02", "over": 6, "to": "gov3", "rows": ["goal", "services"]},
    {"date": "2003-09", "to": "gov2"},
]
POLICY = [
    {"date": "2000-09", "over": 4, "set": {"government.budget": 0.8}, "who": "Local 03"},
    {"date": "2001-01", "set": {"trust.negativity": 3.0, "society.digital_training": 0.2}},
    {"date": "2003-05", "over": 5, "set": {"government.budget": 1.1}},
]
SHOCKS = [
    {"date": "2001-02", "kind": "fiscal", "size": 0.4, "months": 3},
    {"date": "2002-01", "kind": "emergency", "size": 1.0, "months": 18},
    {"date": "2003-08", "kind": "leader", "size": 0.3, "months": 4},
    {"date": "2003-03", "kind": "preference"},
]
WHOLE = {
    "name": "whole", "start": "2000-01", "years": 7, "society": SOCIETY,
    "parameters": {"society.infrastructure_midpoint": 20.0, "government.budget": 0.95},
    "transition": {"mode": "scheduled", "moves": MOVES}, "policy": POLICY, "shocks": SHOCKS,
}  # fmt: skip
CONTEXT = ("record.first", "record.dated", "record.start_profiles")
"""What a record says of where it begins."""
Society = Callable[..., GovernanceModel]


def scenario(**changes: Any) -> Scenario:
    return Scenario.model_validate(changes)


def whole(**changes: Any) -> Scenario:
    return scenario(**WHOLE | changes)


def rest(start: str, past: Scenario, years: int = 3, **changes: Any) -> Scenario:
    """What `WHOLE` says in some years from a month on, after a history."""
    end = f"{int(start[:4]) + years}{start[4:]}"
    later = {
        name: [item for item in items if start <= str(item["date"]) < end]
        for name, items in (("moves", MOVES), ("policy", POLICY), ("shocks", SHOCKS))
    }
    mode = {"mode": "scheduled", "moves": later["moves"]} if later["moves"] else {}
    data = {"name": "rest", "history": past, "start": start, "years": years, "transition": mode}
    return scenario(**data | {"policy": later["policy"], "shocks": later["shocks"]} | changes)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    PASTS.forget()
    yield
    PASTS.forget()


def lived(plan: Scenario, months: int, **options: Any) -> GovernanceModel:
    """A model in a month of the world."""
    model = GovernanceModel(plan, seed=7, collect=False, **options)
    while model.month < months:
        model.step()
    return model


def assert_same_world(one: GovernanceModel, two: GovernanceModel) -> None:
    """The same state, and the same record of all months that both have lived."""
    assert one.month == two.month
    mine, theirs = contents(one), contents(two)
    months = one.month
    assert mine.keys() - theirs.keys() <= {k for k in mine if k.startswith(CONTEXT)}
    for name, value in mine.items():
        if name.startswith(CONTEXT):
            continue
        other = theirs[name]
        if isinstance(value, np.ndarray):
            until = months if name.startswith("record.") and len(value) != len(other) else None
            assert value[:until].tobytes() == other[:until].tobytes(), name
        else:
            assert value == other, name


# Living on is what it would have been


@pytest.mark.parametrize("start", ["2002-01", "2002-08", "2003-10"])
def test_a_plan_that_says_what_would_have_come_changes_nothing(start: str) -> None:
    """Byte for byte, also where shocks are under way and years are not whole.

    A ramp that is under way would stop, so none is.
    """
    branch = GovernanceModel(rest(start, whole()), seed=7, collect=False)
    assert branch.month == branch.before == whole().month_of(None, start) - 1
    branch.run()
    assert_same_world(lived(whole(), branch.months), branch)


def test_readings_are_those_of_the_same_calendar_months() -> None:
    longer = lived(whole(), 60).record
    branch = GovernanceModel(rest("2002-01", whole(), years=3), seed=7, collect=False)
    record = branch.run()
    mine, theirs = longer.national(), record.national()
    assert theirs["month"].tolist() == list(range(1, 37))
    later = mine[mine["month"] > 24].assign(month=lambda t: t["month"] - 24)
    pd.testing.assert_frame_equal(later.reset_index(drop=True), theirs, check_exact=True)
    before = record.before()
    assert before["month"].tolist() == list(range(-23, 1))
    pd.testing.assert_frame_equal(
        mine[mine["month"] <= 24].drop(columns="month"), before.drop(columns="month"),
        check_exact=True,
    )  # fmt: skip
    assert longer.before().empty
    assert list(longer.before()) == list(mine)


@pytest.mark.parametrize("name", ["endogenous", "squeeze_and_relief"])
def test_governments_that_reform_themselves_go_on(name: str) -> None:
    given = {"start": "2000-01", "society": SOCIETY, "policy": [], "shocks": []}
    past = Scenario.load(name).but(years=6, **given)
    plan = scenario(history=past, start="2003-05", years=2, transition={"mode": "endogenous"})
    branch = GovernanceModel(plan, seed=7, collect=False)
    branch.run()
    assert_same_world(lived(past, branch.months), branch)
    assert np.isnan(plan.profile).all()


def test_a_history_may_have_a_history() -> None:
    first = rest("2002-01", whole(), years=2)
    second = rest("2003-01", first, years=2)
    assert [(s.first, s.last) for s in second.stages] == [(0, 24), (24, 36), (36, 60)]
    branch = GovernanceModel(second, seed=7, collect=False)
    branch.run()
    assert_same_world(lived(whole(), 60), branch)


def test_both_engines_live_the_same_history() -> None:
    small = SOCIETY | {"citizens": 100}
    plan = rest("2001-07", whole(society=small), years=1)
    models = [GovernanceModel(plan, seed=3, engine=e, collect=False) for e in
              ("compiled", "agents")]  # fmt: skip
    for model in models:
        model.run()
    assert fingerprint(models[0]) == fingerprint(models[1])


def test_threads_change_nothing() -> None:
    society = SOCIETY | {"citizens": 6000}
    plan = rest("2001-01", whole(society=society), years=1)
    one, two = (GovernanceModel(plan, seed=3, threads=n, collect=False) for n in (1, 2))
    one.run(), two.run()
    assert fingerprint(one) == fingerprint(two)


def test_no_draw_of_the_plan_was_drawn_in_the_history() -> None:
    """Months go on being counted: month 1 of the plan is month H + 1 of every key."""
    plan = scenario(history=whole(), start="2002-01", years=1)
    model = GovernanceModel(plan, seed=7, collect=False)
    drift = model.state.governments.drift.copy()
    model.step()
    assert model.month == 25
    alone = GovernanceModel(whole().but(policy=[], shocks=[]), seed=7, collect=False)
    start = alone.state.governments.drift.copy()
    alone.step()
    moved = model.state.governments.drift - drift
    assert not np.allclose(moved[:-1], (alone.state.governments.drift - start)[:-1])


# What holds after it


def test_what_was_reached_stays() -> None:
    past = whole()
    plan = scenario(history=past, start="2003-01", years=1)
    names = [f"Local {number:02d}" for number in range(1, 5)]
    assert plan.society == past.society
    assert plan.parameter_values(1)["trust.negativity"] == 3.0
    assert plan.lever_values(1, names)["budget"].tolist() == [0.95, 0.95, 0.8, 0.95, 0.95]
    model = GovernanceModel(plan, seed=1, collect=False)
    before = model.state.profiles.copy()
    assert before[1].max() == 1.0
    assert before[0].max() == 0.75
    model.run()
    assert (model.state.profiles == before).all()
    assert model.state.levers.budget.tolist() == [0.95, 0.95, 0.8, 0.95, 0.95]


def test_shocks_outlast_the_start_and_no_others_come() -> None:
    plan = scenario(history=whole(), start="2003-01", years=2)
    model = GovernanceModel(plan, seed=1, collect=False)
    assert [(s.kind, s.begin, s.months) for s in model._shocks] == [("emergency", 25, 18)]
    usual = GovernanceModel(plan.but(history=whole(shocks=[])), seed=1, collect=False)
    needs = [m.run().tallies.sum(axis=1)[36:42, 0].sum() for m in (model, usual)]
    assert needs[0] > needs[1]


def test_levers_are_the_plan_s_from_its_start_and_uncertainties_the_world_s() -> None:
    """There is one world: what nobody chooses is the same before the start and after it."""
    said = {"government.budget": 0.7, "trust.negativity": 1.5, "society.homophily": 0.1}
    plan = scenario(history=whole(), start="2003-01", years=1, parameters=said)
    assert plan.lived is not None
    assert plan.lived.parameters == {
        "society.infrastructure_midpoint": 20.0, "government.budget": 0.95,
        "trust.negativity": 1.5, "society.homophily": 0.1,
    }  # fmt: skip
    assert plan.parameter_values(0)["government.budget"] == 0.7
    assert plan.parameter_values(0)["trust.negativity"] == 1.5
    assert plan.parameter_values(0)["society.infrastructure_midpoint"] == 20.0
    other = plan.but(parameters={"government.budget": 0.9})
    assert key_of(other, 1) == key_of(plan, 1)
    assert key_of(plan.but(parameters={"society.homophily": 0.2}), 1) != key_of(plan, 1)
    assert key_of(plan, 2) != key_of(plan, 1)
    assert key_of(plan.but(start="2003-02"), 1) != key_of(plan, 1)
    cells = plan.but(cells={"invitations": {"gov3": 0.2}})
    assert GovernanceModel(cells, collect=False).figure == cells.lived.model().figure


def test_society_that_is_written_holds_in_the_history_too() -> None:
    plan = scenario(history=whole(), start="2002-01", years=1, society={"citizens": 150})
    assert (plan.society.place, plan.society.citizens) == ("synthetic", 150)
    assert plan.lived is not None
    assert plan.lived.society == plan.society
    anywhere = whole(transition={}, policy=[])
    elsewhere = scenario(history=anywhere, start="2002-01", society={"place": "korea"})
    assert any("was written for synthetic" in line for line in elsewhere.warnings)


def test_access_goes_on_along_the_same_curve() -> None:
    longer = GovernanceModel(whole(), seed=7, collect=False)
    branch = GovernanceModel(rest("2002-01", whole(), years=5), seed=7, collect=False)
    assert branch.infrastructure.tobytes() == longer.infrastructure.tobytes()


def test_it_says_the_same_when_it_is_read_back() -> None:
    plan = rest("2002-01", whole())
    assert Scenario.model_validate(plan.resolved()).resolved() == plan.resolved()
    assert Scenario.model_validate(plan.model_dump(exclude_unset=True)) == plan
    assert plan.but(years=2).history == plan.history
    assert plan != plan.but(history=whole(seed=3))


# Mesa


def test_mesa_sees_the_plan_alone() -> None:
    model = GovernanceModel(rest("2002-01", whole(), years=1), seed=1)
    assert (model.month, model.steps) == (24, 0)
    assert 0.0 < model.outcome("trust") < 100.0
    model.step()
    assert (model.month, model.steps) == (25, 1)
    model.run()
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["month"].tolist() == list(range(13))
    assert "month 12 of 12" in model._repr_html_()
    table = mesa.batch_run(
        GovernanceModel, {"plan": rest("2002-01", whole(), years=1)}, iterations=2,
        display_progress=False,
    )  # fmt: skip
    assert [row["month"] for row in table] == [12, 12]
    assert table[0]["trust"] != table[1]["trust"]


class Counting(GovernanceModel):
    """Counts its months, those of the history too, in a state of its own, and acts on it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.counted = 0

    def observe(self) -> None:
        """A month's end: trust rises as months go by."""
        self.counted += 1
        trust = self.state.citizens.trust_local
        trust += (1 - trust) * trust.dtype.type(self.counted / 4096)
        super().observe()


def test_a_class_of_one_s_own_lives_the_history_with_all_it_has() -> None:
    plan = rest("2002-01", whole(), years=1)
    model = Counting(plan, seed=replicate_seed(1, 0), collect=False)
    assert model.counted == 24
    national = model.run().national()
    assert model.counted == 36
    same = run_replicate(Job(plan.under(Counting), "mine", 0, 1))
    assert isinstance(same, Finished)
    pd.testing.assert_frame_equal(same.national, national, check_exact=True)
    other = run_replicate(Job(plan, "mine", 0, 1))
    assert isinstance(other, Finished)
    assert same.national["trust"].iloc[0] > other.national["trust"].iloc[0]


def test_what_follows_a_person_counts_from_the_start() -> None:
    model = GovernanceModel(rest("2002-01", whole(), years=1), seed=1, collect=False)
    person = model.follow(3)
    model.run()
    assert person.life["month"].tolist() == list(range(13))


# Shared


PLANS = ("stay", "reform", "cut")


def plans(years: int = 2) -> list[Scenario]:
    stay = scenario(name="stay", history=whole(), start="2002-06", years=years)
    reform = {"mode": "scheduled", "moves": [{"month": 1, "to": "gov3"}]}
    cut = [{"month": 6, "set": {"government.budget": 0.6}}]
    return [
        stay, stay.but(name="reform", transition=reform), stay.but(name="cut", policy=cut),
    ]  # fmt: skip


def tables(outcome: Finished) -> list[pd.DataFrame]:
    return [outcome.national, outcome.local, outcome.events, outcome.networks, outcome.ties,
            outcome.before]  # fmt: skip


def test_shared_is_the_same_as_lived_each_time() -> None:
    for plan in plans():
        PASTS.forget()
        job = Job(plan, plan.name, 0, 1, networks=True)
        alone = run_replicate(job)
        assert PASTS.lived == 1
        for other in plans():
            assert isinstance(run_replicate(Job(other, other.name, 0, 1)), Finished)
        again = run_replicate(job)
        assert PASTS.lived == 1
        assert isinstance(alone, Finished)
        assert isinstance(again, Finished)
        for one, two in zip(tables(alone), tables(again), strict=True):
            pd.testing.assert_frame_equal(one, two, check_exact=True)


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_shared_under_both_engines(engine: Any) -> None:
    small = [plan.but(society={"citizens": 100}, years=1) for plan in plans()]
    for plan in small:
        shared, alone = begin(plan, 5, engine=engine), plan.model(5, engine=engine, collect=False)
        assert fingerprint(shared) == fingerprint(alone)
        shared.run(), alone.run()
        assert fingerprint(shared) == fingerprint(alone)
    assert PASTS.lived == 1


def test_one_who_goes_on_does_not_change_what_others_find() -> None:
    stay, reform, _ = plans()
    begin(reform, 5).run()
    shared = begin(stay, 5)
    assert PASTS.lived == 1
    assert fingerprint(shared) == fingerprint(stay.model(5, collect=False))


def test_luck_is_the_same_in_all_scenarios_and_another_in_each_replicate() -> None:
    found = compare(*plans(), replicates=2, luck_only=True, jobs=1, progress=False).runs
    before = found.before
    starts = {
        (name, replicate): table.drop(columns=["scenario", "replicate"]).to_numpy().tobytes()
        for (name, replicate), table in before.groupby(["scenario", "replicate"])
    }
    assert starts["stay", 0] == starts["reform", 0] == starts["cut", 0]
    assert starts["stay", 0] != starts["stay", 1]
    assert PASTS.lived == 2


def test_processes_change_nothing(tmp_path: Path) -> None:
    study = plan_study(plans(), replicates=2, baseline="stay")
    one, two = (carry_out(study, where=Where(jobs)) for jobs in (1, 2))
    for name in ("timeseries", "local", "events", "networks", "ties", "before", "horizons"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)


def test_memory_is_bounded() -> None:
    stay = plans()[0]
    size = _one(Pasts(), stay)
    few = Pasts(most=2 * size + size // 2)
    for number in range(4):
        _one(few, stay, str(number))
        assert few.size <= few.most
    assert few.find("1", GovernanceModel) is None
    assert few.find("3", GovernanceModel) is not None
    none = Pasts(most=size // 2)
    assert _one(none, stay) == 0


def _one(pasts: Pasts, plan: Scenario, key: str = "") -> int:
    model = type.__call__(GovernanceModel, plan, seed=1, collect=False)
    model.live_history()
    pasts.keep(key, model)
    return pasts.size


# Killed and resumed


def test_a_history_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """Saved in the history, after it, or in the plan: the same bytes to the end."""
    plan = plans()[1]
    job = Job(plan, plan.name, 0, 1, networks=True)
    expected = run_replicate(job)
    assert isinstance(expected, Finished)
    for month in (5, 12, 29, 30, 41):
        PASTS.forget()
        stopped = type.__call__(
            GovernanceModel, plan, seed=replicate_seed(job.seed, job.replicate), collect=False
        )
        _live(stopped, month)
        file = tmp_path / f"{month}.checkpoint"
        Checkpoint(file, "key", "compiled").write(stopped)
        resumed = run_replicate(job, Watch(file, "key", 3600.0))
        assert isinstance(resumed, Finished)
        assert PASTS.lived == 0
        for one, two in zip(tables(expected), tables(resumed), strict=True):
            pd.testing.assert_frame_equal(one, two, check_exact=True)


def _live(model: GovernanceModel, month: int) -> None:
    """Live to a month of the world, as a stopped run leaves it."""
    model._live_to(min(month, model.before), None)
    if month > model.before:
        model.turn_to(model.plan)
        while model.month < month:
            model.step()


def test_a_study_saves_histories_for_other_processes(tmp_path: Path) -> None:
    stay, reform, _ = plans()
    folder = tmp_path / "checkpoints"
    watch = Watch(folder / "a.checkpoint", "a", 0.0, 1, folder)
    first = run_replicate(Job(stay, "stay", 0, 1, shares=True), watch)
    assert isinstance(first, Finished)
    (file,) = folder.glob("*.history")
    PASTS.forget()
    second = run_replicate(Job(reform, "reform", 0, 1, shares=True), watch)
    assert PASTS.lived == 0
    PASTS.forget()
    file.write_bytes(b"damaged")
    third = run_replicate(Job(reform, "reform", 0, 1, shares=True), watch)
    assert PASTS.lived == 1
    assert isinstance(second, Finished)
    assert isinstance(third, Finished)
    pd.testing.assert_frame_equal(second.national, third.national, check_exact=True)
    pd.testing.assert_frame_equal(
        second.national, run_replicate(Job(reform, "reform", 0, 1)).national, check_exact=True
    )


def test_nothing_of_it_is_left_in_finished_results(tmp_path: Path) -> None:
    found = running.run(
        plans()[0], replicates=1, luck_only=True, jobs=1, out=tmp_path / "out", progress=False
    )
    assert found.replicates == 1
    assert not list((tmp_path / "out").rglob("*.history"))
    again = running.run(
        plans()[0], replicates=1, luck_only=True, jobs=1, out=tmp_path / "out", progress=False
    )
    pd.testing.assert_frame_equal(found.before, again.before, check_exact=True)


# Sweeps


def experiment(**changes: Any) -> Experiment:
    data = {
        "name": "after",
        "policies": [plan.model_dump(exclude_unset=True) for plan in plans()[:2]],
        "levers": {"government.budget": {"low": 0.7, "high": 1.0}},
        "outcomes": ["trust", "efficiency"],
        "design": {"kind": "lhs", "points": 3}, "replicates": 2, "seed": 4,
    }  # fmt: skip
    return Experiment.model_validate(data | changes)


def test_points_that_share_their_world_share_its_history() -> None:
    plan = experiment().plan()
    for number in range(plan.runs):
        assert not measure(plan, number).message
    assert PASTS.lived == 2


def test_points_of_other_worlds_have_their_own_history() -> None:
    uncertain = {"society.baseline_trust": {"low": 0.3, "high": 0.6}}
    plan = experiment(levers={}, uncertainties=uncertain).plan()
    found = [measure(plan, number) for number in range(plan.runs)]
    assert not any(run.message for run in found)
    assert PASTS.lived == 3 * 2
    PASTS.forget()
    assert measure(plan, 7).outcomes == found[7].outcomes


def test_rows_cannot_vary_after_a_history() -> None:
    with pytest.raises(ScenarioError, match="begins where whole leaves its rows"):
        experiment(levers={"governance.goal": {"low": 0, "high": 1}})


# Horizons


def test_an_experiment_names_its_horizon() -> None:
    near, last = (experiment(horizon=year).plan() for year in (1, 2))
    usual = experiment().plan()
    assert measure(last, 0).outcomes == measure(usual, 0).outcomes
    assert measure(near, 0).outcomes != measure(usual, 0).outcomes
    assert near.digest != usual.digest
    job = usual.job(0)
    national = run_replicate(job).national
    assert measure(near, 0).outcomes == pytest.approx(
        tuple(national[["trust", "efficiency"]].iloc[:12].mean())
    )
    with pytest.raises(ScenarioError, match="horizon: 3 is outside 1 to 2"):
        experiment(horizon=3)


def test_horizons_are_those_of_the_summary() -> None:
    stay, reform, _ = (plan.but(years=6) for plan in plans())
    runs = compare(stay, reform, replicates=2, luck_only=True, jobs=1, progress=False).runs
    found = runs.horizons
    assert sorted(found["years"].unique()) == [0, 5, 6]
    own = found[(found["scenario"] == "reform") & (found["outcome"] == "trust")]
    assert own["date"].tolist() == ["2002-05", "2007-05", "2008-05"]
    summary = runs.summary.set_index(["scenario", "outcome", "month"])["mean"]
    differences = runs.differences.set_index(["scenario", "outcome", "month"])["mean"]
    for _, row in own[own["years"] > 0].iterrows():
        key = "reform", "trust", 12 * row["years"]
        assert row["mean"] == summary[key]
        assert row["difference"] == differences[key]
    start = runs.before[(runs.before["scenario"] == "reform") & (runs.before["month"] > -36)]
    assert own["mean"].iloc[0] == pytest.approx(start["trust"].mean())
    first = found[found["years"] == 0].set_index(["outcome", "scenario"])["mean"]
    assert first["trust", "stay"] == first["trust", "reform"]


def test_without_a_history_there_is_no_start(society: Society) -> None:
    record: Record = society("gov2", years=5).run()
    assert record.first == 0
    assert record.before().empty
    found = running.run(
        Scenario.load("gov2").but(society={"citizens": 200}, years=5), replicates=1, jobs=1,
        progress=False,
    )  # fmt: skip
    assert found.horizons["years"].unique().tolist() == [5]
    assert found.before.empty


# Files


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def run(name: str, text: str) -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return run


def test_files_beside_and_shipped_names(write: Callable[..., Path]) -> None:
    write("before", "start: 1999-01\nyears: 4\n")
    here = Scenario.load(write("here", "history: before.yaml\nstart: 2003-01\n"))
    assert (here.months_before, here.history.name) == (48, "before")
    child = Scenario.load(write("child", "extends: here.yaml\nstart: 2002-01\n"))
    assert (child.months_before, child.history) == (36, here.history)
    shipped = Scenario.load(write("shipped", "history: gov2\nstart: 1997-01\n"))
    assert shipped.profile == (1.0,) * 12
    assert Scenario.load(write("a", "start: 1997-01\n"), sets=["history=gov2"]).months_before == 24


def test_a_late_start_without_a_history_is_told(write: Callable[..., Path]) -> None:
    late = Scenario.load(write("late", "start: 2026-01\n"))
    (line,) = late.warnings
    assert "access for 3 % of people, 5 % of services online" in line
    assert "history: SCENARIO" in line
    europe = "start: 2012-01\nsociety: {place: europe:EST}\n"
    assert "access for 76 %" in Scenario.load(write("europe", europe)).warnings[0]
    assert not Scenario.load(write("early", "start: 1995-01\n")).warnings
    assert not Scenario.load("synthetic_small").warnings


def test_gaps_and_what_does_not_happen_are_told(write: Callable[..., Path]) -> None:
    text = "history: korea_1995_2025\nstart: {}\n"
    after = Scenario.load(write("after", text.format("2028-03"))).warnings
    assert after[0].endswith("ends in 2025-12; until 2028-02 the world lives on as it leaves it")
    cut = " ".join(Scenario.load(write("cut", text.format("2003-10"))).warnings)
    assert "dates later than the start (6) does not happen" in cut
    assert "has under way before 2003-10 (1) stops where it stands" in cut
    assert Scenario.load(write("right", text.format("2026-01"))).warnings == []


@pytest.mark.parametrize("name", ["from_today", "now", "step_by_step", "cut_20_percent"])
def test_shipped_plans_for_today(name: str) -> None:
    assert name in shipped_names()
    plan = Scenario.load(name)
    assert plan.warnings == []
    assert (plan.start, plan.months_before, plan.society.place) == ("2026-01", 372, "korea")
    assert plan.history == Scenario.load("korea_1995_2025")
    if name in ("now", "step_by_step"):
        end = plan.profiles(["a"], plan.start_positions(1))(plan.months)
        assert (end == 2.0).all()


def test_other_histories_are_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    stay = plans()[0]
    alone = stay.but(history=None)
    with pytest.raises(UserMistake, match="compared scenarios share one history"):
        compare(stay, alone.but(name="alone"), replicates=1, luck_only=True, jobs=1, progress=False)
    with pytest.raises(SystemExit) as ended:
        main(["compare", "gov2", "from_today"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "share one history" in told
    assert "compare from_today with cut_20_percent, now, step_by_step, or write a plan" in told


def test_what_moves_rows_at_the_start_takes_no_history() -> None:
    from sim.questions.attribution.analysis import attribute

    stay, reform, _ = plans()
    with pytest.raises(UserMistake, match="needs scenarios without a history"):
        attribute(stay, reform, citizens=200)


def test_transitions_begin_where_the_history_leaves_governments() -> None:
    from sim.questions.transitions.paths import find_paths

    stay, reform, _ = plans()
    runs = compare(stay, reform, replicates=1, luck_only=True, jobs=1, progress=False).runs
    paths = find_paths(runs)
    reached = stay.start_positions(4)[:-1]
    assert (paths["stay"].positions[0, :, 0] == reached).all()
    assert not paths["stay"].moves
    assert paths["reform"].moves
    free = stay.but(history=whole(transition={"mode": "endogenous"}, policy=[], shocks=[]))
    found = running.run(free, replicates=1, jobs=1, progress=False)
    with pytest.raises(UserMistake, match="lets governments reform themselves"):
        find_paths(found)


def test_stories_say_since_when() -> None:
    from sim.questions.story import story

    old = scenario(start="2000-01", years=10, society=SOCIETY | {"citizens": 100})
    told = str(story("high_skill", scenario(history=old, start="2009-01", years=3, name="late")))
    assert "before 2009-01" in told
    assert "since the start" in told
    assert "since the start" not in str(story("high_skill", old))


def test_templates_of_plans_with_a_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["new", "mine", "--from", "from_today"])
    text = Path("mine.yaml").read_text(encoding="utf-8")
    assert "begin where korea_1995_2025 leaves them" in text
    assert "governance:" not in text
    assert Scenario.load("mine.yaml").months_before == 372
