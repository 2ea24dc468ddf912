"""What is wrong with a scenario: each mistake with its path, in words that name what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from sim.paradigms import FIGURE
from sim.processes.declared import PARAMETERS
from sim.scenario.blocks import Move, PolicyChange, Society, Transition
from sim.scenario.positions import row_positions
from sim.scenario.source import Path_
from sim.society.places import UnknownPlace, check_place, is_drawn, local_government_names
from sim.text import near

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Mistake = tuple[Path_, str]
_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_FEWEST_RESIDENTS = 8
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "bool": "true or false",
    "list": "a list",
    "dict": "a block of keys",
    "model": "a block of keys",
}


def explained(error: ValidationError, top: list[str]) -> list[Mistake]:
    """Pydantic's findings in our words; `top` lists the keys of a scenario."""
    mistakes = []
    for finding in error.errors():
        path = tuple(part for part in finding["loc"] if not _is_branch(part))
        message = finding["msg"].removeprefix("Value error, ")
        kind = finding["type"]
        given = finding["input"]
        if kind == "extra_forbidden":
            message = f"unknown key{near(str(path[-1]), _keys_at(path[:-1], top))}"
        elif kind == "missing":
            message = "is missing"
        elif kind.endswith("_type") or kind.endswith("_parsing"):
            message = f"{_expected(kind)}, not {_shown(given)}"
        elif "ctx" in finding:
            message = f"{message[0].lower()}{message[1:]}, not {_shown(given)}"
        mistakes.append((path, message))
    return mistakes


def _is_branch(part: str | int) -> bool:
    """Whether pydantic added this part of a path for a branch of a union."""
    return isinstance(part, str) and (
        part in ("float", "str", "int", "list[str]", "literal['all']") or part.startswith("dict[")
    )


def _expected(kind: str) -> str:
    return f"expected {_KINDS.get(kind.split('_', maxsplit=1)[0], 'another kind of value')}"


def _shown(given: Any) -> str:
    if isinstance(given, str):
        return f"the text '{given}'"
    if isinstance(given, bool):
        return str(given).lower()
    return "nothing" if given is None else str(given)


def _keys_at(path: Path_, top: list[str]) -> list[str]:
    """The keys allowed in a block of a scenario."""
    blocks: dict[str, type[BaseModel]] = {
        "society": Society,
        "transition": Transition,
        "moves": Move,
        "policy": PolicyChange,
    }
    names = [part for part in path if isinstance(part, str)]
    if names and names[-1] in blocks:
        return list(blocks[names[-1]].model_fields)
    return [*top, "extends"]


def check(s: Scenario) -> list[Mistake]:
    """What one field cannot see."""
    mistakes: list[Mistake] = []
    if not _DATE.fullmatch(s.start):
        mistakes.append((("start",), f"a calendar month as 1995-01, not '{s.start}'"))
    for block in ("governance", "central"):
        written = getattr(s, block)
        if written is not None:
            mistakes += [((block, *path), text) for path, text in row_positions(written)[1]]
    mistakes += _check_society(s)
    mistakes += _check_values(s.parameters, ("parameters",), month_0=True)
    mistakes += _check_cells(s)
    mistakes += _check_moves(s) + _check_policy(s)
    return mistakes


def _check_society(s: Scenario) -> list[Mistake]:
    try:
        check_place(s.society.place)
    except UnknownPlace as error:
        return [(("society", "place"), str(error))]
    mistakes: list[Mistake] = []
    drawn = is_drawn(s.society.place)
    if not drawn and "local_governments" in s.society.model_fields_set:
        mistakes.append(
            (("society", "local_governments"), f"{s.society.place} has its own; leave this out")
        )
    count = len(local_government_names(s.society.place, count=s.society.local_governments))
    if s.society.citizens < _FEWEST_RESIDENTS * count:
        mistakes.append(
            (
                ("society", "citizens"),
                f"{s.society.citizens} is too few for {count} local governments: "
                f"at least {_FEWEST_RESIDENTS * count}",
            )
        )
    if s.society.place.startswith("europe:"):
        for name in s.parameters:
            if name.startswith("society.infrastructure"):
                message = f"infrastructure in {s.society.place} is observed; leave this out"
                mistakes.append((("parameters", name), message))
    return mistakes


