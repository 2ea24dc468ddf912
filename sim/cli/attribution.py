"""`attribute`: which rows of the figure carry the difference between two scenarios."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from sim.cli.progress import Progress
from sim.cli.screen import say
from sim.cli.work import load_alike, where_of
from sim.errors import StoppedEarly
from sim.questions.attribution.analysis import Question
from sim.questions.attribution.results import attribution_folder, publish_attribution


def show_attribution(start: str, end: str, options: dict[str, Any]) -> None:
    """Walk orders of rows, print the largest shares, and write all of them."""
    scenarios = load_alike((start, end), {"sets": options["sets"], "citizens": None, "years": None})
    question = Question.of(*scenarios, citizens=options["citizens"], seed=options["seed"])
    where = where_of(options)
    folder: Path = options["out"] or where.folder(attribution_folder(question))
    with Progress(quiet=options["quiet"]) as progress:
        try:
            found = publish_attribution(
                question,
                folder,
                most_orders=options["orders"],
                precision=options["precision"] / 100.0,
                command=shlex.join(["govshift", *sys.argv[1:]]),
                where=where,
                announce=progress.begin,
                progress=progress.advance,
                waiting=lambda: say(f"Waiting: another command writes {folder}.", err=True),
            )
        except KeyboardInterrupt:
            raise StoppedEarly(
                f"Stopped. The orders that were finished are kept in {folder}; "
                "the same command goes on from there."
            ) from None
    for line in found.sentences:
        say(line)
    say(f"\nResults are in {folder}")
