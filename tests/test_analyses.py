"""The commands `sensitivity`, `discover` and `robust`: from a file to tables, figure and words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.errors import UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.sweep import Sweep
from sim.questions.analysis import only_policies
from sim.questions.discovery.analysis import discover
from sim.questions.robustness.analysis import robust
from sim.questions.sensitivity.analysis import designed, sensitivity
from sim.runs.folder import read_manifest, verify
from tests.test_cli import check_screen
from tests.test_streams import code_of, left, stdout

pytest.importorskip("SALib", reason="pip install 'govshift[analysis]'")
pytest.importorskip("ema_workbench", reason="pip install 'govshift[discovery]'")

TINY = """\
name: tiny
policies: [gov1, gov3]
base: {years: 1, society: {citizens: 200, place: synthetic}}
uncertainties:
  government.capacity:
  trust.negativity:
outcomes: [efficiency, trust]
design: {kind: KIND}
replicates: 2
"""
LHS = "lhs, points: 12"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def govshift(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        written = capsys.readouterr()
        return int(str(ended.value.code)), written.out, written.err

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    """An experiment file with a design."""

    def write(kind: str) -> str:
        path = tmp_path / "tiny.yaml"
        path.write_text(TINY.replace("KIND", kind), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Finished runs of a Latin hypercube."""
    from sim.experiments.sweep import sweep

    folder = tmp_path_factory.mktemp("results")
    path = folder / "tiny.yaml"
    path.write_text(TINY.replace("KIND", LHS), encoding="utf-8")
    sweep(path, jobs=1, out=folder / "done")
    return folder / "done"


@pytest.mark.parametrize("design", ["sobol, points: 4", "morris, trajectories: 3"])
def test_sensitivity(
    govshift: Command, written: Callable[[str], str], tmp_path: Path, design: str
) -> None:
    out = tmp_path / "out"
    code, text, _ = govshift(
        "sensitivity", written(design), "--jobs", "1", "--out", str(out), "--quiet"
    )
    assert code == 0
    assert "Efficiency under gov1" in text
    assert f"Tables, figure and these sentences are in {out / 'analysis' / 'sensitivity'}" in text
    table = pd.read_csv(out / "analysis" / "sensitivity.csv")
    assert len(table) == 2 * 2 * 2
    kept = Sweep.open(out)
    found = sensitivity(kept)
    assert found.table["factor"].tolist() == table["factor"].tolist()
    told = (out / "analysis" / "sensitivity.md").read_text(encoding="utf-8")
    assert all(line in told for line in found.sentences)
    assert (out / "analysis" / "sensitivity.svg").exists()
    assert repr(found) == "\n".join(found.sentences)


def test_sensitivity_changes_the_design_when_asked(
    govshift: Command, written: Callable[[str], str], tmp_path: Path
) -> None:
    file, out = written(LHS), str(tmp_path / "out")
    code, _, errors = govshift("sensitivity", file, "--out", out)
    assert code == 2
    assert errors.count("\n") == 1
    assert "its design is lhs; sensitivity needs another one: write 'design: {kind:" in errors
    assert not Path(out).exists()
    asked = ("--method", "morris", "--points", "2", "--jobs", "1", "--out", out, "--quiet")
    code, text, _ = govshift("sensitivity", file, *asked)
    assert code == 0
    assert "over their whole ranges" in text or "no factor" in text
    assert Sweep.open(out).plan.design.trajectories == 2


