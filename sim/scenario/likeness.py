"""What scenarios have to share so that they can share their luck: society and period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenario.held import held
from sim.scenario.scenario import Scenario

_SOCIETY = ("place", "citizens", "citizens_in", "entrepreneurs", "local_governments", "access",
            "prices")  # fmt: skip


def unlike(named: Mapping[str, Scenario]) -> Iterator[tuple[str, str]]:
    """Names of scenarios that do not share society and period with the first, and why not."""
    (first, one), *others = named.items()
    for name, other in others:
        for what in _SOCIETY:
            mine, theirs = getattr(one.society, what), getattr(other.society, what)
            if mine != theirs:
                mine, theirs = (_said(value) for value in (mine, theirs))
                yield (
                    name,
                    (
                        f"society.{what} is {theirs}, but {mine} in {first}; "
                        "compared scenarios share one society"
                    ),
                )
        if held(one) != held(other):
            mine, theirs = (_held(s) for s in (one, other))
            yield (
                name,
                (
                    f"worlds.hold is {theirs}, but {mine} in {first}; compared scenarios share "
                    "one world"
                ),
            )
        if one.history != other.history:
            mine, theirs = (_past(s) for s in (one, other))
            yield name, f"{theirs}, but {first} {mine}; compared scenarios share one history"
        if one.years != other.years or one.start != other.start:
            yield (
                name,
                (
                    f"runs {other.years} years from {other.start}, but {first} "
                    f"{one.years} years from {one.start}; compared scenarios share one period"
                ),
            )


def _said(value: object) -> object:
    """A value of the society in words."""
    if not isinstance(value, dict):
        return value
    return ", ".join(f"{name} {count}" for name, count in value.items()) or "nothing"


def _held(s: Scenario) -> str:
    return f"[{', '.join(s.worlds.hold)}]" if s.worlds.hold else "nothing"


def _past(s: Scenario) -> str:
    if s.history is None:
        return "has no history"
    return f"lives through {s.history.name} first"
