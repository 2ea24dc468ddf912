"""Events: what is told adds up to what was counted, and telling changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.history import CENTRAL, COLUMNS, KINDS, Event, events, exposed_share, moves
from sim.model import GovernanceModel
from sim.processes import tally
from sim.processes.keeping import MONEY, SNAPSHOT
from sim.processes.pushes import RETREATED
from sim.scenario import Scenario
from tests.fingerprint import fingerprint

Make = Callable[..., GovernanceModel]
NAMES = ("gov3", "squeeze_and_relief", "korea_1995_2025", "privacy_scandal")


@cache
def finished(name: str) -> tuple[GovernanceModel, pd.DataFrame]:
    scenario = Scenario.load(name).but(society={"citizens": 400})
    model = GovernanceModel(scenario, rng=3, collect=False)
    model.run()
    model.forget()
    return model, events(model.record)


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_kinds_are_those_declared(name: str) -> None:
    model, table = finished(name)
    assert tuple(table.columns) == tuple(COLUMNS) == Event._fields
    assert set(table["event"]) <= set(KINDS)
    assert set(table["local_government"]) <= {*model.record.names, CENTRAL, "all", "local"}
    assert table["month"].between(1, model.months).all()
    assert table["month"].is_monotonic_increasing
    assert not table.isna().any().any()


def test_every_kind_happens_somewhere() -> None:
    told = {kind for name in NAMES for kind in finished(name)[1]["event"]}
    assert told | {"coercion"} == set(KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_contracts_are_those_that_firms_count(name: str) -> None:
    model, table = finished(name)
    signed = table[table["event"] == "contract signed"].groupby("firm").size()
    for row, firm in enumerate(model.record.firms):
        assert signed.get(firm, 0) == model.state.firms.contracts[row]


@pytest.mark.parametrize("name", NAMES)
def test_contracts_are_worth_what_projects_cost(name: str) -> None:
    model, table = finished(name)
    signed = table[table["event"] == "contract signed"]
    residents = dict(zip(model.record.names, model.record.residents, strict=True))
    told = (signed["cost"] * signed["local_government"].map(residents)).sum()
    spent = model.record.money[:, :-1, MONEY.index("projects")].sum()
    assert told == pytest.approx(spent)


@pytest.mark.parametrize("name", NAMES)
def test_large_contracts_signed_less_ended_are_those_still_held(name: str) -> None:
    model, table = finished(name)
    large = table[table["what"] == "large"]["event"].value_counts()
    held = int((model.state.governments.supplier[:-1] >= 0).sum())
    assert large["contract signed"] - large["contract ended"] == held


@pytest.mark.parametrize("name", NAMES)
def test_services_begun_less_ended_are_those_alive(name: str) -> None:
    model, table = finished(name)
    for row, place in enumerate(model.record.names):
        own = table[table["local_government"] == place]["event"].value_counts()
        alive = own.get("service begins", 0) - own.get("service ends", 0)
        assert alive == model.state.governments.live_services[row]


@pytest.mark.parametrize("name", NAMES)
def test_entries_less_exits_are_the_entrepreneurs_with_services(name: str) -> None:
    model, table = finished(name)
    for row, firm in enumerate(model.record.firms):
        own = table[table["firm"] == firm]["event"].value_counts()
        there = own.get("entry", 0) - own.get("exit", 0)
        assert there == int(model.state.firms.live_services[row] > 0)


def test_breaches_expose_those_who_are_counted() -> None:
    model, table = finished("privacy_scandal")
    breaches = table[table["event"] == "data breach"]
    struck = model.record.state[:, :, SNAPSHOT.index("incident")] > 0
    assert len(breaches) == struck.sum()
    exposed = breaches["what"].str.split().str[0].astype(int).sum()
    assert exposed == model.record.tallies[:, :, tally.EXPOSED].sum()
    assert set(breaches["cause"]) == {"hazard", "shock"}
    residents = dict(zip(model.record.names, model.record.residents, strict=True))
    shares = [
        int(breach.what.split()[0]) / residents[breach.local_government]
        for breach in breaches.itertuples()
    ]
    assert [exposed_share(what) for what in breaches["what"]] == shares


def test_elections_are_held_everywhere_every_four_years() -> None:
    model, table = finished("squeeze_and_relief")
    held = table[table["event"] == "election"]
    assert set(held["month"]) == set(range(48, model.months + 1, 48))
    assert (held.groupby("month").size() == len(model.record.names)).all()
    retreats = held[held["what"] == "retreated"]
    assert 0 < len(retreats) < len(held)
    assert (retreats["rows"] != "").all()
    assert len(retreats) == (model.record.journal["election"] == RETREATED).sum()


def test_rows_that_events_move_lead_from_start_to_end() -> None:
    """Every change of every position is told, with where it came from and went to."""
    model, table = finished("squeeze_and_relief")
    positions = {
        (place, row): float(model.record.start_profiles[number, k])
        for number, place in enumerate((*model.record.names, CENTRAL))
        for k, row in enumerate(model.record.rows)
    }
    kinds = ["reform", "reversal", "coercion", "election", "follows"]
    order = {kind: number for number, kind in enumerate(["reform", "reversal", "coercion"])}
    told = table[table["event"].isin(kinds) & (table["rows"] != "")].copy()
    told["order"] = told["event"].map(order).fillna(9)
    for event in told.sort_values(["month", "order"], kind="stable").to_dict("records"):
        for row, before, after in moves(event["positions"]):
            key = event["local_government"], row
            assert before == positions[key]
            positions[key] = after
    last = model.record.profiles[-1]
    for number, place in enumerate((*model.record.names, CENTRAL)):
        for k, row in enumerate(model.record.rows):
            assert positions[place, row] == last[number, k]


def test_what_the_scenario_makes_happen_is_told() -> None:
    model, table = finished("korea_1995_2025")
    counts = table["event"].value_counts()
    assert counts["move"] == len(model.plan.transition.moves)
    assert counts["shock begins"] == counts["shock ends"] == len(model.plan.shocks)
    crisis = table[(table["event"] == "shock begins") & table["what"].str.startswith("fiscal")]
    assert list(crisis["month"]) == [36]
    assert crisis["cause"].iloc[0].startswith("Asian financial crisis")
    _, squeezed = finished("squeeze_and_relief")
    policies = squeezed[squeezed["event"] == "policy change"]
    assert list(policies["cause"]) == ["a fiscal squeeze", "relief"]
    assert list(policies["month"]) == [97, 193]


def test_a_run_that_is_not_over_tells_what_happened_so_far(society: Make) -> None:
    model = society("gov3", citizens=400, years=4, seed=3)
    assert events(model.record).empty
    for _ in range(20):
        model.step()
    early = events(model.record)
    model.run()
    late = events(model.record)
    pd.testing.assert_frame_equal(early, late[late["month"] <= 20].reset_index(drop=True))


@pytest.mark.parametrize("name", ["squeeze_and_relief", "gov3"])
def test_both_engines_tell_the_same(society: Make, name: str) -> None:
    tables = []
    for engine in ("compiled", "agents"):
        model = society(name, citizens=200, years=None, engine=engine)
        while model.month < 60:
            model.step()
        tables.append(events(model.record))
    pd.testing.assert_frame_equal(*tables)


def test_nobody_reads_the_journal(society: Make) -> None:
    """With nonsense in every entry before each month, the society is the same."""
    digests = set()
    for spoil in (False, True):
        model = society("squeeze_and_relief", citizens=200, years=None)
        while model.month < 60:
            if spoil:
                for column in model.state.journal:
                    column[:] = np.ones_like(column)
            model.step()
        digests.add(fingerprint(model, without=("state.journal", "record.journal")))
    assert len(digests) == 1


def test_the_document_lists_every_column_and_kind() -> None:
    text = (Path(__file__).parents[1] / "docs" / "stories.md").read_text(encoding="utf-8")
    for column in COLUMNS:
        assert f"`{column}`" in text
    for kind, meaning in KINDS.items():
        assert f"| `{kind}` | {meaning} |" in text
