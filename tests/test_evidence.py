"""What was observed, and how the model is held against it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.evidence.observed import DATA, indicators, observed
from sim.questions.evidence.asked import KOREA, countries, europe, plan_evidence
from sim.questions.evidence.patterns import Seen, pattern_table, patterns
from sim.questions.evidence.results import lines
from sim.scenario import Scenario


class _Runs:
    """As much of finished runs as patterns read."""

    def __init__(self, timeseries: pd.DataFrame, starts: dict[str, str], replicates: int) -> None:
        scenarios = {n: Scenario.load("gov2").but(start=start) for n, start in starts.items()}
        self.study = type("Study", (), {"scenarios": scenarios})()
        self.timeseries = timeseries
        self.replicates = replicates


def _series(name: str, months: int, **outcomes: Any) -> pd.DataFrame:
    month = np.arange(1, months + 1)
    return pd.DataFrame({"scenario": name, "replicate": 0, "month": month, **outcomes})


def _everything(outcomes: dict[str, float]) -> Any:
    """Runs of all scenarios in which every reading is a constant."""
    study = plan_evidence()
    parts = [
        _series(name, scenario.months, **outcomes) for name, scenario in study.scenarios.items()
    ]
    starts = {name: scenario.start for name, scenario in study.scenarios.items()}
    return _Runs(pd.concat(parts), starts, 1)


READ = {
    "forms_share": 20.0, "digital_use": 40.0, "online_supply": 50.0, "online_share": 40.0,
    "participation_breadth": 10.0, "top3_share": 0.3, "trust_sd": 20.0, "trust": 40.0,
    "trust_local": 43.0, "trust_central": 37.0, "supplier_top4": 0.5,
}  # fmt: skip


def test_all_figures_are_named_and_told_of() -> None:
    sources = (DATA / "SOURCES.md").read_text("utf-8")
    for name in indicators():
        assert f"`{name}`" in sources, name
        table = observed(name)
        assert len(table)
        assert table["value"].between(-100, 100).all()
        assert table["country"].str.len().eq(3).all()
    with pytest.raises(KeyError):
        observed("nothing")


def test_eighteen_countries_are_run_to_2011() -> None:
    assert len(countries()) == 18
    study = plan_evidence(500, 1)
    assert {europe(c) for c in countries()} < set(study.scenarios)
    estonia = study.scenarios[europe("EST")]
    assert estonia.date_of(estonia.months) == "2011-12"
    assert all(s.society.citizens == 500 for s in study.scenarios.values())


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


def test_every_pattern_is_read_off_its_outcome() -> None:
    table = pattern_table(_everything(READ)).set_index("pattern")
    assert table.loc["forms_per_use", "replicate_0"] == 0.5
    assert table.loc["forms_per_use_spread", "replicate_0"] == 0.0
    assert table.loc["use_spread", "verdict"] == "miss"
    assert math.isnan(table.loc["supply_path", "replicate_0"])  # never reached
    assert table.loc["local_above_central", "replicate_0"] == 6.0
    assert table.loc["suppliers_gov1", "verdict"] == "miss"
    share = observed("civil_app_online_share").set_index("year")["value"]
    error = float(np.sqrt(((share - 40.0) ** 2).mean()))
    assert table.loc["korea_online", "replicate_0"] == pytest.approx(error)


def test_a_replicate_outside_is_a_miss() -> None:
    inside = replace(patterns()[0], low=0.0, high=1.0)
    assert inside.holds(0.5)
    runs = _everything(READ)
    other = runs.timeseries.assign(replicate=1, trust_sd=5.0)
    runs.timeseries, runs.replicates = pd.concat([runs.timeseries, other]), 2
    table = pattern_table(runs).set_index("pattern")
    assert table.loc["trust_between_citizens", "verdict"] == "miss"
    assert table.loc["contact", "verdict"] == "pass"
    told = lines(table.reset_index())
    missed = next(line for line in told if line.startswith("Missed:"))
    assert "trust_between_citizens" in missed
    assert "contact" not in missed
    assert any(line.startswith("trust_between_citizens") and "5 to 20" in line for line in told)


def test_korea_is_run_to_today() -> None:
    assert plan_evidence().scenarios[KOREA].years == 31


def test_the_path_of_supply_is_timed_in_transactions() -> None:
    runs = _everything(READ)
    rising = np.clip((runs.timeseries["month"] - 12) / 240.0, 0.0, 1.0)
    runs.timeseries["online_supply"] = 100.0 * rising
    table = pattern_table(runs).set_index("pattern")
    start, end = (1 - math.sqrt(1 - share) for share in (0.321, 0.754))
    expected = 20.0 * (end - start)
    assert table.loc["supply_path", "replicate_0"] == pytest.approx(expected, abs=0.2)
