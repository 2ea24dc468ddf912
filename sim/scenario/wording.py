"""Pydantic's findings in words for people: what is wrong, what is allowed, in which unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.paradigms import FIGURE
from sim.scenario.blocks import Move, PolicyChange, Shock, Society, Transition
from sim.scenario.source import Mistake, Path_, plain
from sim.text import near

_BLOCKS: Mapping[str, type[BaseModel]] = {
    "society": Society,
    "transition": Transition,
    "moves": Move,
    "policy": PolicyChange,
    "shocks": Shock,
}
_POSITIONS = ("governance", "central", "to")
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "bool": "true or false",
    "list": "a list",
    "dict": "a block of keys",
    "model": "a block of keys",
}


def explained(error: ValidationError, top: type[BaseModel]) -> list[Mistake]:
    """Each wrong value once; `top` is the class of the whole file."""
    findings: dict[Path_, list[Any]] = {}
    for finding in error.errors():
        path = tuple(part for part in finding["loc"] if not _is_branch(part))
        findings.setdefault(path, []).append(finding)
    return [(path, _message(path, found, top)) for path, found in findings.items()]


def _message(path: Path_, findings: list[Any], top: type[BaseModel]) -> str:
    finding = findings[0]
    kind, given = finding["type"], finding["input"]
    if kind == "extra_forbidden":
        keys = [*_block(path, top).model_fields, *(["extends"] if len(path) == 1 else [])]
        return f"unknown key{near(str(path[-1]), keys)}"
    if kind == "missing":
        return "is missing"
    if any(part in _POSITIONS for part in path) and kind.endswith("_type"):
        ids = ", ".join(FIGURE.paradigm_ids)
        end = f"{FIGURE.last_position:g}"
        return f"expected a paradigm ({ids}), a position from 0 to {end}, or a mix{_not(given)}"
    if kind == "literal_error":
        allowed = [word.strip("' ") for word in finding["ctx"]["expected"].split(" or ")]
        words = [word.strip("' ") for part in allowed for word in part.split(",")]
        return f"'{given}' is not allowed{near(str(given), words)}"
    if kind.endswith("_type") or kind == "int_from_float":
        expected = _KINDS.get(kind.split("_", maxsplit=1)[0], "another kind of value")
        return f"expected {expected}{_not(given)}{_hint(given, expected)}"
    field = _block(path, top).model_fields.get(str(path[-1]))
    if field is not None and isinstance(given, int | float):
        return f"{given:g} is outside {_bounds(field)} ({field.description})"
    return f"{finding['msg'][0].lower()}{finding['msg'][1:]}{_not(given)}"


def _block(path: Path_, top: type[BaseModel]) -> type[BaseModel]:
    """The class of the block in which the last part of a path stands."""
    names = [part for part in path[:-1] if isinstance(part, str)]
    return _BLOCKS.get(names[-1], top) if names else top


def _is_branch(part: str | int) -> bool:
    """Whether pydantic added this part of a path for a branch of a union."""
    return isinstance(part, str) and (
        part in ("float", "str", "int", "list[str]", "literal['all']") or part.startswith("dict[")
    )


def _bounds(field: FieldInfo) -> str:
    """`1 to 100`, from what the field declares."""
    ends: dict[str, Any] = {}
    for bound in field.metadata:
        for name in ("ge", "le", "lt"):
            if getattr(bound, name, None) is not None:
                ends[name] = getattr(bound, name)
    low, high = ends.get("ge"), ends.get("le", ends.get("lt"))
    if high is None:
        return f"{low} and above"
    return f"{low} to {high}" if "le" in ends else f"{low} to {high - 1}"


def _not(given: Any) -> str:
    if isinstance(given, str):
        return f", not the text '{given[:40]}'"
    if isinstance(given, bool):
        return f", not {str(given).lower()}"
    if isinstance(given, Mapping):
        return ", not a block of keys"
    if isinstance(given, list):
        return ", not a list"
    return ", not nothing" if given is None else f", not {given}"


def _hint(given: Any, expected: str) -> str:
    """What to do about text that looks like a number, or like a truth value of YAML 1.1."""
    if "number" not in expected or not isinstance(given, str):
        return ""
    if isinstance(plain(given.strip()), int | float) and not isinstance(plain(given.strip()), bool):
        return "; leave out the quotes"
    return ""
