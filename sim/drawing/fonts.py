"""Which fonts there are, what they can write, and how wide a text will be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

LATIN = "DejaVu Sans"
"""Comes with Matplotlib, so that text has the same width everywhere."""

_KOREAN = (
    "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "NanumBarunGothic", "Malgun Gothic",
    "Apple SD Gothic Neo", "AppleGothic", "Source Han Sans KR", "Source Han Sans K",
    "Noto Sans CJK JP", "Noto Sans CJK SC", "UnDotum", "Baekmuk Dotum", "WenQuanYi Zen Hei",
)  # fmt: skip
_BOLDER = 1.15


def families() -> list[str]:
    """The fonts to write with: a Korean one stands in where the first has no glyph."""
    korean = _korean(tuple(font.name for font in fontManager.ttflist))
    return [LATIN, *korean]


def can_write(text: str) -> bool:
    """Whether every letter of a text has a glyph."""
    fonts = tuple(families())
    return all(_has_glyph(letter, fonts) for letter in text)


def writable(text: str) -> str:
    """The text without the letters that no font has, on one line."""
    fonts = tuple(families())
    return " ".join("".join(c if _has_glyph(c, fonts) else " " for c in text).split())


def bold_face(text: str) -> dict[str, Any]:
    """How to write a text in bold: not at all where it takes the Korean font.

    That font may have one weight only, and Matplotlib would complain on standard error.
    """
    if all(_has_glyph(letter, (LATIN,)) for letter in text):
        return {"fontfamily": LATIN, "fontweight": "bold"}
    return {"fontweight": "normal"}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in inches; `size` in points."""
    return sum(map(_advance, text)) * size / 72.0 * (_BOLDER if bold else 1.0)


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of a text that are at most `room` inches wide; a word that is wider is broken."""
    lines = [""]
    for word in text.split():
        rest = word
        if lines[-1] and width(f"{lines[-1]} {word}", size, bold=bold) <= room:
            lines[-1] += f" {word}"
            continue
        while width(rest, size, bold=bold) > room and len(rest) > 1:
            fits = _fitting(rest, room, size, bold=bold)
            lines.append(rest[:fits])
            rest = rest[fits:]
        lines.append(rest)
    return [line for line in lines if line] or [""]


def packed(parts: Sequence[str], room: float, size: float) -> list[str]:
    """Parts with commas between them, in lines of at most `room` inches; no part is broken."""
    lines = [""]
    for place, part in enumerate(parts):
        text = part + ("," if place + 1 < len(parts) else "")
        together = f"{lines[-1]} {text}".lstrip()
        if width(together, size) <= room:
            lines[-1] = together
        else:
            lines.append(text)
    return [line for line in lines if line]


def _fitting(word: str, room: float, size: float, *, bold: bool) -> int:
    """How many letters of a word fit, at least one; after a joint of it if there is one."""
    count = len(word)
    while count > 1 and width(word[:count], size, bold=bold) > room:
        count -= 1
    joint = 1 + max(word.rfind(mark, 0, count) for mark in "_-/")
    return joint if joint > count // 3 else count


@cache
def _korean(installed: Sequence[str]) -> tuple[str, ...]:
    return next(((name,) for name in _KOREAN if name in installed), ())


@cache
def _has_glyph(letter: str, fonts: tuple[str, ...]) -> bool:
    return letter == " " or (
        letter.isprintable() and any(_font(name).get_char_index(ord(letter)) for name in fonts)
    )


@cache
def _advance(letter: str) -> float:
    """Width of one letter as a share of the font size; what only the Korean font has is square."""
    font = _font(LATIN)
    if not font.get_char_index(ord(letter)):
        return 1.0
    font.set_size(10.0, 72.0)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 655360.0


def _font(name: str) -> FT2Font:
    return font_manager.get_font(font_manager.findfont(FontProperties(family=name)))
