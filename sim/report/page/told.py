"""A finished study as the page reads it: its runs, its folder, and what other commands wrote."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.drawing.svg.marks import Pen, pen
from sim.errors import ResultsError
from sim.outcome_words import difference_unit, lower_is_better, unit_of
from sim.outcomes import DIRECTIONS, title_of
from sim.questions.comparison.findings import strength
from sim.questions.comparison.price import IN_MODEL_MONEY, Price
from sim.questions.comparison.study import Runs, Study
from sim.questions.comparison.worlds import OverWorlds, find_over_worlds
from sim.questions.how_sure import is_sure, margin_of
from sim.runs.csv_files import read_csv
from sim.scenario import Scenario
from sim.text import one_line

_TITLES = {
    "participation": "Participation index",
    "participation_breadth": "People taking part",
    "citizen_hours": "Citizens' time",
}
_UNITS = {
    "participation": "points of an index of taking part and being heard, 0 to 100",
    "participation_breadth": "% of citizens in a year",
    "needs_met": "% of needs",
}
_FEW = "too few to say"
_VALUES = ("mean", "sd", "spread_low", "spread_high", "conf_low", "conf_high", "worlds_low",
           "worlds_high", "at_default", "at_low", "at_high", "swing")  # fmt: skip
"""Columns of tables by outcome whose values are in its unit."""


def outcome_title(name: str) -> str:
    """The name of an outcome in words that a council knows."""
    return _TITLES.get(name, title_of(name))


def place_told(place: str) -> str:
    """A place by its name; one of a file by the file's name, since folders are the writer's own."""
    return re.split(r"[/\\]", place)[-1] if place.endswith(".csv") else place


def outcome_unit(name: str, price: Price) -> str:
    """The unit of an outcome's values in words, money as it is told."""
    unit = price.told(_UNITS.get(name, unit_of(name)))
    if unit == "points":
        unit = "points of an index, 0 to 100"
    return f"{unit}; lower is better" if lower_is_better(name) else unit


@dataclass(frozen=True)
class Against:
    """One scenario against the baseline in one outcome at the end, over worlds or luck alone.

    Values are in the unit that is told, which of money may be a currency. `ends` are of the central
    90 % of worlds, or the 95 % confidence under luck alone. `counted` says in how many worlds (or
    what share of replicates) it is better or, of what is neither, higher; `sure` is how sure the
    direction is in words, empty where it is open.
    """

    outcome: str
    scenario: str
    mean: float
    ends: tuple[float, float]
    better: float
    counted: str
    sure: str
    luck: float
    rests_on: tuple[str, ...] = ()
    price: Price = IN_MODEL_MONEY

    @property
    def margin(self) -> float:
        """The mean from which on it matters, in the unit that is told."""
        return self.price.of(self.outcome) * margin_of(self.outcome)

    @property
    def matters(self) -> bool:
        """Whether the mean is large enough to matter."""
        return abs(self.mean) >= self.margin

    @property
    def is_open(self) -> bool:
        """Whether the direction is open, or hardly more than that."""
        return not (is_sure(self.sure) or self.sure == "settled")

    @property
    def is_too_few(self) -> bool:
        """Whether there are too few worlds to say how sure it is."""
        return self.sure == _FEW

    @property
    def unit(self) -> str:
        """The unit of the difference."""
        return self.price.told(difference_unit(self.outcome))

    @property
    def is_better(self) -> bool:
        """Whether the mean difference is for the better."""
        return (self.mean < 0) == lower_is_better(self.outcome) and self.mean != 0

    @property
    def verdict(self) -> str:
        """How sure and how large it is, in a few words."""
        how = self.sure or "open"
        return how if self.matters or how in ("the same", _FEW) else f"{how}, too small to matter"


