"""What is wrong with a scenario as a whole: each mistake with its path and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError
from sim.paradigms import FIGURE
from sim.processes.declared import LEVERS, PARAMETERS
from sim.processes.shocks import SHOCKS
from sim.scenario.blocks import Move, PolicyChange, Shock
from sim.scenario.given import instead
from sim.scenario.held import check_held
from sim.scenario.more_citizens import check_citizens_in
from sim.scenario.own_files import check_files
from sim.scenario.past import STAY, STAYS
from sim.scenario.positions import position, row_positions
from sim.scenario.remaining import is_lost
from sim.scenario.rules import check_choice, check_rules
from sim.scenario.source import Mistake, Path_
from sim.scenario.wording import outside, unknown_cell, unknown_parameter
from sim.society.allotment import FEWEST_RESIDENTS
from sim.society.places import (
    UnknownPlace,
    check_place,
    is_drawn,
    local_government_names,
)
from sim.text import near, number, short

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

Mistakes = Iterator[Mistake]
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_FIRST_START, _LAST_START = "1900-01", "2199-12"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check(scenario: Scenario, dropped: Set[Path_] = frozenset()) -> Mistakes:
    """What one field cannot see, one by one. `dropped` are paths that were wrong by themselves."""
    right = not dropped
    for mistake in _check_parts(scenario, dropped):
        right = False
        yield mistake
    if right and scenario.history is not None:
        yield from _check_lived(scenario)


def _check_parts(scenario: Scenario, dropped: Set[Path_]) -> Mistakes:
    wrong_start = list(_check_start(scenario))
    view = _View(scenario, {*dropped, *(path for path, _ in wrong_start)})
    yield from wrong_start
    yield from check_name(scenario.name)
    yield from _check_texts(scenario)
    for block in ("governance", "central"):
        written = getattr(scenario, block)
        if scenario.history is not None or written in STAYS:
            yield from _check_stay(scenario, block)
        elif written is not None or block == "governance":
            yield from (((block, *path), text) for path, text in row_positions(written)[1])
    yield from _check_history(view)
    yield from _check_society(view)
    yield from _check_values(scenario.parameters, ("parameters",))
    yield from check_rules(scenario.rules, scenario.parameters)
    yield from _check_cells(view)
    yield from _check_moves(view)
    yield from _check_policy(view)
    yield from _check_shocks(view)
    if view.knows("worlds"):
        yield from check_held(scenario)
    yield from _check_focus(view)


@dataclass(frozen=True)
class _View:
    """A scenario, and which parts of it are not to be trusted."""

    scenario: Scenario
    dropped: Set[Path_]

    def knows(self, *path: str | int) -> bool:
        """Whether what stands at a path is as the file has it."""
        return not is_lost(path, self.dropped)

    @property
    def dated(self) -> bool:
        """Whether it is known which months there are."""
        return self.knows("start") and self.knows("years")

    @cached_property
    def places(self) -> tuple[str, ...] | None:
        """Names of the local governments; None where they are not known."""
        society = self.scenario.society
        if not self.knows("society", "place"):
            return None
        try:
            check_place(society.place)
        except UnknownPlace:
            return None
        if is_drawn(society.place) and not self.knows("society", "local_governments"):
            return None
        return local_government_names(society.place, count=society.local_governments)


def _check_start(s: Scenario) -> Mistakes:
    if not _DATE.fullmatch(s.start):
        text = f"expected a calendar month as 1995-01, not '{short(s.start)}'"
        yield ("start",), text
    elif not _FIRST_START <= s.start <= _LAST_START:
        yield ("start",), f"{s.start} is outside {_FIRST_START} to {_LAST_START}"


def _check_stay(s: Scenario, block: str) -> Mistakes:
    """After a history governments stand where it leaves them, and nowhere else."""
    if block not in s.model_fields_set or (written := getattr(s, block)) is None:
        return
    if s.history is None:
        yield (block,), f"{STAY} needs a history, which says where governments begin"
    elif written not in STAYS:
        text = (
            f"with a history governments begin where it leaves them; write {STAY} or leave "
            "this out, and change rows by moves (transition: {mode: scheduled, moves: [...]})"
        )
        yield (block,), text


def _check_history(view: _View) -> Mistakes:
    s = view.scenario
    past = s.history
    if past is None or not view.knows("history"):
        return
    if not isinstance(past, type(s)):
        yield ("history",), f"expected one file or shipped name{instead(past)}"
    elif view.knows("start") and s.start <= past.start:
        text = f"{past.name} begins in {past.start}, but start is {s.start}: it has to come later"
        yield ("history",), text


def _check_lived(s: Scenario) -> Mistakes:
    """Whether the history can be lived through with what this scenario says of its world."""
    try:
        s.stages  # noqa: B018
    except ScenarioError as error:
        first = str(error).splitlines()[0]
        yield ("history",), f"cannot be lived through as this scenario has it: {first}"


def check_name(name: str) -> Mistakes:
    """What is wrong with a name that has the right length."""
    if name and not name.strip():
        yield ("name",), "is empty"
    elif not name.isprintable():
        yield ("name",), "a name is one line without special characters"


def check_text(text: str, path: Path_) -> Mistakes:
    """Characters that a terminal obeys, or that turn the direction of writing, in free text."""
    bad = next((c for c in text if c in _TURNING or _is_control(c)), None)
    if bad is not None:
        yield path, f"character U+{ord(bad):04X} is not allowed; write plain text"


def _is_control(c: str) -> bool:
    return (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f"


def _check_texts(s: Scenario) -> Mistakes:
    for key in ("question", "description"):
        yield from check_text(getattr(s, key), (key,))
    reasons: list[tuple[Path_, str]] = [
        *((("transition", "moves", n), move.why) for n, move in enumerate(s.transition.moves)),
        *((("policy", n), change.why) for n, change in enumerate(s.policy)),
        *((("shocks", n), shock.why) for n, shock in enumerate(s.shocks)),
    ]
    for path, why in reasons:
        yield from check_text(why, (*path, "why"))


def _check_society(view: _View) -> Mistakes:
    society = view.scenario.society
    try:
        check_place(society.place)
    except UnknownPlace as error:
        yield from ((("society", "place"), line) for line in str(error).splitlines())
        yield from check_files(view.scenario, None)
        return
    names = view.places if view.knows("society", "place") else None
    yield from check_files(view.scenario, names)
    if names is None:
        return
    given = society.local_governments
    if not is_drawn(society.place) and given != len(names) and _wrote_count(view):
        text = f"{society.place} has {len(names)} local governments of its own; leave this out"
        yield ("society", "local_governments"), text
    fewest = FEWEST_RESIDENTS * len(names)
    if view.knows("society", "citizens") and society.citizens < fewest:
        text = f"{society.citizens} are too few for {len(names)} local governments"
        yield ("society", "citizens"), f"{text}: at least {fewest}"
    elif view.knows("society", "citizens") and view.knows("society", "citizens_in"):
        yield from check_citizens_in(society, names)


def _check_focus(view: _View) -> Mistakes:
    s = view.scenario
    if not view.knows("focus") or view.places is None:
        return
    listed = isinstance(s.focus, list)
    for index, name in enumerate(s.in_focus):
        path: Path_ = ("focus", index) if listed else ("focus",)
        if name not in view.places:
            text = f"no local government is called '{short(name)}' here{near(name, view.places)}"
            yield path, text
        elif name in s.in_focus[:index]:
            yield path, f"'{short(name)}' is listed twice"


def _wrote_count(view: _View) -> bool:
    return "local_governments" in view.scenario.society.model_fields_set


def _check_values(values: Mapping[str, float], path: Path_) -> Mistakes:
    for name, value in values.items():
        parameter = PARAMETERS.get(name)
        if parameter is None:
            yield (*path, name), unknown_parameter(name, dated=path[0] == "policy")
        elif not parameter.low <= value <= parameter.high:
            text = outside(value, parameter.low, parameter.high, parameter.unit)
            yield (*path, name), text
        elif wrong := check_choice(parameter, value):
            yield (*path, name), wrong


def _check_cells(view: _View) -> Mistakes:
    known = {cell.name: cell for cell in FIGURE.cells}
    right: dict[str, Mapping[str, float]] = {}
    for name, anchors in view.scenario.cells.items():
        if name not in known:
            yield ("cells", name), unknown_cell(name)
            continue
        cell = known[name]
        right[name] = {p: v for p, v in anchors.items() if p in FIGURE.paradigm_ids}
        for paradigm, value in anchors.items():
            path = ("cells", name, paradigm)
            if paradigm not in FIGURE.paradigm_ids:
                text = f"'{short(paradigm)}' is not a paradigm{near(paradigm, FIGURE.paradigm_ids)}"
                yield path, text
            elif not cell.low <= value <= cell.high:
                yield path, outside(value, cell.low, cell.high, cell.unit)
    yield from _check_sums(view, right)


def _check_sums(view: _View, anchors: Mapping[str, Mapping[str, float]]) -> Mistakes:
    """Cells that share a whole must sum to one under each paradigm."""
    figure = FIGURE.override(anchors)
    for simplex in figure.broken_simplexes():
        cells = [cell for cell in figure.cells if cell.simplex == simplex]
        names = [cell.name for cell in cells]
        written = [name for name in names if name in anchors]
        trusted = all(view.knows("cells", n, p) for n in names for p in FIGURE.paradigm_ids)
        if not written or not trusted:
            continue
        sums = [sum(values) for values in zip(*(cell.values for cell in cells), strict=True)]
        paradigm, total = max(
            zip(FIGURE.paradigm_ids, sums, strict=True), key=lambda pair: abs(pair[1] - 1.0)
        )
        text = f"{', '.join(names)} must sum to one, but are {number(total)} under {paradigm}"
        yield ("cells", written[0]), text


def _check_when(view: _View, item: Move | PolicyChange | Shock, path: Path_) -> Mistakes:
    if not (view.knows(*path, "month") and view.knows(*path, "date")):
        return
    if (item.month is None) == (item.date is None):
        both = "not both" if item.month is not None else "there is neither"
        yield path, f"needs either month or date; {both}"
        return
    if item.date is not None and not _DATE.fullmatch(item.date):
        text = f"expected a calendar month as 2003-01, not '{short(item.date)}'"
        yield (*path, "date"), text
        return
    if not view.dated:
        return
    s = view.scenario
    first, last = s.date_of(1), s.date_of(s.months)
    if not 1 <= s.month_of(item.month, item.date) <= s.months:
        if item.date is not None:
            yield (*path, "date"), f"{item.date} is outside {first} to {last}"
        elif item.month is not None:
            text = f"{number(item.month)} is outside 1 to {s.months} ({first} to {last})"
            yield (*path, "month"), text


def _check_who(view: _View, who: str, path: Path_, groups: tuple[str, ...]) -> Mistakes:
    if view.places is None or who in groups or who in view.places:
        return
    text = f"no government is called '{short(who)}' here{near(who, (*groups, *view.places))}"
    yield (*path, "who"), text


def _check_moves(view: _View) -> Mistakes:
    transition = view.scenario.transition
    if view.knows("transition", "mode") and view.knows("transition", "moves"):
        if transition.mode != "scheduled" and transition.moves:
            text = f"mode is {transition.mode}; moves need mode: scheduled"
            yield ("transition", "moves"), text
        if transition.mode == "scheduled" and "moves" not in transition.model_fields_set:
            yield ("transition", "mode"), "scheduled needs moves"
    for index, move in enumerate(transition.moves):
        path: Path_ = ("transition", "moves", index)
        if not view.knows(*path):
            continue
        yield from _check_when(view, move, path)
        yield from (((*path, "to", *part), text) for part, text in position(move.to)[1])
        yield from _check_rows(move.rows, (*path, "rows"))
        yield from _check_who(view, move.who, path, ("all", "local", "central"))


def _check_rows(rows: Any, path: Path_) -> Mistakes:
    if rows == "all":
        return
    if not isinstance(rows, list):
        hint = f"; write [{rows}]" if isinstance(rows, str) and rows in FIGURE.row_ids else ""
        yield path, f"expected all, or a list of rows as [goal, services]{instead(rows)}{hint}"
    elif not rows:
        yield path, "an empty list moves nothing; leave rows out for all rows"
    else:
        yield from _check_listed_rows(rows, path)


def _check_listed_rows(rows: list[Any], path: Path_) -> Mistakes:
    for index, row in enumerate(rows):
        if not isinstance(row, str):
            yield (*path, index), f"expected the name of a row{instead(row)}"
        elif row == "all":
            yield (*path, index), "all is not one row of a list; write rows: all"
        elif row not in FIGURE.row_ids:
            text = f"'{short(row)}' is not a row of the figure{near(row, FIGURE.row_ids)}"
            yield (*path, index), text
        elif row in rows[:index]:
            yield (*path, index), f"'{row}' is listed twice"


def _check_policy(view: _View) -> Mistakes:
    for index, change in enumerate(view.scenario.policy):
        path: Path_ = ("policy", index)
        if not view.knows(*path):
            continue
        yield from _check_when(view, change, path)
        yield from _check_values(change.set, (*path, "set"))
        yield from _check_who(view, change.who, path, ("all", "local"))
        yield from _check_changeable(change, (*path, "set"))


def _check_changeable(change: PolicyChange, path: Path_) -> Mistakes:
    for name in change.set:
        parameter = PARAMETERS.get(name)
        if parameter is None:
            continue
        if parameter.at_start:
            yield (*path, name), "holds from month 0 and cannot change later"
        elif change.who not in ("all", "local") and name not in LEVERS:
            text = f"is not a single government's to set; leave who out (levers: {_levers()})"
            yield (*path, name), text


def _levers() -> str:
    return ", ".join(LEVERS)


def _check_shocks(view: _View) -> Mistakes:
    for index, shock in enumerate(view.scenario.shocks):
        path: Path_ = ("shocks", index)
        if not view.knows(*path):
            continue
        yield from _check_when(view, shock, path)
        yield from _check_who(view, shock.who, path, ("all",))
        if not view.knows(*path, "kind"):
            continue
        kind = SHOCKS[shock.kind]
        if shock.size is not None and not kind.low <= shock.size <= kind.high:
            text = outside(shock.size, kind.low, kind.high, kind.size_meaning)
            yield (*path, "size"), text
        if shock.kind == "preference" and shock.months is not None:
            yield (*path, "months"), "a preference shock stays; leave months out"
