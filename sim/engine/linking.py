"""One compiled function that calls others by their address, which it is told when it runs.

Written into one another, twenty loops take minutes to compile, again after every change of one. By
address each is compiled and kept by itself, and what calls them need not be compiled again.
"""

from __future__ import annotations

from functools import cache
from types import FunctionType
from typing import Any

from sim.engine.written import written


class CallByAddress:
    """A call of a function that takes so many values and returns nothing, for compiled code.

    The function must have been compiled for just the kinds of values that it is handed.
    """

    def __init__(self, values: int) -> None:
        self.py_func = _caller(values)
        self._values = values

    @property
    def _numba_type_(self) -> Any:
        from numba.core.registry import cpu_target

        context = cpu_target.typing_context
        intrinsic = _intrinsic(self._values)
        context.refresh()
        return context.resolve_value_type(intrinsic)


@cache
def _intrinsic(values: int) -> Any:
    from numba.extending import intrinsic

    return intrinsic(_caller(values))


@cache
def _caller(values: int) -> FunctionType:
    """What Numba asks of an intrinsic: the kind of the call, and the code for it."""
    names = ", ".join(f"value_{place}" for place in range(values))
    text = f"def call(context, address, {names}):\n    return typed_call(address, {names})\n"
    return written(__name__, text, {"typed_call": typed_call})


def typed_call(address: Any, *kinds: Any) -> Any:
    """The kind of a call of a function by its address, and what writes its code."""
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
