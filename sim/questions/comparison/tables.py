"""The tables of a study: columns and types, whether anything happened or every replicate failed.

Each is what one replicate gives, with `scenario` and `replicate` in front. `sim.frames` makes a
table of a declaration (`table`, `typed`, `joined`) and its Parquet schema (`arrow_schema`).
"""

from __future__ import annotations

from collections import ChainMap

from sim import groups, history
from sim.frames import Columns, whole, words
from sim.networks import declared
from sim.networks.recorded import TIE_COLUMNS
from sim.outcomes import OWN_COLUMNS, local_columns, national_columns
from sim.paradigms import FIGURE
from sim.record import COSTS

NATIONAL = national_columns(FIGURE.row_ids)
LOCAL = local_columns(FIGURE.row_ids)
EVENTS = dict(history.COLUMNS)
NETWORKS = dict(declared.COLUMNS)
TIES = dict(TIE_COLUMNS)
WHICH = words("scenario") | whole("replicate")
"""Columns in front: which replicate of which scenario."""

STUDY_TABLES: dict[str, Columns] = {
    "timeseries": ChainMap(OWN_COLUMNS, WHICH | NATIONAL),
    "local_governments": WHICH | LOCAL,
    "events": WHICH | EVENTS,
    "networks": WHICH | NETWORKS,
    "ties": WHICH | TIES,
    "before_start": ChainMap(OWN_COLUMNS, WHICH | NATIONAL),
    "costs": WHICH | COSTS,
    "groups": WHICH | groups.COLUMNS,
}
"""Tables of a results folder by their file's name; `summary` and `differences` are declared in
`sim.statistics`. Outcomes of model classes of one's own are the last columns of `timeseries` and of
`before_start`, which is the same of histories."""

FAILURES = WHICH | words("stage", "message")
