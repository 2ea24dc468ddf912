"""Commands under fire: whatever is killed, the same command ends with the same bytes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import attribute, compare
from sim.questions.roadmap.analysis import roadmap
from sim.questions.roadmap.asked import Size
from sim.runs.chunk import CRASHED
from tests.fault_cases import complaints
from tests.studies import small

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
RESULTS = ("runs.parquet", "series.parquet")
TEXT = """\
name: Under fire
policies: [gov1, gov3]
base: {years: 2, society: {citizens: 300, place: synthetic}}
levers: {society.digital_training: }
outcomes: [trust, efficiency, participation]
design: {kind: lhs, points: 250}
replicates: 4
months: [12, 24]
"""
PLANTED = """\
name: Planted
policies: [gov1, gov3]
base: {years: 2, society: {citizens: 300, place: synthetic}}
levers: {society.digital_training: {low: 0, high: 1}}
design: {kind: grid, levels: 5}
"""
Processes = list[int]


def _environment() -> dict[str, str]:
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": paths}


def _python(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=_environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _sweep(file: Path, out: Path, *options: str, script: str = "run_sim.py") -> tuple[str, ...]:
    return (script, "sweep", str(file), "--out", str(out), "--quiet", *options)


def _bytes(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in RESULTS]


def _children(process: int) -> Processes:
    """Processes below a process, of any depth."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found += [child, *_children(child)]
    return found


def _workers(process: subprocess.Popen[str]) -> Processes:
    """Worker processes, without the helpers of their nannies and of multiprocessing."""
    return [child for child in _children(process.pid) if "spawn_main" in _command(child)]


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def _end(process: subprocess.Popen[str]) -> None:
    """Kill a process, and wait until it is gone."""
    process.kill()
    process.communicate()


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _count_parts(folder: Path) -> int:
    return len(list((folder / "parts").glob("*.part"))) if folder.exists() else 0


