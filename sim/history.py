"""What befell governments, month by month: reforms with their causes, projects, breaches."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.outcomes import MONEY, SNAPSHOT, Record
from sim.processes.projects import FAILED, NO_GRANT_LEFT, PARTIAL, SUCCEEDED, UNCLAIMED
from sim.processes.reform import EVENTS, MODELS, NOTHING, PRESSURES, REFORMED

COLUMNS = ("month", "local_government", "event", "cause", "model", "rows", "cost")
PROJECTS = {
    FAILED: "project failed",
    PARTIAL: "project partly succeeded",
    SUCCEEDED: "project succeeded",
    UNCLAIMED: "grant left unclaimed",
    NO_GRANT_LEFT: "no grant left",
}
_CAUSED = ("reform", "failed reform", "reversal")


def events(record: Record) -> pd.DataFrame:
    """One row per event, in order of month, local government and kind.

    `cause` is the pressure behind a reform, `model` whom it copied, `rows` what it moved as
    `goal 0.0 to 0.5; services ...`, `cost` the month's money per citizen for projects.
    """
    parts = [_reforms(record), _projects(record), _breaches(record)]
    table = pd.DataFrame([row for part in parts for row in part], columns=list(COLUMNS))
    return table.sort_values(
        ["month", "local_government", "event"], kind="stable", ignore_index=True
    )


def _reforms(record: Record) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    kinds = record.reforms[: record.month]
    for at, place in np.argwhere(kinds[:, :, 0] != NOTHING):
        kind, cause, model = (int(code) for code in kinds[at, place])
        event = EVENTS[kind]
        rows.append(
            (
                int(at) + 1,
                record.names[place],
                event,
                PRESSURES[cause] if event in _CAUSED else "",
                MODELS[model] if kind == REFORMED else "",
                _moved(record, int(at), int(place)),
                0.0,
            )
        )
    return rows


def _moved(record: Record, at: int, place: int) -> str:
    """Rows that stood elsewhere a month before."""
    before = record.profiles[max(at - 1, 0), place]
    after = record.profiles[at, place]
    return "; ".join(
        f"{row} {before[k]:.2f} to {after[k]:.2f}"
        for k, row in enumerate(record.rows)
        if before[k] != after[k]
    )


def _projects(record: Record) -> list[tuple[object, ...]]:
    results = record.state[: record.month, :, SNAPSHOT.index("project_result")]
    spent = record.money[: record.month, :, MONEY.index("projects")]
    rows: list[tuple[object, ...]] = []
    for at, place in np.argwhere(results != 0.0):
        cost = float(spent[at, place] / record.residents[place])
        kind = PROJECTS[float(results[at, place])]
        rows.append((int(at) + 1, record.names[place], kind, "", "", "", cost))
    return rows


def _breaches(record: Record) -> list[tuple[object, ...]]:
    struck = record.state[: record.month, :, SNAPSHOT.index("incident")]
    return [
        (int(at) + 1, record.names[place], "data breach", "", "", "", 0.0)
        for at, place in np.argwhere(struck != 0.0)
    ]