class Told:
    """A study, its runs and its results folder."""

    def __init__(self, runs: Runs, path: Path, manifest: dict[str, Any]) -> None:
        self.runs = runs
        self.path = path
        self.manifest = manifest
        self._against: dict[str, list[Against]] = {}

    @property
    def study(self) -> Study:
        """What was asked."""
        return self.runs.study

    @property
    def names(self) -> list[str]:
        """The scenarios in order, the baseline first."""
        return list(self.study.scenarios)

    @property
    def baseline(self) -> str | None:
        """The scenario that the others are compared with."""
        return self.study.baseline

    @property
    def first(self) -> Scenario:
        """The first scenario."""
        return next(iter(self.study.scenarios.values()))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Each scenario's name in one line that can be seen."""
        found: dict[str, str] = {}
        for place, name in enumerate(self.names, 1):
            label = " ".join(one_line(name).split()) or f"scenario {place}"
            found[name] = f"{label} ({place})" if label in found.values() else label
        return found

    @cached_property
    def pens(self) -> dict[str, Pen]:
        """How each scenario is drawn."""
        return {name: pen(place) for place, name in enumerate(self.names)}

    @property
    def count(self) -> str:
        """`60 plausible worlds` or `30 replicates`."""
        if self.study.worlds:
            one = self.study.worlds == 1
            return "one plausible world" if one else f"{self.study.worlds} plausible worlds"
        n = self.runs.replicates
        return f"{n} replicate{'' if n == 1 else 's'} (other luck, everything else held)"

    @property
    def price(self) -> Price:
        """What money is told in, here and on the screen."""
        return self.study.price

    def unit(self, outcome: str) -> str:
        """The unit of an outcome's values in words."""
        return outcome_unit(outcome, self.price)

    def priced(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows by outcome with their values in the unit that is told."""
        if self.price == IN_MODEL_MONEY or frame.empty:
            return frame
        worth = frame["outcome"].map(self.price.of).to_numpy(dtype=float)
        told = [name for name in frame.columns if name in _VALUES]
        return frame.assign(**{name: frame[name] * worth for name in told})

    @cached_property
    def last(self) -> dict[tuple[str, str], dict[str, float]]:
        """The summary at the end, by scenario and outcome."""
        summary = self.priced(self.runs.summary)
        rows = summary[summary["month"] == self.study.months]
        return {(row["scenario"], row["outcome"]): row for row in records(rows)}

    @cached_property
    def by_year(self) -> dict[tuple[str, str], pd.DataFrame]:
        """The summary by scenario and outcome, in order of the years."""
        grouped = self.priced(self.runs.summary).groupby(["scenario", "outcome"], sort=False)
        return {(str(a), str(b)): rows.sort_values("month") for (a, b), rows in grouped}

    def against(self, outcome: str) -> list[Against]:
        """Every other scenario against the baseline in an outcome; empty without a baseline."""
        if outcome not in self._against:
            self._against[outcome] = list(self._compared(outcome))
        return self._against[outcome]

    def _compared(self, outcome: str) -> list[Against]:
        if self.baseline is None or outcome not in self.runs.values:
            return []
        if self.study.worlds:
            return [_of_worlds(one, self.price) for one in find_over_worlds(self.runs, [outcome])]
        table = self.runs.differences
        rows = table[(table["outcome"] == outcome) & (table["month"] == self.study.months)]
        return [_of_luck(row, self.price) for row in records(rows)]

    def read(self, name: str, needed: Sequence[str], text: Sequence[str] = ()) -> pd.DataFrame:
        """A table that another part wrote into the folder; empty if it is not there.

        Raises `ResultsError` if it lacks columns that the page reads.
        """
        path = self.path / name
        if not path.is_file():
            return pd.DataFrame()
        try:
            frame = read_csv(path, text=text)
        except (OSError, ValueError):
            raise ResultsError(f"{path}: is no table; run the command again") from None
        missing = [column for column in needed if column not in frame]
        if missing:
            raise ResultsError(f"{path}: has no column {missing[0]}; run the command again")
        return frame


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows by the names of their columns."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _of_worlds(one: OverWorlds, price: Price) -> Against:
    count, worth = len(one.by_world), price.of(one.outcome)
    fewer = DIRECTIONS.get(one.outcome) == "lower"
    better = one.lower if fewer else one.higher
    sure = {"open": "", "too few worlds": _FEW}.get(one.sure, one.sure)
    names = tuple(name for name, _ in one.rests_on[:3])
    return Against(
        one.outcome, one.scenario, worth * one.mean, (worth * one.ends[0], worth * one.ends[1]),
        better / count, f"{better} of {count} worlds", sure, one.luck_share, names, price,
    )  # fmt: skip


def _of_luck(row: dict[str, Any], price: Price) -> Against:
    mean, low, high = (float(row[key]) for key in ("mean", "conf_low", "conf_high"))
    how = strength(mean, low, high)
    sure = {"same": "the same", "open": "", "too few replicates": _FEW}.get(how, "settled")
    share = float(row["share_better"])
    counted = f"{100 * share:.0f} % of replicates" if math.isfinite(share) else ""
    which, worth = (row["outcome"], row["scenario"]), price.of(row["outcome"])
    ends = worth * low, worth * high
    return Against(*which, worth * mean, ends, share, counted, sure, math.nan, price=price)
