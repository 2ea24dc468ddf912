"""`compare --against`: what a new version of the model changed, and what it did not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.cli import main
from sim.questions.versions import against, read_stored
from sim.questions.versions.against import COLUMNS
from sim.runs.files import digest
from sim.runs.sealed import read_sealed_json, write_sealed_json

SMALL = ("--citizens", "200", "--years", "2", "--jobs", "1", "--quiet")
LUCK = ("--luck-only", "--replicates", "4")


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(str(ended.value.code))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of this version: four replicates of two scenarios."""
    out = tmp_path_factory.mktemp("stored") / "r"
    assert code_of("compare", "gov1", "gov2", *SMALL, *LUCK, "--out", str(out)) == 0
    return out


def older(stored: Path, path: Path, *, trust: float = 0.0, **about: Any) -> Path:
    """The same results as if another version had made them, with another trust under gov2."""
    shutil.copytree(stored, path)
    table = pd.read_parquet(path / "timeseries.parquet")
    table.loc[table["scenario"] == "gov2", "trust"] += trust
    table.to_parquet(path / "timeseries.parquet", index=False)
    manifest = read_sealed_json(path / "manifest.json")
    manifest["files"]["timeseries.parquet"] = {
        "sha256": digest(path / "timeseries.parquet"), "bytes": 0,
    }  # fmt: skip
    write_sealed_json(path / "manifest.json", manifest | {"model_version": "0.0.9+0ld"} | about)
    return path


def compared(results: Path, out: Path, *more: str) -> int:
    return code_of("compare", "gov1", "gov2", *SMALL, "--against", str(results), "--out", str(out),
                   *more)  # fmt: skip


