"""Money by item, groups, the path, the decision table and equal cost: sums, sameness, absence."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.cli import main
from sim.errors import UserMistake
from sim.frames import table
from sim.groups import KINDS, SUMS, live_last_year, seats
from sim.model import GovernanceModel
from sim.processes.items import ITEMS, TOTAL
from sim.questions.comparison import tables as study_tables
from sim.questions.comparison.decisions import groups as told_groups
from sim.questions.comparison.decisions.codebook import meaning
from sim.questions.comparison.decisions.costs import NAMES, cost_table, people_of
from sim.questions.comparison.decisions.decision import (
    HEADLINES,
    MEASURES,
    MONEY,
    Option,
    decision_table,
    options,
    rests_told,
)
from sim.questions.comparison.decisions.groups import (
    NOBODY,
    RATIOS,
    Labels,
    _losers,
    group_table,
    who_loses,
)
from sim.questions.comparison.decisions.panels import likely
from sim.questions.comparison.decisions.path import OF_PATH, path_lines, path_table
from sim.questions.comparison.decisions.screen import decision_lines
from sim.questions.comparison.decisions.tables import DECLARED, decision_tables
from sim.questions.comparison.equal_cost import CLOSE, Asked, Round, asked_of, equalise, scaled
from sim.questions.comparison.price import Price
from sim.questions.comparison.publish import publish
from sim.questions.comparison.reopen import reopen
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, Study, plan_study
from sim.report.again import publish_again
from sim.runs.files import digest
from sim.runs.replicate import Finished, Job, run_replicate
from sim.runs.runner import Where
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from tests.studies import small, small_runs, small_study

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "decisions.md"
LEVERS = ("society.digital_training", "engagement.staff", "open_data.spend")


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


def finished(scenario: Scenario, engine: Any = "compiled") -> Finished:
    found = run_replicate(Job(scenario, scenario.name, 0, 1, engine))
    assert isinstance(found, Finished), found
    return found


@pytest.fixture(scope="module")
def worlds() -> Runs:
    """Three scenarios in 24 worlds, two replicates in each."""
    plans = [small(name, years=2, citizens=200) for name in ("gov1", "gov2", "gov3")]
    study = plan_study(plans, worlds=24, replicates=2, baseline="gov1")
    return carry_out(study, where=Where(1))


# Money.


@pytest.mark.parametrize("name", shipped_names())
def test_items_are_all_that_is_spent(name: str) -> None:
    scenario = Scenario.load(name).but(society={"citizens": 300})
    model = GovernanceModel(scenario, rng=1, collect=False)
    model.run(until=model.before + 24)
    costs, national = model.record.costs(), model.record.national()
    items = costs[[item.name for item in ITEMS]].sum(axis=1)
    np.testing.assert_allclose(items, costs[TOTAL], rtol=1e-12)
    ends = national["month"] % 12 == 0
    np.testing.assert_allclose(costs[TOTAL], national.loc[ends, "cost_per_citizen"], rtol=1e-9)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    training=st.floats(0, 1), staff=st.floats(0, 5), data=st.floats(0, 5), budget=st.floats(0, 1.5)
)
def test_items_are_all_whatever_is_bought(
    training: float, staff: float, data: float, budget: float
) -> None:
    values = dict(zip(LEVERS, (training, staff, data), strict=True)) | {"government.budget": budget}
    model = GovernanceModel(small(years=1, citizens=150, parameters=values), rng=3, collect=False)
    costs = model.run().costs()
    items = costs[[item.name for item in ITEMS]].to_numpy()
    assert (items >= 0).all()
    np.testing.assert_allclose(items.sum(axis=1), costs[TOTAL], rtol=1e-12, atol=1e-12)


def test_cost_table_adds_up_over_items_years_and_people(worlds: Runs) -> None:
    found = cost_table(worlds)
    by_item = found.pivot_table(index=["scenario", "year"], columns="item", values="mean")
    np.testing.assert_allclose(by_item[NAMES[:-1]].sum(axis=1), by_item[TOTAL], rtol=1e-12)
    for _, rows in found.groupby(["scenario", "item"]):
        np.testing.assert_allclose(rows["mean"].cumsum(), rows["cumulative"], rtol=1e-12)
    people = people_of(worlds.study.scenarios["gov1"])
    assert people > 40_000_000
    np.testing.assert_allclose(found["total"], people * found["mean"])
    assert set(found["kind"]) == {"running", "one_off", "all"}
    assert (found["currency"] == "").all()


def test_residents_of_drawn_places_are_the_simulated_ones() -> None:
    assert people_of(small("synthetic_small", citizens=321)) == 321


# Groups.


@pytest.mark.parametrize("engine", ["compiled", "agents"])
def test_groups_are_parts_of_the_whole(engine: Any) -> None:
    """Each kind of group sums to what is read of all, to the last citizen."""
    values = {"society.digital_training": 0.5, "society.infrastructure": 0.6}
    plan = small("gov3", years=1, citizens=200, parameters=values)
    found = finished(plan, engine)
    last = found.national.iloc[-1]
    for by in (*KINDS, "place"):
        whole = found.groups[found.groups["by"] == by].sum(numeric_only=True)
        assert whole["citizens"] == 200
        assert 100 * whole["met"] / whole["needs"] == pytest.approx(last["needs_met"], rel=1e-12)
        assert whole["hours"] / whole["needs"] == pytest.approx(last["citizen_hours"], rel=1e-12)
        assert whole["taking_part"] / 2 == pytest.approx(last["participation_breadth"], rel=1e-12)
        assert whole["heard"] / 2 == pytest.approx(last["voice_heard"], rel=1e-12)
        assert whole["digital"] / 2 == pytest.approx(last["digital_use"], rel=1e-12)
        assert whole["trust"] / 2 == pytest.approx(found.national["trust"].mean(), abs=1e-3)


def test_engines_agree_on_groups() -> None:
    plan = small("gov3", years=1, citizens=150)
    one, two = finished(plan), finished(plan, "agents")
    pd.testing.assert_frame_equal(one.groups, two.groups, check_exact=True)
    pd.testing.assert_frame_equal(one.costs, two.costs, check_exact=True)


def test_looking_changes_nothing() -> None:
    """A model that is looked at in its last year ends as one that is not."""
    plan = small("endogenous", years=2)
    looked, left = (GovernanceModel(plan, rng=5, collect=False) for _ in range(2))
    standing = seats(looked)
    looked.run(until=12)
    live_last_year(looked, standing)
    left.run()
    pd.testing.assert_frame_equal(looked.record.national(), left.record.national())


def test_groups_are_the_same_under_every_scenario(worlds: Runs) -> None:
    frame = worlds.groups
    keys = ["replicate", "by", "group"]
    counts = [rows.set_index(keys)["citizens"] for _, rows in frame.groupby("scenario")]
    for other in counts[1:]:
        pd.testing.assert_series_equal(counts[0], other)


def test_equal_skills_are_in_one_third() -> None:
    model = GovernanceModel(small(citizens=300), rng=1, collect=False)
    model.state.citizens.skill[:] = 0.5
    assert len(set((seats(model) // 2).tolist())) == 1


def test_a_group_of_nobody_is_there_and_empty() -> None:
    found = finished(small(years=1, citizens=150, parameters={"society.infrastructure": 0.0}))
    rows = found.groups.set_index(["by", "group"])
    assert rows.loc[("access", "with"), "citizens"] == 0
    runs = _runs_of(small(years=1, citizens=150, parameters={"society.infrastructure": 0.0}))
    told = group_table(runs).set_index(["by", "group", "outcome"])
    assert math.isnan(told.loc[("access", "with", "trust"), "mean"])
    assert not math.isnan(told.loc[("access", "without", "trust"), "mean"])


def _runs_of(*plans: Scenario, **asked: Any) -> Runs:
    return carry_out(plan_study(list(plans), **({"replicates": 1} | asked)), where=Where(1))


def _with_groups(runs: Runs, column: str, where: pd.Series, add: float) -> Runs:
    """The same runs with something planted in the sums of some groups."""
    frame = runs.groups.copy()
    frame.loc[where, column] += add * frame.loc[where, "citizens"]
    return Runs(
        runs.study, runs.timeseries, runs.local, runs.failures, 0.0, runs.events, runs.networks,
        runs.ties, runs.before, runs.costs, frame,
    )  # fmt: skip


def test_who_loses_is_who_was_made_to_lose() -> None:
    plans = [small(years=1, citizens=150), small(years=1, citizens=150).but(name="same")]
    runs = carry_out(plan_study(plans, worlds=20, replicates=1, baseline="gov2"), where=Where(1))
    assert who_loses(runs, "gov2") == ""
    assert who_loses(runs, "same") == NOBODY
    own = runs.groups["scenario"] == "same"
    low = own & (runs.groups["by"] == "skill") & (runs.groups["group"] == "low")
    assert who_loses(_with_groups(runs, "trust", low, -0.2), "same") == (
        "trust, points: low skill (-20.0)"
    )
    assert "everybody" in who_loses(_with_groups(runs, "hours", own, 9.0), "same")
    assert who_loses(_with_groups(runs, "trust", low, -0.002), "same") == NOBODY
    assert who_loses(_with_groups(runs, "trust", low, 0.2), "same") == NOBODY
    few = carry_out(plan_study(plans, replicates=3, baseline="gov2"), where=Where(1))
    assert who_loses(few, "same") == told_groups.TOO_FEW


def test_a_group_loses_where_its_direction_is_likely(worlds: Runs) -> None:
    asked = worlds.study
    assert asked.per_world
    assert not likely(17, 20, asked)  # 85 % of them, but of all worlds 64 % at least
    assert likely(18, 20, asked)
    assert likely(48, 60, asked)
    assert likely(16, 20, replace(asked, per_world=0))


def test_a_place_whose_readings_are_luck_is_not_named() -> None:
    labels = Labels(("skill", "place", "place"), ("low", "Big", "Small"))
    apart = np.tile([0.0, -5.0, -9.0], (60, 1))
    study: Any = SimpleNamespace(per_world=2)
    said = _losers(labels, apart, "trust", study, frozenset())
    assert said == "trust, points: 2 of 2 places, most Small (-9.0)"
    assert _losers(labels, apart, "trust", study, {"Small"}) == "trust, points: 2 of 2 places"


# The table, the path, the screen.


def test_costs_of_an_option_add_up(worlds: Runs) -> None:
    found = decision_table(worlds).set_index("scenario")
    total = found["cost_one_off"] + found["years"] * found["cost_per_year"]
    np.testing.assert_allclose(total, found["cost_cumulative"])
    last = cost_table(worlds).query("item == 'total' and year == 2").set_index("scenario")
    np.testing.assert_allclose(found["cost_cumulative"], last.loc[found.index, "cumulative"])
    summary = worlds.summary.query("month == 24 and outcome == 'needs_met'").set_index("scenario")
    np.testing.assert_allclose(found["needs_met"], summary.loc[found.index, "mean"])
    ends = found[["needs_met_low", "needs_met_high"]].to_numpy()
    np.testing.assert_allclose(ends, summary.loc[found.index, ["worlds_low", "worlds_high"]])


def test_differences_of_options_are_paired(worlds: Runs) -> None:
    found = decision_table(worlds).set_index("scenario")
    apart = worlds.differences.query("month == 24 and outcome == 'trust' and scenario == 'gov3'")
    assert found.loc["gov3", "trust_difference"] == pytest.approx(apart["mean"].iloc[0])
    assert found.loc["gov3", "trust_share_better"] == apart["worlds_better"].iloc[0]
    assert found.loc["gov1"].filter(like="_difference").isna().all()


def test_the_worst_year_is_worst(worlds: Runs) -> None:
    found = path_table(worlds).set_index(["scenario", "outcome", "year"])
    for outcome in OF_PATH:
        worst, both = (found.loc[("gov2", outcome, year), "mean"] for year in ("worst", "all"))
        first = found.loc[("gov2", outcome, "1"), "mean"]
        if outcome in ("cost_per_citizen", "citizen_hours"):
            assert worst >= max(first, both)
        else:
            assert worst <= min(first, both)
    assert found.loc[("gov2", "trust", "worst"), "worst_year"] in (1.0, 1.5, 2.0)


def test_the_screen_is_narrow_and_names_all(worlds: Runs) -> None:
    lines = decision_lines(worlds)
    assert max(map(len, lines)) <= 100
    assert [line.split()[0] for line in lines if line.startswith("gov")][:3] == [
        "gov1", "gov2", "gov3",
    ]  # fmt: skip
    assert max(map(len, path_lines(worlds))) < 260


def test_the_same_scenario_twice_differs_in_nothing() -> None:
    plans = [small(years=2, citizens=150), small(years=2, citizens=150).but(name="same")]
    runs = carry_out(plan_study(plans, replicates=3, baseline="gov2"), where=Where(1))
    row = decision_table(runs).set_index("scenario").loc["same"]
    assert all(row[f"{measure}_difference"] == 0.0 for measure in MEASURES)
    assert row["effect_per_money"] == ""
    assert any("same" in line.split() for line in decision_lines(runs))
    assert "the same in every year" in path_lines(runs)[1]


# Absence.


def test_tables_keep_their_columns_when_all_failed() -> None:
    empty = {name: table(columns) for name, columns in study_tables.STUDY_TABLES.items()}
    runs = Runs(
        small_study("gov1", "gov3"), empty["timeseries"], empty["local_governments"],
        table(study_tables.FAILURES),
    )  # fmt: skip
    for name, frame in decision_tables(runs).items():
        assert kinds_of(frame) == kinds_of(table(DECLARED[name])), name
        assert frame.empty
    assert decision_lines(runs) == []


@pytest.mark.parametrize(
    "asked", [{"replicates": 1}, {"replicates": 2}, {"worlds": 1, "replicates": 1}, {"worlds": 2}]
)
def test_tables_keep_their_columns_of_one(asked: dict[str, Any]) -> None:
    runs = carry_out(plan_study([small(years=1, citizens=150)], **asked), where=Where(1))
    for name, frame in decision_tables(runs).items():
        assert kinds_of(frame) == kinds_of(table(DECLARED[name])), name
        assert len(frame), name
    assert decision_lines(runs)


def test_without_money_items_are_nothing() -> None:
    values = {"government.budget": 0.0}
    runs = _runs_of(small(years=2, citizens=150, parameters=values),
                    small(years=2, citizens=150), baseline="gov2")  # fmt: skip
    found = cost_table(runs)
    assert np.isfinite(found[["mean", "cumulative", "total"]]).all(axis=None)
    assert set(decision_table(runs)["scenario"]) == {"gov2", "gov2 (2)"}


def test_a_world_that_lost_a_replicate_is_left_out(worlds: Runs) -> None:
    def less(frame: pd.DataFrame) -> pd.DataFrame:
        lost = (frame["scenario"] == "gov3") & (frame["replicate"] == 4)
        return frame[~lost].reset_index(drop=True)

    fewer = Runs(
        worlds.study, less(worlds.timeseries), less(worlds.local), worlds.failures, 0.0,
        worlds.events, worlds.networks, worlds.ties, worlds.before, less(worlds.costs),
        less(worlds.groups),
    )  # fmt: skip
    one, two = (decision_table(runs).set_index("scenario") for runs in (worlds, fewer))
    assert one.loc["gov2", "trust"] == two.loc["gov2", "trust"]
    values = worlds.values.query("month == 24 and scenario == 'gov3'")
    kept = values[~values["replicate"].isin([4, 5])]
    assert two.loc["gov3", "trust"] == pytest.approx(kept["trust"].mean())


# The folder.


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("decisions") / "study"
    publish(_named(), path, command="test", where=Where(1), draws=False)
    return path


def _named() -> Study:
    """Two scenarios, one with a name that a spreadsheet would run."""
    plans = [small("gov1", years=1, citizens=150), small("gov3", years=1, citizens=150)]
    plans[1] = plans[1].but(name="=1+1")
    return plan_study(plans, worlds=2, replicates=2, baseline="gov1")


def _columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream))


def test_the_codebook_knows_every_column_of_every_file(folder: Path) -> None:
    with (folder / "codebook.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    known = {(row["file"], row["column"]) for row in rows}
    files = [path for path in folder.rglob("*.csv")]
    assert len(files) > 10
    written = {(str(f.relative_to(folder)), column) for f in files for column in _columns(f)}
    assert known == written
    assert all(row["meaning"] and "model class of one" not in row["meaning"] for row in rows)


def test_the_codebook_knows_what_other_commands_add() -> None:
    from sim.questions.assumptions import ledger
    from sim.questions.evidence import nulls, telling
    from tests.test_frames import DECLARED as ALL
    from tests.test_frames import TRANSITIONS

    files = {f"transitions/{name}.csv": ALL[name] for name in TRANSITIONS}
    files |= {"assumptions.csv": ledger.COLUMNS, "nulls.csv": nulls.NULLS,
              "scores.csv": telling.SCORES, "predictions.csv": telling.PREDICTIONS}  # fmt: skip
    unknown = [
        (name, column) for name, columns in files.items() for column in columns
        if "model class of one" in meaning(name, column)[2]
    ]  # fmt: skip
    assert unknown == []


def test_names_that_a_spreadsheet_would_run_are_marked(folder: Path) -> None:
    for name in DECLARED:
        text = (folder / name).read_text(encoding="utf-8-sig")
        assert "\n'=1+1," in text, name
        assert "\n=1+1," not in text, name


def test_told_again_and_by_two_processes_the_bytes_are_the_same(
    folder: Path, tmp_path: Path
) -> None:
    names = [path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet")]
    before = {name: digest(folder / name) for name in names}
    publish(_named(), tmp_path / "two", command="test", where=Where(2), draws=False)
    assert before == {name: digest(tmp_path / "two" / name) for name in names}
    (folder / "groups.csv").write_text("scenario\nmine\n")
    (folder / "codebook.csv").unlink()
    publish_again(folder)
    assert before == {name: digest(folder / name) for name in names}


# Equal cost.


def _options(**more: Any) -> Study:
    base = small(years=1, citizens=200)
    plans = [
        base,
        base.but(name="training", policy=[{"month": 2, "set": {LEVERS[0]: 0.1}}]),
        base.but(name="staff", parameters={LEVERS[1]: 1.0}),
    ]
    return plan_study(plans, baseline="gov2", **({"worlds": 3, "replicates": 2} | more))


def _money(study: Study, name: str, item: str, **asked: Any) -> float:
    runs = carry_out(study, where=Where(1))
    first = runs.costs[runs.costs["replicate"] % 2 == 0]
    own = first[first["scenario"] == name]
    return float(own[item].sum() / own["replicate"].nunique())


def test_levers_are_scaled_until_they_cost_the_same(tmp_path: Path) -> None:
    study = _options()
    asked = asked_of(",".join(LEVERS[:2]), study)
    seen: list[Any] = []
    rounds: list[Round] = []
    found = equalise(
        study, asked, tmp_path / "r", where=Where(1), announce=rounds.append, progress=seen.append
    )
    equal = found.equal_cost
    assert equal is not None
    assert equal.factors[equal.like] == 1.0
    costs = _money(found, "training", "training"), _money(found, "staff", "engagement")
    assert costs[0] == pytest.approx(costs[1], rel=2 * CLOSE)
    assert found.scenarios["gov2"] == study.scenarios["gov2"]
    assert [one.options for one in rounds[:2]] == [("training", "staff"), ("staff",)]
    assert [one.replicates for one in rounds[:2]] == [6, 3]
    assert {one.study for one in rounds} == {3 * 6 - 2 * 3}
    assert len(seen) == sum(one.replicates for one in rounds)

    again: list[Any] = []
    twice = equalise(study, asked, tmp_path / "r", where=Where(1), progress=again.append)
    assert twice.equal_cost == equal
    assert not again
    publish(found, tmp_path / "r", command="test", where=Where(1), draws=False)
    third = equalise(study, asked, tmp_path / "r", where=Where(1), progress=again.append)
    assert third.digest == found.digest
    assert not again
    runs, _ = reopen(tmp_path / "r")
    assert runs.study.equal_cost == equal
    assert decision_lines(runs)[0].startswith("Equal cost: society.digital_training")
    with pytest.raises(UserMistake, match="another question"):
        equalise(study, asked_of(",".join(LEVERS), study), tmp_path / "r", where=Where(1))


def test_equal_cost_refuses_what_it_cannot_do(tmp_path: Path) -> None:
    study = _options()
    with pytest.raises(UserMistake, match=r"did you mean 'engagement.staff'"):
        asked_of("engagement.staf", study)
    with pytest.raises(UserMistake, match="needs two scenarios"):
        asked_of("engagement.staff", study)
    with pytest.raises(UserMistake, match="sets none of the levers"):
        asked_of(",".join(LEVERS), study, "gov2")
    late = _options()
    plans = dict(late.scenarios)
    plans["training"] = plans["training"].but(policy=[{"month": 12, "set": {LEVERS[0]: 1e-13}}])
    with pytest.raises(UserMistake, match="costs nothing under training"):
        equalise(_replaced(late, plans), Asked(LEVERS[:2]), tmp_path / "a", where=Where(1))
    plans["training"] = study.scenarios["training"].but(
        policy=[{"month": 1, "set": {LEVERS[0]: 1.0}}]
    )
    with pytest.raises(UserMistake, match="at the most its levers can be"):
        equalise(_replaced(late, plans), Asked(LEVERS[:2]), tmp_path / "b", where=Where(1))


def _replaced(study: Study, plans: dict[str, Scenario]) -> Study:
    from dataclasses import replace

    return replace(study, scenarios=plans)


def test_scaling_keeps_dates_and_other_values() -> None:
    plan = small(policy=[{"month": 5, "over": 3, "set": {LEVERS[0]: 0.1, "trust.negativity": 2.0}}])
    twice = scaled(plan, LEVERS, 2.0)
    (change,) = twice.policy
    assert change.month == 5
    assert change.over == 3
    assert change.set == {LEVERS[0]: 0.2, "trust.negativity": 2.0}
    assert scaled(plan, LEVERS, 1.0) is plan
    assert twice.lever_values(9, ["Seoul"])["digital_training"][0] == 0.2


def test_sums_and_ratios_fit() -> None:
    assert {name for _, *pair in RATIOS.values() for name in pair} <= {*SUMS, "citizens"}
    assert small_runs().groups["by"].nunique() == 5


# The documents.


def test_the_example_of_the_documents_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, body in re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", text, re.DOTALL):
        (tmp_path / name).write_text(body)
    (command,) = re.findall(r"^govshift (compare .*--equal-cost .*)$", text, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    few = ("--citizens", "150", "--years", "1", "--worlds", "2", "--out", "found")
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--jobs", "1", *few])
    said = capsys.readouterr()
    assert ended.value.code == 0, said.err
    assert "\nEqual cost: society.digital_training" in said.out
    assert "\nAt the end, means of months 1 to 12:\nEfficiency" in said.out
    assert "Equal costs, round 1: 6 replicates, of training, staff, open_data.\n" in said.err
    found = r"Equal costs are found; the comparison runs 10 replicates \(about .+\) more\.\n"
    assert re.search(found, said.err)
    assert set(decision_table(reopen(tmp_path / "found")[0])["scenario"]) == {
        "gov2", "training", "staff", "open_data",
    }  # fmt: skip


def test_mistakes_of_the_command_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for asked, told in (
        (["--cost-of", "gov1"], "--cost-of: goes with --equal-cost"),
        (["--equal-cost", "trust.negativity"], "is not a lever"),
        (["--equal-cost", "open_data.spend"], "needs two scenarios"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["compare", "gov1", "gov2", "--luck-only", *asked])
        said = capsys.readouterr()
        assert ended.value.code == 2
        assert told in said.err
        assert said.err.count("\n") == 1


# Money of small units.


def _in_pesos(worlds: Runs, amount: float) -> list[Option]:
    """The options with money told at so many of a currency, outcomes as they are."""
    return [
        replace(
            one,
            price=Price(amount, "COP 2024"),
            enough=True,
            measures={
                name: replace(
                    m,
                    own=amount * m.own,
                    apart=None if m.apart is None else amount * (np.abs(m.apart) + 1.0),
                )
                if name in MONEY
                else m
                for name, m in one.measures.items()
            },
        )
        for one in options(worlds)
    ]


@pytest.mark.parametrize("amount", [1.0, 1e3, 1e7])
def test_what_money_brings_can_be_read_in_any_currency(worlds: Runs, amount: float) -> None:
    found = _in_pesos(worlds, amount)[1]
    text = found.per_money
    told = re.search(r"for each (?:([\d,]+) )?COP 2024 more per citizen and year", text)
    assert told is not None
    units = int((told[1] or "1").replace(",", ""))
    cost = found.measures["cost_cumulative"].apart
    assert cost is not None
    per_year = float(cost.mean()) / found.years
    assert units == 1 or units <= per_year
    largest = max(abs(found.measures[name].differences[0]) for name in HEADLINES) / per_year
    assert units * largest >= 0.1 or 10 * units > per_year
    figures = [float(one) for one in re.findall(r" ([+-]?\d+\.\d\d) ", text)]
    assert len(figures) == len(HEADLINES)
    assert any(figures)


def test_columns_of_large_money_stay_apart(worlds: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.questions.comparison.worlds import table_over_worlds

    found = _in_pesos(worlds, 1e4)
    price = Price(1e4, "COP 2024")
    monkeypatch.setattr("sim.questions.comparison.decisions.screen.options", lambda runs: found)
    monkeypatch.setitem(vars(worlds.study), "price", price)
    rows = decision_lines(worlds)
    titles = next(line for line in rows if line.startswith("option"))
    own = next(line for line in rows if line.startswith(found[0].name))
    assert len(re.split(r" {2,}", own)) == len(re.split(r" {2,}", titles)) == 8
    cost = next(
        line for line in table_over_worlds(worlds).splitlines() if line.startswith("cost_per_cit")
    )
    cells = re.split(r" {2,}", cost)
    assert len(cells) == 4
    assert re.fullmatch(r"[\d,]{7,} \[[\d,]{7,}, [\d,]{7,}\](?: \d+ %)?", cells[2])


def test_that_nothing_stands_out_is_said() -> None:
    def over(*rests: str) -> Any:
        return [
            SimpleNamespace(
                by_world=np.zeros(40), outcome=outcome, rests_on=[(rest, 0.9)] if rest else []
            )
            for outcome, rest in zip(HEADLINES.values(), rests, strict=False)
        ]

    assert rests_told(over("", "")) == "nothing stands out"
    assert rests_told(over("a", "")).endswith("; needs met: nothing stands out")
    assert "nothing" not in rests_told(over("a", "b"))
    few = [SimpleNamespace(by_world=np.zeros(3), outcome="trust", rests_on=[])]
    assert rests_told(few) == "not looked for with fewer than 30 worlds"  # type: ignore[arg-type]
    assert rests_told([]) == ""
