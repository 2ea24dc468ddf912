"""Arguments of public functions, looked at before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from operator import index
from typing import Any

from sim.errors import WrongArgument
from sim.text import near

HIGHEST_SEED = (1 << 64) - 1
CHECKPOINT_MINUTES = 2.0
"""After how long a replicate is saved, unless it is said."""
MOST_CHECKPOINT_MINUTES = 10_000


def whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number of any type, also `2.0`; raises `WrongArgument` for anything else.

    Nothing is rounded: 1.5 is no seed, and two seeds that look different are different.
    """
    found = _as_int(value)
    if found is None or not low <= found <= high:
        raise WrongArgument(f"{name}: a whole number from {low} to {high}, not {value!r}")
    return found


def number(name: str, value: Any, low: float, high: float) -> float:
    """A number of any type but a truth value; raises `WrongArgument` for anything else."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not low <= float(value) <= high:
        raise WrongArgument(f"{name}: a number from {low:g} to {high:g}, not {value!r}")
    return float(value)


def one_of(name: str, value: Any, allowed: Sequence[str]) -> Any:
    """One of some words; raises `WrongArgument` for anything else."""
    if not isinstance(value, str) or value not in allowed:
        hint = near(value, allowed) if isinstance(value, str) else ""
        raise WrongArgument(f"{name}: one of {', '.join(allowed)}, not {value!r}{hint}")
    return value


def _as_int(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        is_whole = isinstance(value, float) and value.is_integer()
        return int(value) if is_whole else None
