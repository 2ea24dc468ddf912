"""Whose story: a citizen by number or by what they are like, or a government by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import UserMistake
from sim.model import GovernanceModel
from sim.society.allotment import quantiles
from sim.text import near, short

TRAITS = ("skill", "status", "predisposition", "civic")
_LOW, _MIDDLE, _HIGH = 0.05, 0.5, 0.95
_MATTERS = 25.0
"""How much more the kind's own trait counts than the others, which may go with it."""
KINDS: dict[str, tuple[str, float]] = {
    "typical": ("skill", _MIDDLE),
    "low_skill": ("skill", _LOW),
    "high_skill": ("skill", _HIGH),
    "low_status": ("status", _LOW),
    "high_status": ("status", _HIGH),
    "low_trust": ("predisposition", _LOW),
    "high_trust": ("predisposition", _HIGH),
    "active": ("civic", _HIGH),
}
"""Citizens by what they are like: the trait that stands out, and where among all citizens."""
CENTRAL = "central"


@dataclass(frozen=True)
class Who:
    """A citizen or a government, by its row; the central government's is -1."""

    kind: Literal["citizen", "local", "central"]
    row: int
    like: str = ""


def find_who(who: str | int, model: GovernanceModel) -> Who:
    """A citizen's number or kind, a local government's name in either script, or `central`.

    Raises `UserMistake`, with what is allowed and what was probably meant.
    """
    asked = " ".join(str(who).split())
    key = asked.casefold().replace("-", "_").replace(" ", "_")
    if asked.lstrip("+-").isdecimal():
        return _numbered(int(asked), model)
    if key in KINDS:
        return Who("citizen", _like(key, model), key.replace("_", " "))
    if key == CENTRAL:
        return Who("central", -1)
    found = _named(asked, model)
    if found is None:
        names = [local.name for local in model.place.local_governments]
        allowed = [*KINDS, CENTRAL, *names]
        raise UserMistake(
            f"'{short(asked)}' is neither a citizen's number (0 to {_last(model)}) or kind "
            f"({', '.join(KINDS)}) nor a government (central, {_shown(names)})"
            f"{_meant(asked, allowed)}"
        )
    return Who("local", found)


def _numbered(number: int, model: GovernanceModel) -> Who:
    if not 0 <= number <= _last(model):
        raise UserMistake(f"citizen {number}: citizens are numbered 0 to {_last(model)}")
    return Who("citizen", number)


def _last(model: GovernanceModel) -> int:
    return model.size - 1


def _like(kind: str, model: GovernanceModel) -> int:
    """The citizen nearest to where the kind's trait should be, ordinary in all other traits."""
    citizens = model.state.citizens
    trait, place = KINDS[kind]
    distance = np.zeros(len(citizens.home))
    for name in TRAITS:
        aim, weight = (place, _MATTERS) if name == trait else (_MIDDLE, 1.0)
        distance += weight * (_standing(getattr(citizens, name), model) - aim) ** 2
    return int(np.argmin(distance))


def _standing(values: NDArray[np.float32], model: GovernanceModel) -> NDArray[np.float64]:
    """The share of people below each citizen in a trait, himself half."""
    weights = model.record.weights
    if (weights == 1.0).all():
        ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable")
        return np.asarray((ranks + 0.5) / len(ranks))
    own = weights[model.state.citizens.home]
    return np.asarray(quantiles(values, own) + 0.5 * own / own.sum())


def _named(asked: str, model: GovernanceModel) -> int | None:
    locals_ = model.place.local_governments
    for row, local in enumerate(locals_):
        if asked.casefold() in (local.name.casefold(), local.native_name.casefold()):
            return row
    if asked.isascii():
        return None
    shortened = [row for row, local in enumerate(locals_) if _is_short(asked, local.native_name)]
    return shortened[0] if len(shortened) == 1 else None


def _is_short(asked: str, full: str) -> bool:
    """Whether the syllables stand in a name in this order, the first one first: 충북, 충청북도."""
    rest = iter(full)
    return asked[0] == full[0] and all(syllable in rest for syllable in asked)


def _shown(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 20 else f"{names[0]} ... {names[-1]}"


def _meant(asked: str, allowed: list[str]) -> str:
    _, question, meant = near(asked, allowed).partition("; did you mean")
    return question + meant
