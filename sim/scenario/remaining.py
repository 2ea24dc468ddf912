"""What is left of a file's data when everything that is wrong by itself is taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from copy import deepcopy
from typing import Any

from sim.scenario.source import Path_

StandIns = Mapping[tuple[str | int, str | int], Any]
"""By list or block and key: a harmless value of what it cannot be without."""


class Remaining:
    """Plain data from which refused values are dropped, so that the rest can be looked at.

    Where something must stand, a harmless stand-in does: items of lists keep their numbers, and
    what else is wrong with them is found. `dropped` says what is not to be trusted.
    """

    def __init__(self, data: dict[str, Any], stand_ins: StandIns) -> None:
        self.data = deepcopy(data)
        self._stand_ins = stand_ins
        self.dropped: set[Path_] = set()
        self._around: set[Path_] = set()

    def is_consequence(self, path: Path_) -> bool:
        """Whether a finding there only follows from what was taken out."""
        return path in self._around or is_lost(path, self.dropped)

    def drop(self, paths: Iterable[Path_]) -> None:
        """Take out what lies at these paths; a list whose items cannot be left empty goes whole."""
        whole = {path[:-1] if path in self.dropped else path for path in paths}
        for path in whole:
            self.dropped.add(path)
            self._around |= {path[:end] for end in range(len(path))}
            self._replace(path)

    def _replace(self, path: Path_) -> None:
        here: Any = self.data
        path = self._written(path)
        for part in path[:-1]:
            here = here[part]
        last = path[-1]
        stand_in = self._stand_ins.get(_around(path))
        if isinstance(here, list) and isinstance(last, int):
            here[last] = {}
        elif stand_in is not None:
            here[last] = deepcopy(stand_in)
        else:
            here.pop(last, None)

    def _written(self, path: Path_) -> Path_:
        """The part of a path that the file has: what follows names a kind that was tried."""
        here: Any = self.data
        for depth, part in enumerate(path[:-1]):
            if isinstance(here, dict) and part not in here:
                return path[: depth + 1]
            here = here[part]
            index = int if isinstance(here, list) else str
            if not isinstance(here, (dict, list)) or not isinstance(path[depth + 1], index):
                return path[: depth + 1]
        return path


def is_lost(path: Path_, dropped: Set[Path_]) -> bool:
    """Whether what stands at a path, or something around it, was taken out."""
    return any(path[:end] in dropped for end in range(len(path) + 1))


def _around(path: Path_) -> tuple[str | int, str | int]:
    """The list or block that a key stands in, and the key."""
    names = [part for part in path if isinstance(part, str)]
    return (names[-2] if len(names) > 1 else "", path[-1])
