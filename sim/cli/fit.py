"""`fit`: which values of what nobody knows agree with what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.cli.keeping import kept_in
from sim.cli.screen import say
from sim.cli.work import where_of
from sim.questions.fit.asked import Question
from sim.questions.fit.results import fit_folder, publish_fit


def show_fit(countries: tuple[str, ...], options: dict[str, Any]) -> None:
    """Run what is missing, fit, and print what the data say."""
    names = ("until", "seed", "citizens", "points", "waves", "draws", "refine")
    question = Question.of(countries, **{name: options[name] for name in names})
    folder: Path = options["out"] or fit_folder(question)
    with kept_in(folder, options) as told:
        found = publish_fit(
            question,
            folder,
            where=where_of(options | {"shard": None}),
            truths=options["truths"],
            **told,
        )
    for line in found.sentences:
        say(line)
    say(f"\nResults are in {folder}")
