"""Compile rules once: the cache on disk is keyed by the text of everything that is compiled.

Numba's own cache looks only at the file of the function it compiles and would go on serving an
old result after an edit in a called file. So each state of the sources has a folder of its own.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILED = ("engine", "processes", "society")
_KEPT_CACHES = 4


def sources_digest() -> str:
    """Digest of every source file that takes part in compiled code."""
    digest = hashlib.sha256(numba.__version__.encode())
    for folder in _COMPILED:
        for path in sorted((_PACKAGE / folder).glob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled code is kept: the user's cache, or a temporary folder if that is closed."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for root in (base, Path(tempfile.gettempdir()) / f"govshift-{os.getuid()}"):
        folder = root / "govshift" / sources_digest()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            _forget_old_caches(folder)
            return folder
    return Path(tempfile.mkdtemp(prefix="govshift-"))


def is_compiled() -> bool:
    """Whether these sources were compiled before on this machine."""
    return any(Path(numba.config.CACHE_DIR).rglob("*.nbi"))  # type: ignore[attr-defined]


def _forget_old_caches(current: Path) -> None:
    """Delete all but the latest few caches of earlier sources."""
    others = [path for path in current.parent.iterdir() if path.is_dir() and path != current]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[_KEPT_CACHES:]:
        shutil.rmtree(path, ignore_errors=True)


numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


_STRICT: dict[str, Any] = {
    "cache": True,
    "error_model": "numpy",
    "nogil": True,
    "no_cfunc_wrapper": True,
}
"""Strict IEEE arithmetic (no fast-math, no contraction), so every machine gives the same bits."""


def rule(function: Function) -> Function:
    """Compile a pure scalar function: values in, values out, written into loops that call it."""
    return cast(Function, numba.njit(forceinline=True, **_STRICT)(function))


def action(function: Function) -> Function:
    """Compile what one agent does to columns: for Python, and into the loop over all such agents.

    Groups of columns are passed by value, some hundred pointers: copying them at every call would
    take longer than the action.
    """
    return rule(function)


def inner(function: Function) -> Function:
    """Compile a part of a loop into the loop, for the same reason; Python cannot call it."""
    options = _STRICT | {"no_cpython_wrapper": True}
    return cast(Function, numba.njit(forceinline=True, **options)(function))


class Loop:
    """A compiled function over columns, as Python calls it.

    Numba looks at every column of every group at every call, which takes longer than what most
    loops do. Here a group's class tells its kind, since a group's columns are declared once and
    made by `columns.make`; a kind that was met before goes straight to its machine code.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.py_func = function
        self._compiled = numba.njit(**_STRICT)(function)
        self._known: dict[tuple[object, ...], Callable[..., Any]] = {}
        functools.update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """Run; compile first where this kind of arguments is new."""
        kinds = tuple([_kind(a) if type(a) is np.ndarray else type(a) for a in arguments])
        known = self._known.get(kinds)
        if known is not None:
            return known(*arguments)
        result = self._compiled(*arguments)
        signature = tuple(map(numba.typeof, arguments))
        if signature in self._compiled.overloads:
            self._known[kinds] = self._compiled.overloads[signature].entry_point
        return result


def _kind(array: NDArray[Any]) -> tuple[object, ...]:
    flags = array.flags
    return array.dtype, array.ndim, flags.c_contiguous, flags.writeable


def loop(function: Function) -> Function:
    """Compile a function over columns for Python; it runs without the interpreter's lock."""
    return cast(Function, Loop(function))


def typed(signature: object) -> Callable[[Function], Function]:
    """Compile a much-used helper once, for one signature, instead of for every mix of types."""

    def decorate(function: Function) -> Function:
        compiler = numba.njit(signature, **_STRICT)
        return cast(Function, compiler(function))

    return decorate


def readable(compiled: Callable[..., Any]) -> Callable[..., Any]:
    """A face of a rule for Python objects: single precision in, single precision out.

    Called from Python, a compiled function returns Python floats, and feeding these on would
    compile the next rule in double precision and change its last bits.
    """

    def call(*arguments: object) -> Any:
        given = [np.float32(a) if isinstance(a, float) else a for a in arguments]
        result = compiled(*given)
        if isinstance(result, tuple):
            singles = [np.float32(r) if isinstance(r, float) else r for r in result]
            return result._make(singles) if hasattr(result, "_make") else tuple(singles)
        return np.float32(result) if isinstance(result, float) else result

    call.__doc__ = compiled.__doc__
    return call
