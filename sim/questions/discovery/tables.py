"""What scenario discovery found: as tables, and in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.frames import table
from sim.questions.discovery.boxes import Box
from sim.statistics import share_interval

if TYPE_CHECKING:
    from sim.questions.discovery.analysis import Discovery, Found

_FEW = 20
_TOLD_LEAVES = 2
_MUCH = 0.05
"""Balance (harmonic mean of coverage and density) of which a loss is told."""


def limits_table(discovery: Discovery) -> pd.DataFrame:
    """A row per limited factor of each box."""
    from sim.questions.discovery.analysis import COLUMNS

    rows = []
    for found in discovery.found:
        for number, (box, sides) in enumerate(found.boxes, 1):
            counts = _counts(found, box, number)
            for factor, name in enumerate(found.table.columns):
                ends = box.low[factor], box.high[factor]
                if np.isfinite(ends).any():
                    low, high = (end if math.isfinite(end) else math.nan for end in ends)
                    reach = found.table[name].min(), found.table[name].max()
                    limits = (name, low, high, *reach, *sides[:, factor])
                    rows.append((found.policy, str(discovery.condition), number, *limits, *counts))
    return table(COLUMNS, rows)


def tradeoff_table(discovery: Discovery) -> pd.DataFrame:
    """A row per box that PRIM offered, and the chosen one where limits were taken off it."""
    from sim.questions.discovery.analysis import TRADEOFF

    rows = []
    for found in discovery.found:
        for place, find in enumerate(found.finds, 1):
            for number, box in enumerate(find.offered):
                rows.append((found.policy, place, number, *_quality(box), False))
            if find.box is not None:
                last = len(find.offered)
                rows.append((found.policy, place, last, *_quality(find.box), True))
    return table(TRADEOFF, rows)


def told(discovery: Discovery) -> list[str]:
    """A sentence per box and policy."""
    lines = list(discovery.warnings)
    for found in discovery.found:
        lines += _policy(found, discovery.condition.words)
    return lines


def in_words(found: Found, box: Box) -> str:
    """`government.capacity is below 0.41 and society.heterogeneity above 1.2`."""
    return " and ".join(_limits(found, box))


def _policy(found: Found, words: str) -> Iterator[str]:
    count, of = int(found.interest.sum()), len(found.interest)
    if count in (0, of):
        where = "in all" if count else "in none of"
        yield (
            f"Under {found.policy} {words} {where} {of} futures: there is nothing to tell apart; "
            "another threshold would."
        )
        return
    base = f"Under {found.policy} {words} in {count} of {of} futures ({100 * count / of:.0f} %)"
    if not found.boxes:
        yield f"{base}; no limits on the factors say where, beyond what luck explains."
        return
    few = min(count, of - count) < _FEW
    yield f"{base}{'; so few cases say little' if few else ''}."
    for number, (box, _) in enumerate(found.boxes, 1):
        yield _box(found, box, number, words)
        yield from _cost(found, number)
    yield _fresh(found)
    yield from _leaves(found, words)


def _box(found: Found, box: Box, number: int, words: str) -> str:
    density = share_interval(box.hits, box.cases)
    coverage = share_interval(box.hits, box.total)
    head = (
        f"When {in_words(found, box)}, " if number == 1 else f"Else, when {in_words(found, box)}, "
    )
    return (
        f"{head}{words} in {100 * box.density:.0f} % of futures {_ends(density)}; "
        f"this covers {100 * box.coverage:.0f} % {_ends(coverage)} of all such futures "
        f"({box.hits} of {box.total})."
    )


def _cost(found: Found, number: int) -> Iterator[str]:
    """A warning where taking off limits that luck explains made the box much worse."""
    find = [find for find in found.finds if find.box is not None][number - 1]
    if find.box is None or find.lost < _MUCH:
        return
    best = max(find.offered, key=lambda box: box.balance)
    yield (
        f"Warning: a box with more limits was better balanced (density {100 * best.density:.0f} %, "
        f"coverage {100 * best.coverage:.0f} %), but luck explains some of them as well; more "
        "futures would tell."
    )


def _fresh(found: Found) -> str:
    cases, hits, total = found.fresh
    if not cases:
        return "In futures kept out of the search no box was found: take this one as a hint only."
    return (
        "In futures kept out of the search the first box holds in "
        f"{100 * hits / cases:.0f} % {_ends(share_interval(hits, cases))} and covers "
        f"{100 * hits / total:.0f} %."
    )


def _leaves(found: Found, words: str) -> Iterator[str]:
    likely = found.leaves[found.leaves["share"] > found.interest.mean()]
    for leaf in likely.head(_TOLD_LEAVES).to_dict("records"):
        yield (
            f"Tree: where {leaf['where']}, {words} in {100 * leaf['share']:.0f} % "
            f"{_ends((leaf['share_low'], leaf['share_high']))} of {leaf['cases']} futures."
        )


def _limits(found: Found, box: Box) -> Iterator[str]:
    for factor, name in enumerate(found.table.columns):
        low, high = box.low[factor], box.high[factor]
        if math.isfinite(low) and math.isfinite(high):
            yield f"{name} is between {low:.3g} and {high:.3g}"
        elif math.isfinite(low):
            yield f"{name} is above {low:.3g}"
        elif math.isfinite(high):
            yield f"{name} is below {high:.3g}"


def _ends(interval: tuple[float, float]) -> str:
    return f"[{100 * interval[0]:.0f}, {100 * interval[1]:.0f}]"


def _quality(box: Box) -> tuple[float, float, int, int]:
    return box.coverage, box.density, box.limits, box.cases


def _counts(found: Found, box: Box, number: int) -> tuple[Any, ...]:
    """Density and coverage with intervals, counts, and how the box does on fresh futures."""
    of = len(found.interest)
    cases, hits, total = found.fresh if number == 1 else (0, 0, 0)
    fresh = hits / cases if cases else math.nan
    return (
        box.density, *share_interval(box.hits, box.cases),
        box.coverage, *share_interval(box.hits, box.total),
        box.cases, box.hits, of, found.interest.sum() / of,
        fresh, *share_interval(hits, cases), hits / total if total else math.nan,
    )  # fmt: skip
