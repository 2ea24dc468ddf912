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
    TEXT,
    WIDTH,
    Caption,
    Drawing,
    Heading,
    Page,
)
from sim.drawing.words import when
from sim.outcome_words import difference_unit, lower_is_better, short_unit
from sim.outcomes import title_of
from sim.questions.comparison.figures.paired import (
    Difference,
    differences_alt_text,
    differences_caption,
    find_differences,
    pairs_counted,
)
from sim.questions.comparison.study import Runs
from sim.questions.how_sure import TOO_FEW

_TITLE = "Paired differences against the baseline"
_FURTHEST = 3.4
_HEADS = 0.62
_VERDICT = WIDTH - 1.85
_NUMBERS = _VERDICT - 2.25
_RIGHT = _NUMBERS - 0.2
_INDENT = 0.3
_PADDING = 0.1
_BELOW = 0.68
_BESIDE_ZERO = 0.85
"""Inches right of zero at least, so that the word over them has room."""
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
    heading = Heading(_TITLE, _note(baseline.label, end, found))
    blocks = _blocks(found, heading.height)
    bottom = blocks[-1].bottom + _BELOW
    page = Page(bottom + _key_height(found))
    heading.draw(page)
    for rows in blocks:
        _draw_block(page, rows)
    _draw_key(page, bottom, found)
    shown = [baseline, *dict.fromkeys(difference.look for difference in found)]
    caption = differences_caption(found, baseline, end) + written_otherwise(shown)
    alt_text = differences_alt_text(found, baseline, end)
    return Drawing(page, Caption("differences", _TITLE, caption, alt_text))


def _blocks(found: Sequence[Difference], top: float) -> list[_Rows]:
    """Points and percentage points on one axis, and below them money on one of its own."""
    blocks: list[_Rows] = []
    for is_money in (False, True):
        own = [d for d in found if lower_is_better(d.outcome) == is_money]
        if own:
            start = blocks[-1].bottom + _BELOW if blocks else top
            blocks.append(_Rows(own, start + _HEADS, found))
    return blocks


def _draw_block(page: Page, rows: _Rows) -> None:
    rows.shade(page)
    axes = page.axes(rows.left, rows.top, _RIGHT - rows.left, rows.bottom - rows.top)
    _prepare(axes, rows)
    _write_heads(page, rows, axes.get_xlim())
    for difference, middle in zip(rows.found, rows.middles, strict=True):
        _draw_interval(axes, difference, middle)
        rows.write_label(page, difference, middle)
        _write_numbers(page, difference, middle)


class _Rows:
    """Where each difference goes: grouped by outcome, labels on as many lines as they need."""

    def __init__(
        self, found: Sequence[Difference], top: float, everything: Sequence[Difference]
    ) -> None:
        room = _FURTHEST - MARGIN - _INDENT - 0.15
        self.found = found
        self.unit = difference_unit(found[-1].outcome)
        self.is_backwards = lower_is_better(found[-1].outcome)
        self._labels = {d.look: wrapped(d.look.label, room, SMALL) for d in everything}
        widest = max(width(line, SMALL) for lines in self._labels.values() for line in lines)
        heads = max(width(_head(d.outcome), TEXT, bold=True) for d in everything)
        self.left = max(MARGIN + heads + 0.1, MARGIN + _INDENT + widest + 0.15)
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
            page.write(MARGIN, middle, _head(outcome), fontweight="bold")

    def write_label(self, page: Page, difference: Difference, middle: float) -> None:
        """Marker and label of a scenario at the left."""
        look = difference.look
        lines = self._labels[look]
        first = middle - LINE * (len(lines) - 1) / 2
        page.sheet.plot(MARGIN + 0.14, middle, look.marker, color=look.colour, markersize=5.5)
        for place, line in enumerate(lines):
            page.write(MARGIN + _INDENT, first + LINE * place, line, fontsize=SMALL)


def _head(outcome: str) -> str:
    """An outcome and the unit of its differences in a word: `Needs met, %`."""
    return f"{title_of(outcome)}, {short_unit(outcome)}"


