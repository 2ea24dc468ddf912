"""How robust policies are, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from sim.frames import TableRow
from sim.outcome_words import headed, lower_is_better, unit_of
from sim.outcomes import title_of
from sim.questions.settling import settling_sentence

if TYPE_CHECKING:
    from sim.questions.robustness.analysis import Robustness

_SURE = 0.95
_SHOWN = 6
"""Decimals in which levels differ at least."""


def told(found: Robustness) -> list[str]:
    """A sentence or two per outcome, one per target, and what they rest on."""
    lines = list(found.warnings)
    for _, part in found.table.groupby("outcome", sort=False):
        lines += _outcome(part.to_dict("records"))
    lines += list(_targets(found.targets))
    if found.undirected:
        lines.append(
            f"Left out: {', '.join(found.undirected)}; neither more nor less of it is better."
        )
    return [*lines, settling_sentence(found.needed)] if len(found.needed) else lines


def _outcome(rows: list[TableRow]) -> Iterator[str]:
    best, *others = rows
    outcome = str(best["outcome"])
    name, first = headed(outcome), best["policy"]
    if max(row["regret_max"] for row in rows) == 0:
        yield f"{title_of(outcome)}: all policies are the same in every future."
        return
    behind = ", ".join(f"{_number(row['regret_max'])} ({row['policy']})" for row in others)
    if best["regret_max"] == 0:
        yield (
            f"{name}: {first} is the best policy in all {best['futures']} futures"
            f"{_at_least(best)}; the others fall behind by up to {behind}{_doubt(best)}."
        )
        return
    yield (
        f"{name}: {first} is never further than {_value(best, 'regret_max')} from "
        f"the best policy, in nine of ten futures within {_value(best, 'regret_p90')}, and best in "
        f"{_share(best, 'best_share')} of {best['futures']} futures; the others fall behind by up "
        f"to {behind}{_doubt(best)}."
    )
    highest = _cautious(rows)
    worst = "highest" if lower_is_better(outcome) else "lowest"
    level = f"{worst} {_value(highest, 'worst')} {unit_of(outcome)}".rstrip()
    yield f"  Its best worst case has {highest['policy']}: {level}."


def _cautious(rows: list[TableRow]) -> TableRow:
    """The policy with the best worst case (maximin)."""
    lower = lower_is_better(str(rows[0]["outcome"]))
    return (min if lower else max)(rows, key=lambda row: round(row["worst"], _SHOWN))


def _doubt(best: TableRow) -> str:
    share = best["first_share"]
    if share >= _SURE:
        return ""
    return f"; other futures and other luck could change this ({100 * share:.0f} % sure)"


def _at_least(best: TableRow) -> str:
    """How few futures other luck and other futures would make of all of them."""
    low = 100 * best["best_share_low"]
    return f" (with other luck and futures in {low:.0f} to 100 %)" if round(low) < 100 else ""


def _share(row: TableRow, name: str) -> str:
    share, low, high = (100 * row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return f"{share:.0f} % [{low:.0f}, {high:.0f}]"


def _targets(table: pd.DataFrame) -> Iterator[str]:
    for target, part in table.groupby("target", sort=False):
        ordered = part.sort_values("share", ascending=False, kind="stable").to_dict("records")
        shares = ", ".join(f"{row['policy']} in {_share(row, 'share')}" for row in ordered)
        yield f"{str(target).capitalize()} is met by {shares} of {ordered[0]['futures']} futures."


def _value(row: TableRow, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{_number(row[name])} [{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
