"""Keep what Numba compiled, in place of Numba's own cache, for this package's functions only.

Numba's cache trusts what it finds, and its folder is one setting for a whole process. Here each
compiled function for one kind of arguments is a sealed file (`sim.engine.code_folder`), under a
name that depends on all that decides its machine code: what the function means, the arguments, the
compiler and the processor. The folder's name depends on the text of everything that is compiled.
"""

from __future__ import annotations

import hashlib
import pickle
import platform
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import config, serialize, sigutils
from numba.core.compiler import CompileResult

from sim.engine.claims import begin, claim
from sim.engine.code_folder import HANDED_ON, CodeFolder
from sim.engine.meaning import Unknown, class_meaning, meaning

_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILED = ("engine", "processes", "society")
_NOT_COMPILED = (
    "__init__.py", "abroad.py", "access.py", "ahead.py", "card.py", "cells.py", "claims.py",
    "code_cache.py", "code_folder.py", "encodings.py", "levels.py", "meaning.py", "numba_start.py",
    "on_card.py", "own_places.py", "place_columns.py", "places.py", "prices.py", "sheets.py",
    "team.py",
)  # fmt: skip
_SETTINGS = (
    "OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX",
    "DISABLE_INTEL_SVML", "LLVM_REFPRUNE_PASS",
)  # fmt: skip


def sources_digest(package: Path = _PACKAGE) -> str:
    """Digest of every source file that takes part in compiled code, and of the compiler."""
    digest = hashlib.sha256(repr(_compiler()).encode())
    for folder in _COMPILED:
        for path in sorted((package / folder).rglob("*.py")):
            if path.name not in _NOT_COMPILED:
                digest.update(path.relative_to(package).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def code_folder() -> CodeFolder:
    """Where this version's compiled code is."""
    return CodeFolder(sources_digest())


def handed_on() -> dict[str, str]:
    """The environment by which worker processes find a folder that only this process knows."""
    private = code_folder().private
    return {} if private is None else {HANDED_ON: str(private)}


class CodeCache:
    """What a Numba dispatcher asks of its cache, for one function."""

    def __init__(self, function: FunctionType, options: dict[str, Any]) -> None:
        self._function = function
        self._options = sorted((name, repr(value)) for name, value in options.items())
        self._home = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"

    @property
    def cache_path(self) -> str:
        """The folder; for Numba's statistics."""
        return str(next(iter(code_folder().folders), ""))

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Compiled code for arguments; None if there is none that is sound.

        What another process compiles just now is waited for.
        """
        target_context.refresh()
        name = self.name(sig, target_context.codegen())
        begin(name)
        content = code_folder().read(name) if name else None
        if name and content is None and claim(code_folder().claims, name):
            content = code_folder().read(name)
        if content is None:
            return None
        try:
            parts = pickle.loads(content)
            return CompileResult._rebuild(target_context, *parts)  # type: ignore[no-untyped-call]
        except Exception:  # sealed by us and yet unreadable: compiled again
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code for arguments, if it can be kept."""
        if data.library.has_dynamic_globals or data.lifted:
            return
        name = self.name(sig, data.codegen)
        if name:
            content = serialize.dumps(data._reduce())  # type: ignore[no-untyped-call]
            code_folder().write(name, content)

    def enable(self) -> None:
        """Always on."""

    def disable(self) -> None:
        """Always on."""

    def flush(self) -> None:
        """Names tell versions apart: there is nothing to forget."""

    def name(self, sig: Any, codegen: Any) -> str:
        """Name of the file; empty if the function reaches something that has no digest."""
        try:
            means = meaning(self._function)
        except Unknown:
            return ""
        arguments, result = sigutils.normalize_signature(sig)  # type: ignore[no-untyped-call]
        decides = [
            means, *self._options, *map(_kind, arguments), _kind(result), codegen.magic_tuple(),
            _compiler(), _settings(),
        ]  # fmt: skip
        digest = hashlib.sha256(repr(decides).encode()).hexdigest()
        return f"{self._home.replace('<', '').replace('>', '')}-{digest[:32]}.code"


def list_name() -> str:
    """Name of the file that lists all stock loops once they are kept for this processor."""
    from numba.core.registry import cpu_target

    decides = (cpu_target.target_context.codegen().magic_tuple(), _settings())
    return f"stock-{hashlib.sha256(repr(decides).encode()).hexdigest()[:32]}.list"


def _settings() -> list[str]:
    return [f"{name}={getattr(config, name, None)!r}" for name in _SETTINGS]


def _compiler() -> tuple[str, ...]:
    """All that translates: other versions of these may give other code."""
    return (
        sys.implementation.name, sys.version, platform.machine(), platform.system(),
        numba.__version__, llvmlite.__version__, np.__version__,
    )  # fmt: skip


def _kind(numba_type: Any) -> str:
    """A type of Numba's as text, with the fields of named tuples, which its own name leaves out."""
    return f"{numba_type}{'|'.join(_classes(numba_type))}"


def _classes(numba_type: Any) -> Iterator[str]:
    kind = getattr(numba_type, "instance_class", None)
    if isinstance(kind, type):
        yield class_meaning(kind)
    for inner in getattr(numba_type, "types", ()):
        yield from _classes(inner)
