"""Which policy wins where, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from sim.outcome_words import BY_DEFINITION, difference_unit
from sim.outcomes import title_of
from sim.questions.regimes.told import borders_told, share_told
from sim.questions.regimes.words_over_worlds import told_over_worlds

if TYPE_CHECKING:
    from sim.questions.regimes.analysis import Regimes

SURVEYED = (0.05, 0.11)
"""Spread between places (log-odds) at which 1 to 6 % of the variance of ideal budgets lies there.

Within places it is .35 (`society.taste_spread`) and what status adds (`society.elite_tilt`), .45 in
all: .45 sqrt(share / (1 - share)). Surveys: 1 to 3 % between US settlement sizes, 6 % between four
countries."""
_DIFFERENCES = {
    "society.taste_heterogeneity": "what lies beyond has not been seen",
    "society.heterogeneity": "beyond that places must need other things, not like other things",
}


def told(found: Regimes) -> list[str]:
    """For each outcome: shares of the map, where borders run, and what moves them."""
    lines = list(found.warnings)
    if found.plan.worlds:
        return [*lines, *told_over_worlds(found), *_surveyed(found)]
    for outcome, shares in found.shares.groupby("outcome", sort=False):
        lines.append(_won(str(outcome), shares))
        if str(outcome) in BY_DEFINITION:
            lines.append(f"  {BY_DEFINITION[str(outcome)]}")
        lines += borders_told(found, str(outcome), "lead", _at)
        lines += _moves(found, str(outcome))
    return [*lines, *_surveyed(found)]


def surveyed(name: str) -> tuple[float, float] | None:
    """Where on a factor measured attitudes lie; None where nothing was measured."""
    return SURVEYED if name in _DIFFERENCES else None


def _surveyed(found: Regimes) -> Iterator[str]:
    """Where on the map the real world's attitudes are, as far as surveys tell."""
    for name in found.plan.names:
        if surveyed(name) is not None:
            low, high = SURVEYED
            yield (
                "Measured attitudes to spending (1 to 6 % of their variance between places) lie at "
                f"{low:.2f} to {high:.2f} of {name}; {_DIFFERENCES[name]}."
            )


def _won(outcome: str, shares: pd.DataFrame) -> str:
    """How much of the map each policy wins, and between what other luck could have put it."""
    rows = {row["policy"]: row for row in shares.to_dict("records")}
    undecided = rows.pop("undecided")
    order = sorted(rows.values(), key=lambda row: -row["share"])
    parts = ", ".join(f"{row['policy']} {share_told(row)}" for row in order)
    return (
        f"{title_of(outcome)}: of {shares['cells'].iloc[0]} cells {parts} are won with 95 % "
        f"confidence; {share_told(undecided)} are undecided. In brackets: 95 % of maps with other "
        "luck."
    )


def _at(row: pd.Series) -> str:
    interval = (
        "" if pd.isna(row["conf_low"]) else f" ({row['conf_low']:.2f} to {row['conf_high']:.2f})"
    )
    return f"{row['x']:.2f}{interval}"


def _moves(found: Regimes, outcome: str) -> Iterator[str]:
    """What a factor does to the lead of one policy over another, where that is settled."""
    own = found.moves[found.moves["outcome"] == outcome]
    unit = difference_unit(outcome)
    for row in own.to_dict("records"):
        if row["conf_low"] * row["conf_high"] <= 0:
            continue
        verb = "gains on" if row["change"] > 0 else "loses to"
        low, high = sorted((abs(row["conf_low"]), abs(row["conf_high"])))
        yield (
            f"  From {row['factor']} {row['low']:.2f} to {row['high']:.2f}, {row['policy']} {verb} "
            f"{row['other']} by {abs(row['change']):.2f} ({low:.2f} to {high:.2f}) {unit}."
        )
