"""What a sensitivity analysis found, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sim.frames import TableRow
from sim.outcome_words import difference_unit, unit_of
from sim.outcomes import title_of
from sim.questions.settling import points_for_width, replicates_for_luck
from sim.statistics import WORTH_SETTLING

if TYPE_CHECKING:
    from sim.questions.sensitivity.analysis import Sensitivity

HINGES = 0.5
"""Share of the variance above which an outcome hinges on one factor (falsifier F9)."""
WIDE = 0.1
MUCH_LUCK = 0.05
_TOLD = 3
_WORTH = 0.01
"""Smaller shares of the variance are not worth a sentence."""
_ONE_WAY = 0.9
_WHOLE_FROM = 100.0


def told(found: Sensitivity) -> list[str]:
    """A sentence per policy and outcome, then what they rest on."""
    lines = list(_outcomes(found))
    lines += [
        f"{title_of(outcome)} under {policy} is {value:g}{_unit(outcome)} at every point: "
        "no factor moves it."
        for (policy, outcome), value in found.constant.items()
    ]
    if found.table.empty:
        return lines
    if found.method == "sobol":
        lines += [_hinge(found), *_impossible(found.table), *_width(found)]
    else:
        lines += _unmoved(found)
        lines.append(
            "Screening ranks factors; whether a result hinges on one of them (F9) takes a sobol "
            "design."
        )
    return [*lines, *_luck(found)]


def _unmoved(found: Sensitivity) -> list[str]:
    """Factors of which nothing is known, since no step of the design moved them."""
    names = list(dict.fromkeys(found.table.loc[found.table["effect"].isna(), "factor"]))
    if not names:
        return []
    return [f"No step of the design moved {_listed(names)}: more trajectories would."]


def can_be_told(row: TableRow) -> bool:
    """Whether a factor moves an outcome by more than nothing, and more than luck would."""
    if "total" in row:
        return bool(row["total_low"] > 0)
    luck = row["luck"]
    return bool(row["effect_low"] > (0.0 if math.isnan(luck) else luck))


def _outcomes(found: Sensitivity) -> Iterator[str]:
    for (policy, outcome), part in found.table.groupby(["policy", "outcome"], sort=False):
        rows = part.to_dict("records")
        clear = [row for row in rows if can_be_told(row)]
        head = f"{title_of(str(outcome))} under {policy}"
        if not clear:
            yield f"{head}: no factor moves it by more than can be told from zero."
            continue
        say = _shares if found.method == "sobol" else _effects
        worth = [row for row in clear if row.get("total", 1.0) >= _WORTH] or clear
        rest = len(rows) - len(clear)
        end = f"; {rest} of {len(rows)} factors cannot be told from zero" if rest else ""
        yield f"{head} {say(worth[:_TOLD])}{end}."


def _shares(rows: Sequence[TableRow]) -> str:
    words = [(" of the variance", " alone"), *[("", "")] * (len(rows) - 1)]
    parts = [
        f"{row['factor']} ({_percent(row, 'total')}{of}, {_percent(row, 'first')}{alone})"
        for row, (of, alone) in zip(rows, words, strict=True)
    ]
    return f"is driven by {_listed(parts)}"


def _effects(rows: Sequence[TableRow]) -> str:
    parts = [
        f"{row['factor']} (by {_size(row['effect'])} {difference_unit(row['outcome'])} "
        f"[{_size(row['effect_low'])}, {_size(row['effect_high'])}], {_way(row)})"
        for row in rows
    ]
    return f"moves with {_listed(parts)} over their whole ranges"


def _unit(outcome: str) -> str:
    return f" {unit_of(outcome)}".rstrip()


def _size(value: float) -> str:
    """An effect with three digits."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.3g}"


def _way(row: TableRow) -> str:
    """Up, down, or either way, where the other factors decide."""
    if abs(row["mean_effect"]) >= _ONE_WAY * row["effect"]:
        return "up" if row["mean_effect"] > 0 else "down"
    return "either way"


