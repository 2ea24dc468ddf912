"""The first start: what commands say while the model is compiled."""

from __future__ import annotations

from collections.abc import Mapping
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
