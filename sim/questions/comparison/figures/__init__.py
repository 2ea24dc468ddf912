"""Figures of a study: outcomes, paired differences, maps, positions on the figure, networks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sim.drawing.files import write_drawings
from sim.drawing.page import Caption
from sim.questions.comparison.figures.differences import draw_differences
from sim.questions.comparison.figures.network_measures import draw_network_measures
from sim.questions.comparison.figures.networks import draw_networks
from sim.questions.comparison.figures.outcomes import draw_outcomes
from sim.questions.comparison.figures.tiles import draw_difference_map, draw_map
from sim.questions.comparison.figures.transitions import draw_transitions
from sim.questions.comparison.study import Runs

_DRAWINGS = (
    draw_outcomes, draw_differences, draw_map, draw_difference_map, draw_transitions,
    draw_networks, draw_network_measures,
)  # fmt: skip


def write_figures(runs: Runs, folder: Path) -> list[Caption]:
    """Writes the figures that the runs can fill, and `captions.md`, into `folder`.

    `differences` and `map_differences` need a baseline, `map` readings of local governments,
    `transitions` movement, `network` and `network_measures` recorded networks.
    The folder is made if it is missing. Returns name, title, caption and alternative text of each
    figure that was written.
    """
    return write_drawings([partial(draw, runs) for draw in _DRAWINGS], folder)
