"""Job arrays: shards in folders of their own, put together to the bytes of one command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim import attribute, compare, run, transitions
from sim.errors import UserMistake
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import plan_study
from sim.report.again import publish_again
from sim.runs.folder import read_manifest, verify
from sim.runs.runner import Shard, Where
from tests.fault_cases import FILES, complaints
from tests.studies import small
from tests.test_streams import code_of

COMMANDS = {
    "run": ("run", "one.yaml", "--worlds", "3", "--replicates", "1"),
    "compare": ("compare", "one.yaml", "two.yaml", "--luck-only", "--replicates", "2"),
    "attribute": ("attribute", "one.yaml", "rows.yaml", "--orders", "12"),
    "sweep": ("sweep", "lab.yaml"),
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _quietly(*words: str) -> int:
    return code_of(*words, "--jobs", "1", "--quiet")


def _merge(*words: str) -> int:
    return code_of("merge", *words)


@pytest.mark.parametrize("name", COMMANDS)
def test_shards_give_the_bytes_of_one_command(
    name: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = COMMANDS[name]
    assert _quietly(*command, "--out", "whole") == 0
    told = capsys.readouterr().out
    for shard in (2, 3, 1):
        assert _quietly(*command, "--shard", f"{shard}/3", "--out", f"s{shard}") == 0
        assert f"Shard {shard}/3 is finished" in capsys.readouterr().out
    assert _merge("merged", "s1", "s3") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "not given: shard 2/3" in line
    assert _merge("merged", "s1", "s2", "s3") == 0
    merged = capsys.readouterr().out
    assert told.splitlines()[:8] == merged.splitlines()[:8]
    assert list(complaints(Path("merged"), Path("whole"))) == []
    assert _quietly(*command, "--out", "merged") == 0
    assert code_of("report", "merged", "--quiet") == 0


def test_transitions_are_told_of_the_merged_study(files: Path) -> None:
    command = ("transitions", "moving.yaml", "--replicates", "1")
    assert _quietly(*command, "--out", "whole") == 0
    for shard in (1, 2):
        assert _quietly(*command, "--shard", f"{shard}/2", "--out", f"s{shard}") == 0
    assert _merge("merged", "s1", "s2") == 0
    assert not Path("merged/transitions").exists()
    assert _quietly(*command, "--out", "merged") == 0
    assert list(complaints(Path("merged"), Path("whole"))) == []


def test_shards_in_one_folder_add_up(files: Path) -> None:
    command = (*COMMANDS["compare"], "--out", "r")
    assert _quietly(*command, "--shard", "1/2") == 0
    assert not read_manifest(Path("r"))["complete"]
    assert _quietly(*command, "--shard", "2/2") == 0
    assert read_manifest(Path("r"))["complete"]


def test_what_cannot_be_put_together(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_ = ("run", "one.yaml", "--luck-only", "--replicates", "2")
    assert _quietly(*run_, "--shard", "1/2", "--out", "s1") == 0
    assert _quietly(*run_, "--shard", "2/2", "--out", "s2", "--seed", "5") == 0
    (files / "empty").mkdir()
    capsys.readouterr()
    for words, told in (
        (("m", "s1", "s2"), "s2: holds a shard of another question than s1"),
        (("m", "s1", "nowhere"), "nowhere: no such results folder"),
        (("m", "empty"), "empty: holds no results"),
        (("s1", "s1"), "s1: is also given as a shard"),
    ):
        assert _merge(*words) == 2
        assert told in capsys.readouterr().err
        assert not Path("m").exists()


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/0", "-1/2", "1/3/5", "\u0661/3"])
def test_a_share_that_is_none(text: str, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _quietly("run", "one.yaml", "--shard", text) == 2
    assert "is not i/n with i from 1 to n, as 3/10" in capsys.readouterr().err
    assert not Path("outputs").exists()


def test_a_damaged_part_of_a_shard_is_left_out(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for shard in (1, 2):
        _quietly("run", "one.yaml", "--luck-only", "--replicates", "4", "--shard", f"{shard}/2",
                 "--out", f"s{shard}")  # fmt: skip
    part = next(Path("s2/parts").glob("*.part"))
    part.write_bytes(part.read_bytes()[:-1])
    capsys.readouterr()
    assert _merge("m", "s1", "s2") == 2
    told = capsys.readouterr().err
    assert "is not what was written; it is left out" in told
    assert "not all shards are finished" in told


def test_every_chunk_is_in_one_shard() -> None:
    shards = [Shard(number, 7) for number in range(1, 8)]
    for position in range(100):
        assert sum(shard.takes(position) for shard in shards) == 1


# Results kept from Python.


def test_out_keeps_what_the_command_keeps(files: Path) -> None:
    assert _quietly(*COMMANDS["compare"], "--out", "command") == 0
    compare(
        "one.yaml", "two.yaml", replicates=2, luck_only=True, jobs=1, out="python", progress=False
    )
    assert list(complaints(Path("python"), Path("command"))) == []
    assert publish_again(Path("python")).replicates == 2
    with pytest.raises(UserMistake, match="holds results of another question"):
        compare(
            "one.yaml", "two.yaml", seed=3, luck_only=True, jobs=1, out="python", progress=False
        )


def test_every_question_keeps_what_it_is_asked_to(files: Path) -> None:
    transitions("moving.yaml", replicates=1, luck_only=True, jobs=1, out="t", progress=False)
    attribute("one.yaml", "rows.yaml", most_orders=8, jobs=1, out="a")
    assert "transitions/time_in_stages.csv" in read_manifest(Path("t"))["files"]
    for folder in ("t", "a"):
        assert verify(Path(folder)) == []
        assert code_of("report", folder) == 0
    again = attribute("one.yaml", "rows.yaml", most_orders=8, jobs=1)
    shutil.rmtree("a")
    assert attribute("one.yaml", "rows.yaml", most_orders=8, jobs=1, out="a").shares.equals(
        again.shares
    )


def test_scenarios_that_differ_in_nothing_but_names_are_both_told(tmp_path: Path) -> None:
    """They share their replicates, which are run and kept once."""
    one = small("gov2", years=1)
    study = plan_study([one, one.but(name="twin")], replicates=2, baseline="gov2")
    told: list[object] = []
    runs = carry_out(study, where=Where(1), progress=told.append)
    assert (runs.replicates, len(told)) == (2, 4)
    assert (runs.differences["mean"] == 0).all()
    compare(
        one,
        one.but(name="twin"),
        replicates=2,
        luck_only=True,
        jobs=1,
        out=tmp_path,
        progress=False,
    )
    assert len(list((tmp_path / "parts").glob("*.part"))) == 2
    assert run(one, replicates=2, luck_only=True, jobs=2, progress=False).replicates == 2
