"""What an equation of the model is, as data: what it gives, by which formula, in which unit.

Formulas are plain text in names of the code. `trust.negativity` is a parameter, `cells.mandate` a
cell of the figure, `citizens.skill` a column, `counts.met` a count over citizens, `state.moved`
another part of the state; a bare word is given by an equation. The rules lie in `sim/processes/`,
the equations here, since words must change no version of the model; a test holds that each
equation names everything that its rule reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

START = "start"
"""The step of what is set up for month 0."""
BEFORE = "before"
"""The step of what happens before the month's own steps: dated changes and shocks."""

_FULL = re.compile(r"\b[a-z][a-z_]*\.[a-z][a-z_0-9]*")
_DRAWN = re.compile(r"\b(?:uniform|normal|poisson)\(([A-Z_]+)")
_BARE = re.compile(r"(?<![\w.])[a-z][a-z_0-9]*(?![\w.])")

FUNCTIONS: dict[str, str] = {
    "abs": "absolute value",
    "bits": "moves flags of twelve months on by one and sets the lowest to a condition",
    "clip": "clip(x, a, b): x held between a and b",
    "exp": "exponential",
    "first": "the first of those that a condition describes, -1 if there is none",
    "floor": "largest whole number not above",
    "fixed": "fixed point: the value times 2^20, rounded down to a whole number",
    "log": "natural logarithm",
    "logistic": "logistic(x) = 1 / (1 + exp(-x))",
    "logit": "logit(x) = log(x / (1 - x))",
    "max": "largest",
    "mean": "mean over what is named",
    "min": "smallest",
    "normal": "normal(PURPOSE, lane): standard normal draw under that key",
    "order": "place of each in the order of a value, from 0, of equals the first",
    "poisson": "poisson(PURPOSE, rate): Poisson number, by inversion of one uniform draw",
    "positive": "positive(x) = max(0, x)",
    "share": "share of those for whom a condition holds",
    "sqrt": "square root",
    "standardised": "less the mean, by the standard deviation; 0 where all are equal",
    "sum": "sum over what is named",
    "uniform": "uniform(PURPOSE, lane): draw between 0 and 1 under that key",
    "year": "sum over the last twelve months",
    "yes": "1 where a condition holds, else 0",
}
"""Functions and operators of formulas."""

WORDS: frozenset[str] = frozenset({
    "if", "then", "else", "and", "or", "not", "over", "of", "in", "each", "other", "others",
    "unless", "where", "with", "as", "at", "by", "to", "from", "for", "the", "a", "is", "are",
    "held", "kept", "last", "month", "before", "after", "once", "among", "twelve", "times", "any",
    "all", "none", "every", "new", "old", "first", "half",
})  # fmt: skip
"""Words that formulas may have beside names."""

INDICES: dict[str, str] = {
    "g": "a local government, or its place",
    "c": "the central government",
    "u": "whoever is responsible: a local government or the centre",
    "i": "a citizen",
    "j": "a tied citizen",
    "k": "a domain of the budget, or a pressure",
    "f": "an entrepreneur",
    "n": "a need, a problem or a number",
    "r": "a row of the figure",
    "s": "a slot",
    "t": "the month, counted from 1",
    "x": "an institution of the network",
    "y": "another institution",
    "v": "a value",
}
"""Letters that number things."""


class Equation(NamedTuple):
    """What is given, by name; the formula; its unit where it is no column; a remark."""

    gives: str
    formula: str
    unit: str = ""
    note: str = ""

    @property
    def given(self) -> tuple[str, ...]:
        """The names that it gives, without indices."""
        return tuple(re.sub(r"\[.*?\]", "", part).strip() for part in re.split(r",\s", self.gives))


class Section(NamedTuple):
    """The equations of one rule: the modules of `sim/processes/` that have it, the step, the unit.

    `about` says what is not in a formula. Several sections of one step follow one another.
    """

    title: str
    step: str
    modules: tuple[str, ...]
    equations: tuple[Equation, ...]
    about: str = ""


def full_names(text: str) -> set[str]:
    """The names with a point in a formula."""
    return set(_FULL.findall(text))


def purposes(text: str) -> set[str]:
    """The purposes of luck that a formula draws for."""
    return set(_DRAWN.findall(text))


def bare_names(text: str) -> Iterator[str]:
    """The other words of a formula that stand for something."""
    for word in _BARE.findall(_FULL.sub(" ", text)):
        if word not in FUNCTIONS and word not in WORDS and word not in INDICES:
            yield word
