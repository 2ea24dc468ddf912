"""Read a YAML file into plain data and remember where each value was written.

YAML 1.1 turns `no` into False, `1e-3` into text and `010` into eight, and keeps the last of two
equal keys. Here numbers are numbers, only `true` and `false` are truth values, everything else is
text, duplicate keys are mistakes, and anchors, aliases and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sim.errors import ScenarioError

LARGEST_FILE = 200_000
DEEPEST = 20
_LONGEST_NUMBER = 40
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_PROBLEMS = {
    "mapping values are not allowed": "a second `: ` in one value; put the text in quotes",
    "found another document": "a second document (---); a file holds one scenario",
    "did not find expected key": "indentation or a missing comma: a key was expected here",
    "found unexpected end of stream": "a quote or bracket opened before is not closed",
    "did not find expected ',' or": "a comma or a closing bracket was expected here",
    "found incompatible YAML document": "YAML 1.1 or 1.2 is expected, without a %YAML line",
}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]
Mistake = tuple[Path_, str]


@dataclass(frozen=True)
class Place:
    """Where something was written; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass
class Source:
    """Plain data with the place of every key and value, or the option that set it.

    `mistakes` are those that leave the data readable: keys that are written twice.
    """

    data: dict[str, Any]
    places: dict[Path_, Place | str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    def where(self, path: Path_) -> str:
        """The place of a path, or of the nearest thing around it; empty if unknown."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return f"{self.places[path[:end]]}: "
        return ""

    def line(self, path: Path_, message: str) -> str:
        """One line about a path: where it was written, its name, and the message."""
        shown = ".".join(str(part) for part in path)
        return f"{self.where(path)}{shown + ': ' if shown else ''}{message}"

    def lines(self, mistakes: list[Mistake]) -> list[str]:
        """All mistakes, one line each, in the order of the file."""
        told = [*self.mistakes, *(self.line(path, message) for path, message in mistakes)]
        return sorted(dict.fromkeys(told), key=_line_number)


def _line_number(line: str) -> tuple[str, int]:
    """File and line that a message starts with; messages without come first."""
    found = re.match(r"(.*?):([0-9]+):[0-9]+: ", line)
    return (found[1], int(found[2])) if found else ("", 0)


def read_source(path: Path) -> Source:
    """The data of a YAML file; raises `ScenarioError` with file, line and column."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ScenarioError(f"{path}: the file is larger than {LARGEST_FILE:,} bytes")
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(f"{path}:{line}: not UTF-8 text (byte {error.start})") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Source:
    """The data of YAML text; `name` is shown in messages."""
    try:
        _refuse_tricks(text, name)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _at(name, error.problem_mark, _problem(error, text)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ScenarioError(
            f"{name}:{line}: character U+{_code(error.character):04X} is not allowed in YAML"
        ) from None
    except yaml.YAMLError as error:
        raise ScenarioError(f"{name}: {' '.join(str(error).split())}") from None
    if node is None:
        raise ScenarioError(f"{name}:1:1: the file is empty")
    if not isinstance(node, yaml.MappingNode):
        raise _at(name, node.start_mark, "a scenario is made of `key: value` lines")
    reader = _Reader(name)
    data = reader.value(node, ())
    return Source(data, reader.places, reader.mistakes)


def plain(text: str) -> Any:
    """The value of unquoted text: a number, true, false, nothing, or the text itself."""
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    if len(text) > _LONGEST_NUMBER:
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
        self.places: dict[Path_, Place | str] = {}
        self.mistakes: list[str] = []

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
                raise ScenarioError(f"{place}: a key is plain text")
            here = (*path, str(key_node.value))
            if here[-1] in result:
                name = ".".join(map(str, here))
                self.mistakes.append(
                    f"{place}: {name}: written twice (first at {self.places[here]})"
                )
                continue
            self.places[here] = place
            result[str(key_node.value)] = self.value(value_node, here)
        return result

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)


def _refuse_tricks(text: str, name: str) -> None:
    """Anchors, aliases, tags and deep nesting, found without building anything."""
    depth = 0
    for event in _events(text):
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise _at(name, mark, "aliases (*name) are not supported; write the value out")
        if getattr(event, "anchor", None):
            raise _at(name, mark, "anchors (&name) are not supported")
        if getattr(event, "tag", None) and event.tag != "!":
            raise _at(name, mark, f"tags ({event.tag}) are not supported")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _at(name, mark, f"nested deeper than {DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=_Loader))


def _problem(error: yaml.MarkedYAMLError, text: str) -> str:
    """What the YAML library found, in words for people who do not know YAML's grammar."""
    problem = " ".join((error.problem or "not valid YAML").split())
    line = text.splitlines()[error.problem_mark.line :][:1] if error.problem_mark else []
    if (line and line[0].startswith("\t")) or " \t" in (line[0] if line else ""):
        return "a tab; YAML is indented with spaces"
    for found, words in _PROBLEMS.items():
        if found in problem:
            return words
    return problem


def _code(character: Any) -> int:
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


def _at(name: str, mark: Any, message: str) -> ScenarioError:
    if mark is None:
        return ScenarioError(f"{name}: {message}")
    return ScenarioError(f"{name}:{mark.line + 1}:{mark.column + 1}: {message}")
