"""What the places of a study begin with: told first, and kept as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim import frames
from sim.errors import ScenarioError, UserMistake
from sim.questions.comparison.study import Study
from sim.scenario import Scenario
from sim.scenario.starting import facts_told, starting_facts
from sim.society.places import local_government_names
from sim.text import near, short

FACTS = "starting_facts.csv"
_COLUMNS = frames.words("scenario", "subject", "value", "origin", "source")


def places_told(study: Study) -> list[str]:
    """A few lines for each society that the scenarios live in, and an empty one."""
    told: dict[str, None] = {}
    for scenario in study.scenarios.values():
        told.setdefault("\n".join([*facts_told(scenario), ""]))
    return list(told)


def places_asked(scenarios: Sequence[Scenario], asked: str | Sequence[str]) -> tuple[str, ...]:
    """Local governments to tell beside the nation; raises `UserMistake` for one that none has."""
    names = (asked,) if isinstance(asked, str) else tuple(asked)
    known: dict[str, None] = {}
    for scenario in scenarios:
        society = scenario.society
        count = society.local_governments
        known |= dict.fromkeys(local_government_names(society.place, count=count))
    for name in names:
        if name not in known:
            text = f"--focus {short(name)}: no local government is called so here"
            raise UserMistake(f"{text}{near(name, list(known))}")
    return names


def with_citizens_in(
    scenarios: Sequence[Scenario], asked: Sequence[tuple[str, int]]
) -> list[Scenario]:
    """The scenarios with so many citizens in some local governments.

    Raises `UserMistake`, in one line, for a name that some scenario has not or is given twice, and
    for too few or too many citizens.
    """
    more = dict(asked)
    if len(more) < len(asked):
        names = [name for name, _ in asked]
        twice = next(name for name in names if names.count(name) > 1)
        raise UserMistake(f"--citizens-in {short(twice)}: is given more than once")
    if not more:
        return list(scenarios)
    found = []
    for scenario in scenarios:
        try:
            found.append(scenario.but(society={"citizens_in": more}))
        except ScenarioError as error:
            text = str(error).splitlines()[0].partition("society.citizens_in")[2]
            where = "" if len(scenarios) == 1 else f" ({scenario.name})"
            raise UserMistake(f"--citizens-in{text.replace('.', ' ', 1)}{where}") from None
    return found


def facts_table(study: Study) -> pd.DataFrame:
    """The rows of `starting_facts.csv`: what each scenario's place begins with."""
    rows = (
        (name, *fact)
        for name, scenario in study.scenarios.items()
        for fact in starting_facts(scenario)
    )
    return frames.table(_COLUMNS, rows)
