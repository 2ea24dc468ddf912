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
ALWAYS_FITS = len(BEGIN_WITH) * CITIZENS
"""Citizens of a new page."""
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
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held by whatever is done for it; its session may be another one afterwards."""

    @property
    def is_busy(self) -> bool:
        """Whether it holds models, or worlds are computed for it."""
        return self.session.is_held or (self.band is not None and self.band.is_running)

    def leave(self, *, wait: bool = True, for_good: bool = True) -> bool:
        """Free what runs for it; what it looked at can be made again.

        Without `wait` a page for which something is being done stays as it is. If it is not
        `for_good`, worlds go on: the page may be loading again, or be open in another tab. Returns
        whether it left.
        """
        if not self.lock.acquire(blocking=wait):
            return False
        try:
            if for_good and self.band is not None and self.band.is_running:
                self.band.stop()
            self.session.let_go()
        finally:
            self.lock.release()
        return True


class Visitors:
    """All browsers, by a secret name that each keeps in a cookie."""

    def __init__(self, limits: Limits, most: int) -> None:
        self.limits = limits
        self.most = most
        self.most_citizens = max(MOST_CITIZENS, 3 * limits.citizens)
        self._by_name: dict[str, Visitor] = {}
        self._lock = threading.RLock()

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
            visitor = Visitor(session, Path(tempfile.mkdtemp(prefix="govshift-lab-")))
            self._by_name[name] = visitor
        return name, visitor

    def make_room(self, visitor: Visitor, citizens: int) -> None:
        """Let go of pages that nobody looks at, the longest unseen first, for so many citizens.

        A page for which something is being done is looked at; to wait for it here, with a page of
        one's own in hand, could wait for ever. Raises `UserMistake` where all are looked at: more
        would not fit into memory.
        """
        others = sorted(
            (one for _, one in self._all() if one is not visitor and one.session.is_held),
            key=lambda one: one.seen,
        )
        held = sum(one.session.setup.people for one in others)
        for one in others:
            if held + citizens <= self.most_citizens:
                return
            people = one.session.setup.people
            if monotonic() - one.seen > _UNSEEN and one.leave(wait=False):
                held -= people
        if held + citizens > self.most_citizens:
            raise UserMistake(
                f"the lab is busy: all pages together simulate {held:,} citizens, and "
                f"{citizens:,} more would pass {self.most_citizens:,}; ask for fewer"
            )

    def sweep(self) -> None:
        """Let go of what nobody has asked for in a while."""
        now = monotonic()
        for name, visitor in self._all():
            if now - visitor.seen > _GONE:
                self._forget(name)
            elif now - visitor.seen > _IDLE and visitor.is_busy:
                visitor.leave(wait=False)

    def close(self) -> None:
        """Everybody leaves."""
        everybody = self._all()
        for _, visitor in everybody:
            if visitor.band is not None:
                visitor.band.stop()
        for name, _ in everybody:
            self._forget(name)

    @property
    def held(self) -> int:
        """How many have models in memory."""
        return sum(visitor.session.is_held for _, visitor in self._all())

    def __len__(self) -> int:
        return len(self._by_name)

    def _all(self) -> list[tuple[str, Visitor]]:
        with self._lock:
            return list(self._by_name.items())

    def _forget_oldest(self) -> None:
        name, visitor = min(self._all(), key=lambda pair: pair[1].seen)
        if monotonic() - visitor.seen < _IDLE:
            raise UserMistake(f"the lab is full: {self.most} pages are open; try again later")
        self._forget(name)

    def _forget(self, name: str) -> None:
        with self._lock:
            visitor = self._by_name.pop(name, None)
        if visitor is not None:
            visitor.leave()
            shutil.rmtree(visitor.folder, ignore_errors=True)


def first_session(limits: Limits) -> Session:
    """What a new page shows."""
    scenarios = [Scenario.load(name) for name in BEGIN_WITH]
    size = min(CITIZENS, limits.citizens)
    return Session(setup_of(scenarios, 1, limits, society={"citizens": size}))