def _percent(row: TableRow, name: str) -> str:
    low, high = (100 * row[f"{name}_{end}"] for end in ("low", "high"))
    return f"{100 * row[name]:.0f} % [{low:.0f}, {high:.0f}]"


def _hinge(found: Sensitivity) -> str:
    """Falsifier F9: does a result hinge on a single assumption?"""
    assumed = found.table[found.table["assumed"].astype(bool)]
    if assumed.empty:
        return (
            "F9 (a result hinges on one assumption) is not tested: no factor is an assumption [A]."
        )
    certain = assumed[assumed["total_low"] > HINGES]
    perhaps = assumed[(assumed["total_high"] > HINGES) & ~(assumed["total_low"] > HINGES)]
    if not certain.empty:
        head = "F9 strikes: more than half of the variance hinges on one assumption"
        return f"{head}: {_named(certain)}."
    if not perhaps.empty:
        return f"F9 is open: the interval of the total share includes one half: {_named(perhaps)}."
    largest = assumed.nlargest(1, "total")
    return (
        "F9 does not strike: no single assumption carries more than half of the variance; the "
        f"largest is {_named(largest)}."
    )


def _named(rows: pd.DataFrame) -> str:
    return _listed(
        [
            f"{row['factor']} for {row['outcome']} under {row['policy']} ({_percent(row, 'total')})"
            for row in rows.to_dict("records")
        ]
    )


def _impossible(table: pd.DataFrame) -> list[str]:
    shares = table[["total", "first"]].to_numpy(dtype=float)
    lines = []
    if shares.min() < 0:
        lines.append(
            f"Shares below zero (the lowest is {100 * shares.min():.1f} %) are estimates of shares "
            "that cannot be told from zero."
        )
    if shares.max() > 1:
        lines.append(
            f"Shares above 100 % (the highest is {100 * shares.max():.0f} %) come from few base "
            "points; their intervals say how far off they may be."
        )
    return lines


def _width(found: Sensitivity) -> list[str]:
    widest = float((found.table["total_high"] - found.table["total"]).max())
    base = found.plan.design.points or 0
    needed = points_for_width(base, widest, WIDE)
    if needed is None:
        return []
    about = "more than anybody would run" if math.isinf(needed) else f"about {needed:,}"
    return [
        f"The widest interval is ±{100 * widest:.0f} %; {about} base points in place of "
        f"{base:,} would bring it to ±{100 * WIDE:.0f} %."
    ]


def _luck(found: Sensitivity) -> list[str]:
    """How much of the variance is luck, and how many replicates would make it small."""
    if found.plan.replicates < 2:
        return [
            "One replicate per point: luck cannot be told from interactions and is in the total "
            "shares and effects; 2 or more replicates would take it out."
        ]
    shares = found.table["luck_share"]
    if shares.isna().all():
        return []
    worst = found.table.iloc[int(shares.argmax())]
    share = float(worst["luck_share"])
    where = f"{worst['outcome']} under {worst['policy']}"
    line = f"Luck is at most {_size_of_share(share)} % of the variance ({where})"
    line += ", and is taken off the total shares" if found.method == "sobol" else ""
    needed = replicates_for_luck(share, found.plan.replicates, MUCH_LUCK)
    if needed is not None and math.isinf(needed):
        line += (
            f"; more than {WORTH_SETTLING:,} replicates per point would not bring it to "
            f"{100 * MUCH_LUCK:.0f} %: the factors hardly move it"
        )
    elif needed is not None:
        line += (
            f"; about {needed:,} replicates per point in place of {found.plan.replicates} would "
            f"bring it to {100 * MUCH_LUCK:.0f} %"
        )
    return [f"{line}."]


def _size_of_share(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f}" if percent >= 1 else f"{percent:.2g}"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
