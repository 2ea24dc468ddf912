"""Units and directions of outcomes in words, the same in tables, figures and sentences.

Names that are nobody's outcome (positions on the figure, columns of one's own) have no direction,
and their differences are in `units`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from sim.outcomes import DIRECTIONS, KNOWN, title_of

_OF_DIFFERENCES = {"%": "percentage points"}
MODEL_MONEY = "model money"
_MONEY = re.compile(r"(?<!model )\bmoney\b")
_RANGES = ("0-1", "0-2", "-1 to 1", "ratio")


BY_DEFINITION = {
    "participation": (
        "Partly by definition: the figure's rows say how often people are asked; "
        "participation_equal_invitations is what would be left if all asked equally often."
    ),
}
"""What is to be said of an outcome that one paradigm wins nearly everywhere."""


def unit_of(name: str) -> str:
    """The unit of an outcome's values; nothing where there is none."""
    unit = KNOWN[name].unit if name in KNOWN else ""
    return "" if unit in _RANGES else unit


def difference_unit(name: str) -> str:
    """The unit of an outcome's differences, which of shares are percentage points."""
    unit = unit_of(name)
    return _OF_DIFFERENCES.get(unit, unit) or "units"


def short_unit(name: str, money: str = "money") -> str:
    """The unit in a word, for columns: `money`, or a currency, for money per citizen and year."""
    return money_told(unit_of(name).split(" per ")[0], money)


def lower_is_better(name: str) -> bool:
    """Whether less of an outcome is better."""
    return DIRECTIONS.get(name) == "lower"


_HEADS = {"participation": "Participation, an index of taking part and being heard"}
"""Heads of outcomes whose names say less than what they are."""


def headed(name: str, money: str = MODEL_MONEY) -> str:
    """What heads a sentence on differences: `Cost per citizen (money ..., lower is better)`."""
    lower = ", lower is better" if lower_is_better(name) else ""
    title = _HEADS.get(name) or title_of(name)
    return f"{title} ({money_told(difference_unit(name), money)}{lower})"


def under_title(name: str) -> str:
    """What stands under the title of a panel of values: its unit, and which way is better."""
    known = [unit_of(name), "lower is better" if lower_is_better(name) else ""]
    return "; ".join(filter(None, known))


def lower_told(names: Iterable[str]) -> str:
    """A sentence on those of which less is better, or nothing."""
    lower = [title_of(name).lower() for name in names if lower_is_better(name)]
    return f" Lower is better: {', '.join(lower)}." if lower else ""


def money_told(text: str, money: str) -> str:
    """A unit, or a text with one, with the name of the money: a currency, or the model's own."""
    return _MONEY.sub(money, text)


def units_told(names: Sequence[str], room: int, money: str = MODEL_MONEY) -> list[str]:
    """What the short units of a table's rows stand for, in lines of `room` letters at most."""
    told = [
        f"{name}: {money_told(unit_of(name), money)}"
        for name in names
        if unit_of(name) != short_unit(name)
    ]
    if any(unit_of(name) == "points" for name in names):
        told.insert(0, "points: of an index from 0 to 100, not per cent")
    return textwrap.wrap(f"({'; '.join(told)})", room) if told else []
