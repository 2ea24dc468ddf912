"""The model as an ODD protocol (Grimm et al. 2020), written from the code's own declarations."""

from __future__ import annotations

from pathlib import Path

from sim.errors import UserMistake
from sim.odd.protocol import HEAD, protocol
from sim.runs.files import whole
from sim.runs.version import model_version

__all__ = ["odd_text", "write_odd"]


def odd_text() -> str:
    """The protocol as Markdown."""
    return protocol(model_version())


def write_odd(path: str | Path) -> Path:
    """Write the protocol into a file, whole or not at all; an older protocol there is replaced.

    Raises `UserMistake` for a file that is something else, or that cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        raise UserMistake(f"{target}: is a folder; name a file, as {target / 'ODD.md'}")
    if target.exists() and not _is_protocol(target):
        raise UserMistake(f"{target}: exists already, is no ODD protocol, and is left as it is")
    if not target.parent.is_dir():
        raise UserMistake(f"{target}: there is no folder {target.parent}")
    text = odd_text()
    with whole(target) as written:
        written.write_text(text, encoding="utf-8", newline="\n")
    return target


def _is_protocol(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(HEAD.encode())) == HEAD.encode()
    except OSError:
        return False
