"""When rows move under the chosen schedules, beside what that brings against staying."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.looks import Look, looks
from sim.drawing.page import (
    GREY,
    INK,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)
from sim.drawing.words import signed
from sim.paradigms import FIGURE
from sim.questions.roadmap.against import ORDERS, Against, against
from sim.questions.roadmap.analysis import Roadmap
from sim.questions.roadmap.objectives import OBJECTIVES
from sim.questions.roadmap.rules import RULE_WORDS, STAY
from sim.questions.roadmap.schedule import Schedule
from sim.questions.roadmap.words import schedule_words

_NAMES = 3.45
_CHART = 2.95
_GAINS_LEFT = 7.55
_GAINS = 1.9
_ROW = 0.225
_TITLE = 0.42
_TICKS = 0.42
_OUTCOME = 0.46
_SHORT = ("needs met", "taking part", "trust", "cost", "worst year")
_TITLES = {row.id: f"{row.number} {row.title}" for row in FIGURE.rows}
_BAND = "#e8e8e8"
_FEW_YEARS = 6


def draw_roadmap(found: Roadmap) -> Drawing:
    """A block per schedule: bars of rows by year, and its outcomes with the spread of worlds."""
    question = found.question
    title = f"In which order rows move from {question.start.name} to {question.end.name}"
    note = (
        f"Bars: years in which a row moves, within {question.budget:g} money per citizen and year; "
        "no bar: it never moves. Right: difference from staying, means over all years, better to "
        f"the right, in {question.size.held_out} worlds that the search never saw (dot: mean, "
        "line: central 90 % of worlds); each is scaled by the margin below which a difference does "
        "not matter (grey band). Diamonds: mean of random orders."
    )
    names = list(found.chosen) or ["figure_order"]
    schedules = {name: found.chosen.get(name) or found.rules[name] for name in names}
    heading = Heading(title, note)
    tall = max(_ROW * len(question.moving), _OUTCOME * len(OBJECTIVES))
    page = Page(heading.height + len(names) * (tall + _TITLE + _TICKS) + 0.1)
    heading.draw(page)
    widest = _widest(found, names)
    for place, (name, look) in enumerate(looks(names).items()):
        top = heading.height + place * (tall + _TITLE + _TICKS)
        page.write(MARGIN, top + 0.2, name.replace("_", " "), fontweight="bold")
        if name in RULE_WORDS:
            page.write(_NAMES, top + 0.2, RULE_WORDS[name], color=GREY)
        _draw_bars(page, top + _TITLE, tall, found, schedules[name], look)
        _draw_gains(page, top + _TITLE, tall, found, name, look, widest)
    words = " ".join(_words(found, name, schedules[name]) for name in names)
    return Drawing(page, Caption("roadmap", title, note, words))


def _draw_bars(
    page: Page, top: float, tall: float, found: Roadmap, schedule: Schedule, look: Look
) -> None:
    question = found.question
    axes = page.axes(_NAMES, top, _CHART, tall)
    first = int(question.start.start[:4])
    years = question.space.years
    for row, step in enumerate(schedule):
        if step is not None:
            begin = first + step.year - 1
            axes.barh(row, max(step.years, 0.25), left=begin, height=0.62, color=look.colour)
    axes.set_xlim(first, first + years)
    axes.set_ylim(len(schedule) - 0.4, -0.6)
    axes.set_yticks(
        range(len(schedule)), [_TITLES[moving.row] for moving in question.moving], fontsize=SMALL
    )
    axes.xaxis.set_major_locator(MaxNLocator(min(_FEW_YEARS, years), integer=True))
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)


def _gains(found: Roadmap, name: str) -> list[Against]:
    return against(name, found.values[name], STAY, found.values[STAY])


def _ends(one: Against) -> tuple[float, float]:
    """The central 90 % of worlds, better to the right, in margins."""
    ends = sorted(one.objective.sign * end / one.objective.margin for end in one.ends)
    return ends[0], ends[1]


def _widest(found: Roadmap, names: list[str]) -> tuple[float, float]:
    """One axis for all blocks."""
    ends = [end for name in names for one in _gains(found, name) for end in _ends(one)]
    return min(-1.5, *ends) * 1.05, max(1.5, *ends) * 1.05


def _draw_gains(
    page: Page, top: float, tall: float, found: Roadmap, name: str, look: Look,
    widest: tuple[float, float],
) -> None:  # fmt: skip
    axes = page.axes(_GAINS_LEFT, top, _GAINS, tall)
    axes.axvspan(-1.0, 1.0, color=_BAND, linewidth=0)
    axes.axvline(0.0, color=INK, linewidth=1.0)
    lots = _gains(found, ORDERS) if ORDERS in found.values else []
    for place, one in enumerate(_gains(found, name)):
        low, high = _ends(one)
        axes.plot([low, high], [place, place], color=look.colour, linewidth=1.8)
        axes.plot(one.mean / one.objective.margin, place, look.marker, color=look.colour, ms=6)
        if lots:
            lot = lots[place].mean / one.objective.margin
            axes.plot(lot, place - 0.25, "D", mec=GREY, mfc="white", ms=4.5)
        middle = top + (place + 0.5) * tall / len(OBJECTIVES)
        text = signed(one.difference, 1)
        page.write(WIDTH - MARGIN, middle, text, ha="right", fontsize=SMALL, color=INK)
        page.write(
            WIDTH - MARGIN, middle + 0.8 * LINE, one.objective.unit.split(" per ")[0],
            ha="right", fontsize=SMALL, color=GREY,
        )  # fmt: skip
    _frame(axes, widest)


def _frame(axes: Axes, widest: tuple[float, float]) -> None:
    axes.set_xlim(*widest)
    axes.set_ylim(len(OBJECTIVES) - 0.5, -0.5)
    axes.set_yticks(range(len(OBJECTIVES)), _SHORT, fontsize=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))


def _words(found: Roadmap, name: str, schedule: Schedule) -> str:
    gains = ", ".join(
        f"{one.objective.words} {signed(one.difference, 2)}" for one in _gains(found, name)
    )
    return f"{name}: {schedule_words(found, schedule)} Against staying: {gains}."
