"""Figures as files: drawn in our style, written with their captions, moved into a folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.drawing.page import Caption, Drawing, in_our_style, save
from sim.errors import ResultsError
from sim.runs.files import TEMPORARY
from sim.runs.folder import Folder

FIGURES = "figures"


def write_drawings(drawings: Iterable[Callable[[], Drawing | None]], folder: Path) -> list[Caption]:
    """Draws in our style what can be drawn, and writes it and `captions.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = []
    for draw in drawings:
        with in_our_style():
            drawing = draw()
            if drawing is not None:
                save(drawing, folder)
                figures.append(drawing.figure)
    text = "\n".join(["# Figures", "", *map(_entry, figures)])
    (folder / "captions.md").write_text(text, encoding="utf-8", newline="\n")
    return figures


def _entry(figure: Caption) -> str:
    """One figure in `captions.md`."""
    alt_text, caption, title = map(_escaped, (figure.alt_text, figure.caption, figure.title))
    return f"## {figure.name}: {title}\n\n{caption}\n\nAlternative text: {alt_text}\n"


def _escaped(text: str) -> str:
    """Text whose scenario names cannot be read as Markdown or HTML."""
    return "".join(f"\\{letter}" if letter in "\\`*_<[" else letter for letter in text)


def draw_aside(
    folder: Folder, draw: Callable[[Path], Sequence[Caption]], name: str = FIGURES
) -> list[dict[str, Any]]:
    """Figures, drawn aside and moved into a results folder file by file; what is said of each."""
    try:
        aside = Path(tempfile.mkdtemp(dir=folder.path, prefix=TEMPORARY))
        try:
            figures = draw(aside)
            for file in sorted(aside.iterdir()):
                folder.take(f"{name}/{file.name}", file)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise ResultsError(
            f"{folder.path / name}: cannot be written: {error.strerror or error}"
        ) from None
    return [asdict(figure) for figure in figures]
