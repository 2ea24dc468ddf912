"""Single anchors of the figure by name, `cells.invitations.gov3`: what each may be.

The order of a cell's anchors is the theory. An anchor goes no further than the middle to its
neighbour, so that several may vary at once and none passes another; anchors that are equal in the
figure are one level and move together. Cells that share a whole have no anchor that may move alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from sim.paradigms import FIGURE, Cell
from sim.scenario.held import CELLS
from sim.text import near, short
from sim.worlds.unknowns import Anchors, level_ends, levels_of


class Anchor(NamedTuple):
    """An anchor that may vary: as in worlds from `low` to `high`, at most `least` to `most`."""

    cell: Cell
    paradigm: str
    default: float
    low: float
    high: float
    least: float
    most: float

    @property
    def together(self) -> tuple[str, ...]:
        """The paradigms whose anchors are the same level."""
        pairs = zip(FIGURE.paradigm_ids, self.cell.values, strict=True)
        return tuple(paradigm for paradigm, value in pairs if value == self.default)


@cache
def anchors() -> Mapping[str, Anchor]:
    """All anchors that may vary, by full name."""
    found = {}
    for cell in FIGURE.cells:
        if cell.simplex or len(levels_of(cell)) < 2:
            continue
        ends, levels = level_ends(cell), levels_of(cell)
        for paradigm, value in zip(FIGURE.paradigm_ids, cell.values, strict=True):
            place = levels.index(value)
            low, high = ends[place]
            least = cell.low if place == 0 else low
            most = cell.high if place == len(levels) - 1 else high
            name = f"{CELLS}{cell.name}.{paradigm}"
            found[name] = Anchor(cell, paradigm, value, low, high, least, most)
    return found


def level_names() -> tuple[str, ...]:
    """One name for each level of a cell: that of its first paradigm."""
    return tuple(name for name, one in anchors().items() if one.paradigm == one.together[0])


def anchored(values: Mapping[str, float]) -> Anchors:
    """Anchors by cell and paradigm from values by full name; equal ones move together."""
    found: Anchors = {}
    for name, value in values.items():
        one = anchors()[name]
        found.setdefault(one.cell.name, {}).update(dict.fromkeys(one.together, value))
    return found


def anchor_values(cells: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """What all anchors are where a scenario has these `cells`."""
    return {
        name: cells.get(one.cell.name, {}).get(one.paradigm, one.default)
        for name, one in anchors().items()
    }


def is_reordered(name: str, cells: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether the cell of an anchor has another order than in the figure, given such `cells`."""
    cell = anchors()[name].cell
    own = cells.get(cell.name, {})
    new = [own.get(p, v) for p, v in zip(FIGURE.paradigm_ids, cell.values, strict=True)]
    pairs = [(a, b) for a in range(len(new)) for b in range(len(new))]
    return any(cell.values[a] < cell.values[b] and not new[a] < new[b] for a, b in pairs)


def unknown_anchor(name: str) -> str:
    """What to say of a name that begins as an anchor's and is none that may vary."""
    cell, _, paradigm = name.removeprefix(CELLS).partition(".")
    known = {c.name: c for c in FIGURE.cells}
    if cell not in known:
        return f"'{short(cell)}' is not a cell of the figure{near(cell, list(known))}"
    if known[cell].simplex:
        whole = [
            c.name for c in FIGURE.cells if c.simplex == known[cell].simplex and c.name != cell
        ]
        return f"shares a whole with {' and '.join(whole)}, so that no anchor of it varies alone"
    if paradigm not in FIGURE.paradigm_ids:
        example = f"{CELLS}{cell}.{FIGURE.paradigm_ids[-1]}"
        known_ids = near(paradigm, FIGURE.paradigm_ids)
        return f"an anchor has its paradigm, as {example}{known_ids if paradigm else ''}"
    return f"{cell} is the same under every paradigm"
