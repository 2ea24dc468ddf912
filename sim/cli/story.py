"""`story`: one citizen's life, or one government's years, told side by side."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from sim.cli.screen import say
from sim.cli.starting import compile_model
from sim.cli.work import load_alike
from sim.errors import UserMistake
from sim.questions.story import story
from sim.questions.story.files import write_files

_WIDTH = 80
_NARROWEST, _WIDEST = 60, 160


def tell_story(who: str, files: Sequence[str], options: dict[str, Any]) -> None:
    """Run each scenario once, print the story, and write trace and figure if asked for."""
    out: Path | None = options["out"]
    if out is not None:
        _refuse(out)
    scenarios = load_alike(files, options)
    shown = sys.stderr.isatty() and not options["quiet"]
    compile_model(options)
    with tqdm(total=len(scenarios), desc="Running", unit=" scenarios", disable=not shown,
              leave=False) as bar:  # fmt: skip
        told = story(
            who,
            *scenarios,
            seed=options["seed"],
            replicate=options["replicate"],
            progress=bar.update,
        )
    say(told.text(width=_width(), everything=options["everything"]))
    if out is not None:
        write_files(told, out)
        say(f"\nThe months are in {out}, the figure in {out.with_suffix('.png')} and .svg")


def _width() -> int:
    """Columns to write in: those of the terminal, or 80 elsewhere."""
    if not sys.stdout.isatty():
        return _WIDTH
    return min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)


def _refuse(out: Path) -> None:
    if out.suffix != ".csv":
        raise UserMistake(f"--out {out}: must end in .csv; the figure is written beside it")
    if out.is_dir():
        raise UserMistake(f"--out {out}: is a folder; name a file")
