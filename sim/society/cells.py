"""Numbers and texts in the cells of a table: what they may be, and what to write instead."""

from __future__ import annotations

import re

from sim.society.sheets import Row, Sheet
from sim.text import number as shown_number
from sim.text import short

LONGEST_TEXT = 80
_PLAIN = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)
_WITH_COMMA = re.compile(r"[-+]?[0-9]*,[0-9]+", re.ASCII)
_SPACES = r" \u00a0\u202f\u2009'\u2019"
_THOUSANDS = re.compile(rf"[1-9][0-9]{{0,2}}([.,{_SPACES}][0-9]{{3}})+([.,][0-9]+)?", re.ASCII)
_UNKNOWN = ("-", "–", "—", "na", "n/a", "nan", "null", "none", ".", "..", ":", "?", "unknown", "x")  # noqa: RUF001
_FORMULA = ("=", "@", "+")


def text(sheet: Sheet, row: Row, column: str, *, longest: int = LONGEST_TEXT) -> str:
    """A cell's text; empty where it is none, which is noted as a mistake unless it was empty."""
    cell = row.cells.get(column, "")
    if cell.startswith(_FORMULA) or re.match(r"-\S", cell):
        sheet.wrong(row.line, column, f"'{short(cell)}' is a formula; write what it gives")
        return ""
    if not cell.isprintable() or len(cell) > longest:
        sheet.wrong(row.line, column, f"one to {longest} plain characters, not '{short(cell)}'")
        return ""
    return cell


def number(
    sheet: Sheet,
    row: Row,
    column: str,
    low: float,
    high: float,
    *,
    unit: str = "",
    whole: bool = False,
    is_share: bool = False,
) -> float | None:
    """A cell's number; None where the cell is empty, or wrong and noted as a mistake."""
    cell = row.cells.get(column, "")
    if not cell:
        return None
    value, hint = _read(cell, sheet.separator, whole=whole, is_share=is_share)
    if value is not None and low <= value <= high:
        return value
    kind = "a whole number" if whole else "a number"
    allowed = f"{kind} from {_end(low)} to {_end(high)}{f' ({unit})' if unit else ''}"
    if value is not None and is_share and 1.0 < value <= 100.0:
        hint = f"; a share is written from 0 to 1: {shown_number(value / 100.0)} for {cell} %"
    sheet.wrong(row.line, column, f"{allowed}, not '{short(cell)}'{hint}")
    return None


def _end(value: float) -> str:
    return f"{value:,.0f}".replace(",", "") if value >= 1e4 else f"{value:g}"


def _read(cell: str, separator: str, *, whole: bool, is_share: bool) -> tuple[float | None, str]:
    """The value of a cell, or what to do about it."""
    if cell.startswith(("=", "@")):
        return None, "; this is a formula: write what it gives"
    if cell.casefold() in _UNKNOWN:
        return None, "; leave the cell empty where nothing is known"
    if cell.endswith("%"):
        return None, _of_percent(cell)
    comma = _WITH_COMMA.fullmatch(cell)
    is_decimal = separator != "," and not whole and (is_share or not _THOUSANDS.fullmatch(cell))
    if comma and is_decimal:
        return float(cell.replace(",", ".")), ""
    is_marked = _THOUSANDS.fullmatch(cell) is not None and not is_share
    if is_marked and (whole or separator != "," or "." not in cell):
        return None, _of_thousands(cell, whole=whole)
    if whole:
        return _whole(cell)
    if _PLAIN.fullmatch(cell):
        return float(cell), ""
    if comma:
        return None, f"; write {cell.replace(',', '.')}"
    return None, _of_unit(cell)


def _whole(cell: str) -> tuple[float | None, str]:
    if re.fullmatch(r"-?[0-9]{1,15}", cell, re.ASCII):
        return float(int(cell)), ""
    if _PLAIN.fullmatch(cell) and float(cell).is_integer() and abs(float(cell)) < 1e15:
        return None, f"; write {float(cell):.0f}"
    return None, _of_unit(cell)


def _of_percent(cell: str) -> str:
    bare = cell.rstrip("% \u00a0").replace(",", ".")
    if not _PLAIN.fullmatch(bare):
        return "; a share is written from 0 to 1, without %"
    return f"; write {shown_number(float(bare) / 100.0)}, without %"


def _of_thousands(cell: str, *, whole: bool) -> str:
    """What to write instead of a number with marks between its thousands."""
    last = re.search(r"[.,][0-9]+$", cell)
    marks = set(re.findall(rf"[.,{_SPACES}]", cell))
    has_decimals = last is not None and len(marks) > 1
    head, tail = (cell[: last.start()], last[0]) if last and has_decimals else (cell, "")
    digits = re.sub(r"[^0-9]", "", head) + (f".{tail[1:]}" if tail and not whole else "")
    told = f"; thousands are written without marks: {digits}"
    is_unclear = not whole and not tail and re.fullmatch(r"[0-9]+[.,][0-9]+", cell)
    return f"{told} (or {cell.replace(',', '.')}0 if a fraction is meant)" if is_unclear else told


def _of_unit(cell: str) -> str:
    """What to do about a unit or a currency beside a number."""
    found = re.search(r"[0-9][0-9.,]*", cell, re.ASCII)
    if found is None or not re.search(r"[^\W\d_]|[$€£¥₩]", cell):
        return ""
    return "; the number alone, without its unit"
