"""Read a YAML file into plain data and remember where each value was written.

YAML 1.1 turns `no` into False, `1e-3` into text and `010` into eight, and keeps the last of two
equal keys. Here numbers are numbers, only `true` and `false` are truth values, everything else is
text, duplicate keys are mistakes, and anchors, aliases and tags are refused.
"""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sim.errors import ScenarioError
from sim.scenario.grammar import explain_problem, lines_before
from sim.text import one_line, short

LARGEST_FILE = 100_000
DEEPEST = 20
MOST_TOLD = 100
LONGEST_NUMBER = 40
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
_SAVE_AS = "save the file as UTF-8 text"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]
Mistake = tuple[Path_, str]


class Spot(NamedTuple):
    """Where something was written; line and column count from 1.

    `within` is the path of the block that the data was taken from, where it is a part of a file;
    `skipped` how many items of another list now stand before those of this one.
    """

    file: str
    line: int
    column: int
    within: Path_ = ()
    skipped: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


Told = tuple[Spot | str, str]
"""A mistake with its place, or with the option that made it."""
_TAKEN = " (taken over by "
_NOWHERE = ("", 0, 0)


@dataclass
class Source:
    """Plain data with the place of every key and value, or the option that set it.

    `mistakes` are those that leave the data readable, such as keys that are written twice, each
    with its place. Data `lacks_parent` where the file that it extends could not be read. `files`
    are those that it comes from, the lowest first; `below` is what was there before something was
    merged over it, so that a mistake is told even where something better lies over it. `notes` are
    warnings of how it was put together.
    """

    data: dict[str, Any]
    places: dict[Path_, Spot | str] = field(default_factory=dict)
    mistakes: list[Told] = field(default_factory=list)
    lacks_parent: bool = False
    files: tuple[str, ...] = ()
    below: list[Source] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)

    def place(self, path: Path_) -> Spot | str:
        """The place of a path, or of the nearest thing around it; empty if unknown."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return ""

    def is_below(self, path: Path_, other: Path_) -> bool:
        """Whether what stands at a path comes from a file that the other's file extends."""
        here, there = self.place(path), self.place(other)
        if not isinstance(here, Spot) or not isinstance(there, Spot):
            return False
        return self._rank(here) < self._rank(there)

    def _rank(self, place: Spot) -> int:
        return max((at for at, file in enumerate(self.files) if file == place.file), default=-1)

    def named(self, path: Path_) -> str:
        """The name of a path, and where it is written."""
        place = self.place(path)
        return f"{self._shown(path)} ({place})" if place else self._shown(path)

    def message(self, path: Path_, text: str) -> str:
        """The name of a path, as it was written, and a text about it."""
        shown = self._shown(path)
        return f"{shown + ': ' if shown else ''}{text}"

    def _shown(self, path: Path_) -> str:
        place = self.place(path)
        parts = [*path]
        if isinstance(place, Spot):
            number = next((at for at, part in enumerate(path) if isinstance(part, int)), None)
            if number is not None and place.skipped:
                parts[number] = int(path[number]) - place.skipped
            parts = [*place.within, *parts]
        if path[1:2] == ("all",) and self.places.get(path[:2]) == self.places.get(path[:1], ""):
            del parts[-len(path) + 1]  # a bare `governance: gov2` holds for all rows
        return ".".join(short(str(part)) or "''" for part in parts)

    def told(self, mistakes: Iterable[Mistake]) -> list[Told]:
        """These mistakes and those of reading, each with its place."""
        placed = [(self.place(path), self.message(path, text)) for path, text in mistakes]
        return [*self.mistakes, *((place, text + self._taken_by(place)) for place, text in placed)]

    def _taken_by(self, place: Spot | str) -> str:
        """Which file takes what stands in another one: the user may never have seen that one."""
        if not isinstance(place, Spot) or not self.files or place.file == self.files[-1]:
            return ""
        return f"{_TAKEN}{Path(self.files[-1]).name}, which extends it)"

    def lines(self, mistakes: Iterable[Mistake]) -> list[str]:
        """All mistakes, one line each, in the order of the file; of very many, the first found."""
        return lines(self.told(mistakes))

    def warnings(self, found: Iterable[Mistake]) -> list[str]:
        """Warnings about a valid source, one line each."""
        return lines([*self.notes, *self.told(found)], "warnings")

    def part(self, path: Path_, data: dict[str, Any]) -> Source:
        """Data that stands at a path, as a source of its own that knows where it was written."""
        size = len(path)
        places = {
            inner[size:]: place._replace(within=path) if isinstance(place, Spot) else place
            for inner, place in self.places.items()
            if inner[:size] == path
        }
        return Source(data, places, files=self.files)


