"""Paired differences against the baseline: a dot and its confidence interval for each."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.drawing.fonts import width, wrapped
from sim.drawing.looks import looks, written_otherwise
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
from sim.drawing.words import when
from sim.questions.comparison.figures.paired import (
    Difference,
    differences_alt_text,
    differences_caption,
    find_differences,
    pairs_counted,
)
from sim.questions.comparison.study import Runs

_TITLE = "Paired differences against the baseline"
_LEFTMOST, _FURTHEST = 1.7, 3.4
_VERDICT = WIDTH - 1.45
_NUMBERS = _VERDICT - 2.25
_RIGHT = _NUMBERS - 0.2
_INDENT = 0.3
_PADDING = 0.1
_BELOW = 0.68
_OPEN = "#767676"
_NARROWEST = 2.0


def draw_differences(runs: Runs) -> Drawing | None:
    """Differences at the last month; None without a baseline or without a finished pair."""
    found = find_differences(runs)
    name = runs.study.baseline
    if name is None or not found:
        return None
    baseline = looks(list(runs.study.scenarios))[name]
    end = when(runs.study.scenarios[name], runs.study.months)
    heading = Heading(_TITLE, _note(baseline.label, end, pairs_counted(found)))
    rows = _Rows(found, heading.height + 0.62)
    page = Page(rows.bottom + _BELOW + _key_height(found))
    heading.draw(page)
    rows.shade(page)
    axes = page.axes(rows.left, rows.top, _RIGHT - rows.left, rows.bottom - rows.top)
    _prepare(axes, found, rows)
    _write_heads(page, rows, axes.get_xlim())
    for difference, middle in zip(found, rows.middles, strict=True):
        _draw_interval(axes, difference, middle)
        rows.write_label(page, difference, middle)
        _write_numbers(page, difference, middle)
    _draw_key(page, rows.bottom + _BELOW, found)
    shown = [baseline, *dict.fromkeys(difference.look for difference in found)]
    caption = differences_caption(found, baseline, end) + written_otherwise(shown)
    alt_text = differences_alt_text(found, baseline, end)
    return Drawing(page, Caption("differences", _TITLE, caption, alt_text))


class _Rows:
    """Where each difference goes: grouped by outcome, labels on as many lines as they need."""

    def __init__(self, found: Sequence[Difference], top: float) -> None:
        room = _FURTHEST - MARGIN - _INDENT - 0.15
        self._labels = {d.look: wrapped(d.look.label, room, SMALL) for d in found}
        widest = max(width(line, SMALL) for lines in self._labels.values() for line in lines)
        self.left = max(_LEFTMOST, MARGIN + _INDENT + widest + 0.15)
        self.top = top
        self.middles: list[float] = []
        self._groups: list[tuple[str, float, float]] = []
        at = top
        for outcome in dict.fromkeys(difference.outcome for difference in found):
            start = at
            at += _PADDING + LINE + 0.03
            for difference in found:
                if difference.outcome == outcome:
                    height = LINE * len(self._labels[difference.look]) + 0.05
                    self.middles.append(at + height / 2)
                    at += height
            at += _PADDING
            self._groups.append((outcome, start, at))
        self.bottom = at

    def shade(self, page: Page) -> None:
        """Writes each outcome's name, and shades every other one."""
        for place, (outcome, start, end) in enumerate(self._groups):
            if place % 2 == 0:
                sides = [MARGIN / 2, WIDTH - MARGIN / 2]
                page.sheet.fill_between(sides, start, end, color="#f3f3f3", lw=0)
            middle = start + _PADDING + LINE / 2
            page.write(MARGIN, middle, outcome.capitalize(), fontweight="bold")

    def write_label(self, page: Page, difference: Difference, middle: float) -> None:
        """Marker and label of a scenario at the left."""
        look = difference.look
        lines = self._labels[look]
        first = middle - LINE * (len(lines) - 1) / 2
        page.sheet.plot(MARGIN + 0.14, middle, look.marker, color=look.colour, markersize=5.5)
        for place, line in enumerate(lines):
            page.write(MARGIN + _INDENT, first + LINE * place, line, fontsize=SMALL)


