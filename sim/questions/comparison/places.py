"""What the places of a study begin with: told first, and kept as a table."""

from __future__ import annotations

import pandas as pd

from sim import frames
from sim.questions.comparison.study import Study
from sim.scenario.starting import facts_told, starting_facts

FACTS = "starting_facts.csv"
_COLUMNS = frames.words("scenario", "subject", "value", "origin", "source")


def places_told(study: Study) -> list[str]:
    """A few lines for each society that the scenarios live in, and an empty one."""
    told: dict[str, None] = {}
    for scenario in study.scenarios.values():
        told.setdefault("\n".join([*facts_told(scenario), ""]))
    return list(told)


def facts_table(study: Study) -> pd.DataFrame:
    """The rows of `starting_facts.csv`: what each scenario's place begins with."""
    rows = (
        (name, *fact)
        for name, scenario in study.scenarios.items()
        for fact in starting_facts(scenario)
    )
    return frames.table(_COLUMNS, rows)
