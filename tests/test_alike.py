"""What compared scenarios share, and who takes it from whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim import compare
from sim.cli import main, work
from sim.errors import UserMistake
from sim.questions.comparison.alike import alike, is_shipped_name, unused
from sim.questions.comparison.study import plan_study
from sim.scenario import Scenario

PLAN = """\
extends: gov2
start: 2000-01
years: 1
society: {place: synthetic, citizens: 200, entrepreneurs: 8, local_governments: 3}
"""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("my_plan.yaml").write_text(PLAN)
    return "my_plan.yaml"


def test_a_shipped_baseline_takes_period_and_society(plan: str) -> None:
    (gov2, mine), (line,) = alike([Scenario.load("gov2"), Scenario.load(plan)], [True, False])
    assert (gov2.start, gov2.years, gov2.society) == (mine.start, mine.years, mine.society)
    assert gov2.profile == (1.0,) * 12
    assert line == (
        "gov2 is run as my_plan is: start 2000-01, years 1, society.place synthetic, "
        "society.citizens 200, society.entrepreneurs 8, society.local_governments 3"
    )
    plan_study([gov2, mine], baseline="gov2")


def test_a_place_of_its_own_is_taken_without_its_number(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("society: {place: korea}\n")
    scenarios = [Scenario.load("synthetic_small"), Scenario.load(tmp_path / "a.yaml")]
    (small, _), _ = alike(scenarios, [True, False])
    assert small.society == scenarios[1].society


def test_nothing_is_taken_from_shipped_ones_or_from_unlike_ones(plan: str) -> None:
    Path("other.yaml").write_text(PLAN.replace("years: 1", "years: 2"))
    for names in (["gov1", "synthetic_small"], ["gov1", plan, "other.yaml"]):
        scenarios = [Scenario.load(name) for name in names]
        found, told = alike(scenarios, [is_shipped_name(name) for name in names])
        assert (found, told) == (scenarios, [])
        with pytest.raises(UserMistake, match=r"\(--set gives all of them the same\)$"):
            plan_study(found, baseline=found[0].name)


def test_a_shipped_one_that_cannot_take_it_says_why(plan: str) -> None:
    scenarios = [Scenario.load("korea_1995_2025"), Scenario.load(plan)]
    with pytest.raises(UserMistake, match="korea_1995_2025: cannot be run as my_plan is"):
        alike(scenarios, [True, False])


def test_a_file_is_no_shipped_name(plan: str) -> None:
    assert is_shipped_name("gov2")
    assert not is_shipped_name(plan)
    assert not is_shipped_name(Path("gov2"))
    Path("gov2").write_text(PLAN)
    assert not is_shipped_name("gov2")


def test_compare_says_it_in_a_line(
    plan: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command that `new` suggests, after the plan changed start, years and place."""
    asked: list[Any] = []
    monkeypatch.setattr(work, "_carry_out", lambda study, options: asked.append(study))
    Path(plan).write_text(PLAN + "seed: 7\nreplicates: 3\n")
    with pytest.raises(SystemExit) as ended:
        main(["compare", "gov2", plan, "--luck-only"])
    assert ended.value.code == 0
    note, *warnings = capsys.readouterr().err.splitlines()
    assert note.startswith("note: gov2 is run as my_plan is: start 2000-01, years 1")
    assert warnings == [
        "warning: seed (my_plan.yaml:5:1) counts for nothing: all share seed 1 of gov2; "
        "--seed says otherwise",
        "warning: replicates (my_plan.yaml:6:1) counts for nothing: all share replicates 30 of "
        "gov2; --replicates says otherwise",
    ]
    with pytest.raises(SystemExit):
        main(["compare", "gov2", plan, "--seed", "7", "--replicates", "3", "--luck-only"])
    assert len(capsys.readouterr().err.splitlines()) == 1
    with pytest.raises(SystemExit):
        main(["compare", "gov2", plan, "--seed", "7"])
    assert capsys.readouterr().err.splitlines()[1:] == [
        "warning: replicates (my_plan.yaml:6:1) counts for luck alone (--luck-only); each world "
        "has 2, and --replicates says otherwise"
    ]
    assert [(study.seed, study.replicates) for study in asked] == [(1, 30), (7, 3), (7, 120)]


def test_from_python_too(plan: str) -> None:
    found = compare("gov2", plan, replicates=2, luck_only=True, jobs=1)
    assert set(found.runs.study.scenarios) == {"gov2", "my_plan"}
    assert found.runs.study.months == 12


def test_seeds_that_agree_are_no_news() -> None:
    scenarios = [Scenario.load("gov1").but(seed=3), Scenario.load("gov2").but(seed=3)]
    study = plan_study(scenarios)
    assert list(unused(study, scenarios, seed=False, luck=False)) == []


OPTIONS = {
    ("run", "gov1", "--replicates", "1_0"): "'1_0' is not a number in plain digits",
    ("run", "gov1", "--replicates", "１"): "'１' is not a number in plain digits",  # noqa: RUF001
    ("run", "gov1", "--seed", " 1"): "' 1' is not a number in plain digits",
    ("attribute", "gov1", "gov3", "--precision", "nan"): "'nan' is not a number in plain digits",
    ("attribute", "gov1", "gov3", "--precision", "inf"): "'inf' is not a number in plain digits",
    ("run", "gov1", "--out", ""): "--out: is empty",
    ("sweep", "levers", "--cluster", " "): "--cluster: is empty",
    ("run", "gov1", "--seed", "1", "--seed", "2"): "--seed is given more than once",
    ("compare", "a", "b", "--baseline", "a", "--baseline", "b"): "--baseline is given more than",
    ("discover", "x", "--when", ""): "--when: is empty",
}


@pytest.mark.parametrize("arguments", OPTIONS)
def test_an_option_that_is_none_is_refused(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert OPTIONS[arguments] in line


def test_an_option_over_a_set_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(work, "_carry_out", lambda study, options: None)
    for option, key in (("years", "years"), ("citizens", "society.citizens"), ("seed", "seed")):
        with pytest.raises(SystemExit):
            main(["run", "gov1", "--set", f"{key}=500" if option != "years" else "years=5",
                  f"--{option}", "600" if option != "years" else "6"])  # fmt: skip
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"warning: --set {key}=5")
        assert "counts for nothing" in line
