"""Commands with planted faults: killed, stopped, paused or out of room at any move on the disk.

A moment is a call that changes a folder: a file made, renamed or deleted, a folder made or deleted.
A command here runs in a child process that counts the moments below one folder, and may meet a
fault at any of them. So that thousands of commands are affordable, one process imports everything
and runs the model once; each command is then a fork of it, with signal handlers, arguments, streams
and exit code of its own, as `run_sim.py` would have them.

`python -m tests.faults` is that process: requests come as lines of JSON on its standard input.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[1]
_CREATING = os.O_CREAT | os.O_WRONLY | os.O_RDWR
_NEED_ROOM = ("create", "mkdir", "fsync")
_PATIENCE = 300.0


# --- In the child: moments, and what happens at them ---


class Moments:
    """Counts what changes below a folder, writes each down, and lets the fault happen."""

    def __init__(self, below: str, log: int, fault: dict[str, Any]) -> None:
        self._below = os.path.realpath(below)
        self._log = log
        self._fault = fault
        self._count = 0

    def plant(self) -> None:
        """Replace the calls that change folders; `pathlib`, `shutil` and `tempfile` use these."""
        for name in ("unlink", "remove", "rmdir"):
            setattr(os, name, self._about_one(name, getattr(os, name)))
        os.mkdir = self._about_one("mkdir", os.mkdir)
        for name in ("rename", "replace", "link", "symlink"):
            setattr(os, name, self._about_two(name, getattr(os, name)))
        os.open = self._opening(os.open)
        builtins.open = io.open = self._opening_file(io.open)  # type: ignore[assignment]
        if self._fault.get("fsync"):
            os.fsync = self._syncing(os.fsync)
        if self._fault.get("error") == "EROFS":
            os.access = self._accessing(os.access)

    def _about_one(self, kind: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *args: Any, dir_fd: int | None = None, **options: Any) -> Any:
            if dir_fd is not None:
                options["dir_fd"] = dir_fd
            full = _full(path, dir_fd)
            if (kind == "mkdir") == os.path.lexists(full):
                return act(path, *args, **options)
            return self._at(kind, full, lambda: act(path, *args, **options))

        return call

    def _about_two(self, kind: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(source: Any, target: Any, *args: Any, **options: Any) -> Any:
            return self._at(kind, _full(target), lambda: act(source, target, *args, **options))

        return call

    def _opening(self, act: Callable[..., int]) -> Callable[..., int]:
        def call(path: Any, flags: int, *args: Any, **options: Any) -> int:
            if not flags & _CREATING:
                return act(path, flags, *args, **options)
            full = _full(path, options.get("dir_fd"))
            if _is_draft(full):
                return act(path, flags, *args, **options)
            found: int = self._at("create", full, lambda: act(path, flags, *args, **options))
            return found

        return call

    def _opening_file(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            if isinstance(file, int) or not set(mode) & set("wax+") or _is_draft(_full(file)):
                return act(file, mode, *args, **options)
            return self._at("create", _full(file), lambda: act(file, mode, *args, **options))

        return call

    def _syncing(self, act: Callable[[int], None]) -> Callable[[int], None]:
        def call(handle: int) -> None:
            self._at("fsync", _full("", handle), lambda: act(handle))

        return call

    def _accessing(self, act: Callable[..., bool]) -> Callable[..., bool]:
        def call(path: Any, mode: int, *args: Any, **options: Any) -> bool:
            closed = bool(mode & os.W_OK) and self._has(_full(path))
            return not closed and act(path, mode, *args, **options)

        return call

    def _has(self, path: str) -> bool:
        return path == self._below or path.startswith(self._below + os.sep)

    def _at(self, kind: str, path: str, act: Callable[[], Any]) -> Any:
        if not self._has(path):
            return act()
        number = self._count
        self._count += 1
        told = os.path.relpath(path, self._below)
        os.write(self._log, f"{number} {kind} {told}\n".encode(errors="replace"))
        self._happen(number, kind, "before")
        result = act()
        self._happen(number, kind, "after")
        return result

    def _happen(self, number: int, kind: str, when: str) -> None:
        fault = self._fault
        if "error" in fault:
            kinds = fault.get("kinds", _NEED_ROOM)
            if when == "before" and number >= fault["at"] and kind in kinds:
                code = getattr(errno, fault["error"])
                raise OSError(code, os.strerror(code))
        elif fault.get("at") == number and fault.get("when", "before") == when:
            os.kill(os.getpid(), getattr(signal, fault["signal"]))


def _full(path: Any, folder: int | None = None) -> str:
    """A path without symbolic links in its folder; `folder` is an open one that it is below."""
    name = os.fsdecode(path)
    if folder is not None:
        try:
            name = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), name).rstrip(os.sep)
        except OSError:
            return name
    head, tail = os.path.split(os.path.abspath(name))
    return os.path.join(os.path.realpath(head), tail)


def _is_draft(path: str) -> bool:
    """A temporary file that was made before: that it is opened again changes nothing."""
    return os.path.basename(path).startswith(".tmp-") and os.path.exists(path)


def _draw_little() -> None:
    """One figure of a study, as a line of text: what figures show is tested elsewhere."""
    from matplotlib.figure import Figure as Canvas

    from sim.drawing import files
    from sim.drawing.page import Caption
    from sim.questions.comparison import figures as of_studies
    from sim.questions.transitions import figures as of_transitions

    def savefig(self: Canvas, name: Any, *, metadata: Any = None, **_: Any) -> None:
        Path(name).write_text(f"{Path(name).suffix} {metadata}", encoding="utf-8")

    def write_drawings(drawings: Any, folder: Path) -> list[Caption]:
        figure = Caption("small", "Small", "A caption.", "A text.")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("small.png", "small.svg", "captions.md"):
            (folder / name).write_text(f"{name} of {len(list(drawings))}", encoding="utf-8")
        return [figure]

    Canvas.savefig = savefig  # type: ignore[method-assign, assignment]
    for module in (files, of_studies, of_transitions):
        module.write_drawings = write_drawings


def _assume_little() -> None:
    """Three assumed parameters instead of all."""
    from sim.questions.assumptions import ledger

    names = ledger.assumed_names()[:3]
    ledger.assumed_names = lambda: names


def _stumble() -> None:
    """Runs fail at one level of digital training."""
    from sim.model import GovernanceModel

    sense = GovernanceModel.sense

    def stumbling(self: GovernanceModel) -> None:
        if self.plan.parameters.get("society.digital_training") == 1.0:
            raise ArithmeticError("planted")
        sense(self)

    GovernanceModel.sense = stumbling  # type: ignore[method-assign]


def _save_always() -> None:
    """What is saved now and then is saved whenever it may be, however long that takes."""
    from sim.runs import watch

    watch._MOST_OF_THE_TIME = float("inf")


_TRICKS = {
    "save always": _save_always,
    "draw little": _draw_little,
    "assume little": _assume_little,
    "stumble": _stumble,
}


def _live(request: dict[str, Any]) -> NoReturn:
    """A child's life: one command, to its end."""
    for number, name in ((1, "out"), (2, "err")):
        handle = os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.umask(request["umask"])
    sys.argv = ["run_sim.py", *request["arguments"]]
    code = 1
    try:
        for trick in request["tricks"]:
            _TRICKS[trick]()
        if request["largest"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest"], request["largest"]))
        Moments(request["below"], log, request["fault"]).plant()
        from sim.cli.main import main

        main(request["arguments"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _warm_up() -> None:
    """Import what commands import, and run the model, which loads its compiled code."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ema_workbench  # noqa: F401
        import SALib  # noqa: F401
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg  # noqa: F401
    from tqdm import tqdm

    import sim.cli.analyses
    import sim.cli.attribution
    import sim.cli.main
    import sim.cli.reports
    import sim.cli.story
    import sim.cli.sweeping
    import sim.cli.transitions
    import sim.cli.work
    import sim.questions.comparison.figures
    import sim.questions.transitions.figures  # noqa: F401
    from sim.runs.replicate import Job, run_replicate
    from sim.scenario import Scenario

    tqdm.get_lock()
    for name in ("gov1", "endogenous"):
        small = Scenario.load(name).but(
            years=1,
            society={"place": "synthetic", "citizens": 150, "local_governments": 4},
        )
        run_replicate(Job(small, name, 0, 1, networks=True))


def _serve() -> None:
    """Fork a command for each request, and answer how it goes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _warm_up()
    names = [_read(path) for path in Path("/proc/self/task").glob("*/comm")]
    mine = [name for name in names if not name.startswith("jemalloc")]
    _answer(answers, {"threads": max(1, len(mine))})
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        if request["do"] == "start":
            child = os.fork()
            if not child:
                _live(request)
            _answer(answers, {"child": child})
        else:
            hang = 0 if request["do"] == "wait" else os.WNOHANG
            child, status = os.waitpid(request["child"], os.WUNTRACED | hang)
            _answer(answers, {"status": _told(status) if child else None})


def _told(status: int) -> int | str:
    return "stopped" if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)


def _answer(answers: io.TextIOBase, data: dict[str, Any]) -> None:
    answers.write(json.dumps(data) + "\n")
    answers.flush()


# --- In the test ---


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (negative: the signal), what it said, its moments."""

    code: int
    out: str
    err: str
    moments: list[str]


@dataclass
class Running:
    """A command that was started."""

    child: int
    folder: Path
    status: int | str | None = None

    @property
    def err(self) -> str:
        """What it has complained of so far."""
        return _read(self.folder / "err")

    @property
    def ended(self) -> Ended:
        """How it ended."""
        assert isinstance(self.status, int), self.status
        moments = _read(self.folder / "log").splitlines()
        return Ended(self.status, _read(self.folder / "out"), self.err, moments)


@dataclass
class Zygote:
    """The process that forks commands."""

    folder: Path
    commands: int = 0
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults"],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": paths} | one, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._hear() == {"threads": 1}, "a fork of several threads may hang"

    def close(self) -> None:
        """End it; its children have ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def start(
        self,
        *arguments: str | Path,
        below: Path,
        fault: dict[str, Any] | None = None,
        tricks: Sequence[str] = ("draw little", "assume little", "save always"),
        largest: int | None = None,
        umask: int = 0o022,
    ) -> Running:
        """Start a command; `fault` meets its moments `below` a folder.

        A fault is `at` a moment, `before` or `after` it, a `signal`; or from it on an `error` of
        all moments of some `kinds`, those that need room unless given. `largest` limits the size
        of each file.
        """
        folder = self.folder / str(self.commands)
        self.commands += 1
        folder.mkdir()
        names = {name: str(folder / name) for name in ("out", "err", "log")}
        answer = self._ask(
            {
                "do": "start", "arguments": list(map(str, arguments)), "below": str(below),
                "fault": fault or {}, "tricks": list(tricks), "largest": largest, "umask": umask,
                **names,
            }
        )  # fmt: skip
        return Running(answer["child"], folder)

    def wait(self, running: Running) -> Running:
        """Wait until a command has ended or has stopped itself."""
        running.status = self._ask({"do": "wait", "child": running.child})["status"]
        return running

    def wait_for(self, running: Running, word: str) -> Running:
        """Wait until a command has ended or has complained of something."""
        deadline = time.monotonic() + _PATIENCE
        while running.status is None and word not in running.err:
            assert time.monotonic() < deadline, running.err
            running.status = self._ask({"do": "look", "child": running.child})["status"]
            time.sleep(0.005)
        return running

    def finish(self, running: Running) -> Ended:
        """Let a command that stopped itself or waits go on to its end."""
        if running.status == "stopped":
            os.kill(running.child, signal.SIGCONT)
            running.status = None
        if running.status is None:
            self.wait(running)
        ended = running.ended
        shutil.rmtree(running.folder)
        return ended

    def run(self, *arguments: str | Path, **options: Any) -> Ended:
        """Run a command to its end."""
        return self.finish(self.start(*arguments, **options))

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def make_zygote() -> Zygote:
    """A zygote with a folder of its own for what its commands say."""
    return Zygote(Path(tempfile.mkdtemp(prefix="faults-")))


if __name__ == "__main__":
    _serve()
