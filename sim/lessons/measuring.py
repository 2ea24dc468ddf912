"""The claims of answer keys over plausible worlds, measured once and shipped.

`measured.csv` says in how many worlds each claim holds. `python -m sim.lessons.measuring` (`make
lessons`) measures it again after the model or a lesson changed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.frames import numbers, table, whole, words
from sim.lessons.checks import margin_of, scenarios_of
from sim.lessons.files import find_lesson, lesson_names, load_lesson
from sim.lessons.lesson import Claim, Event, Lesson, Run, Vote
from sim.lessons.playing import Playing
from sim.lessons.predictions import option_of
from sim.questions.how_sure import sure_word
from sim.scenario import Scenario
from sim.statistics import central
from sim.worlds.draws import in_world, world

WORLDS = 30
SEED = 1
FILE = Path(__file__).with_name("measured.csv")
_COLUMNS = words("lesson", "claim") | whole("worlds", "holds") | numbers("mean", "low", "high")


class Measured(NamedTuple):
    """A claim over worlds: in how many it holds, and the mean difference with nine of ten."""

    worlds: int
    holds: int
    mean: float
    low: float
    high: float

    @property
    def how_sure(self) -> str:
        """The word for the share of worlds in which the claim holds."""
        return sure_word(self.holds, self.worlds)


@cache
def measured() -> dict[tuple[str, str], Measured]:
    """What was measured, by lesson and claim."""
    found = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers = (float(row[name]) for name in ("mean", "low", "high"))
            key = (row["lesson"], row["claim"])
            found[key] = Measured(int(row["worlds"]), int(row["holds"]), *numbers)
    return found


def differences(lesson: Lesson, plans: Mapping[str, Scenario], seed: int) -> dict[str, float]:
    """The difference of each claim with the luck of a seed: first less second.

    In votes the first option wins, but for the vote that a claim is about.
    """
    usual = {vote.id: vote.options[0].id for vote in lesson.votes}
    runs: dict[tuple[str, ...], Playing] = {}

    def reading(claim: Claim, side: int) -> float:
        chosen = usual | ({claim.vote: claim.options[side]} if claim.vote else {})
        key = tuple(chosen.values())
        if key not in runs:
            runs[key] = played(lesson, plans, seed, chosen)
        government = claim.governments[0 if claim.vote else side]
        return runs[key].reading(claim.measure, government, claim.month)

    try:
        return {c.id: reading(c, 0) - reading(c, 1) for c in lesson.answer_key.claims}
    finally:
        for playing in runs.values():
            playing.close()


def holds(claim: Claim, difference: float) -> bool:
    """Whether a difference is what the claim says."""
    if claim.direction == "level":
        return abs(difference) < margin_of(claim)
    return difference > 0 if claim.direction == "higher" else difference < 0


def played(
    lesson: Lesson, plans: Mapping[str, Scenario], seed: int, chosen: Mapping[str, str]
) -> Playing:
    """A lesson to its end, with an option chosen in each vote."""
    playing = Playing(plans, seed)
    for step in lesson.steps:
        if isinstance(step, Run):
            playing.advance_to(step.month)
        elif isinstance(step, Event | Vote):
            edit = step.edit if isinstance(step, Event) else option_of(step, chosen[step.id]).edit
            for name in lesson.of(step):
                playing.apply(edit, name)
    return playing


def measure(name: str, worlds: int = WORLDS) -> dict[str, Measured]:
    """Each claim of a lesson in so many plausible worlds, one run in each."""
    lesson = load_lesson(name)
    plans = scenarios_of(lesson, find_lesson(name).parent)
    drawn: dict[str, list[float]] = {claim.id: [] for claim in lesson.answer_key.claims}
    for number in range(worlds):
        here = world(SEED, number)
        there = {government: in_world(plan, here) for government, plan in plans.items()}
        for claim, difference in differences(lesson, there, SEED + number).items():
            drawn[claim].append(difference)
    return {c.id: _summed(c, drawn[c.id]) for c in lesson.answer_key.claims}


def _summed(claim: Claim, drawn: Sequence[float]) -> Measured:
    low, high = central(np.array(drawn))
    agreeing = sum(holds(claim, difference) for difference in drawn)
    return Measured(
        len(drawn), agreeing, *(round(v, 4) for v in (float(np.mean(drawn)), low, high))
    )


def _measure_all() -> None:
    from sim.runs.csv_files import write_csv

    found = [(name, claim, *one) for name in lesson_names() for claim, one in measure(name).items()]
    write_csv(table(_COLUMNS, found), FILE)


if __name__ == "__main__":
    _measure_all()
