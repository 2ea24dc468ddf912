"""One local government told beside the nation: table, differences and sentences of its own.

Its values are read off the yearly readings of local governments, so that a focus changes no result
and can be asked of results that are there. A value is the mean of the three yearly readings up to a
year, where the nation's is that of its 36 monthly ones. What only the whole country has (the
network, prices of time) is not told.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim import frames
from sim.outcomes import LOCAL_INDICATORS, WINDOW
from sim.questions.comparison.findings import find, sentences
from sim.questions.comparison.residents import ENOUGH, people_each, residents
from sim.questions.comparison.study import Runs, Study
from sim.questions.comparison.table import outcome_table
from sim.questions.comparison.worlds import (
    find_over_worlds,
    sentences_over_worlds,
    table_over_worlds,
)
from sim.scenario.more_citizens import people_told
from sim.society.places import is_drawn
from sim.summaries import DIFFERENCES, SUMMARY

FOCUS = "focus.csv"
FOCUS_DIFFERENCES = "focus_differences.csv"
_PLACE = frames.words("local_government")
_YEARS = WINDOW // 12
_KEYS = ["scenario", "replicate", "month"]


@dataclass(frozen=True)
class RunsOfPlace(Runs):
    """The runs of a study as one local government lived them: `timeseries` are yearly readings."""

    name: str = ""

    def _windowed(self) -> pd.DataFrame:
        parts = []
        ordered = self.timeseries.sort_values("month", kind="stable")
        for _, rows in ordered.groupby(_KEYS[:2], sort=False):
            readings = rows.drop(columns=_KEYS).to_numpy(dtype=np.float64)
            means = [
                readings[max(0, last - _YEARS) : last].mean(axis=0)
                for last in range(1, len(readings) + 1)
            ]
            names = rows.columns.drop(_KEYS)
            part = pd.DataFrame(np.array(means), columns=names, index=rows.index)
            parts.append(pd.concat([rows[_KEYS], part], axis=1))
        return pd.concat(parts, ignore_index=True) if parts else self.timeseries.iloc[:0].copy()


def of_place(runs: Runs, name: str) -> RunsOfPlace:
    """The runs as one local government lived them."""
    rows = runs.local[runs.local["local_government"] == name]
    own = rows[[*_KEYS, *LOCAL_INDICATORS]].reset_index(drop=True)
    return RunsOfPlace(runs.study, own, rows.iloc[:0], runs.failures, name=name)


def of_nation(runs: Runs) -> RunsOfPlace:
    """The runs as the nation lived them, read once a year as those of a local government are."""
    yearly = runs.timeseries[runs.timeseries["month"] % 12 == 0].reset_index(drop=True)
    return RunsOfPlace(runs.study, yearly, runs.local.iloc[:0], runs.failures)


def focus_lines(runs: Runs) -> list[str]:
    """Each local government in focus: its table and, with a baseline, a sentence per outcome."""
    lines: list[str] = []
    for name in runs.study.focus:
        own = of_place(runs, name)
        lines += ["", f"{name} alone{_people(runs.study, name)}:", *_warnings(runs.study, name)]
        if own.replicates == 0:
            lines.append("It is in no scenario that was run.")
        elif runs.study.worlds:
            found = find_over_worlds(own)
            lines += [
                table_over_worlds(own),
                *([""] if found else []),
                *sentences_over_worlds(found),
            ]
        else:
            found_alone = find(own)
            lines += [outcome_table(own), *([""] if found_alone else []), *sentences(found_alone)]
    return lines


def _people(study: Study, name: str) -> str:
    """How many people it has, and how many of them are simulated."""
    first = next(iter(study.scenarios.values()))
    if is_drawn(first.society.place):
        return ", of a size that luck draws"
    counts = residents(first)
    if name not in counts:
        return ""
    told = f", {counts[name]:,} of {sum(counts.values()):,} citizens simulated"
    each = people_each(first)[name] if name in first.society.citizens_in else None
    return told if each is None else f"{told}, each for {people_told(each)} people"


def _warnings(study: Study, name: str) -> Iterator[str]:
    """A line where so few residents are simulated that readings are mostly luck."""
    for scenario in study.scenarios.values():
        if is_drawn(scenario.society.place):
            continue
        count = residents(scenario).get(name, ENOUGH)
        if count < ENOUGH:
            yield (
                f"Few: under {ENOUGH} simulated residents, so that one person more or less moves "
                f"what is read; take more with --citizens-in {shlex.quote(name)} 2000."
            )
            return


def focus_tables(runs: Runs) -> dict[str, pd.DataFrame]:
    """`focus.csv` and, with a baseline, `focus_differences.csv`: as `summary.csv` and
    `differences.csv`, with a column `local_government` in front.
    """  # noqa: D205
    own = [of_place(runs, name) for name in runs.study.focus]
    if not own:
        return {}
    tables = {FOCUS: _joined([(one.name, one.summary) for one in own], _PLACE | SUMMARY)}
    pairs = [(one.name, one.differences) for one in own if one.differences is not None]
    if pairs:
        tables[FOCUS_DIFFERENCES] = _joined(pairs, _PLACE | DIFFERENCES)
    return tables


def _joined(parts: Sequence[tuple[str, pd.DataFrame]], columns: frames.Columns) -> pd.DataFrame:
    named = [frame.assign(local_government=name)[list(columns)] for name, frame in parts]
    return frames.joined(columns, named)
