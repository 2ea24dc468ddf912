"""What was observed, and how the model is held against it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.evidence import posterior
from sim.evidence.observed import DATA, indicators, observed
from sim.paradigms import FIGURE
from sim.questions.europe import name_of
from sim.questions.evidence import asked
from sim.questions.evidence.asked import (
    KOREA,
    PARADIGMS,
    countries,
    plan_evidence,
    plan_worlds,
)
from sim.questions.evidence.patterns import (
    DESIGNED,
    Seen,
    inside_of_designed,
    null_table,
    pattern_table,
    patterns,
)
from sim.questions.evidence.patterns.curves import (
    changes_together,
    fit,
    logistic,
    rates_and_lags,
    slope_of_changes,
)
from sim.questions.evidence.patterns.korea import firms_share
from sim.questions.evidence.results import lines
from sim.scenario import Scenario
from tests.studies import probed


@pytest.fixture(scope="module", autouse=True)
def probes() -> Iterator[ModuleType]:
    """The probes, for as long as this module's tests run."""
    with probed("probes", "firms") as (found, _):
        yield found


class _Runs:
    """As much of finished runs as patterns read."""

    def __init__(self, timeseries: pd.DataFrame, starts: dict[str, str], replicates: int) -> None:
        scenarios = {n: Scenario.load("gov2").but(start=start) for n, start in starts.items()}
        self.study = type("Study", (), {"scenarios": scenarios})()
        self.timeseries = timeseries
        self.replicates = replicates
        self.events = pd.DataFrame()
        self.local = pd.DataFrame()


def _series(name: str, months: int, **outcomes: Any) -> pd.DataFrame:
    month = np.arange(1, months + 1)
    return pd.DataFrame({"scenario": name, "replicate": 0, "month": month, **outcomes})


@cache
def _study() -> Any:
    return plan_evidence()


def _everything(outcomes: dict[str, float]) -> Any:
    """Runs of all scenarios in which every reading is a constant."""
    study = _study()
    rows = {f"profile_{row}": 0.0 for row in FIGURE.row_ids}
    parts = [
        _series(name, scenario.months, **outcomes, **rows)
        for name, scenario in study.scenarios.items()
    ]
    starts = {name: scenario.start for name, scenario in study.scenarios.items()}
    return _Runs(pd.concat(parts), starts, 1)


READ = {
    "forms_share": 20.0, "digital_use": 40.0, "online_supply": 50.0, "online_share": 40.0,
    "participation_breadth": 10.0, "top3_share": 0.3, "trust_sd": 20.0, "trust": 40.0,
    "trust_local": 43.0, "trust_central": 37.0, "supplier_top4": 0.5, "infrastructure": 60.0,
    "transactions_online": 40.0, "service_cost": 12.0, "second_report": 1.5,
    "firms_use": 85.0, "new_bridges_kept": 0.1, "new_embedded_kept": 0.5,
}  # fmt: skip


def test_all_figures_are_named_and_told_of() -> None:
    sources = (DATA / "SOURCES.md").read_text("utf-8")
    for name in indicators():
        assert f"`{name}`" in sources, name
        table = observed(name)
        assert len(table)
        assert table["value"].between(-100, 1000).all()
        assert table["country"].str.len().eq(3).all()
    with pytest.raises(KeyError):
        observed("nothing")


def test_eighteen_countries_are_run_to_2021() -> None:
    assert len(countries()) == 18
    study = plan_evidence(500, 1)
    assert {name_of(c) for c in countries()} < set(study.scenarios)
    estonia = study.scenarios[name_of("EST")]
    assert estonia.date_of(estonia.months) == "2021-12"
    crowds = {name for name, s in study.scenarios.items() if s.society.citizens != 500}
    assert crowds == {asked.UNASKED}


def test_one_fitted_set_holds_everywhere_but_where_a_scenario_says_otherwise() -> None:
    name = "service.choice_intercept"
    study = plan_evidence(500, 1, parameters={name: -1.0, "service.ease": 0.3})
    value = {n: s.parameter_values(0)[name] for n, s in study.scenarios.items()}
    assert (value["gov1"], value[name_of("FIN")]) == (-1.0, -1.0)
    assert value[asked.DIGITAL] == 2.0
    assert study.scenarios[name_of("EST")].parameter_values(0)["service.ease"] == 0.3


def test_the_fitted_set_is_the_mean_of_the_draws() -> None:
    draws = posterior.draws()
    assert set(posterior.mean_set()) == set(posterior.fitted_names())
    for name, value in posterior.mean_set().items():
        assert value == pytest.approx(np.mean([draw[name] for draw in draws]))


def test_worlds_ask_the_same_scenarios() -> None:
    study = plan_worlds(3, 500)
    assert set(study.scenarios) == set(plan_evidence(500).scenarios)
    assert (study.worlds, study.per_world) == (3, 1)


