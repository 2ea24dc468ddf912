"""A society whose citizens live on a graphics card: who holds their columns just now, and when.

From month to month the citizens stay on the card, and nobody here sees them. Whoever asks for
`citizens`, `shown` or `showing` is given the columns as they are now, and has them from then on: in
every later month they are copied to the card before it and back after it, so that what was asked
for once stays right, and what is written into it counts.
"""

from __future__ import annotations

from typing import Any

from sim.engine.card import free_on_card
from sim.engine.columns import Array
from sim.engine.luck import Seed
from sim.errors import UserMistake
from sim.processes.declared import Parameters
from sim.processes.on_card import CitizensOnCard
from sim.processes.state import Citizens
from sim.state import State

_THERE = ("citizens", "shown", "showing")
_BESIDE = 200_000_000
"""Bytes for what lies beside the citizens: blocks, tallies, what threads keep for themselves."""


class _Held:
    """A column, or a group, that may be on the card."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, state: StateOnCard | None, kind: type) -> Any:
        return self if state is None else state.look(self._name)

    def __set__(self, state: StateOnCard, value: Any) -> None:
        state.look(self._name)
        vars(state)[self._name] = value


class StateOnCard(State):
    """A state like any other. `vars` has the columns as they were when they were last here."""

    __slots__ = ("_card", "_is_ahead", "_is_watched")
    _card: CitizensOnCard | None
    _is_ahead: bool
    _is_watched: bool

    def __init__(self, state: State) -> None:
        vars(self).update(vars(state))
        self._card = None
        self._is_ahead = self._is_watched = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied or kept with the columns as they are now; the copy is not on a card yet."""
        self._fetch()
        return StateOnCard, (State(**vars(self)),)

    def look(self, name: str) -> Any:
        """Columns for somebody who looks at them, or writes into them, now or later."""
        self._fetch()
        self._is_watched = True
        return vars(self)[name]

    def glimpse(self) -> Citizens:
        """The citizens as they are now; later months do not copy them back for it."""
        self._fetch()
        citizens: Citizens = vars(self)["citizens"]
        return citizens

    def survey(self) -> None:
        """The centre's question to all citizens."""
        self._bring().survey(self.offer, self.tallies)

    def live(self, p: Parameters, seed: Seed, month: int) -> None:
        """The citizens' month; what they showed in it is what others see in the next."""
        self._bring().live(
            self.offer, self.problems, self.needs_tables, self.tallies, p.society,
            p.service, p.participation, p.trust, p.problems, seed, month,
        )  # fmt: skip
        held = vars(self)
        held["shown"], held["showing"] = held["showing"], held["shown"]
        self._is_ahead = True
        if self._is_watched:
            self._fetch()

    def _bring(self) -> CitizensOnCard:
        """The card with the columns as they are now."""
        if self._card is None:
            _refuse_too_large(*self._columns())
            self._card = CitizensOnCard(*self._columns(), self.offer, self.blocks)
        elif self._is_watched:
            self._card.put(*self._columns())
        return self._card

    def _fetch(self) -> None:
        if self._is_ahead and self._card is not None:
            self._card.get(*self._columns())
            self._is_ahead = False

    def _columns(self) -> tuple[Citizens, Array, Array]:
        citizens, shown, showing = (vars(self)[name] for name in _THERE)
        return citizens, shown, showing


def _refuse_too_large(citizens: Citizens, shown: Array, showing: Array) -> None:
    """Raises `UserMistake` if the citizens do not fit into the memory of the card."""
    needed = sum(column.nbytes for column in (*citizens, shown, showing)) + _BESIDE
    free = free_on_card()
    if needed > free:
        raise UserMistake(
            f"society.citizens: {len(shown)} take {needed / 1e9:.2f} GB of the graphics card, "
            f"which has {free / 1e9:.2f} left; take fewer, or the compiled engine"
        )


for _name in _THERE:
    setattr(StateOnCard, _name, _Held(_name))
