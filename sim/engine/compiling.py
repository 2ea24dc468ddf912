"""Compile rules once, and keep them: by the text and the meaning of everything that is compiled.

Numba's own cache looks only at the file of the function it compiles and would go on serving an
old result after an edit in a called file, or after a rule was replaced at run time; and it is one
setting for the whole process. So this package's functions have a cache of their own
(`sim.engine.code_cache`), and nobody else's are touched.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dis import get_instructions
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
_STRICT: dict[str, Any] = {
    "error_model": "numpy",
    "nogil": True,
    "no_cfunc_wrapper": True,
}
"""Strict IEEE arithmetic (no fast-math, no contraction), so every machine gives the same bits."""


class Compiled:
    """A function that Numba compiles when it is called, or when one that calls it is compiled.

    With a `signature` (text, or a function that gives Numba's types) it is compiled for that only.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        signature: str | Callable[[], object] | None = None,
        **options: Any,
    ) -> None:
        self.py_func = function
        self.options = options
        self.targetoptions = _STRICT | options
        self._signature = signature
        functools.update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """Run; compile first where this kind of arguments is new."""
        return self.compiler(*arguments)

    @property
    def compiler(self) -> Any:
        """Numba's dispatcher.

        Kept without a lock, which could be waited for by whoever holds Numba's own: threads that
        ask at once may make it twice, and one is kept.
        """
        kept = self.__dict__.get("_compiler")
        if kept is None:
            from sim.engine.translating import translator

            made = translator(self.py_func, self.targetoptions, self._signature)
            kept = self.__dict__.setdefault("_compiler", made)
        return kept

    @property
    def is_for_one_signature(self) -> bool:
        """Whether it is compiled for one kind of arguments, whatever it is called with."""
        return self._signature is not None

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes this for where another compiled function names it."""
        return self.compiler._numba_type_

    def __reduce__(self) -> str:
        """Found by its name, as functions are."""
        return self.py_func.__qualname__


_NO_MEMORY: dict[str, Any] = {"_nrt": False}
"""Nobody counts who refers to an array: counting took longer than most of what governments do.

A function so compiled can neither make arrays nor hand any out (`maker`, `making_loop` do).
"""


def rule(function: Function) -> Function:
    """Compile a pure scalar function: values in, values out, written into loops that call it."""
    return cast(Function, Compiled(function, forceinline=True, **_NO_MEMORY))


def own_rule(function: Function) -> Function:
    """Compile a rule of somebody's own, which may make arrays for itself."""
    return cast(Function, Compiled(function, forceinline=True))


def action(function: Function) -> Function:
    """Compile what one agent does to columns: for Python, and into the loop over all such agents.

    Groups of columns are passed by value, some hundred pointers: copying them at every call would
    take longer than the action.
    """
    return rule(function)


def inner(function: Function) -> Function:
    """Compile a part of a loop into the loop, for the same reason; Python cannot call it."""
    options: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True}
    return cast(Function, Compiled(function, **options, **_NO_MEMORY))


def maker(function: Function) -> Function:
    """Compile a part of a loop that makes arrays or hands them out; `making_loop`s call it."""
    return cast(Function, Compiled(function, forceinline=True))


def called(function: Function) -> Function:
    """Compile a large part of a loop once, to be called where it is needed, by Python too."""
    return cast(Function, Compiled(function))


class Loop:
    """A compiled function over columns, as Python calls it.

    Numba looks at every column of every group at every call, which takes longer than what most
    loops do. Here a group's class tells its kind, since a group's columns are declared once and
    made by `columns.make`; a kind that was met before goes straight to its machine code.
    """

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        self.py_func = function
        self.options = options
        self._compiled = Compiled(function, **options)
        self._known: dict[tuple[object, ...], Callable[..., Any]] = {}
        functools.update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """Run; compile first where this kind of arguments is new."""
        return self.run(kinds_of(arguments), arguments)

    def run(self, kinds: tuple[object, ...], arguments: tuple[Any, ...]) -> Any:
        """The same for a caller that knows the kinds, of all arguments that can be of several."""
        known = self._known.get(kinds)
        if known is not None:
            return known(*arguments)
        from sim.engine.translating import kind_of

        compiler = self._compiled.compiler
        result = compiler(*arguments)
        signature = tuple(map(kind_of, arguments))
        if signature in compiler.overloads:
            self._known[kinds] = compiler.overloads[signature].entry_point
        return result

    def address(self, arguments: tuple[Any, ...]) -> int:
        """Where the machine code for arguments of these kinds is; compiled first where needed."""
        from sim.engine.translating import address_of

        return address_of(self._compiled.compiler, arguments)

    @property
    def was_compiled(self) -> bool:
        """Whether this process has compiled it, and not read it."""
        return bool(self._compiled.compiler.stats.cache_misses)

    @property
    def is_kept(self) -> bool:
        """Whether what was compiled is there for the next start."""
        from sim.engine.translating import are_kept

        return are_kept(self._compiled.compiler)


def kinds_of(arguments: Iterable[Any]) -> tuple[object, ...]:
    """The kinds of arguments: those of one kind run the same machine code."""
    return tuple([_kind(a) if type(a) is np.ndarray else type(a) for a in arguments])


def _kind(array: NDArray[Any]) -> tuple[object, ...]:
    flags = array.flags
    return array.dtype, array.ndim, flags.c_contiguous, flags.writeable


def loop(function: Function) -> Function:
    """Compile a function over columns for Python; it runs without the interpreter's lock."""
    return cast(Function, Loop(function, **_NO_MEMORY))


def making_loop(function: Function) -> Function:
    """The same for a function that makes arrays, or calls one that does."""
    return cast(Function, Loop(function))


def typed(signature: str | Callable[[], object]) -> Callable[[Function], Function]:
    """Compile a much-used helper for one signature only, instead of for every mix of types.

    It is text, or a function that gives Numba's types once the helper is needed.
    """

    def decorate(function: Function) -> Function:
        return cast(Function, Compiled(function, signature))

    return decorate


def looked_up(function: Callable[..., Any]) -> set[str]:
    """Names that a plain function looks up in its module, and not in a group of columns."""
    return {str(one.argval) for one in get_instructions(function) if one.opname == "LOAD_GLOBAL"}


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
