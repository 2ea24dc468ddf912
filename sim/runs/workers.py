"""Worker processes: one thread each, deaf to Ctrl-C, gone when their parent is.

A worker needs nothing of the script that is run, and so does not run it again: scripts do without
Python's `if __name__ == "__main__":` guard. Only where a job holds something that the script itself
defines is it run again, as Python does; then it needs the guard.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, ClassVar

from sim.engine.team import ONE_THREAD
from sim.errors import GovShiftError, ResultsError, UserMistake
from sim.runs.heard import heard_by

_MAIN = "__main__"
_WHERE_FROM = ("__file__", "__spec__")
_HIDING = threading.Lock()


class Worker(SpawnProcess):
    """A process that does not run the user's script again."""

    # Found by the name under which the package was imported: a `sim.py` beside the script comes
    # first on the path, in a worker as well.
    __module__ = f"{'govshift' if 'govshift' in sys.modules else 'sim'}.runs.workers"

    def start(self) -> None:
        """Start it, with one thread for each numeric library."""
        with _script_hidden(), one_thread_each():
            super().start()


class ScriptWorker(SpawnProcess):
    """A process that runs the user's script again, since its jobs need what is defined there."""

    def start(self) -> None:
        """Start it, with one thread for each numeric library."""
        with one_thread_each():
            super().start()


class Context(SpawnContext):
    """Processes of the first kind."""

    Process: ClassVar[Any] = Worker


class ScriptContext(SpawnContext):
    """Processes of the second kind."""

    Process: ClassVar[Any] = ScriptWorker


class WorkerProcess:
    """A process that does what it is given, one thing after another."""

    def __init__(self, *, script: bool = False) -> None:
        refuse_in_import()
        context = ScriptContext() if script else Context()
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, function: Callable[[Any], Any], argument: object) -> None:
        """Hand in something to do; the answer tells if the worker is dead."""
        with suppress(BrokenPipeError):
            self.pipe.send((function, argument))

    def answer(self) -> Any:
        """What came of it, or what the worker says before that.

        Raises what the worker raised, `WorkerDied` if it ended instead.
        """
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            raise WorkerDied from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def do(self, function: Callable[[Any], Any], argument: object) -> Any:
        """Hand in something to do, and wait for what comes of it."""
        self.give(function, argument)
        return self.answer()

    def kill(self) -> None:
        """End the worker at once: what it has finished is on disk."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


class WorkerDied(Exception):
    """A worker process ended without a word."""


def _serve(pipe: Connection) -> None:
    """A worker's life: functions and arguments in, answers out."""
    start_worker()
    while True:
        try:
            function, argument = pipe.recv()
        except EOFError:
            return
        try:
            with heard_by(pipe.send):
                answer = function(argument)
        except GovShiftError as error:
            answer = error
        except Exception as error:
            answer = ResultsError(f"a worker process failed: {type(error).__name__}: {error}")
        pipe.send(answer)


def needs_script(*things: object) -> bool:
    """Whether something to be sent to workers holds what the user's script defines."""
    return any(_MAIN.encode() in pickle.dumps(thing) for thing in things)


def refuse_in_import() -> None:
    """Raises `UserMistake` in a process that is only about to load the script that is run.

    Some other tool started it: what the script asks for is its parent's to do.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise UserMistake(
            "a worker process ran the script again; put what the script does under "
            "`if __name__ == '__main__':`"
        )


@contextmanager
def _script_hidden() -> Iterator[None]:
    """Keeps from a process that starts which script is run, as `multiprocessing` would say."""
    with _HIDING:
        main = vars(sys.modules[_MAIN])
        before = {name: main[name] for name in _WHERE_FROM if name in main}
        main.update(dict.fromkeys(before))
        try:
            yield
        finally:
            main.update(before)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Sets what numeric libraries read when a worker starts; restores it afterwards."""
    said = ONE_THREAD | _where_code_is()
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _where_code_is() -> dict[str, str]:
    """Where this process keeps compiled code, if only it can tell."""
    from sim.engine.code_cache import handed_on

    return handed_on()


def start_worker() -> None:
    """Ctrl-C is the parent's to handle; a worker whose parent is gone ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
