"""What a compiled function means: a digest of its code and of all that it reaches.

Numba freezes what a function finds in its module: constants, and other functions with what they
find in theirs. Two functions with one digest compile to the same machine code; a rule that was
replaced at run time changes the digest of every loop that calls it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from enum import EnumMeta
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

_PLAIN = (bool, int, float, complex, str, bytes, np.generic)


class Unknown(TypeError):
    """A function reaches something whose meaning cannot be told from its value."""


def meaning(function: FunctionType) -> str:
    """Digest of a function and of everything that it reaches. Raises `Unknown`."""
    seen: dict[int, str] = {}
    waiting = [function]
    while waiting:
        current = waiting.pop()
        if id(current) not in seen:
            text, reached = _own_meaning(current)
            seen[id(current)] = text
            waiting += reached
    return hashlib.sha256("\n".join(sorted(seen.values())).encode()).hexdigest()


def _own_meaning(function: FunctionType) -> tuple[str, list[FunctionType]]:
    """What one function says by itself, and the functions that it calls."""
    reached: list[FunctionType] = []
    said = [_name(function), *_code(function.__code__)]
    said.append(_value((function.__defaults__, function.__kwdefaults__), reached))
    for cell in function.__closure__ or ():
        said.append(_value(cell.cell_contents, reached))
    for name, value in _found(function):
        said.append(f"{name}={_value(value, reached)}")
    return "|".join(said), reached


def _code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr((code.co_names, code.co_varnames, code.co_freevars, code.co_argcount))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code(constant)
        elif isinstance(constant, frozenset):
            yield f"frozenset{sorted(map(repr, constant))}"
        else:
            yield f"{type(constant).__name__}:{constant!r}"


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _found(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Names of the code with what they stand for, also where they are attributes of a module.

    Which module an attribute is taken from is not looked up: every one that has it counts.
    """
    names = sorted(set(_names(function.__code__)))
    found = [(name, function.__globals__[name]) for name in names if name in function.__globals__]
    yield from found
    for home, value in found:
        if isinstance(value, ModuleType) and not _is_library(value):
            inside = vars(value)
            yield from ((f"{home}.{name}", inside[name]) for name in names if name in inside)


def _is_library(module: ModuleType) -> bool:
    return module.__name__.partition(".")[0] in ("numpy", "math", "numba")


def _name(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def _value(value: Any, reached: list[FunctionType]) -> str:
    """A value as text that is the same in every process; functions are noted in `reached`."""
    function = getattr(value, "py_func", value)
    if isinstance(function, FunctionType):
        if not (function.__module__ or "").startswith(("numpy.", "numba.")):
            reached.append(function)
        options = getattr(value, "targetoptions", None) or {}
        return f"{_name(function)}{sorted((k, repr(v)) for k, v in options.items())}"
    if value is None or isinstance(value, _PLAIN):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__}({','.join(_value(item, reached) for item in value)})"
    if isinstance(value, dict):
        items = (f"{key!r}:{_value(item, reached)}" for key, item in value.items())
        return f"dict({','.join(items)})"
    if isinstance(value, np.ndarray):
        held = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        return f"array({value.dtype},{value.shape},{held})"
    if isinstance(value, type):
        return class_meaning(value)
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, (np.ufunc, BuiltinFunctionType)):
        return f"{type(value).__name__} {value.__name__}"
    raise Unknown(f"a compiled function reaches {value!r}")


def class_meaning(kind: type) -> str:
    """A class by its name, with the members of an enumeration and the fields of a named tuple."""
    if isinstance(kind, EnumMeta):
        return f"{_name(kind)}{[(m.name, m.value) for m in kind]!r}"
    return f"{_name(kind)}{getattr(kind, '_fields', ())!r}"
