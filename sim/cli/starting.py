"""The first start: what commands say while the model is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.cli.screen import say
from sim.first_start import compile_first


def compile_model(options: Mapping[str, Any]) -> None:
    """Compile what is not kept yet, with a bar on a terminal, a line elsewhere, or --quiet.

    `--jobs` holds for the compiler as well.
    """
    quiet = options["quiet"]
    compile_first(
        most=options.get("jobs"),
        shown=not quiet,
        tell=None if quiet else lambda text: say(text, err=True),
    )


def compile_ahead(options: Mapping[str, Any]) -> None:
    """Compile the model before anybody runs it, and copy what was kept where others find it."""
    compile_model(options)
    from sim.engine.ahead import ship
    from sim.engine.code_folder import HANDED_ON

    into: Path | None = options["into"]
    if into is None:
        say("The model is compiled; every start from now on reads what was kept.")
        return
    folder = ship(into.absolute())
    say(
        f"The compiled model is in {folder}. Whoever has {HANDED_ON}={folder.parent} in the "
        "environment reads it there,\nwith the same versions of everything on the same kind of "
        "processor."
    )