def test_only_the_policies_that_are_asked_for_run(
    govshift: Command, written: Callable[[str], str], tmp_path: Path
) -> None:
    """They are a plan with a folder of its own; runs of all policies are taken where they are."""
    file, out = written("morris, trajectories: 2"), tmp_path / "out"
    asked = ("sensitivity", file, "--policy", "gov3", "--jobs", "1", "--quiet")
    code, text, _ = govshift(*asked, "--out", str(out))
    assert code == 0
    assert "under gov1" not in text
    kept = Sweep.open(out)
    assert (list(kept.plan.policies), len(kept.runs)) == (["gov3"], 6 * 2)
    whole = Experiment.load(file)
    narrow = only_policies(whole, ["gov3"], tmp_path / "elsewhere")
    assert isinstance(narrow, Experiment)
    assert narrow.plan().digest == kept.plan.digest != whole.plan().digest
    assert (narrow.plan().points == whole.plan().points).all()
    code, _, errors = govshift("sensitivity", file, "--jobs", "1", "--quiet", "--out", str(out))
    assert code == 2
    assert len(errors.splitlines()) == 1
    with pytest.raises(UserMistake, match="did you mean 'gov3'"):
        only_policies(whole, ["gov33"])


def test_finished_runs_of_all_policies_are_not_run_again(results: Path) -> None:
    file = results.parent / "tiny.yaml"
    asked = only_policies(Experiment.load(file), ["gov3"], results)
    assert isinstance(asked, Experiment)
    assert list(asked.plan().policies) == ["gov1", "gov3"]


def test_designed_keeps_a_design_that_fits(written: Callable[[str], str]) -> None:
    experiment = Experiment.load(written("morris, trajectories: 3, levels: 6"))
    same = designed(experiment, "morris", None)
    assert isinstance(same, Experiment)
    assert (same.design.trajectories, same.design.levels) == (3, 6)
    other = designed(experiment, "sobol", 16)
    assert isinstance(other, Experiment)
    assert (other.design.kind, other.design.points, other.design.levels) == ("sobol", 16, None)


def test_discover(govshift: Command, results: Path) -> None:
    runs = pd.read_parquet(results / "runs.parquet")
    futures = runs[runs["policy"] == "gov1"].groupby("point")["efficiency"].mean()
    middle = float(f"{futures.median():g}")
    count = int((futures < middle).sum())
    when = f"efficiency < {middle:g}"
    code, text, _ = govshift("discover", str(results), "--when", when, "--tree")
    assert code == 0
    assert f"Under gov1 efficiency is below {middle:g} in {count} of 12 futures" in text
    (table,) = (results / "analysis").glob("discovery_efficiency_below_*[0-9].csv")
    found = discover(results, when, tree=True)
    assert len(pd.read_csv(table)) == len(found.table)
    assert all(line in text for line in found.sentences)
    stem = table.with_suffix("").name
    names = {path.name for path in (results / "analysis").glob(f"{stem}*")}
    assert {f"{stem}_tradeoff.csv", f"{stem}_tree.csv", f"{stem}.png", f"{stem}.md"} <= names


def test_discover_in_no_future(govshift: Command, results: Path) -> None:
    code, text, _ = govshift("discover", str(results), "--when", "trust < 1", "--policy", "gov3")
    assert code == 0
    assert "Under gov3 trust is below 1 in none of 12 futures" in text
    assert "gov1" not in text.splitlines()[0]


def test_robust(govshift: Command, results: Path) -> None:
    code, text, _ = govshift("robust", str(results), "--target", "trust >= 1")
    assert code == 0
    assert "Trust >= 1 is met by gov1 in 100 % [100, 100]" in text
    table = pd.read_csv(results / "analysis" / "robustness.csv")
    found = robust(results, targets=["trust >= 1"])
    assert table["regret_max"].tolist() == pytest.approx(found.table["regret_max"].tolist())
    assert (results / "analysis" / "robustness_replicates.csv").exists()
    assert (results / "analysis" / "robustness_targets.csv").exists()


