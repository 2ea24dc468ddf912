"""How governments move along the figure: its rows and the local governments, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.looks import Look, looks, written_otherwise
from sim.drawing.page import LINE, MARGIN, SMALL, TEXT, Caption, Drawing, Heading, Page
from sim.drawing.words import calendar
from sim.paradigms import FIGURE
from sim.questions.comparison.counted import counted
from sim.questions.comparison.figures.layers import Numbers
from sim.questions.comparison.study import Runs
from sim.scenario import Scenario

_TITLE = "Positions on the figure"
_COLOURS = colormaps["viridis"]
_LEFT = 3.4
_WIDE = 2.65
_BETWEEN = 1.25
_ROW = 0.21
_MOST_NAMES = 40
_SCALE = 0.66


@dataclass(frozen=True)
class _Path:
    """One scenario's positions: rows of the figure and local governments, by year."""

    look: Look
    scenario: Scenario
    years: tuple[int, ...]
    by_row: Numbers
    by_place: Numbers
    places: tuple[str, ...]

    @property
    def height(self) -> float:
        """Inches that its two panels need."""
        shown = len(self.places) if len(self.places) <= _MOST_NAMES else 0.4 * _MOST_NAMES
        return _ROW * max(len(FIGURE.rows), shown)


def draw_transitions(runs: Runs) -> Drawing | None:
    """Positions over the years; None if no scenario's governments move."""
    paths = _paths(runs)
    if not paths:
        return None
    many = counted(runs, runs.local)
    note = (
        f"Mean of {many}, at the end of each year. Left: the twelve rows of the figure, means "
        "over residents (a local government weighs as much as it has residents). Right: local "
        "governments, each the mean of its twelve rows."
    )
    heading = Heading(_TITLE, note)
    page = Page(heading.height + _SCALE + sum(path.height + 0.95 for path in paths))
    heading.draw(page)
    _draw_scale(page, heading.height)
    top = heading.height + _SCALE
    for path in paths:
        _draw_path(page, path, top)
        top += path.height + 0.95
    caption = (
        f"{note} Dark is {FIGURE.paradigms[0].label}, light is {FIGURE.paradigms[-1].label}. "
        "Scenarios whose governments do not move are left out."
    ) + written_otherwise([path.look for path in paths])
    figure = Caption("transitions", _TITLE, caption, " ".join(map(_in_words, paths)))
    return Drawing(page, figure)


def _paths(runs: Runs) -> list[_Path]:
    found = []
    labels = looks(list(runs.study.scenarios))
    rows = [f"profile_{row}" for row in FIGURE.row_ids]
    for name, scenario in runs.study.scenarios.items():
        months = runs.timeseries[runs.timeseries["scenario"] == name]
        local = runs.local[runs.local["scenario"] == name]
        if local.empty:
            continue
        yearly = months[months["month"] % 12 == 0].groupby("month")[rows].mean()
        table = local.groupby(["local_government", "month"])["profile_mean"].mean().unstack()
        if np.ptp(table.to_numpy()) == 0.0 and np.ptp(yearly.to_numpy(), axis=0).max() == 0.0:
            continue
        found.append(_path(labels[name], scenario, yearly, table))
    return found


def _path(look: Look, scenario: Scenario, yearly: pd.DataFrame, table: pd.DataFrame) -> _Path:
    years = tuple(calendar(scenario, int(month))[0] for month in yearly.index)
    ordered = table.loc[table.iloc[:, -1].sort_values(ascending=False, kind="stable").index]
    return _Path(
        look,
        scenario,
        years,
        yearly.to_numpy(dtype=np.float64).T,
        ordered.to_numpy(dtype=np.float64),
        tuple(map(str, ordered.index)),
    )


def _draw_path(page: Page, path: _Path, top: float) -> None:
    page.write(MARGIN, top + 0.16, path.look.label, fontsize=TEXT + 1, fontweight="bold")
    tall = _ROW * len(FIGURE.rows)
    titles = [row.title for row in FIGURE.rows]
    _draw_panel(page.axes(_LEFT, top + 0.4, _WIDE, tall), path.by_row, titles, path.years)
    right = page.axes(_LEFT + _WIDE + _BETWEEN, top + 0.4, _WIDE, path.height)
    names = path.places if len(path.places) <= _MOST_NAMES else ()
    _draw_panel(right, path.by_place, names, path.years)


def _draw_panel(axes: Axes, values: Numbers, names: Sequence[str], years: Sequence[int]) -> None:
    extent = (years[0] - 0.5, years[-1] + 0.5, len(values) - 0.5, -0.5)
    axes.imshow(
        values, cmap=_COLOURS, vmin=0.0, vmax=FIGURE.last_position, aspect="auto", extent=extent,
        interpolation="nearest",
    )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="both", length=2, pad=3, labelsize=SMALL)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))


def _draw_scale(page: Page, top: float) -> None:
    axes = page.axes(_LEFT, top + 0.12, _WIDE, 0.13)
    ramp = np.linspace(0.0, 1.0, 256)[None, :]
    axes.imshow(ramp, cmap=_COLOURS, aspect="auto", extent=(0.0, FIGURE.last_position, 0.0, 1.0))
    axes.set_xticks(range(len(FIGURE.paradigms)), [p.label for p in FIGURE.paradigms])
    axes.yaxis.set_visible(False)
    axes.set_frame_on(False)
    axes.tick_params(axis="x", length=2.5, pad=2, labelsize=SMALL)
    page.write(MARGIN, top + 0.12 + LINE / 4, "Colours", fontsize=TEXT)


def _in_words(path: _Path) -> str:
    """Where rows start and end, and which are ahead at the end."""
    start, end = path.by_row[:, 0].mean(), path.by_row[:, -1].mean()
    order = np.argsort(-path.by_row[:, -1], kind="stable")
    ahead, behind = (FIGURE.rows[k] for k in (order[0], order[-1]))
    return (
        f"{path.look.label}: mean position {start:.2f} at the end of {path.years[0]} and "
        f"{end:.2f} at the end of {path.years[-1]} (by residents; 0 is "
        f"{FIGURE.paradigms[0].label}, {FIGURE.last_position:g} is "
        f"{FIGURE.paradigms[-1].label}). Farthest: {ahead.title} "
        f"({path.by_row[order[0], -1]:.2f}); least far: {behind.title} "
        f"({path.by_row[order[-1], -1]:.2f})."
    )
