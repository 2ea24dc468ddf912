"""Read a YAML file into plain data and remember where each value was written.

YAML 1.1 turns `no` into False, `1e-3` into text and `010` into eight, and keeps the last of two
equal keys. Here numbers are numbers, only `true` and `false` are truth values, everything else is
text, and duplicate keys, aliases and tags are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sim.errors import ScenarioError

LARGEST_FILE = 1_000_000
DEEPEST = 20
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where something was written; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_Places = dict[Path_, Place | str]


@dataclass
class Source:
    """Plain data with the place of every key and value, or the option that set it."""

    data: dict[str, Any]
    places: _Places = field(default_factory=dict)

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


def read_source(path: Path) -> Source:
    """The data of a YAML file; raises `ScenarioError` with file, line and column."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ScenarioError(f"{path}: the file is larger than {LARGEST_FILE:,} bytes")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 text (byte {error.start})") from None
    return parse(text, str(path))


def parse(text: str, name: str) -> Source:
    """The data of YAML text; `name` is shown in messages."""
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.events.AliasEvent):
                raise _at(name, event.start_mark, "aliases (*name) are not supported; write it out")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        problem = " ".join((error.problem or "not valid YAML").split())
        raise _at(name, error.problem_mark, problem) from None
    except yaml.YAMLError as error:
        raise ScenarioError(f"{name}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ScenarioError(f"{name}: nested too deeply") from None
    if node is None:
        raise ScenarioError(f"{name}:1:1: the file is empty")
    if not isinstance(node, yaml.MappingNode):
        raise _at(name, node.start_mark, "a scenario is a list of `key: value` lines")
    source = Source({})
    source.data = _value(node, (), name, source.places)
    return source


def _value(node: yaml.Node, path: Path_, name: str, places: _Places) -> Any:
    mark = node.start_mark
    places.setdefault(path, Place(name, mark.line + 1, mark.column + 1))
    if len(path) > DEEPEST:
        raise _at(name, mark, f"nested deeper than {DEEPEST} levels")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, name, places)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), name, places) for i, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path_, name: str, places: _Places) -> dict[str, Any]:
    result: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise _at(name, key_node.start_mark, "a key is plain text")
        key = str(key_node.value)
        here = (*path, key)
        if key in result:
            first = lines[key]
            raise _at(name, key_node.start_mark, f"{key}: written twice (first on line {first})")
        mark = key_node.start_mark
        lines[key] = mark.line + 1
        places[here] = Place(name, mark.line + 1, mark.column + 1)
        result[key] = _value(value_node, here, name, places)
    return result


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return text
    if node.tag.startswith("!"):
        return text
    return plain(text)


def plain(text: str) -> Any:
    """The value of unquoted text: a number, true, false, nothing, or the text itself."""
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text


def _at(name: str, mark: Any, message: str) -> ScenarioError:
    if mark is None:
        return ScenarioError(f"{name}: {message}")
    return ScenarioError(f"{name}:{mark.line + 1}:{mark.column + 1}: {message}")
