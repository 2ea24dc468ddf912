"""What the places of a study begin with: told first, and kept as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim import frames
from sim.errors import UserMistake
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


def facts_table(study: Study) -> pd.DataFrame:
    """The rows of `starting_facts.csv`: what each scenario's place begins with."""
    rows = (
        (name, *fact)
        for name, scenario in study.scenarios.items()
        for fact in starting_facts(scenario)
    )
    return frames.table(_COLUMNS, rows)
