"""Which model gave a result: the release, and a digest of everything that decides numbers.

What decides is not listed by hand. It is every module that the modules below import, directly or
by way of others (imports for types aside), and the data files beside them. Words, figures and the
command line are nobody's import, and so change nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sim import __version__

_PACKAGE = Path(__file__).resolve().parents[1]
_FROM = (
    "sim.model",
    "sim.history",
    "sim.experiments.designs",
    "sim.experiments.measure",
    "sim.experiments.plan",
    "sim.runs.replicate",
)
"""Where numbers of results come from: months, events, points, windows, factors' values, seeds."""

_DATA = (".csv", ".yaml")
_TYPING = re.compile(r"^if TYPE_CHECKING:\n(?:(?:[ \t][^\n]*)?\n)*", re.MULTILINE)
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(sim[\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)"
    r"|import[ \t]+(sim[\w.]*))",
    re.MULTILINE,
)


@cache
def model_version() -> str:
    """Release and digest, as `0.1.0+1f3a9c27`; the same for every installation of one release."""
    return f"{__version__}+{sources_digest(_PACKAGE)}"


def sources_digest(package: Path) -> str:
    """Eight digits of a digest over all that decides numbers, in this or another copy."""
    digest = hashlib.sha256()
    for file, text in sorted(deciding_files(package).items()):
        digest.update(f"{file}\n{len(text)}\n".encode())
        digest.update(text)
    return digest.hexdigest()[:8]


def deciding_files(package: Path) -> dict[str, bytes]:
    """Every file that decides numbers, by its path inside the package, with what it says."""
    found: dict[str, bytes] = {}
    waiting = list(_FROM)
    seen = set(waiting)
    while waiting:
        file = _file(package, waiting.pop())
        if file is not None:
            text = _read(file)
            found[file.relative_to(package).as_posix()] = text
            new = set(_imports(text.decode("utf-8"))) - seen
            seen |= new
            waiting += new
    return found | {p.relative_to(package).as_posix(): _read(p) for p in _data(package, found)}


def _file(package: Path, module: str) -> Path | None:
    """A module's file; None for a name that is not a module. The package itself only forwards."""
    _, _, inside = module.partition(".")
    path = package.joinpath(*inside.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py") if inside else ()
    return next((file for file in candidates if file.is_file()), None)


def _imports(text: str) -> Iterator[str]:
    """Names that a module imports from the package, with the packages that they are in."""
    for home, names, plain in _IMPORT.findall(_TYPING.sub("", text)):
        module = home or plain
        parts = module.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
        yield from (f"{module}.{name}" for name in re.findall(r"\w+", names))


def _data(package: Path, modules: dict[str, bytes]) -> Iterator[Path]:
    """Data files that lie beside deciding modules or below them."""
    for folder in {(package / name).parent for name in modules}:
        files = folder.glob("*") if folder == package else folder.rglob("*")
        yield from (file for file in files if file.suffix in _DATA)


def _read(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")
