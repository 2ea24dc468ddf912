"""What lies over what in an experiment: a policy's file, its keys, the base, the factors.

The base adds its dated changes to those of each policy, and its values lie over theirs. What a
layer takes from another without being asked to is refused, or told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenario.files import found_at, merge_sources, spread
from sim.scenario.positions import ALL_ROWS
from sim.scenario.source import Path_, Source, Spot, Told

_OWN = ("name", "extends", "question", "description", "seed", "replicates")
"""What a policy keeps for itself, or the experiment says."""
DATED: tuple[Path_, ...] = (("policy",), ("shocks",), ("transition", "moves"))
"""Lists of dated changes."""


def base_over(policy: Source, base: Source) -> tuple[Source, list[Told]]:
    """A policy with the base over it, and what is wrong with that.

    The base's dated changes come after the policy's own ones.
    """
    told = _transitions(policy, base)
    merged = merge_sources(policy, base)
    merged.below = [*policy.below, policy]
    if (
        not told
        and "transition" in policy.data
        and isinstance(base.data.get("transition"), Mapping)
    ):
        block = {**_block(policy.data), **_block(base.data)}
        merged.data["transition"] = block
        for path, place in policy.places.items():
            if path[:1] == ("transition",):
                merged.places.setdefault(path, place)
    for path in DATED:
        own, more = found_at(policy.data, path), found_at(base.data, path)
        if isinstance(own, list) and isinstance(more, list):
            _join(merged, policy, base, path)
    return merged, told


def _block(data: Mapping[str, Any]) -> dict[str, Any]:
    block = data["transition"]
    return dict(block) if isinstance(block, Mapping) else {}


def _join(merged: Source, policy: Source, base: Source, path: Path_) -> None:
    """Both lists, one after the other, each item with its place."""
    own, more = found_at(policy.data, path), found_at(base.data, path)
    holder = found_at(merged.data, path[:-1])
    holder[path[-1]] = [*own, *more]
    size = len(path)
    kept = {p: place for p, place in merged.places.items() if p[:size] != path or len(p) == size}
    for source, skipped in ((policy, 0), (base, len(own))):
        for inner, place in source.places.items():
            if inner[:size] == path and len(inner) > size:
                here = (*path, int(inner[size]) + skipped, *inner[size + 1 :])
                kept[here] = place._replace(skipped=skipped) if isinstance(place, Spot) else place
    merged.places = kept


def _transitions(policy: Source, base: Source) -> list[Told]:
    """Two ways in which governments are said to move."""
    if not all(isinstance(source.data.get("transition"), Mapping) for source in (policy, base)):
        return []
    path: Path_ = ("transition",)
    mine, theirs = (_mode(source.data["transition"]) for source in (policy, base))
    if mine == theirs:
        return []
    text = f"is {mine} here, but {theirs} in {base.named(path)}, for every policy; leave one out"
    return [(policy.place(path), policy.message(path, text))]


def _mode(transition: Mapping[str, Any]) -> object:
    return transition.get("mode", "scheduled" if transition.get("moves") else "fixed")


def contradictions(own: Source, merged: Source) -> list[Told]:
    """Values that a policy's own keys give, and the base of the same file gives otherwise."""
    spread(own)
    return [
        (own.place(path), own.message(path, f"is {instead}; leave one of them out"))
        for path, instead in replaced(own, merged)
    ]


def replaced(own: Source, merged: Source) -> Iterator[tuple[Path_, str]]:
    """Single values over which a file lays others, and what holds instead.

    What an option lays over them is not among them: that is what it is for.
    """
    for path, value in leaves(own.data, ()):
        if path[0] not in _OWN and found_at(merged.data, path) != value:
            where = _instead(merged, path)
            if isinstance(merged.place(where), Spot):
                yield path, f"{_written(found_at(merged.data, where))} by {merged.named(where)}"


def _instead(merged: Source, path: Path_) -> Path_:
    """Where the value stands that holds in place of one at a path."""
    ends = range(len(path), min(len(path), 2) - 1, -1)
    there = (path[:end] for end in ends if found_at(merged.data, path[:end]) is not None)
    return next(there, (path[0], ALL_ROWS))


def _written(value: Any) -> str:
    return "a mix" if isinstance(value, Mapping) else str(value)


def leaves(data: Mapping[str, Any], path: Path_) -> Iterator[tuple[Path_, Any]]:
    """Single values with their paths; lists are none."""
    for key, value in data.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            yield from leaves(value, here)
        elif not isinstance(value, list):
            yield here, value
