"""Tables keep their columns and types: with rows, without, when nothing happened or all failed."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import sim
from sim import frames, history, summaries
from sim.frames import Columns, arrow_schema, flags, joined, numbers, table, typed, whole, words
from sim.model import GovernanceModel
from sim.networks import declared, recorded
from sim.networks.recorded import tie_table
from sim.networks.yearly import measure_years
from sim.outcomes import local_columns, national_columns
from sim.questions import settling, story
from sim.questions.assumptions import ledger
from sim.questions.attribution import analysis as attribution
from sim.questions.attribution import shapley
from sim.questions.comparison import tables as study_tables
from sim.questions.comparison.study import Runs, plan_study
from sim.questions.condition import Condition
from sim.questions.discovery import analysis as discovery
from sim.questions.discovery import tree
from sim.questions.discovery.analysis import Discovery, Found
from sim.questions.regimes import analysis as regimes
from sim.questions.robustness import analysis as robustness
from sim.questions.sensitivity import analysis as sensitivity
from sim.questions.story.points import Track
from sim.questions.transitions import (
    analysis,
    hysteresis,
    moves,
    order,
    paths,
    spread,
    stages,
    verdicts,
    warning,
)
from sim.questions.transitions.twins import with_twins
from sim.scenario import Scenario
from tests.experiments import made_plan, made_runs, unit_factors
from tests.studies import small_study

Make = Callable[..., GovernanceModel]
DECLARED: dict[str, Columns] = {
    "events": history.COLUMNS, "networks": declared.COLUMNS, "ties": recorded.TIE_COLUMNS,
    "national": national_columns(("goal",)), "local": local_columns(("goal",)),
    **study_tables.STUDY_TABLES, "failures": study_tables.FAILURES,
    "summary": summaries.SUMMARY, "differences": summaries.DIFFERENCES,
    "shares": shapley.SHARES, "interactions": shapley.INTERACTIONS,
    "walks": shapley.KEYS | numbers(*attribution._NAMES),
    "assumptions": ledger.COLUMNS, "needed": settling.COLUMNS,
    "robustness": robustness.COLUMNS, "targets": robustness.TARGETS,
    "cells": regimes.CELLS, "won": regimes.SHARES, "moves": regimes.MOVES,
    "borders": regimes.BORDERS, "sobol": sensitivity.SOBOL, "morris": sensitivity.MORRIS,
    "pairs": sensitivity.PAIRS, "boxes": discovery.COLUMNS, "tradeoff": discovery.TRADEOFF,
    "leaves": tree.TREE, "points": story.POINTS, "time_in_stages": stages.TIME,
    "order_of_rows": order.ORDER, "reforms": moves.REFORMS, "spread": spread.SPREAD,
    "spread_fits": spread.FITS, "early_movers": spread.EARLY, "ranks": spread.RANKS,
    "measures": analysis.MEASURES, "hysteresis": hysteresis.LOOP, "warnings": warning.WARNINGS,
    "patterns": verdicts.PATTERNS,
}  # fmt: skip
TRANSITIONS = {
    "time_in_stages", "order_of_rows", "reforms", "spread", "spread_fits", "early_movers", "ranks",
    "measures", "hysteresis", "warnings", "patterns",
}  # fmt: skip


def kinds_of(frame: pd.DataFrame) -> dict[str, str]:
    """A frame's columns and types, as they are declared."""
    text = pd.Series([""]).dtype
    return {str(name): "str" if kind == text else str(kind) for name, kind in frame.dtypes.items()}


def _row(columns: Columns) -> list[Any]:
    values: dict[str, Any] = {"str": "a", "int64": 3, "int32": 3, "float64": 0.5, "bool": True}
    return [values[kind] for kind in columns.values()]


@pytest.mark.parametrize("name", DECLARED)
def test_a_table_without_rows_is_like_one_with_rows(name: str, tmp_path: Path) -> None:
    """In memory, and read back from Parquet."""
    columns = DECLARED[name]
    full, empty = table(columns, [_row(columns)]), table(columns)
    assert kinds_of(full) == kinds_of(empty) == dict(columns)
    schemas = []
    for frame in (full, empty):
        frame.to_parquet(tmp_path / "t.parquet", schema=arrow_schema(columns), index=False)
        assert kinds_of(pd.read_parquet(tmp_path / "t.parquet")) == dict(columns)
        schemas.append(pa.parquet.read_schema(tmp_path / "t.parquet").remove_metadata())
    assert schemas[0] == schemas[1]


def test_a_number_that_nobody_knew_is_nan_of_its_type() -> None:
    columns = words("who") | whole("count") | numbers("size") | flags("clear")
    found = table(columns, [("a", 1, None, True)])
    assert kinds_of(found) == columns
    assert np.isnan(found["size"].iloc[0])
    assert kinds_of(joined(columns, [table(columns), found, table(columns)])) == columns
    assert kinds_of(joined(columns, [])) == columns


def test_other_columns_than_are_declared_are_refused() -> None:
    columns = whole("month") | numbers("trust")
    with pytest.raises(ValueError, match="trust"):
        typed(pd.DataFrame({"month": [1]}), columns)
    with pytest.raises(ValueError, match="more"):
        typed(pd.DataFrame({"month": [1], "trust": [1.0], "more": [2.0]}), columns)
    with pytest.raises(ValueError, match="non-finite"):
        typed(pd.DataFrame({"month": [np.nan], "trust": [1.0]}), columns)


