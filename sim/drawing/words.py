"""Numbers, dates and counts in words, as captions and alternative texts need them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from sim.scenario import Scenario

MOST_DECIMALS = 4


def number(value: float) -> str:
    """A value with one decimal, never minus zero."""
    return f"{round(value, 1) + 0.0:.1f}"


def signed(value: float, decimals: int = 1) -> str:
    """A difference with its sign."""
    rounded = round(value, decimals) + 0.0
    return f"{rounded:+.{decimals}f}" if rounded else f"{rounded:.{decimals}f}"


def decimals_needed(*values: float) -> int:
    """One, or as many decimals (at most four) as keep values that are not zero from showing it."""
    enough = (d for d in range(1, MOST_DECIMALS) if all(round(value, d) for value in values))
    return next(enough, MOST_DECIMALS)


def decimals_of(low: float, high: float) -> int:
    """One, or as many decimals (at most four) as show two digits of half an interval's width."""
    half = (high - low) / 2.0
    return min(MOST_DECIMALS, max(1, 1 - math.floor(math.log10(half)))) if half > 0.0 else 1


def calendar(scenario: Scenario, month: int) -> tuple[int, int]:
    """Calendar year and month (1 to 12) of a month of a scenario, counted from 1."""
    year, first = map(int, scenario.start.split("-"))
    years, rest = divmod(first + month - 2, 12)
    return year + years, rest + 1


def year_end(scenario: Scenario, month: int) -> float:
    """Where a month lies on an axis on which 2014 is the end of the year 2014."""
    year, calendar_month = calendar(scenario, month)
    return year + (calendar_month - 12) / 12.0


def when(scenario: Scenario, month: int) -> str:
    """The end of a month in words: `the end of 2014`, or `the end of 2003-06`."""
    year, calendar_month = calendar(scenario, month)
    return f"the end of {year}" + ("" if calendar_month == 12 else f"-{calendar_month:02d}")


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def replicate_counts(frame: pd.DataFrame) -> dict[str, int]:
    """How many replicates of each scenario a frame of replicates holds."""
    counts = frame.groupby("scenario", sort=False)["replicate"].nunique()
    return {str(name): int(count) for name, count in counts.items()}


def replicates(counts: Mapping[str, int]) -> str:
    """`6 replicates of each scenario`, or how many of which."""
    numbers = set(counts.values())
    if len(numbers) == 1:
        (count,) = numbers
        of_each = "" if len(counts) == 1 else " of each scenario"
        return f"{count} replicate{'s' if count > 1 else ''}{of_each}"
    return "replicates: " + ", ".join(f"{name} {count}" for name, count in counts.items())
