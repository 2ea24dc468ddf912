"""Scenarios of finished results as files again: with their histories and files of places beside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sim.errors import ResultsError, UserMistake
from sim.society.own_places import place_digest
from sim.text import file_words

_CSV = ".csv"


def scenario_files(
    written: Mapping[str, Any], resolved: Mapping[str, Any], path: Path
) -> tuple[dict[str, bytes], dict[str, str]]:
    """YAML files by name from the scenarios of a manifest, and the file of each scenario.

    Raises `UserMistake` where a file of places that a scenario names is gone or has changed:
    nobody could run the study again without it. `path` is the results folder, for messages.
    """
    files: dict[str, bytes] = {}
    called: dict[str, str] = {}
    try:
        for name, data in written.items():
            called[name] = _add(files, name, data, resolved.get(name, {}), path)
    except (AttributeError, TypeError):
        raise ResultsError(
            f"{path}: its manifest describes scenarios in no way that is known here"
        ) from None
    return files, called


def _file_of(name: str) -> str:
    return f"{file_words(name) or 'scenario'}.yaml"


def _add(files: dict[str, bytes], name: str, data: Any, resolved: Any, path: Path) -> str:
    plain = dict(data)
    if isinstance(plain.get("history"), dict):
        past = plain["history"]
        inside = resolved.get("history", {})
        plain["history"] = _add(files, f"{name} history", past, inside, path)
    if isinstance(plain.get("society"), dict):
        plain["society"] = _with_files(files, plain["society"], resolved, path)
    text = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
    own = _file_of(name)
    if own in files and files[own] != text.encode():
        own = _file_of(f"{name} {len(files)}")
    files[own] = text.encode()
    return own


def _with_files(
    files: dict[str, bytes], society: Mapping[str, Any], resolved: Any, path: Path
) -> dict[str, Any]:
    """A society whose files of one's own lie beside the scenario."""
    found = dict(society)
    for key, value in society.items():
        if isinstance(value, str) and value.lower().endswith(_CSV):
            source = Path(value)
            if not source.is_file():
                raise UserMistake(
                    f"{path}: society.{key} is {source}, which is not there any more; without it "
                    "nobody can run the study again"
                )
            if key == "place" and f"{source.stem}@{place_digest(value)}" != _place(resolved):
                raise UserMistake(
                    f"{path}: society.place is {source}, which has changed since; without the file "
                    "as it was nobody can run the study again"
                )
            files[source.name] = source.read_bytes()
            found[key] = source.name
    return found


def _place(resolved: Any) -> Any:
    return resolved.get("society", {}).get("place")
