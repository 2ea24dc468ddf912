"""Sweeps: whole, the same whoever runs them, and never run twice what is finished."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from filelock import FileLock

from sim import Sweep, sweep
from sim.errors import ResultsError, UserMistake
from sim.experiments import estimate
from sim.experiments import measure as measuring
from sim.experiments import plan as planning
from sim.experiments.experiment import Experiment
from sim.experiments.measure import RUNS, SERIES, measure, some_runs
from sim.experiments.measured import Measured
from sim.experiments.plan import Plan
from sim.experiments.sweep import SweepStopped, default_folder
from sim.experiments.sweep import estimate as estimate_cost
from sim.experiments.sweep_folder import SweepFolder, open_sweep
from sim.experiments.tables import GroupWriter
from sim.model import GovernanceModel
from sim.runs import chunk as chunks
from sim.runs import files
from sim.runs.chunk import CRASHED, Chunk, Done, Order, work
from sim.runs.executors import Here, Processes
from sim.runs.parts import Log, Parts, Tables
from sim.runs.replicate import run_replicate
from sim.runs.sealed import DamagedPart
from sim.runs.version import model_version
from sim.summaries import windowed
from tests import test_cli
from tests.test_cli import Command, check_screen

govshift = test_cli.govshift
RESULTS = ("runs.parquet", "series.parquet")
TEXT = """\
name: Small levers
policies: [gov1, gov3]
base: {years: 2, society: {citizens: 150, place: synthetic, local_governments: 5}}
levers:
  society.digital_training: {low: 0, high: 1}
uncertainties:
  government.capacity: {low: 0.2, high: 0.8}
outcomes: [trust, efficiency, online_share]
design: {kind: lhs, points: 4}
replicates: 3
months: [12, 24]
"""


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    file = tmp_path_factory.mktemp("files") / "small.yaml"
    file.write_text(TEXT)
    return Experiment.load(file)


@pytest.fixture(autouse=True)
def _large_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of five or six of the 24 runs."""
    monkeypatch.setattr(planning, "_FEWEST_CHUNKS", 4)


@pytest.fixture(scope="module")
def undisturbed(experiment: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "undisturbed"
    sweep(experiment, jobs=1, out=folder)
    return folder


def _bytes(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in RESULTS]


def _counted(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], object]) -> list[int]:
    """The runs that are measured in this process; `act` is called with each before it begins."""
    seen: list[int] = []

    def counting(plan: Plan, run_id: int, first_point: int = 0) -> Measured:
        act(run_id)
        seen.append(run_id)
        return measure(plan, run_id, first_point)

    monkeypatch.setattr(measuring, "measure", counting)
    return seen


def _stop_at(stop: int) -> Callable[[int], None]:
    def act(run_id: int) -> None:
        if run_id == stop:
            raise KeyboardInterrupt

    return act


