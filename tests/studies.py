"""Small studies that many tests share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from sim import outcomes
from sim.processes import declared
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, Study, plan_study
from sim.runs.runner import Where
from sim.scenario import Scenario


def small(name: str = "gov2", *, years: int = 3, citizens: int = 300, **changes: Any) -> Scenario:
    """A shipped scenario made small."""
    changes["society"] = {"citizens": citizens} | changes.get("society", {})
    return Scenario.load(name).but(years=years, **changes)


def small_study(*names: str, replicates: int = 3, seed: int = 1, years: int = 3) -> Study:
    """A paired study of small shipped scenarios, the first one the baseline."""
    scenarios = [small(name, years=years) for name in names or ("gov1", "gov3")]
    return plan_study(scenarios, replicates=replicates, seed=seed, baseline=scenarios[0].name)


@cache
def small_runs() -> Runs:
    """gov1, gov2 and gov3 in three replicates of three years, run once for all tests."""
    return carry_out(small_study("gov1", "gov2", "gov3"), where=Where(1))


@contextmanager
def probed(*names: str) -> Iterator[list[ModuleType]]:
    """Probes of the evidence, whose outcomes are forgotten afterwards: other studies have none."""
    places = (declared._known, declared._owners, outcomes.KNOWN, outcomes.DIRECTIONS,
              outcomes.OWN_COLUMNS, outcomes._owners)  # fmt: skip
    before = [dict(place) for place in places]
    whole = [f"sim.questions.evidence.{name}" for name in names]
    try:
        yield [import_module(name) for name in whole]
    finally:
        for name in whole:
            sys.modules.pop(name, None)
        for place, kept in zip(places, before, strict=True):
            place.clear()
            place.update(kept)  # type: ignore[arg-type]
