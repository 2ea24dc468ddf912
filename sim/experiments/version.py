"""Which model gave a result: the release, and a digest of everything that decides numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from sim import __version__

_PACKAGE = Path(__file__).resolve().parents[1]
_DECIDING = ("engine", "networks", "processes", "society", "scenario")
_DECIDING_FILES = (
    "history.py", "model.py", "outcomes.py", "paradigms.py", "paradigms.yaml", "parameters.py",
    "state.py",
)  # fmt: skip


@cache
def model_version() -> str:
    """Release and digest, as `0.1.0+1f3a9c27`; the same for every installation of one release."""
    files = [_PACKAGE / name for name in _DECIDING_FILES]
    for folder in _DECIDING:
        files += [p for p in (_PACKAGE / folder).rglob("*") if p.suffix in (".py", ".csv")]
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda p: p.relative_to(_PACKAGE).as_posix()):
        digest.update(file.relative_to(_PACKAGE).as_posix().encode())
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return f"{__version__}+{digest.hexdigest()[:8]}"