def _prepare(axes: Axes, rows: _Rows) -> None:
    """Axes in the rows' unit of difference across, in inches of the page down."""
    numbers = [0.0, *(d.mean for d in rows.found)]
    numbers += [end for d in rows.found if d.has_interval for end in (d.low, d.high)]
    low, high = min(numbers), max(numbers)
    if not rows.is_backwards:
        low, high = max(-100.0, low), min(100.0, high)
    pad = max(0.05 * (high - low), (_NARROWEST - (high - low)) / 2)
    low, high = low - pad, high + pad
    share = _BESIDE_ZERO / (_RIGHT - rows.left)
    if rows.is_backwards:
        low = min(low, -high * share / (1.0 - share))
    else:
        high = max(high, -low * share / (1.0 - share))
    ends = (high, low) if rows.is_backwards else (low, high)
    axes.set(xlim=ends, ylim=(rows.bottom, rows.top))
    axes.patch.set_alpha(0.0)
    axes.axvline(0.0, color=INK, linewidth=1.1, zorder=1)
    axes.grid(axis="x", color="#dcdcdc", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.yaxis.set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.set_xlabel(
        f"difference in {rows.unit}: less is better"
        if rows.is_backwards
        else "difference in points of indices from 0 to 100, of shares in percentage points",
        fontsize=SMALL,
    )


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
    over_worlds = rows.found[0].agreeing is not None
    heads = {
        _NUMBERS: (
            "mean difference",
            f"[{'90 % of worlds' if over_worlds else '95 % confidence'}]",
        ),
        _VERDICT: ("worlds" if over_worlds else "replicates", "that are better"),
    }
    for left, lines in heads.items():
        for place, line in enumerate(lines):
            page.write(left, rows.top - 0.37 + LINE * place, line, **how)


_KEYS = (
    (INK, INK, "filled: settled, the interval leaves out zero"),
    ("white", INK, "hollow, coloured: settled, yet small, under half a point (or money)"),
    ("white", _OPEN, "hollow, grey: open, the interval includes zero"),
)
_WORLD_KEYS = (
    (INK, INK, "filled: likely or nearly certain, at least 80 % of worlds go one way"),
    ("white", INK, "hollow, coloured: likely or surer, yet too small to matter"),
    ("white", _OPEN, "hollow, grey: leaning (from 65 % of worlds) or open"),
)
_UNKNOWN = "hollow: too few replicates, so there is no confidence interval; nothing is settled"
_FEW_WORLDS = "hollow: too few worlds to say how sure a direction is"


def _key_height(found: Sequence[Difference]) -> float:
    return 0.1 + LINE * len(_keys(found))


def _keys(found: Sequence[Difference]) -> tuple[tuple[str, str, str], ...]:
    """Face, edge and meaning of the markers."""
    if found[0].agreeing is not None:
        few = all(difference.sure == TOO_FEW for difference in found)
        return (("white", _OPEN, _FEW_WORLDS),) if few else _WORLD_KEYS
    known = all(difference.has_interval for difference in found)
    return _KEYS if known else (("white", _OPEN, _UNKNOWN),)


def _draw_key(page: Page, top: float, found: Sequence[Difference]) -> None:
    """What filled and hollow markers mean."""
    keys = _keys(found)
    for place, (face, edge, text) in enumerate(keys):
        middle = top + LINE * (place + 0.5)
        if len(keys) > 1:
            page.sheet.plot([MARGIN, MARGIN + 0.34], [middle] * 2, color=edge, linewidth=1.6)
        page.sheet.plot(MARGIN + 0.17, middle, "o", mfc=face, mec=edge, markersize=7)
        page.write(MARGIN + 0.46, middle, text)


def _note(baseline: str, end: str, found: Sequence[Difference]) -> str:
    shared = "" if found[0].agreeing is None else "in the same plausible worlds, "
    return (
        f"Each scenario minus {baseline}, {shared}replicate by replicate with the same citizens "
        f"and the same luck, at {end} ({pairs_counted(found)})."
    )
