"""What Numba has no function for: calls of compiled code by its address, and memory fetched ahead.

Written into one another, twenty loops take minutes to compile, again after every change of one. By
address each is compiled and kept by itself, and what calls them need not be compiled again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sim.engine.written import written


class Intrinsic:
    """A function for compiled code whose machine code is written by hand; nothing in plain Python.

    `py_func` is asked by Numba for the kind of a call, and for what writes its code.
    """

    def __init__(self, definition: Callable[..., Any]) -> None:
        self.py_func = definition

    def __call__(self, *_: Any) -> None:
        """Nothing."""

    @property
    def _numba_type_(self) -> Any:
        from numba.core.registry import cpu_target

        made = _made(self.py_func)
        cpu_target.typing_context.refresh()
        return cpu_target.typing_context.resolve_value_type(made)


@cache
def _made(definition: Callable[..., Any]) -> Any:
    from numba.extending import intrinsic

    return intrinsic(definition)


@cache
def call_by_address(values: int) -> Intrinsic:
    """A call of a function that takes so many values and returns nothing: its address, and they.

    The function must have been compiled for just the kinds of values that it is handed.
    """
    names = ", ".join(f"value_{place}" for place in range(values))
    text = f"def call(context, address, {names}):\n    return typed_call(address, {names})\n"
    return Intrinsic(written(__name__, text, {"typed_call": _typed_call}))


def _typed_call(address: Any, *kinds: Any) -> Any:
    from numba.core import types

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        convention = context.call_conv
        kind = convention.get_function_type(types.none, kinds)
        pointer = builder.inttoptr(given[0], kind.as_pointer())
        status, _ = convention.call_function(builder, pointer, types.none, kinds, given[1:])
        with builder.if_then(status.is_error, likely=False):
            convention.return_status_propagate(builder, status)
        return context.get_dummy_value()

    return types.none(address, *kinds), write


def _fetch_ahead(context: Any, array: Any, entry: Any) -> Any:
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.np.arrayobj import make_array

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        held = make_array(array)(context, builder, given[0])  # type: ignore[no-untyped-call]
        place = cgutils.get_item_pointer(  # type: ignore[no-untyped-call]
            context, builder, array, held, [given[1]]
        )
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        read, keep, data = ir.Constant(word, 0), ir.Constant(word, 3), ir.Constant(word, 1)
        builder.call(fetch, [builder.bitcast(place, byte), read, keep, data])
        return context.get_dummy_value()

    return types.none(array, entry), write


fetch_ahead = Intrinsic(_fetch_ahead)
"""Have the processor fetch an entry of an array, of one dimension, that is read soon."""
