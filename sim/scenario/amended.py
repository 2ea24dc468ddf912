"""Whether a scenario says of the months so far what another said: a model then goes on under it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

_DATED = ("policy", "shocks", "transition")
_BESIDE = ("name", "seed")
_HELD = frozenset({"fixed", "scheduled"})
"""Until its first move a schedule is what is held."""


def unlike_before(one: Scenario, other: Scenario, month: int) -> str | None:
    """What of `other` differs from `one` in the months up to `month`, by its key; None if nothing.

    Months are those of the scenario, from 1; with 0 only what holds from the start is looked at.
    """
    was, now = one.resolved(), other.resolved()
    for key in sorted(was.keys() | now.keys()):
        if key not in (*_DATED, *_BESIDE) and was.get(key) != now.get(key):
            return key
    modes = {one.transition.mode, other.transition.mode}
    if len(modes) > 1 and not modes <= _HELD:
        return "transition.mode"
    lists: dict[str, tuple[Iterable[Any], Iterable[Any]]] = {
        "policy": (one.policy, other.policy),
        "shocks": (one.shocks, other.shocks),
        "transition.moves": (one.transition.moves, other.transition.moves),
    }
    for key, (mine, theirs) in lists.items():
        if _begun(one, mine, month) != _begun(other, theirs, month):
            return key
    return None


def _begun(scenario: Scenario, entries: Iterable[Any], month: int) -> list[Any]:
    return [entry for entry in entries if scenario.month_of(entry.month, entry.date) <= month]