def _check_values(values: Mapping[str, float], path: Path_, *, month_0: bool) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for name, value in values.items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            known = list(PARAMETERS)
            mistakes.append(((*path, name), f"unknown parameter{near(name, known)}"))
        elif not parameter.low <= value <= parameter.high:
            message = f"{value:g} is outside {parameter.low:g} to {parameter.high:g}"
            mistakes.append(((*path, name), f"{message} ({parameter.unit})"))
        elif parameter.at_start and not month_0:
            mistakes.append(((*path, name), "holds from month 0 and cannot change later"))
    return mistakes


def _check_cells(s: Scenario) -> list[Mistake]:
    mistakes: list[Mistake] = []
    known = {cell.name: cell for cell in FIGURE.cells}
    for name, anchors in s.cells.items():
        if name not in known:
            mistakes.append((("cells", name), f"unknown cell{near(name, list(known))}"))
            continue
        for paradigm, value in anchors.items():
            path = ("cells", name, paradigm)
            if paradigm not in FIGURE.paradigm_ids:
                text = f"'{paradigm}' is not a paradigm{near(paradigm, FIGURE.paradigm_ids)}"
                mistakes.append((path, text))
            elif not known[name].low <= value <= known[name].high:
                cell = known[name]
                text = f"{value:g} is outside {cell.low:g} to {cell.high:g} ({cell.unit})"
                mistakes.append((path, text))
    if not mistakes:
        for simplex in FIGURE.override(s.cells).broken_simplexes():
            names = [cell.name for cell in FIGURE.cells if cell.simplex == simplex]
            mistakes.append((("cells",), f"{', '.join(names)} must sum to one"))
    return mistakes


def _check_when(s: Scenario, item: Move | PolicyChange, path: Path_) -> list[Mistake]:
    if (item.month is None) == (item.date is None):
        return [(path, "needs either month or date")]
    if item.date is not None and not _DATE.fullmatch(item.date):
        return [((*path, "date"), f"a calendar month as 2003-01, not '{item.date}'")]
    month = s.month_of(item.month, item.date)
    if not 1 <= month <= s.months:
        key = "month" if item.date is None else "date"
        return [((*path, key), f"month {month} is outside 1 to {s.months}")]
    return []


def _check_moves(s: Scenario) -> list[Mistake]:
    mistakes: list[Mistake] = []
    if s.transition.mode == "fixed" and s.transition.moves:
        mistakes.append((("transition", "moves"), "mode is fixed; moves need mode: scheduled"))
    if s.transition.mode == "scheduled" and not s.transition.moves:
        mistakes.append((("transition", "mode"), "scheduled needs moves"))
    for index, move in enumerate(s.transition.moves):
        path: Path_ = ("transition", "moves", index)
        mistakes += _check_when(s, move, path)
        mistakes += [((*path, "to"), text) for _, text in row_positions(move.to)[1]]
        for row in move.rows if move.rows != "all" else ():
            if row not in FIGURE.row_ids:
                text = f"'{row}' is not a row of the figure{near(row, FIGURE.row_ids)}"
                mistakes.append(((*path, "rows"), text))
        mistakes += _check_who(s, move.who, (*path, "who"))
    return mistakes


def _check_who(s: Scenario, who: str, path: Path_) -> list[Mistake]:
    try:
        names = local_government_names(s.society.place, count=s.society.local_governments)
    except UnknownPlace:
        return []
    allowed = ("all", "local", "central", *names)
    return [] if who in allowed else [(path, f"nobody is called '{who}'{near(who, allowed)}")]


def _check_policy(s: Scenario) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for index, change in enumerate(s.policy):
        path: Path_ = ("policy", index)
        mistakes += _check_when(s, change, path)
        mistakes += _check_values(change.set, (*path, "set"), month_0=False)
    return mistakes
