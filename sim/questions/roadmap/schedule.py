"""Schedules of moves, and how the search writes them: whatever it writes keeps to the budget.

A schedule says of each row in which year it begins to move and how many years that takes, or that
it never moves. The search writes an order of the rows (random keys, Bean 1994), a year that each
wishes to begin in, or never, and for how long. Rows are placed one after another in that order,
each in the first year from its wish on in which every year that it takes has money left (serial
schedule generation, Kolisch and Hartmann 1999). So each text is a schedule within the budget, and
each schedule within the budget has a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
MOST_YEARS = 4
"""A move takes no more years than this."""
GENES = 3
"""Numbers that the search writes of each row: its place in the order, its wish, its length."""
_NEVER = 0.1
"""The share of wishes that are for never."""
_ROUNDING = 1e-9


class Step(NamedTuple):
    """A row begins to move in a year, counted from 1, and takes so many; 0 is sudden."""

    year: int
    years: int

    @property
    def month(self) -> int:
        """The month in which it begins, counted from 1."""
        return 12 * (self.year - 1) + 1


Schedule = tuple[Step | None, ...]
"""A step for each row that can move, None where it never does."""


@dataclass(frozen=True)
class Space:
    """What schedules there are.

    `costs` has the money per citizen that it takes to move each row, `budget` the money per citizen
    that there is in each of the `years`. Where all of them are `whole`, no row wishes never to
    move, and one that finds no money from its wish on moves as soon as there is some.
    """

    costs: tuple[float, ...]
    years: int
    budget: float
    whole: bool = False

    @property
    def lengths(self) -> int:
        """The most years that a move may take."""
        return min(MOST_YEARS, self.years)

    @property
    def can_move(self) -> bool:
        """Whether any row can move within the budget."""
        return any(self._fits(cost, self.lengths) for cost in self.costs)

    def stay(self) -> Schedule:
        """The schedule in which nothing moves."""
        return (None,) * len(self.costs)

    def spent(self, schedule: Schedule) -> Numbers:
        """Money per citizen for moving, shape (years,)."""
        spent = np.zeros(self.years)
        for cost, step in zip(self.costs, schedule, strict=True):
            if step is not None:
                length = max(1, step.years)
                spent[step.year - 1 : step.year - 1 + length] += cost / length
        return spent

    def keeps(self, schedule: Schedule) -> bool:
        """Whether a schedule keeps to the budget in every year."""
        return bool((self.spent(schedule) <= self.budget + self._slack).all())

    def placed(
        self, order: Sequence[int], wishes: Sequence[int | None], lengths: Sequence[int]
    ) -> Schedule:
        """Rows in their order, each in the first year from its wish on that has the money.

        A row that no year has the money for takes more years; one that ends too late never moves.
        """
        left = [self.budget] * self.years
        steps: list[Step | None] = [None] * len(self.costs)
        for row in order:
            wish = wishes[row]
            step = None if wish is None else self._first(left, self.costs[row], wish, lengths[row])
            if step is None and self.whole:
                step = self._first(left, self.costs[row], 1, lengths[row])
            if step is not None:
                steps[row] = step
                for year in range(step.year - 1, step.year - 1 + step.years):
                    left[year] -= self.costs[row] / step.years
        return tuple(steps)

    def in_order(self, order: Sequence[int]) -> Schedule:
        """Rows in an order, each as soon as there is money, a year each where that is enough."""
        return self.placed(order, [1] * len(self.costs), [1] * len(self.costs))

    def decode(self, genes: Numbers) -> Schedule:
        """The schedule of what the search writes: order, wishes and lengths, each from 0 to 1."""
        keys, wished, long = genes.reshape(GENES, len(self.costs))
        order = [int(row) for row in np.argsort(keys, kind="stable")]
        wishes = [
            None if share >= self._ever and not self.whole
            else 1 + min(int(share / self._ever * self.years), self.years - 1)
            for share in wished.tolist()
        ]  # fmt: skip
        lengths = [1 + min(int(share * self.lengths), self.lengths - 1) for share in long.tolist()]
        return self.placed(order, wishes, lengths)

    def encode(self, schedule: Schedule) -> Numbers:
        """What the search would write of a schedule within the budget."""
        count = len(self.costs)
        began = [self.years + 1 if step is None else step.year for step in schedule]
        order = sorted(range(count), key=lambda row: (began[row], row))
        keys = [(order.index(row) + 0.5) / count for row in range(count)]
        wished = [
            1.0 - _NEVER / 2 if step is None
            else (step.year - 0.5) / self.years * self._ever for step in schedule
        ]  # fmt: skip
        long = [
            0.5 / self.lengths if step is None else (step.years - 0.5) / self.lengths
            for step in schedule
        ]
        return np.array([*keys, *wished, *long])

    @property
    def _ever(self) -> float:
        """The share of wishes that are for a year."""
        return 1.0 if self.whole else 1.0 - _NEVER

    @property
    def _slack(self) -> float:
        return _ROUNDING * (1.0 + self.budget)

    def _fits(self, cost: float, length: int) -> bool:
        return cost / length <= self.budget + self._slack

    def _first(self, left: Sequence[float], cost: float, wish: int, wanted: int) -> Step | None:
        for length in range(wanted, self.lengths + 1):
            if not self._fits(cost, length):
                continue
            least = cost / length - self._slack
            for year in range(wish, self.years - length + 2):
                if all(money >= least for money in left[year - 1 : year - 1 + length]):
                    return Step(year, length)
        return None
