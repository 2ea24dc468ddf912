"""What the names of files are called where a council reads: by declaration wherever there is one.

Parameters, cells, rows, places and outcomes declare what they mean; those words stand on the page,
and the name for those who write files is beside them, in brackets or where a pointer rests. A few
settings that declare nothing short enough have their words here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from pydantic import BaseModel

from sim.declared import PARAMETERS, SHOCKS
from sim.outcomes import KNOWN
from sim.paradigms import FIGURE
from sim.report.page.blocks import Cell
from sim.report.page.told import outcome_title
from sim.scenario.blocks import Society, Transition
from sim.scenario.held import CELLS
from sim.society.place_columns import COLUMNS
from sim.worlds.unknowns import levels_of

_PARADIGMS = {one.id: one.label for one in FIGURE.paradigms}
_ROWS = {row.id: row.title for row in FIGURE.rows}
_CELLS = {cell.name: cell for cell in FIGURE.cells}
_SHORT = re.compile(r"[;:(]|, times\b")
"""Where what a declaration adds to its first clause begins."""
_NAME = re.compile(r"(?<![\w./(-])[a-z][a-z0-9]*(?:[._][a-z0-9]+)+(?:/[0-9])?(?!\.?[\w/(-])")
_MINUS = re.compile(r"(?<![\w.)-])-(?=\d)")
_OWN = {
    "society.place": "Place",
    "society.access": "Who is online when",
    "society.prices": "Prices",
    "start": "First month",
    "years": "Years simulated",
    "seed": "Seed of all luck",
    "replicates": "Replicates: repetitions with other luck",
    "history": "What came before",
    "governance": "Where governments stand on the figure",
    "governance.all": "All rows of the figure",
    "central.all": "All rows of the figure, of the centre",
    "worlds.hold": "What plausible worlds hold at its default",
}
_BLOCKS: dict[str, type[BaseModel]] = {"society": Society, "transition": Transition}
_BEFORE = (
    ("no longer ", "No longer: {}"),
    ("policy ", "{}"),
    ("shock ", "Shock: {}"),
    ("move ", "Move of {}"),
)


def in_words(name: str) -> str:
    """What a name means in a few words; the name itself where nothing declares it."""
    for before, told in _BEFORE:
        if name.startswith(before):
            rest = name.removeprefix(before)
            found = _rows(rest) if before == "move " else _shock(rest) or in_words(rest)
            return told.format(found)
    return _declared(name) or name


def lowered(text: str) -> str:
    """Words for the middle of a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


@cache
def _declared(name: str) -> str:
    """The words of a name, or nothing."""
    if name in _OWN:
        return _OWN[name]
    return next((text for find in _FINDERS if (text := find(name))), "")


def _parameter(name: str) -> str:
    return _clause(PARAMETERS[name].meaning) if name in PARAMETERS else ""


def _cell(name: str) -> str:
    """A cell, one of its levels (`invitations/1`), one of its anchors, or a whole of cells."""
    known, level, number = name.removeprefix(CELLS).partition("/")
    if name == known and not name.startswith(CELLS):
        return ""
    known, _, paradigm = known.partition(".")
    sharing = [cell for cell in FIGURE.cells if cell.simplex == known]
    if sharing:
        return f"How far paradigms differ in: {_ROWS[sharing[0].row]}"
    if known not in _CELLS:
        return ""
    cell = _CELLS[known]
    values = dict(zip(FIGURE.paradigm_ids, cell.values, strict=True))
    under = [_PARADIGMS[paradigm]] if paradigm in _PARADIGMS else []
    if level and int(number) < len(levels_of(cell)):
        value = levels_of(cell)[int(number)]
        under = [_PARADIGMS[one] for one, own in values.items() if own == value]
    return f"{_clause(cell.meaning)}{', under ' + ' and '.join(under) if under else ''}"


def _row(name: str) -> str:
    block, _, row = name.rpartition(".")
    row = row.removeprefix("profile_")
    of = {"central": ", of the centre", "governance": "", "": ""}
    return f"{_ROWS[row]}{of[block]}" if row in _ROWS and block in of else ""


def _rows(names: str) -> str:
    rows = [_ROWS.get(name, name) for name in names.split(", ")]
    return "all rows of the figure" if rows == ["all"] else "; ".join(rows)


def _setting(name: str) -> str:
    block, _, field = name.partition(".")
    known = _BLOCKS[block].model_fields.get(field) if block in _BLOCKS else None
    text = "" if known is None else (known.description or "")
    return "How governments move" if field == "mode" and text else _clause(text)


def _shock(name: str) -> str:
    return _clause(SHOCKS[name].meaning) if name in SHOCKS else ""


def _column(name: str) -> str:
    return _clause(COLUMNS[name].meaning) if name in COLUMNS else ""


def _outcome(name: str) -> str:
    return outcome_title(name) if name in KNOWN else ""


_FINDERS: tuple[Callable[[str], str], ...] = (
    _parameter, _cell, _row, _setting, _outcome, _column,
)  # fmt: skip


def _clause(text: str) -> str:
    """The first clause of a declaration, as it begins a line."""
    first = _SHORT.split(text, maxsplit=1)[0].strip()
    return first[:1].upper() + first[1:]


def named(name: str, *, shown: bool = False) -> Cell:
    """A cell with the words of a name; the name where a pointer rests or, `shown`, below them."""
    words = in_words(name)
    if words == name:
        return Cell(name)
    return Cell(words, note=f"({name})" if shown else "", hint=name)


def named_list(names: Iterable[str], *, shown: bool = False) -> Cell:
    """A cell with the words of some names, one below the other."""
    return Cell("", tags=[("", _bracketed(name) if shown else in_words(name)) for name in names])


def _bracketed(name: str) -> str:
    words = in_words(name)
    return name if words == name else f"{words} ({name})"


def reworded(text: str, *, shown: bool = True) -> str:
    """A text with the words of every declared name in it; `shown`, the name in brackets after.

    Numbers below zero get the minus sign that those of the tables have.
    """

    def replaced(match: re.Match[str]) -> str:
        words = in_words(match[0])
        if words == match[0]:
            return match[0]
        starts = match.start() == 0
        told = words if starts else lowered(words)
        return f"{told} ({match[0]})" if shown else told

    return _MINUS.sub("\N{MINUS SIGN}", _NAME.sub(replaced, text))


def paradigm_told(value: str) -> str:
    """A position of a scenario file as the figure heads it: `gov1` is Gov1.0."""
    return _PARADIGMS.get(value, value)
