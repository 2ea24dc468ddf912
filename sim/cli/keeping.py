"""Commands that keep what they run: how they are told of it, and what Ctrl-C says."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.cli.progress import Progress
from sim.cli.screen import say
from sim.errors import StoppedEarly


@contextmanager
def kept_in(
    folder: Path, options: dict[str, Any], what: str = "The runs that were"
) -> Iterator[dict[str, Any]]:
    """Options of a publisher: its command, and whom it tells of what begins, ends and waits.

    Raises `StoppedEarly` on Ctrl-C, which says where what was finished stays.
    """
    with Progress(quiet=options["quiet"]) as progress:
        try:
            yield {
                "command": shlex.join(["govshift", *sys.argv[1:]]),
                "announce": progress.begin,
                "progress": progress.advance,
                "waiting": lambda: say(f"Waiting: another command writes {folder}.", err=True),
            }
        except KeyboardInterrupt:
            raise StoppedEarly(
                f"Stopped. {what} finished are kept in {folder}; "
                "the same command goes on from there."
            ) from None
