"""One replicate of the study, as patterns read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.monthly import WINDOW
from sim.questions.europe import name_of
from sim.questions.evidence.asked import countries

if TYPE_CHECKING:
    from sim.questions.comparison.study import Runs
    from sim.scenario import Scenario

Numbers = NDArray[np.float64]
_TEN_YEARS = 10


class Seen:
    """The readings of one replicate of the study.

    `labels` may give scenarios each other's names, for a null test: by the name that is asked for,
    the one that is read.
    """

    def __init__(self, runs: Runs, replicate: int, labels: Mapping[str, str] | None = None) -> None:
        self._labels = labels or {}
        self._by_name = _parts(runs.timeseries, replicate)
        self._events = _parts(getattr(runs, "events", None), replicate)
        self._local = _parts(getattr(runs, "local", None), replicate)
        self._scenarios = runs.study.scenarios
        self._starts = {n: int(s.start[:4]) for n, s in runs.study.scenarios.items()}

    def scenario(self, name: str) -> Scenario:
        """The scenario of that name."""
        return self._scenarios[self._called(name)]

    def months(self, scenario: str, outcome: str) -> Numbers:
        """Readings month by month, shape (months,)."""
        return self._by_name[self._called(scenario)][outcome].to_numpy(dtype=np.float64)

    def yearly(self, scenario: str, outcome: str) -> pd.Series:
        """Readings at the end of each calendar year, by year."""
        rows = self._by_name[self._called(scenario)]
        ends = rows[rows["month"] % 12 == 0]
        years = self._starts[self._called(scenario)] + ends["month"].to_numpy() // 12 - 1
        return pd.Series(ends[outcome].to_numpy(), index=years)

    def last(self, scenario: str, outcome: str) -> float:
        """The reading of the last month."""
        return float(self.months(scenario, outcome)[-1])

    def recent(self, scenario: str, outcome: str) -> float:
        """Mean of the last three years."""
        return float(self.months(scenario, outcome)[-WINDOW:].mean())

    def decade(self, scenario: str, outcome: str) -> float:
        """Mean of the last ten years' ends."""
        return float(self.yearly(scenario, outcome).iloc[-_TEN_YEARS:].mean())

    def projects(self, scenario: str) -> pd.DataFrame:
        """Projects of all local governments: `month`, `local_government`, `event`, `cost`."""
        rows = self._events.get(self._called(scenario), pd.DataFrame())
        return rows[rows["event"].str.startswith("project ")] if len(rows) else rows

    def local(self, scenario: str) -> pd.DataFrame:
        """Readings of local governments at the end of each year; empty where none are known."""
        return self._local.get(self._called(scenario), pd.DataFrame())

    def transactions_online(self) -> Numbers:
        """Per cent of transactions that can be done online, month by month, mean of all countries.

        Those that are asked for most go online first: 1 - (1 - supply)^2 (`docs/model.md`, P6).
        """
        supply = np.array([self.months(name_of(c), "online_supply") for c in countries()])
        mean: Numbers = 100.0 * (1.0 - (1.0 - supply / 100.0) ** 2).mean(axis=0)
        return mean

    def over_countries(self, outcome: str, year: int) -> Numbers:
        """Readings of all countries at the end of a year."""
        return np.array([self.yearly(name_of(c), outcome)[year] for c in countries()])

    def by_country(self, outcome: str) -> pd.DataFrame:
        """Readings at the end of each year, countries by years."""
        return pd.DataFrame({c: self.yearly(name_of(c), outcome) for c in countries()}).T

    def _called(self, scenario: str) -> str:
        return self._labels.get(scenario, scenario)


def _parts(table: pd.DataFrame | None, replicate: int) -> dict[str, pd.DataFrame]:
    if table is None or table.empty:
        return {}
    rows = table[table["replicate"] == replicate]
    return {str(name): part for name, part in rows.groupby("scenario")}
