"""`fit`: which values of what nobody knows agree with what was observed."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from sim.cli.progress import Progress
from sim.cli.screen import say
from sim.cli.work import where_of
from sim.errors import StoppedEarly
from sim.questions.fit.asked import Question
from sim.questions.fit.results import fit_folder, publish_fit


def show_fit(countries: tuple[str, ...], options: dict[str, Any]) -> None:
    """Run what is missing, fit, and print what the data say."""
    names = ("until", "seed", "citizens", "points", "waves", "draws", "refine")
    question = Question.of(countries, **{name: options[name] for name in names})
    folder: Path = options["out"] or fit_folder(question)
    with Progress(quiet=options["quiet"]) as progress:
        try:
            found = publish_fit(
                question,
                folder,
                command=shlex.join(["govshift", *sys.argv[1:]]),
                where=where_of(options | {"shard": None}),
                truths=options["truths"],
                announce=progress.begin,
                progress=progress.advance,
                waiting=lambda: say(f"Waiting: another command writes {folder}.", err=True),
            )
        except KeyboardInterrupt:
            raise StoppedEarly(
                f"Stopped. The runs that were finished are kept in {folder}; "
                "the same command goes on from there."
            ) from None
    for line in found.sentences:
        say(line)
    say(f"\nResults are in {folder}")
