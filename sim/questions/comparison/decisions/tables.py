"""The tables of decisions that a results folder has, by their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from sim.frames import Columns
from sim.questions.comparison.decisions.costs import COSTS, cost_table
from sim.questions.comparison.decisions.decision import DECISION, decision_table
from sim.questions.comparison.decisions.groups import GROUPS, group_table
from sim.questions.comparison.decisions.path import PATH, path_table
from sim.questions.comparison.decisions.places import PLACES, place_table
from sim.questions.comparison.study import Runs

_MADE: Mapping[str, Callable[[Runs], pd.DataFrame]] = {
    "decision.csv": decision_table,
    "costs.csv": cost_table,
    "path.csv": path_table,
    "groups.csv": group_table,
    "local_governments.csv": place_table,
}
DECLARED: Mapping[str, Columns] = {
    "decision.csv": DECISION,
    "costs.csv": COSTS,
    "path.csv": PATH,
    "groups.csv": GROUPS,
    "local_governments.csv": PLACES,
}
"""Their columns."""


def decision_tables(runs: Runs) -> dict[str, pd.DataFrame]:
    """Every table of decisions, by the name of its file."""
    return {name: make(runs) for name, make in _MADE.items()}
