"""What compared scenarios share is warned of once; what is each one's own, of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli.work import load_all

OPTIONS = {"sets": (), "citizens": None, "years": None}
LATE = "the world of {} begins with access"


def _written(folder: Path, name: str, start: str, more: str = "") -> str:
    path = folder / f"{name}.yaml"
    path.write_text(f"extends: gov1\nname: {name}\nstart: {start}\nyears: 2\n{more}")
    return str(path)


def test_a_start_that_is_shared_is_warned_of_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [_written(tmp_path, name, "2012-01") for name in ("a", "b", "c")]
    load_all(files, dict(OPTIONS))
    assert capsys.readouterr().err.count(LATE.format("2012-01")) == 1


def test_starts_that_differ_are_each_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [
        _written(tmp_path, name, start) for name, start in (("a", "2012-01"), ("b", "2015-01"))
    ]
    load_all(files, dict(OPTIONS))
    told = capsys.readouterr().err
    assert LATE.format("2012-01") in told
    assert LATE.format("2015-01") in told


def test_what_is_ones_own_is_told_of_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = "policy:\n  - {month: 20, over: 48, set: {engagement.staff: 0.01}}\n"
    files = [_written(tmp_path, name, "1995-01", late) for name in ("a", "b")]
    load_all(files, dict(OPTIONS))
    told = capsys.readouterr().err
    assert "a.yaml" in told
    assert "b.yaml" in told
