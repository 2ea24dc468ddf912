"""The history of a scenario: which file it is, and what of it the scenario shares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from sim.errors import ScenarioError
from sim.scenario.files import find_beside, find_file, is_inside, not_beside
from sim.scenario.positions import ALL_ROWS
from sim.scenario.source import DEEPEST, Path_, Source, Spot
from sim.text import short

HISTORY: Path_ = ("history",)
STAY = "stay"
"""Governments begin where the history leaves them: all that can be said of them after one."""
STAYS = (STAY, {ALL_ROWS: STAY})


def with_history(data: Any, kind: Any) -> Any:
    """A scenario's plain data with its history loaded, and the history's society below its own.

    `kind` is the class of scenarios.
    """
    past = data.get("history") if isinstance(data, Mapping) else None
    if isinstance(past, str | Path):
        past = kind.load(past)
    elif isinstance(past, Mapping):
        past = _validated(past, kind)
    if not isinstance(past, kind):
        return data
    shared = past.society.model_dump(exclude_unset=True)
    own = data.get("society", {})
    if isinstance(own, Mapping) and shared:
        if own.get("place", past.society.place) != past.society.place:
            shared.pop("local_governments", None)
        return {**data, "history": past, "society": {**shared, **own}}
    return {**data, "history": past}


def _validated(past: Mapping[Any, Any], kind: Any) -> Any:
    """A history given as plain data; what is wrong with it is found inside `history`."""
    try:
        return kind.model_validate(past)
    except ValidationError as error:
        inside: list[InitErrorDetails] = [
            {
                "type": PydanticCustomError("history", "{text}", {"text": finding["msg"]}),
                "loc": ("history", *finding["loc"]),
                "input": finding["input"],
            }
            for finding in error.errors(include_url=False)
        ]
        raise ValidationError.from_exception_data("history", inside) from None


def file_of_history(source: Source, chain: tuple[Path, ...]) -> Path:
    """The file that `history` names: beside the file that says so, or a shipped scenario.

    `chain` are the files whose histories lead here. Raises `ScenarioError` with the reason only.
    """
    name, place = source.data["history"], source.place(HISTORY)
    if not name.strip():
        raise ScenarioError("expected one file or shipped name, not an empty text")
    if not isinstance(place, Spot):
        found = find_file(name)
    else:
        folder = Path(place.file).parent
        beside = find_beside(name, folder)
        if beside is None:
            raise ScenarioError(not_beside(name, folder))
        if not any(is_inside(beside, tree) for tree in (folder, *(f.parent for f in chain[:1]))):
            raise ScenarioError(f"{short(name)} lies outside the folder of the scenario")
        found = beside
    if found.resolve() in chain:
        names = " -> ".join(step.name for step in (*chain, found))
        raise ScenarioError(f"a history cannot lead back to itself ({names})")
    if len(chain) > DEEPEST:
        raise ScenarioError(f"more than {DEEPEST} histories follow one another")
    return found