def test_a_change_is_told(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = older(stored, tmp_path / "old", trust=-3.0)
    capsys.readouterr()
    assert compared(before, tmp_path / "new") == 0
    shown = capsys.readouterr().out
    assert "results of model 0.0.9+0ld" in shown
    assert "1 of 16 headline outcomes changed (15 are exactly the same):" in shown
    assert re.search(r"Trust \(points\) of gov2: [\d.]+ then, [\d.]+ now, \+3\.0 ", shown)
    assert "1 of 8 headline differences to gov1 changed" in shown
    rows = pd.read_csv(tmp_path / "new" / "against.csv")
    assert [*rows.columns] == [*COLUMNS]
    changed = rows[rows["verdict"] == "changed"]
    assert {*zip(changed["scenario"], changed["outcome"], changed["of"], strict=True)} == {
        ("gov2", "trust", "value"), ("gov2", "trust", "difference"),
    }  # fmt: skip
    assert (rows["version_before"] == "0.0.9+0ld").all()
    assert changed["change"].tolist() == pytest.approx([3.0, 3.0])
    assert (changed["n"] == 4).all()
    assert "against.csv" in read_sealed_json(tmp_path / "new" / "manifest.json")["files"]


def test_seed_and_replicates_are_those_of_the_results(stored: Path, tmp_path: Path) -> None:
    """So that replicates meet their like: four of luck alone, and not sixty worlds."""
    assert compared(older(stored, tmp_path / "old"), tmp_path / "new") == 0
    manifest = read_sealed_json(tmp_path / "new" / "manifest.json")
    assert (manifest["replicates"], manifest.get("per_world", 0)) == (4, 0)
    rows = pd.read_csv(tmp_path / "new" / "against.csv")
    assert set(rows["verdict"]) == {"same"}
    assert set(rows["pairing"]) == {"paired"}


def test_a_small_change_is_too_small_to_matter(stored: Path, tmp_path: Path) -> None:
    assert compared(older(stored, tmp_path / "old", trust=0.2), tmp_path / "new") == 0
    rows = pd.read_csv(tmp_path / "new" / "against.csv").set_index(["scenario", "outcome", "of"])
    assert rows.loc[("gov2", "trust", "value"), "verdict"] == "too small to matter"


def test_another_seed_is_held_against_by_confidence(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = older(stored, tmp_path / "old", trust=-30.0)
    assert compared(before, tmp_path / "new", "--seed", "7") == 0
    assert "luck is in these changes" in capsys.readouterr().out
    rows = pd.read_csv(tmp_path / "new" / "against.csv").set_index(["scenario", "outcome", "of"])
    assert set(rows["pairing"]) == {"unpaired"}
    assert rows.loc[("gov2", "trust", "value"), "verdict"] == "changed"
    assert rows.loc[("gov1", "trust", "value"), "verdict"] != "changed"


def test_this_version_is_said_to_be_the_same(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(stored, tmp_path / "new") == 0
    shown = capsys.readouterr().out
    assert "results of this very version" in shown
    assert "nothing can differ. Nothing does." in shown


def test_results_may_be_held_against_themselves(stored: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(stored, again)
    assert compared(again, again) == 0
    assert set(pd.read_csv(again / "against.csv")["verdict"]) == {"same"}


def test_changed_defaults_are_named(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = read_sealed_json(stored / "manifest.json")
    scenarios = manifest["scenarios"]
    for scenario in scenarios.values():
        scenario["parameters"]["trust.negativity"] = 2.0
        scenario["parameters"]["trust.gone_since"] = 1.0
        del scenario["parameters"]["trust.anchor"]
    before = older(stored, tmp_path / "old", scenarios=scenarios)
    capsys.readouterr()
    assert compared(before, tmp_path / "new") == 0
    shown = capsys.readouterr().out
    assert "Defaults changed: trust.negativity 2 to 2.5." in shown
    assert "New parameters: trust.anchor." in shown
    assert "Parameters gone: trust.gone_since." in shown


def test_new_and_lost_outcomes_are_told(stored: Path, tmp_path: Path) -> None:
    path = older(stored, tmp_path / "old")
    table = pd.read_parquet(path / "timeseries.parquet")
    table = table.drop(columns="trust").assign(was_there=1.0)
    table.to_parquet(path / "timeseries.parquet", index=False)
    manifest = read_sealed_json(path / "manifest.json")
    manifest["files"]["timeseries.parquet"]["sha256"] = digest(path / "timeseries.parquet")
    write_sealed_json(path / "manifest.json", manifest)
    assert compared(path, tmp_path / "new") == 0
    rows = pd.read_csv(tmp_path / "new" / "against.csv").set_index(["scenario", "outcome", "of"])
    assert rows.loc[("gov1", "trust", "value"), "verdict"] == "new"
    assert rows.loc[("gov1", "was_there", "value"), "verdict"] == "gone"


def error_of(
    capsys: pytest.CaptureFixture[str], results: Path, out: Path, *more: str
) -> tuple[int, str]:
    capsys.readouterr()
    code = compared(results, out, *more)
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    assert not out.exists()
    return code, error


@pytest.mark.parametrize(("more", "said"), [
    (("--set", "government.budget=0.9"), "gov1 is another scenario there: parameters is"),
    (("--set", "society.entrepreneurs=30"), "society.entrepreneurs is 30 here, not written there"),
    (("--set", "society.place=synthetic"), "society.place is synthetic here, korea there"),
    (("--baseline", "gov2"), "its baseline is gov1, here it is gov2"),
])  # fmt: skip
def test_other_scenarios_are_refused_and_told(
    more: tuple[str, ...], said: str, stored: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    code, error = error_of(capsys, stored, tmp_path / "new", *more)
    assert code == 2
    assert said in error


def test_missing_scenarios_are_refused(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert code_of("compare", "gov1", "gov3", *SMALL, "--against", str(stored)) == 2
    assert "has no scenario gov3 (it has gov1, gov2)" in capsys.readouterr().err


def test_what_holds_no_results_is_refused(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = error_of(capsys, tmp_path / "nowhere", tmp_path / "new")
    assert (code, "no such results folder" in error) == (2, True)
    (tmp_path / "empty").mkdir()
    code, error = error_of(capsys, tmp_path / "empty", tmp_path / "new")
    assert (code, "holds no results" in error) == (2, True)
    damaged = older(stored, tmp_path / "damaged")
    (damaged / "timeseries.parquet").write_bytes(b"x")
    code, error = error_of(capsys, damaged, tmp_path / "new")
    assert (code, "is not what manifest.json says" in error) == (1, True)
    unknown = older(stored, tmp_path / "unknown", scenarios=3)
    code, error = error_of(capsys, unknown, tmp_path / "new")
    assert (code, "they cannot be compared" in error) == (1, True)


def test_from_python(stored: Path, tmp_path: Path) -> None:
    from sim.questions.comparison.reopen import reopen

    runs, _ = reopen(stored)
    found = against(runs, read_stored(older(stored, tmp_path / "old", trust=-3.0)))
    assert (found.rows["verdict"] == "changed").sum() == 2
