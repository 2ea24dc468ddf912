"""What a page is made of: sections of paragraphs, tables, charts and maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True)
class Cell:
    """A cell of a table: a text, what stands small below it, a picture, names with their keys.

    `hint` is shown where a pointer rests: what a name or a column is called in files.
    """

    text: str
    note: str = ""
    svg: str = ""
    tags: Sequence[tuple[str, str]] = ()
    kind: Literal["", "number", "here", "sure"] = ""
    hint: str = ""


@dataclass(frozen=True)
class Table:
    """A table. The first cell of a row is its head; `narrow` ones stay as wide as they need."""

    caption: str
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    kind: str = "table"


@dataclass(frozen=True)
class Words:
    """Paragraphs, or points of a list."""

    lines: Sequence[str]
    listed: bool = False
    kind: str = "words"


@dataclass(frozen=True)
class Code:
    """A command to type."""

    text: str
    kind: str = "code"


@dataclass(frozen=True)
class Chart:
    """A picture with a title above and a caption below; its numbers are a table to unfold."""

    title: str
    svg: str
    unit: str = ""
    caption: str = ""
    table: Table | None = None


@dataclass(frozen=True)
class Charts:
    """Charts beside each other, large or small."""

    charts: Sequence[Chart]
    large: bool = False
    note: str = ""
    kind: str = "charts"


@dataclass(frozen=True)
class Choice:
    """Something to choose from, by value and in words."""

    value: str
    text: str


@dataclass(frozen=True)
class Maps:
    """Maps beside each other. A script colours them by another indicator and year."""

    charts: Sequence[Chart]
    scales: Sequence[Chart]
    indicators: Sequence[Choice]
    years: Sequence[int]
    note: str = ""
    kind: str = "maps"


@dataclass(frozen=True)
class Unfolded:
    """Tables or words that are folded away on a screen, and in print shown or left out."""

    summary: str
    blocks: Sequence[Table | Words]
    printed: bool = True
    kind: str = "unfolded"


Block: TypeAlias = Table | Words | Code | Charts | Maps | Unfolded


@dataclass(frozen=True)
class Section:
    """A part of the page under its heading; a `warning` stands in a box.

    What is `long` is folded away on the screen of a phone until it is asked for.
    """

    ident: str
    title: str
    blocks: Sequence[Block]
    lead: str = ""
    warning: bool = False
    long: bool = False


@dataclass(frozen=True)
class Download:
    """A file that a link of the page holds."""

    name: str
    text: str
    link: str


@dataclass(frozen=True)
class Page:
    """The whole page; `data` is what the script reads."""

    title: str
    question: str
    facts: Sequence[str]
    sections: Sequence[Section]
    asked: Sequence[str] = ()
    """What single options ask, a line each, where they ask different things."""
    data: dict[str, Any] = field(default_factory=dict)
    downloads: Sequence[Download] = ()


def cells(*texts: str) -> list[Cell]:
    """Plain cells."""
    return [Cell(text) for text in texts]


def figures(*texts: str) -> list[Cell]:
    """Cells of numbers."""
    return [Cell(text, kind="number") for text in texts]
