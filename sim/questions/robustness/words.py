"""How robust policies are, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sim.frames import TableRow
from sim.outcome_words import headed, lower_is_better, unit_of
from sim.outcomes import title_of
from sim.questions.how_sure import FEWEST_WORLDS
from sim.questions.robustness.over_worlds import order_sentence
from sim.questions.settling import settling_sentence

if TYPE_CHECKING:
    from sim.questions.robustness.analysis import Robustness

_SURE = 0.95
_SHOWN = 6
"""Decimals in which levels differ at least."""


def told(found: Robustness) -> list[str]:
    """A sentence or two per outcome, one per target, and what they rest on."""
    said = _said(found)
    lines = [*found.warnings, *said.head]
    for _, part in found.table.groupby("outcome", sort=False):
        lines += _outcome(part.to_dict("records"), said)
    lines += list(_targets(found.targets, said))
    if found.undirected:
        lines.append(
            f"Left out: {', '.join(found.undirected)}; neither more nor less of it is better."
        )
    if found.plan.worlds:
        return [*lines, *filter(None, [order_sentence(found.order)])]
    return [*lines, settling_sentence(found.needed)] if len(found.needed) else lines


class _Said(NamedTuple):
    """What intervals are over, and whether there are enough worlds to tell any."""

    over: str
    enough: bool
    head: tuple[str, ...]


def _said(found: Robustness) -> _Said:
    plan = found.plan
    if not plan.worlds:
        return _Said("luck", True, ())
    count = int(found.table["worlds"].iloc[0]) if len(found.table) else plan.worlds
    each = "one replicate" if plan.per_world == 1 else f"{plan.per_world} replicates"
    told = f"A future counts by the mean over {count} plausible worlds with {each} in each"
    over = "; in brackets: 95 % of resampled futures and worlds" if count >= FEWEST_WORLDS else ""
    return _Said("worlds", count >= FEWEST_WORLDS, (f"{told}{over}.",))


def _outcome(rows: list[TableRow], said: _Said) -> Iterator[str]:
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
            f"{_at_least(best, said)}; the others fall behind by up to "
            f"{behind}{_doubt(best, said)}."
        )
        return
    yield (
        f"{name}: {first} is never further than {_value(best, 'regret_max', said)} from "
        f"the best policy, in nine of ten futures within {_value(best, 'regret_p90', said)}, and "
        f"best in {_share(best, 'best_share', said)} of {best['futures']} futures; the others fall "
        f"behind by up to {behind}{_doubt(best, said)}."
    )
    highest = _cautious(rows)
    worst = "highest" if lower_is_better(outcome) else "lowest"
    level = f"{worst} {_value(highest, 'worst', said)} {unit_of(outcome)}".rstrip()
    yield f"  Its best worst case has {highest['policy']}: {level}."


def _cautious(rows: list[TableRow]) -> TableRow:
    """The policy with the best worst case (maximin)."""
    lower = lower_is_better(str(rows[0]["outcome"]))
    return (min if lower else max)(rows, key=lambda row: round(row["worst"], _SHOWN))


def _doubt(best: TableRow, said: _Said) -> str:
    share = best["first_share"]
    if share >= _SURE or not said.enough:
        return ""
    return f"; other futures and other {said.over} could change this ({100 * share:.0f} % sure)"


def _at_least(best: TableRow, said: _Said) -> str:
    """How few futures other luck, or worlds, and other futures would make of all of them."""
    low = 100 * best["best_share_low"]
    few = round(low) < 100 and said.enough
    return f" (with other {said.over} and futures in {low:.0f} to 100 %)" if few else ""


def _share(row: TableRow, name: str, said: _Said) -> str:
    share, low, high = (100 * row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return f"{share:.0f} % [{low:.0f}, {high:.0f}]" if said.enough else f"{share:.0f} %"


def _targets(table: pd.DataFrame, said: _Said) -> Iterator[str]:
    for target, part in table.groupby("target", sort=False):
        ordered = part.sort_values("share", ascending=False, kind="stable").to_dict("records")
        shares = ", ".join(f"{row['policy']} in {_share(row, 'share', said)}" for row in ordered)
        yield f"{str(target).capitalize()} is met by {shares} of {ordered[0]['futures']} futures."


def _value(row: TableRow, name: str, said: _Said) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if not said.enough:
        return _number(row[name])
    return f"{_number(row[name])} [{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
