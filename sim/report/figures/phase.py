"""Phase portrait: efficiency against participation, and where reforms lead between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.experiments.transitions.analysis import Transitions
from sim.experiments.transitions.paths import Numbers, Paths
from sim.experiments.transitions.spread import ranks
from sim.report.figures.looks import Look, written_otherwise
from sim.report.figures.page import GREY, HALO, INK, SMALL, Drawing, Figure, Heading, Page
from sim.report.figures.stages import in_cells, scenario_looks, write_label
from sim.report.figures.words import calendar, number, replicate_counts, replicates

_TITLE = "Science and art: efficiency against participation"
_TALL = 2.7
_EVERY = 5
_SMOOTH = 3
_LEVELS = (1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80)
_LOCAL_LINES = ((0, (1, 1)), (0, (4, 1.5)), "solid")
_LEAST = 4.0


@dataclass(frozen=True)
class _Track:
    """Efficiency and participation at the end of each year, and the calendar year of the first."""

    efficiency: Numbers
    participation: Numbers
    first: int


def draw_phase(found: Transitions) -> Drawing | None:
    """One panel per scenario that was asked for; None if none has a finished replicate."""
    names = list(found.paths)
    if not names:
        return None
    shown = scenario_looks(found)
    counted = replicates(replicate_counts(found.runs.local))
    note = (
        f"Thick: the whole society, mean of {counted}; dots every {_EVERY} years, the arrow points "
        "to the last year. Thin: three local governments, the first (dotted), the middle "
        "(dashed) and the last (solid) to leave their starting position. Grey curves join "
        "points of equal harmonic mean: high only where both are."
    )
    heading = Heading(_TITLE, note)
    height = _TALL + 0.95
    page = Page(heading.height + height * ((len(names) + 1) // 2))
    heading.draw(page)
    tracks = {name: _national(found, name) for name in names}
    local = {name: _local(found.paths[name], tracks[name].first) for name in names}
    limits = _limits([*tracks.values(), *(t for own in local.values() for t in own)])
    for cell in in_cells(names, heading.height, height):
        write_label(page, cell, shown)
        axes = page.axes(cell.left + 0.5, cell.top + 0.35, cell.width - 0.8, _TALL)
        _prepare(axes, limits)
        for track, line in zip(local[cell.name], _LOCAL_LINES, strict=False):
            axes.plot(track.efficiency, track.participation, color=GREY, ls=line, lw=0.9, zorder=2)
        _draw_track(axes, tracks[cell.name], shown[cell.name])
    caption = (
        f"{note} Readings are means of three years; both run from 0 to 100 and higher is better; "
        "all panels show the same part of the scale."
    ) + written_otherwise([shown[name] for name in names])
    alt_text = " ".join(_in_words(tracks[name], shown[name]) for name in names)
    return Drawing(page, Figure("phase_portrait", _TITLE, caption, f"Paths. {alt_text}"))


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
    return [_Track(_smooth(efficiency[k]), _smooth(participation[k]), first) for k in places]


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
    x, y = np.meshgrid(np.linspace(left, right, 120), np.linspace(max(low, 0.01), high, 120))
    balance = 2 * x * y / (x + y)
    drawn = axes.contour(x, y, balance, levels=_LEVELS, colors="#c4c4c4", linewidths=0.8, zorder=1)
    axes.clabel(drawn, fmt="%g", fontsize=SMALL - 1.5, colors=GREY)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6))
    axes.set_xlabel("efficiency (0 to 100)", fontsize=SMALL, labelpad=2)
    axes.set_ylabel("participation (0 to 100)", fontsize=SMALL, labelpad=2)
    axes.tick_params(length=2, pad=3, labelsize=SMALL)


def _draw_track(axes: Axes, track: _Track, look: Look) -> None:
    x, y = track.efficiency, track.participation
    axes.plot(x, y, color=look.colour, lw=2.2, zorder=3)
    dots = np.arange(0, len(x), _EVERY)
    axes.plot(x[dots], y[dots], "o", color=look.colour, markersize=4.5, zorder=4)
    if len(x) > 1:
        axes.annotate(
            "", (x[-1], y[-1]), (x[-2], y[-2]), zorder=5,
            arrowprops={
                "arrowstyle": "-|>", "color": look.colour, "lw": 2.2, "mutation_scale": 15,
                "shrinkA": 0.0, "shrinkB": 0.0,
            },
        )  # fmt: skip
    for place in dict.fromkeys((0, len(x) - 1)):
        axes.annotate(
            str(track.first + place), (x[place], y[place]), (5, 5), textcoords="offset points",
            fontsize=SMALL, color=INK, zorder=6, path_effects=[HALO],
        )  # fmt: skip


def _in_words(track: _Track, look: Look) -> str:
    x, y = track.efficiency, track.participation
    return (
        f"{look.name}: efficiency {number(x[0])} and participation {number(y[0])} at the end of "
        f"{track.first}, {number(x[-1])} and {number(y[-1])} at the end of "
        f"{track.first + len(x) - 1}."
    )
