"""Where compiled code is kept: folders that belong to this user alone, and sealed files in them.

Compiled code is code: who can write it can do whatever this user can. So a folder is trusted only
if this user owns it and nobody else may write there, and a file only if the same holds for it.
Code that was compiled ahead for several users (`GOVSHIFT_COMPILED` names the folder) may also be
owned by the administrator or by who owns the package itself: these can change what is run anyway.
Nothing with a name that others can foretell is trusted in a shared temporary folder: there a new
folder with an unforetellable name is made, and forgotten at the end of the process.

A file carries the SHA-256 of its name and content. One that is damaged, whatever the damage, is
not there; it is written again.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
import warnings
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from sim.engine.claims import Claims

HANDED_ON = "GOVSHIFT_COMPILED"
"""Names a folder to read first: one that was filled ahead, or that of the process above."""

_MAGIC = b"GovShift compiled code 1\n"
_SEAL = 32
_FORGOTTEN_AFTER = 30 * 24 * 3600.0
_OURS = re.compile("[0-9a-f]{16}")
_PACKAGE = Path(__file__).resolve().parents[1]


class CodeFolder:
    """Files by name: read where they are trusted, written where that is possible.

    Writing goes to the user's cache. Where that cannot be had, or is full, it goes to a private
    folder in the temporary directory; where even this fails, nothing is kept.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        self._complained = False
        self._given_up = False
        self.private: Path | None = None
        found = _user_folder(version)
        self.folders = [folder for folder in (_handed_on(version), found) if folder is not None]
        if found is not None:
            _forget_unused(found)

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if there is none that is whole and ours."""
        for folder in self.folders:
            content = _unsealed(name, _read_trusted(folder / name))
            if content is not None:
                return content
        return None

    def write(self, name: str, content: bytes) -> None:
        """Keep a file, whole or not at all. Warns once if files do not outlive this process."""
        sealed = _seal(name, content)
        why = ""
        for folder in list(self.folders):
            try:
                write_whole(folder / name, sealed)
            except OSError as error:
                why = f"{folder}: {error.strerror or error}"
            else:
                return
        if why:
            self._complain(why)
        self._write_privately(name, sealed)

    def has(self, name: str) -> bool:
        """Whether there is a file of this name; it may still be damaged."""
        return any(os.path.isfile(folder / name) for folder in self.folders)

    @cached_property
    def claims(self) -> Claims:
        """What processes that share the folder are about to compile."""
        writable = (folder for folder in self.folders if os.access(folder, os.W_OK))
        return Claims(next(writable, Path(os.devnull)))

    def whole_files(self) -> Iterator[tuple[str, bytes]]:
        """Every file that is whole and ours, with its name, sealed as it is."""
        names = {path.name for folder in self.folders for path in folder.iterdir()}
        for name in sorted(names):
            content = self.read(name)
            if content:
                yield name, _seal(name, content)

    def refuge(self) -> None:
        """See that there is a folder that other processes can be handed, if there can be one."""
        self.write("first", b"")

    def _write_privately(self, name: str, sealed: bytes) -> None:
        """In a new folder of this process; the folders that there were cannot be written."""
        if self._given_up:
            return
        if not self.folders:
            self._complain("there is no folder that this user alone may write")
        try:
            folder = Path(tempfile.mkdtemp(prefix="govshift-"))
            atexit.register(_forget, folder, os.getpid())
            write_whole(folder / name, sealed)
        except OSError:
            self._given_up = True
        else:
            self.private = folder
            self.folders.insert(0, folder)

    def _complain(self, why: str) -> None:
        if not self._complained:
            self._complained = True
            warnings.warn(
                f"GovShift cannot keep compiled code ({why}): every start compiles for a minute; "
                "XDG_CACHE_HOME names another folder for caches",
                RuntimeWarning,
                stacklevel=2,
            )


def _user_folder(version: str) -> Path | None:
    """This version's folder in the user's cache; None where it cannot be had or trusted."""
    cache = _user_cache()
    if cache is None:
        return None
    ours = cache / "govshift"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for folder in (ours, ours / version):
            folder.mkdir(mode=0o700, exist_ok=True)
            if not _make_private(folder):
                return None
    except (OSError, ValueError):
        return None
    return ours / version


def _user_cache() -> Path | None:
    """Where this user's caches are, by XDG_CACHE_HOME or HOME; neither need be there."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        return Path(given)
    try:
        home = Path.home()
    except (RuntimeError, OSError, KeyError):
        return None
    return home / ".cache" if home.is_absolute() else None


def _handed_on(version: str) -> Path | None:
    """The folder that the environment names, or this version's in it, if it can be trusted."""
    given = os.environ.get(HANDED_ON, "")
    try:
        if not os.path.isabs(given):
            return None
        of_version = Path(given) / version
        folder = of_version if of_version.is_dir() else Path(given)
        return folder if _is_trusted(folder) else None
    except (OSError, ValueError):
        return None


def _make_private(folder: Path) -> bool:
    """Close a folder of this user's to everybody else; False if it is not this user's."""
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or not _is_owner(about):
        return False
    if os.name == "posix" and about.st_mode & 0o022:
        folder.chmod(0o700)
    return _is_private(folder)


def _is_private(folder: Path) -> bool:
    about = folder.lstat()
    return stat.S_ISDIR(about.st_mode) and _is_owner(about) and not _others_write(about)


def _is_trusted(folder: Path) -> bool:
    about = folder.lstat()
    return stat.S_ISDIR(about.st_mode) and _is_trustworthy(about) and not _others_write(about)


def _is_trustworthy(about: os.stat_result) -> bool:
    """Whether the owner is this user, or somebody who can change what this user runs anyway."""
    return _is_owner(about) or about.st_uid in (0, _PACKAGE.stat().st_uid)


def _is_owner(about: os.stat_result) -> bool:
    """Whether this user owns a file; other systems than POSIX keep profiles apart themselves."""
    return not hasattr(os, "geteuid") or about.st_uid == os.geteuid()


def _others_write(about: os.stat_result) -> bool:
    return os.name == "posix" and bool(about.st_mode & 0o022)


def _read_trusted(path: Path) -> bytes:
    """A regular file of somebody who is trusted; empty if there is none."""
    flags = os.O_RDONLY
    for safer in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, safer, 0)
    try:
        handle = os.open(path, flags)
    except OSError:
        return b""
    try:
        with open(handle, "rb") as file:
            about = os.fstat(file.fileno())
            is_safe = _is_trustworthy(about) and not _others_write(about)
            return file.read() if stat.S_ISREG(about.st_mode) and is_safe else b""
    except OSError:
        return b""


def _seal(name: str, content: bytes) -> bytes:
    return _MAGIC + hashlib.sha256(name.encode() + b"\n" + content).digest() + content


def _unsealed(name: str, sealed: bytes) -> bytes | None:
    content = sealed[len(_MAGIC) + _SEAL :]
    return content if sealed and sealed == _seal(name, content) else None


def write_whole(path: Path, content: bytes) -> None:
    """Write under another name, then rename: readers meet the old file or the new one.

    The folder may have been swept away since it was found.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _forget_unused(current: Path) -> None:
    """Note that this version is in use, and delete those that nobody used for a month."""
    now = time.time()
    with contextlib.suppress(OSError):
        os.utime(current)
        for folder in current.parent.iterdir():
            if folder != current and _OURS.fullmatch(folder.name):
                about = folder.lstat()
                if stat.S_ISDIR(about.st_mode) and now - about.st_mtime > _FORGOTTEN_AFTER:
                    shutil.rmtree(folder, ignore_errors=True)


def _forget(folder: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
