"""Scenarios as plain data that travels: in links, to a worker, to a file."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from sim.errors import UserMistake
from sim.lab.asked import read_json
from sim.lab.session import Session
from sim.lab.setup import MOST_GOVERNMENTS, Limits, Setup, setup_of
from sim.runs.version import model_version
from sim.scenario import Scenario
from sim.society.own_places import is_file as is_place_file

MOST_LINK = 60_000
_MOST_UNPACKED = 2_000_000
_PLACE = re.compile(r"[a-z_]+(:[A-Za-z_]+)?")
_FILES = ("place", "access", "prices")


def plain_of(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data, its history inside it."""
    data = scenario.model_dump(mode="json", exclude_unset=True)
    if scenario.history is not None:
        data["history"] = plain_of(scenario.history)
    return data


def has_own_files(scenario: Scenario) -> bool:
    """Whether its society is in files of somebody's own, which no link can carry."""
    society = scenario.society
    return any(is_place_file(str(getattr(society, key) or "")) for key in _FILES)


def link_of(session: Session) -> str:
    """All that decides what is on the page, in letters that a link may have.

    Raises `UserMistake` where it rests on files of somebody's own, or would be too long.
    """
    scenarios = session.setup.scenarios
    for one in scenarios:
        if has_own_files(one):
            raise UserMistake(
                f"{one.name}: its place is a file of your own, which a link cannot carry; take the "
                "scenario file instead"
            )
    state = {
        "version": model_version(),
        "seed": session.setup.seed,
        "month": session.month,
        "citizen": session.citizen,
        "scenarios": [plain_of(one) for one in scenarios],
    }
    packed = zlib.compress(json.dumps(state, separators=(",", ":")).encode(), 9)
    link = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(link) > MOST_LINK:
        raise UserMistake("link: too much was changed for a link; take the scenario file instead")
    return link


def session_of(link: str, limits: Limits) -> Session:
    """The session that a link describes.

    Raises `UserMistake` for a link that is damaged, of another version of the model, or that names
    files: a link is written by anybody.
    """
    state = _unpacked(link)
    version = state.get("version")
    if version != model_version():
        raise UserMistake(
            f"link: was made by another version of the model ({str(version)[:40]}; this one is "
            f"{model_version()}), whose numbers may differ; use that version, or the scenario file"
        )
    try:
        # One more than fit is enough to say so; to read on would only take time.
        scenarios = [_scenario(data) for data in state["scenarios"][: MOST_GOVERNMENTS + 1]]
        seed, month, citizen = state["seed"], state["month"], state["citizen"]
        if not (isinstance(seed, int) and isinstance(month, int)):
            raise TypeError
        if not (citizen is None or isinstance(citizen, int)):
            raise TypeError
    except (KeyError, TypeError, AttributeError, ValidationError):
        raise UserMistake("link: is damaged; copy it whole") from None
    setup = setup_of(scenarios, seed, limits)
    size = setup.scenarios[0].society.citizens
    if citizen is not None and not 0 <= citizen < size:
        raise UserMistake(f"link: citizen {citizen}; there are {size:,}")
    return Session(setup, month=max(0, min(month, setup.months)), citizen=citizen)


def _unpacked(link: str) -> Mapping[str, Any]:
    if len(link) > MOST_LINK:
        raise UserMistake("link: is longer than any of ours")
    try:
        packed = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
        opened = zlib.decompressobj()
        text = opened.decompress(packed, _MOST_UNPACKED)
        if opened.unconsumed_tail or not opened.eof:
            raise UserMistake("link: is damaged; copy it whole")
        state = read_json(text)
    except (binascii.Error, zlib.error, ValueError):
        raise UserMistake("link: is damaged; copy it whole") from None
    if not isinstance(state, Mapping):
        raise UserMistake("link: is damaged; copy it whole")
    return state


def _scenario(data: Any) -> Scenario:
    _refuse_files(data)
    return Scenario.model_validate(data)


def _refuse_files(data: Any, deep: int = 0) -> None:
    """Raises `UserMistake` where data that somebody sent names anything on this machine."""
    if not isinstance(data, Mapping) or deep > 4:
        raise TypeError("no scenario")
    society = data.get("society", {})
    if not isinstance(society, Mapping):
        raise TypeError("no society")
    place = society.get("place", "korea")
    if not (isinstance(place, str) and _PLACE.fullmatch(place)):
        raise UserMistake("link: names a file of places, which a link cannot carry")
    if society.get("access") is not None or society.get("prices") is not None:
        raise UserMistake("link: names files of a society, which a link cannot carry")
    history = data.get("history")
    if history is not None:
        _refuse_files(history, deep + 1)


def plans_of(setup: Setup) -> Sequence[dict[str, Any]]:
    """All scenarios of a setup as plain data."""
    return [plain_of(one) for one in setup.scenarios]
