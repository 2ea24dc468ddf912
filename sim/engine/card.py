"""Rules on a graphics card: the very functions of the model, compiled for NVIDIA's processors too.

Every rule that a kernel reaches is made again for the card from the same Python function, with the
same kinds of numbers, rounded after every operation as a processor does: nothing is contracted,
nothing is approximated. Numba-CUDA is loaded when a card is asked for, not before.
"""

from __future__ import annotations

import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from types import FunctionType
from typing import Any

from sim.engine.compiling import Compiled, looked_up

_JOINED = re.compile(r"\bfma\.|\b(?:add|sub|mul)\.f(?:32|64)\b")
"""A product and a sum in one rounding, or an operation that the assembler may join to another."""
_INSTALL = "pip install 'govshift[gpu]'"
_one_at_a_time = threading.Lock()


def missing_card() -> str:
    """What is missing to work on a card, in words; empty if nothing is."""
    if is_simulated():
        return ""
    if find_spec("numba_cuda") is None:
        return f"numba-cuda is not installed; install it with {_INSTALL}"
    if not _numba_cuda().is_available():
        return "there is no NVIDIA card that can be used, or no driver for it"
    return ""


def is_simulated() -> bool:
    """Whether Numba plays a card in plain Python (`NUMBA_ENABLE_CUDASIM=1`), for tests."""
    from numba.core import config

    return bool(config.ENABLE_CUDASIM)  # type: ignore[attr-defined]


def free_on_card() -> int:
    """Bytes of its memory that nobody has taken."""
    if is_simulated():
        return sys.maxsize
    return int(_numba_cuda().current_context().get_memory_info().free)


def to_card(array: Any) -> Any:
    """A copy of an array in the memory of the card."""
    return array.copy() if is_simulated() else _numba_cuda().to_device(array)


def copy_to_card(array: Any, there: Any) -> None:
    """Copy an array into one of the same shape on the card."""
    if is_simulated():
        there[...] = array
    else:
        there.copy_to_device(array)


def copy_from_card(there: Any, array: Any) -> None:
    """Copy an array of the card into one of the same shape; waits for what the card does."""
    if is_simulated():
        array[...] = there
    else:
        there.copy_to_host(array)


class Kernel:
    """What all threads of a card do at once: a plain function that calls rules.

    It finds Numba's module for cards as `cuda` among its globals.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        self.py_func = function

    def __call__(self, blocks: int, threads: int, *arguments: Any) -> None:
        """Begin the work of so many blocks of threads; later copies wait for it."""
        with _one_at_a_time, _each_operation_rounded(), _small_grids_unmentioned():
            _kernel(self.py_func)[blocks, threads](*arguments)


def _numba_cuda() -> Any:
    from numba import cuda

    return cuda


@cache
def _kernel(function: Callable[..., None]) -> Any:
    cuda = _numba_cuda()
    # Not linked from an intermediate form: there the linker decides what is joined.
    options = {} if is_simulated() else {"lto": False}
    return cuda.jit(_made_again(function, {}, {"cuda": cuda}), **options)


def _made_again(function: Any, made: dict[int, Any], names: dict[str, Any]) -> FunctionType:
    """A plain function again, which finds rules for the card, and some other names."""
    called = {
        name: _for_card(thing, made)
        for name in looked_up(function)
        if isinstance(thing := function.__globals__.get(name), Compiled)
    }
    found = function.__globals__ | called | names
    return FunctionType(function.__code__, found, function.__name__, function.__defaults__)


def _for_card(rule: Compiled, made: dict[int, Any]) -> Any:
    """A rule for the card; `made` has those so far."""
    if id(rule) not in made:
        if rule.is_for_one_signature:
            raise TypeError(f"{rule.py_func.__name__}: is compiled for one signature only")
        plain = _made_again(rule.py_func, made, {})
        if not is_simulated():
            plain = _numba_cuda().jit(device=True, forceinline=True)(plain)
        made[id(rule)] = plain
    return made[id(rule)]


@contextmanager
def _each_operation_rounded() -> Iterator[None]:
    """While something is compiled for the card: it joins products and sums unless it is told."""
    if is_simulated():
        yield
        return
    from numba.cuda.cudadrv import nvvm

    compiler: Any = nvvm
    usual = compiler.compile_ir

    def compile_rounding(text: Any, **options: Any) -> Any:
        made = usual(text, **options | {"fma": False})
        _refuse_joined(made.decode(errors="replace"))
        return made

    compiler.compile_ir = compile_rounding
    try:
        yield
    finally:
        compiler.compile_ir = usual


@contextmanager
def _small_grids_unmentioned() -> Iterator[None]:
    """Small societies leave most of a card idle, which is no news to anybody."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*Grid size")
        yield


def _refuse_joined(text: str) -> None:
    """Raises `RuntimeError` if the card would round otherwise than a processor does."""
    joined = _JOINED.search(text)
    if joined is not None:
        raise RuntimeError(f"the compiler of the card gives {joined[0]!r}, whose bits differ")
