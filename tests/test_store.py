"""Results on disk: complete, never mixed, never half-written, and whole again after any kill."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import ResultsError, UserMistake
from sim.questions.comparison import store
from sim.questions.comparison.publish import default_folder, publish
from sim.questions.comparison.store import open_results
from sim.questions.comparison.study import Study
from sim.report.again import publish_again
from sim.runs import files
from sim.runs.files import digest
from sim.runs.folder import kind_of, read_manifest, verify
from sim.runs.runner import Where
from sim.runs.sealed import write_sealed_json
from sim.runs.version import model_version
from tests.studies import small_study

TABLES = (
    "summary.csv", "differences.csv", "timeseries.csv", "timeseries.parquet",
    "local_governments.parquet", "events.parquet", "networks.parquet", "networks.csv",
    "ties.parquet", "failures.csv", "horizons.csv", "before_start.parquet",
    "costs.parquet", "groups.parquet", "decision.csv", "costs.csv", "groups.csv", "path.csv",
    "local_governments.csv", "codebook.csv", "starting_facts.csv",
)  # fmt: skip


def _publish(study: Study, folder: Path) -> None:
    publish(study, folder, command="test", where=Where(1))


def _tables(folder: Path) -> dict[str, str]:
    return {name: digest(folder / name) for name in TABLES}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "study"
    _publish(small_study(), folder)
    return folder


@pytest.fixture(autouse=True)
def without_figures(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take most of the time and have tests of their own; `published` has them."""
    monkeypatch.setattr("sim.questions.comparison.figures.write_figures", lambda runs, folder: [])


def test_every_promised_file_is_there(published: Path) -> None:
    names = {path.name for path in published.iterdir() if not path.name.startswith(".")}
    assert names == {*TABLES, "manifest.json", "report.html", "figures", "parts"}
    assert {path.suffix for path in (published / "figures").iterdir()} == {".png", ".svg", ".md"}


def test_columns_are_as_promised(published: Path) -> None:
    head = {name: (published / name).read_text().splitlines()[0] for name in TABLES[:3]}
    assert head["summary.csv"] == (
        "scenario,outcome,month,n,mean,sd,spread_low,spread_high,conf_low,conf_high,"
        "worlds,worlds_low,worlds_high,luck_share"
    )
    assert head["differences.csv"] == (
        "baseline,scenario,outcome,month,n,mean,conf_low,conf_high,share_better,"
        "worlds,worlds_low,worlds_high,worlds_better,worlds_better_low,worlds_better_high,luck_share"
    )
    assert head["timeseries.csv"].startswith("scenario,replicate,month,efficiency,participation")
    local = pd.read_parquet(published / "local_governments.parquet")
    assert list(local.columns[:4]) == ["scenario", "replicate", "month", "local_government"]


def test_csv_and_parquet_hold_the_same_numbers(published: Path) -> None:
    parquet = pd.read_parquet(published / "timeseries.parquet")
    csv = pd.read_csv(published / "timeseries.csv")
    pd.testing.assert_frame_equal(csv, parquet, rtol=1e-14, check_dtype=False)


def test_manifest_tells_where_results_come_from(published: Path) -> None:
    manifest = read_manifest(published)
    assert manifest["complete"] is True
    assert manifest["model_version"] == model_version()
    assert manifest["command"] == "test"
    assert manifest["replicates"] == 3
    assert manifest["failures"] == []
    assert manifest["scenarios"]["gov3"]["governance"]["goal"] == 2.0
    assert set(manifest["versions"]) >= {"python", "mesa", "numba", "numpy"}
    assert all(figure["alt_text"] for figure in manifest["figures"])
    on_disk = {str(p.relative_to(published)) for p in published.rglob("*")
               if p.is_file() and p.name not in ("manifest.json", ".lock")
               and p.suffix != ".part"}  # fmt: skip
    assert set(manifest["files"]) == on_disk
    assert verify(published) == []


def test_asking_again_changes_nothing(published: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in published.rglob("*.*") if p.name != ".lock"}
    _publish(small_study(), published)
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_replicates_are_added_to_those_that_are_there(published: Path, tmp_path: Path) -> None:
    _publish(small_study(replicates=2), tmp_path / "grown")
    _publish(small_study(replicates=3), tmp_path / "grown")
    assert _tables(tmp_path / "grown") == _tables(published)


def test_fewer_replicates_are_told_when_fewer_are_asked_for(
    published: Path, tmp_path: Path
) -> None:
    """What was asked for before decides nothing; what was run before is not run again."""
    _publish(small_study(replicates=2), tmp_path / "few")
    _publish(small_study(replicates=3), tmp_path / "r")
    seen: list[object] = []
    runs = publish(
        small_study(replicates=2), tmp_path / "r", command="test", where=Where(1),
        progress=seen.append,
    )  # fmt: skip
    assert runs.replicates == 2
    assert seen == []
    assert _tables(tmp_path / "r") == _tables(tmp_path / "few")
    assert read_manifest(tmp_path / "r")["replicates"] == 2
    _publish(small_study(replicates=3), tmp_path / "r")
    assert _tables(tmp_path / "r") == _tables(published)


