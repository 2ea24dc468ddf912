"""Statistics against known answers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.errors import UserMistake
from sim.outcomes import OUTCOMES, WINDOW
from sim.questions.assumptions import ledger
from sim.questions.comparison.findings import (
    HARDLY,
    Finding,
    find,
    find_at_prices,
    orders_told,
    sentences,
    strength,
)
from sim.questions.comparison.table import outcome_table
from sim.questions.transitions.hysteresis import loop_area
from sim.questions.transitions.paths import SHARE, estimate
from sim.statistics import (
    FEW,
    FEWEST,
    NOISE,
    POWER,
    WORTH_SETTLING,
    confidence_interval,
    difference_interval,
    few_replicates,
    noise_floor,
    range_of,
    replicates_to_settle,
    share_better,
    without_noise,
)
from sim.summaries import differences, paired_sample, summarise, variance_gain, windowed
from sim.text import decimals_for, interval_texts
from tests.studies import small_runs, small_study


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


@given(mean=st.floats(0.01, 5.0), sd=st.floats(0.1, 10.0), n=st.integers(FEWEST, 50))
def test_replicates_to_settle_are_just_enough(mean: float, sd: float, n: int) -> None:
    def settled(count: int) -> bool:
        return mean > stats.t.ppf(0.975, count - 1) * sd / math.sqrt(count)

    needed = replicates_to_settle(mean, sd, n)
    if needed is None:
        assert settled(n) or not settled(WORTH_SETTLING)
    else:
        assert needed <= WORTH_SETTLING
        assert settled(needed)
        assert not settled(needed - 1)


def _finding(mean: float, low: float, high: float, n: int = 30, shown: float = 0.5) -> Finding:
    return Finding("trust", "gov1", "gov3", n, mean, low, high, 0.5, shown)


@pytest.mark.parametrize(
    ("mean", "low", "high", "n", "shown", "words"),
    [
        (0.001, -0.031, 0.033, 30, 0.044,
         "gov3 is open at 0.00 (-0.03 to +0.03); 30 replicates would show 0.04 or more"),
        (0.1, -20.0, 20.2, 4, 17.7,
         "gov3 is open at +0.10 (-20.00 to +20.20); 4 replicates would show 17.70 or more"),
        (0.02, 0.008, 0.032, 30, 0.5,
         "gov3 is higher by 0.02 (+0.01 to +0.03), settled, but small"),
        (-0.1234, -0.1241, -0.1227, 30, 0.5,
         "gov3 is lower by 0.1234 (-0.1241 to -0.1227), settled, but small"),
        (-12.0, -13.0, -11.0, 30, 0.5, "gov3 is lower by 12.00 (-13.00 to -11.00)"),
        (0.0, 0.0, 0.0, 1, 0.5, "gov3 is exactly the same"),
        (2.0, math.nan, math.nan, 1, 0.5, "gov3 differs by +2.00 in the only replicate"),
        (0.003, math.nan, math.nan, 1, 0.5, "gov3 differs by +0.003 in the only replicate"),
        (-20.0, math.nan, math.nan, 2, 0.5,
         "gov3 differs by -20.00 in 2 replicates, too few for an interval"),
    ],
)  # fmt: skip
def test_every_finding_says_how_sure_and_how_large(
    mean: float, low: float, high: float, n: int, shown: float, words: str
) -> None:
    assert _finding(mean, low, high, n, shown).clause == words


def test_strength() -> None:
    assert strength(0.0, 0.0, 0.0) == "same"
    assert strength(1.0, math.nan, math.nan) == "too few replicates"
    assert strength(1.0, -1.0, 3.0) == "open"
    assert strength(0.02, 0.01, 0.03) == "settled, but small"
    assert strength(-5.0, -6.0, -4.0) == "settled"


@given(mean=st.floats(-50, 50), half=st.floats(1e-4, 20))
def test_an_interval_never_shows_as_nothing(mean: float, half: float) -> None:
    """The ends differ as written, and those of a settled difference are not zero."""
    low, high = mean - half, mean + half
    _, one, two = interval_texts(mean, low, high)
    assert one != two
    if low > 1e-4 or high < -1e-4:
        assert all(float(text) for text in (one, two))
    assert decimals_for(0.0, 0.0, 0.0) == 1


def _noisy(size: float, noise: float, outcome: str = "trust", n: int = 8) -> pd.DataFrame:
    """Two scenarios that differ by rounding noise of one sign, by replicate."""
    luck = np.random.Generator(np.random.Philox(1)).normal(size=n)
    level = size * (1.0 + 0.1 * luck)
    series = {("a", r): [float(level[r])] * 12 for r in range(n)}
    series |= {("b", r): [float(level[r] * (1.0 + noise * (1 + r)))] * 12 for r in range(n)}
    return windowed(_series(series, outcome))


@pytest.mark.parametrize("outcome", ["trust", "cost_per_need", "fit"])
@pytest.mark.parametrize("size", [1e-3, 0.5, 40.0, 3e6])
def test_rounding_noise_is_no_difference(outcome: str, size: float) -> None:
    values = _noisy(size, 1e-14, outcome)
    row = differences(values, "a", ["b"]).iloc[0]
    assert (row["mean"], row["conf_low"], row["conf_high"], row["share_better"]) == (0, 0, 0, 0)
    assert not paired_sample(values, "a", "b", outcome, 12).any()


@pytest.mark.parametrize("size", [1e-3, 0.5, 40.0])
def test_a_real_difference_is_never_taken_for_rounding(size: float) -> None:
    """A thousandth of a point is, in every replicate; so is a millionth of what has no range."""
    values = _noisy(size, 1e-3 / size)
    row = differences(values, "a", ["b"]).iloc[0]
    assert row["conf_low"] > 0
    assert row["mean"] == pytest.approx(np.mean(paired_sample(values, "a", "b", "trust", 12)))
    row = differences(_noisy(size, 1e-6, "cost_per_need"), "a", ["b"]).iloc[0]
    assert row["conf_low"] > 0


def test_rounding_noise_is_no_hysteresis_and_no_squeeze() -> None:
    """Areas, gaps and budgets that only rounding moves; and a move of positions by rounding."""
    level = np.array([1.0, 0.7, 0.7, 1.0])
    gap = np.full((6, 4), 0.3) + 1e-16 * np.arange(24).reshape(6, 4)
    assert not loop_area(level, gap).any()
    assert estimate(1e-16 * np.arange(1.0, 7.0))[:4] == (6, 0.0, 0.0, 0.0)
    assert estimate(np.array([0.0, 0.0, 0.1]), SHARE)[2] == 0.0
    assert math.isnan(estimate(np.array([0.1, 0.2]))[2])


def test_an_assumption_does_not_move_what_rounding_moves() -> None:
    assert ledger._moved(40.0 + 7e-15, 40.0, "trust") == 0.0
    assert ledger._moved(40.001, 40.0, "trust") == pytest.approx(0.001)
    study = small_study("gov1", "gov3")
    with pytest.raises(UserMistake, match="replicates: at least 3, not 2"):
        ledger.assumptions(study, replicates=2)


def test_noise_makes_no_gain_of_variance() -> None:
    names = [outcome.name for outcome in OUTCOMES]
    luck = np.random.Generator(np.random.Philox(3)).standard_normal(20)
    rows = [
        {"scenario": s, "replicate": r, "month": 12} | dict.fromkeys(names, v + shift * (1 + r))
        for s, shift in (("a", 0.0), ("b", 1e-14))
        for r, v in enumerate(luck)
    ]
    assert variance_gain(pd.DataFrame(rows), "a", "b", 12) == {}


def test_the_noise_floor_is_relative_to_numbers_and_range() -> None:
    assert noise_floor([1e6]) == pytest.approx(NOISE * 1e6)
    assert noise_floor([1e-6], outcome="trust") == pytest.approx(NOISE * 100)
    assert noise_floor([np.nan, 2.0, np.inf]) == pytest.approx(NOISE * 2)
    assert without_noise([1e-13, 1e-3], [5.0]).tolist() == [0.0, 1e-3]
    assert range_of("trust") == (0.0, 100.0)
    assert range_of("cost_per_citizen") == range_of("cost_per_need") == (0.0, math.inf)
    assert range_of("decision_delay") == (-math.inf, math.inf)


def test_few_replicates_have_no_interval_and_bounded_outcomes_stay_possible() -> None:
    for n in (1, 2):
        _, low, high = confidence_interval(np.array([50.0, 99.0])[:n])
        assert math.isnan(low)
        assert math.isnan(high)
    sample = np.array([60.0, 99.0, 100.0])
    mean, low, high = confidence_interval(sample, (0.0, 100.0))
    assert 0.0 <= low < mean < high <= 100.0
    _, low, high = difference_interval(np.array([-90.0, 90.0, 80.0]), "trust")
    assert (low, high) == (-100.0, 100.0)
    values = windowed(_series({("a", r): [v] * 12 for r, v in enumerate(sample)}))
    row = summarise(values).iloc[0]
    assert 0.0 <= row["conf_low"] < row["conf_high"] <= 100.0
    assert few_replicates(FEW, "x") == []
    assert few_replicates(2, "so")[0] == (
        "2 replicates say little of luck: so; 8 or more replicates tell more."
    )


@pytest.mark.parametrize("n", [FEWEST, 8, 30])
def test_intervals_cover_what_they_should(n: int) -> None:
    """Over many draws, 95 % hold the truth; cutting at what is possible loses none."""
    draws = np.random.Generator(np.random.Philox(5)).normal(3.0, 4.0, size=(4_000, n))
    found = [confidence_interval(sample, (0.0, 100.0)) for sample in draws]
    held = np.mean([low <= 3.0 <= high for _, low, high in found])
    assert 0.94 < held < 0.96


def test_the_table_prints_nothing_impossible() -> None:
    """Of few replicates no interval; at the end of the range two halves."""
    runs = small_runs()
    own = runs.timeseries[runs.timeseries["replicate"] < 2]
    few = outcome_table(replace(runs, timeseries=own))
    assert "2 replicates are too few for an interval; from 3 on there is one" in few
    assert "±" not in few
    numbers = runs.timeseries.assign(
        inclusion=100.0 - 30.0 * (runs.timeseries["replicate"] == 1).astype(float)
    )
    wide = outcome_table(replace(runs, timeseries=numbers))
    line = next(line for line in wide.splitlines() if line.startswith("inclusion"))
    assert "90.0 +10-43 [73.0, 100]" in line
    assert "Fewer than 8 replicates" in wide
    assert max(map(len, wide.splitlines()[:17])) <= 100


def test_the_table_has_units_directions_and_the_prices_of_time() -> None:
    runs = small_runs()
    lines = outcome_table(runs).splitlines()
    rows = {words[0]: words[1] for words in map(str.split, lines) if len(words) > 2}
    assert rows["trust"] == "points"
    assert rows["innovation"] == rows["needs_met"] == "%"
    assert rows["cost_per_citizen*"] == "money"
    assert "cost_per_citizen: model money per citizen and year" in " ".join(lines)
    at = lines.index("Efficiency with an hour of citizens' time at")
    last = runs.summary[runs.summary["month"] == 36].set_index(["outcome", "scenario"])["mean"]
    for line, price in zip(lines[at + 2 : at + 5], (0, 2, 5), strict=True):
        assert line.startswith(f"  {price} money")
        assert all(f"{last[f'efficiency_time_{price}', name]:.1f}" in line for name in
                   runs.study.scenarios)  # fmt: skip
    assert lines[at + 5].startswith("By their means the order ")


def test_an_order_that_rests_on_the_price_of_time_is_told() -> None:
    same = {0: {"a": 1.0, "b": 2.0}, 5: {"a": 2.0, "b": 3.0}}
    assert orders_told(same) == "the order is the same at every price: b, a"
    turned = {0: {"a": 1.0, "b": 2.0}, 2: {"a": 1.0, "b": 2.0}, 5: {"a": 2.0, "b": 1.0}}
    assert orders_told(turned) == "the order differs with the price: b, a at 0 and 2; a, b at 5"


def _of_nine(outcome: str, mean: float, half: float) -> Finding:
    return Finding(outcome, "gov1", "gov3", 9, mean, mean - half, mean + half, 1.0, 0.5)


def test_what_a_difference_comes_with_is_told_beside_it() -> None:
    trust, met = _of_nine("trust", 3.0, 1.0), _of_nine("needs_met", -2.0, 1.0)
    cost = _of_nine("cost_per_citizen", 5.0, 1.0)
    lines = sentences([trust, met, cost])
    assert lines[0] == (
        "Trust (points) against gov1: gov3 is higher by 3.00 (+2.00 to +4.00), at 2.0 percentage "
        "points fewer needs met and 5.0 model money more per citizen and year."
    )
    assert lines[2].startswith(
        "Cost per citizen (model money per citizen and year, lower is better) "
    )
    assert "needs met" not in lines[2]
    assert [f.better for f in (trust, met, cost)] == [True, False, False]
    assert _of_nine("cost_per_citizen", -5.0, 1.0).better
    unsettled = _of_nine("cost_per_citizen", 0.3, 1.0)
    assert unsettled.better is None
    assert (
        "0.3 model money more per citizen and year (open)" in sentences([trust, met, unsettled])[0]
    )
    assert ", at " not in sentences([_of_nine("trust", 0.1, 1.0), met, cost])[0]


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
            assert ("settled, but small" in finding.clause) == (abs(finding.mean) < HARDLY)
            assert finding.shown >= 0.0
    lines = sentences(findings)
    assert len([line for line in lines if not line.startswith(" ")]) == len(OUTCOMES)
    at = next(n for n, line in enumerate(lines) if line.startswith("Participation"))
    assert "gov3 is higher by" in lines[at]
    assert lines[at + 1].startswith("  Partly by definition")
    priced = sentences(findings, find_at_prices(runs))
    assert len(priced) == len(lines) + 1
    assert priced[1].startswith(
        "  It rests on the price of citizens' time; at 0 / 2 / 5 model money"
    )


def test_a_scenario_against_itself_is_exactly_the_same() -> None:
    runs = small_runs()
    values = runs.values[runs.values["scenario"] == "gov1"]
    twin = pd.concat([values, values.assign(scenario="twin")], ignore_index=True)
    rows = differences(twin, "gov1", ["twin"])
    assert (rows["mean"] == 0).all()
    assert (rows["conf_low"] == 0).all()
    assert (rows["share_better"] == 0).all()


def test_what_so_many_replicates_would_show_they_show_in_four_of_five_cases() -> None:
    luck = np.random.default_rng(1)
    sd, n = 2.0, 60
    shown = POWER * sd / math.sqrt(n)
    settled = [
        low > 0
        for _ in range(1_000)
        for _, low, _ in [confidence_interval(luck.normal(shown, sd, n))]
    ]
    assert 0.76 <= np.mean(settled) <= 0.84