def _await_parts(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many parts are there, or the process has ended."""
    deadline = time.monotonic() + 200
    while _count_parts(folder) < count and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "fire.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def undisturbed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All 2,000 runs in one process that nobody disturbs."""
    folder = tmp_path_factory.mktemp("results") / "undisturbed"
    process = _python(*_sweep(file, folder, "--jobs", "1"))
    assert process.communicate(timeout=400)[1] == ""
    assert process.returncode == 0
    return folder


def _moments(seed: int, count: int) -> Iterator[float]:
    yield from np.random.Generator(np.random.Philox(seed)).uniform(0.0, 0.8, count)


def test_twenty_kills_of_driver_and_workers(file: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Each at a random moment after the sweep has got a little further; half of them workers."""
    folder, command = tmp_path / "r", _sweep(file, tmp_path / "r", "--jobs", "2")
    process = _python(*command)
    killed = {"driver": 0, "worker": 0}
    for number, moment in enumerate(_moments(5, 20)):
        _await_parts(folder, _count_parts(folder) + 2, process)
        time.sleep(moment)
        workers = _workers(process)
        if number % 2 and workers:
            _kill(workers[number // 2 % len(workers)])
            killed["worker"] += 1
        elif process.poll() is None:
            _end(process)
            killed["driver"] += 1
        if process.poll() is not None:
            process.communicate()
            process = _python(*command)
    assert process.communicate(timeout=400)[1] == ""
    assert process.returncode == 0
    assert min(killed.values()) >= 5
    assert _bytes(folder) == _bytes(undisturbed)
    assert not list(folder.rglob(".tmp-*"))
    assert not (folder / "parts").exists()


def test_workers_end_with_their_driver(file: Path, tmp_path: Path) -> None:
    process = _python(*_sweep(file, tmp_path / "r", "--jobs", "2"))
    _await_parts(tmp_path / "r", 2, process)
    workers = _workers(process)
    _end(process)
    assert len(workers) >= 2
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopped_on_two_processes_it_goes_on(
    sent: signal.Signals, file: Path, undisturbed: Path, tmp_path: Path
) -> None:
    command = _sweep(file, tmp_path / "r", "--jobs", "2")
    process = _python(*command)
    _await_parts(tmp_path / "r", 6, process)
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    kept = re.fullmatch(
        r"Stopped\. (\d+) finished runs are kept in .*; the same command goes on from there\.\n",
        err,
    )
    assert kept
    assert 0 < int(kept[1]) < 2000
    process = _python(*command)
    assert process.communicate(timeout=400)[1] == ""
    assert _bytes(tmp_path / "r") == _bytes(undisturbed)


def test_planted_faults_cost_their_own_runs_only(tmp_path: Path) -> None:
    """One run raises, one kills its worker, one hangs in compiled code; the others are finished."""
    file = tmp_path / "planted.yaml"
    file.write_text(PLANTED)
    process = _python(*_sweep(file, tmp_path / "r", "--jobs", "2", script="tests/planted.py"))
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert err.startswith("3 of 10 runs failed, the first (point 1, gov3, replicate 0) at run")
    assert len(err.splitlines()) == 1
    runs = pd.read_parquet(tmp_path / "r" / "runs.parquet")
    lost = runs[runs["status"] == "failed"]
    told = zip(lost["point"], lost["policy"], lost["stage"], lost["message"], strict=True)
    assert list(told) == [
        (1, "gov3", "run", "ArithmeticError: planted"),
        (2, "gov3", "crash", CRASHED),
        (3, "gov3", "crash", CRASHED),
    ]  # fmt: skip
    assert lost["society.digital_training"].tolist() == [0.25, 0.5, 0.75]
    process = _python(*_sweep(file, tmp_path / "r", "--jobs", "2", "--retry"))
    assert process.communicate(timeout=300)[1] == ""
    assert set(pd.read_parquet(tmp_path / "r" / "runs.parquet")["status"]) == {"ok"}


def test_a_million_points_begin_in_little_memory(tmp_path: Path) -> None:
    """The driver holds the points and a few chunks, whatever the number of runs."""
    file = tmp_path / "million.yaml"
    file.write_text(TEXT.replace("points: 250", "points: 1000000").replace(
        "replicates: 4", "replicates: 10"))  # fmt: skip
    process = _python(*_sweep(file, tmp_path / "r", "--jobs", "2"))
    _await_parts(tmp_path / "r", 8, process)
    assert process.poll() is None
    status = Path(f"/proc/{process.pid}/status").read_text()
    memory = int(status.partition("VmHWM:")[2].split()[0])
    _end(process)
    assert memory < 600_000, memory


class Cluster:
    """A scheduler and its workers, real processes on the loopback."""

    def __init__(self, folder: Path, *preload: str) -> None:
        self._folder = folder
        self._preload = preload
        self._log = (folder / "dask.log").open("w")
        self.scheduler: subprocess.Popen[str]
        self.workers: subprocess.Popen[str]
        self.start()

    def start(self) -> None:
        about = self._folder / "scheduler.json"
        about.unlink(missing_ok=True)
        self.scheduler = self._dask("dask_scheduler", "--port", "0", "--scheduler-file", str(about))
        self.address = self._read_address(about)
        self.workers = self._dask(
            "dask_worker", self.address, "--nthreads", "1", "--nworkers", "2",
            "--local-directory", str(self._folder / "dask"), *self._preload,
        )  # fmt: skip

    def stop(self) -> None:
        for process in (self.scheduler, self.workers):
            for child in (process.pid, *_children(process.pid)):
                _kill(child)
            process.wait()

    def close(self) -> None:
        self.stop()
        self._log.close()

    def _dask(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *arguments,
             "--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"],
            cwd=ROOT, env=_environment(), text=True, stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def _read_address(self, about: Path) -> str:
        deadline = time.monotonic() + 100
        while time.monotonic() < deadline:
            with suppress(OSError, ValueError):
                return str(json.loads(about.read_text())["address"])
            time.sleep(0.1)
        raise AssertionError("the scheduler did not start")


@contextmanager
def _cluster(folder: Path, *preload: str) -> Iterator[Cluster]:
    pytest.importorskip("distributed")
    cluster = Cluster(folder, *preload)
    try:
        yield cluster
    finally:
        cluster.close()


def test_a_cluster_under_fire(file: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Twenty kills in turn of a Dask worker, of the driver and of the scheduler."""
    folder = tmp_path / "r"
    with _cluster(tmp_path) as cluster:

        def start() -> subprocess.Popen[str]:
            return _python(*_sweep(file, folder, "--cluster", cluster.address))

        process = start()
        killed = {"driver": 0, "worker": 0, "scheduler": 0}
        for number, moment in enumerate(_moments(7, 20)):
            _await_parts(folder, _count_parts(folder) + 2, process)
            time.sleep(moment)
            if process.poll() is not None:
                break
            if number % 10 == 9:
                cluster.stop()
                _, err = process.communicate(timeout=100)
                assert process.returncode in (1, 2)
                assert re.search("the scheduler went away|no scheduler answers there", err)
                assert len(err.splitlines()) == 1
                killed["scheduler"] += 1
                cluster.start()
            elif number % 3 == 2:
                _end(process)
                killed["driver"] += 1
            elif workers := _workers(cluster.workers):
                _kill(workers[number % len(workers)])
                killed["worker"] += 1
            if process.poll() is not None:
                process.communicate()
                process = start()
        _, err = process.communicate(timeout=400)
        assert err == ""
        assert process.returncode == 0
    assert min(killed.values()) >= 1
    assert _bytes(folder) == _bytes(undisturbed)


def test_planted_faults_on_a_cluster(tmp_path: Path) -> None:
    file = tmp_path / "planted.yaml"
    file.write_text(PLANTED)
    with _cluster(tmp_path, "--preload", str(ROOT / "tests" / "planted.py")) as cluster:
        options = ("--cluster", cluster.address)
        process = _python(*_sweep(file, tmp_path / "r", *options, script="tests/planted.py"))
        _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert err.startswith("3 of 10 runs failed")
    runs = pd.read_parquet(tmp_path / "r" / "runs.parquet")
    assert runs["stage"].tolist() == ["", "", "", "run", "", "crash", "", "crash", "", ""]


def test_begun_here_a_sweep_ends_on_a_cluster(
    file: Path, undisturbed: Path, tmp_path: Path
) -> None:
    process = _python(*_sweep(file, tmp_path / "r", "--jobs", "2"))
    _await_parts(tmp_path / "r", 20, process)
    _end(process)
    with _cluster(tmp_path) as cluster:
        process = _python(*_sweep(file, tmp_path / "r", "--cluster", cluster.address))
        assert process.communicate(timeout=400)[1] == ""
    assert _bytes(tmp_path / "r") == _bytes(undisturbed)


_FORGETFUL = """
from sim import GovernanceModel

class Forgetful(GovernanceModel):
    def live(self):
        super().live()
        self.state.citizens.trust_local[:] = 0.4
"""


def test_a_cluster_runs_a_class_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers import the class, and studies and walks are those of one process here."""
    (tmp_path / "forgetful.py").write_text(_FORGETFUL)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    monkeypatch.syspath_prepend(tmp_path)
    kind = import_module("forgetful").Forgetful
    stock = [small(name, years=2) for name in ("gov1", "gov3")]
    own = [scenario.under(kind) for scenario in stock]
    with _cluster(tmp_path) as cluster:
        there = compare(*own, worlds=3, replicates=2, cluster=cluster.address)
        walked = attribute(*own, most_orders=8, cluster=cluster.address)
    here = compare(*own, worlds=3, replicates=2, jobs=1)
    pd.testing.assert_frame_equal(there.runs.timeseries, here.runs.timeseries)
    again = attribute(*own, most_orders=8, jobs=1)
    pd.testing.assert_frame_equal(walked.walks, again.walks)
    assert not walked.walks.equals(attribute(*stock, most_orders=8, jobs=1).walks)


def test_a_cluster_searches_the_same_roadmap(tmp_path: Path) -> None:
    size = Size(
        population=8, generations=2, worlds=2, searches=2, held_out=3, orders=2, citizens=200
    )
    ends = small("gov1", years=2), small("gov3", years=2)
    with _cluster(tmp_path) as cluster:
        there = roadmap(*ends, size=size, cluster=cluster.address)
    here = roadmap(*ends, size=size, jobs=1)
    assert there.sentences == here.sentences
    for name, table in here.tables.items():
        pd.testing.assert_frame_equal(there.tables[name], table)


_SMALL = ("--citizens", "1000", "--years", "4")
_STUDY = ("compare", "gov1", "gov3", *_SMALL, "--worlds", "12")
COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "compare": ((), _STUDY),
    "attribute": ((), ("attribute", "gov1", "gov3", "--citizens", "500", "--set", "years=2",
                       "--orders", "24", "--precision", "0.1")),
    "assumptions": (("run", "gov3", "--luck-only", "--citizens", "1000", "--years", "1",
                     "--replicates", "2"),
                    ("report", "OUT", "--assumptions", "--citizens", "150",
                                          "--replicates", "3")),
    "regimes": ((), ("regimes", "regimes", "--set", "base.society.citizens=300",
                     "--set", "base.years=1", "--worlds", "4", "--replicates", "2")),
}  # fmt: skip
"""What came before in a folder, and the command; `OUT` is the folder where it is an argument."""


def _asked(command: tuple[str, ...], out: Path, *options: str) -> tuple[str, ...]:
    given = [str(out) if word == "OUT" else word for word in command]
    folder = () if "OUT" in command else ("--out", str(out))
    return ("run_sim.py", *given, *folder, "--quiet", *options)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_under_fire(name: str, tmp_path: Path) -> None:
    """Four kills in turn: of workers, of the driver, and of a cluster's scheduler."""
    before, command = COMMANDS[name]
    whole, out = tmp_path / "whole", tmp_path / "r"
    for folder in (whole, out) if before else ():
        process = _python(*_asked(before, folder, "--jobs", "2"))
        assert (process.communicate(timeout=300)[1], process.returncode) == ("", 0)
    process = _python(*_asked(command, whole, "--jobs", "1"))
    assert process.communicate(timeout=600)[1] == ""
    killed = 0
    with _cluster(tmp_path) as cluster:
        for number, moment in enumerate(_moments(11, 4)):
            local = number % 2 == 0
            options = ("--jobs", "2") if local else ("--cluster", cluster.address)
            process = _python(*_asked(command, out, *options))
            _await_parts(out, _count_parts(out) + 1, process)
            time.sleep(moment / 2)
            workers = _workers(process if local else cluster.workers)
            if process.poll() is None and number < 2 and workers:
                _kill(workers[number % len(workers)])
            if process.poll() is None and number == 3:
                cluster.stop()
                cluster.start()
            killed += process.poll() is None
            _end(process)
        process = _python(*_asked(command, out, "--cluster", cluster.address))
        assert process.communicate(timeout=600)[1] == ""
    assert killed >= 2
    assert process.returncode == 0
    assert list(complaints(out, whole)) == []
