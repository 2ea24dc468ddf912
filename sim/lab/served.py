"""What every address of the lab shares: the lab itself, who asks, what is asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from sim.errors import UserMistake
from sim.lab.actions import Room
from sim.lab.asked import read_json
from sim.lab.classes import Classrooms
from sim.lab.setup import Limits
from sim.lab.visitors import Visitor, Visitors

COOKIE = "govshift-lab"
PAGES = Path(__file__).parent / "page"


class Lab:
    """Everything that one process of the lab holds. `address` is where others reach it."""

    def __init__(
        self, limits: Limits, root: Path, *, most: int, jobs: int | None = None, address: str = ""
    ) -> None:
        self.visitors = Visitors(limits, most)
        self.classes = Classrooms()
        self.room = Room(self.visitors, root, jobs)
        self.address = address
        self.threads = anyio.CapacityLimiter(max(2, os.cpu_count() or 2))

    async def beside(self, work: Callable[..., Any], *given: Any) -> Any:
        """Work in a thread, so that other pages are answered meanwhile."""
        return await anyio.to_thread.run_sync(work, *given, limiter=self.threads)

    def sweep(self) -> None:
        """Let go of what nobody looks at any more."""
        self.visitors.sweep()
        self.classes.sweep()

    def close(self) -> None:
        """End all classes and let everybody go."""
        self.classes.close()
        self.visitors.close()

    def join_address(self, host: str, code: str) -> str:
        """The link by which students join a class; `host` is what the teacher's browser says."""
        return f"{self.address or f'http://{host}/'}join/{code}"


async def page(request: Request, name: str, *, welcome: bool = True) -> Response:
    """A page; a browser that comes for the first time is given a session, if it is `welcome`."""
    lab: Lab = request.app.state.lab
    answer = Response((PAGES / name).read_bytes(), media_type="text/html")
    # A picture or frame of another site's page may point here: it is no visitor.
    is_page = request.headers.get("sec-fetch-dest", "document") == "document"
    if welcome and is_page and lab.visitors.find(request.cookies.get(COOKIE)) is None:
        secret, _ = await lab.beside(lab.visitors.welcome)
        answer.set_cookie(COOKIE, secret, httponly=True, samesite="strict")
    return answer


def visitor_of(request: Request) -> Visitor:
    """Who asks; raises `UserMistake` for a browser that is not known any more."""
    lab: Lab = request.app.state.lab
    found = lab.visitors.find(request.cookies.get(COOKIE))
    if found is None:
        raise UserMistake("this page was forgotten; load it again")
    return found


async def body_of(request: Request) -> dict[str, Any]:
    """What a request says; raises `UserMistake` for anything but an object."""
    try:
        asked = read_json(await request.body() or b"{}")
    except ValueError:
        raise UserMistake("expected JSON") from None
    if not isinstance(asked, dict):
        raise UserMistake("expected an object")
    return asked
