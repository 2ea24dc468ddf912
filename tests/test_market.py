"""Pattern 13: outsourcing concentrates suppliers, and lock-in raises what projects cost."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.questions.comparison.run import run
from tests.studies import small


@pytest.fixture(scope="module")
def shares() -> dict[str, float]:
    """Share of revenue of the four largest suppliers, by paradigm."""
    found = {}
    for name in ("gov1", "gov2", "gov3"):
        runs = run(
            small(name, years=15).but(society={"place": "korea"}),
            replicates=3,
            luck_only=True,
            jobs=1,
        ).timeseries
        last = runs[runs["month"] == runs["month"].max()]
        found[name] = float(last["supplier_top4"].mean())
    return found


def test_outsourcing_concentrates_suppliers(shares: dict[str, float]) -> None:
    assert shares["gov1"] > 0.6
    assert shares["gov2"] > 0.6


def test_an_open_ecology_spreads_them(shares: dict[str, float]) -> None:
    assert shares["gov3"] < 0.5 * shares["gov1"]


def test_lock_in_raises_the_price() -> None:
    """Projects of the quarter of governments that are most locked in cost more than the others'."""
    runs = run(
        small("gov1", years=15).but(society={"place": "korea"}),
        replicates=4,
        luck_only=True,
        jobs=1,
    )
    projects = runs.events[runs.events["event"].str.startswith("project ")]
    projects = projects.assign(month=(projects["month"] - 1) // 12 * 12)
    keys = ["replicate", "month", "local_government"]
    table = pd.merge(projects, runs.local[[*keys, "lock_in"]], on=keys)
    low, high = table["lock_in"].quantile([0.25, 0.75])
    cheap = table.loc[table["lock_in"] <= low, "cost"].median()
    dear = table.loc[table["lock_in"] >= high, "cost"].median()
    assert dear > 1.05 * cheap
