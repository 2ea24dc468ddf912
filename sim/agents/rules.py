"""Rules that were changed: the `agents` engine asks them, the compiled one must refuse them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from sim.agents import citizen, local_government
from sim.agents.central_government import CentralGovernment
from sim.agents.citizen import Citizen
from sim.agents.followed import FollowedCitizen
from sim.agents.local_government import LocalGovernment
from sim.agents.row import RowAgent, ignored
from sim.errors import UserMistake


def _members(kind: type[RowAgent]) -> dict[str, Any]:
    """Methods, properties and columns of a class, with those that it inherits from its kin."""
    kin = kind.__mro__[: kind.__mro__.index(RowAgent)]
    names = dict.fromkeys(name for one in kin for name in vars(one) if not name.startswith("__"))
    return {name: getattr(kind, name) for name in names}


def _functions(module: ModuleType) -> dict[str, Any]:
    """The rules of processes, as the agents of a module call them."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if callable(thing) and not isinstance(thing, type) and not name.startswith("_")
    }


_CALLED = {module: _functions(module) for module in (citizen, local_government)}
_PROCESSES = {
    module: _functions(module)
    for name, module in sorted(sys.modules.items())
    if name.startswith("sim.processes.")
}
_STOCK = {
    kind: _members(kind) for kind in (FollowedCitizen, Citizen, LocalGovernment, CentralGovernment)
}


def refuse_changed_stock(*kinds: type[RowAgent]) -> None:
    """Raises `UserMistake` if a stock class is not as it was shipped, or a function that it calls.

    `kinds` are others that are looked at.
    """
    _refuse_changed_functions()
    refuse_changed_rules(*dict.fromkeys((*_STOCK, *kinds)))


def refuse_changed_rules(*kinds: type[RowAgent]) -> None:
    """Raises `UserMistake` if a class changes what it has from a stock one."""
    for kind in kinds:
        stock = _STOCK[next(one for one in kind.__mro__ if one in _STOCK)]
        for name, member in stock.items():
            if getattr(kind, name, None) is not member:
                raise UserMistake(ignored(kind.__name__, name))


def refuse_replaced_functions() -> None:
    """Raises `UserMistake` if a function of a process was replaced in its module.

    Whoever imported it before goes on with the old one: it would count in part, or not at all.
    """
    for module, functions in _PROCESSES.items():
        names = vars(module)
        for name, function in functions.items():
            if names.get(name) is not function:
                raise UserMistake(
                    f"{module.__name__}.{name}: was replaced, which those that have imported it "
                    "do not see; give it to a model class as one of its own_rules, or override the "
                    "step that calls it"
                )


def _refuse_changed_functions() -> None:
    for module, functions in _CALLED.items():
        names = vars(module)
        for name, function in functions.items():
            if names.get(name) is not function:
                raise UserMistake(ignored(module.__name__, name))
