"""What keeps strangers out: hosts, origins, sizes, headers, a token away from this machine."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import parse_qs

from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 400_000
TOKEN_COOKIE = "govshift-token"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
_OPEN_PATHS = ("/join", "/static/", "/class/student")
"""What students reach without the teacher's token; their class has a code of its own."""
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    return host in _LOOPBACK


class Guard:
    """Around the application: refuses, then adds headers to whatever goes out."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", token: str | None = None) -> None:
        self.app = app
        self.hosts = _LOOPBACK if is_loopback(host) else None
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in HEADERS.items()),
                ]
            await send(message)

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in
                   scope["headers"]}  # fmt: skip
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, guarded)
            return
        await self.app(scope, _limited(receive), guarded)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        host = headers.get("host", "")
        if self.hosts is not None and host.rsplit(":", 1)[0] not in self.hosts:
            return PlainTextResponse("this lab answers on this machine only", 421)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            return PlainTextResponse(f"larger than {MOST_BODY} bytes", 413)
        if scope["method"] == "POST":
            origin = headers.get("origin")
            if origin is not None and origin.split("//", 1)[-1] != host:
                return PlainTextResponse("comes from another page", 403)
            if headers.get("content-type", "").split(";")[0] != "application/json":
                return PlainTextResponse("expected application/json", 415)
        return self._token_refusal(scope, headers)

    def _token_refusal(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        path = scope["path"]
        if self.token is None or path.startswith(_OPEN_PATHS):
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if self._is_right(asked):
            answer = RedirectResponse(path, 303)
            answer.set_cookie(TOKEN_COOKIE, asked, httponly=True, samesite="strict")
            return answer
        # Starlette's own reader: other programs of a machine share its cookies, some of them odd.
        kept = cookie_parser(headers.get("cookie", "")).get(TOKEN_COOKIE, "")
        if self._is_right(kept):
            return None
        return PlainTextResponse(
            "this lab asks for its token: open the address that it printed when it started", 403
        )

    def _is_right(self, token: str) -> bool:
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())


class TooLarge(Exception):
    """More bytes came than may."""


def _limited(receive: Receive) -> Receive:
    """The same, which ends where too much comes; a length that was told may be a lie."""
    came = 0

    async def limited() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > MOST_BODY:
            raise TooLarge
        return message

    return limited


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(16)
