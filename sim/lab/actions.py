"""What a page may ask for: one function per action, and the frame that it gets back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.errors import UserMistake
from sim.lab import changes, people
from sim.lab.asked import Asked, a_number, a_text, a_whole, government, listed, months_over
from sim.lab.band import WORLDS, Band
from sim.lab.frame import frame
from sim.lab.plain import link_of, session_of
from sim.lab.session import Session
from sim.lab.setup import HIGHEST_SEED, MOST_GOVERNMENTS, setup_of
from sim.lab.visitors import ALWAYS_FITS, Visitor, Visitors
from sim.scenario import Scenario
from sim.scenario.files import shipped_names
from sim.text import near, short

MOST_MONTHS = 1_200
MOST_UPLOAD = 200_000
MOST_FILES = 40
_LONGEST_NAME = 200
"""Bytes of a file's name; most systems take 255."""
_NAME = re.compile(r"[\w .-]{1,80}\.(yaml|yml|csv)")


class Room:
    """Where actions happen: the limits of the lab, and where results lie."""

    def __init__(self, visitors: Visitors, root: Path, jobs: int | None = None) -> None:
        self.visitors = visitors
        self.limits = visitors.limits
        self.root = root
        self.jobs = jobs

    def do(self, visitor: Visitor, action: str, asked: Asked) -> dict[str, Any]:
        """Do an action for a visitor and draw what it looks at.

        Raises `UserMistake` for what cannot be done; the session is then what it was.
        """
        if action not in ACTIONS:
            raise UserMistake(f"{short(action)}: is no action{near(action, tuple(ACTIONS))}")
        with visitor.lock:
            if action not in _ANEW:
                self._bring_back(visitor)
            told = ACTIONS[action](self, visitor, asked) or {}
            return frame(visitor, asked) | told

    def _bring_back(self, visitor: Visitor) -> None:
        """Room for what was let go, in case that others have taken it; a new page always fits."""
        people = visitor.session.setup.people
        if not visitor.session.is_held and people > ALWAYS_FITS:
            self.visitors.make_room(visitor, people)


def _look(room: Room, visitor: Visitor, asked: Asked) -> None:
    """Nothing but a frame."""


def _open(room: Room, visitor: Visitor, asked: Asked) -> None:
    # One more than fit is enough to say so; to load on would only take time.
    names = listed(asked, "scenarios", ())[: MOST_GOVERNMENTS + 1]
    scenarios = [_named(visitor, name) for name in names]
    society = {
        key: a_whole(asked, key, low, high)
        for key, low, high in (("citizens", 100, room.limits.citizens), ("years", 1, 100))
        if asked.get(key) is not None
    }
    seed = a_whole(asked, "seed", 0, HIGHEST_SEED) if asked.get("seed") is not None else 1
    setup = setup_of(scenarios, seed, room.limits, society=society)
    room.visitors.make_room(visitor, setup.people)
    begin(visitor, Session(setup))


def begin(visitor: Visitor, session: Session) -> None:
    """Another session in the place of the one that a visitor had."""
    visitor.session.let_go()
    visitor.session = session


def _named(visitor: Visitor, name: Any) -> Scenario:
    """A shipped scenario, or one that this visitor has brought."""
    if name in shipped_names():
        return Scenario.load(str(name))
    if isinstance(name, str) and _NAME.fullmatch(name) and (visitor.folder / name).is_file():
        return _loaded(visitor, name)
    raise UserMistake(f"{short(str(name))}: is no scenario here{near(str(name), shipped_names())}")


def _loaded(visitor: Visitor, name: str) -> Scenario:
    """A scenario that was brought; mistakes are told without where it lies here."""
    try:
        return Scenario.load(visitor.folder / name)
    except UserMistake as error:
        raise UserMistake(str(error).replace(f"{visitor.folder}/", "")) from None


