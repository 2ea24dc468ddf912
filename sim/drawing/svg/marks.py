"""Elements of a picture: tags, numbers, text, lines, and the marks that tell scenarios apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from sim.drawing.colours import SCENARIOS

INK, GREY, FAINT = "#1a1a1a", "#555", "#ddd"
SIZE = 13.0
"""Units of a text where a picture is some 420 units wide."""
_DASHES = ("", "7 2.5", "2 2.5", "9 2.5 2 2.5", "5 2 2 2 2 2")
_MARKS = ("circle", "square", "triangle", "diamond", "down", "plus", "cross")
_NARROW = frozenset("iIjl.,:;'|!()[] ")
_WIDE = frozenset("mwMW@%")


@dataclass(frozen=True)
class Pen:
    """How one scenario is drawn: colour, dashes and mark change together, for print in grey."""

    colour: str
    dash: str
    mark: str


def pen(place: int) -> Pen:
    """The pen of the scenario in a place of the study, counted from 0: the same everywhere."""
    return Pen(
        SCENARIOS[place % len(SCENARIOS)],
        _DASHES[place % len(_DASHES)],
        _MARKS[place % len(_MARKS)],
    )


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def tag(name: str, *content: str, **attributes: str | float) -> str:
    """An element; `_` in names of attributes stands for `-`, at their end for nothing."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    inside = "".join(content)
    return f"<{name}{said}>{inside}</{name}>" if inside else f"<{name}{said}/>"


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def words(x: float, y: float, text: str, **how: str | float) -> str:
    """A text that begins (or with `text_anchor` ends) at a point of its base line."""
    return tag("text", escape(text, quote=False), x=x, y=y, **how)


def line(x1: float, y1: float, x2: float, y2: float, **how: str | float) -> str:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, **how)


def path(points: Iterable[tuple[float, float]], **how: str | float) -> str:
    """A line through points."""
    steps = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return tag("polyline", points=steps, fill="none", **how)


def mark(kind: str, x: float, y: float, size: float = 4.0, **how: str | float) -> str:
    """The mark of a pen around a point."""
    if kind == "circle":
        return tag("circle", cx=x, cy=y, r=size, **how)
    if kind == "square":
        side = 1.8 * size
        return tag("rect", x=x - side / 2, y=y - side / 2, width=side, height=side, **how)
    return tag("path", d=_shape(kind, x, y, size), **how)


def _shape(kind: str, x: float, y: float, size: float) -> str:
    big, thin = 1.25 * size, 0.4 * size
    corners: dict[str, Sequence[tuple[float, float]]] = {
        "triangle": ((0, -big), (big, big * 0.8), (-big, big * 0.8)),
        "down": ((0, big), (big, -big * 0.8), (-big, -big * 0.8)),
        "diamond": ((0, -big), (big, 0), (0, big), (-big, 0)),
        "plus": (
            (-thin, -big), (thin, -big), (thin, -thin), (big, -thin), (big, thin), (thin, thin),
            (thin, big), (-thin, big), (-thin, thin), (-big, thin), (-big, -thin), (-thin, -thin),
        ),
        "cross": ((-big, -size), (-size, -big), (0, -thin), (size, -big), (big, -size), (thin, 0),
                  (big, size), (size, big), (0, thin), (-size, big), (-big, size), (-thin, 0)),
    }  # fmt: skip
    steps = " ".join(f"{number(x + dx)} {number(y + dy)}" for dx, dy in corners[kind])
    return f"M{steps}Z"


def picture(
    size: tuple[float, float], title: str, description: str, *content: str, **how: str
) -> str:
    """A whole picture of some width and height; its text takes the font of where it stands."""
    wide, high = size
    label = tag("title", escape(title, quote=False))
    about = tag("desc", escape(description, quote=False)) if description else ""
    return tag(
        "svg", label, about, *content, xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(wide)} {number(high)}", role="img", font_size=SIZE, fill=INK, **how,
    )  # fmt: skip


def width(text: str, size: float = SIZE) -> float:
    """About how wide a text is, in units of the picture; generous, since fonts differ."""
    return size * sum(_advance(letter) for letter in text)


def _advance(letter: str) -> float:
    if ord(letter) > 0x2E80:
        return 1.0
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE:
        return 0.92
    return 0.68 if letter.isupper() else 0.58


def clipped(text: str, room: float, size: float = SIZE) -> str:
    """A text, or its beginning where it has not so much room."""
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept}…"