def test_frames_are_as_promised(experiment: Experiment, undisturbed: Path) -> None:
    swept, plan = Sweep.open(undisturbed), experiment.plan()
    assert list(swept.runs.columns) == [
        "run_id", "point", "policy", "replicate", "status", "stage", "message",
        "society.digital_training", "government.capacity", "trust", "efficiency", "online_share",
    ]  # fmt: skip
    assert swept.runs["run_id"].tolist() == list(range(plan.runs))
    places = zip(swept.runs["point"], swept.runs["policy"], swept.runs["replicate"], strict=True)
    assert list(places) == [plan.where(run_id) for run_id in range(plan.runs)]
    np.testing.assert_array_equal(swept.runs.iloc[:: plan.runs // 4, 7:9].to_numpy(), plan.points)
    assert set(swept.runs["status"]) == {"ok"}
    assert list(swept.series.columns) == ["run_id", "month", "trust", "efficiency", "online_share"]
    assert swept.series["month"].tolist() == [12, 24] * plan.runs


def test_numbers_are_those_of_a_replicate(experiment: Experiment, undisturbed: Path) -> None:
    """To the last bit: headline values at the last month, readings at the plan's months."""
    swept, plan = Sweep.open(undisturbed), experiment.plan()
    for run_id in (0, 10, 23):
        finished = run_replicate(plan.job(run_id))
        national = finished.national  # type: ignore[union-attr]
        labelled = national.assign(scenario="x", replicate=0)
        headline = windowed(labelled[["scenario", "replicate", "month", *plan.outcomes]])
        row = swept.runs.iloc[run_id]
        assert row[list(plan.outcomes)].tolist() == headline.iloc[-1][list(plan.outcomes)].tolist()
        own = swept.series[swept.series["run_id"] == run_id]
        readings = national[national["month"].isin(plan.months)]
        assert own["trust"].tolist() == readings["trust"].tolist()


def test_the_folder_holds_what_it_should(undisturbed: Path) -> None:
    names = {path.name for path in undisturbed.iterdir() if not path.name.startswith(".")}
    assert names == {
        "points.parquet", "runs.parquet", "series.parquet", "runs.csv",
        "failures.csv", "manifest.json", "codebook.csv", "report.html",
    }  # fmt: skip
    manifest = json.loads((undisturbed / "manifest.json").read_text())
    assert manifest["model_version"] == model_version()
    assert manifest["files"]["runs.parquet"]["sha256"] == files.digest(undisturbed / RESULTS[0])
    csv = pd.read_csv(undisturbed / "runs.csv", keep_default_na=False)
    parquet = pd.read_parquet(undisturbed / "runs.parquet")
    pd.testing.assert_frame_equal(csv, parquet, check_dtype=False, rtol=1e-14)


def test_opened_again_the_plan_is_the_same(experiment: Experiment, undisturbed: Path) -> None:
    assert Sweep.open(undisturbed).plan.digest == experiment.plan().digest


def test_two_processes_write_the_same_bytes(
    experiment: Experiment, undisturbed: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    sweep(experiment, jobs=2, out=tmp_path / "r", progress=lambda done: told.append(done.key))
    assert _bytes(tmp_path / "r") == _bytes(undisturbed)
    assert len(set(told)) == len(told) == experiment.plan().chunks


def test_asking_again_runs_nothing(
    experiment: Experiment, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = _counted(monkeypatch, lambda _: None)
    before = {p: p.stat().st_mtime_ns for p in undisturbed.iterdir() if p.name != ".lock"}
    sweep(experiment, jobs=1, out=undisturbed)
    assert seen == []
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_stopped_in_a_chunk_only_what_is_missing_runs(
    experiment: Experiment, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _counted(monkeypatch, _stop_at(9))
    with pytest.raises(SweepStopped) as stopped:
        sweep(experiment, jobs=1, out=tmp_path / "r")
    assert stopped.value.finished == len(first)
    with pytest.raises(UserMistake, match="is not finished"):
        Sweep.open(tmp_path / "r")
    second = _counted(monkeypatch, lambda _: None)
    sweep(experiment, jobs=1, out=tmp_path / "r")
    assert sorted(first + second) == list(range(24))
    assert _bytes(tmp_path / "r") == _bytes(undisturbed)


def test_a_broken_line_of_a_journal_is_not_there(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    parts.make()
    one, two = {"policy": "gov1", "x": 1.0 / 3}, {"policy": "gov1", "x": 0.1}
    with Log(parts, "key", "s") as journal:
        journal.end(1, one)
        journal.end(2, two)
    path = parts.journals("key")[0]
    assert parts.lines("key") == {1: one, 2: two}
    whole = path.read_bytes()
    for end in range(len(whole) - 1):
        path.write_bytes(whole[:end])
        assert 2 not in parts.lines("key")
    path.write_bytes(whole.replace(b"gov1", b"gov2", 1))
    assert parts.lines("key") == {2: two}
    path.write_bytes(whole)
    path.rename(tmp_path / "journals" / path.name.replace("key", "yek"))
    assert parts.lines("yek") == {}, "lines of another chunk are not there"


@pytest.fixture
def stopped(experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SweepFolder:
    """A sweep that was stopped after three chunks."""
    with monkeypatch.context() as patch:
        _counted(patch, _stop_at(20))
        with pytest.raises(SweepStopped):
            sweep(experiment, jobs=1, out=tmp_path / "r")
    return SweepFolder(tmp_path / "r", experiment.plan())


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(bytes(content))


def _delete(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _of_another_seed(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"key": "', b'"key": "0', 1))


@pytest.mark.parametrize("damage", [_truncate, _delete, _empty, _flip_a_bit, _of_another_seed])
def test_damaged_parts_are_deleted_and_run_again(
    damage: Callable[[Path], None], stopped: SweepFolder, experiment: Experiment, undisturbed: Path
) -> None:
    damage(stopped.parts.path(_key(stopped, 1)))
    told: list[str] = []
    sweep(experiment, jobs=1, out=stopped.path, warn=told.append)
    assert _bytes(stopped.path) == _bytes(undisturbed)
    if damage is not _delete:
        assert len(told) == 1
        assert "it was deleted, and its runs are done again" in told[0]


def _key(folder: SweepFolder, chunk: int) -> str:
    return folder.plan.key(folder.plan.run_ids(chunk))


def test_every_flipped_bit_of_a_part_is_noticed(stopped: SweepFolder) -> None:
    key = _key(stopped, 1)
    path = stopped.parts.path(key)
    whole = path.read_bytes()
    for place in range(0, len(whole), 11):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(DamagedPart):
            stopped.parts.read(key)


def test_a_full_disk_is_one_line_and_nothing_is_lost(
    experiment: Experiment, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "r"

    def full(_: str) -> None:
        if len(list((folder / "parts").glob("*.part"))) >= 3:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "force_to_disk", full)
        with pytest.raises(ResultsError, match="No space left") as told:
            sweep(experiment, jobs=1, out=folder)
    assert len(str(told.value).splitlines()) == 1
    sweep(experiment, jobs=1, out=folder)
    assert _bytes(folder) == _bytes(undisturbed)


def test_a_place_that_cannot_be_written(experiment: Experiment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written"):
        sweep(experiment, jobs=1, out=tmp_path / "file" / "below")


def test_other_results_are_never_touched(
    experiment: Experiment, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _bytes(undisturbed)
    with pytest.raises(UserMistake, match="holds results of another question"):
        sweep(experiment.but(seed=2), jobs=1, out=undisturbed)
    monkeypatch.setattr("sim.runs.folder.model_version", lambda: "9.9.9+new")
    monkeypatch.setattr("sim.experiments.plan.model_version", lambda: "9.9.9+new")
    with pytest.raises(UserMistake, match=r"another version of the model \(.*9\.9\.9\+new"):
        sweep(experiment, jobs=1, out=undisturbed)
    (tmp_path / "thesis.tex").write_text("two years of work")
    with pytest.raises(UserMistake, match="holds files but no results"):
        sweep(experiment, jobs=1, out=tmp_path)
    with pytest.raises(UserMistake, match="is a file"):
        sweep(experiment, jobs=1, out=tmp_path / "thesis.tex")
    assert _bytes(undisturbed) == before


def test_a_second_command_waits(experiment: Experiment, undisturbed: Path) -> None:
    lock = FileLock(undisturbed / files.LOCK)
    lock.acquire()
    with open_sweep(undisturbed, experiment.plan(), waiting=lock.release) as folder:
        assert folder.complete
    assert not lock.is_locked


def test_workers_of_another_version_are_told(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Here, "run", lambda *_: (d for d in [Done("0", refused="0.0.1+old")]))
    with pytest.raises(UserMistake, match=r"a worker has model 0\.0\.1\+old, this is"):
        sweep(experiment, jobs=1, out=tmp_path / "r")


def test_different_questions_have_different_folders(experiment: Experiment) -> None:
    others = [experiment.but(seed=2), experiment.but(replicates=4), experiment.but(months=[24])]
    assert len({default_folder(e.plan()) for e in (experiment, *others)}) == 4


def test_changed_tables_are_noticed(undisturbed: Path, tmp_path: Path) -> None:
    for name in ("points.parquet", "manifest.json", *RESULTS):
        (tmp_path / name).write_bytes((undisturbed / name).read_bytes())
    _flip_a_bit(tmp_path / "runs.parquet")
    with pytest.raises(ResultsError, match=r"runs\.parquet: is not what manifest"):
        Sweep.open(tmp_path)
    with pytest.raises(UserMistake, match="no such results folder"):
        Sweep.open(tmp_path / "nowhere")


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Runs of gov3 whose capacity is above a half fail in their first month."""
    sense = GovernanceModel.sense

    def stumble(self: GovernanceModel) -> None:
        if self.plan.name == "gov3" and self.plan.parameters["government.capacity"] > 0.5:
            raise ArithmeticError("a planted\nfault")
        sense(self)

    monkeypatch.setattr(GovernanceModel, "sense", stumble)
    return monkeypatch


def test_failed_runs_are_rows_and_retried_when_asked(
    experiment: Experiment, undisturbed: Path, tmp_path: Path, stumbling: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "r"
    swept = sweep(experiment, jobs=1, out=folder)
    lost = swept.failures
    capacity = swept.runs["government.capacity"]
    expected = swept.runs[(swept.runs["policy"] == "gov3") & (capacity > 0.5)]
    assert lost["run_id"].tolist() == expected["run_id"].tolist() != []
    assert set(zip(lost["stage"], lost["message"], strict=True)) == {
        ("run", "ArithmeticError: a planted fault")
    }
    assert lost["trust"].isna().all()
    assert not set(lost["run_id"]) & set(swept.series["run_id"])
    assert len(pd.read_csv(folder / "failures.csv")) == len(lost)
    stumbling.undo()
    assert len(sweep(experiment, jobs=1, out=folder).failures) == len(lost)
    seen = _counted(stumbling, lambda _: None)
    assert sweep(experiment, jobs=1, out=folder, retry=True).failures.empty
    assert seen == lost["run_id"].tolist()
    assert _bytes(folder) == _bytes(undisturbed)


def test_failures_of_an_unfinished_sweep_are_retried(
    experiment: Experiment, undisturbed: Path, tmp_path: Path, stumbling: pytest.MonkeyPatch
) -> None:
    with stumbling.context() as patch:
        _counted(patch, _stop_at(22))
        with pytest.raises(SweepStopped):
            sweep(experiment, jobs=1, out=tmp_path / "r")
    stumbling.undo()
    stumbling.setattr(planning, "_FEWEST_CHUNKS", 4)
    sweep(experiment, jobs=1, out=tmp_path / "r", retry=True)
    assert _bytes(tmp_path / "r") == _bytes(undisturbed)


Begun = tuple[SweepFolder, Callable[..., Chunk]]


@pytest.fixture
def begun(experiment: Experiment, tmp_path: Path) -> Begun:
    """A sweep of which no run is finished, and what makes its chunks."""
    folder = SweepFolder(tmp_path / "r", experiment.plan())
    folder.start({"seconds_per_run": 0.1, "limit": 600.0})
    folder.parts.make()
    folder.parts.mark("token").touch()

    def chunk(number: int, **other: Any) -> Chunk:
        run_ids = folder.plan.run_ids(number)
        order = Order(folder.parts.folder, "token", "s", model_version())
        return Chunk(
            folder.plan.key(run_ids), some_runs(folder.plan, run_ids), replace(order, **other)
        )

    return folder, chunk


def test_a_chunk_brings_its_own_points(begun: Begun) -> None:
    folder, _ = begun
    seen: list[int] = []
    for _, task in folder.chunks():
        seen += task.units
        for run_id in task.units:
            point, policy, _ = folder.plan.where(run_id)
            own = task.plan.values(point - task.first_point, policy)
            assert own == folder.plan.values(point, policy)
        assert len(task.plan.points) <= 3
    assert seen == list(range(folder.plan.runs))


def test_a_worker_elsewhere_sends_the_same_part(
    begun: Begun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, chunk = begun
    monkeypatch.setattr(chunks.tempfile, "gettempdir", lambda: str(tmp_path))
    done = work(chunk(2, folder=tmp_path / "elsewhere"))
    assert done.part is not None
    assert not list(tmp_path.glob("govshift-*"))
    assert work(chunk(2)).part is None
    assert done.part == folder.parts.path(done.key).read_bytes()
    folder.parts.put(done.key, done.part)
    assert folder.parts.read(done.key)[RUNS].num_rows == folder.plan.chunk


def test_a_worker_of_another_version_refuses(begun: Begun) -> None:
    folder, chunk = begun
    done = work(chunk(0, version="0.0.1+old"))
    assert done.refused == model_version()
    assert not folder.parts.there()


def test_a_run_begun_three_times_is_what_ends_workers(begun: Begun) -> None:
    folder, chunk = begun
    key = _key(folder, 0)
    for _ in range(3):
        with Log(folder.parts, key, "s") as journal:
            journal.begin(2)
        with Log(folder.parts, key, "another session") as journal:
            journal.begin(3)
    assert work(chunk(0)).failed == 1
    tables: Tables = folder.parts.read(key)
    assert [stage for stage in tables[RUNS]["stage"].to_pylist() if stage] == ["crash"]
    assert tables[RUNS]["message"][2].as_py() == CRASHED
    assert 2 not in tables[SERIES]["run_id"].to_pylist()


def test_workers_that_never_begin_are_told(begun: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    _, chunk = begun
    monkeypatch.setattr("sim.runs.workers._serve", sys.exit)
    with pytest.raises(ResultsError, match="end before they begin"):
        list(Processes(1).run([chunk(0)]))


def test_row_groups_do_not_depend_on_how_rows_came(tmp_path: Path) -> None:
    table = pa.table({"x": np.linspace(0.0, 1.0, 101)})
    contents = []
    for step in (1, 7, 50, 101):
        with GroupWriter(tmp_path / "x", table.schema, rows=20) as writer:
            for start in range(0, 101, step):
                writer.add(table.slice(start, step))
        contents.append((tmp_path / "x").read_bytes())
    assert len(set(contents)) == 1
    assert pa.parquet.ParquetFile(tmp_path / "x").num_row_groups == 6
    assert pa.parquet.read_table(tmp_path / "x").equals(table)


def test_the_estimate_writes_nothing(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = estimate_cost(experiment, jobs=1)
    assert (found.points, found.policies, found.replicates, found.runs) == (4, 2, 3, 24)
    assert found.finished == 0
    assert found.seconds == pytest.approx(24 * found.run_seconds)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.yaml"
    path.write_text(TEXT)
    return path


def _told(text: str) -> str:
    """A screen without what differs between machines and moments."""
    text = re.sub(r"about \d+ seconds?", "about N seconds", text)
    text = re.sub(r"after \d+ seconds?", "after N seconds", text)
    return re.sub(r"\([\d.e-]+ s a run\)", "(N s a run)", text)


def test_screens(govshift: Command, file: Path, tmp_path: Path) -> None:
    screen = govshift("sweep", "--help")
    check_screen("help_sweep", screen.text())
    dry = govshift("sweep", str(file), "--jobs", "1", "--dry-run", "--out", "r")
    check_screen("sweep_dry_run", _told(dry.text(tmp_path)))
    assert not Path("r").exists()
    screen = govshift("sweep", str(file), "--jobs", "1", "--out", "r")
    check_screen("sweep", _told(screen.text(tmp_path)))
    again = govshift("sweep", str(file), "--jobs", "1", "--out", "r", "--quiet")
    assert again.code == 0
    assert "Nothing was missing" in again.out
    assert again.err == ""


def test_failed_runs_end_with_one(
    govshift: Command,
    file: Path,
    tmp_path: Path,
    stumbling: pytest.MonkeyPatch,
) -> None:
    screen = govshift("sweep", str(file), "--jobs", "1", "--out", "r")
    assert screen.code == 1
    check_screen("sweep_failed", _told(screen.text(tmp_path)))


WRONG = {
    "no_file": (),
    "no_such_experiment": ("levvers.yaml",),
    "no_such_key": ("small.yaml", "--set", "replicate=3"),
    "no_jobs": ("small.yaml", "--jobs", "0"),
    "no_address": ("small.yaml", "--cluster", "nonsense"),
    "no_scheduler": ("small.yaml", "--cluster", "tcp://127.0.0.1:9"),
    "jobs_and_cluster": ("small.yaml", "--jobs", "2", "--cluster", "tcp://127.0.0.1:9"),
    "out_is_a_file": ("small.yaml", "--out", "small.yaml"),
    "other_files": ("small.yaml", "--out", "other"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_one_line(
    govshift: Command, name: str, file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("sim.runs.cluster._CONNECT_SECONDS", 1)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").write_text("")
    screen = govshift("sweep", *WRONG[name])
    assert screen.code == 2
    assert screen.out == ""
    assert len(screen.err.splitlines()) == 1
    assert not (tmp_path / "outputs").exists()
    if name != "no_such_experiment":
        check_screen(f"wrong_sweep_{name}", screen.text(tmp_path))


def test_ctrl_c_is_one_line(
    govshift: Command,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _counted(monkeypatch, _stop_at(9))
    screen = govshift("sweep", str(file), "--jobs", "1", "--out", "r", "--quiet")
    assert screen.code == 130
    assert screen.err == (
        "Stopped. 11 finished runs are kept in r; the same command goes on from there.\n"
    )


def test_chunks_are_small_enough_to_share(experiment: Experiment) -> None:
    def plan(citizens: int, replicates: int) -> Plan:
        society = {"citizens": citizens, "place": "synthetic", "local_governments": 5}
        base = {"years": 2, "society": society}
        return experiment.but(base=base, replicates=replicates).plan()

    assert plan(150, 3).chunk == 6, "a fourth of the runs here"
    assert plan(150, 1000).chunk == 98, "two seconds' worth"
    assert plan(2_000_000, 1000).chunk == 1
    assert estimate.Trial((), ()).typical == 1.0
    assert isinstance(estimate.Trial((), (1.0, 1.0, 100.0)).limit, float)
    assert Chunk.__dataclass_params__.frozen  # type: ignore[attr-defined]