def test_the_results_stay_as_their_manifest_says(results: Path, govshift: Command) -> None:
    runs = read_manifest(results)["files"]["runs.parquet"]
    govshift("robust", str(results))
    before = (results / "manifest.json").read_bytes()
    govshift("robust", str(results))
    assert (results / "manifest.json").read_bytes() == before
    manifest = read_manifest(results)
    assert verify(results) == []
    assert manifest["files"]["runs.parquet"] == runs
    assert "analysis/robustness.csv" in manifest["files"]
    assert "numpy" in manifest["analyses"]["robustness"]["versions"]
    assert len(Sweep.open(results).runs) == 12 * 2 * 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("discover", "RESULTS", "--when", "trsut < 40"), "did you mean 'trust'?"),
        (("discover", "RESULTS", "--when", "trust = 40"), "one of < <= > >= is needed"),
        (("discover", "RESULTS", "--when", "trust < 40", "--policy", "gov4"), "not a policy of"),
        (("discover", "RESULTS"), "Missing option '--when'"),
        (("robust", "RESULTS", "--target", "trust"), "after trust one of < <= > >="),
        (("sensitivity", "RESULTS"), "its design is lhs; sensitivity needs another one"),
        (("sensitivity", "RESULTS", "--method", "sobol"), "whose design is fixed"),
        (("sensitivity", "RESULTS", "--method", "fast"), "'fast' is not one of"),
        (("sensitivity", "FILE", "--points", "8"), "needs a method"),
        (("robust", "RESULTS", "--set", "seed=2"), "--set: "),
        (("discover", "RESULTS", "--when", "trust < 4", "--retry"), "which stay as they are"),
        (("robust", "no_such_experiment"), "no_such_experiment"),
        (("discover", "EMPTY", "--when", "trust < 40"), "EMPTY"),
    ],
)
def test_mistakes_are_one_line(
    govshift: Command,
    results: Path,
    written: Callable[[str], str],
    tmp_path: Path,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    empty = tmp_path / "EMPTY"
    empty.mkdir()
    known = {"RESULTS": str(results), "FILE": written(LHS), "EMPTY": str(empty)}
    code, out, errors = govshift(*(known.get(argument, argument) for argument in arguments))
    assert code == 2
    assert out == ""
    assert words in errors
    assert errors.count("\n") == 1


def test_one_policy_is_refused_before_anything_runs(
    govshift: Command, written: Callable[[str], str], tmp_path: Path
) -> None:
    file = written(LHS)
    Path(file).write_text(Path(file).read_text().replace("[gov1, gov3]", "[gov1]"))
    out = tmp_path / "out"
    code, _, errors = govshift("robust", file, "--out", str(out))
    assert code == 2
    assert "tiny: has one policy; regret compares at least two" in errors
    assert not out.exists()


@pytest.mark.parametrize("command", ["sensitivity", "discover", "robust"])
def test_help(govshift: Command, command: str) -> None:
    code, text, errors = govshift(command, "--help")
    assert (code, errors) == (0, "")
    check_screen(f"help_{command}", text)


def test_a_missing_extra_is_said_in_one_line(
    govshift: Command, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.questions.analysis.find_spec", lambda name: None)
    for arguments, extra in (
        (("discover", str(results), "--when", "trust < 40"), "discovery"),
        (("sensitivity", str(results)), "analysis"),
    ):
        code, _, errors = govshift(*arguments)
        assert code == 2
        assert f"pip install 'govshift[{extra}]'" in errors


def test_an_analysis_is_written_whatever_becomes_of_the_screen(
    results: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(results, folder, ignore=shutil.ignore_patterns("analysis"))
    with stdout(left()):
        assert code_of("robust", str(folder)) == 0
    names = {path.name for path in (folder / "analysis").iterdir()}
    assert {f"robustness.{ending}" for ending in ("csv", "md", "png", "svg")} <= names
    assert not [name for name in names if name.startswith(".tmp")]


def test_an_analysis_does_not_follow_links(
    govshift: Command, results: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(results, folder, ignore=shutil.ignore_patterns("analysis"))
    (tmp_path / "elsewhere").mkdir()
    (folder / "analysis").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    code, _, err = govshift("robust", str(folder))
    assert code == 1
    assert "is a link to another place" in err
    assert list((tmp_path / "elsewhere").iterdir()) == []
