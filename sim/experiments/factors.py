"""A factor of an experiment: what varies, between which values, and how it is spread over them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from sim.declared import PARAMETERS, TAGS
from sim.paradigms import FIGURE
from sim.scenario.blocks import STRICT
from sim.scenario.source import Source
from sim.worlds.anchors import anchors

ROWS = "governance."
"""Factors that begin so are rows of the figure."""
Role = Literal["lever", "uncertainty"]
Distribution = Literal["uniform", "triangular", "normal", "values"]
Numbers = NDArray[np.float64]


class Range(BaseModel):
    """How a factor varies; what is left out is as its declaration has it."""

    model_config = STRICT
    low: float | None = Field(None, description="lowest value")
    high: float | None = Field(None, description="highest value")
    distribution: Literal["uniform", "triangular", "normal"] = Field(
        "uniform", description="uniform, triangular (with mode) or normal (with mean and sd)"
    )
    mode: float | None = Field(None, description="likeliest value of a triangular distribution")
    mean: float | None = Field(None, description="mean of a normal distribution before it is cut")
    sd: float | None = Field(None, gt=0, description="its standard deviation")
    values: list[float] | None = Field(
        None, min_length=1, max_length=1_000, description="these values only, in place of a range"
    )
    whole: bool = Field(False, description="whole numbers only")


@dataclass(frozen=True)
class Factor:
    """One thing that varies, by full name: a parameter, a row of the figure (`governance.goal`), or
    an anchor of a cell (`cells.invitations.gov3`).

    A normal distribution is cut at `low` and `high`. With `values` these are the only ones, each
    as likely as the others.
    """  # noqa: D205

    name: str
    role: Role
    low: float
    high: float
    distribution: Distribution = "uniform"
    mode: float = 0.0
    mean: float = 0.0
    sd: float = 1.0
    values: tuple[float, ...] = ()
    whole: bool = False
    unit: str = ""
    meaning: str = ""
    source: str = ""

    def quantile(self, share: NDArray[np.float64]) -> Numbers:
        """Values at which so large a share of the distribution lies below, between 0 and 1."""
        share = np.asarray(share, dtype=np.float64)
        if self.distribution == "values":
            return _nth(share, np.array(self.values))
        if self.whole and self.distribution == "uniform":
            return _nth(share, np.arange(self.low, self.high + 1.0))
        found = self._continuous(share)
        return np.clip(np.round(found) if self.whole else found, self.low, self.high)

    def _continuous(self, share: Numbers) -> Numbers:
        from scipy import stats

        low, high = self.low, self.high
        if self.distribution == "triangular":
            width = high - low
            peak = (self.mode - low) / width
            return np.asarray(stats.triang.ppf(share, peak, loc=low, scale=width))
        if self.distribution == "normal":
            ends = ((end - self.mean) / self.sd for end in (low, high))
            return np.asarray(stats.truncnorm.ppf(share, *ends, loc=self.mean, scale=self.sd))
        return low + share * (high - low)

    def levels(self, count: int) -> Numbers:
        """The levels of a grid: the given values, or so many from one end to the other.

        They are evenly spaced in probability, so evenly in value where the factor is uniform.
        """
        if self.values:
            return np.array(self.values)
        return np.unique(self.quantile(np.linspace(0.0, 1.0, count)))


class Declaration(NamedTuple):
    """What is declared of something that can vary; constants have no role.

    It varies from `low` to `high` unless told otherwise; an anchor of the figure may be told to go
    further, to the ends of its cell.
    """

    role: Role | None
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the most that it can be told to be."""
        return (
            self.low if self.least is None else self.least,
            self.high if self.most is None else self.most,
        )


def declaration(name: str) -> Declaration | None:
    """What is declared of a parameter, row or anchor; None if there is none of this name."""
    if name in PARAMETERS:
        p = PARAMETERS[name]
        role = None if p.role == "constant" else p.role
        return Declaration(role, p.low, p.high, p.unit, p.meaning, p.source, p.choices)
    for row in FIGURE.rows:
        if name == ROWS + row.id:
            wording = "; ".join(f"{paradigm}: {text}" for paradigm, text in row.wording.items())
            last = FIGURE.last_position
            return Declaration("lever", 0.0, last, "position on the figure", row.title, wording)
    if name in anchors():
        one = anchors()[name]
        cell, told = one.cell, f"{one.cell.meaning}, under {' and '.join(one.together)}"
        source = f"{TAGS[cell.tag]} - {cell.source}"
        return Declaration(
            "uncertainty", one.low, one.high, cell.unit, told, source, (), one.least, one.most
        )
    return None


def factor_of(name: str, role: Role, given: Range | None) -> Factor:
    """The factor of a valid range; the declaration's where nothing else is given."""
    declared, given = declaration(name), given or Range()
    if declared is None:
        raise KeyError(name)
    if declared.choices and given.values is None:
        given = Range(values=[float(number) for number in range(len(declared.choices))])
    low = declared.low if given.low is None else given.low
    high = declared.high if given.high is None else given.high
    if given.values is not None:
        low, high = min(given.values), max(given.values)
    if given.whole:
        low, high = math.ceil(low), math.floor(high)
    return Factor(
        name=name,
        role=role,
        low=low,
        high=high,
        distribution=given.distribution if given.values is None else "values",
        mode=low if given.mode is None else given.mode,
        mean=low if given.mean is None else given.mean,
        sd=1.0 if given.sd is None else given.sd,
        values=tuple(given.values or ()),
        whole=given.whole,
        unit=declared.unit,
        meaning=declared.meaning,
        source=declared.source,
    )


def number_choices(source: Source) -> None:
    """Write alternative rules among the values of factors as their numbers."""
    for block in ("levers", "uncertainties"):
        factors = source.data.get(block)
        if not isinstance(factors, Mapping):
            continue
        numbered = {name: _numbered(str(name), given) for name, given in factors.items()}
        source.data[block] = numbered


def _numbered(name: str, given: Any) -> Any:
    declared = declaration(name)
    values = given.get("values") if isinstance(given, Mapping) else None
    if declared is None or not declared.choices or not isinstance(values, list):
        return given
    known = declared.choices
    return {**given, "values": [known.index(v) if v in known else v for v in values]}


def _nth(share: Numbers, values: Numbers) -> Numbers:
    """The value in whose equal part of the unit interval a share lies."""
    place = np.minimum((share * len(values)).astype(np.int64), len(values) - 1)
    found: Numbers = values[place]
    return found
