"""Replicates: common luck, any number of processes, failures that are rows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim import Scenario, compare, run
from sim.batch import replicate_seed
from sim.engine.luck import seed_key
from sim.errors import UserMistake
from sim.model import GovernanceModel
from sim.outcomes import OUTCOMES
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import plan_study
from sim.runs.runner import Where
from tests.studies import small, small_runs, small_study


def test_replicate_seeds_are_known_and_distinct() -> None:
    """A change here would change every published result."""
    assert replicate_seed(1, 0) == 5995469358269906430
    seeds = {replicate_seed(seed, r) for seed in range(20) for r in range(200)}
    assert len(seeds) == 4000


@pytest.mark.slow
def test_processes_change_nothing() -> None:
    study = small_study("gov1", "gov3")
    one = carry_out(study, where=Where(1))
    four = carry_out(study, where=Where(4))
    pd.testing.assert_frame_equal(one.timeseries, four.timeseries, check_exact=True)
    pd.testing.assert_frame_equal(one.local, four.local, check_exact=True)


def test_replicates_are_added(tmp_path: Path) -> None:
    """Three replicates and two more are the same as five."""
    scenario = small(years=1)
    three = run(scenario, replicates=3, luck_only=True, jobs=1, out=tmp_path / "r")
    told: list[object] = []
    both = run(
        scenario, replicates=5, luck_only=True, jobs=1, out=tmp_path / "r", progress=told.append
    )
    five = run(scenario, replicates=5, luck_only=True, jobs=1)
    assert (three.replicates, len(told)) == (3, 2)
    pd.testing.assert_frame_equal(both.timeseries, five.timeseries, check_exact=True)
    pd.testing.assert_frame_equal(both.summary, five.summary, check_exact=True)


def test_frames_are_tidy() -> None:
    runs = small_runs()
    assert len(runs.timeseries) == 3 * 3 * 36
    assert len(runs.local) == 3 * 3 * 3 * 17
    assert list(runs.timeseries.columns[:3]) == ["scenario", "replicate", "month"]
    assert {o.name for o in OUTCOMES} <= set(runs.timeseries.columns)
    assert not runs.timeseries.isna().any().any()
    assert runs.replicates == 3
    assert set(runs.summary["month"]) == {12, 24, 36}


def test_compared_scenarios_share_luck() -> None:
    """The first months of gov1 and leapfrog are the same, replicate by replicate."""
    runs = carry_out(small_study("gov1", "leapfrog", replicates=2, years=6), where=Where(1))
    early = runs.timeseries[runs.timeseries["month"] <= 66]
    held, leaping = (
        early[early["scenario"] == name].drop(columns="scenario").reset_index(drop=True)
        for name in ("gov1", "leapfrog")
    )
    pd.testing.assert_frame_equal(held, leaping, check_exact=True)


def test_a_failed_replicate_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    unlucky = seed_key(replicate_seed(1, 1))

    def stumble(self: GovernanceModel) -> None:
        if self.seed_key == unlucky:
            raise ArithmeticError("a planted fault\nin month 1")

    monkeypatch.setattr(GovernanceModel, "sense", stumble)
    runs = carry_out(plan_study([small(years=1)], replicates=3), where=Where(1))
    assert len(runs.failures) == 1
    row = runs.failures.iloc[0]
    assert (row["scenario"], row["replicate"], row["stage"]) == ("gov2", 1, "run")
    assert row["message"] == "ArithmeticError: a planted fault in month 1"
    assert runs.replicates == 2


KILLER = """
import os, signal
from sim import GovernanceModel, Scenario, run
from sim.batch import replicate_seed
from sim.engine.luck import seed_key
from sim.runs import runner
runner.needs_script = lambda *_: True
sense = GovernanceModel.sense
def kill_oneself(self):
    if self.seed_key == seed_key(replicate_seed(1, 1)):
        os.kill(os.getpid(), signal.SIGKILL)
    sense(self)
GovernanceModel.sense = kill_oneself
if __name__ == "__main__":
    small = Scenario.load("gov2").but(society={"citizens": 200}, years=1)
    runs = run(small, replicates=4, luck_only=True, seed=1, jobs=2, progress=False)
    failed = runs.failures[["scenario", "replicate", "stage"]].itertuples(index=False, name=None)
    print(runs.replicates, list(failed))
"""


@pytest.mark.slow
def test_a_killed_worker_costs_only_its_own_replicate(tmp_path: Path) -> None:
    """A script whose model ends its process, in one of four replicates."""
    (tmp_path / "mine.py").write_text(KILLER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "mine.py"], cwd=tmp_path, text=True, capture_output=True, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}, timeout=600,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["3 [('gov2', 1, 'crash')]"], done.stderr


def test_python_face() -> None:
    gov2 = small(years=1)
    runs = run(gov2, replicates=2, luck_only=True, jobs=1)
    assert len(runs.timeseries) == 24
    found = compare(
        gov2,
        gov2.but(name="open", governance={"goal": "gov3"}),
        replicates=2,
        luck_only=True,
        jobs=1,
    )
    assert repr(found).startswith("Efficiency (points) against gov2: open")
    assert set(found.table()["scenario"]) == {"open"}
    assert found.plot().axes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"society": {"citizens": 400}}, "society.citizens is 400, but 300 in gov2"),
        ({"society": {"place": "synthetic"}}, "society.place is synthetic, but korea"),
        ({"years": 4}, "runs 4 years"),
    ],
)
def test_scenarios_of_different_societies_are_not_compared(
    change: dict[str, Any], message: str
) -> None:
    gov2 = small()
    with pytest.raises(UserMistake, match=message):
        compare(gov2, gov2.but(name="other", **change), replicates=1, luck_only=True)


def test_equal_names_are_told_apart() -> None:
    study = plan_study([small(), small(), small()], replicates=1)
    assert list(study.scenarios) == ["gov2", "gov2 (2)", "gov2 (3)"]


def test_no_replicates() -> None:
    with pytest.raises(UserMistake, match="a whole number from 1"):
        run(Scenario.load("gov2"), replicates=0, luck_only=True)
