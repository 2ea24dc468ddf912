"""What was measured: a row for each size, number of threads and thing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from sim.frames import numbers, table, whole, words

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    whole("citizens", "local_governments", "threads") | words("what", "unit")
    | numbers("median", "least", "most") | whole("rounds")
)  # fmt: skip
"""Columns of `bench.csv`."""
NANOSECONDS = "ns per citizen-month"


@dataclass(frozen=True)
class Measured:
    """One thing measured: the median, the least and the most of some rounds."""

    citizens: int
    local_governments: int
    threads: int
    what: str
    unit: str
    median: float
    least: float
    most: float
    rounds: int


@dataclass
class Findings:
    """All that was measured, in the order in which it was."""

    rows: list[Measured] = field(default_factory=list)

    def add(
        self,
        citizens: int,
        places: int,
        what: str,
        values: Sequence[float],
        *,
        unit: str = NANOSECONDS,
        threads: int = 1,
    ) -> None:
        """Note what some rounds gave, if there were any."""
        if values:
            summary = median(values), min(values), max(values), len(values)
            self.rows.append(Measured(citizens, places, threads, what, unit, *summary))

    @property
    def sizes(self) -> list[int]:
        """Numbers of citizens, in order."""
        return sorted({row.citizens for row in self.rows})

    def value(self, citizens: int, what: str, threads: int = 1) -> float:
        """A median; nan if this was not measured."""
        for row in self.rows:
            if (row.citizens, row.what, row.threads) == (citizens, what, threads):
                return row.median
        return math.nan

    def threads(self, citizens: int) -> list[int]:
        """With how many threads months of a size were measured."""
        return [row.threads for row in self.rows
                if row.what == "month" and row.citizens == citizens]  # fmt: skip

    def line(self, what: str, threads: int = 1) -> tuple[list[int], list[float]]:
        """Sizes at which something was measured, and what was found there."""
        found = [(row.citizens, row.median) for row in self.rows
                 if (row.what, row.threads) == (what, threads)]  # fmt: skip
        found.sort()
        return [size for size, _ in found], [value for _, value in found]

    def parts(self, citizens: int, kind: str) -> dict[str, float]:
        """What was measured of one kind, as `phase`, at a size: names and medians."""
        start = f"{kind}."
        return {row.what.removeprefix(start): row.median for row in self.rows
                if row.citizens == citizens and row.what.startswith(start)}  # fmt: skip

    def growth(self, threads: int) -> Iterator[tuple[int, float]]:
        """From each size to the next: the power of citizens with which a month's time grows.

        1 is in proportion; below 1, a month per citizen gets cheaper; above 1, dearer.
        """
        sizes, values = self.line("month", threads)
        for (few, each), (many, each_then) in zip(
            zip(sizes, values, strict=True), zip(sizes[1:], values[1:], strict=True), strict=False
        ):
            ratio = math.log(each_then * many / (each * few))
            yield many, ratio / math.log(many / few)

    def table(self) -> pd.DataFrame:
        """All rows, as `bench.csv` has them."""
        return table(COLUMNS, [tuple(vars(row).values()) for row in self.rows])
