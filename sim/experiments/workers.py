"""Worker processes: one thread each, deaf to Ctrl-C, gone when their parent is.

Processes that share a queue need semaphores, and these need shared memory that can be written.
Where there is none, jobs are done in this process, one after another.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

_ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextmanager
def worker_pool(processes: int) -> Iterator[Executor]:
    """Worker processes; what has not started is dropped on the way out."""
    if not has_semaphores():
        warnings.warn(
            "this system has no shared memory for worker processes (/dev/shm cannot be written): "
            "everything runs in one process",
            RuntimeWarning,
            stacklevel=3,
        )
        yield InThisProcess()
        return
    with one_thread_each():
        pool = ProcessPoolExecutor(
            processes, mp_context=multiprocessing.get_context("spawn"), initializer=start_worker
        )
        try:
            yield pool
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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
