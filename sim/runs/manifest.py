"""Where results come from: versions, commit, command, machine, time."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.runs.version import model_version

_PACKAGES = ("mesa", "numba", "numpy", "pandas", "pyarrow", "pydantic", "pyyaml", "scipy")


def origin(command: str) -> dict[str, Any]:
    """Versions, commit, command, machine and time of what happens now."""
    return {
        "model_version": model_version(),
        "commit": _commit(),
        "command": command,
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _PACKAGES},
        },
        "platform": platform.platform(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _commit() -> str | None:
    """The commit of the checkout that the package runs from, `+` added if it has changes."""
    package = Path(__file__).resolve().parents[2]
    if not (package / ".git").exists():
        return None
    try:
        commit = _git(package, "rev-parse", "HEAD")
        changed = _git(package, "status", "--porcelain", "--untracked-files=no", "--", "sim")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}+" if changed else commit


def _git(folder: Path, *arguments: str) -> str:
    answer = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, check=True, timeout=10
    )
    return answer.stdout.decode(errors="replace").strip()
