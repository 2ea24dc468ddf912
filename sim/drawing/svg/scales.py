"""From numbers to places of a picture, and the round numbers that stand at an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MILLION = 1e6


@dataclass(frozen=True)
class Scale:
    """Where values from `low` to `high` lie between two places, `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)


def finite(values: Iterable[float]) -> list[float]:
    """Those of some values that are numbers."""
    return [value for value in values if math.isfinite(value)]


def covering(
    values: Iterable[float], within: tuple[float, float], least: float = 1.0
) -> tuple[float, float]:
    """A range around values, a little wider than they are, at least `least` wide.

    Values that are possible bound it, `within`.
    """
    known = finite(values)
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    more = max(0.06 * (high - low), (least - (high - low)) / 2)
    return max(within[0], low - more), min(within[1], high + more)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, some five of them."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * one for one in _STEPS if size * one >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(place * step, 10) + 0.0 for place in range(first, last + 1)]


def tick_label(value: float) -> str:
    """A value at an axis with all its digits, never in powers: `0.5`, `25,000`, `1.2 million`."""
    if abs(value) >= _MILLION:
        return f"{_trimmed(value / _MILLION)} million"
    return _trimmed(value)


def _trimmed(value: float) -> str:
    return f"{value:,.10f}".rstrip("0").rstrip(".")


def year_ticks(years: list[int], most: int = 5) -> list[int]:
    """Some of the years for an axis, the last one among them."""
    step = next((s for s in (1, 2, 4, 5, 10, 20, 25, 50) if len(years) / s <= most), len(years))
    return years[::-1][::step][::-1]
