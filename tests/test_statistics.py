"""Statistics against known answers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.experiments.findings import HARDLY, find, sentences
from sim.experiments.statistics import (
    confidence_interval,
    differences,
    replicates_to_settle,
    share_better,
    summarise,
    variance_gain,
    windowed,
)
from sim.outcomes import OUTCOMES, WINDOW
from tests.studies import small_runs


def _series(values: dict[tuple[str, int], list[float]], outcome: str = "trust") -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "scenario": scenario,
                "replicate": replicate,
                "month": np.arange(1, len(series) + 1),
                outcome: series,
            }
        )
        for (scenario, replicate), series in values.items()
    ]
    return pd.concat(frames, ignore_index=True)


def test_headline_is_the_mean_of_the_last_36_months() -> None:
    months = list(np.arange(1.0, 61.0))
    values = windowed(_series({("a", 0): months}))
    assert list(values["month"]) == [12, 24, 36, 48, 60]
    assert values["trust"].iloc[0] == pytest.approx(6.5)
    assert values["trust"].iloc[-1] == pytest.approx(np.mean(months[-WINDOW:]))


def test_confidence_agrees_with_scipy() -> None:
    sample = np.array([1.0, 2.0, 4.0, 4.5, 7.0])
    mean, low, high = confidence_interval(sample)
    expected = stats.t.interval(0.95, 4, loc=sample.mean(), scale=stats.sem(sample))
    assert mean == pytest.approx(3.7)
    assert (low, high) == pytest.approx(expected)


def test_summary_of_known_values() -> None:
    values = windowed(_series({("a", r): [float(r)] * 12 for r in range(5)}))
    row = summarise(values).iloc[0]
    assert row["n"] == 5
    assert row["mean"] == 2.0
    assert row["sd"] == pytest.approx(math.sqrt(2.5))
    assert row["spread_low"] == pytest.approx(0.2)
    assert row["spread_high"] == pytest.approx(3.8)


def test_differences_are_paired_by_replicate() -> None:
    series = {("a", r): [10.0 * r] * 12 for r in range(4)}
    series |= {("b", r): [10.0 * r + 1.0] * 12 for r in range(4)}
    row = differences(windowed(_series(series)), "a", ["b"]).iloc[0]
    assert row["mean"] == pytest.approx(1.0)
    assert row["conf_low"] == pytest.approx(1.0)
    assert row["share_better"] == 1.0


def test_a_replicate_without_its_pair_is_left_out() -> None:
    series = {("a", 0): [1.0] * 12, ("a", 1): [1.0] * 12, ("b", 0): [3.0] * 12}
    row = differences(windowed(_series(series)), "a", ["b"]).iloc[0]
    assert row["n"] == 1
    assert row["mean"] == 2.0


def test_better_follows_the_direction() -> None:
    sample = np.array([1.0, 2.0, -1.0, 0.0])
    assert share_better(sample, "trust") == 0.5
    assert share_better(sample, "cost_per_need") == 0.25


@given(mean=st.floats(0.01, 5.0), sd=st.floats(0.1, 10.0), n=st.integers(2, 50))
def test_replicates_to_settle_are_just_enough(mean: float, sd: float, n: int) -> None:
    def settled(count: int) -> bool:
        return mean > stats.t.ppf(0.975, count - 1) * sd / math.sqrt(count)

    needed = replicates_to_settle(mean, sd, n)
    if needed is None:
        assert settled(n)
    else:
        assert settled(needed)
        assert not settled(needed - 1)


def test_variance_gain_of_perfectly_common_luck() -> None:
    luck = np.random.Generator(np.random.Philox(3)).standard_normal(50)
    rows = []
    for name, shift in (("a", 0.0), ("b", 1.0)):
        for replicate, value in enumerate(luck):
            own = 0.1 * math.sin(replicate) if name == "b" else 0.0
            readings = {outcome.name: value + shift + own for outcome in OUTCOMES}
            rows.append({"scenario": name, "replicate": replicate, "month": 12} | readings)
    gains = variance_gain(pd.DataFrame(rows), "a", "b", 12)
    assert set(gains) == {outcome.name for outcome in OUTCOMES}
    assert min(gains.values()) > 100


def test_sentences_say_what_the_numbers_say() -> None:
    runs = small_runs()
    findings = find(runs)
    assert len(findings) == len(OUTCOMES) * 2
    for finding in findings:
        if finding.verdict == "open":
            assert finding.low <= 0 <= finding.high
            assert "open" in finding.clause
        elif finding.verdict in ("higher", "lower"):
            assert finding.low > 0 or finding.high < 0
            assert finding.verdict in finding.clause
            assert ("hardly" in finding.clause) == (abs(finding.mean) < HARDLY)
            assert finding.needed is None
    lines = sentences(findings)
    assert len(lines) == len(OUTCOMES)
    participation = next(line for line in lines if line.startswith("Participation"))
    assert "gov3 is higher by" in participation


def test_a_scenario_against_itself_is_exactly_the_same() -> None:
    runs = small_runs()
    values = runs.values[runs.values["scenario"] == "gov1"]
    twin = pd.concat([values, values.assign(scenario="twin")], ignore_index=True)
    rows = differences(twin, "gov1", ["twin"])
    assert (rows["mean"] == 0).all()
    assert (rows["conf_low"] == 0).all()
    assert (rows["share_better"] == 0).all()
