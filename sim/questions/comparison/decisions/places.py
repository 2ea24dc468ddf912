"""Local governments by year, summarised over worlds or replicates (`local_governments.csv`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.frames import typed, whole, words
from sim.questions.comparison.decisions.panels import panel
from sim.questions.comparison.study import Runs
from sim.questions.comparison.tables import LOCAL, STUDY_TABLES, WHICH

_KEYS = ["month", "local_government"]
_READINGS = [name for name in STUDY_TABLES["local_governments"] if name not in (*WHICH, *_KEYS)]
PLACES = (
    words("scenario", "local_government")
    | whole("year")
    | {name: LOCAL[name] for name in _READINGS}
)
"""Columns of `local_governments.csv`: means over worlds, or over replicates."""


def place_table(runs: Runs) -> pd.DataFrame:
    """The rows of `local_governments.csv`: every scenario, local government and year."""
    parts = [pd.DataFrame({name: [] for name in PLACES})]
    for name in runs.study.scenarios:
        found = panel(runs.local, _READINGS, runs.study, name)
        if not len(found.numbers):
            continue
        own = runs.local[runs.local["scenario"] == name]
        first = own[own["replicate"] == own["replicate"].min()]
        keys = {
            "scenario": name,
            "local_government": first["local_government"].to_numpy(),
            "year": first["month"].to_numpy() // 12,
        }
        means = dict(zip(_READINGS, np.moveaxis(found.mean, -1, 0), strict=True))
        parts.append(pd.DataFrame(keys | means))
    filled = [part for part in parts if len(part)]
    return typed(pd.concat(filled, ignore_index=True) if filled else parts[0], PLACES)