def test_no_table_is_made_of_names_alone() -> None:
    """`pd.DataFrame(rows, columns=...)` takes its types from the rows: tables are declared."""
    bare = re.compile(r"pd\.DataFrame\([^\n]*columns=list\(")
    found = {
        str(path.relative_to(Path(sim.__file__).parent)): bare.findall(text)
        for path in Path(sim.__file__).parent.rglob("*.py")
        if bare.search(text := path.read_text(encoding="utf-8"))
    }
    made_typed = {
        "frames.py",
        "questions/attribution/analysis.py",
        "questions/sensitivity/analysis.py",
    }
    not_written = {"questions/futures.py"}
    assert set(found) <= made_typed | not_written
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if module.name.startswith("sim.questions.transitions"):
            for name, value in vars(importlib.import_module(module.name)).items():
                if name.isupper() and isinstance(value, tuple) and "scenario" in map(str, value):
                    pytest.fail(f"{module.name}.{name} declares names without types")


def test_nothing_has_happened_yet(society: Make) -> None:
    """Before the first month, and after one: every table of a replicate is there in full."""
    model = society("gov1", citizens=200, years=1)
    for _ in range(2):
        record = model.record
        assert kinds_of(record.national()) == study_tables.NATIONAL
        assert kinds_of(record.local()) == study_tables.LOCAL
        assert record.local().empty
        assert kinds_of(history.events(record)) == study_tables.EVENTS
        measured = measure_years(record.networks, len(record.names), model.seed_key)
        assert kinds_of(measured) == study_tables.NETWORKS
        assert kinds_of(tie_table(record.networks, record.names)) == study_tables.TIES
        model.step()


def test_what_statistics_say_when_all_failed() -> None:
    tables = {name: table(columns) for name, columns in study_tables.STUDY_TABLES.items()}
    study = small_study("gov1", "gov3")
    runs = Runs(
        study, tables["timeseries"], tables["local_governments"], table(study_tables.FAILURES)
    )
    assert kinds_of(runs.summary) == summaries.SUMMARY
    assert kinds_of(runs.differences) == summaries.DIFFERENCES
    assert kinds_of(runs.failures) == study_tables.FAILURES
    assert runs.replicates == 0


def test_transitions_of_a_study_in_which_all_failed() -> None:
    asked = with_twins(plan_study([Scenario.load("squeeze_and_relief")]))
    empty = [table(columns) for columns in study_tables.STUDY_TABLES.values()]
    runs = Runs(asked.study, *empty[:2], table(study_tables.FAILURES), 0.0, *empty[2:])
    found = analysis.analyse(asked, runs)
    assert set(found.tables) == TRANSITIONS
    for name, frame in found.tables.items():
        assert kinds_of(frame) == DECLARED[name], name
        assert frame.empty


def test_robustness_and_maps_have_types_where_there_is_nothing_to_tell() -> None:
    """Policies that are the same to the last digit, and no target."""
    plan = made_plan({"kind": "grid", "levels": 3}, unit_factors(2), policies=("gov1", "gov2"),
                     replicates=3)  # fmt: skip
    runs = made_runs(plan, {"trust": lambda points, policy: 40.0 + 0.0 * points[:, 0]})
    found = robustness.analyse_robustness(plan, runs)
    assert kinds_of(found.table) == robustness.COLUMNS
    assert kinds_of(found.targets) == robustness.TARGETS
    assert kinds_of(found.needed) == settling.COLUMNS
    maps = regimes.analyse_regimes(plan, runs)
    assert kinds_of(maps.cells) == regimes.CELLS
    assert kinds_of(maps.shares) == regimes.SHARES
    assert kinds_of(maps.moves) == regimes.MOVES
    assert kinds_of(maps.borders) == regimes.BORDERS
    assert maps.borders.empty


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_sensitivity_of_an_outcome_that_never_moves(kind: str) -> None:
    pytest.importorskip("SALib")
    size = {"points": 8} if kind == "sobol" else {"trajectories": 3}
    plan = made_plan({"kind": kind, **size}, unit_factors(2))
    for answer, count in ((lambda points, _: 0.0 * points[:, 0], 0), (lambda p, _: p[:, 0], 2)):
        found = sensitivity.analyse_sensitivity(plan, made_runs(plan, {"trust": answer}))
        declared_here = sensitivity.SOBOL if kind == "sobol" else sensitivity.MORRIS
        assert kinds_of(found.table) == declared_here
        assert kinds_of(found.pairs) == sensitivity.PAIRS
        assert len(found.table) == count


def test_discovery_without_a_find_and_a_story_without_a_point() -> None:
    plan = made_plan({"kind": "lhs", "points": 4}, unit_factors(2))
    nothing = Found("gov1", pd.DataFrame({"a": [0.0]}), np.array([False]))
    found = Discovery(plan, Condition.parse("trust < 1", ("trust",)), (nothing,))
    assert kinds_of(found.table) == discovery.COLUMNS
    assert kinds_of(found.tradeoff) == discovery.TRADEOFF
    assert kinds_of(found.leaves) == tree.TREE
    track = Track("gov1", Scenario.load("gov1"), pd.DataFrame(), [], {})
    told = story.Story("a", [], [track], [], [], "")
    assert kinds_of(told.points) == story.POINTS


def test_a_life_has_the_same_columns_after_a_month_and_a_year(society: Make) -> None:
    model = society("gov3", citizens=200, years=1)
    person = model.follow(3)
    model.step()
    early = kinds_of(person.life)
    model.run()
    assert kinds_of(person.life) == early
    assert set(early.values()) == {"int64", "float64"}


def test_moves_of_events_that_moved_nothing() -> None:
    empty = table(study_tables.STUDY_TABLES["events"])
    assert kinds_of(moves.moved_rows(empty)) == moves._MOVED
    assert kinds_of(paths.table(moves.REFORMS)) == moves.REFORMS
    assert frames.table(moves.REFORMS).empty
