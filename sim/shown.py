"""How results show themselves: as sentences, in a notebook, as a figure. The same for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Self, overload

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.drawing.page import Drawing


class Sentences(list[str]):
    """Sentences; called, as `found.sentences()`, they give themselves."""

    def __call__(self) -> Self:
        """The sentences."""
        return self


class Shown(ABC):
    """A result that can be drawn."""

    @abstractmethod
    def drawing(self) -> Drawing:
        """The figure, with its title, caption and alternative text.

        Raises `UserMistake` if there is nothing to draw.
        """

    @overload
    def plot(self, path: None = None) -> Figure: ...
    @overload
    def plot(self, path: str | Path) -> list[Path]: ...
    def plot(self, path: str | Path | None = None) -> Figure | list[Path]:
        """The figure in our style, as Matplotlib's; with a path, written as PNG and SVG instead.

        `path` is the figure's name, with or without ending; both files' paths come back.
        """
        from sim.drawing.page import in_our_style, save_as

        with in_our_style():
            drawing = self.drawing()
        return drawing.page.canvas if path is None else save_as(drawing, Path(path))

    def _repr_html_(self) -> str:
        """What a notebook shows: what `repr` says."""
        return lines_as_html(repr(self).splitlines())


def lines_as_html(lines: Sequence[str]) -> str:
    """Lines for a notebook, one under the other; names in them cannot be read as HTML."""
    return f"<div>{''.join(f'<p>{escape(line)}</p>' for line in lines)}</div>"


def text_as_html(text: str) -> str:
    """A text for a notebook whose columns and breaks are kept."""
    return f"<pre>{escape(text)}</pre>"


def table_as_html(title: str, table: pd.DataFrame) -> str:
    """A table for a notebook under its title; numbers with two decimals."""
    body = table.to_html(index=False, border=0, float_format="{:.2f}".format, na_rep="")
    return f"<div><p>{escape(title)}</p>{body}</div>"
