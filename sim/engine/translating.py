"""Numba's own half of compiling: loaded when the first function has to run, not before.

To declare a rule costs nothing, so that what only reads declarations (`check`, `--help`, the
schema) starts without a compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType
from typing import Any, cast

import numba
from numba.core import config, typeinfer

from sim.engine.claims import outermost
from sim.engine.code_cache import CodeCache, code_folder

Signature = str | Callable[[], object]


def translator(
    function: Callable[..., Any], options: Mapping[str, Any], signature: Signature | None
) -> Any:
    """Numba's dispatcher with this package's cache; for one signature only if it is given.

    `NUMBA_DISABLE_JIT` is for looking into one's own functions: these only work when compiled.
    """
    with _compilation():
        compiler = numba.njit(**options)(function)
    compiler._cache = CodeCache(cast(FunctionType, function), dict(options))
    compiler.compile = _compilation()(outermost()(compiler.compile))
    if signature is not None:
        with typeinfer.register_dispatcher(compiler):
            compiler.compile(signature() if callable(signature) else signature)
        compiler.disable_compile()
    return compiler


def kind_of(thing: object) -> object:
    """Numba's type of a value."""
    found: object = numba.typeof(thing)  # type: ignore[no-untyped-call]
    return found


def address_of(compiler: Any, arguments: Iterable[object]) -> int:
    """Where a function's machine code for arguments of these kinds is."""
    kinds = tuple(map(kind_of, arguments))
    if kinds not in compiler.overloads:
        compiler.compile(kinds)
    compiled = compiler.overloads[kinds]
    return int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))


def are_kept(compiler: Any) -> bool:
    """Whether all that a function was compiled to is there for the next start."""
    codegen = compiler.targetctx.codegen()
    folder = code_folder()
    names = [compiler._cache.name(kinds, codegen) for kinds in compiler.overloads]
    return folder.private is None and all(name and folder.has(name) for name in names)


@contextmanager
def _compilation() -> Iterator[None]:
    """Numba compiles, whatever the environment says: its own functions are compiled as well."""
    disabled = config.DISABLE_JIT  # type: ignore[attr-defined]
    config.DISABLE_JIT = 0  # type: ignore[attr-defined]
    try:
        yield
    finally:
        config.DISABLE_JIT = disabled  # type: ignore[attr-defined]
