"""Which policy wins where over plausible worlds, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.outcome_words import BY_DEFINITION, difference_unit
from sim.outcomes import title_of
from sim.questions.how_sure import CERTAIN, FEWEST_WORLDS
from sim.questions.regimes.told import borders_told, share_told
from sim.statistics import share_interval

if TYPE_CHECKING:
    from sim.questions.regimes.analysis import Regimes


def told_over_worlds(found: Regimes) -> Iterator[str]:
    """For each outcome: who wins how much of the map, where borders run, and what moves them."""
    for outcome, shares in found.shares.groupby("outcome", sort=False):
        cells = found.cells[found.cells["outcome"] == outcome]
        enough = int(cells["worlds"].iloc[0]) >= FEWEST_WORLDS
        yield _won(str(outcome), shares, cells) if enough else _led(str(outcome), shares, cells)
        if str(outcome) in BY_DEFINITION:
            yield f"  {BY_DEFINITION[str(outcome)]}"
        yield from borders_told(found, str(outcome), "mean lead", partial(_at, found))
        if enough:
            yield from _moves(found, str(outcome))


def _won(outcome: str, shares: pd.DataFrame, cells: pd.DataFrame) -> str:
    """How much of the map each policy wins, by how much, and what other worlds could make of it."""
    rows = {row["policy"]: row for row in shares.to_dict("records")}
    undecided = rows.pop("undecided")
    count = int(cells["worlds"].iloc[0])
    low, high = share_interval(math.ceil(CERTAIN * count), count)
    order = sorted(rows.values(), key=lambda row: -row["share"])
    parts = ", ".join(f"{row['policy']} {share_told(row)}{_size(row, cells)}" for row in order)
    return (
        f"{title_of(outcome)} ({difference_unit(outcome)}): of {len(cells)} cells {parts} are won "
        f"in at least {100 * CERTAIN:.0f} % of {count} worlds ({100 * low:.0f} to "
        f"{100 * high:.0f} % of all, where just so many); "
        f"{share_told(undecided)} are undecided. In brackets: 95 % of maps of resampled worlds."
    )


def _size(row: dict[Any, Any], cells: pd.DataFrame) -> str:
    """By how much a policy is ahead in the cells that it wins."""
    margins = cells.loc[cells["winner"] == row["policy"], "margin"]
    return f" (by {margins.median():.1f})" if len(margins) else ""


def _led(outcome: str, shares: pd.DataFrame, cells: pd.DataFrame) -> str:
    rows = [row for row in shares.to_dict("records") if row["policy"] != "undecided"]
    order = sorted(rows, key=lambda row: -row["led"])
    parts = ", ".join(f"{row['policy']} leads {row['led']}" for row in order)
    return f"{title_of(outcome)}: of {len(cells)} cells {parts}."


def _at(found: Regimes, row: pd.Series) -> str:
    count = int(found.cells["worlds"].iloc[0])
    if count < FEWEST_WORLDS or pd.isna(row["low"]):
        return f"{row['x']:.2f}"
    ends = f"{row['low']:.2f} to {row['high']:.2f}"
    return f"{row['x']:.2f} ({ends} in nine of ten of the {row['worlds']} worlds where it does)"


def _moves(found: Regimes, outcome: str) -> Iterator[str]:
    """What a factor does to the lead of one policy over another, where nearly all worlds agree."""
    unit = difference_unit(outcome)
    own = found.moves[found.moves["outcome"] == outcome]
    for row in own[own["share"] >= CERTAIN].to_dict("records"):
        verb = "gains on" if row["change"] > 0 else "loses to"
        low, high = row["low"], row["high"]
        agreeing = round(row["share"] * row["worlds"])
        yield (
            f"  From {row['factor']} {row['from']:.2f} to {row['to']:.2f}, {row['policy']} {verb} "
            f"{row['other']} by {abs(row['change']):.2f} {unit} ({low:+.2f} to {high:+.2f} in nine "
            f"of ten worlds; this way in {agreeing} of {row['worlds']})."
        )
