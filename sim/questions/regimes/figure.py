"""Maps of two context factors: a panel per outcome, a cell per point, coloured by who wins it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.drawing.fonts import packed, width, wrapped, writable
from sim.drawing.looks import LegendKey, Look, looks, written_otherwise
from sim.drawing.page import (
    GREY,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)
from sim.experiments.factors import declaration
from sim.outcome_words import lower_told
from sim.outcomes import title_of
from sim.questions.how_sure import CERTAIN, FEWEST_WORLDS
from sim.questions.regimes.analysis import Regimes
from sim.questions.regimes.words import surveyed

_TITLE = "Which policy wins where"
_MOST_ACROSS = 3
_LEFT, _BETWEEN = 0.8, 0.7
_ABOVE, _BELOW = 0.36, 0.78
_OPEN = "#ededed"
_MOST_TICKS = 6
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def draw_regimes(found: Regimes) -> Drawing:
    """The figure of all outcomes' maps."""
    shown = looks(list(found.plan.policies))
    key = LegendKey(list(shown.values()))
    heading = Heading(_TITLE, _note(found))
    outcomes = list(dict.fromkeys(found.cells["outcome"]))
    across = min(_MOST_ACROSS, len(outcomes))
    side = (WIDTH - _LEFT - MARGIN - _BETWEEN * (_MOST_ACROSS - 1)) / _MOST_ACROSS
    lines = -(-len(outcomes) // across)
    shares = {outcome: _shares(found, outcome, side + MARGIN / 2) for outcome in outcomes}
    head = _ABOVE + LINE * max(map(len, shares.values())) + 0.08
    top = heading.height + key.height + 0.1
    page = Page(top + lines * (head + side + _BELOW))
    heading.draw(page)
    key.draw(page, heading.height)
    for number, outcome in enumerate(outcomes):
        line, place = divmod(number, across)
        left = _LEFT + place * (side + _BETWEEN)
        above = top + line * (head + side + _BELOW)
        page.write(left, above + 0.18, title_of(outcome), fontweight="bold")
        for place_of_line, text in enumerate(shares[outcome]):
            middle = above + _ABOVE + LINE * (place_of_line + 0.4)
            page.write(left, middle, text, fontsize=SMALL)
        axes = page.axes(left, above + head, side, side)
        _draw_map(axes, found, outcome, shown)
        axes.set_xlabel(_label(found.plan.names[0], side), fontsize=SMALL)
        if place == 0:
            axes.set_ylabel(_label(found.plan.names[1], side), fontsize=SMALL)
    caption = _note(found) + written_otherwise(list(shown.values()))
    return Drawing(page, Caption("regimes", _TITLE, caption, " ".join(found.sentences)))


def _draw_map(axes: Axes, found: Regimes, outcome: str, shown: dict[str, Look]) -> None:
    x, y = (np.unique(column) for column in found.plan.points.T)
    axes.set(xlim=(-0.5, len(x) - 0.5), ylim=(-0.5, len(y) - 0.5))
    own = found.cells[found.cells["outcome"] == outcome]
    for cell in own.to_dict("records"):
        across = int(np.searchsorted(x, cell["x"]))
        up = int(np.searchsorted(y, cell["y"]))
        look = shown[cell["leader"]]
        won = bool(cell["winner"])
        red, green, blue = (0.45 + 0.55 * part for part in to_rgb(look.colour))
        face = (red, green, blue) if won else to_rgb(_OPEN)
        axes.add_patch(
            Rectangle((across - 0.5, up - 0.5), 1.0, 1.0, facecolor=face, edgecolor="white", lw=0.6)
        )
        size = 5.0 if won else 3.5
        axes.plot(
            across, up, look.marker, ms=size, mec=look.colour if won else GREY, mew=0.7,
            mfc=look.colour if won else "none",
        )  # fmt: skip
    for axis, levels in ((axes.xaxis, x), (axes.yaxis, y)):
        chosen = np.arange(len(levels))
        if len(levels) > _MOST_TICKS:
            chosen = np.unique(np.linspace(0, len(levels) - 1, 4).round().astype(int))
        axis.set_ticks(chosen, [f"{levels[k]:.2g}" for k in chosen])
    _mark_surveyed(axes, found.plan.names, x, y)
    axes.tick_params(length=2.5, pad=2)
    for edge in ("left", "bottom"):
        axes.spines[edge].set_visible(False)


def _mark_surveyed(
    axes: Axes, names: Sequence[str], x: NDArray[np.float64], y: NDArray[np.float64]
) -> None:
    """A band, between dotted lines, where measured attitudes lie on a factor."""
    for name, levels, line in zip(names, (x, y), (axes.axvline, axes.axhline), strict=True):
        ends = surveyed(name)
        for end in ends or ():
            if len(levels) > 1 and levels[0] <= end <= levels[-1]:
                line(
                    float(np.interp(end, levels, np.arange(len(levels)))),
                    color=GREY,
                    lw=0.9,
                    ls=":",
                )


def _shares(found: Regimes, outcome: str, room: float) -> list[str]:
    """Shares of the cells won, in lines of at most `room` inches, none broken inside a share."""
    own: pd.DataFrame = found.shares[found.shares["outcome"] == outcome]
    return packed(
        [
            f"{_shortened(writable(row['policy']), room)} {100 * row['share']:.0f} %"
            for row in own.to_dict("records")
        ],
        room,
        SMALL,
    )


def _shortened(name: str, room: float) -> str:
    """A policy's name, or its beginning where it would leave no room for its share."""
    while len(name) > 1 and width(f"{name} 100 %,", SMALL) > room:
        name = f"{name.rstrip(_ELLIPSIS)[:-1]}{_ELLIPSIS}"
    return name


def _label(name: str, room: float) -> str:
    declared = declaration(name)
    unit = "" if declared is None or not declared.unit else f" ({declared.unit})"
    return "\n".join(wrapped(f"{name}{unit}", room, SMALL))


def _marked(found: Regimes) -> str:
    names = [name for name in found.plan.names if surveyed(name) is not None]
    return f" Dotted: where measured attitudes lie on {' and '.join(names)}." if names else ""


def _sure(found: Regimes) -> str:
    plan = found.plan
    if not plan.worlds:
        return f"with 95 % confidence ({plan.replicates} paired replicates)"
    count = int(found.cells["worlds"].iloc[0])
    if count < FEWEST_WORLDS:
        return f"in nearly all worlds; {count} are too few to say so of any cell"
    each = "one replicate" if plan.per_world == 1 else f"{plan.per_world} replicates"
    return (
        f"in at least {100 * CERTAIN:.0f} % of {count} plausible worlds, the same in all cells "
        f"(mean of {each} in each)"
    )


def _note(found: Regimes) -> str:
    return (
        "A cell is coloured by the policy that is ahead of every other one in it "
        f"{_sure(found)}. Grey cells are undecided; their hollow "
        f"marker says who leads. Above each map: shares of the cells won.{_marked(found)}"
        f"{lower_told(dict.fromkeys(found.cells['outcome']))}"
    )
