"""`odd` and `archive`: what goes beside a study into a repository."""

from __future__ import annotations

from pathlib import Path

from sim.cli.screen import say
from sim.odd import odd_text, write_odd
from sim.report.archive import archive


def show_odd(out: Path | None) -> None:
    """Print the ODD protocol, or write it into a file and say so."""
    if out is None:
        say(odd_text().rstrip("\n"))
    else:
        say(f"The ODD protocol is in {write_odd(out)}")


def pack(results: Path, out: Path | None) -> None:
    """Pack finished results, and say where they are."""
    say(f"The study is in {archive(results, out)}")