def test_bands_hold_what_was_observed() -> None:
    found = patterns()
    assert len({p.name for p in found}) == len(found)
    for pattern in found:
        assert pattern.low < pattern.high
        assert math.isnan(pattern.observed) or pattern.holds(pattern.observed), pattern.name
        assert not pattern.holds(pattern.high + 1)
        assert not pattern.holds(math.nan)


def test_years_end_in_december() -> None:
    runs = _Runs(_series("one", 36, trust=np.arange(1.0, 37.0)), {"one": "2008-01"}, 1)
    yearly = Seen(runs, 0).yearly("one", "trust")  # type: ignore[arg-type]
    assert yearly.to_dict() == {2008: 12.0, 2009: 24.0, 2010: 36.0}


def test_all_eighteen_designed_patterns_are_there() -> None:
    """Each with a band and a source; what nothing stood for would be told as such, and no pass."""
    found = patterns()
    assert {p.number for p in found} == {0, *range(1, DESIGNED + 1)}
    assert all(p.source for p in found)
    assert all(p.read for p in found)
    absent = replace(found[0], read=None)
    assert absent.verdict(absent.observed) == "not modelled"


def test_every_pattern_is_read_off_its_outcome() -> None:
    table = pattern_table(_everything(READ)).set_index("pattern")
    assert table.loc["forms_per_use", "replicate_0"] == 0.5
    assert table.loc["forms_per_use_spread", "replicate_0"] == 0.0
    assert table.loc["use_spread", "verdict"] == "miss"
    assert math.isnan(table.loc["supply_path", "replicate_0"])  # never reached
    assert table.loc["local_above_central", "replicate_0"] == 6.0
    assert table.loc["suppliers_gov1", "verdict"] == "miss"
    assert (table.loc["firms_ahead", "replicate_0"], table.loc["firms_ahead", "verdict"]) == (
        45.0,
        "pass",
    )
    assert table.loc["embedded_ties", "replicate_0"] == pytest.approx(5.0)
    assert table.loc["saving", "replicate_0"] == 0.0
    assert (table["world_verdict"] == "").all()
    share = observed("civil_app_online_share").set_index("year")["value"]
    firms = firms_share([int(year) for year in share.index])
    filed = 100.0 * firms + (1.0 - firms) * 40.0
    error = float(np.sqrt(((share - filed) ** 2).mean()))
    assert table.loc["korea_online", "replicate_0"] == pytest.approx(error)


def test_firms_part_is_what_was_counted_in_two_years() -> None:
    first, between, last, later = firms_share([2008, 2010, 2012, 2013])
    assert first == pytest.approx(0.471 * 0.241)
    assert last == later == pytest.approx((105.26 + 85.19) / 609)
    assert between == pytest.approx((first + last) / 2)
    assert 100.0 * first < observed("civil_app_online_share").set_index("year")["value"][2008]


def test_the_mean_of_the_replicates_is_held_against_the_band() -> None:
    inside = replace(patterns()[0], low=0.0, high=1.0)
    assert inside.verdict(0.5) == "pass"
    assert inside.verdict(math.nan) == "miss"
    runs = _everything(READ)
    other = runs.timeseries.assign(replicate=1, trust_sd=5.0, participation_breadth=11.0)
    runs.timeseries, runs.replicates = pd.concat([runs.timeseries, other]), 2
    table = pattern_table(runs).set_index("pattern")
    assert table.loc["trust_between_citizens", "verdict"] == "miss"
    assert table.loc["contact", "verdict"] == "pass"
    told = lines(table.reset_index())
    missed = next(line for line in told if line.startswith("Missed:"))
    assert "trust_between_citizens" in missed
    assert "contact" not in missed
    assert any(line.startswith("trust_between_citizens") and "12.5" in line for line in told)


def test_worlds_are_read_by_their_mean_and_central_part() -> None:
    runs, worlds = _everything(READ), _everything(READ)
    parts = [worlds.timeseries.assign(replicate=n, trust_sd=15.0 + n) for n in range(11)]
    worlds.timeseries = pd.concat(parts)
    table = pattern_table(runs, worlds).set_index("pattern")
    row = table.loc["trust_between_citizens"]
    assert (row["world_mean"], row["world_low"], row["world_high"]) == pytest.approx(
        (20.0, 15.0, 25.0)
    )
    assert row["world_verdict"] == "pass"
    assert table.loc["firms_ahead", "world_verdict"] == "pass"
    assert table.loc["supply_path", "world_verdict"] == "miss"  # reached in no world
    assert any("Over worlds" in line for line in lines(table.reset_index()))


def test_a_designed_pattern_passes_with_all_of_its_readings() -> None:
    rows = [("a", 1, "pass"), ("b", 1, "miss"), ("c", 2, "pass"), ("d", 0, "pass")]
    table = pd.DataFrame(rows, columns=["pattern", "number", "verdict"])
    assert inside_of_designed(table) == [2]


