"""Figures of transitions: map, stage flow, phase portrait, hysteresis loop."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sim.drawing.files import write_drawings
from sim.drawing.page import Caption
from sim.questions.transitions.analysis import Transitions
from sim.questions.transitions.figures.loop import draw_loop
from sim.questions.transitions.figures.phase import draw_phase
from sim.questions.transitions.figures.stage_flow import draw_stage_flow
from sim.questions.transitions.figures.stage_map import draw_stage_map

_TRANSITION_DRAWINGS = (draw_stage_map, draw_stage_flow, draw_phase, draw_loop)


def write_transition_figures(found: Transitions, folder: Path) -> list[Caption]:
    """Writes transition map, stage flow, phase portrait and hysteresis loop, and `captions.md`."""
    return write_drawings([partial(draw, found) for draw in _TRANSITION_DRAWINGS], folder)
