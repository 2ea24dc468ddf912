"""Conditions on outcomes as people write them: `trust < 40 and efficiency >= 50`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import UserMistake
from sim.statistics import without_noise
from sim.text import near, one_line, short

Numbers = NDArray[np.float64]

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_IN_WORDS = {"<=": "is at most", ">=": "is at least", "<": "is below", ">": "is above"}
_IN_NAMES = {"<=": "at_most", ">=": "at_least", "<": "below", ">": "above"}
_CLAUSE = re.compile(
    r"\s*(?P<outcome>[^\s<>=!]*)\s*(?P<sign>[<>=!]*)\s*(?P<value>.*?)\s*", re.DOTALL
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Clause:
    """One comparison of an outcome with a number."""

    outcome: str
    sign: str
    value: float


@dataclass(frozen=True)
class Condition:
    """Comparisons that must all hold."""

    clauses: tuple[Clause, ...]

    @classmethod
    def parse(cls, text: str, outcomes: Sequence[str]) -> Condition:
        """The condition of a text on some of these outcomes; raises `UserMistake`."""
        parts = re.split(r"\band\b", text)
        return cls(tuple(_clause(part, text, outcomes) for part in parts))

    def __str__(self) -> str:
        return " and ".join(f"{c.outcome} {c.sign} {c.value:g}" for c in self.clauses)

    @property
    def words(self) -> str:
        """`trust is below 40 and efficiency is at least 50`."""
        return " and ".join(f"{c.outcome} {_IN_WORDS[c.sign]} {c.value:g}" for c in self.clauses)

    @property
    def slug(self) -> str:
        """The condition as part of a file's name: `trust_below_40`."""
        text = "_and_".join(f"{c.outcome}_{_IN_NAMES[c.sign]}_{c.value:g}" for c in self.clauses)
        return re.sub(r"[^\w.]+", "_", text)

    def holds(self, values: Mapping[str, Numbers]) -> NDArray[np.bool_]:
        """Where all comparisons hold, in the shape of the arrays.

        A value that only rounding keeps from the given number is equal to it.
        """
        found: NDArray[np.bool_] = np.all(
            [OPERATORS[c.sign](_beyond(values[c.outcome], c), 0.0) for c in self.clauses], axis=0
        )
        return found


def _beyond(values: Numbers, clause: Clause) -> Numbers:
    """How far values are above the number of a comparison."""
    return without_noise(values - clause.value, values, clause.value, outcome=clause.outcome)


def _clause(part: str, text: str, outcomes: Sequence[str]) -> Clause:
    match = _CLAUSE.fullmatch(part)
    outcome, sign, value = match.group("outcome", "sign", "value") if match else ("", "", "")
    where = f"'{short(one_line(text))}'"
    if not outcome:
        raise UserMistake(
            f"{where}: a comparison is missing; write as in 'trust < 40 and efficiency >= 50'"
        )
    if outcome not in outcomes:
        raise UserMistake(
            f"{where}: {short(one_line(outcome))} is not an outcome of this experiment"
            f"{near(outcome, outcomes)}"
        )
    if sign not in OPERATORS:
        given = f"'{short(sign)}' is not one" if sign else "there is none"
        raise UserMistake(f"{where}: after {outcome} one of < <= > >= is needed; {given}")
    if not _NUMBER.fullmatch(value) or not np.isfinite(float(value)):
        given = f"not '{short(one_line(value))}'" if value else "there is none"
        raise UserMistake(
            f"{where}: after {outcome} {sign} a number is needed, {given}; "
            "several comparisons are joined by 'and'"
        )
    return Clause(outcome, sign, float(value))
