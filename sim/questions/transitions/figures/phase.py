"""Phase portrait: efficiency against participation, and where reforms lead between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import width
from sim.drawing.looks import Look, written_otherwise
from sim.drawing.page import (
    GREY,
    HALO,
    INK,
    LINE,
    SMALL,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)
from sim.drawing.words import calendar, number
from sim.questions.comparison.counted import counted, units
from sim.questions.transitions.analysis import Transitions
from sim.questions.transitions.figures.stages import in_cells, scenario_looks, write_label
from sim.questions.transitions.paths import Numbers, Paths
from sim.questions.transitions.spread import ranks

_TITLE = "Phase portrait: efficiency against participation"
_TALL = 2.7
_EVERY = 5
_SMOOTH = 3
_LEVELS = (1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80)
_LOCAL_LINES = ((0, (1, 1)), (0, (4, 1.5)), "solid")
_LEAST = 4.0
_RANKS = ("first", "middle", "last")
_SAMPLE = 0.36
_APART = 0.2
"""Inches between the names of grey curves."""


@dataclass(frozen=True)
class _Track:
    """Efficiency and participation at the end of each year, and the calendar year of the first."""

    efficiency: Numbers
    participation: Numbers
    first: int
    name: str = ""


def draw_phase(found: Transitions) -> Drawing | None:
    """One panel per scenario that was asked for; None if none has a finished replicate."""
    names = list(found.paths)
    if not names:
        return None
    shown = scenario_looks(found)
    told = counted(found.runs, found.runs.local)
    unit = units(found.runs.study)
    note = (
        f"Thick: the whole society, mean of {told}; dots every {_EVERY} years, the arrow points "
        "to the last year. Thin: the first, the middle and the last local government to leave its "
        f"starting position, on average over {unit}. Grey curves join points of equal harmonic "
        "mean (numbers at the right), which is high only where both are."
    )
    heading = Heading(_TITLE, note)
    tracks = {name: _national(found, name) for name in names}
    local = {name: _local(found.paths[name], tracks[name].first) for name in names}
    limits = _limits([*tracks.values(), *(t for own in local.values() for t in own)])
    cells = list(in_cells(names, 0.0, 1.0))
    keys = {cell.name: _key(local[cell.name], cell.width - 0.3) for cell in cells}
    above = 0.32 + LINE * max(1 + key[-1].line for key in keys.values())
    height = above + _TALL + 0.75
    page = Page(heading.height + height * ((len(names) + 1) // 2))
    heading.draw(page)
    for cell in in_cells(names, heading.height, height):
        write_label(page, cell, shown)
        _draw_key(page, keys[cell.name], (cell.left, cell.top + 0.32), shown[cell.name])
        axes = page.axes(cell.left + 0.58, cell.top + above + 0.05, cell.width - 1.05, _TALL)
        _prepare(axes, limits)
        for track, line in zip(local[cell.name], _LOCAL_LINES, strict=False):
            axes.plot(
                track.efficiency, track.participation, color=GREY, ls=line, lw=1.1, zorder=2,
                clip_on=False,
            )  # fmt: skip
        _draw_track(axes, tracks[cell.name], shown[cell.name])
    caption = (
        f"{note} Readings are means of three years; both run from 0 to 100 and higher is better; "
        "all panels show the same part of the scale."
    ) + written_otherwise([shown[name] for name in names])
    alt_text = " ".join(_in_words(tracks[name], local[name], shown[name]) for name in names)
    return Drawing(page, Caption("phase_portrait", _TITLE, caption, f"Paths. {alt_text}"))


def _national(found: Transitions, name: str) -> _Track:
    values = found.runs.values
    own = values[values["scenario"] == name].groupby("month")[["efficiency", "participation"]]
    means = own.mean().to_numpy(dtype=np.float64)
    first = calendar(found.runs.study.scenarios[name], 12)[0]
    return _Track(means[:, 0], means[:, 1], first)


def _local(paths: Paths, first: int) -> list[_Track]:
    """The first, the middle and the last local government to move, means over replicates."""
    order = list(ranks(paths, 0.25)["local_government"])
    chosen = dict.fromkeys((order[0], order[(len(order) - 1) // 2], order[-1]))
    places = [paths.governments.index(name) for name in chosen]
    efficiency, participation = (
        paths.readings[name].mean(axis=0) for name in ("efficiency", "participation")
    )
    return [
        _Track(_smooth(efficiency[k]), _smooth(participation[k]), first, paths.governments[k])
        for k in places
    ]


def _smooth(values: Numbers) -> Numbers:
    """Means of the last three years, of those there are at the beginning."""
    return np.array([values[max(0, k - _SMOOTH + 1) : k + 1].mean() for k in range(len(values))])


def _limits(tracks: list[_Track]) -> tuple[tuple[float, float], tuple[float, float]]:
    ends = []
    for name in ("efficiency", "participation"):
        values = np.concatenate([getattr(track, name) for track in tracks])
        low, high = float(values.min()), float(values.max())
        pad = max(0.08 * (high - low), (_LEAST - (high - low)) / 2)
        ends.append((max(0.0, low - pad), min(100.0, high + pad)))
    return ends[0], ends[1]


def _prepare(axes: Axes, limits: tuple[tuple[float, float], tuple[float, float]]) -> None:
    (left, right), (low, high) = limits
    axes.set(xlim=(left, right), ylim=(low, high))
    _draw_balance(axes, limits)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel("efficiency (0 to 100)", fontsize=SMALL, labelpad=2)
    axes.set_ylabel("participation (0 to 100)", fontsize=SMALL, labelpad=2)
    axes.tick_params(length=2, pad=3, labelsize=SMALL)


def _draw_balance(axes: Axes, limits: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """Curves of equal harmonic mean, named where they leave the panel at the right."""
    (left, right), (low, high) = limits
    x = np.linspace(left, right, 120)
    taken = -np.inf
    for level in _LEVELS:
        if 2 * left <= level:
            continue
        y = level * x / (2 * x - level)
        inch = (y[-1] - low) / (high - low) * _TALL
        if not (_APART / 2 <= inch <= _TALL - _APART / 2 and inch - taken >= _APART):
            continue
        taken = inch
        axes.plot(x, y, color="#c4c4c4", linewidth=0.8, zorder=1)
        axes.annotate(
            f"{level}", (right, y[-1]), (4, 0), textcoords="offset points", va="center",
            fontsize=SMALL, color=GREY, annotation_clip=False,
        )  # fmt: skip


class _Entry(NamedTuple):
    """One name of the key: where it goes, which line it names (-1: the society)."""

    text: str
    place: int
    left: float
    line: int


def _key(local: Sequence[_Track], room: float) -> list[_Entry]:
    """The society's and three governments' names, on as many lines as they need."""
    ranks = _RANKS if len(local) == len(_RANKS) else ("first", "last")
    names = [f"{track.name} ({rank})" for track, rank in zip(local, ranks, strict=False)]
    entries: list[_Entry] = []
    left, line = 0.0, 0
    for place, text in enumerate(["whole society", *names], start=-1):
        needed = _SAMPLE + 0.08 + width(text, SMALL)
        if left > 0.0 and left + needed > room:
            left, line = 0.0, line + 1
        entries.append(_Entry(text, place, left, line))
        left += needed + 0.2
    return entries


def _draw_key(
    page: Page, entries: Sequence[_Entry], corner: tuple[float, float], look: Look
) -> None:
    for text, place, left, line in entries:
        start, middle = corner[0] + left, corner[1] + LINE * (line + 0.5)
        style = (look.colour, "solid", 2.4) if place < 0 else (GREY, _LOCAL_LINES[place], 1.1)
        colour, dashes, thick = style
        page.sheet.plot([start, start + _SAMPLE], [middle] * 2, color=colour, ls=dashes, lw=thick)
        page.write(start + _SAMPLE + 0.08, middle, text, fontsize=SMALL)


def _draw_track(axes: Axes, track: _Track, look: Look) -> None:
    x, y = track.efficiency, track.participation
    axes.plot(x, y, color=look.colour, lw=2.4, zorder=3, clip_on=False)
    dots = np.arange(0, len(x), _EVERY)
    axes.plot(x[dots], y[dots], "o", color=look.colour, markersize=5, zorder=4, clip_on=False)
    if len(x) > 1:
        axes.annotate(
            "", (x[-1], y[-1]), (x[-2], y[-2]), zorder=5, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-|>", "color": look.colour, "lw": 2.2, "mutation_scale": 15,
                "shrinkA": 0.0, "shrinkB": 0.0,
            },
        )  # fmt: skip
    _name_ends(axes, track)


def _name_ends(axes: Axes, track: _Track) -> None:
    """First and last year, beside their points: inside the axes, off the path and each other."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    across = WIDTH * axes.get_position().width
    points = np.stack(
        [
            (track.efficiency - left) / (right - left) * across,
            (track.participation - low) / (high - low) * _TALL,
        ],
        axis=1,
    )
    taken = [points]
    for place in dict.fromkeys((0, len(points) - 1)):
        text = str(track.first + place)
        half = np.array([width(text, SMALL) / 2 + 0.03, 0.1])
        centres = [points[place] + half * side + 0.05 * np.sign(side) for side in _SIDES]
        inside = [
            bool((c >= half + 0.02).all() and (c <= (across, _TALL) - half).all()) for c in centres
        ]
        others = np.concatenate(taken)
        hits = [int((np.abs(others - c) <= half).all(axis=1).sum()) for c in centres]
        best = min(range(len(centres)), key=lambda k: (not inside[k], hits[k]))
        centre = centres[best]
        taken.append(centre + half * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 0]]))
        axes.text(
            left + centre[0] / across * (right - left), low + centre[1] / _TALL * (high - low),
            text, fontsize=SMALL, color=INK, zorder=6, path_effects=[HALO], ha="center",
            va="center",
        )  # fmt: skip


_SIDES = tuple(np.array(side) for side in ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1.2), (0, -1.2)))


def _in_words(track: _Track, local: Sequence[_Track], look: Look) -> str:
    x, y = track.efficiency, track.participation
    movers = f" First to move: {local[0].name}; last: {local[-1].name}." if len(local) > 1 else ""
    return (
        f"{look.name}: efficiency {number(x[0])} and participation {number(y[0])} at the end of "
        f"{track.first}, {number(x[-1])} and {number(y[-1])} at the end of "
        f"{track.first + len(x) - 1}.{movers}"
    )
