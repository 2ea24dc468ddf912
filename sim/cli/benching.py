"""`bench`: how fast a month is on this machine, and where it goes."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from sim.bench.comparison import QUICK, measure, refuse_too_large, sizes_up_to
from sim.bench.machine import description
from sim.bench.results import TABLE, make_folder, publish
from sim.bench.tables import tables
from sim.cli.screen import say
from sim.cli.starting import compile_model
from sim.errors import UserMistake

MOST = 200_000


def measure_speed(options: dict[str, Any]) -> None:
    """Measure all sizes, show the tables, and write table and figure."""
    out: Path = options["out"] or Path("outputs/bench")
    if options["quick"] and options["most"] is not None:
        raise UserMistake("--quick: measures two sizes of its own, without --most")
    sizes = list(QUICK) if options["quick"] else sizes_up_to(options["most"] or MOST)
    refuse_too_large(sizes[-1])
    make_folder(out)
    shown = sys.stderr.isatty() and not options["quiet"]
    compile_model(options)

    def announce(citizens: int) -> None:
        if shown:
            say(f"Measuring {citizens:,} citizens ...", err=True)

    start = perf_counter()
    say(f"{description()}\n")
    found = measure(sizes, apart=not options["quick"], announce=announce)
    publish(found, out)
    say(tables(found))
    took = perf_counter() - start
    say(f"\nMeasured in {took:.0f} s; results are in {out} ({TABLE}, bench.png, bench.svg)")
