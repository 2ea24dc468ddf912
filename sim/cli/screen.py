"""What is shown: the standard streams, made safe to write to, and the one way to write to them.

A stream may be closed, full, a pipe whose reader has left, or of an encoding without some letters.
None of this stops a command from finishing its work. Streams that were closed at the start lead
nowhere. When a reader leaves, the rest is not shown. When output is lost otherwise, `lost` says
why. What an encoding lacks is written out, and so is what would act on a terminal: names come from
files that others wrote.
"""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from sim.text import printable

_STREAMS = ("stdin", "stdout", "stderr")
_SPELLED = {"±": "+-", "…": "...", "–": "-", "→": "->"}  # noqa: RUF001
_ERRORS = "govshift"


class Screen:
    """Standard output and standard error of one command."""

    def __init__(self) -> None:
        self.lost: OSError | None = None
        self.left = False

    def open(self) -> None:
        """Make sure that all three streams are there, and that they take every letter."""
        codecs.register_error(_ERRORS, _spelled)
        _occupy()
        for name in _STREAMS:
            if getattr(sys, name) is None:
                mode = "r" if name == "stdin" else "w"
                setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors=_ERRORS)
        self.lost, self.left = None, False

    def say(self, text: str, *, err: bool = False) -> None:
        """Write a line or several; whether that succeeds never stops the command."""
        if err:
            with suppress(OSError, ValueError):
                click.echo(printable(text), err=True)
        elif not self.left:
            try:
                click.echo(printable(text))
            except OSError as error:
                self.stop(error)

    def stop(self, error: OSError) -> None:
        """Show nothing more: the reader has left, or what was written is lost."""
        self.left = True
        if not isinstance(error, BrokenPipeError):
            self.lost = error
        _lead_nowhere(sys.stdout)

    def close(self) -> None:
        """Write what is still to be written."""
        try:
            sys.stdout.flush()
        except OSError as error:
            self.stop(error)


screen = Screen()
say = screen.say


def _occupy() -> None:
    """Descriptors 0 to 2 that are closed lead nowhere; a file of results must not become one."""
    for number in range(len(_STREAMS)):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def _lead_nowhere(stream: TextIO) -> None:
    """What is still in a stream's buffer, and all that follows, goes nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """What an encoding lacks: our own signs in other letters, everything else written out."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    written = letter.encode("ascii", "backslashreplace").decode("ascii")
    return _SPELLED.get(letter, written), error.start + 1
