"""All equations of the model, in the order of the month."""

from __future__ import annotations

from sim.odd.equation import BEFORE, START, Section
from sim.odd.equations import (
    building,
    environment,
    money,
    observing,
    problems,
    reforming,
    sensing,
    serving,
    start,
    taking_part,
)
from sim.processes.month import MONTH

_ALL = (
    *start.SECTIONS, *environment.SECTIONS, *money.SECTIONS, *problems.SECTIONS, *sensing.SECTIONS,
    *building.SECTIONS, *serving.SECTIONS, *taking_part.SECTIONS, *reforming.SECTIONS,
    *observing.SECTIONS,
)  # fmt: skip


def step_names() -> tuple[str, ...]:
    """What an equation may belong to: the start, what is before a month, and all of its steps."""
    steps = (step.name for steps in MONTH.values() for step in steps)
    return (START, BEFORE, *steps)


def sections() -> tuple[Section, ...]:
    """All sections in the order in which they are taken."""
    order = step_names()
    return tuple(sorted(_ALL, key=lambda section: order.index(section.step)))
