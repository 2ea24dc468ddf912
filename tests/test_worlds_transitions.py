"""Transitions over plausible worlds: a world counts once, twins live in their scenario's world."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import transitions
from sim.cli.main import main
from sim.errors import UserMistake
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, plan_study
from sim.questions.transitions.analysis import AGREEMENT, Transitions, analyse, whole_worlds_of
from sim.questions.transitions.figures.loop import draw_loop
from sim.questions.transitions.order import agreement
from sim.questions.transitions.paths import by_world, estimate, find_paths
from sim.questions.transitions.told import lines
from sim.questions.transitions.twins import TransitionStudy, with_twins
from sim.runs.runner import Where
from sim.scenario import Scenario

SMALL = {"society": {"citizens": 200, "place": "synthetic", "local_governments": 3}, "years": 10}
LEAN = [
    {"month": 25, "set": {"government.budget": 0.3}},
    {"month": 61, "set": {"government.budget": 1.0}},
]


@lru_cache(maxsize=1)
def real() -> tuple[TransitionStudy, Runs, Transitions]:
    """Three worlds of two replicates of a squeezed scenario and its twins."""
    plan = Scenario.load("endogenous").but(**SMALL, governance="gov3", policy=LEAN)
    asked = with_twins(plan_study([plan], replicates=2, worlds=3))
    runs = carry_out(asked.study, where=Where(1))
    return asked, runs, analyse(asked, runs)


def test_a_world_counts_once() -> None:
    sample = np.array([1.0, 3.0, 5.0, np.nan, 9.0, 11.0])
    worlds = np.array([0, 0, 1, 1, 2, 2])
    assert by_world(sample[:2], worlds[:2]).tolist() == [2.0]
    n, mean, low, high, count, first, last = estimate(sample, worlds=worlds)
    assert (n, count) == (5, 3)
    assert mean == pytest.approx((2.0 + 5.0 + 10.0) / 3)
    assert low < mean < high
    assert (first, last) == pytest.approx((2.0, 10.0))
    assert estimate(sample)[4] == 0
    assert np.isnan(estimate(sample)[5])
    one = estimate(sample[:2], worlds=worlds[:2])
    assert (one[0], one[1], one[4]) == (2, 2.0, 1)
    assert np.isnan(one[2])
    assert estimate(np.array([np.nan]), worlds=np.array([0]))[0] == 0


def test_worlds_agree_on_an_order_by_the_means_of_their_replicates() -> None:
    worlds = np.array([0, 0, 1, 1])
    months = np.array([[1.0, 9.0], [3.0, 1.0], [1.0, 2.0], [2.0, 4.0]])
    assert agreement(months, worlds) == pytest.approx(1.0)
    assert agreement(months) < 1.0


def test_twins_live_in_the_world_of_their_scenario() -> None:
    asked, _, _ = real()
    jobs = asked.study.jobs()
    assert len(jobs) == 3 * 2 * len(asked.study.scenarios) == 18
    for number in range(3):
        drawn = {
            name: value
            for job in jobs
            if job.world == number
            for name, value in job.scenario.parameters.items()
        }
        for job in (job for job in jobs if job.world == number):
            assert job.scenario.parameters == drawn


def test_intervals_are_over_worlds() -> None:
    asked, runs, found = real()
    assert find_paths(runs)["endogenous"].per_world == 2
    measures = found.tables["measures"].set_index("measure")
    row = measures.loc["mean position at the end"]
    assert (row["n"], row["worlds"]) == (6, 3)
    assert row["worlds_low"] <= row["mean"] <= row["worlds_high"]
    ends = find_paths(runs)["endogenous"].means[:, :, -1].mean(axis=1).reshape(3, 2).mean(axis=1)
    assert row["mean"] == pytest.approx(ends.mean())
    assert measures.loc[AGREEMENT, "worlds"] == 3
    assert set(found.tables["hysteresis"]["worlds"]) == {3}
    (loop,) = found.loops.values()
    assert loop.unit == "world"
    assert len(loop.lost) == len(loop.years_late) == 3
    told = "\n".join(lines(found))
    assert "3 worlds say nothing of how sure" in told
    assert "central 90 % of 3 worlds" in told
    assert "95 % confidence of means over 3 worlds" in told
    assert " of 3 worlds" in told
    assert "replicates (repetitions" not in told
    assert "median replicate" not in told
    drawing = draw_loop(found)
    assert drawing is not None
    assert "central 90 % of 3 plausible worlds" in drawing.figure.caption + drawing.figure.alt_text
    assert asked.asked == ("endogenous",)


def test_a_world_that_lost_a_replicate_is_left_out_of_its_scenario() -> None:
    asked, runs, _ = real()
    lost = pd.DataFrame(
        [("endogenous", 3, "run", "too bad")], columns=["scenario", "replicate", "stage", "message"]
    )
    gone = (runs.local["scenario"] == "endogenous") & (runs.local["replicate"] == 3)
    away = (runs.timeseries["scenario"] == "endogenous") & (runs.timeseries["replicate"] == 3)
    fewer = replace(runs, local=runs.local[~gone], timeseries=runs.timeseries[~away], failures=lost)
    kept = whole_worlds_of(fewer)
    assert find_paths(kept)["endogenous"].replicates == (0, 1, 4, 5)
    twin = asked.held["endogenous"]
    assert find_paths(kept)[twin].replicates == (0, 1, 2, 3, 4, 5)
    found = analyse(asked, fewer)
    assert set(found.tables["hysteresis"]["worlds"]) == {2}


def test_one_world_and_one_replicate_are_told() -> None:
    plan = Scenario.load("endogenous").but(**(SMALL | {"years": 2}))
    found = transitions(plan, worlds=1, replicates=1, jobs=1, progress=False)
    assert "One world says nothing of how sure" in repr(found)
    with pytest.raises(UserMistake, match="worlds"):
        transitions(plan, worlds=60, luck_only=True)


def test_commands_go_on_with_more_worlds_and_know_luck_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(
        "extends: endogenous\nyears: 2\n"
        "society: {citizens: 200, place: synthetic, local_governments: 3}\n",
        encoding="utf-8",
    )

    def call(*more: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["transitions", str(file), "--jobs", "1", *more])
        written = capsys.readouterr()
        return ended.value.code, written.out, written.err

    out = ("--out", str(tmp_path / "r"), "--replicates", "1")
    assert call(*out, "--worlds", "2")[0] == 0
    code, told, _ = call(*out, "--worlds", "3")
    assert code == 0
    assert "2 replicates in" in told, "the scenario and its twin in one world more"
    table = pd.read_csv(tmp_path / "r" / "transitions" / "measures.csv")
    assert table["worlds"].max() == 3
    luck = ("--out", str(tmp_path / "luck"), "--replicates", "3", "--luck-only")
    code, told, _ = call(*luck)
    assert code == 0
    assert "world" not in told.partition("results are in")[0]
    assert set(pd.read_csv(tmp_path / "luck" / "transitions" / "measures.csv")["worlds"]) == {0}
    code, _, err = call("--worlds", "2", "--luck-only")
    assert code == 2
    assert len(err.splitlines()) == 1
