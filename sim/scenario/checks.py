"""What is wrong with a scenario as a whole: each mistake with its path and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from sim.paradigms import FIGURE
from sim.processes.declared import LEVERS, PARAMETERS
from sim.processes.shocks import SHOCKS
from sim.scenario.blocks import Move, PolicyChange, Shock
from sim.scenario.positions import row_positions
from sim.scenario.source import Mistake, Path_
from sim.society.places import UnknownPlace, check_place, is_drawn, local_government_names
from sim.text import near

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_FEWEST_RESIDENTS = 8


def check(s: Scenario, dropped: Set[Path_] = frozenset()) -> list[Mistake]:
    """What one field cannot see. `dropped` are paths that were wrong by themselves."""
    mistakes: list[Mistake] = []
    if not _DATE.fullmatch(s.start):
        mistakes.append((("start",), f"expected a calendar month as 1995-01, not '{s.start}'"))
        dropped = {*dropped, ("start",)}
    for block in ("governance", "central"):
        written = getattr(s, block)
        if written is not None:
            mistakes += [((block, *path), text) for path, text in row_positions(written)[1]]
    society = _check_society(s)
    mistakes += society
    places = None if society or ("society",) in dropped else _place_names(s)
    mistakes += _check_values(s.parameters, ("parameters",))
    mistakes += _check_cells(s)
    dated = not ({("start",), ("years",)} & set(dropped))
    mistakes += _check_moves(s, places, dated=dated)
    mistakes += _check_policy(s, places, dated=dated)
    mistakes += _check_shocks(s, places, dated=dated)
    return mistakes


def _place_names(s: Scenario) -> tuple[str, ...]:
    return local_government_names(s.society.place, count=s.society.local_governments)


def _check_society(s: Scenario) -> list[Mistake]:
    try:
        check_place(s.society.place)
    except UnknownPlace as error:
        return [(("society", "place"), str(error))]
    mistakes: list[Mistake] = []
    drawn = is_drawn(s.society.place)
    if not drawn and "local_governments" in s.society.model_fields_set:
        text = f"{s.society.place} has its own local governments; leave this out"
        mistakes.append((("society", "local_governments"), text))
    fewest = _FEWEST_RESIDENTS * len(_place_names(s))
    if s.society.citizens < fewest:
        text = f"{s.society.citizens} are too few for these local governments: at least {fewest}"
        mistakes.append((("society", "citizens"), text))
    if s.society.place.startswith("europe:"):
        text = f"infrastructure in {s.society.place} is observed; leave this out"
        mistakes += [
            (("parameters", name), text)
            for name in s.parameters
            if name.startswith("society.infrastructure")
        ]
    return mistakes


def _check_values(values: Mapping[str, float], path: Path_) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for name, value in values.items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            mistakes.append(((*path, name), f"unknown parameter{near(name, list(PARAMETERS))}"))
        elif not parameter.low <= value <= parameter.high:
            message = f"{value:g} is outside {parameter.low:g} to {parameter.high:g}"
            mistakes.append(((*path, name), f"{message} ({parameter.unit})"))
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


def _check_when(
    s: Scenario, item: Move | PolicyChange | Shock, path: Path_, *, dated: bool
) -> list[Mistake]:
    if (item.month is None) == (item.date is None):
        both = "not both" if item.month is not None else "there is neither"
        return [(path, f"needs either month or date; {both}")]
    if item.date is not None and not _DATE.fullmatch(item.date):
        return [((*path, "date"), f"expected a calendar month as 2003-01, not '{item.date}'")]
    if not dated:
        return []
    month = s.month_of(item.month, item.date)
    if not 1 <= month <= s.months:
        key = "month" if item.date is None else "date"
        first, last = s.date_of(1), s.date_of(s.months)
        text = f"month {month} is outside 1 to {s.months} ({first} to {last})"
        return [((*path, key), text)]
    return []


def _check_who(
    who: str, path: Path_, places: tuple[str, ...] | None, groups: tuple[str, ...]
) -> list[Mistake]:
    allowed = (*groups, *(places or ()))
    if places is None or who in allowed:
        return []
    return [(path, f"nobody is called '{who}'{near(who, allowed)}")]


def _check_moves(s: Scenario, places: tuple[str, ...] | None, *, dated: bool) -> list[Mistake]:
    mistakes: list[Mistake] = []
    if s.transition.mode != "scheduled" and s.transition.moves:
        text = f"mode is {s.transition.mode}; moves need mode: scheduled"
        mistakes.append((("transition", "moves"), text))
    if s.transition.mode == "scheduled" and "moves" not in s.transition.model_fields_set:
        mistakes.append((("transition", "mode"), "scheduled needs moves"))
    for index, move in enumerate(s.transition.moves):
        path: Path_ = ("transition", "moves", index)
        mistakes += _check_when(s, move, path, dated=dated)
        mistakes += [((*path, "to"), text) for _, text in row_positions(move.to)[1]]
        for row in move.rows if move.rows != "all" else ():
            if row not in FIGURE.row_ids:
                text = f"'{row}' is not a row of the figure{near(row, FIGURE.row_ids)}"
                mistakes.append(((*path, "rows"), text))
        mistakes += _check_who(move.who, (*path, "who"), places, ("all", "local", "central"))
    return mistakes


def _check_policy(s: Scenario, places: tuple[str, ...] | None, *, dated: bool) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for index, change in enumerate(s.policy):
        path: Path_ = ("policy", index)
        mistakes += _check_when(s, change, path, dated=dated)
        mistakes += _check_values(change.set, (*path, "set"))
        mistakes += _check_who(change.who, (*path, "who"), places, ("all", "local"))
        for name in change.set:
            parameter = PARAMETERS.get(name)
            if parameter is None:
                continue
            if parameter.at_start:
                text = "holds from month 0 and cannot change later"
                mistakes.append(((*path, "set", name), text))
            elif change.who not in ("all", "local") and name not in LEVERS:
                text = f"is not a single government's to set; leave who out (levers: {_levers()})"
                mistakes.append(((*path, "set", name), text))
    return mistakes


def _levers() -> str:
    return ", ".join(LEVERS)


def _check_shocks(s: Scenario, places: tuple[str, ...] | None, *, dated: bool) -> list[Mistake]:
    mistakes: list[Mistake] = []
    for index, shock in enumerate(s.shocks):
        path: Path_ = ("shocks", index)
        kind = SHOCKS[shock.kind]
        mistakes += _check_when(s, shock, path, dated=dated)
        mistakes += _check_who(shock.who, (*path, "who"), places, ("all",))
        if shock.size is not None and not kind.low <= shock.size <= kind.high:
            text = f"{shock.size:g} is outside {kind.low:g} to {kind.high:g} ({kind.size_meaning})"
            mistakes.append(((*path, "size"), text))
        if shock.kind == "preference" and shock.months is not None:
            mistakes.append(((*path, "months"), "a preference shock stays; leave months out"))
    return mistakes
