"""Have functions compiled by several processes at once, before this one needs them.

The processes share nothing but the folder of compiled code: each takes what nobody has claimed
(`sim.engine.claims`), so two first starts at once share the work, and one that was stopped goes on.
They run no line of the user's script, start no processes themselves, and end when this one does.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sim.engine.claims import claim, outermost
from sim.engine.code_cache import code_folder, handed_on, list_name
from sim.engine.code_folder import write_whole
from sim.engine.team import ONE_THREAD

COMPILES = "GOVSHIFT_COMPILES"
"""Set in processes that only compile."""
MOST_PROCESSES = 4
_PACKAGE_IN = str(Path(__file__).resolve().parents[2])
_READABLE_FOLDER, _READABLE_FILE = 0o755, 0o644
_TICK_SECONDS = 0.25
_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from importlib import import_module; import_module(sys.argv[2]).compile_share()"
)

Watch = Callable[[int, int], None]
"""Hears how many functions are done and how many there are (0: not known yet), every so often."""


def stock_is_kept() -> bool:
    """Whether all stock loops are kept for this processor."""
    listed = code_folder().read(list_name())
    return listed is not None and all(map(code_folder().has, json.loads(listed)))


def note_stock(names: Iterable[str]) -> None:
    """Note the files of all stock loops: that they are there need not be found out again."""
    code_folder().write(list_name(), json.dumps(sorted(names)).encode())


def ship(into: Path) -> Path:
    """Copy all that is kept of this version into a folder of its own, for others to read."""
    folder = into / code_folder().version
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(_READABLE_FOLDER)
    for name, content in code_folder().whole_files():
        path = folder / name
        write_whole(path, content)
        path.chmod(_READABLE_FILE)
    return folder


def can_start_processes() -> bool:
    """Whether this is an ordinary Python that can start another one."""
    name = Path(sys.executable or "").name.lower()
    return (
        name.startswith(("python", "pypy"))
        and not getattr(sys, "frozen", False)
        and COMPILES not in os.environ
    )


def compile_elsewhere(module: str, processes: int, watch: Watch) -> None:
    """Have so many processes run `compile_share` of a module, and wait for them.

    Whatever they do not compile is compiled here when it is called.
    """
    code_folder().refuge()
    reading, writing = os.pipe()
    workers: list[subprocess.Popen[bytes]] = []
    try:
        with os.fdopen(reading, "rb") as told:
            try:
                workers += (_start(module, writing) for _ in range(processes))
            finally:
                os.close(writing)
            _listen(told, watch)
    finally:
        for worker in workers:
            _end(worker)


def _start(module: str, writing: int) -> subprocess.Popen[bytes]:
    path = json.dumps([_PACKAGE_IN, *sys.path])
    environment = {**os.environ, **ONE_THREAD, **handed_on(), COMPILES: "1"}
    return subprocess.Popen(
        [sys.executable, "-c", _START, path, module],
        stdin=subprocess.PIPE,
        stdout=writing,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        worker.kill()
    worker.wait()
    if worker.stdin is not None:
        worker.stdin.close()


def _listen(told: IO[bytes], watch: Watch) -> None:
    """Count what is done, until all processes have ended."""
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_pass_on, args=(told, lines), daemon=True).start()
    done: set[str] = set()
    total = 0
    watch(0, 0)
    while True:
        try:
            line = lines.get(timeout=_TICK_SECONDS)
        except queue.Empty:
            line = b""
        if line is None:
            return
        word, _, what = line.decode(errors="replace").strip().partition(" ")
        if word == "of":
            total = int(what)
        elif word == "done":
            done.add(what)
        watch(len(done), total)


def _pass_on(told: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    with suppress(OSError, ValueError):
        for line in told:
            lines.put(line)
    lines.put(None)


def tell_parent(text: str) -> None:
    """From a process that compiles."""
    with suppress(OSError):
        os.write(1, f"{text}\n".encode())


def live_with_parent() -> None:
    """End when the parent does, and by it: Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    with suppress(OSError):
        os.read(0, 1)
    os._exit(1)


def kept_name(compiler: Any, kinds: tuple[Any, ...]) -> str:
    """Name of the file of a function for arguments of some kinds."""
    name: str = compiler._cache.name(kinds, compiler.targetctx.codegen())
    return name


def compile_unclaimed(name: str, compiler: Any, kinds: tuple[Any, ...]) -> bool:
    """Compile a function and keep it, unless another process is about it.

    What fails here fails, and is told, where the function is called.
    """
    with outermost():
        if not claim(code_folder().claims, name, wait=False):
            return False
        if not code_folder().has(name):
            with suppress(Exception):
                compiler.compile(kinds)
    return True
