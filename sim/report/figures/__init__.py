"""Figures of a study: outcomes, paired differences, maps, positions on the figure, networks.

Each is written as PNG and SVG, with a caption and with alternative text that gives the numbers.
The same runs give the same bytes. Nothing here touches pyplot or leaves a global setting changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from sim.backend import import_matplotlib

import_matplotlib()

from sim.experiments.run import Runs
from sim.experiments.transitions.analysis import Transitions
from sim.report.figures.differences import draw_differences
from sim.report.figures.loop import draw_loop
from sim.report.figures.network_measures import draw_network_measures
from sim.report.figures.networks import draw_networks
from sim.report.figures.outcomes import draw_outcomes
from sim.report.figures.page import Drawing, Figure, in_our_style, save
from sim.report.figures.phase import draw_phase
from sim.report.figures.stage_flow import draw_stage_flow
from sim.report.figures.stage_map import draw_stage_map
from sim.report.figures.tiles import draw_difference_map, draw_map
from sim.report.figures.transitions import draw_transitions

__all__ = ["Figure", "write_drawings", "write_figures", "write_transition_figures"]

_DRAWINGS = (
    draw_outcomes, draw_differences, draw_map, draw_difference_map, draw_transitions,
    draw_networks, draw_network_measures,
)  # fmt: skip
_TRANSITION_DRAWINGS = (draw_stage_map, draw_stage_flow, draw_phase, draw_loop)


def write_figures(runs: Runs, folder: Path) -> list[Figure]:
    """Writes the figures that the runs can fill, and `captions.md`, into `folder`.

    `differences` and `map_differences` need a baseline, `map` readings of local governments,
    `transitions` movement, `network` and `network_measures` recorded networks.
    The folder is made if it is missing. Returns name, title, caption and alternative text of each
    figure that was written.
    """
    return write_drawings([partial(draw, runs) for draw in _DRAWINGS], folder)


def write_transition_figures(found: Transitions, folder: Path) -> list[Figure]:
    """Writes transition map, stage flow, phase portrait and hysteresis loop, and `captions.md`."""
    return write_drawings([partial(draw, found) for draw in _TRANSITION_DRAWINGS], folder)


def write_drawings(drawings: Iterable[Callable[[], Drawing | None]], folder: Path) -> list[Figure]:
    """Draws in our style what can be drawn, and writes it and `captions.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = []
    for draw in drawings:
        with in_our_style():
            drawing = draw()
            if drawing is not None:
                save(drawing, folder)
                figures.append(drawing.figure)
    text = "\n".join(["# Figures", "", *map(_entry, figures)])
    (folder / "captions.md").write_text(text, encoding="utf-8", newline="\n")
    return figures


def _entry(figure: Figure) -> str:
    """One figure in `captions.md`."""
    alt_text, caption, title = map(_escaped, (figure.alt_text, figure.caption, figure.title))
    return f"## {figure.name}: {title}\n\n{caption}\n\nAlternative text: {alt_text}\n"


def _escaped(text: str) -> str:
    """Text whose scenario names cannot be read as Markdown or HTML."""
    return "".join(f"\\{letter}" if letter in "\\`*_<[" else letter for letter in text)
