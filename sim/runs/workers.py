"""Worker processes: one thread each, deaf to Ctrl-C, gone when their parent is.

A worker needs nothing of the script that is run, and so does not run it again: scripts do without
Python's `if __name__ == "__main__":` guard. Only where a job holds something that the script itself
defines is it run again, as Python does; then it needs the guard.

Processes that share a queue need semaphores, and these need shared memory that can be written.
Where there is none, jobs are done in this process, one after another.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, ClassVar

from sim.errors import UserMistake

_MAIN = "__main__"
_WHERE_FROM = ("__file__", "__spec__")
_HIDING = threading.Lock()
_ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


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


@contextmanager
def worker_pool(processes: int, *, needs_script: bool = False) -> Iterator[Executor]:
    """Worker processes; what has not started is dropped on the way out."""
    refuse_in_import()
    if not has_semaphores():
        warnings.warn(
            "this system has no shared memory for worker processes (/dev/shm cannot be written): "
            "everything runs in one process",
            RuntimeWarning,
            stacklevel=3,
        )
        yield InThisProcess()
        return
    context = ScriptContext() if needs_script else Context()
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=start_worker)
    try:
        yield pool
    except BaseException:
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


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
    said = dict.fromkeys(_ONE_THREAD, "1") | _where_code_is()
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


class InThisProcess(Executor):
    """Does each job when it is handed in; a job that ends the process ends everything."""

    def submit(self, job: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Do a job; the answer is there at once."""
        future: Future[Any] = Future()
        try:
            future.set_result(job(*given, **named))
        except Exception as error:
            future.set_exception(error)
        return future


def has_semaphores() -> bool:
    """Whether processes can share a queue here."""
    try:
        multiprocessing.get_context("spawn").Lock()
    except (ImportError, NotImplementedError, OSError):
        return False
    return True


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
