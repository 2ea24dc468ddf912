"""The files of a story: its months as CSV, and the figure beside it."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import UserMistake
from sim.questions.story import Story
from sim.questions.story.figure import write_story
from sim.runs.files import TEMPORARY, forget, unwritable
from sim.runs.folder import write_table


def write_files(story: Story, out: Path) -> None:
    """Write the trace to `out` (`.csv`) and the figure beside it as PNG and SVG.

    All are made aside and then take their names. Files that are there already are left as they are:
    raises `UserMistake` if they hold anything else. A command that was killed in between is
    finished by the same command.
    """
    aside = out.parent / f"{TEMPORARY}{out.stem}"
    try:
        forget(aside)
        aside.mkdir(parents=True)
        write_story(story, aside / out.name)
        write_table(aside / out.name, story.trace)
        made = sorted(aside.iterdir(), key=lambda path: path.suffix == out.suffix)
        for file in made:
            _refuse_other(file, out.with_name(file.name))
        for file in made:
            os.replace(file, out.with_name(file.name))
    except OSError as error:
        raise unwritable(out, error) from None
    finally:
        forget(aside)


def _refuse_other(made: Path, target: Path) -> None:
    if target.exists() and target.read_bytes() != made.read_bytes():
        raise UserMistake(f"--out {target}: holds something else and is left as it is")
