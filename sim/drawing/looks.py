"""How a scenario looks in every figure: its label, colour, line and marker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.colors import to_rgb

from sim.drawing.colours import SCENARIOS
from sim.drawing.fonts import width, wrapped, writable
from sim.drawing.page import LINE, MARGIN, TEXT, WIDTH, Page

_LINES: tuple[Any, ...] = (
    "solid", (0, (5, 1.5)), (0, (1, 1.2)), (0, (7, 1.5, 1, 1.5)), (0, (3, 1.2, 1, 1.2, 1, 1.2)),
)  # fmt: skip
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")
_SAMPLE = 0.66
_GAP = 0.3


@dataclass(frozen=True)
class Look:
    """How one scenario is drawn; `name` in captions, `label` in the picture."""

    name: str
    label: str
    colour: str
    line: Any
    marker: str

    @property
    def dark(self) -> tuple[float, float, float]:
        """The colour, dark enough for text on white."""
        red, green, blue = (0.65 * part for part in to_rgb(self.colour))
        return red, green, blue


def looks(names: Sequence[str]) -> dict[str, Look]:
    """A look for each scenario, by place in the study: the same in every figure.

    Colour, line and marker change together, so that grey print keeps scenarios apart.
    """
    found: dict[str, Look] = {}
    taken: set[str] = set()
    for place, name in enumerate(names):
        label = writable(name)
        if label in taken or not any(map(str.isalnum, label)):
            label = f"{label} (scenario {place + 1})".strip()
        taken.add(label)
        found[name] = Look(
            one_line(name),
            label,
            SCENARIOS[place % len(SCENARIOS)],
            _LINES[place % len(_LINES)],
            _MARKERS[place % len(_MARKERS)],
        )
    return found


def one_line(name: str) -> str:
    """A name without line breaks and other letters that cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def written_otherwise(chosen: Sequence[Look]) -> str:
    """A sentence on names that the picture cannot write, or nothing."""
    pairs = [f"{look.name} is written {look.label}" for look in chosen if look.name != look.label]
    return f" No font at hand has all letters: {'; '.join(pairs)}." if pairs else ""


class LegendKey:
    """Which look is which scenario: side by side, on as many lines as they need."""

    def __init__(self, chosen: Sequence[Look]) -> None:
        self._entries: list[tuple[Look, list[str], float, float]] = []
        left, top, tallest = MARGIN, 0.0, 0.0
        for look in chosen:
            lines = wrapped(look.label, WIDTH - 2 * MARGIN - _SAMPLE, TEXT)
            needed = _SAMPLE + max(width(line, TEXT) for line in lines)
            if left > MARGIN and left + needed > WIDTH - MARGIN:
                left, top, tallest = MARGIN, top + tallest, 0.0
            self._entries.append((look, lines, left, top))
            left += needed + _GAP
            tallest = max(tallest, LINE * len(lines) + 0.02)
        self.height = top + tallest

    def draw(self, page: Page, top: float) -> None:
        """Draws a sample of each scenario's line and marker, and its label."""
        for look, lines, left, below in self._entries:
            middle = top + below + LINE / 2
            end = left + _SAMPLE - 0.1
            page.sheet.plot([left, end], [middle] * 2, color=look.colour, ls=look.line, lw=1.9)
            page.sheet.plot(
                (left + end) / 2, middle, look.marker, color=look.colour, markersize=5.5
            )
            for number, line in enumerate(lines):
                page.write(left + _SAMPLE, middle + LINE * number, line)
