"""Files that are whole or not there: written under a temporary name, forced to disk, renamed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock, Timeout

from sim.errors import ResultsError

TEMPORARY = ".tmp-"
LOCK = ".lock"
MOVE_AWAY = "move the folder away and run the command again to compute it anew"


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A path to write to; on the way out the file takes its name, or is deleted after an error.

    Raises `ResultsError` if the disk is full or the folder cannot be written.
    """
    temporary = target.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(exist_ok=False)
    except OSError as error:
        raise unwritable(target, error) from None
    try:
        yield temporary
        force_to_disk(temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise unwritable(target, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def write_json(target: Path, data: dict[str, Any]) -> None:
    """Write one JSON file whole."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with whole(target) as path:
        # A name that is not UTF-8 becomes an escape of JSON, which reads back as it was.
        path.write_text(text, encoding="utf-8", errors="backslashreplace")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty if there is no such file. Raises `ResultsError` if it is damaged."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError):
        raise damaged(path) from None
    if not isinstance(data, dict):
        raise damaged(path)
    return data


@contextmanager
def alone(folder: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a folder, made if it is not there, for this process alone.

    While another process holds it, waits (and calls `waiting` once).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    lock = FileLock(folder / LOCK)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting is not None:
                waiting()
            lock.acquire()
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder of this process alone, which is gone afterwards."""
    with TemporaryDirectory(prefix="govshift-") as folder:
        yield Path(folder)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget(folder: Path) -> None:
    """Delete a folder and what is in it, unless it is a link to another place."""
    if folder.is_symlink():
        folder.unlink(missing_ok=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def forget_temporary(folder: Path) -> None:
    """Delete what writers that were killed left behind: files, and folders to draw in."""
    for path in list(folder.rglob(f"{TEMPORARY}*")):
        if path.is_dir():
            forget(path)
        else:
            path.unlink(missing_ok=True)


def force_to_disk(path: Path) -> None:
    """Wait until a file is on the disk itself."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def damaged(path: Path) -> ResultsError:
    """A file that cannot be read."""
    return ResultsError(f"{path}: is damaged and cannot be read; {MOVE_AWAY}")


def unwritable(path: Path, error: OSError) -> ResultsError:
    """A file or folder that cannot be written."""
    return ResultsError(
        f"{path}: cannot be written: {error.strerror or error}; "
        "finished replicates are kept, and the same command goes on from there"
    )
