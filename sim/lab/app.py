"""The web of the lab: one page, its actions, what is taken away, classes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.errors import GovShiftError, ResultsError, UserMistake
from sim.lab import class_web
from sim.lab.drawn import LARGE, checked
from sim.lab.guard import Guard, TooLarge
from sim.lab.offers import offers
from sim.lab.served import COOKIE, PAGES, Lab, body_of, page, visitor_of
from sim.lab.setup import Limits
from sim.lab.taking import all_scenario_files, data_file, figure_file, scenario_file
from sim.lab.visitors import Visitor
from sim.lab.words import LANGUAGES

MOST_PAGES = 64
_SWEEP = 20.0
_REPORT = "report.html"
_TYPES = {".yaml": "application/yaml", ".zip": "application/zip", ".csv": "text/csv",
          ".svg": "image/svg+xml", ".html": "text/html"}  # fmt: skip


def application(
    limits: Limits,
    root: Path,
    *,
    host: str = "127.0.0.1",
    token: str | None = None,
    most: int = MOST_PAGES,
    jobs: int | None = None,
    address: str = "",
) -> Starlette:
    """The lab as an ASGI application; results of worlds lie in `root`."""
    lab = Lab(limits, root, most=most, jobs=jobs, address=address)

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_sweep, lab)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
                lab.close()

    app = Starlette(
        routes=[
            Route("/", _page),
            Route("/words/{lang}", _offers),
            Route("/do/{action}", _do, methods=["POST"]),
            Route("/leave", _leave, methods=["POST"]),
            Route("/take/{what}", _take),
            *class_web.routes(),
            Mount("/static", StaticFiles(directory=PAGES)),
        ],
        middleware=[Middleware(Guard, host=host, token=token)],
        exception_handlers={
            GovShiftError: _mistake,
            TooLarge: _too_large,
        },
        lifespan=living,
    )
    app.state.lab = lab
    return app


async def _sweep(lab: Lab) -> None:
    while True:
        await anyio.sleep(_SWEEP)
        await lab.beside(lab.sweep)


async def _mistake(request: Request, error: Exception) -> Response:
    """A mistake in one line or more, as the command line tells it."""
    status = 500 if isinstance(error, ResultsError) else 400
    return JSONResponse({"error": str(error)}, status)


async def _too_large(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "too large"}, 413)


async def _page(request: Request) -> Response:
    return await page(request, "lab.html")


async def _offers(request: Request) -> Response:
    lang = request.path_params["lang"]
    if lang not in LANGUAGES:
        raise UserMistake(f"lang: expected {', '.join(LANGUAGES)}")
    return JSONResponse(offers(lang))


async def _do(request: Request) -> Response:
    lab: Lab = request.app.state.lab
    visitor, asked = visitor_of(request), await body_of(request)
    told = await lab.beside(lab.room.do, visitor, request.path_params["action"], asked)
    return JSONResponse(told)


async def _leave(request: Request) -> Response:
    """A browser that closes the page frees its run at once; its worlds if it does not come back."""
    lab: Lab = request.app.state.lab
    visitor = lab.visitors.find(request.cookies.get(COOKIE))
    if visitor is not None:
        await lab.beside(partial(visitor.leave, for_good=False))
    return Response(status_code=204)


async def _take(request: Request) -> Response:
    lab: Lab = request.app.state.lab
    visitor = visitor_of(request)
    name, content = await lab.beside(
        _taken, visitor, request.path_params["what"], dict(request.query_params)
    )
    kind = _TYPES[Path(name).suffix]
    # Percent signs carry every letter, so that a file is called what the command on the page says.
    headers = {"content-disposition": f"attachment; filename*=utf-8''{quote(name, safe='')}"}
    return Response(content, media_type=kind, headers=headers)


def _taken(visitor: Visitor, what: str, asked: dict[str, str]) -> tuple[str, bytes]:
    """A file by what it is; raises `UserMistake` for what there is not."""
    with visitor.lock:
        session = visitor.session
        if what == "scenarios":
            return all_scenario_files(session)
        if what == "scenario" and asked.get("government", "0") in ("0", "1", "2"):
            place = int(asked.get("government", "0"))
            if place < len(session.setup.scenarios):
                return scenario_file(session, place)
        if what == "data":
            return data_file(session)
        if what == "figure":
            names = asked["charts"].split(",") if "charts" in asked else list(LARGE)
            lang = asked.get("lang", "en")
            return figure_file(session, checked(names), lang if lang in LANGUAGES else "en")
        if what == "report":
            return _report(visitor)
    raise UserMistake("take: scenarios, scenario, data, figure, report")


def _report(visitor: Visitor) -> tuple[str, bytes]:
    folder = None if visitor.band is None else visitor.band.folder
    if folder is None or not (folder / _REPORT).is_file():
        raise UserMistake("report: plausible worlds are not computed yet; ask for them first")
    return _REPORT, (folder / _REPORT).read_bytes()
