"""`archive`: a study packed so that others can check and repeat it, or not packed at all."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest
import yaml

from sim.cli import main
from sim.questions.comparison.study import plan_study
from sim.report.about import citation
from sim.report.archive import archive
from sim.runs.sealed import read_sealed_json, write_sealed_json
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]
SMALL = ("--citizens", "200", "--years", "1", "--jobs", "1", "--quiet")


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(str(ended.value.code))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Finished results of a study with a scenario of one's own and one with a history."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "before.yaml").write_text("name: before\nyears: 1\ngovernance: gov1\n")
    (folder / "mine.yaml").write_text(
        "name: 'mine, \"new\"'\nquestion: Who gains?\nstart: 1996-01\nhistory: before.yaml\n"
        "parameters: {trust.negativity: 2}\n"
    )
    out = folder / "r"
    assert code_of("run", str(folder / "mine.yaml"), *SMALL, "--worlds", "2", "--replicates", "1",
                   "--out", str(out)) == 0  # fmt: skip
    return out


@pytest.fixture
def copied(results: Path, tmp_path: Path) -> Path:
    shutil.copytree(results, tmp_path / "r")
    return tmp_path / "r"


def unpacked(file: Path, into: Path) -> Path:
    with zipfile.ZipFile(file) as packed:
        packed.extractall(into)
    (only,) = into.iterdir()
    return only


def test_an_archive_has_all_that_is_needed(results: Path, tmp_path: Path) -> None:
    folder = unpacked(archive(results, tmp_path / "a.zip"), tmp_path / "u")
    manifest = read_sealed_json(folder / "results" / "manifest.json")
    for name, said in manifest["files"].items():
        data = (folder / "results" / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == said["sha256"]
    for name in ("README.md", "SHA256SUMS", "CITATION.cff", "codemeta.json", "environment.json"):
        assert (folder / name).stat().st_size > 50
    listed = dict(
        reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(listed) == files - {"SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    environment = json.loads((folder / "environment.json").read_text())
    assert environment["made_with"]["model"] == manifest["model_version"]
    assert environment["made_with"]["numpy"] == manifest["versions"]["numpy"]
    assert "numpy" in environment["packed_with"]["installed"]
    assert (
        json.loads((folder / "codemeta.json").read_text())["identifier"]
        == (manifest["model_version"])
    )


def test_its_scenarios_are_those_of_the_study(results: Path, tmp_path: Path) -> None:
    """The command that its README says asks the same question, to the digest."""
    folder = unpacked(archive(results, tmp_path / "a.zip"), tmp_path / "u")
    manifest = read_sealed_json(folder / "results" / "manifest.json")
    said = re.search(r"^    (govshift run .*)$", (folder / "README.md").read_text(), re.MULTILINE)
    assert said is not None
    words = shlex.split(said.group(1))
    files = [word for word in words if word.endswith(".yaml")]
    study = plan_study(
        [Scenario.load(folder / file) for file in files],
        worlds=int(words[words.index("--worlds") + 1]),
        replicates=int(words[words.index("--replicates") + 1]),
        seed=int(words[words.index("--seed") + 1]),
    )
    assert study.digest == manifest["digest"]
    assert study.replicates == manifest["replicates"]


def test_the_command_runs(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = unpacked(archive(results, tmp_path / "a.zip"), tmp_path / "u")
    monkeypatch.chdir(folder)
    said = re.search(r"^    (govshift run .*)$", Path("README.md").read_text(), re.MULTILINE)
    assert said is not None
    assert code_of(*shlex.split(said.group(1))[1:], "--quiet", "--jobs", "1") == 0
    for name in ("summary.csv", "timeseries.csv"):
        assert Path("again", name).read_bytes() == Path("results", name).read_bytes()


def test_bytes_are_the_same_again(results: Path, copied: Path, tmp_path: Path) -> None:
    one = archive(results, tmp_path / "one.zip").read_bytes()
    assert archive(copied, tmp_path / "two.zip").read_bytes() == one
    assert archive(results, tmp_path / "one.zip").read_bytes() == one
    with zipfile.ZipFile(io.BytesIO(one)) as packed:
        names = packed.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_without_out_it_lies_beside_the_results(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of("archive", str(copied)) == 0
    assert (copied.parent / "r.zip").is_file()
    assert "r.zip" in capsys.readouterr().out


def test_from_inside_the_folder_it_lies_beside_it_too(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(copied.rglob("*"))
    monkeypatch.chdir(copied)
    assert archive(".") == copied.parent / "r.zip"
    assert sorted(copied.rglob("*")) == before


def refused(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    capsys.readouterr()
    assert code_of("archive", *arguments) == code
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    return error


def test_damaged_results_are_refused_in_one_line(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied / "summary.csv").write_text("x")
    (copied / "timeseries.parquet").unlink()
    error = refused(capsys, 1, str(copied), "--out", str(tmp_path / "a.zip"))
    assert "nothing was packed" in error
    assert "summary.csv is not what manifest.json says" in error
    assert "timeseries.parquet is missing" in error
    assert not (tmp_path / "a.zip").exists()


def test_what_is_no_result_is_refused(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no such results folder" in refused(capsys, 2, str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    assert "holds no results" in refused(capsys, 2, str(tmp_path / "empty"))
    there = tmp_path / "there.zip"
    there.write_bytes(b"mine")
    assert "left as it is" in refused(capsys, 2, str(copied), "--out", str(there))
    assert there.read_bytes() == b"mine"
    assert "is a folder" in refused(capsys, 2, str(copied), "--out", str(tmp_path))
    nowhere = str(tmp_path / "no" / "a.zip")
    assert "there is no folder" in refused(capsys, 2, str(copied), "--out", nowhere)
    manifest = read_sealed_json(copied / "manifest.json")
    write_sealed_json(copied / "manifest.json", manifest | {"complete": False})
    assert "is not finished" in refused(capsys, 2, str(copied))
    assert [*tmp_path.glob("*.zip")] == [there]


def test_a_manifest_cannot_name_other_places(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret").write_text("s")
    manifest = read_sealed_json(copied / "manifest.json")
    said = {"sha256": hashlib.sha256(b"s").hexdigest(), "bytes": 1}
    manifest["files"]["../secret"] = said
    write_sealed_json(copied / "manifest.json", manifest)
    error = refused(capsys, 1, str(copied), "--out", str(tmp_path / "a.zip"))
    assert "outside the folder" in error


def test_own_places_are_packed_or_the_study_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    places = "name,population,self_reliance\nHill,4000,.3\nDale,6000,.5\n"
    Path("mine.csv").write_text(places)
    Path("mine.yaml").write_text("name: mine\nsociety: {place: mine.csv}\n")
    assert (
        code_of("run", "mine.yaml", *SMALL, "--luck-only", "--replicates", "1", "--out", "r") == 0
    )
    folder = unpacked(archive("r", "a.zip"), tmp_path / "u")
    assert (folder / "scenarios" / "mine.csv").read_text() == places
    assert Scenario.load(folder / "scenarios" / "mine.yaml").resolved() == (
        Scenario.load("mine.yaml", sets=["years=1", "society.citizens=200"]).resolved()
    )
    Path("mine.csv").write_text(places + "Moor,900,.2\n")
    assert "has changed since" in refused(capsys, 2, "r", "--out", "b.zip")
    Path("mine.csv").unlink()
    assert "not there any more" in refused(capsys, 2, "r", "--out", "b.zip")
    assert not Path("b.zip").exists()


def test_a_sweep_is_packed(tmp_path: Path) -> None:
    out = tmp_path / "s"
    assert code_of("sweep", "levers", "--set", "design.trajectories=2", "--set", "base.years=1",
                   "--set", "base.society.citizens=200", "--set", "replicates=1", "--jobs", "1",
                   "--quiet", "--out", str(out)) == 0  # fmt: skip
    folder = unpacked(archive(out, tmp_path / "s.zip"), tmp_path / "u")
    assert "govshift" in (folder / "README.md").read_text()
    assert len([*(folder / "results").rglob("*")]) > 3


def test_citation_is_that_of_the_repository() -> None:
    ours = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    theirs = yaml.safe_load(citation({"model_version": f"{ours['version']}+x"}))
    ours["references"][0]["date-published"] = str(ours["references"][0]["date-published"])
    theirs["references"][0]["date-published"] = str(theirs["references"][0]["date-published"])
    del ours["message"], theirs["message"]
    assert theirs == ours
