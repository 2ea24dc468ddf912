"""Pydantic's findings in words for people: what is wrong, what is allowed, in which unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS
from sim.scenario.blocks import Society, Transition
from sim.scenario.given import as_number, as_text, instead
from sim.scenario.source import Mistake, Path_
from sim.text import near, number, short

Hint = Callable[[Path_, Any, type[BaseModel]], str | None]
"""What one kind of file says of a finding about a path; an empty text where the usual words will
do, None where what stands around it is the mistake, which the check of the whole tells."""
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "string": "text",
    "bool": "true or false",
    "list": "a list (lines that begin with `- `)",
    "dict": "a block of `key: value` lines",
    "model": "a block of `key: value` lines",
}
_MEANT = {
    **dict.fromkeys(("where", "whom", "government", "region", "place"), ("who",)),
    **dict.fromkeys(("when", "from", "begin", "at"), ("month", "start")),
    **dict.fromkeys(("length", "duration", "during", "lasts"), ("over", "months", "years")),
    **dict.fromkeys(("value", "values", "parameters", "lever", "levers"), ("set",)),
    **dict.fromkeys(("target", "towards", "position"), ("to",)),
    **dict.fromkeys(("reason", "because", "comment", "note", "cause"), ("why",)),
    **dict.fromkeys(("magnitude", "strength", "severity", "amount"), ("size",)),
    **dict.fromkeys(("type", "shock"), ("kind",)),
    **dict.fromkeys(("country", "nation"), ("place",)),
    **dict.fromkeys(("population", "people", "residents", "agents"), ("citizens",)),
    **dict.fromkeys(("firms", "companies", "suppliers"), ("entrepreneurs",)),
    **dict.fromkeys(("parent", "inherits", "basis"), ("extends",)),
    **dict.fromkeys(("runs", "repetitions", "iterations", "samples"), ("replicates", "points")),
    **dict.fromkeys(("scenarios", "plans"), ("policies",)),
}
"""Other words for keys, each with what it may mean."""
_DATES = ("start", "date")


def findings_by_path(error: ValidationError) -> dict[Path_, Any]:
    """The first finding about each wrong value."""
    found: dict[Path_, Any] = {}
    for finding in error.errors(include_url=False):
        path = tuple(part for part in finding["loc"] if part != "[key]")
        found.setdefault(path, finding)
    return found


def explained(findings: Mapping[Path_, Any], top: type[BaseModel], hint: Hint) -> Iterator[Mistake]:
    """Each wrong value in words; `top` is the class of the whole file."""
    for path, finding in findings.items():
        text = hint(path, finding, top)
        if text is not None:
            yield path, text or _message(path, finding, top)


def unknown_parameter(name: str, *, dated: bool = False) -> str:
    """What to say of a parameter that does not exist; `dated` where it was to change in a month."""
    row = name.rpartition(".")[2]
    if row in FIGURE.row_ids and name in (row, f"governance.{row}", f"central.{row}"):
        if dated:
            move = f"{{month: 12, to: gov3, rows: [{row}]}}"
            return f"a row of the figure moves under transition.moves, as {move}"
        return f"a row of the figure is written under governance, as {row}: gov3"
    if row in {cell.name for cell in FIGURE.cells} and name in (row, f"cells.{row}"):
        held = ", and holds from month 0" if dated else ""
        return f"a cell of the figure is written under cells, as {row}: {{gov3: 0.5}}{held}"
    if name.startswith("rules.") and f"{row}.theory" in PARAMETERS:
        held = "; it holds from month 0 and cannot change later" if dated else ""
        return f"which rule is followed is written as rules: {{{row}: ...}}{held}"
    return f"unknown parameter{near(name, list(PARAMETERS))}"


def unknown_cell(name: str) -> str:
    """What to say of a cell that does not exist."""
    return f"unknown cell{near(name, [cell.name for cell in FIGURE.cells])}"


def outside(value: float, low: float, high: float, unit: str) -> str:
    """`9 is outside 1 to 4 (ratio)`."""
    return f"{number(value)} is outside {low:g} to {high:g} ({unit})"


def _message(path: Path_, finding: Any, top: type[BaseModel]) -> str:
    kind, given = finding["type"], finding["input"]
    if given is None and re.fullmatch("[0-9]+", str(path[-1])) and isinstance(path[-1], str):
        return "a comma separates values here; decimals are written with a point, as 2.5"
    if kind == "extra_forbidden":
        return _unknown_key(path, top)
    if _is_value(path):
        return _wrong_value(path, given)
    block = _block(path, top)
    field = block.model_fields.get(str(path[-1])) if block else None
    about = f" ({field.description})" if field is not None and field.description else ""
    if kind == "missing":
        return f"is missing{about}"
    if kind == "literal_error":
        return _not_among(given, re.findall(r"'([^']*)'", finding["ctx"]["expected"]))
    if kind in ("too_short", "string_too_short"):
        return f"is empty{about}"
    if kind == "too_long":
        length, most = finding["ctx"]["actual_length"], finding["ctx"]["max_length"]
        return f"lists {length:,}; at most {most:,}{about}"
    if kind == "string_too_long":
        return f"is longer than {finding['ctx']['max_length']} characters"
    if str(path[-1]) in _DATES:
        return f"expected a calendar month as 1995-01{instead(given)}"
    if isinstance(given, int | float) and not isinstance(given, bool) and "_than" in kind:
        return f"{number(given)} {_bounds(field)}{about}"
    expected = _KINDS.get(kind.split("_", maxsplit=1)[0], "another kind of value")
    if expected.endswith("number"):
        return f"expected {expected}{_range(field)}{about}{instead(given)}{as_number(given)}"
    hint = as_text(given) if expected == "text" else ""
    return f"expected {expected}{instead(given)}{hint}"


def _unknown_key(path: Path_, top: type[BaseModel]) -> str:
    key = str(path[-1])
    if key == "<<":
        return "merge keys (<<) are not supported; write the keys out"
    block = _block(path, top)
    keys = [*(block.model_fields if block else ()), *getattr(block, "FILE_KEYS", ())]
    return f"unknown key{near(_meant(key, keys), keys)}"


def _meant(key: str, keys: Sequence[str]) -> str:
    """The key that people mean by another word, or the word itself."""
    return next((k for k in _MEANT.get(key.casefold(), ()) if k in keys), key)


def scenario_hint(path: Path_, finding: Any, top: type[BaseModel]) -> str | None:
    """What to say of a key that a scenario knows elsewhere."""
    if path[0] == "cells" and len(path) > 2 and path[1] not in {c.name for c in FIGURE.cells}:
        return None
    if finding["type"] != "extra_forbidden":
        return ""
    if path == ("extends",):
        return "only a file can extend another one"
    home = _home(path, top)
    return f"unknown key here; {home}" if home else ""


def _home(path: Path_, top: type[BaseModel]) -> str:
    """Where a key belongs that is known elsewhere."""
    key = str(path[-1])
    for name in (key, ".".join(map(str, path))):
        if name in PARAMETERS:
            return f"'{name}' belongs under parameters"
    if len(path) > 1:
        is_top = key in top.model_fields and not any(isinstance(part, int) for part in path)
        return f"'{key}' belongs at the left edge" if is_top else ""
    if key in FIGURE.row_ids:
        return f"'{key}' belongs under governance"
    for block, fields in (("society", Society), ("transition", Transition)):
        if key.removeprefix(f"{block}.") in fields.model_fields:
            return f"'{key.removeprefix(f'{block}.')}' belongs under {block}"
    return ""


def _is_value(path: Path_) -> bool:
    """Whether a path names a parameter or an anchor of a cell, which are declared elsewhere."""
    return (path[0] in ("parameters", "cells") and len(path) > 1) or path[-2:-1] == ("set",)


def _wrong_value(path: Path_, given: Any) -> str:
    name = str(path[-1])
    if path[0] == "cells":
        cells = {cell.name: cell for cell in FIGURE.cells}
        cell = cells.get(str(path[1]))
        if cell is None:
            return unknown_cell(str(path[1]))
        if len(path) == 2:
            return f"expected values by paradigm, as {{gov3: {cell.values[-1]:g}}}{instead(given)}"
        return expected_number(given, cell.low, cell.high, cell.unit)
    if name not in PARAMETERS:
        if isinstance(given, Mapping) and any(p.startswith(f"{name}.") for p in PARAMETERS):
            inner = [f"{name}.{key}" for key in given if f"{name}.{key}" in PARAMETERS]
            example = (inner or [p for p in PARAMETERS if p.startswith(f"{name}.")])[0]
            return f"parameters are written with their full names, as {example}"
        return unknown_parameter(name, dated=path[0] == "policy")
    parameter = PARAMETERS[name]
    if parameter.choices:
        process = name.partition(".")[0]
        return f"a rule is chosen by name, as rules: {{{process}: {parameter.choices[-1]}}}"
    return expected_number(given, parameter.low, parameter.high, parameter.unit)


def expected_number(given: Any, low: float, high: float, unit: str) -> str:
    """What to say where a number of a declared range belongs."""
    allowed = f"from {low:g} to {high:g} ({unit})"
    return f"expected a number {allowed}{instead(given)}{as_number(given)}"


def _not_among(given: Any, allowed: Sequence[str]) -> str:
    if isinstance(given, str):
        return f"'{short(given)}' is not allowed{near(given, allowed)}"
    return f"expected one of {', '.join(allowed)}{instead(given)}"


def _block(path: Path_, top: type[BaseModel]) -> type[BaseModel] | None:
    """The class of the block in which the last part of a path stands; None if there is none."""
    here: Any = top
    for part in path[:-1]:
        here = _inside(here, part)
    return next((kind for kind in _kinds(here) if _is_block(kind)), None)


def _inside(annotation: Any, part: str | int) -> Any:
    """The type of what stands under a key or number in something of a type."""
    for kind in _kinds(annotation):
        if _is_block(kind) and part in kind.model_fields:
            return kind.model_fields[part].annotation
        if get_origin(kind) is (list if isinstance(part, int) else dict):
            return get_args(kind)[-1]
    return None


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types that a type may be."""
    if isinstance(annotation, type) or get_origin(annotation) in (list, dict):
        yield annotation
    else:
        for kind in get_args(annotation):
            yield from _kinds(kind)


def _is_block(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _ends(field: FieldInfo | None) -> tuple[Any, Any]:
    """The lowest and the highest allowed value that a field declares; None where there is none."""
    ends: dict[str, Any] = {}
    for bound in field.metadata if field is not None else ():
        for name in ("ge", "le", "lt"):
            if getattr(bound, name, None) is not None:
                ends[name] = getattr(bound, name)
    highest = ends["lt"] - 1 if "lt" in ends else ends.get("le")
    return ends.get("ge"), highest


def _bounds(field: FieldInfo | None) -> str:
    low, high = _ends(field)
    if low is None:
        return "is too small; it must be above 0"
    return f"is less than {low}" if high is None else f"is outside {low} to {high}"


def _range(field: FieldInfo | None) -> str:
    low, high = _ends(field)
    return f" from {low} to {high}" if high is not None else ""