def test_shuffled_labels_take_readings_out_of_their_bands() -> None:
    """Each paradigm with readings of its own: what is inside by label is outside by another."""
    runs = _everything(READ)
    told = {"gov1": (10.0, 0.8), "gov2": (14.0, 0.8), "gov3": (34.0, 0.3)}
    for name, (breadth, suppliers) in told.items():
        own = runs.timeseries["scenario"] == name
        runs.timeseries.loc[own, "participation_breadth"] = breadth
        runs.timeseries.loc[own, "supplier_top4"] = suppliers
    row = null_table(runs).iloc[0]
    assert row["inside_shuffled"] < row["inside"] <= row["readings"]
    seen = Seen(runs, 0, {"gov1": "gov3"})
    assert seen.last("gov1", "participation_breadth") == 34.0
    same = null_table(_everything(READ)).iloc[0]
    assert same["inside_shuffled"] == same["inside"]  # where paradigms are alike labels say nothing


def test_curves_are_found_again() -> None:
    years = np.arange(2000.0, 2022.0)
    shares = pd.Series(logistic(years - 2000.0, 0.7, 0.4, 9.0), index=years)
    assert fit(shares) == pytest.approx((0.7, 1.0), abs=1e-3)
    use, online = (
        pd.DataFrame([logistic(years, 1.0, rate, middle)] * 2, columns=years)
        for rate, middle in ((0.15, 2012.0), (0.3, 2004.0))
    )
    assert rates_and_lags(use, online) == pytest.approx((0.15, 8.0), abs=1e-3)
    assert rates_and_lags(use, use)[1] == pytest.approx(0.0, abs=1e-6)


def test_changes_are_those_within_countries() -> None:
    """Levels and trends of countries count for nothing, nor does what all share in a year."""
    years = range(2000, 2010)
    luck = np.random.default_rng(1).normal(size=(6, 10)).cumsum(axis=1)
    levels = 10.0 * np.arange(6)[:, None] + np.arange(10)
    cause = pd.DataFrame(luck + levels, columns=years)
    effect = pd.DataFrame(-0.3 * luck + 5.0 * levels + np.sin(np.arange(10)), columns=years)
    assert slope_of_changes(cause, effect) == pytest.approx(-0.3)
    assert changes_together(cause, cause) == pytest.approx(1.0)
    assert changes_together(cause, pd.DataFrame(levels, columns=years)) == 0.0


# Probes: the shipped rules to the last bit, and what is read.


def _small(name: str, **changes: Any) -> Scenario:
    return Scenario.load(name).but(society={"citizens": 500}, **{"years": 3, **changes})


@pytest.mark.parametrize("name", ["Applications", "Reporters", "Tied", "Worse"])
def test_a_probe_changes_nothing_but_what_it_says(name: str, probes: ModuleType) -> None:
    """A slump comes in the eleventh year only."""
    kind = getattr(probes, name)
    plain, probed = (
        s.model(seed=3, collect=False).run().national()
        for s in (_small("gov2"), _small("gov2").under(kind))
    )
    own = [outcome.name for outcome in kind.own_outcomes]
    pd.testing.assert_frame_equal(plain, probed.drop(columns=own), check_exact=True)


def test_a_slump_costs_trust_and_openness_hardly_any(probes: ModuleType) -> None:
    plan = _small("gov2", years=11)
    plain, worse, seen = (
        s.model(seed=3, collect=False).run().national()["trust"].to_numpy()
        for s in (plan, plan.under(probes.Worse), plan.under(probes.Open))
    )
    assert (plain[:120] == worse[:120]).all()
    assert plain[-1] - worse[-1] > 4.0
    assert (plain != seen).any()
    assert abs(plain - seen).max() < 2.0


def test_applications_are_transactions_done_online(probes: ModuleType) -> None:
    plan = _small("gov2", years=8).under(probes.Applications)
    told = plan.model(seed=3, collect=False).run().national()
    assert told["transactions_online"].between(0.0, 100.0).all()
    assert told["transactions_online"].iloc[-1] > told["transactions_online"].iloc[11]
    assert told["service_cost"].iloc[-1] < told["service_cost"].iloc[0]


def test_new_ties_are_followed_for_a_year(probes: ModuleType) -> None:
    plan = _small("gov3", years=6).under(probes.Tied)
    told = plan.model(seed=3, collect=False).run().national()
    assert (told[["new_bridges_kept", "new_embedded_kept"]].iloc[:12] == 0.0).all(axis=None)
    last = told.iloc[-1]
    assert 0.0 < last["new_bridges_kept"] < last["new_embedded_kept"] <= 1.0


def test_korea_is_run_to_today() -> None:
    assert _study().scenarios[KOREA].years == 31
    assert set(PARADIGMS) < set(_study().scenarios)


def test_the_path_of_supply_is_timed_in_transactions() -> None:
    runs = _everything(READ)
    rising = np.clip((runs.timeseries["month"] - 12) / 240.0, 0.0, 1.0)
    runs.timeseries["online_supply"] = 100.0 * rising
    table = pattern_table(runs).set_index("pattern")
    start, end = (1 - math.sqrt(1 - share) for share in (0.321, 0.754))
    expected = 20.0 * (end - start)
    assert table.loc["supply_path", "replicate_0"] == pytest.approx(expected, abs=0.2)
