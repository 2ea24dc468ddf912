"""One local government beside the nation: values, intervals, files; it decides no result."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim import compare, run
from sim.cli import main
from sim.errors import UserMistake
from sim.outcomes import LOCAL_INDICATORS, OUTCOMES
from sim.questions.comparison.focus import focus_lines, focus_tables, of_place
from sim.questions.comparison.places import places_asked
from sim.questions.comparison.publish import publish
from sim.questions.comparison.reopen import reopen
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, plan_study
from sim.questions.comparison.worlds import find_over_worlds
from sim.runs.runner import Where
from sim.scenario import Scenario
from sim.summaries import DIFFERENCES, SUMMARY

SMALL = {"citizens": 1500}
ONE = Where(1)


def plans() -> list[Scenario]:
    return [Scenario.load(name).but(years=4, society=SMALL) for name in ("gov1", "gov3")]


@pytest.fixture(scope="module")
def runs() -> Runs:
    study = plan_study(plans(), worlds=3, baseline="gov1", focus=["Seoul", "Sejong"], seed=4)
    return carry_out(study, where=ONE)


def test_values_are_means_of_the_last_three_years(runs: Runs) -> None:
    own = of_place(runs, "Seoul")
    rows = runs.local[runs.local["local_government"] == "Seoul"]
    one = rows[(rows["scenario"] == "gov3") & (rows["replicate"] == 2)].set_index("month")
    found = own.values[(own.values["scenario"] == "gov3") & (own.values["replicate"] == 2)]
    found = found.set_index("month")
    assert list(found.index) == [12, 24, 36, 48]
    for outcome in LOCAL_INDICATORS:
        assert found.loc[12, outcome] == pytest.approx(one.loc[12, outcome])
        assert found.loc[48, outcome] == pytest.approx(one.loc[[24, 36, 48], outcome].mean())


def test_tables_are_those_of_the_nation_with_the_place_in_front(runs: Runs) -> None:
    tables = focus_tables(runs)
    assert list(tables) == ["focus.csv", "focus_differences.csv"]
    assert list(tables["focus.csv"]) == ["local_government", *SUMMARY]
    assert list(tables["focus_differences.csv"]) == ["local_government", *DIFFERENCES]
    for table in tables.values():
        assert list(table["local_government"].unique()) == ["Seoul", "Sejong"]
        assert (table["worlds"] == 3).all()
    differences = tables["focus_differences.csv"]
    row = differences[(differences["outcome"] == "participation") & (differences["month"] == 48)]
    (over,) = find_over_worlds(of_place(runs, "Seoul"), ["participation"])
    assert row["mean"].iloc[0] == pytest.approx(over.mean)
    assert (row["worlds_low"].iloc[0], row["worlds_high"].iloc[0]) == pytest.approx(over.ends)


def test_what_is_told(runs: Runs) -> None:
    lines = "\n".join(focus_lines(runs))
    seoul, sejong = lines.split("Sejong alone")
    assert "Seoul alone, " in seoul
    assert "citizens simulated" in seoul
    assert "Few: under 50" not in seoul
    assert "Few: under 50 simulated residents" in sejong
    local = [outcome.name for outcome in OUTCOMES if outcome.name in LOCAL_INDICATORS]
    assert all(name in seoul for name in local)
    assert "resilience" not in seoul
    assert "being heard (points) against gov1: gov3 differs by" in seoul


def test_luck_alone_is_told_as_well() -> None:
    study = plan_study(plans(), replicates=3, baseline="gov1", focus=["Seoul"])
    lines = "\n".join(focus_lines(carry_out(study, where=ONE)))
    assert "no replicate" not in lines
    assert "Trust (points) against gov1: gov3 is" in lines


def test_a_focus_decides_no_result(tmp_path: Path) -> None:
    """It is told of results that are there, and read back with them."""
    scenario = plans()[1]
    without = plan_study([scenario], worlds=1)
    study = plan_study([scenario.but(focus="Busan")], worlds=1, focus=["Seoul"])
    assert study.focus == ("Seoul", "Busan")
    assert study.digest == without.digest
    publish(without, tmp_path / "r", command="", where=ONE, draws=False)
    assert not (tmp_path / "r" / "focus.csv").exists()
    before = (tmp_path / "r" / "summary.csv").read_bytes()
    told: list[object] = []
    publish(study, tmp_path / "r", command="", where=ONE, draws=False, announce=told.append)
    assert told == []
    table = pd.read_csv(tmp_path / "r" / "focus.csv")
    assert set(table["local_government"]) == {"Seoul", "Busan"}
    assert (tmp_path / "r" / "summary.csv").read_bytes() == before
    found, manifest = reopen(tmp_path / "r")
    assert found.study.focus == ("Seoul", "Busan")
    assert {"focus.csv", "starting_facts.csv"} <= manifest["files"].keys()
    assert "focus_differences.csv" not in manifest["files"]


def test_python_takes_a_focus() -> None:
    scenario = plans()[0]
    assert run(scenario, worlds=1, jobs=1, focus=["Seoul"]).study.focus == ("Seoul",)
    comparison = compare(*plans(), worlds=1, jobs=1, focus="Seoul")
    assert comparison.runs.study.focus == ("Seoul",)
    assert any("Seoul alone" in line for line in comparison.sentences)
    with pytest.raises(UserMistake, match=r"Soul: no local government .*; did you mean 'Seoul'\?"):
        run(scenario, worlds=1, focus=["Soul"])


def test_who_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert places_asked(plans(), ["Seoul"]) == ("Seoul",)
    with pytest.raises(SystemExit) as ended:
        main(["run", "gov1", "--focus", "Soul", "--worlds", "1"])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("--focus Soul: no local government is called so here")
    assert line.endswith("did you mean 'Seoul'?")