def test_a_stopped_study_tells_what_is_asked_for_next(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        publish(small_study(), tmp_path / "r", command="t", where=Where(1), progress=_stop_after(5))
    runs = publish(small_study(replicates=1), tmp_path / "r", command="t", where=Where(1))
    assert runs.replicates == 1
    assert set(runs.timeseries["replicate"]) == {0}


def test_different_questions_have_different_folders() -> None:
    folders = {
        default_folder(study)
        for study in (
            small_study(), small_study(seed=2), small_study(years=2), small_study("gov3", "gov1"),
        )
    }  # fmt: skip
    assert len(folders) == 4
    assert default_folder(small_study(replicates=9)) in folders


@pytest.mark.parametrize("study", [small_study(seed=2), small_study("gov1", "gov2")])
def test_studies_are_never_mixed(published: Path, study: Study) -> None:
    before = _tables(published)
    with pytest.raises(UserMistake, match="holds results of another question"):
        _publish(study, published)
    assert _tables(published) == before


def test_results_of_another_version_are_left_alone(tmp_path: Path) -> None:
    manifest = {"study": "x", "model_version": "0.0.1+old", "seed": 1, "scenarios": {"gov1": {}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(UserMistake, match=r"another version of the model \(0\.0\.1\+old"):
        _publish(small_study(), tmp_path)


def test_studies_of_the_first_release_are_told_again_and_its_sweeps_refused(
    published: Path, tmp_path: Path
) -> None:
    """Their manifests had neither kind nor seal."""
    shutil.copytree(published, tmp_path / "r")
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    old = {k: v for k, v in manifest.items() if k not in ("kind", "seal", "format", "digest")}
    (tmp_path / "r" / "manifest.json").write_text(json.dumps(old | {"study": "x"}))
    assert publish_again(tmp_path / "r").replicates == 3
    assert read_manifest(tmp_path / "r")["seal"]
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "experiment.json").write_text("{}")
    about = {"model_version": "0.1.0+x", "complete": True, "files": {}}
    (tmp_path / "s" / "manifest.json").write_text(json.dumps(about))
    with pytest.raises(UserMistake, match=r"a sweep of release 0\.1\.0"):
        kind_of(tmp_path / "s")


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("two years of work")
    with pytest.raises(UserMistake, match="holds files but no results"):
        _publish(small_study(), tmp_path)
    with pytest.raises(UserMistake, match="is a file"):
        _publish(small_study(), tmp_path / "thesis.tex")


def test_a_changed_table_is_made_again_from_the_parts(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    shutil.copytree(published, folder)
    for name in store.TABLES:
        with (folder / name).open("ab") as file:
            file.write(b"?")
    told: list[str] = []
    publish(small_study(), folder, command="test", where=Where(1, warn=told.append))
    assert len(told) == len(store.TABLES)
    assert all("is not what manifest.json says" in line for line in told)
    assert _tables(folder) == _tables(published)
    assert verify(folder) == []


def test_report_mends_tables_while_there_are_parts(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    shutil.copytree(published, folder)
    (folder / "events.parquet").unlink()
    publish_again(folder)
    assert _tables(folder) == _tables(published)
    (folder / "events.parquet").unlink()
    next((folder / "parts").glob("*.part")).unlink()
    with pytest.raises(ResultsError, match=r"events\.parquet: is missing"):
        publish_again(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"complete": true, "study": "x"}', "its seal is broken"),
        ('{"format": 3, "study": "x"}', "its seal is broken"),
    ],
)
def test_a_manifest_that_is_not_ours_is_one_line(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ResultsError, match=words):
        _publish(small_study(replicates=1), tmp_path)


def test_every_flipped_bit_of_a_manifest_is_noticed(published: Path, tmp_path: Path) -> None:
    whole, said = (published / "manifest.json").read_bytes(), read_manifest(published)
    copy = tmp_path / "manifest.json"
    for place in range(0, 8 * len(whole), 41):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        copy.write_bytes(changed)
        try:
            assert read_manifest(tmp_path) == said
        except ResultsError:
            continue


def test_a_manifest_vouches_for_all_tables_or_is_refused(tmp_path: Path) -> None:
    _publish(small_study(replicates=1), tmp_path / "r")
    manifest = read_manifest(tmp_path / "r") | {"files": {}}
    write_sealed_json(tmp_path / "r" / "manifest.json", manifest)
    assert len(verify(tmp_path / "r", store.TABLES)) == len(store.TABLES)


@pytest.mark.parametrize("damage", ["emptied", "halved", "swapped", "bit"])
def test_a_damaged_part_runs_again(damage: str, published: Path, tmp_path: Path) -> None:
    study = small_study()
    folder = tmp_path / "r"
    with pytest.raises(KeyboardInterrupt):
        publish(study, folder, command="test", where=Where(1), progress=_stop_after(3))
    part, other, _ = sorted((folder / "parts").glob("*.part"))
    whole = part.read_bytes()
    part.write_bytes(
        {
            "emptied": b"",
            "halved": whole[: len(whole) // 2],
            "swapped": other.read_bytes(),
            "bit": whole[:-9] + bytes([whole[-9] ^ 4]) + whole[-8:],
        }[damage]
    )
    told: list[str] = []
    publish(study, folder, command="test", where=Where(1, warn=told.append))
    assert len(told) == 1
    assert "its runs are done again" in told[0]
    assert _tables(folder) == _tables(published)


def test_strays_among_the_parts_harm_nothing(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    with pytest.raises(KeyboardInterrupt):
        publish(small_study(), folder, command="test", where=Where(1), progress=_stop_after(3))
    parts = sorted((folder / "parts").glob("*.part"))
    shutil.copy(parts[0], parts[0].with_name("000-000001 copy.part"))
    (folder / "parts" / "notes.txt").write_text("mine")
    (folder / "parts" / ".tmp-dead").mkdir()
    _publish(small_study(), folder)
    assert _tables(folder) == _tables(published)
    assert (folder / "parts" / "notes.txt").exists()
    assert not list(folder.rglob(".tmp-*"))


def test_figures_that_are_a_link_to_elsewhere_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "parts").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserMistake, match="holds files but no results"):
        _publish(small_study(replicates=1), tmp_path / "r")
    (tmp_path / "r" / "parts").unlink()
    monkeypatch.undo()
    _publish(small_study(replicates=1, years=1), tmp_path / "r")
    shutil.rmtree(tmp_path / "r" / "figures")
    (tmp_path / "r" / "figures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ResultsError, match="is a link to another place"):
        publish_again(tmp_path / "r")
    assert not list((tmp_path / "elsewhere").iterdir())


def _stop_after(count: int) -> Callable[[object], None]:
    seen: list[object] = []

    def stop(outcome: object) -> None:
        seen.append(outcome)
        if len(seen) == count:
            raise KeyboardInterrupt

    return stop


def test_a_full_disk_is_one_line_and_nothing_is_lost(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, folder = small_study(), tmp_path / "r"

    def full(_: Path) -> None:
        if len(list((folder / "parts").glob("*.part"))) >= 4:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "force_to_disk", full)
    with pytest.raises(ResultsError, match="No space left on device; finished replicates"):
        _publish(study, folder)
    monkeypatch.undo()
    assert not list(folder.rglob(".tmp-*"))
    _publish(study, folder)
    assert _tables(folder) == _tables(published)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written"):
        _publish(small_study(replicates=1), tmp_path / "file" / "below")


def test_a_second_command_waits(published: Path) -> None:
    """While one process holds the folder another waits, and says so once."""
    code = (
        "import sys, pathlib\n"
        "from sim.questions.comparison.store import open_results\n"
        "from tests.studies import small_study\n"
        "with open_results(pathlib.Path(sys.argv[1]), small_study()):\n"
        "    print('held', flush=True); sys.stdin.readline()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(published)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    told = []

    def let_go() -> None:
        told.append("waiting")
        holder.stdin.write("\n")
        holder.stdin.flush()

    with open_results(published, small_study(), waiting=let_go):
        assert told == ["waiting"]
    holder.communicate(timeout=30)


LONG = """\
import sys, pathlib
from sim.questions.comparison.study import plan_study
from sim.questions.comparison.publish import publish
from sim.runs.runner import Where
from tests.studies import small

def study():
    scenarios = [small(name, years=1, citizens=150) for name in ("gov1", "gov3")]
    return plan_study(scenarios, replicates=200, baseline="gov1")

if __name__ == "__main__":
    publish(study(), pathlib.Path(sys.argv[1]), command="test", where=Where(2))
"""


def _start(folder: Path, script: Path) -> subprocess.Popen[bytes]:
    script.write_text(LONG)
    paths = os.pathsep.join([".", os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": paths}
    return subprocess.Popen([sys.executable, str(script), str(folder)], env=environment)


@pytest.mark.slow
def test_killed_ten_times_the_same_command_ends_with_the_same_files(tmp_path: Path) -> None:
    """A comparison of 200 replicates on two processes, SIGKILL at ten random moments."""
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    assert _start(undisturbed, tmp_path / "long.py").wait(timeout=300) == 0
    moments = np.random.Generator(np.random.Philox(11)).uniform(1.0, 4.5, 10)
    killed = 0
    for moment in moments:
        process = _start(disturbed, tmp_path / "long.py")
        try:
            process.wait(timeout=float(moment))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
    assert _start(disturbed, tmp_path / "long.py").wait(timeout=300) == 0
    assert killed >= 5
    assert _tables(disturbed) == _tables(undisturbed)
    assert read_manifest(disturbed)["complete"]
    assert not list(disturbed.rglob(".tmp-*"))