def _prepare(axes: Axes, found: Sequence[Difference], rows: _Rows) -> None:
    """Axes in points of difference across, in inches of the page down."""
    numbers = [0.0, *(d.mean for d in found)]
    numbers += [end for d in found if d.has_interval for end in (d.low, d.high)]
    low, high = max(-100.0, min(numbers)), min(100.0, max(numbers))
    pad = max(0.05 * (high - low), (_NARROWEST - (high - low)) / 2)
    axes.set(xlim=(low - pad, high + pad), ylim=(rows.bottom, rows.top))
    axes.patch.set_alpha(0.0)
    axes.axvline(0.0, color=INK, linewidth=1.1, zorder=1)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.yaxis.set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.set_xlabel("difference in points (outcomes run from 0 to 100)")


def _draw_interval(axes: Axes, difference: Difference, middle: float) -> None:
    """Filled where it is settled, hollow where it is also small, hollow and grey where open."""
    look = difference.look
    strong = difference.is_clear
    colour = look.colour if strong or difference.is_small else _OPEN
    if difference.has_interval:
        ends, level = [difference.low, difference.high], [middle, middle]
        thick = 2.6 if strong else 1.5
        axes.plot(ends, level, color=colour, linewidth=thick, solid_capstyle="butt")
        axes.plot(ends, level, "|", color=colour, markersize=7, markeredgewidth=1.2)
    face = colour if strong else "white"
    axes.plot(
        difference.mean, middle, look.marker, markersize=7.5, markeredgecolor=colour,
        markerfacecolor=face, markeredgewidth=1.4, clip_on=False, zorder=3,
    )  # fmt: skip


def _write_numbers(page: Page, difference: Difference, middle: float) -> None:
    """Mean, interval and share of replicates, and `open` where it is."""
    mean, low, high = (text.replace("-", "\N{MINUS SIGN}") for text in difference.numbers())
    how = {"fontsize": SMALL, "color": INK if difference.is_settled else GREY}
    weight = "bold" if difference.is_clear else "normal"
    page.write(_NUMBERS + 0.6, middle, mean, fontweight=weight, ha="right", **how)
    if difference.has_interval:
        page.write(_NUMBERS + 0.66, middle, f"[{low}, {high}]", **how)
    share = difference.percent_better
    page.write(_VERDICT + 0.52, middle, share, ha="right", **how)
    page.write(_VERDICT + 0.66, middle, difference.verdict, **how)


def _write_heads(page: Page, rows: _Rows, limits: tuple[float, float]) -> None:
    """What the columns hold, and which side of zero is better."""
    how = {"fontsize": SMALL, "color": GREY}
    low, high = limits
    zero = rows.left - low / (high - low) * (_RIGHT - rows.left)
    page.write(zero - 0.1, rows.top - 0.13, "worse \N{LEFTWARDS ARROW}", ha="right", **how)
    page.write(zero + 0.1, rows.top - 0.13, "\N{RIGHTWARDS ARROW} better", **how)
    heads = {_NUMBERS: ("mean difference", "[95 % confidence]"),
             _VERDICT: ("replicates", "that are better")}  # fmt: skip
    for left, lines in heads.items():
        for place, line in enumerate(lines):
            page.write(left, rows.top - 0.37 + LINE * place, line, **how)


_KEYS = (
    (INK, INK, "filled: settled, the interval leaves out zero"),
    ("white", INK, "hollow, coloured: settled, yet small, under half a point"),
    ("white", _OPEN, "hollow, grey: open, the interval includes zero"),
)
_UNKNOWN = "hollow: too few replicates, so there is no confidence interval; nothing is settled"


def _key_height(found: Sequence[Difference]) -> float:
    return 0.1 + LINE * (len(_KEYS) if all(d.has_interval for d in found) else 1)


def _draw_key(page: Page, top: float, found: Sequence[Difference]) -> None:
    """What filled and hollow markers mean."""
    known = all(difference.has_interval for difference in found)
    for place, (face, edge, text) in enumerate(_KEYS if known else (("white", _OPEN, _UNKNOWN),)):
        middle = top + LINE * (place + 0.5)
        if known:
            page.sheet.plot([MARGIN, MARGIN + 0.34], [middle] * 2, color=edge, linewidth=1.6)
        page.sheet.plot(MARGIN + 0.17, middle, "o", mfc=face, mec=edge, markersize=7)
        page.write(MARGIN + 0.46, middle, text)


def _note(baseline: str, end: str, counted: str) -> str:
    return (
        f"Each scenario minus {baseline}, replicate by replicate with the same citizens and the "
        f"same luck, at {end} ({counted})."
    )
