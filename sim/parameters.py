"""What a parameter is: one declaration drives validation, templates, sweeps, tables and the ledger.

Parameters are grouped by the process that reads them. A group is a `NamedTuple` class:

    class TrustParameters(NamedTuple):
        negativity: Annotated[float, Parameter(2.5, ...)]

Its fields are declared once; its instances hold single-precision values and go into compiled
rules as they are. The full name is the group's and the field's: `trust.negativity`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, TypeVar, get_type_hints

import numpy as np

Role = Literal["lever", "uncertainty", "constant"]
Tag = Literal["S", "D", "R", "A", "C"]
Group = TypeVar("Group", bound=tuple[Any, ...])

TAGS: Mapping[str, str] = {
    "S": "read in the source named",
    "D": "derived from a number in the source named",
    "R": "recalled, to be checked",
    "A": "assumption",
    "C": "free, to be calibrated",
}


@dataclass(frozen=True)
class Parameter:
    """One number of the model.

    A choice between alternative rules has their names as `choices`; its value is the place of one
    among them, and `asked_in` names the rule that asks it, which a model class may replace.

    `role` follows XLRM: a lever is a government's to set, an uncertainty is the world's, a
    constant is neither. `tag` says what the default rests on (see `TAGS`). A parameter `at_start`
    is read at month 0 only, so no dated policy can change it.
    """

    default: float
    unit: str
    low: float
    high: float
    role: Role
    tag: Tag
    source: str
    meaning: str
    name: str = ""
    at_start: bool = False
    choices: tuple[str, ...] = ()
    asked_in: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name or self.meaning}: default outside its range")

    def told(self, value: float) -> str:
        """A value in words: its number, or the name of the rule that it chooses."""
        return self.choices[int(value)] if self.choices else f"{value:g}"


def choice(*choices: str, asked_in: str, source: str, meaning: str) -> Parameter:
    """A choice between alternative rules where theory is split; the first is the default."""
    return Parameter(
        0.0, "rule", 0.0, len(choices) - 1.0, "uncertainty", "A", source, meaning,
        at_start=True, choices=choices, asked_in=asked_in,
    )  # fmt: skip


@cache
def declared(prefix: str, group: type[tuple[Any, ...]]) -> dict[str, Parameter]:
    """The parameters that a group declares, by full name."""
    hints = get_type_hints(group, include_extras=True)
    return {
        f"{prefix}.{field}": replace(hint.__metadata__[0], name=f"{prefix}.{field}")
        for field, hint in hints.items()
    }


def group_values(prefix: str, group: type[Group], values: Mapping[str, float]) -> Group:
    """An instance of a group with the given values, in single precision."""
    numbers: list[Any] = [np.float32(values[name]) for name in declared(prefix, group)]
    return group(*numbers)