def _bring(room: Room, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    """Take a file in: a scenario, or a CSV that one names. The loader alone reads it."""
    name, text = Path(a_text(asked, "name")).name, a_text(asked, "text")
    fits = len(name.encode("utf-8", "replace")) <= _LONGEST_NAME
    if not (fits and _NAME.fullmatch(name)) or name.startswith("."):
        raise UserMistake(f"{short(name)}: expected a file of letters, ending in .yaml or .csv")
    if len(text.encode("utf-8")) > MOST_UPLOAD:
        raise UserMistake(f"{short(name)}: is larger than {MOST_UPLOAD:,} bytes")
    target = visitor.folder / name
    if not target.exists() and len([*visitor.folder.iterdir()]) >= MOST_FILES:
        raise UserMistake(f"{short(name)}: {MOST_FILES} files were brought; no more fit")
    before = target.read_bytes() if target.exists() else None
    target.write_text(text, encoding="utf-8")
    if target.suffix == ".csv":
        return {"brought": name}
    try:
        scenario = _loaded(visitor, name)
        setup_of([scenario], 1, room.limits)
    except UserMistake:
        _put_back(target, before)
        raise
    return {"brought": name, "question": scenario.question}


def _put_back(target: Path, before: bytes | None) -> None:
    if before is None:
        target.unlink()
    else:
        target.write_bytes(before)


def _advance(room: Room, visitor: Visitor, asked: Asked) -> None:
    visitor.session.advance(a_whole(asked, "months", 1, MOST_MONTHS))


def _lever(room: Room, visitor: Visitor, asked: Asked) -> None:
    name, value, over = a_text(asked, "name"), a_number(asked, "value"), months_over(asked)
    who = a_text(asked, "who", "all")
    visitor.session.change(
        lambda s, m: changes.with_lever(s, m, name, value, who=who, over=over), government(asked)
    )


def _row(room: Room, visitor: Visitor, asked: Asked) -> None:
    row, position, over = a_text(asked, "row"), a_number(asked, "position"), months_over(asked)
    who = a_text(asked, "who", "all")
    visitor.session.change(
        lambda s, m: changes.with_row(s, m, row, position, who=who, over=over), government(asked)
    )


def _shock(room: Room, visitor: Visitor, asked: Asked) -> None:
    kind = a_text(asked, "kind")
    size = a_number(asked, "size") if asked.get("size") is not None else None
    visitor.session.change(
        lambda s, m: changes.with_shock(s, m, kind, size=size, who=a_text(asked, "who", "all")),
        government(asked),
    )


def _assume(room: Room, visitor: Visitor, asked: Asked) -> None:
    name, value = a_text(asked, "name"), a_number(asked, "value")
    setup = visitor.session.setup
    for place, scenario in enumerate(setup.scenarios):
        setup = setup.with_scenario(place, changes.with_assumption(scenario, name, value))
    visitor.session.become(setup)


def _undo(room: Room, visitor: Visitor, asked: Asked) -> None:
    visitor.session.undo()


def _redo(room: Room, visitor: Visitor, asked: Asked) -> None:
    visitor.session.redo()


def _restart(room: Room, visitor: Visitor, asked: Asked) -> None:
    visitor.session.restart()


def _luck(room: Room, visitor: Visitor, asked: Asked) -> None:
    visitor.session.new_luck()


def _replay(room: Room, visitor: Visitor, asked: Asked) -> None:
    visitor.session.replay()


def _follow(room: Room, visitor: Visitor, asked: Asked) -> None:
    who = asked.get("citizen")
    if not (who is None or isinstance(who, str | int)):
        raise UserMistake("citizen: expected a number or a kind")
    people.follow(visitor.session, who)


def _worlds(room: Room, visitor: Visitor, asked: Asked) -> None:
    worlds = asked.get("worlds", WORLDS[0])
    if worlds not in WORLDS:
        raise UserMistake(f"worlds: expected {' or '.join(map(str, WORLDS))}")
    if visitor.band is not None and visitor.band.is_running:
        raise UserMistake("worlds: some are being computed; stop them first")
    visitor.band = Band(visitor.session.setup, int(worlds), room.root, room.jobs)
    visitor.band.begin()


def _stop(room: Room, visitor: Visitor, asked: Asked) -> None:
    if visitor.band is not None:
        visitor.band.stop()


def _link(room: Room, visitor: Visitor, asked: Asked) -> dict[str, Any]:
    return {"link": link_of(visitor.session)}


def _restore(room: Room, visitor: Visitor, asked: Asked) -> None:
    session = session_of(a_text(asked, "link"), room.limits)
    room.visitors.make_room(visitor, session.setup.people)
    begin(visitor, session)


ACTIONS: dict[str, Callable[[Room, Visitor, Asked], dict[str, Any] | None]] = {
    "look": _look, "open": _open, "bring": _bring, "advance": _advance, "lever": _lever,
    "row": _row, "shock": _shock, "assume": _assume, "undo": _undo, "redo": _redo,
    "restart": _restart, "luck": _luck, "replay": _replay, "follow": _follow,
    "worlds": _worlds, "stop": _stop, "link": _link, "restore": _restore,
}  # fmt: skip
_ANEW = ("open", "restore")
"""After these the page has other governments, for which they make room themselves."""
