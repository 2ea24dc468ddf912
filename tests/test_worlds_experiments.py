"""Experiments over plausible worlds: maps and regrets that speak of worlds, not of luck alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import regimes, robust
from sim.cli import main
from sim.errors import GovShiftError, UserMistake
from sim.experiments import sweep as sweeps
from sim.experiments.experiment import Experiment
from sim.experiments.measure import measure
from sim.experiments.over_worlds import EXPERIMENT_WORLDS, over_worlds
from sim.experiments.plan import Plan
from sim.experiments.plan_file import plan_as_data, plan_of
from sim.questions.discovery.analysis import discover
from sim.questions.regimes.analysis import analyse_regimes
from sim.questions.regimes.over_worlds import CELLS
from sim.questions.robustness.analysis import analyse_robustness
from sim.questions.sensitivity.analysis import sensitivity
from sim.scenario import Scenario
from sim.worlds.draws import in_world, world
from tests.experiments import made_plan, made_runs, unit_factors

MAP = """
policies: [gov1, gov2]
base: {years: 1, society: {citizens: 200, place: synthetic, local_governments: 3}}
uncertainties: {society.heterogeneity: {low: 0, high: 2}, government.capacity: }
outcomes: [efficiency, trust]
design: {kind: grid, levels: 2}
"""


def write(folder: Path, more: str = "") -> Path:
    file = folder / "map.yaml"
    file.write_text(MAP + more, encoding="utf-8")
    return file


def planned(worlds: int, each: int = 2, **changes: Any) -> Plan:
    how: dict[str, Any] = {"policies": ("gov1", "gov2", "gov3"), "replicates": worlds * each}
    plan = made_plan({"kind": "grid", "levels": 3}, unit_factors(2), **(how | changes))
    object.__setattr__(plan, "per_world", each)
    return plan


def ahead_in(plan: Plan, hits: int, *, by: float = 2.0) -> pd.DataFrame:
    """gov2 is ahead of gov1 in so many worlds and behind in the others; gov3 is far behind."""
    runs = made_runs(plan, {"trust": lambda points, policy: 40.0 + 0.0 * points[:, 0]})
    number = runs["replicate"] // plan.per_world
    luck = np.where(runs["replicate"] % plan.per_world, 0.5, -0.5)
    lead = np.where(number < hits, by, -by) + luck
    shift = np.select([runs["policy"] == "gov2", runs["policy"] == "gov3"], [lead, -50.0], 0.0)
    return runs.assign(trust=40.0 + shift)


def test_what_varies_in_an_experiment_is_never_drawn(tmp_path: Path) -> None:
    plan = Experiment.load(write(tmp_path, "worlds: 3\nreplicates: 2\n")).plan()
    assert (plan.worlds, plan.per_world, plan.replicates, plan.runs) == (3, 2, 6, 48)
    for point in range(4):
        for replicate in range(6):
            there = plan.scenario_in(point, "gov2", replicate)
            assert plan.values_of(there) == tuple(plan.points[point])
    first, second = (plan.scenario_in(0, "gov2", replicate) for replicate in (0, 1))
    assert first == second != plan.scenario_in(0, "gov2", 2)
    assert first.parameters == plan.scenario_in(0, "gov1", 0).parameters
    drawn = world(plan.seed, 1)
    assert (
        plan.scenario_in(3, "gov1", 2).parameters["trust.negativity"]
        == (drawn.parameters["trust.negativity"])
    )


def test_a_factor_that_a_point_leaves_alone_is_not_drawn_either(tmp_path: Path) -> None:
    text = MAP.replace("{kind: grid, levels: 2}", "{kind: one_at_a_time}") + "worlds: 2\n"
    file = tmp_path / "one.yaml"
    file.write_text(text, encoding="utf-8")
    plan = Experiment.load(file).plan()
    assert np.isnan(plan.points[0]).all()
    for replicate in range(4):
        there = plan.scenario_in(0, "gov1", replicate)
        assert plan.values_of(there) == plan.values(0, "gov1")


def test_worlds_are_part_of_what_a_plan_is(tmp_path: Path) -> None:
    experiment = Experiment.load(write(tmp_path, "replicates: 4\n"))
    luck, before = over_worlds(experiment, luck_only=True).plan(), experiment.plan()
    assert luck.digest == before.digest
    two, one = (over_worlds(experiment, worlds=w, replicates=4 // w).plan() for w in (2, 1))
    assert len({luck.digest, two.digest, one.digest}) == 3
    again = plan_of(plan_as_data(two), two.points)
    assert again.digest == two.digest
    assert (again.worlds, again.per_world) == (2, 2)
    assert "per_world" not in plan_as_data(luck)


def test_how_many_worlds_and_replicates_there_are(tmp_path: Path) -> None:
    own = Experiment.load(write(tmp_path, "replicates: 7\n"))
    said = Experiment.load(write(tmp_path, "replicates: 3\nworlds: 4\n"))
    bare = Experiment.load(write(tmp_path, "worlds: 4\n"))

    def count(experiment: Experiment, **asked: Any) -> tuple[int, int]:
        plan = over_worlds(experiment, **asked).plan()
        return plan.worlds, plan.replicates

    assert count(own) == (EXPERIMENT_WORLDS, 2 * EXPERIMENT_WORLDS)
    assert count(own, luck_only=True) == (0, 7)
    assert count(said) == (4, 12)
    assert count(said, worlds=6) == (6, 18)
    assert count(said, luck_only=True, replicates=5) == (0, 5)
    assert count(bare) == (4, 8)
    assert count(bare, replicates=1) == (4, 4)
    with pytest.raises(UserMistake, match="draws no worlds"):
        over_worlds(own, worlds=60, luck_only=True)
    with pytest.raises(UserMistake, match="replicates"):
        over_worlds(own, worlds=10_000, replicates=11)


def test_a_run_is_that_of_the_scenario_in_its_world(tmp_path: Path) -> None:
    plan = Experiment.load(write(tmp_path, "worlds: 2\nreplicates: 1\n")).plan()
    got = measure(plan, 1)
    assert got.place == (0, "gov1", 1)
    by_hand = in_world(plan.scenario(0, "gov1"), world(plan.seed, 1), held=plan.names)
    assert plan.job(1).scenario == by_hand
    assert plan.job(1).world == 1
    assert got.status == "ok"


@pytest.mark.parametrize("place", ["europe:EST", "history"])
def test_places_and_histories_have_their_worlds(tmp_path: Path, place: str) -> None:
    text = MAP.replace("place: synthetic, local_governments: 3", "place: europe:EST")
    if place == "history":
        society = "society: {citizens: 200, place: synthetic, local_governments: 3}\n"
        past = "name: past\nyears: 1\nstart: 2000-01\n" + society
        (tmp_path / "past.yaml").write_text(past, encoding="utf-8")
        text = MAP.replace("years: 1,", "years: 1, start: 2001-01, history: past.yaml,")
        text = text.replace("policies: [gov1, gov2]", "policies: [{name: a}, {name: b}]")
    file = tmp_path / "map.yaml"
    file.write_text(text + "worlds: 2\nreplicates: 1\n", encoding="utf-8")
    plan = Experiment.load(file).plan()
    assert {measure(plan, run).status for run in (0, plan.runs - 1)} == {"ok"}


@pytest.mark.parametrize(("hits", "winner"), [(20, "gov2"), (19, "gov2"), (18, ""), (10, "")])
def test_a_cell_is_won_in_nearly_all_worlds(hits: int, winner: str) -> None:
    plan = planned(20)
    found = analyse_regimes(plan, ahead_in(plan, hits))
    assert list(found.cells.columns) == list(CELLS)
    assert set(found.cells["winner"]) == {winner}
    assert found.cells["share"].to_numpy() == pytest.approx(max(hits, 20 - hits) / 20)
    assert set(found.cells["worlds"]) == {20}
    row = found.shares.set_index("policy").loc["gov2"]
    assert row["share_low"] <= row["share"] <= row["share_high"]
    if hits == 19:
        assert row["share_low"] == 0.0, "other worlds could leave every cell undecided"
    told = " ".join(found.sentences) + found.drawing().figure.caption
    assert "of 20 worlds (76 to 99 % of all" in told
    assert "luck" not in told


def test_few_worlds_say_nothing_of_how_sure() -> None:
    plan = planned(19)
    found = analyse_regimes(plan, ahead_in(plan, 19))
    assert set(found.cells["winner"]) == {""}
    assert set(found.cells["leader"]) == {"gov2"}
    assert found.sentences[0].startswith("19 worlds say nothing of how sure")
    assert "gov2 leads 9" in " ".join(found.sentences)
    assert "%" not in " ".join(s for s in found.sentences if not s.startswith("Measured"))
    first = found.drawing().figure.caption
    assert "19 are too few" in first


def test_one_world_and_one_replicate_are_enough_for_numbers() -> None:
    plan = planned(1, 1)
    runs = ahead_in(plan, 1)
    cells = analyse_regimes(plan, runs).cells
    assert set(cells["leader"]) == {"gov2"}
    assert cells[["margin", "low", "high"]].notna().all(axis=None)
    found = analyse_robustness(plan, runs, targets=["trust >= 41"])
    assert found.sentences[0].startswith("One world says nothing")
    assert not any("[" in line for line in found.sentences)
    assert found.table.set_index("policy").loc["gov2", "regret_max"] == 0.0


def test_a_lost_run_takes_its_world_from_the_whole_map() -> None:
    plan = planned(21)
    runs = ahead_in(plan, 21)
    at = (runs["point"] == 4) & (runs["policy"] == "gov1") & (runs["replicate"] == 5)
    runs.loc[at, ["status", "trust"]] = ["failed", np.nan]
    found = analyse_regimes(plan, runs)
    assert set(found.cells["worlds"]) == {20}
    assert len(found.cells) == 9
    assert found.sentences[0].startswith("Left out are 1 of 21 worlds: 1 of 1134 runs failed")
    assert len(found.moves) == 6
    runs.loc[(runs["point"] == 4) & (runs["replicate"] % 2 == 0), "status"] = "failed"
    found = analyse_regimes(plan, runs)
    assert set(found.cells["worlds"]) == {21}
    assert sorted(found.cells["point"]) == [0, 1, 2, 3, 5, 6, 7, 8]
    runs["status"] = "failed"
    with pytest.raises(GovShiftError, match="no world is complete"):
        analyse_regimes(plan, runs)


def test_what_a_factor_moves_is_told_only_where_nearly_certain() -> None:
    plan = planned(40)
    runs = ahead_in(plan, 40)
    number = runs["replicate"] // plan.per_world
    slope = np.where(number < 39, 3.0, -3.0) * runs[plan.names[0]]
    other = np.where(number < 25, 3.0, -3.0) * runs[plan.names[1]]
    runs["trust"] += np.where(runs["policy"] == "gov2", slope + other - 3.5, 0.0)
    found = analyse_regimes(plan, runs)
    told = [line for line in found.sentences if "gains on gov1" in line]
    assert len(told) == 1
    assert "this way in 39 of 40" in told[0]
    assert plan.names[0] in told[0]
    assert not found.borders.empty
    assert (found.borders["worlds"] <= 40).all()


def test_regret_speaks_of_worlds() -> None:
    plan = planned(20)
    found = analyse_robustness(plan, ahead_in(plan, 12, by=8.0), targets=["trust >= 41"])
    told = " ".join(found.sentences)
    assert "20 plausible worlds with 2 replicates in each" in found.sentences[0]
    assert "resampled futures and worlds" in found.sentences[0]
    assert "other luck" not in told
    assert "replicates would settle" not in told
    assert "of 9 futures it is nearly certain" in told
    row = found.order.query("policy == 'gov1' and other == 'gov2'").iloc[0]
    assert (row["open"], row["nearly_certain"], row["worlds"]) == (9, 0, 20)
    assert found.needed.empty
    assert set(found.table["worlds"]) == {20}
    first = found.table.set_index("policy").loc["gov2"]
    assert first["mean_low"] < first["mean"] < first["mean_high"]
    assert first["mean_high"] - first["mean_low"] > 4.0, "worlds are resampled"
    assert "means over 20 worlds" in found.drawing().figure.caption


def test_commands_run_worlds_and_luck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path, "replicates: 3\n")
    given = ["--jobs", "1", "--out"]

    def call(*asked: str) -> tuple[Any, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*asked])
        written = capsys.readouterr()
        return ended.value.code, written.out, written.err

    out = str(tmp_path / "worlds")
    code, told, err = call("regimes", str(file), *given, out, "--worlds", "2")
    assert code == 0
    assert "2 worlds say nothing of how sure" in told
    assert f"replicates ({file}:7:1) counts with --luck-only alone" in err
    assert "4 points x 2 policies x 2 worlds x 2 replicates = 32 runs" in err
    told_so = str(tmp_path / "told")
    code, _, err = call("regimes", str(file), *given, told_so, "--worlds", "2", "--replicates", "1")
    assert code == 0
    assert "counts with" not in err
    assert call("robust", out)[0] == 0
    assert (tmp_path / "worlds" / "analysis" / "robustness_order.csv").is_file()
    code, _, err = call("regimes", out, "--worlds", "3")
    assert code == 2
    assert "--worlds: " in err
    code, _, err = call("regimes", str(file), "--worlds", "60", "--luck-only")
    assert code == 2
    assert len(err.splitlines()) == 1
    code, told, err = call("robust", str(file), *given, str(tmp_path / "luck"), "--luck-only")
    assert code == 0
    assert "world" not in told.partition("Tables, figure")[0] + err
    found = sweeps.Sweep.open(tmp_path / "luck")
    assert found.plan.digest == Experiment.load(file).plan().digest
    again = robust(file, out=tmp_path / "python", luck_only=True, jobs=1)
    pd.testing.assert_frame_equal(found.runs, pd.read_parquet(tmp_path / "python" / "runs.parquet"))
    assert list(again.table.columns) == list(robust(tmp_path / "luck").table.columns)


def test_worlds_are_the_same_however_the_work_is_shared(tmp_path: Path) -> None:
    experiment = Experiment.load(write(tmp_path))
    one = regimes(experiment, worlds=2, replicates=1, jobs=1, out=tmp_path / "one")
    two = regimes(experiment, worlds=2, replicates=1, jobs=2, out=tmp_path / "two")
    pd.testing.assert_frame_equal(one.cells, two.cells)
    three = regimes(experiment, worlds=3, replicates=1, jobs=1, out=tmp_path / "three")
    runs, more = (sweeps.Sweep.open(tmp_path / n).runs for n in ("one", "three"))
    kept = more[more["replicate"] < 2].drop(columns="run_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, runs.drop(columns="run_id"))
    assert three.plan.worlds == 3


def test_shards_of_worlds_are_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path)
    monkeypatch.chdir(tmp_path)
    asked = ("regimes", str(file), "--worlds", "2", "--jobs", "1", "--quiet")

    def call(*given: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main([*given])
        capsys.readouterr()
        return ended.value.code

    for share in ("1/2", "2/2"):
        assert call(*asked, "--shard", share, "--out", share[0]) == 0
    assert call("merge", "all", "1", "2") == 0
    assert call(*asked, "--out", "whole") == 0
    assert (tmp_path / "all" / "runs.csv").read_bytes() == (
        tmp_path / "whole" / "runs.csv"
    ).read_bytes()
    assert call("regimes", "all") == 0


def test_a_stopped_run_of_worlds_goes_on(tmp_path: Path) -> None:
    experiment = Experiment.load(write(tmp_path))
    stops = iter(range(3))

    def stop(done: object) -> None:
        if next(stops, None) == 2:
            raise KeyboardInterrupt

    with pytest.raises(sweeps.SweepStopped):
        regimes(experiment, worlds=3, replicates=1, jobs=1, out=tmp_path / "r", progress=stop)
    done = regimes(experiment, worlds=3, replicates=1, jobs=1, out=tmp_path / "r")
    whole = regimes(experiment, worlds=3, replicates=1, jobs=1, out=tmp_path / "w")
    pd.testing.assert_frame_equal(done.cells, whole.cells)


def test_who_knows_no_worlds_says_so(tmp_path: Path) -> None:
    text = MAP.replace("{kind: grid, levels: 2}", "{kind: morris, trajectories: 2}")
    file = tmp_path / "map.yaml"
    file.write_text(text + "worlds: 2\n", encoding="utf-8")
    with pytest.raises(UserMistake, match=r"map: sensitivity varies .*leave worlds out"):
        sensitivity(file)
    with pytest.raises(UserMistake, match=r"map: discover varies .*leave worlds out"):
        discover(file, "trust < 40")


def test_a_scenario_that_says_something_keeps_it_at_every_point(tmp_path: Path) -> None:
    text = MAP.replace("[gov1, gov2]", "[{name: mine, parameters: {trust.negativity: 2}}, gov2]")
    file = tmp_path / "map.yaml"
    file.write_text(text + "worlds: 2\n", encoding="utf-8")
    plan = Experiment.load(file).plan()
    assert plan.scenario_in(1, "mine", 3).parameters["trust.negativity"] == 2
    assert plan.scenario_in(1, "gov2", 3).parameters["trust.negativity"] != 2
    assert isinstance(plan.scenario_in(1, "mine", 3), Scenario)
