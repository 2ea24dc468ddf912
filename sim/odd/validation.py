"""What the model was held against and what came of it, as `docs/evidence.md` has it.

`make odd-figures` reads the tables of that page into CSV files here, which ship with the package.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
FILES = {"patterns": "no.", "forecasts": "forecaster", "fitted": "parameter"}
"""Tables by name, with the head of their first column on the page."""


def read(name: str) -> list[list[str]]:
    """A table that ships: the head, then its rows."""
    return [*csv.reader(io.StringIO((_HERE / f"{name}.csv").read_text(encoding="utf-8")))]


def tables_of(page: str) -> dict[str, list[list[str]]]:
    """The tables of the page by name; raises `ValueError` where one is missing."""
    found: dict[str, list[list[str]]] = {}
    for lines in re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE):
        rows = [_cells(line) for line in lines.splitlines()]
        for name, head in FILES.items():
            if rows[0][0] == head and name not in found:
                found[name] = [rows[0], *rows[2:]]
    missing = set(FILES) - set(found)
    if missing:
        raise ValueError(f"no table of {', '.join(sorted(missing))}")
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip()[1:-1].split("|")]


def text_of(rows: list[list[str]]) -> str:
    """A table as CSV: data of the package, whose cells are kept as the page has them."""
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"') else cell


def write(page: Path) -> None:
    """Write the tables of the page."""
    for name, rows in tables_of(page.read_text(encoding="utf-8")).items():
        (_HERE / f"{name}.csv").write_text(text_of(rows), encoding="utf-8")


def _main(arguments: list[str]) -> Any:
    write(Path(arguments[0]))


if __name__ == "__main__":
    _main(sys.argv[1:])
