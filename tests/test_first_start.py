"""The first start: compiled by several processes, once, and read by all others."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sim import bar, first_start, own
from sim.cli import main
from sim.engine import ahead, code_cache, code_folder, team
from sim.engine.claims import Claims
from sim.engine.code_folder import CodeFolder
from sim.engine.compiling import loop
from sim.model import GovernanceModel
from sim.runs.replicate import Finished, Job, run_replicate, warm_up_rules
from sim.runs.workers import WorkerProcess
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]
VERSION = "0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CodeFolder:
    """A folder of compiled code with nothing in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(code_folder.HANDED_ON, raising=False)
    made = CodeFolder(VERSION)
    for module in (code_cache, ahead):
        monkeypatch.setattr(module, "code_folder", lambda: made)
    monkeypatch.setattr("sim.engine.translating.code_folder", lambda: made)
    return made


def _python(code: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        stdout=subprocess.PIPE,
        **options,
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


# Who compiles what.


def test_what_a_process_has_claimed_no_other_takes_until_it_ends(tmp_path: Path) -> None:
    """However it ends: here it is killed."""
    code = """
        import sys, time
        from pathlib import Path
        from sim.engine.claims import Claims
        claims = Claims(Path(sys.argv[1]))
        print(claims.take("a.code"), flush=True)
        time.sleep(100)
    """
    holder = _python(code, str(tmp_path))
    assert _line(holder) == "True"
    claims = Claims(tmp_path)
    assert not claims.take("a.code")
    assert claims.take("b.code")
    holder.kill()
    holder.communicate()
    claims.wait("a.code")
    claims.give_up("a.code")


def test_where_nothing_can_be_locked_nobody_waits(tmp_path: Path) -> None:
    claims = Claims(tmp_path / "missing")
    assert claims.take("a.code")
    claims.wait("a.code")
    claims.give_up("a.code")


def test_a_loop_knows_whether_it_was_compiled_and_is_kept(folder: CodeFolder) -> None:
    def shift(value: float) -> float:
        return value + 1.0

    first, second = loop(shift), loop(shift)
    for made, compiled in ((first, True), (second, False)):
        assert made.address((1.0,))  # type: ignore[attr-defined]
        assert made.was_compiled == compiled  # type: ignore[attr-defined]
        assert made.is_kept  # type: ignore[attr-defined]
    for path in folder.folders[0].glob("*.code"):
        path.unlink()
    assert not second.is_kept  # type: ignore[attr-defined]


NAMES = """
import sys
from sim.first_start import STOCK, first_month, stock_tasks
from sim.engine.ahead import kept_name, stock_is_kept
from sim.engine.claims import listeners
noted = [kept_name(*task) for task in stock_tasks()]
met = []
listeners.append(met.append)
first_month()
print(stock_is_kept(), len(noted) == len(set(noted)) == STOCK)
print([name for name in noted if name not in met])
print([name.partition("-")[0] for name in met if name not in noted])
"""


def test_the_stock_loops_are_those_that_the_first_month_calls() -> None:
    """All of them, of just the kinds with which they are called."""
    done = _python(NAMES)
    out, _ = done.communicate(timeout=300)
    assert out.splitlines() == ["True True", "[]", "[]"]


# Processes that compile.

SHARE = """
import os, time
from sim.engine.ahead import can_start_processes, live_with_parent, tell_parent
from sim.engine.code_folder import HANDED_ON

def compile_share():
    live_with_parent()
    tell_parent("of 2")
    tell_parent(f"done {os.environ.get('NUMBA_NUM_THREADS')}-{can_start_processes()}")
    time.sleep(float(os.environ.get("SHARE_SLEEPS", "0")))
    tell_parent(f"done {os.getpid()}")
    os._exit(0)
"""


def test_processes_share_the_work_and_start_none_themselves(
    folder: CodeFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "share.py").write_text(SHARE)
    monkeypatch.syspath_prepend(str(tmp_path))
    heard: list[tuple[int, int]] = []
    ahead.compile_elsewhere("share", 2, lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 0)
    assert heard[-1] == (3, 2), "both said the same of the first, and each its own number"


def test_the_script_of_the_user_is_not_run_again(tmp_path: Path) -> None:
    """It has no guard, and a file `sim.py` beside it is not ours."""
    (tmp_path / "share.py").write_text(SHARE)
    (tmp_path / "sim.py").write_text("raise SystemExit('not ours')\n")
    script = tmp_path / "script.py"
    script.write_text(
        "import govshift\nfrom govshift.engine.ahead import compile_elsewhere\n"
        "print('once', flush=True)\ncompile_elsewhere('share', 2, lambda *count: None)\n"
        "print('end', flush=True)\n"
    )
    code = (
        "import runpy, sys; sys.path.insert(0, sys.argv[2]); import govshift; "
        "sys.path.insert(0, sys.argv[3]); runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    process = _python(code, str(script), str(ROOT), str(tmp_path), cwd=tmp_path)
    out, _ = process.communicate(timeout=120)
    assert (process.returncode, out.split()) == (0, ["once", "end"])


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    (tmp_path / "share.py").write_text(SHARE)
    code = """
        import os, sys
        os.environ["SHARE_SLEEPS"] = "300"
        sys.path.insert(0, sys.argv[1])
        from sim.engine import ahead
        def watch(done, total):
            if done:
                print(*(worker.pid for worker in started), flush=True)
        started = []
        start = ahead._start
        ahead._start = lambda *given: started.append(start(*given)) or started[-1]
        ahead.compile_elsewhere("share", 1, watch)
    """
    parent = _python(code, str(tmp_path))
    (worker,) = map(int, _line(parent).split())
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 30
    while _runs(worker) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _runs(worker)


def _runs(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.parametrize("executable", ["", "/opt/tool/embedding_application"])
def test_only_an_ordinary_python_starts_others(
    executable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ahead.COMPILES, raising=False)
    assert ahead.can_start_processes()
    monkeypatch.setattr(sys, "executable", executable)
    assert not ahead.can_start_processes()
    monkeypatch.undo()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not ahead.can_start_processes()


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What a first start does, with so many processors; nothing is compiled."""

    def start(processors: int, *, elsewhere_works: bool = True, **options: Any) -> list[str]:
        did: list[str] = []

        def elsewhere(module: str, processes: int, watch: Any) -> None:
            did.append(f"{processes} processes")
            if elsewhere_works:
                monkeypatch.setattr(first_start, "is_compiled", lambda: True)

        monkeypatch.setattr(first_start, "_begun", False)
        monkeypatch.setattr(first_start, "is_compiled", lambda: False)
        monkeypatch.setattr(first_start, "_compile_here", lambda watch: did.append("here"))
        monkeypatch.setattr(team, "processors", lambda: processors)
        monkeypatch.setattr(ahead, "compile_elsewhere", elsewhere)
        first_start.compile_first(**options)
        first_start.compile_first(**options)
        return did

    return start


def test_as_many_processes_as_processors_up_to_four(first: Callable[..., list[str]]) -> None:
    assert [first(n) for n in (1, 2, 64)] == [["here"], ["2 processes"], ["4 processes"]]
    assert first(64, most=1) == ["here"]
    assert first(2, elsewhere_works=False) == ["2 processes", "here"]


def test_workers_start_nothing(
    first: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ahead.COMPILES, "1")
    assert first(2) == []
    monkeypatch.delenv(ahead.COMPILES)
    monkeypatch.setattr("multiprocessing.parent_process", lambda: "somebody")
    assert first(2) == []


def test_a_line_is_said_where_no_bar_is_seen(
    first: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    first(1, tell=said.append)
    assert said == ["Compiling the model, once: a minute or two, and kept for later."]
    monkeypatch.setattr(bar, "can_be_seen", lambda: True)
    first(1, tell=said.append)
    assert len(said) == 1


# Own rules, and code that was compiled ahead.


def not_pushed(
    g: Any, governments: Any, cells: Any, levers: Any, tallies: Any, journal: Any,
    model_profile: Any, profiles: Any, p: Any, seed: Any, month: Any,
) -> None:  # fmt: skip
    """Nobody pushes; an election is noted as none."""
    journal.election[g] = 0


class Calm(GovernanceModel):
    """Governments that nobody pushes."""

    own_rules: ClassVar = {"be_pushed": not_pushed}


def loops_compiled(scenario: Scenario) -> list[str]:
    """The loops that this process compiled, and did not read, to run a scenario."""
    outcome = run_replicate(Job(scenario, "calm", 0, 1))
    assert isinstance(outcome, Finished)
    return [name for name, made in Calm._months.loops.items() if made.was_compiled]


def test_workers_read_what_the_driver_compiled_own_rules_too() -> None:
    scenario = Scenario.load("gov2").but(years=1, society={"citizens": 300}).under(Calm)
    warm_up_rules([scenario])
    worker = WorkerProcess()
    try:
        assert worker.do(loops_compiled, scenario) == []
    finally:
        worker.kill()


def test_what_own_rules_cost_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(own, "note", said.append)
    own._tell_cost(("choose_channel",), 13.8, True)
    own._tell_cost(("consent", "fates"), 2.0, False)
    assert said == [
        "compiled `choose_channel` of yours into the month: 14 s, kept for next time",
        "compiled `consent`, `fates` of yours into the month: 2 s, "
        "and again at every start: it cannot be kept",
    ]


@pytest.fixture
def shared(folder: CodeFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that was filled ahead, by somebody who is not this user but owns the package."""
    folder.write("a.code", b"of all")
    shipped = ahead.ship(tmp_path / "shared")
    monkeypatch.setenv(code_folder.HANDED_ON, str(tmp_path / "shared"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    monkeypatch.setattr(code_folder, "_is_owner", lambda about: _is_not_shared(about, shipped))
    return shipped


def _is_not_shared(about: os.stat_result, shipped: Path) -> bool:
    return about.st_ino not in {shipped.stat().st_ino, (shipped / "a.code").stat().st_ino}


def test_code_that_was_compiled_ahead_is_read_from_a_folder_that_is_not_written(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = code_folder.write_whole

    def refuse(path: Path, content: bytes) -> None:
        if path.parent == shared:
            raise OSError(30, "Read-only file system")
        whole(path, content)

    monkeypatch.setattr(code_folder, "write_whole", refuse)
    reader = CodeFolder(VERSION)
    assert reader.read("a.code") == b"of all"
    reader.write("b.code", b"mine")
    assert reader.read("b.code") == b"mine"
    assert (reader.folders[0], reader.private) == (shared, None)
    assert not (shared / "b.code").exists()


def test_code_that_others_may_write_is_not_read(shared: Path) -> None:
    (shared / "a.code").chmod(0o666)
    assert CodeFolder(VERSION).read("a.code") is None
    (shared / "a.code").chmod(0o644)
    shared.chmod(0o777)
    assert shared not in CodeFolder(VERSION).folders


def test_the_command_compiles_ahead_and_ships(
    folder: CodeFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.write("a.code", b"of all")
    for given in ([], ["--into", str(tmp_path / "image")]):
        with pytest.raises(SystemExit) as done:
            main(["compile", *given])
        assert done.value.code == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "The model is compiled" in said.out
    assert f"GOVSHIFT_COMPILED={tmp_path / 'image'}" in said.out
    assert (tmp_path / "image" / VERSION / "a.code").is_file()
