"""A page measured in inches from its top left corner, and how it is saved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from matplotlib import figure as matplotlib_figure
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.drawing.fonts import bold_face, families, wrapped
from sim.errors import ResultsError

WIDTH = 10.4
MARGIN = 0.15
LINE = 0.235
"""Inches from one line of text to the next."""
INK = "#222222"
GREY = "#595959"
TEXT = 12.0
SMALL = 11.0
"""Points: legible where the page fills a slide, and no text is smaller."""
HALO = withStroke(linewidth=2.5, foreground="white")
"""A white rim that keeps a text legible on lines."""

_DOTS_PER_INCH = 150.0
_MOST_DOTS = 60_000.0
_STYLE: dict[str, Any] = {
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": TEXT + 1,
    "font.size": TEXT,
    "svg.fonttype": "none",
    "svg.hashsalt": "govshift",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": GREY,
    "xtick.labelsize": SMALL,
    "ytick.color": GREY,
    "ytick.labelsize": SMALL,
}


@dataclass(frozen=True)
class Caption:
    """What is said about a figure: `name` is its file without ending."""

    name: str
    title: str
    caption: str
    alt_text: str


@dataclass(frozen=True)
class Drawing:
    """A page, and what is said about it."""

    page: Page
    figure: Caption


class Canvas(matplotlib_figure.Figure):
    """A figure that a notebook shows also where pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        png = BytesIO()
        self.savefig(png, format="png", dpi=_DOTS_PER_INCH)
        return png.getvalue()


class Page:
    """A white page. `sheet` takes whatever is drawn in inches; y runs downwards."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.canvas = Canvas(figsize=(WIDTH, height), facecolor="white")
        self.sheet = self.axes(0.0, 0.0, WIDTH, height)
        self.sheet.set_axis_off()
        self.sheet.set(xlim=(0.0, WIDTH), ylim=(height, 0.0), zorder=-1)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes at a place of the page."""
        bottom = self.height - top - height
        return self.canvas.add_axes(
            (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        )

    def write(self, left: float, middle: float, text: str, **how: Any) -> None:
        """A line of text, starting at `left`, its middle at `middle` inches from the top."""
        how = {"verticalalignment": "center_baseline", "fontsize": TEXT, **how}
        if how.get("fontweight") == "bold":
            how |= bold_face(text)
        self.sheet.text(left, middle, text, **how)


class Heading:
    """Title of a page and the lines under it that say how to read it."""

    def __init__(self, title: str, note: str) -> None:
        self.title = title
        self.lines = wrapped(note, WIDTH - 2 * MARGIN, TEXT)
        self.height = 0.52 + LINE * len(self.lines)

    def draw(self, page: Page) -> None:
        """Writes title and lines at the top."""
        page.write(MARGIN, 0.26, self.title, fontsize=TEXT + 4, fontweight="bold")
        for number, line in enumerate(self.lines):
            page.write(MARGIN, 0.58 + LINE * number, line, color=GREY)


@contextmanager
def in_our_style() -> Iterator[None]:
    """Matplotlib's default settings with ours, whatever the user's are; put back afterwards."""
    with style.context(["default", {**_STYLE, "font.family": families()}]):
        yield


def save(drawing: Drawing, folder: Path) -> None:
    """Writes PNG and SVG, with title and alternative text inside and without a date."""
    canvas, figure = drawing.page.canvas, drawing.figure
    about = {"Title": figure.title, "Description": figure.alt_text}
    dots = min(_DOTS_PER_INCH, _MOST_DOTS / drawing.page.height)
    canvas.savefig(
        folder / f"{figure.name}.png", dpi=dots, metadata={**about, "Software": "GovShift"}
    )
    canvas.savefig(
        folder / f"{figure.name}.svg", metadata={**about, "Creator": "GovShift", "Date": None}
    )


def save_as(drawing: Drawing, path: Path) -> list[Path]:
    """Writes PNG and SVG under the name of a path, with or without ending; gives both paths."""
    stem = path.with_suffix("") if path.suffix in (".png", ".svg") else path
    named = Drawing(drawing.page, replace(drawing.figure, name=stem.name))
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=stem.parent, prefix=".tmp-") as aside, in_our_style():
            save(named, Path(aside))
            for file in sorted(Path(aside).iterdir()):
                os.replace(file, stem.with_name(file.name))
    except OSError as error:
        raise ResultsError(f"{path}: cannot be written: {error.strerror or error}") from None
    return [stem.with_name(f"{stem.name}{ending}") for ending in (".png", ".svg")]
