"""`roadmap`: in which order the rows of the figure should move from one scenario to another."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from sim.cli.keeping import kept_in
from sim.cli.screen import say
from sim.cli.work import load_all, where_of
from sim.questions.comparison.alike import alike, is_shipped_name
from sim.questions.roadmap.asked import Question, Size
from sim.questions.roadmap.results import SCHEDULES, publish_roadmap, roadmap_folder

_SIZE = ("population", "generations", "worlds", "searches", "held_out", "orders", "citizens")


def show_roadmap(start: str, end: str, options: dict[str, Any]) -> None:
    """Search, try what was found, write everything and print it."""
    plain = {"sets": options["sets"], "citizens": None, "years": options["years"]}
    scenarios = load_all((start, end), plain)
    if scenarios[0].history is None:
        scenarios, notes = alike(scenarios, [is_shipped_name(file) for file in (start, end)])
        for line in notes:
            say(f"note: {line}", err=True)
    size = Size(**{name: options[name] for name in _SIZE})
    question = Question.of(
        scenarios[0], scenarios[1], budget=options["budget"], seed=options["seed"], size=size
    )
    where = where_of(options | {"shard": None})
    folder: Path = options["out"] or roadmap_folder(question)
    with kept_in(folder, options) as told:
        found = publish_roadmap(question, folder, where=where, **told)
    for line in found.sentences:
        say(line)
    say(f"\nResults are in {folder}")
    if found.chosen:
        plan = folder / SCHEDULES / f"{next(iter(found.chosen))}.yaml"
        say(f"To look closer: govshift compare {shlex.quote(start)} {shlex.quote(str(plan))}")
