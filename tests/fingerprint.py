"""The whole state and record of a model in one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from sim.model import GovernanceModel

SCRATCH = ("state.block_tallies", "state.block_reports")
"""Where the compiled engine adds up before it writes elsewhere; the other has no use for it."""


def fingerprint(model: GovernanceModel, *, without: tuple[str, ...] = ()) -> str:
    """SHA-256 over every column of the state and everything in the record, with their names.

    `without` are beginnings of names to leave out.
    """
    digest = hashlib.sha256()
    for name, value in contents(model).items():
        if name.startswith(without):
            continue
        digest.update(f"{name}\n".encode())
        if isinstance(value, np.ndarray):
            digest.update(f"{value.dtype.str}{value.shape}\n".encode())
            digest.update(np.ascontiguousarray(value).tobytes())
        else:
            digest.update(f"{value!r}\n".encode())
    return digest.hexdigest()


def contents(model: GovernanceModel) -> dict[str, Any]:
    """All arrays and values, by where they are. What the classes hold is asked of the classes."""
    whole = dict(_leaves("state", model.state)) | dict(_leaves("record", model.record))
    return {name: value for name, value in sorted(whole.items()) if name not in SCRATCH}


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    for key, inner in _inside(value):
        yield from _leaves(f"{name}.{key}", inner)
    if _is_leaf(value):
        yield name, value.item() if isinstance(value, np.generic) else value


def _is_leaf(value: Any) -> bool:
    plain = (np.ndarray, np.generic, bool, int, float, str)
    return value is None or isinstance(value, plain)


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value) and not isinstance(value, type):
        yield from ((field.name, getattr(value, field.name)) for field in fields(value))
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        yield from zip(value._fields, value, strict=True)
    elif isinstance(value, (tuple, list)):
        yield from ((str(place), inner) for place, inner in enumerate(value))
    elif isinstance(value, dict):
        yield from ((str(key), inner) for key, inner in value.items())
    elif not _is_leaf(value):
        yield from vars(value).items()
