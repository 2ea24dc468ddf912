"""`place new`: the file of a place to start from."""

from __future__ import annotations

import shlex

from sim.cli.screen import say
from sim.errors import UserMistake
from sim.explain.place_template import copy_place, write_place

_ROWS = 17


def write_place_file(name: str, rows: int | None, shipped: str | None) -> None:
    """Write a template, or a copy of a place that ships, and say what to do with it."""
    if shipped is not None and rows is not None:
        raise UserMistake("--from copies a place with all its rows, so it does not go with --rows")
    path = copy_place(name, shipped) if shipped else write_place(name, rows or _ROWS)
    shown = shlex.quote(str(path))
    say(
        f"{path} is written. Fill it in, then: govshift check {shown}\n"
        f"A scenario beside it takes it by `society: {{place: {path.name}}}`, any by "
        f"--set society.place={shown}"
    )
