"""The README's commands, scenario and Python run as written, on smaller societies."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.experiments.experiment import Experiment
from sim.experiments.experiment_files import experiment_names
from sim.outcomes import OUTCOMES
from sim.paradigms import FIGURE
from sim.questions.evidence.foretelling import ask
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from tests.test_documents import run_small

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALLER = ["--citizens", "200", "--years", "12", "--replicates", "1", "--jobs", "1"]
FEW_WORLDS = ["--worlds", "2"]
SMALLER_EXPERIMENT = [
    "--set", "base.years=1", "--set", "base.society.citizens=200", "--set", "replicates=3",
    "--jobs", "1",
]  # fmt: skip
FEWER_POINTS = {
    "sweep": ["--set", "design.trajectories=2"],
    "sensitivity": ["--points", "2"],
    "discover": ["--set", "design.points=24"],
    "robust": ["--set", "design.points=4"],
    "regimes": ["--set", "design.levels=2"],
}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


COMMANDS = [
    line.split("#")[0].strip()
    for block in blocks("sh")
    for line in block.splitlines()
    if line.startswith("govshift ")
]
SERVED = [command for command in COMMANDS if command.startswith("govshift lab")]
"""Until it is ended: parsed here, served by `test_lab.py`."""
LONG = [command for command in COMMANDS if command.startswith("govshift evidence")]


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the shipped scenarios and the README's own one as `my_plan.yaml`."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "my_plan.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _without(arguments: list[str], *options: str) -> list[str]:
    """Arguments without some options and their values."""
    places = [k for k, word in enumerate(arguments) if word in options]
    dropped = {*places, *(k + 1 for k in places)}
    return [word for k, word in enumerate(arguments) if k not in dropped]


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in (*LONG, *SERVED)])
def test_commands_run(command: str, newcomer: Path) -> None:
    arguments = shlex.split(command)[1:]
    if arguments[0] in ("run", "compare"):
        arguments = _without(arguments, "--years", "--jobs", "--replicates", "--worlds") + SMALLER
        arguments += [] if "--luck-only" in arguments else FEW_WORLDS
    if arguments[0] == "transitions":
        arguments = _without(arguments, "--citizens", "--replicates", "--worlds")
        arguments += ["--citizens", "200", "--replicates", "1", "--jobs", "1"]
        arguments += [] if "--luck-only" in arguments else FEW_WORLDS
    if arguments[0] == "story":
        arguments += ["--citizens", "400", "--years", "3"]
    if arguments[0] in FEWER_POINTS:
        arguments += SMALLER_EXPERIMENT + FEWER_POINTS[arguments[0]]
    if arguments[0] in ("robust", "regimes") and "--luck-only" not in arguments:
        arguments = _without(arguments, "--worlds", "--replicates") + FEW_WORLDS
    if arguments[0] == "bench":
        arguments = ["bench", "--most", "1000"]
    if arguments[0] == "attribute":
        arguments += ["--citizens", "200", "--orders", "4", "--set", "years=2", "--jobs", "1"]
    if arguments[0] == "roadmap":
        arguments += ["--population", "8", "--generations", "1", "--searches", "1", "--worlds",
                      "2", "--held-out", "2", "--orders", "1", "--citizens", "200", "--years",
                      "2", "--jobs", "1"]  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0


@pytest.mark.parametrize("command", SERVED)
def test_what_is_served_is_read(command: str) -> None:
    run_small(command)


@pytest.mark.slow
@pytest.mark.parametrize("command", LONG)
def test_evidence_runs(command: str, newcomer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As written, with few citizens and draws; a file of one's own has a country never seen."""
    monkeypatch.setattr("sim.cli.evidence.ask", lambda *asked: replace(ask(*asked), draws=2))
    (newcomer / "my_figures.csv").write_text(
        "country,year,indicator,value\nNOR,2009,egov_use_12m,66\nNOR,2018,egov_use_12m,84\n"
    )
    arguments = [*shlex.split(command)[1:], "--citizens", "500", "--out", "r", "--quiet"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, *([] if "--data" in command else ["--worlds", "2"])])
    assert ended.value.code == 0
    scores = pd.read_csv(newcomer / "r" / "scores.csv")
    assert {"indicator", "forecaster", "countries", "n", "rmse", "crps", "coverage"} <= {*scores}
    assert "govshift" in set(scores["forecaster"])
    assert len(pd.read_csv(newcomer / "r" / "predictions.csv"))
    if "--data" not in command:
        assert len(pd.read_csv(newcomer / "r" / "evidence" / "patterns.csv")) > 18


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 5
    assert len(LONG) == 2
    assert len(SERVED) == 1


def test_the_experiment_is_valid(newcomer: Path) -> None:
    file = newcomer / "my_experiment.yaml"
    file.write_text(blocks("yaml")[1], encoding="utf-8")
    assert Experiment.load(file).plan().runs == 100 * 2 * 2


def test_the_scenario_is_valid(newcomer: Path) -> None:
    scenario = Scenario.load("my_plan.yaml")
    assert scenario.profile[0] == FIGURE.last_position


@pytest.mark.slow
def test_python_runs_as_a_script(newcomer: Path) -> None:
    """As written, without a guard, on two processes."""
    (code,) = blocks("python")
    small = re.sub(r"(worlds|replicates)=\d+", r"\1=2, jobs=2", code)
    small = small.replace(
        'Scenario.load("gov2")', 'Scenario.load("gov2").but(years=3, society={"citizens": 300})'
    )
    (newcomer / "mine.py").write_text(small, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "mine.py"], check=False, cwd=newcomer, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (newcomer / "differences.svg").is_file()


def test_what_is_listed_is_what_there_is() -> None:
    for name in (
        *shipped_names(),
        *experiment_names(),
        *FIGURE.row_ids,
        *(outcome.name for outcome in OUTCOMES),
    ):
        assert f"`{name}`" in README, name


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z]+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
