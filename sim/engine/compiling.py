"""Compile rules once, and keep them: by the text and the meaning of everything that is compiled.

Numba's own cache looks only at the file of the function it compiles and would go on serving an
old result after an edit in a called file, or after a rule was replaced at run time; and it is one
setting for the whole process. So this package's functions have a cache of their own
(`sim.engine.code_cache`), and nobody else's are touched.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config, typeinfer
from numpy.typing import NDArray

from sim.engine.code_cache import CodeCache, code_folder

Function = TypeVar("Function", bound=Callable[..., Any])


def is_compiled() -> bool:
    """Whether these sources were compiled before on this machine, up to the largest loop."""
    return code_folder().has("lives.live-*")


_STRICT: dict[str, Any] = {
    "error_model": "numpy",
    "nogil": True,
    "no_cfunc_wrapper": True,
}
"""Strict IEEE arithmetic (no fast-math, no contraction), so every machine gives the same bits."""


def _compiler_of(function: Callable[..., Any], **options: Any) -> Any:
    """Numba's dispatcher with this package's cache.

    `NUMBA_DISABLE_JIT` is for looking into one's own functions: these only work when compiled.
    """
    options = _STRICT | options
    with _compilation():
        compiler = numba.njit(**options)(function)
    compiler._cache = CodeCache(cast(FunctionType, function), options)
    compiler.compile = _compilation()(compiler.compile)
    return compiler


@contextmanager
def _compilation() -> Iterator[None]:
    """Numba compiles, whatever the environment says: its own functions are compiled as well."""
    disabled = config.DISABLE_JIT  # type: ignore[attr-defined]
    config.DISABLE_JIT = 0  # type: ignore[attr-defined]
    try:
        yield
    finally:
        config.DISABLE_JIT = disabled  # type: ignore[attr-defined]


def rule(function: Function) -> Function:
    """Compile a pure scalar function: values in, values out, written into loops that call it."""
    return cast(Function, _compiler_of(function, forceinline=True))


def action(function: Function) -> Function:
    """Compile what one agent does to columns: for Python, and into the loop over all such agents.

    Groups of columns are passed by value, some hundred pointers: copying them at every call would
    take longer than the action.
    """
    return rule(function)


def inner(function: Function) -> Function:
    """Compile a part of a loop into the loop, for the same reason; Python cannot call it."""
    return cast(Function, _compiler_of(function, forceinline=True, no_cpython_wrapper=True))


class Loop:
    """A compiled function over columns, as Python calls it.

    Numba looks at every column of every group at every call, which takes longer than what most
    loops do. Here a group's class tells its kind, since a group's columns are declared once and
    made by `columns.make`; a kind that was met before goes straight to its machine code.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.py_func = function
        self._compiled = _compiler_of(function)
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
        compiler = _compiler_of(function)
        with typeinfer.register_dispatcher(compiler):
            compiler.compile(signature)
        compiler.disable_compile()
        return cast(Function, compiler)

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
