"""`attribute`: which rows of the figure carry the difference between two scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.cli.keeping import kept_in
from sim.cli.screen import say
from sim.cli.work import load_alike, where_of
from sim.questions.attribution.analysis import Question
from sim.questions.attribution.results import attribution_folder, publish_attribution


def show_attribution(start: str, end: str, options: dict[str, Any]) -> None:
    """Walk orders of rows, print the largest shares, and write all of them."""
    scenarios = load_alike((start, end), {"sets": options["sets"], "citizens": None, "years": None})
    question = Question.of(*scenarios, citizens=options["citizens"], seed=options["seed"])
    where = where_of(options)
    folder: Path = options["out"] or where.folder(attribution_folder(question))
    with kept_in(folder, options, "The orders that were") as told:
        found = publish_attribution(
            question,
            folder,
            most_orders=options["orders"],
            precision=options["precision"] / 100.0,
            where=where,
            **told,
        )
    for line in found.sentences:
        say(line)
    say(f"\nResults are in {folder}")
