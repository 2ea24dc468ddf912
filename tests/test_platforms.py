"""Other systems, users without a home, closed folders and odd environments.

Only Linux is tested. What another system lacks is taken away here, and the package still imports.
"""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.engine.team import _team, processors, share
from sim.questions.comparison.run import run
from sim.runs import workers
from sim.runs.chunk import time_limit
from sim.runs.workers import one_thread_each
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(sim.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES = {
    "os": {
        "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_SYNC", "WNOHANG", "chown",
        "chroot", "fchdir", "fchmod", "fchown", "fdatasync", "fork", "forkpty", "fstatvfs",
        "getegid", "geteuid", "getgid", "getgroups", "getloadavg", "getpgid", "getpgrp",
        "getpriority", "getsid", "getuid", "killpg", "lchown", "lockf", "mkfifo", "mknod", "nice",
        "openpty", "pathconf", "pipe2", "posix_fadvise", "posix_fallocate", "posix_spawn", "pread",
        "pwrite", "register_at_fork", "sched_getaffinity", "sched_setaffinity", "sched_yield",
        "sendfile", "setegid", "seteuid", "setgid", "setgroups", "setpgid", "setpriority",
        "setsid", "setuid", "statvfs", "sync", "sysconf", "ttyname", "uname", "wait3", "wait4",
        "waitid",
    },
    "signal": {
        "ITIMER_PROF", "ITIMER_REAL", "ITIMER_VIRTUAL", "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP",
        "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIGXCPU",
        "alarm", "getitimer", "pause", "pthread_kill", "pthread_sigmask", "setitimer",
        "siginterrupt", "sigpending", "sigtimedwait", "sigwait", "sigwaitinfo",
    },
}  # fmt: skip
GUARDS = {"ITIMER_REAL": "setitimer"}
"""Names that come with another one."""


def _posix_uses(function: ast.AST) -> Iterator[tuple[str, str]]:
    """POSIX-only names of `os` and `signal` below a node."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            home = ast.unparse(node.value)
            if node.attr in POSIX_NAMES.get(home, ()):
                yield home, node.attr


def _guards(function: ast.AST) -> set[tuple[str, str]]:
    """What `hasattr(os, name)` asks for below a node."""
    return {
        (ast.unparse(node.args[0]), ast.literal_eval(node.args[1]))
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "hasattr"
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_other_systems_lack_is_asked_for_first(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not {alias.name for alias in node.names} & POSIX_MODULES
        elif isinstance(node, ast.ImportFrom):
            assert node.module not in POSIX_MODULES
            assert not {a.name for a in node.names} & POSIX_NAMES.get(node.module or "", set())
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    guarded = set()
    for function in functions:
        asked = _guards(function)
        for home, name in _posix_uses(function):
            assert (home, GUARDS.get(name, name)) in asked, f"{name} in {function.name}"
            guarded.add((home, name))
    assert set(_posix_uses(tree)) == guarded


ELSEWHERE = """
import os, pkgutil, signal, sys
import click, filelock, matplotlib, mesa, numba, numpy, pandas, pyarrow.parquet, pydantic
import scipy.stats, tqdm, yaml
import concurrent.futures.process, multiprocessing.connection, tempfile, unittest.mock
names = {names!r}
for home, lacking in names.items():
    for name in lacking:
        if hasattr(sys.modules[home], name):
            delattr(sys.modules[home], name)
import sim
for module in pkgutil.walk_packages(sim.__path__, "sim."):
    __import__(module.name)
print(len([name for name in sys.modules if name.startswith("sim.")]))
"""


def _python(text: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    kept = {name: value for name, value in given.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", text], env=kept, text=True, capture_output=True, timeout=600,
        check=False,
    )  # fmt: skip


def test_every_module_imports_where_these_names_are_missing() -> None:
    done = _python(ELSEWHERE.format(names=POSIX_NAMES))
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 150


def test_processors_are_counted_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    assert processors() >= 1


def test_without_a_timer_there_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "setitimer")
    with time_limit(0.001):
        assert sum(range(100_000))


# Users and folders.

RUN = """
from sim.cli import main
main(["run", "gov2", "--citizens", "200", "--years", "1", "--replicates", "1",
      "--luck-only", "--seed", "1", "--out", {out!r}])
"""
NOBODY = """
import pwd
def unknown(*_): raise KeyError("uid not found")
pwd.getpwuid = pwd.getpwnam = unknown
"""


def _table(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if "results are in" not in line]


@pytest.mark.slow
def test_a_user_without_name_and_home_and_odd_settings_runs_the_same(tmp_path: Path) -> None:
    usual = _python(RUN.format(out=str(tmp_path / "usual")))
    odd = _python(
        NOBODY + RUN.format(out=str(tmp_path / "odd")),
        HOME=None, USER=None, LOGNAME=None, MPLBACKEND="bogus", NUMBA_NUM_THREADS="0",
        NUMBA_DISABLE_JIT="1",
    )  # fmt: skip
    assert _table(odd) == _table(usual)
    assert "Traceback" not in odd.stderr
    names = [{p.name for p in (tmp_path / run).rglob("*.png")} for run in ("usual", "odd")]
    assert names[0] == names[1] != set()


@pytest.mark.parametrize("backend", ["bogus", "", "svg", "module://nothing.here"])
def test_figures_do_without_a_screen(backend: str) -> None:
    text = "import os, sim.drawing; print(os.environ['MPLBACKEND'])"
    done = _python(text, MPLBACKEND=backend)
    assert (done.returncode, done.stdout.rstrip("\n")) == (0, backend), done.stderr


def test_a_known_backend_stays_in_force() -> None:
    text = "import sim.drawing, matplotlib; print(matplotlib.rcParams['backend'])"
    assert _python(text, MPLBACKEND="svg").stdout.strip() == "svg"


@pytest.mark.parametrize("threads", ["0", "-1", "many", ""])
def test_bad_numbers_of_threads_are_taken_away(threads: str) -> None:
    text = "import os, sim.engine, numba; print(os.environ.get('NUMBA_NUM_THREADS'))"
    done = _python(text, NUMBA_NUM_THREADS=threads)
    assert (done.returncode, done.stdout, done.stderr) == (0, "None\n", "")
    assert _python(text, NUMBA_NUM_THREADS="1").stdout == "1\n"


# Without shared memory.


@pytest.fixture
def no_semaphores(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", refuse)


def test_replicates_without_shared_memory_are_the_same(no_semaphores: None) -> None:
    """Workers share no queue, only pipes."""
    small = Scenario.load("gov2").but(society={"citizens": 200}, years=1)
    aside, here = (
        run(small, replicates=2, luck_only=True, jobs=jobs, progress=False) for jobs in (2, 1)
    )
    assert aside.timeseries.equals(here.timeseries)


def test_workers_are_told_a_private_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_where_code_is", lambda: {"GOVSHIFT_COMPILED": "/private"})
    with one_thread_each():
        assert os.environ["GOVSHIFT_COMPILED"] == "/private"
    assert "GOVSHIFT_COMPILED" not in os.environ


# Threads.


def test_models_share_their_threads() -> None:
    """As many models as there may be, one team for each number of threads."""
    done: list[tuple[int, int]] = []
    for _ in range(20):
        share(lambda first, last: done.append((first, last)), 10, 3)
    assert sorted(set(done)) == [(0, 3), (3, 6), (6, 10)]
    assert len(_team(3, os.getpid())._threads) <= 3
    share(lambda first, last: done.append((first, last)), 10, 1)
    assert done[-1] == (0, 10)
