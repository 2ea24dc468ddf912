"""Out of room at any moment: one line and exit code 1; with room again the same files.

Three kinds of a full disk. Planted: from a moment on, nothing can be made or forced to the disk.
A limit on the size of files, which every user can set for a process: whoever writes more, Python or
a library in C++, fails in the middle of it. And a small file system of its own, where this machine
lets us mount one; elsewhere those sizes are limits on files as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fault_cases import CASES, Attacked, thinned
from tests.faults import Ended

Attack = Callable[[str], Attacked]
_PAGE = 4096
_UNSAVED = "goes on without checkpoints"
_PLENTY = 64 << 20
_ROOMY = ("create", "mkdir", "fsync")


def _refused(ended: Ended) -> list[str]:
    """What is wrong with how a command says that there is no room."""
    found = [] if ended.code == 1 else [f"exit code {ended.code} when full"]
    lines = [line for line in ended.err.strip().splitlines() if not line.endswith(_UNSAVED)]
    if len(lines) != 1 or "Traceback" in ended.err:
        found.append(f"when full it says {ended.err.strip()[-300:]!r}")
    return found


def needy_moments(attacked: Attacked) -> list[int]:
    """Moments at which a full disk is met."""
    out = attacked.fresh()
    ended = attacked.run(out, fault={"fsync": True})
    shutil.rmtree(out)
    kinds = [moment.split()[1] for moment in ended.moments]
    return [number for number, kind in enumerate(kinds) if kind in _ROOMY]


def planted(attacked: Attacked, at: int) -> list[str]:
    """Full from a moment on, then not."""
    out = attacked.fresh()
    first = attacked.run(out, fault={"at": at, "error": "ENOSPC", "fsync": True})
    found = [*_refused(first), *attacked.unlike(out, attacked.run(out))]
    shutil.rmtree(out, ignore_errors=True)
    where = first.moments[at] if at < len(first.moments) else "nowhere"
    return [f"{attacked.case.name}, full from {where}: {text}" for text in found]


def limited(attacked: Attacked, largest: int) -> list[str]:
    """No file may be larger than so many bytes; then it may."""
    out = attacked.fresh()
    first = attacked.run(out, largest=largest)
    found = [] if first.code == 0 else _refused(first)
    found += attacked.unlike(out, attacked.run(out))
    shutil.rmtree(out, ignore_errors=True)
    return [f"{attacked.case.name}, files of {largest} bytes at most: {text}" for text in found]


def file_sizes(attacked: Attacked) -> list[int]:
    """Each size at which some file is just too large."""
    files = (path for path in attacked.undisturbed[0].rglob("*") if path.is_file())
    return sorted({max(512, path.stat().st_size - 1) for path in files})


def on_a_small_disk(attacked: Attacked, room: int, disk: Path) -> list[str]:
    """A file system with so much room beside what is there already; then with plenty."""
    if not can_mount(disk):
        return limited(attacked, room)
    found = []
    with _mounted(disk) as grow:
        out = disk / "r"
        if attacked.begun.is_dir():
            shutil.copytree(attacked.begun, out)
        blocks = os.statvfs(disk)
        grow((blocks.f_blocks - blocks.f_bfree) * blocks.f_frsize + room)
        first = attacked.run(out)
        found += [] if first.code == 0 else _refused(first)
        grow(_PLENTY)
        found += attacked.unlike(out, attacked.run(out))
    return [f"{attacked.case.name}, a disk with room for {room} bytes: {text}" for text in found]


def can_mount(disk: Path) -> bool:
    """Whether this machine lets us mount a file system in memory."""
    try:
        with _mounted(disk):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def _mounted(disk: Path) -> Iterator[Callable[[int], None]]:
    """A file system in memory; what is given changes its size in bytes."""
    disk.mkdir(exist_ok=True)
    _call("mount", "-t", "tmpfs", "-o", f"size={_PLENTY}", "tmpfs", str(disk))

    def grow(size: int) -> None:
        _call("mount", "-o", f"remount,size={max(_PAGE, size)}", str(disk))

    try:
        yield grow
    finally:
        _call("umount", str(disk))


def _call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def disk_sizes(attacked: Attacked) -> range:
    """Page by page, as much room as the command can need."""
    files = [path for path in attacked.undisturbed[0].rglob("*") if path.is_file()]
    pages = sum(-(-path.stat().st_size // _PAGE) for path in files)
    return range(0, (pages + 4) * _PAGE, _PAGE)


@pytest.mark.parametrize("name", ["compare", "sweep"])
def test_full_at_a_few_moments(name: str, attack: Attack) -> None:
    attacked = attack(name)
    moments = needy_moments(attacked)
    chosen = [moments[k * (len(moments) - 1) // 2] for k in range(3)]
    assert [text for at in chosen for text in planted(attacked, at)] == []


def test_a_few_file_sizes(attack: Attack) -> None:
    attacked = attack("run")
    sizes = file_sizes(attacked)
    chosen = [sizes[0], sizes[len(sizes) // 2], sizes[-1]]
    assert [text for size in chosen for text in limited(attacked, size)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_full_at_every_moment(name: str, attack: Attack) -> None:
    attacked = attack(name)
    moments = thinned(needy_moments(attacked), name)
    wrong = [text for at in moments for text in planted(attacked, at)]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_file_size(name: str, attack: Attack) -> None:
    attacked = attack(name)
    sizes = thinned(file_sizes(attacked), name, 4)
    assert [text for size in sizes for text in limited(attacked, size)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_disk_size(name: str, attack: Attack, tmp_path: Path) -> None:
    """Page by page on a file system in memory; limits on files where none can be mounted."""
    attacked, disk = attack(name), tmp_path / "disk"
    sizes = thinned(disk_sizes(attacked), name, 36)
    assert [text for size in sizes for text in on_a_small_disk(attacked, size, disk)] == []
