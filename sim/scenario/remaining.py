"""What is left of a file's data when everything that is wrong by itself is taken out."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sim.scenario.source import Path_


class Remaining:
    """Plain data from which refused values are dropped; items of lists are dropped whole.

    `original` turns a path in what remains into the path in the file: dropping an item of a list
    moves those behind it up.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = deepcopy(data)
        self.dropped: set[Path_] = set()
        self._kept: dict[Path_, list[int]] = {}

    def drop(self, paths: list[Path_]) -> None:
        """Take out what lies at these paths, or the list item that it lies in."""
        ends = {self._end(path) for path in paths}
        self.dropped |= {self.original(end) for end in ends}
        for end in sorted(ends, key=_backwards, reverse=True):
            self._delete(end)

    def original(self, path: Path_) -> Path_:
        """The path in the file."""
        found: list[str | int] = []
        for depth, part in enumerate(path):
            kept = self._kept.get(path[:depth])
            found.append(kept[part] if kept is not None and isinstance(part, int) else part)
        return tuple(found)

    def _end(self, path: Path_) -> Path_:
        """Where to cut: at the first list item, else as deep as the data goes."""
        here: Any = self.data
        for depth, part in enumerate(path):
            if isinstance(here, list) and isinstance(part, int):
                return path[: depth + 1]
            if not isinstance(here, dict) or part not in here:
                return path[:depth]
            here = here[part]
        return path

    def _delete(self, end: Path_) -> None:
        if not end:
            self.data = {}
            return
        here: Any = self.data
        for part in end[:-1]:
            here = here[part]
        last = end[-1]
        if isinstance(here, list) and isinstance(last, int):
            kept = self._kept.setdefault(end[:-1], list(range(len(here))))
            del kept[last]
            del here[last]
        else:
            here.pop(last, None)


def _backwards(path: Path_) -> tuple[int, tuple[tuple[int, str], ...]]:
    """Deep paths first, and later items of a list before earlier ones."""
    return len(path), tuple((p, "") if isinstance(p, int) else (-1, p) for p in path)
