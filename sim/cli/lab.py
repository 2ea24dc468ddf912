"""`lab`: serve the page on this machine."""

from __future__ import annotations

import errno
import socket
import webbrowser
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

from sim.cli.screen import say
from sim.errors import UserMistake

_REACHED = (
    "Other machines can reach it; whoever has this address may use it. Students need only the link "
    "of a class."
)


def serve(options: dict[str, Any]) -> None:
    """Serve the lab until Ctrl-C; raises `UserMistake` without the extra or a free port."""
    try:
        import uvicorn

        from sim.lab.app import application
        from sim.lab.guard import is_loopback, new_token
        from sim.lab.setup import Limits
    except ImportError as error:
        raise UserMistake(
            f"lab: needs the extra packages of the lab ({error.name} is missing): "
            "pip install 'govshift[lab]'"
        ) from None
    host, port = options["host"], options["port"]
    listening = _listen(host, port)
    port = listening.getsockname()[1]
    token = None if is_loopback(host) else new_token()
    limits = Limits(citizens=options["citizens"], years=options["years"])
    app = application(
        limits, Path("outputs").resolve(), host=host, token=token, most=options["pages"],
        jobs=options["jobs"], address="" if token is None else address_of(host, port, None),
    )  # fmt: skip
    address = address_of(host, port, token)
    # Ctrl-C is how a lab ends, not how it fails; uvicorn passes it on when it has cleaned up.
    with suppress(KeyboardInterrupt):
        say(f"The lab is at {address} (Ctrl-C ends it)")
        if token is not None:
            say(_REACHED)
        if options["open"]:
            Timer(1.0, webbrowser.open, [address]).start()
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False,
                                timeout_keep_alive=30, timeout_graceful_shutdown=3)  # fmt: skip
        uvicorn.Server(config).run([listening])
    say("The lab has ended.")


def address_of(host: str, port: int, token: str | None) -> str:
    """Where the lab is; on all interfaces, under the name that others reach this machine by."""
    shown = host
    if host in ("0.0.0.0", "::"):
        shown = _own_address()
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/" + (f"?token={token}" if token else "")


def _own_address() -> str:
    """The address by which a local network knows this machine; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(asking.getsockname()[0])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # From here on browsers wait instead of being refused.
        listening.listen(128)
    except OSError as error:
        listening.close()
        free = "; --port 0 takes a free one" if error.errno == errno.EADDRINUSE else ""
        why = error.strerror or str(error)
        raise UserMistake(f"--host {host} --port {port}: {why}{free}") from None
    return listening
