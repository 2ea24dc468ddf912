"""Tables that people keep in a spreadsheet, read from CSV as Excel and its neighbours write it.

UTF-8 with or without a byte order mark, commas, semicolons or tabs between cells, decimal commas
where it is not commas, any line ends, empty rows and columns. Lines that begin with `#` are
comments. What could be read in two ways is refused. A mistake is told as `file:line:column: what is
wrong`, with the column's letter as spreadsheets show it, and all mistakes of a file are told at
once.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from sim.errors import UserMistake
from sim.society.encodings import LARGEST, text_of
from sim.text import one_line, short

MOST_TOLD = 100
ENDING = ".csv"
_NEAR = 0.75
_LINE_END = re.compile(r"\r\n|\n|\r")
_SEPARATORS = (",", ";", "\t")
_ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t ]*', re.IGNORECASE)


class WrongSheet(UserMistake):
    """A table cannot be read as what it is meant for; one line for each mistake in it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its number from 1, and its cells by the name of their column."""

    line: int
    cells: Mapping[str, str]


_CUT = "; do decimal or thousands commas cut a number? write 0.25 and 1234"


@dataclass
class Sheet:
    """A table with named columns. `mistakes` are found while it is read, and told by `refuse`.

    `columns` has the place of each column that is read, from 0; `extra` are those that nobody
    reads, `separator` is what stands between cells, `lost` counts lines that could not be read,
    and `short` says of lines with fewer cells than the header where the first is missing, and how
    many there are: their values may be those of other columns, so they are refused.
    """

    name: str
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    mistakes: list[tuple[int, int, str]] = field(default_factory=list)
    separator: str = ","
    header_line: int = 1
    lost: int = 0
    short: dict[int, tuple[int, str]] = field(default_factory=dict)

    def wrong(self, line: int, column: str | int | None, text: str) -> None:
        """Note a mistake in a cell, or in a whole line; line 0 is the file as a whole."""
        place = self.columns.get(column, -1) if isinstance(column, str) else column
        shown = f"{column}: {text}" if isinstance(column, str) else text
        self.mistakes.append((line, -1 if place is None else place, shown))

    def refuse(self, kind: type[UserMistake] = WrongSheet) -> None:
        """Raise with every mistake, in the order of the file, if there is any."""
        if not self.mistakes:
            return
        found = sorted(map(self._of_line, self.mistakes), key=lambda m: m[:2])
        told = [self._told(*mistake) for mistake in found]
        lines = list(dict.fromkeys(told))
        if len(lines) > MOST_TOLD:
            more = f"{self.name}: there are more mistakes; these are the first {MOST_TOLD}"
            lines = [*lines[:MOST_TOLD], more]
        raise kind("\n".join(lines))

    def _of_line(self, mistake: tuple[int, int, str]) -> tuple[int, int, str]:
        """The mistake; of a line that lacks cells, that it does: its cells are those of others."""
        line = mistake[0]
        return (line, *self.short[line]) if line in self.short else mistake

    def _told(self, line: int, place: int, text: str) -> str:
        where = f":{line}" if line else ""
        where += f":{letter(place)}" if line and place >= 0 else ""
        return one_line(f"{self.name}{where}: {text}")

    def is_given(self, column: str) -> bool:
        """Whether a column has anything in it."""
        return any(row.cells.get(column) for row in self.rows)


def letter(place: int) -> str:
    """The name of a column as spreadsheets show it: A for 0, AA for 26."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def is_sheet(name: str) -> bool:
    """Whether a name is that of a table of one's own."""
    return name.lower().endswith(ENDING)


def sheet_bytes(name: str, kind: type[UserMistake] = WrongSheet) -> bytes:
    """What a file holds; raises `kind` where it cannot be read."""
    path = Path(name)
    shown = short(one_line(name)) if len(name) > 300 else name
    try:
        if path.is_dir():
            raise kind(f"{shown}: is a folder, not a file")
        if not path.is_file():
            raise kind(f"there is no file '{shown}'")
        if path.stat().st_size > LARGEST:
            raise kind(f"{shown}: is larger than {LARGEST:,} bytes")
        return path.read_bytes()
    except (OSError, ValueError):
        raise kind(f"{shown}: cannot be read") from None


def sheet_digest(name: str) -> str:
    """What a file holds, as a digest: results of two versions of it are never mixed."""
    data = sheet_bytes(name).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return hashlib.sha256(data).hexdigest()[:16]


def first_cells(name: str) -> list[str]:
    """The names of the columns of a file, to see what it is; raises `WrongSheet`."""
    lines = _LINE_END.split(text_of(name, sheet_bytes(name), WrongSheet))
    sheet = Sheet(name)
    start = _begin(sheet, lines)
    for number, line in enumerate(lines[start:], 1):
        cells = _cells(sheet, number, line)
        if cells and any(cells) and not _is_comment(cells) and len(cells) > 1:
            return cells
    return []