def lines(told: Sequence[Told], what: str = "mistakes") -> list[str]:
    """Mistakes with their places, one line each, in the order of the file."""
    shown = [
        one_line(f"{place}: {text}" if place else text)
        for place, text in sorted(told[:MOST_TOLD], key=_in_order)
    ]
    # Of a file that is wrong by itself it does not matter who extends it.
    alone = {line for line in shown if _TAKEN not in line}
    shown = [line for line in shown if line in alone or line.partition(_TAKEN)[0] not in alone]
    if len(told) > MOST_TOLD:
        shown.append(f"There are more {what}; these are the first {MOST_TOLD}.")
    return list(dict.fromkeys(shown))


def _in_order(told: Told) -> tuple[str, int, int]:
    """Place in the file; what has none comes first."""
    place = told[0]
    return place[:3] if isinstance(place, Spot) else _NOWHERE


def read_source(path: Path, what: str = "a scenario") -> Source:
    """The data of a YAML file; raises `ScenarioError` with file, line and column.

    `what` is shown in messages about a file that holds something else altogether.
    """
    if (why := hindrance(path)) is not None:
        raise _wrong(str(path), f"this {why}")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _wrong(str(path), f"the file is larger than {LARGEST_FILE:,} bytes")
        raw = path.read_bytes()
    except OSError as error:
        raise _wrong(str(path), f"cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("latin-1")
        place = Spot(str(path), *lines_before(before.replace("\x85", "?")))
        raise _wrong(place, f"this is not UTF-8 text; {_SAVE_AS}") from None
    return parse(text, str(path), what)


def hindrance(path: Path) -> str | None:
    """Why a path is no file that can be read to its end; None if it is one, or is not there.

    A pipe or a device may never end, and results could not be traced back to it.
    """
    try:
        kind = path.stat().st_mode
    except OSError as error:
        return None if error.errno in _NOT_THERE else f"cannot be read: {error.strerror}"
    except ValueError:
        return None
    if stat.S_ISDIR(kind):
        return "is a folder, not a file"
    if not stat.S_ISREG(kind):
        return "is a pipe or a device, which cannot be read twice; save what it gives as a file"
    return None


def parse(text: str, name: str, what: str = "a scenario") -> Source:
    """The data of YAML text; `name` and `what` are shown in messages."""
    try:
        _refuse_tricks(text, name)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line, column, words = explain_problem(error, text)
        raise _wrong(Spot(name, line, column), words) from None
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        raise _strange_character(text, name) from None
    except yaml.YAMLError as error:
        raise _wrong(name, str(error)) from None
    if node is None:
        raise _wrong(Spot(name, 1, 1), "the file is empty")
    if not isinstance(node, yaml.MappingNode):
        words = f"{what} is made of `key: value` lines, with a colon and a space"
        raise _at(name, node.start_mark, words)
    reader = _Reader(name)
    data = reader.value(node, ())
    return Source(data, reader.places, reader.mistakes, files=(name,))


def plain(text: str) -> Any:
    """The value of unquoted text: a number, true, false, nothing, or the text itself."""
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    if len(text) > LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text


class _Reader:
    """Turns nodes into plain data, noting places and keys that are written twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Path_, Spot | str] = {}
        self.mistakes: list[Told] = []

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.places.setdefault(path, self._place(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        text = str(node.value)
        return text if getattr(node, "style", None) else plain(text)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.mistakes.append((place, "a key is plain text, not a list or a block"))
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in result:
                name = ".".join(short(str(part)) for part in here)
                first = self.places[here]
                self.mistakes.append((place, f"{name}: written twice (first at {first})"))
                continue
            self.places[here] = place
            result[key] = self.value(value_node, here)
        return result

    def _place(self, node: yaml.Node) -> Spot:
        return Spot(self.name, node.start_mark.line + 1, node.start_mark.column + 1)


def _refuse_tricks(text: str, name: str) -> None:
    """Anchors, aliases, tags and deep nesting, found without building anything."""
    depth = 0
    for event in _events(text):
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise _at(name, mark, _special("*", "aliases"))
        if getattr(event, "anchor", None):
            raise _at(name, mark, _special("&", "anchors"))
        if getattr(event, "tag", None):
            raise _at(name, mark, _special("!", "tags"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _at(name, mark, f"nested deeper than {DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _special(mark: str, called: str) -> str:
    return f"text that begins with {mark} must be in quotes ({called} of YAML are not supported)"


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_Loader))


def _strange_character(text: str, name: str) -> ScenarioError:
    """The first character that YAML does not allow."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    place = Spot(name, *lines_before(text[: found.start()] if found else ""))
    code = f"character U+{ord(found[0]):04X}" if found else "a character"
    return _wrong(place, f"{code} is not allowed; {_SAVE_AS}")


def _at(name: str, mark: Any, message: str) -> ScenarioError:
    return _wrong(Spot(name, mark.line + 1, mark.column + 1), message)


def _wrong(place: Spot | str, message: str) -> ScenarioError:
    return ScenarioError(one_line(f"{place}: {message}"))
