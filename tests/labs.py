"""A lab that answers on loopback, as a browser meets it, and a small client for it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Answer:
    """What came back."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Client:
    """A browser without a window: keeps cookies, follows a redirect."""

    port: int
    app: Any
    host: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        answer = self._ask("GET", path, None, {})
        if answer.status_code == 303:
            return self._ask("GET", answer.headers["location"], None, {})
        return answer

    def post(self, path: str, *, json: Any = None, content: bytes | Iterable[bytes] = b"",
             headers: Mapping[str, str] = {}) -> Answer:  # fmt: skip
        body = content if json is None else _dumped(json)
        return self._ask("POST", path, body, {"content-type": "application/json"} | dict(headers))

    def told(self, path: str, **asked: Any) -> dict[str, Any]:
        """What an action answers."""
        answer = self.post(path, json=asked)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, path: str, **asked: Any) -> str:
        """What is said against an action, which never is a traceback."""
        answer = self.post(path, json=asked)
        assert answer.status_code == 400, answer.text
        text = str(answer.json()["error"])
        assert text
        assert "Traceback" not in text
        return text

    def _ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None, headers: dict[str, str]
    ) -> Answer:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = {"host": f"{self.host}:{self.port}"} | ({"cookie": cookies} if cookies else {})
        try:
            asking.request(method, path, body, told | headers)
            came = asking.getresponse()
            for name, value in came.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            found = {name.lower(): value for name, value in came.getheaders()}
            return Answer(came.status, found, came.read())
        finally:
            asking.close()


def _dumped(data: Any) -> bytes:
    return json.dumps(data).encode()


@contextmanager
def a_lab(root: Path, *, limits: Any = None, **options: Any) -> Iterator[Client]:
    """A lab of this process on a free port."""
    uvicorn = pytest.importorskip("uvicorn", reason="the extra lab is not installed")
    from sim.lab.app import application
    from sim.lab.setup import Limits

    app = application(limits or Limits(citizens=2000, years=60), root, **options)
    config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    running = threading.Thread(target=server.run, args=([listening],), daemon=True)
    running.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield Client(listening.getsockname()[1], app)
    finally:
        server.should_exit = True
        running.join(20)
        listening.close()