def read_sheet(
    name: str,
    data: bytes,
    known: Sequence[str],
    *,
    aliases: Mapping[str, str] | None = None,
    needed: Sequence[str] = (),
) -> Sheet:
    """The table of a file. Columns that are not `known` are kept by name only.

    `aliases` are other names of columns. Mistakes are noted in the table; raises `WrongSheet` where
    there is no table at all.
    """
    sheet = Sheet(name)
    lines = _LINE_END.split(unicodedata.normalize("NFC", text_of(name, data, WrongSheet)))
    start = _begin(sheet, lines)
    header: list[str] | None = None
    for number, line in enumerate(lines[start:], start + 1):
        cells = _cells(sheet, number, line)
        if cells is None or not any(cells) or _is_comment(cells):
            continue
        if header is None:
            header, sheet.header_line = cells, number
            _read_header(sheet, cells, known, aliases or {}, needed)
        else:
            _take(sheet, number, cells, header)
    if header is None and not sheet.mistakes:
        raise WrongSheet(f"{name}: is empty; its first line names the columns: {', '.join(needed)}")
    if not sheet.rows and not sheet.mistakes:
        sheet.wrong(sheet.header_line, None, "there is nothing below the names of the columns")
    return sheet


def _begin(sheet: Sheet, lines: Sequence[str]) -> int:
    """Find what stands between cells; how many lines say so and nothing else, as `sep=;` does."""
    if (given := _NAMED_SEPARATOR.fullmatch(lines[0])) is not None:
        sheet.separator = given[1]
        return 1
    sheet.separator = _separator(lines)
    return 0


def _separator(lines: Sequence[str]) -> str:
    """What stands between the cells of the first line that is no comment."""
    for line in lines:
        if line.strip() and not line.lstrip('"').startswith("#") and line.strip(",;\t "):
            bare = re.sub(r'"[^"]*"', "", line)
            return max(_SEPARATORS, key=bare.count)
    return ","


def _cells(sheet: Sheet, number: int, line: str) -> list[str] | None:
    """The cells of a line without the space around them; None where it is a comment or wrong."""
    if line.startswith("#") and not line.startswith(_ERRORS):
        return None
    try:
        found = list(csv.reader([line], delimiter=sheet.separator, strict=True))
    except csv.Error:
        text = (
            'a quotation mark (") is opened and not closed in this line, or stands inside text; '
            "a cell is one line, and a mark inside it is written twice"
        )
        sheet.wrong(number, None, text)
        return None
    return [cell.strip() for cell in found[0]] if found else []


def _is_comment(cells: Sequence[str]) -> bool:
    return cells[0].startswith("#") and not cells[0].startswith(_ERRORS)


def _read_header(
    sheet: Sheet,
    cells: list[str],
    known: Sequence[str],
    aliases: Mapping[str, str],
    needed: Sequence[str],
) -> None:
    """Find the columns by their names; other names of a column stand for it."""
    line, named = sheet.header_line, dict[str, str]()
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) == 1 and "|" in cells[0]:
        sheet.wrong(line, 0, "'|' stands between the columns; save it with commas or semicolons")
        return
    for place, cell in enumerate(cells):
        column = aliases.get(cell, cell)
        if not cell:
            continue
        if column in named:
            same = "twice" if named[column] == cell else f"as {named[column]} and as {cell}"
            sheet.wrong(line, place, f"column {column} is there {same}; keep one")
        elif column in known:
            sheet.columns[column], named[column] = place, cell
        elif guess := _meant(cell, [*known, *aliases]):
            sheet.wrong(line, place, f"column {short(cell)!r}: did you mean {guess!r}?")
        else:
            sheet.extra.append(cell)
    told = {text.rpartition("did you mean ")[2].strip("'?") for _, _, text in sheet.mistakes}
    for column in needed:
        if column not in named and column not in told:
            sheet.wrong(line, None, f"needs a column {column} (of {', '.join(known)})")


def _meant(cell: str, names: Sequence[str]) -> str:
    """The column that was probably meant, if any is near."""
    asked = re.sub(r"[\s_-]+", "_", cell.strip("\ufeff '\"").casefold())
    return next(iter(get_close_matches(asked, names, n=1, cutoff=_NEAR)), "")


def _take(sheet: Sheet, number: int, cells: list[str], header: Sequence[str]) -> None:
    """A line of the table; cells beyond the named columns have to be empty."""
    count = max((place for place, cell in enumerate(cells, 1) if cell), default=0)
    if count > len(header):
        text = _uneven(count, header)
        if sheet.separator == "," and _looks_cut(cells):
            text += _CUT
        sheet.wrong(number, None, text)
        sheet.lost += 1
        return
    if len(cells) < len(header):
        text = f"{_uneven(len(cells), header)}; write a cell that is not known as an empty one"
        sheet.short[number] = len(cells), text
        sheet.wrong(number, *sheet.short[number])
    for place, cell in enumerate(cells):
        if cell and place < len(header) and not header[place]:
            text = "this column has no name in its first line"
            if sheet.separator == "," and _looks_cut(cells):
                text += _CUT
            sheet.wrong(number, place, text)
            sheet.lost += 1
            return
        if cell.startswith(_ERRORS):
            text = f"'{short(cell)}' is an error of the spreadsheet; put it right there"
            sheet.wrong(number, place, text)
            sheet.lost += 1
            return
    filled = [*cells, *([""] * (len(header) - len(cells)))]
    values = {column: filled[place] for column, place in sheet.columns.items()}
    sheet.rows.append(Row(number, values))


def _uneven(count: int, header: Sequence[str]) -> str:
    return f"{count} cell{'' if count == 1 else 's'}, the header has {len(header)}"


def _looks_cut(cells: Sequence[str]) -> bool:
    """Whether two neighbouring cells may be one number that a comma cut."""
    pairs = pairwise(cells)
    return any(one.lstrip("-").isdigit() and two.rstrip("% ").isdigit() for one, two in pairs)
