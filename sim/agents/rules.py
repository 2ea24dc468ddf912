"""Rules that were changed: the `agents` engine asks them, the compiled one must refuse them."""

from __future__ import annotations

from typing import Any

from sim.agents.citizen import Citizen
from sim.agents.followed import FollowedCitizen
from sim.agents.local_government import LocalGovernment
from sim.agents.row import RowAgent, ignored
from sim.errors import UserMistake


def _members(kind: type[RowAgent]) -> dict[str, Any]:
    """Methods, properties and columns of a class, with those that it inherits from its kin."""
    kin = kind.__mro__[: kind.__mro__.index(RowAgent)]
    names = dict.fromkeys(name for one in kin for name in vars(one) if not name.startswith("_"))
    return {name: getattr(kind, name) for name in names}


_STOCK = {kind: _members(kind) for kind in (FollowedCitizen, Citizen, LocalGovernment)}


def refuse_changed_rules(*kinds: type[RowAgent]) -> None:
    """Raises `UserMistake` if a class, stock ones unless given, is not as it was shipped."""
    for kind in kinds or tuple(_STOCK):
        stock = _STOCK[next(one for one in kind.__mro__ if one in _STOCK)]
        for name, member in stock.items():
            if getattr(kind, name, None) is not member:
                raise UserMistake(ignored(kind, name))
