"""Who is here: a session for each browser, let go when nobody looks at it any more."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from sim.errors import UserMistake
from sim.lab.band import Band
from sim.lab.session import Session
from sim.lab.setup import CITIZENS, Limits, setup_of
from sim.scenario import Scenario

BEGIN_WITH = ("gov1", "gov2", "gov3")
MOST_CITIZENS = 1_000_000
"""That all pages together may simulate, of all governments: some three gigabytes."""
_UNSEEN = 15.0
_IDLE, _GONE = 120.0, 8 * 3600.0
"""Seconds after which models are let go, and after which a session is forgotten."""


@dataclass
class Visitor:
    """One browser: its governments, the worlds it asked for, its files, when it was here last."""

    session: Session
    folder: Path
    band: Band | None = None
    classroom: str | None = None
    """The code of the class that it leads."""
    seen: float = field(default_factory=monotonic)

    def leave(self) -> None:
        """Free what runs for it; what it looked at can be made again."""
        if self.band is not None and self.band.is_running:
            self.band.stop()
        with self.session.lock:
            self.session.let_go()


class Visitors:
    """All browsers, by a secret name that each keeps in a cookie."""

    def __init__(self, limits: Limits, most: int) -> None:
        self.limits = limits
        self.most = most
        self.most_citizens = max(MOST_CITIZENS, 3 * limits.citizens)
        self._by_name: dict[str, Visitor] = {}
        self._lock = threading.Lock()

    def find(self, name: str | None) -> Visitor | None:
        """The visitor of a cookie; None for strangers."""
        found = self._by_name.get(name or "")
        if found is not None:
            found.seen = monotonic()
        return found

    def welcome(self) -> tuple[str, Visitor]:
        """A new visitor, before the three paradigms; raises `UserMistake` when the lab is full."""
        session = first_session(self.limits)
        with self._lock:
            if len(self._by_name) >= self.most:
                self._forget_oldest()
            name = secrets.token_urlsafe(24)
            folder = Path(tempfile.mkdtemp(prefix="govshift-lab-"))
            self._by_name[name] = Visitor(session, folder)
        return name, self._by_name[name]

    def make_room(self, visitor: Visitor, citizens: int) -> None:
        """Let go of pages that nobody looks at, the longest unseen first, for so many citizens.

        Raises `UserMistake` where all are looked at: more would not fit into memory.
        """
        others = sorted(
            (one for one in list(self._by_name.values()) if one is not visitor
             and one.session.is_held), key=lambda one: one.seen,
        )  # fmt: skip
        held = sum(one.session.setup.people for one in others)
        for one in others:
            if held + citizens <= self.most_citizens:
                return
            if monotonic() - one.seen > _UNSEEN:
                held -= one.session.setup.people
                one.leave()
        if held + citizens > self.most_citizens:
            raise UserMistake(
                f"the lab is busy: all pages together simulate {held:,} citizens, and "
                f"{citizens:,} more would pass {self.most_citizens:,}; ask for fewer"
            )

    def sweep(self) -> None:
        """Let go of what nobody has asked for in a while."""
        now = monotonic()
        for name, visitor in list(self._by_name.items()):
            if now - visitor.seen > _GONE:
                self._forget(name)
            elif now - visitor.seen > _IDLE and visitor.session.is_held:
                visitor.leave()

    def close(self) -> None:
        """Everybody leaves."""
        for name in list(self._by_name):
            self._forget(name)

    @property
    def held(self) -> int:
        """How many have models in memory."""
        return sum(visitor.session.is_held for visitor in self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def _forget_oldest(self) -> None:
        name, visitor = min(self._by_name.items(), key=lambda pair: pair[1].seen)
        if monotonic() - visitor.seen < _IDLE:
            raise UserMistake(f"the lab is full: {self.most} pages are open; try again later")
        self._forget(name)

    def _forget(self, name: str) -> None:
        visitor = self._by_name.pop(name)
        visitor.leave()
        shutil.rmtree(visitor.folder, ignore_errors=True)


def first_session(limits: Limits) -> Session:
    """What a new page shows."""
    scenarios = [Scenario.load(name) for name in BEGIN_WITH]
    size = min(CITIZENS, limits.citizens)
    return Session(setup_of(scenarios, 1, limits, society={"citizens": size}))
