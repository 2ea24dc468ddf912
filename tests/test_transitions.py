"""Transitions: what is planted in frames is found, and what is not there is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, kurtosis

from sim.cli import main
from sim.drawing.page import Drawing, in_our_style
from sim.paradigms import FIGURE
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, plan_study
from sim.questions.transitions.analysis import Transitions, analyse
from sim.questions.transitions.figures import _TRANSITION_DRAWINGS, write_transition_figures
from sim.questions.transitions.figures.loop import draw_loop
from sim.questions.transitions.figures.phase import draw_phase
from sim.questions.transitions.figures.stage_flow import draw_stage_flow
from sim.questions.transitions.figures.stage_map import draw_stage_map
from sim.questions.transitions.figures.stages import typical_replicate
from sim.questions.transitions.hysteresis import (
    find_hysteresis,
    loop_area,
    participatory_share,
    years_until_half_back,
)
from sim.questions.transitions.moves import (
    annual_changes,
    excess_kurtosis,
    leaping,
    moved_rows,
    random_timing_kurtosis,
    reforms,
    skipping,
)
from sim.questions.transitions.order import (
    agreement,
    crossings,
    decisions_lead,
    order_of_rows,
    services_lead,
)
from sim.questions.transitions.paths import (
    PARTICIPATORY_ROWS,
    ROWS,
    SERVICE_ROWS,
    Numbers,
    Paths,
    estimate,
    find_paths,
    paths_of,
)
from sim.questions.transitions.spread import (
    early_movers,
    fit_logistic,
    locked_in,
    passing_years,
    ranks,
    spread,
    stuck,
)
from sim.questions.transitions.stages import (
    ever_in,
    flows_between,
    monotone,
    shares_at,
    stage_names,
    stages,
    time_in_stages,
)
from sim.questions.transitions.told import lines
from sim.questions.transitions.twins import (
    Squeeze,
    TransitionStudy,
    budgets,
    find_squeeze,
    with_twins,
)
from sim.questions.transitions.verdicts import (
    Verdict,
    verdicts_of_hysteresis,
    verdicts_of_paths,
)
from sim.questions.transitions.warning import (
    BEFORE,
    INDICATORS,
    Series,
    find_shift,
    trends,
    warnings_of,
)
from sim.runs.folder import read_manifest, verify
from sim.runs.runner import Where
from sim.scenario import Scenario
from tests.test_figures import assert_page_readable

COUNT = len(ROWS)


def local_frame(positions: Numbers, **readings: Numbers) -> pd.DataFrame:
    """Yearly readings from positions of shape (replicates, governments, years, rows)."""
    rows = []
    for replicate, government, year in np.ndindex(positions.shape[:3]):
        rows.append(
            {
                "scenario": "made",
                "replicate": replicate,
                "month": 12 * (year + 1),
                "local_government": f"g{government}",
                **dict(zip(ROWS, positions[replicate, government, year], strict=True)),
                **{name: values[replicate, government, year] for name, values in readings.items()},
            }
        )
    return pd.DataFrame(rows)


def made(means: Any, start: float = 0.0, **readings: Numbers) -> Paths:
    """Paths whose rows all stand at the mean; `means` are by replicate, government and year."""
    positions = np.repeat(np.asarray(means, dtype=float)[..., None], COUNT, axis=3)
    frame = local_frame(positions, **readings).sample(frac=1.0, random_state=1)
    return paths_of("made", np.full(COUNT, start), frame)


def events_frame(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Events from (replicate, month, government, event, cause, rows)."""
    names = ["replicate", "month", "local_government", "event", "cause", "rows"]
    frame = pd.DataFrame(rows, columns=names).assign(scenario="made", model="", cost=0.0)
    return frame.assign(positions=[text.replace(" to ", " ") for text in frame["rows"]])


# Paths and stages


def test_paths_keep_who_was_where_whatever_the_order_of_rows() -> None:
    paths = made([[[0.1, 0.2], [1.1, 1.2]], [[0.3, 0.4], [1.3, 1.4]]])
    assert paths.months == (0, 12, 24)
    assert paths.governments == ("g0", "g1")
    assert paths.positions.shape == (2, 2, 3, COUNT)
    assert paths.means[1, 0].tolist() == pytest.approx([0.0, 0.3, 0.4])
    assert paths.means[0, 1].tolist() == pytest.approx([0.0, 1.1, 1.2])


@pytest.mark.parametrize(
    ("profile", "stage"),
    [
        (np.zeros(COUNT), "gov1"),
        (np.full(COUNT, 0.3), "gov1"),
        (np.full(COUNT, 0.5), "mixed gov1-gov2"),
        (np.full(COUNT, 0.9), "gov2"),
        (np.full(COUNT, 1.5), "mixed gov2-gov3"),
        (np.full(COUNT, 2.0), "gov3"),
        (np.repeat([0.0, 2.0], COUNT // 2), "mixed gov2-gov3"),
        (np.repeat([0.0, 1.0], COUNT // 2), "mixed gov1-gov2"),
    ],
)
def test_stages_are_the_nearest_paradigm_or_mixed(profile: Numbers, stage: str) -> None:
    assert stage_names()[int(stages(profile))] == stage


def test_time_flows_and_shares_of_a_planted_history() -> None:
    """One government passes through, one stays; two replicates alike."""
    paths = made([[[0.0, 1.0, 1.0, 2.0], [0.0, 0.0, 0.0, 0.0]]] * 2)
    years = time_in_stages(paths).set_index("stage")["mean"]
    assert years.to_dict() == {
        "gov1": 2.5, "mixed gov1-gov2": 0.0, "gov2": 1.0, "mixed gov2-gov3": 0.0, "gov3": 0.5
    }  # fmt: skip
    assert years.sum() == paths.years
    assert shares_at(paths, [0, 4]).tolist() == [[1, 0, 0, 0, 0], [0.5, 0, 0, 0, 0.5]]
    flows = flows_between(paths, 1, 2)
    assert flows[0, 0] == flows[0, 2] == 0.5
    assert flows.sum() == 1.0
    assert ever_in(paths, "gov2").tolist() == [0.5, 0.5]


def test_a_path_is_monotone_until_one_row_steps_back() -> None:
    assert monotone(made([[[0.0, 1.0, 2.0], [0.0, 1.0, 0.5]]])).tolist() == [0.5]
    positions = np.ones((1, 1, 2, COUNT))
    positions[0, 0, 1, 3] = 0.9
    paths = paths_of("made", np.ones(COUNT), local_frame(positions))
    assert monotone(paths).tolist() == [0.0]


# Order


def rising(begins: Sequence[float], months: int = 100) -> Numbers:
    """Rows that rise by a hundredth a month from a month on; shape (months, rows)."""
    since = np.arange(1, months + 1)[:, None] - np.asarray(begins, dtype=float)
    return np.clip(since / 100.0, 0.0, 1.0)


def test_the_planted_order_of_rows_is_found() -> None:
    begins = np.arange(COUNT)[::-1] * 5.0
    rows = np.array([rising(begins), rising(begins + 2)])
    months = crossings(rows, np.zeros(COUNT))
    late = begins + 50 > 100
    assert np.isinf(months[0, late]).all()
    assert months[0, ~late].tolist() == (begins + 50)[~late].tolist()
    table = order_of_rows("made", rows, np.zeros(COUNT))
    assert table["row"].iloc[0] == FIGURE.row_ids[-1]
    assert table["mean"].iloc[0] == 51.0
    assert table["direction"].iloc[0] == "up"
    never = table[table["crossed"] == 0]
    assert set(never["direction"]) == {"stays"} | set()
    assert agreement(months) == pytest.approx(1.0, abs=0.05)


def test_agreement_is_the_mean_of_kendalls_taus() -> None:
    months = np.array([[1.0, 2, 3, np.inf], [2.0, 1, 3, 4], [4.0, 3, np.inf, np.inf]])
    finite = np.where(np.isinf(months), 99.0, months)
    pairs = [(0, 1), (0, 2), (1, 2)]
    wanted = np.mean([kendalltau(finite[a], finite[b]).statistic for a, b in pairs])
    assert agreement(months) == pytest.approx(wanted)
    assert np.isnan(agreement(np.full((3, 4), np.inf)))
    assert np.isnan(agreement(months[:1]))


def test_who_leads_is_measured_from_the_start() -> None:
    services_first = np.full(COUNT, 40.0)
    services_first[list(SERVICE_ROWS)] = 0.0
    rows, start = rising(services_first)[None], np.zeros(COUNT)
    assert services_lead(rows, start).tolist() == [1.0]
    assert decisions_lead(rows, start).tolist() == [0.0]
    together = rising(np.zeros(COUNT))[None]
    assert services_lead(together, start).tolist() == [0.0]
    assert np.isnan(services_lead(np.zeros_like(rows), start)).all()


# Moves


def test_moves_are_read_from_events() -> None:
    told = events_frame(
        [
            (0, 5, "g0", "reform", "performance", "goal 0.00 to 1.00; services 0.50 to 1.50"),
            (0, 9, "g0", "reversal", "performance", "goal 1.00 to 0.00"),
            (0, 9, "g1", "failed reform", "performance", ""),
            (1, 3, "g1", "data breach", "", ""),
        ]
    )
    moved = moved_rows(told)
    assert moved[["row", "before", "after"]].to_numpy().tolist() == [
        ["goal", 0.0, 1.0], ["services", 0.5, 1.5], ["goal", 1.0, 0.0]
    ]  # fmt: skip
    table = reforms(told, made(np.zeros((2, 2, 5)))).set_index("event")
    assert table.loc["reform", "leaps"] == 1
    assert table.loc["reform", "skips"] == 1
    assert table.loc["reform", "positions"] == 2.0
    assert table.loc["reform", "per_government_decade"] == pytest.approx(0.5)
    assert table.loc["reversal", "backward_share"] == 1.0
    assert table.loc["failed reform", "count"] == 1
    assert set(table.index) == {"reform", "failed reform", "reversal"}


def test_positions_of_events_are_exact_and_their_text_rounds_them() -> None:
    """Moves join up: what one event leaves, the next one of the government finds, to the digit."""
    _, runs, _ = real()
    events = runs.events[runs.events["scenario"] == "endogenous"]
    moved = moved_rows(events)
    assert len(moved) > 50
    place = dict.fromkeys(FIGURE.row_ids, 0.0)
    one = moved[(moved["replicate"] == 0) & (moved["local_government"] == "Seoul")]
    for move in one.to_dict("records"):
        assert move["before"] == place[move["row"]]
        place[move["row"]] = move["after"]
    last = runs.local.query("scenario == 'endogenous' and replicate == 0 and month == 120")
    end = last[last["local_government"] == "Seoul"].iloc[0]
    assert all(end[f"profile_{row}"] == place[row] for row in FIGURE.row_ids)
    exact = moved[["before", "after"]].to_numpy()
    assert (np.abs(exact - exact.round(2)) > 1e-9).any(), "two decimals would do"
    for rows, positions in events[["rows", "positions"]].itertuples(index=False):
        if positions:
            told = [
                f"{r} {float(a):.2f} to {float(b):.2f}"
                for r, a, b in map(str.split, positions.split("; "))
            ]
            assert rows == "; ".join(told)


def test_leaps_and_skips_within_a_year() -> None:
    paths = made([[[0.0, 0.5, 1.0], [0.0, 1.0, 1.0], [0.0, 2.0, 2.0], [0.5, 1.5, 1.5]]])
    assert leaping(paths).tolist() == [0.75]
    assert skipping(paths).tolist() == [0.5]


def test_kurtosis_agrees_with_scipy_and_knows_a_flat_course() -> None:
    means = np.cumsum(np.abs(np.sin(np.arange(120.0))).reshape(3, 4, 10) ** 9, axis=2)
    changes = annual_changes(made(means))
    point, low, high = excess_kurtosis(changes)
    assert point == pytest.approx(float(kurtosis(changes, axis=None)))
    assert low <= point <= high
    assert np.isnan(excess_kurtosis(np.zeros((3, 4, 5)))[0])
    assert np.isnan(excess_kurtosis(changes[:1])[1])


def test_moves_at_random_times_have_the_kurtosis_that_is_said() -> None:
    """Against counting all equally likely years of two moves."""
    years, sizes = 6, (1.0, 0.5)
    text = "; ".join(f"{row} 0.00 to {{}}" for row in FIGURE.row_ids)
    told = events_frame([(0, 1, "g0", "reform", "p", text.format(*[s] * COUNT)) for s in sizes])
    sums = [[(a == 0) * sizes[0] + (b == 0) * sizes[1] for a in range(years)] for b in range(years)]
    wanted = float(kurtosis(np.array(sums), axis=None))
    found = random_timing_kurtosis(told, made(np.zeros((1, 1, years))))
    assert found == pytest.approx(wanted)
    assert np.isnan(random_timing_kurtosis(told.iloc[:0], made(np.zeros((1, 1, years)))))


# Spread


def test_a_planted_logistic_curve_is_found() -> None:
    years = np.arange(31.0)
    fit = fit_logistic(0.8 / (1.0 + np.exp(-0.6 * (years - 14.0))))
    assert fit.plateau == pytest.approx(0.8, abs=1e-3)
    assert fit.rate == pytest.approx(0.6, abs=1e-3)
    assert fit.midpoint == pytest.approx(14.0, abs=1e-2)
    assert fit.r2 > 0.9999
    assert np.isnan(fit_logistic(np.zeros(31)).r2)
    assert np.isnan(fit_logistic(np.repeat([0.0, 1.0], 15)).r2)


def test_who_has_more_is_found_to_be_early() -> None:
    years = np.arange(1, 11)
    means = np.array([[(years >= 2 + g) * 0.6 for g in range(6)]] * 3)
    capacity = np.repeat(np.linspace(0.9, 0.1, 6)[None, :, None], 10, axis=2).repeat(3, axis=0)
    paths = made(means, capacity=capacity)
    assert passing_years(paths, 0.5)[0].tolist() == [2, 3, 4, 5, 6, 7]
    early = early_movers(paths)
    assert early.loc[early["threshold"] == 0.5, "mean"].tolist() == [pytest.approx(1.0)]
    order = ranks(paths, 0.5)
    assert order["local_government"].tolist() == [f"g{k}" for k in range(6)]
    assert order["mean_year"].tolist() == [2, 3, 4, 5, 6, 7]
    shares = spread(paths)
    at_four = shares[(shares["threshold"] == 0.5) & (shares["month"] == 48)]
    assert at_four["mean"].tolist() == [0.5]


def test_locked_in_needs_a_better_peer_of_like_capacity() -> None:
    """g0 is stuck and worse off than g1; g2 moves; in the second replicate g1 is far abler."""
    years = 12
    means = np.zeros((2, 3, years))
    means[:, 1] = 1.0
    means[:, 2] = np.linspace(0.0, 1.0, years)
    good = np.zeros((2, 3, years))
    good[:, 1] = 5.0
    capacity = np.full((2, 3, years), 0.5)
    capacity[1, 1] = 0.9
    readings = {n: good for n in ("efficiency", "participation", "trust")} | {"capacity": capacity}
    paths = made(means, **readings)
    assert stuck(paths).tolist() == [[True, True, False]] * 2
    assert locked_in(paths).tolist() == pytest.approx([1 / 3, 0.0])
    assert np.isnan(locked_in(made(means))).all()


# Hysteresis


def squeezed_paths(share: Sequence[float], *, replicates: int = 3) -> Paths:
    """Ten governments of which a share has its participatory rows at Gov3.0, year by year."""
    positions = np.zeros((replicates, 10, len(share), COUNT))
    for year, part in enumerate(share):
        for row in PARTICIPATORY_ROWS:
            positions[:, : round(10 * part), year, row] = 2.0
    start = np.zeros(COUNT)
    start[list(PARTICIPATORY_ROWS)] = 2.0
    return paths_of("made", start, local_frame(positions))


BUDGET = np.repeat([1.0, 1.0, 0.3, 0.3, 0.3, 1.0, 1.0, 1.0, 1.0], 12)
LEAN = Squeeze(25, 61)


def test_a_planted_loop_is_found() -> None:
    """Rows fall in the squeeze; half of the loss is back two years after relief, all a year on."""
    paths = squeezed_paths([1, 1, 0.6, 0.3, 0.2, 0.2, 0.4, 0.7, 1])
    loop = find_hysteresis(paths, squeezed_paths([1] * 9), BUDGET, LEAN)
    assert loop.before.tolist() == [1.0] * 3
    assert loop.lost.tolist() == pytest.approx([-0.8] * 3)
    assert loop.still_lost.tolist() == [0.0] * 3
    assert loop.regained.tolist() == pytest.approx([0.8] * 3)
    assert loop.years_late.tolist() == [2.0] * 3
    assert loop.area == pytest.approx([0.7 * 0.8 - 0.7 * 0.4 / 2 + 0.0] * 3, abs=0.15)
    found = {(v.pattern, v.verdict) for v in verdicts_of_hysteresis(loop)}
    assert found == {("11", "inside"), ("F3", "inside")}
    assert loop.loop["budget"].tolist() == [1.0, 1.0, 1.0, 0.3, 0.3, 0.3, 1.0, 1.0, 1.0, 1.0]


def test_a_way_back_along_the_way_down_is_no_hysteresis() -> None:
    paths = squeezed_paths([1, 1, 0.4, 0.4, 0.4, 1, 1, 1, 1])
    loop = find_hysteresis(paths, squeezed_paths([1] * 9), BUDGET, LEAN)
    assert loop.retreats
    assert loop.years_late.tolist() == [0.0] * 3
    assert loop.area == pytest.approx([0.0] * 3)
    verdicts = [v.verdict for v in verdicts_of_hysteresis(loop)]
    assert verdicts == ["inside", "missed", "missed"]


def test_what_never_comes_back_is_no_late_return() -> None:
    paths = squeezed_paths([1, 1, 0.6, 0.3, 0, 0, 0, 0, 0])
    loop = find_hysteresis(paths, squeezed_paths([1] * 9), BUDGET, LEAN)
    late = next(v for v in verdicts_of_hysteresis(loop) if v.measure.startswith("years"))
    assert late.observed == np.inf
    assert late.verdict == "missed"
    assert "3 of 3" in late.note


def test_a_retreat_that_the_twin_shares_is_not_the_squeezes() -> None:
    fall = [1, 0.9, 0.7, 0.5, 0.3, 0.2, 0.2, 0.2, 0.2]
    loop = find_hysteresis(squeezed_paths(fall), squeezed_paths(fall), BUDGET, LEAN)
    assert not loop.retreats
    assert loop.area.tolist() == [0.0] * 3


def test_a_twin_that_falls_is_no_return() -> None:
    twin = squeezed_paths([1, 1, 1, 1, 1, 1, 0.6, 0.3, 0])
    loop = find_hysteresis(squeezed_paths([1, 1, 0.5, 0, 0, 0, 0, 0, 0]), twin, BUDGET, LEAN)
    assert loop.still_lost.tolist() == [0.0] * 3
    assert loop.years_late.tolist() == [np.inf] * 3


def test_without_participatory_rows_nothing_can_be_said() -> None:
    nothing = made(np.zeros((2, 3, 9)))
    loop = find_hysteresis(nothing, nothing, BUDGET, LEAN)
    assert [v.verdict for v in verdicts_of_hysteresis(loop)] == ["cannot be said"]


def test_the_parts_of_a_loop() -> None:
    assert participatory_share(np.full((1, 2, 3, COUNT), 1.5)).tolist() == [[1.0] * 3]
    assert participatory_share(np.full((1, 2, 3, COUNT), 1.4)).tolist() == [[0.0] * 3]
    level = np.array([1.0, 0.0, 0.0, 1.0])
    assert loop_area(level, np.array([[0.0, 0.0, -1.0, -1.0]])).tolist() == [1.0]
    assert loop_area(level, np.array([[0.0, -1.0, 0.0, 0.0]])).tolist() == [-0.5]
    after = np.array([[0.2, 0.3, 0.6, 0.7], [0.6, 0.9, 0.9, 0.2], [0.6, 0.6, 0.6, 0.6], [0.1] * 4])
    at_relief, lost = np.full(4, 0.2), np.array([-0.8, -0.8, -0.8, 0.0])
    assert years_until_half_back(after, at_relief, lost).tolist() == [2.0, np.inf, 0.0, 0.0]
    assert years_until_half_back(after[:, :0], at_relief, lost).tolist() == [np.inf] * 3 + [0.0]


# Twins


def test_twins_of_a_squeezed_scenario() -> None:
    scenario = Scenario.load("squeeze_and_relief")
    asked = with_twins(plan_study([scenario, Scenario.load("gov1")], replicates=1))
    assert asked.asked == ("squeeze_and_relief", "gov1")
    held = asked.study.scenarios[asked.held["squeeze_and_relief"]]
    steady = asked.study.scenarios[asked.steady["squeeze_and_relief"]]
    assert held.transition.mode == "fixed"
    assert (budgets(held) == budgets(scenario)).all()
    assert steady.transition.mode == "endogenous"
    assert (budgets(steady) == 1.0).all()
    assert find_squeeze(scenario) == Squeeze(97, 204)
    assert len(asked.study.scenarios) == 4


def test_a_twin_keeps_what_else_a_policy_sets_and_its_own_name() -> None:
    changes = [
        {"month": 13, "set": {"government.budget": 0.5, "society.digital_training": 0.2}},
        {"month": 37, "set": {"government.budget": 1.0}},
    ]
    scenario = Scenario.load("endogenous").but(name="n" * 80, years=6, policy=changes)
    asked = with_twins(plan_study([scenario], replicates=1))
    steady = asked.study.scenarios[asked.steady["n" * 80]]
    assert [change.set for change in steady.policy] == [{"society.digital_training": 0.2}]
    assert len(set(asked.study.scenarios)) == 3


def test_a_fiscal_shock_is_a_squeeze_and_an_endless_one_is_none() -> None:
    scenario = Scenario.load("endogenous").but(years=10)
    shock = [{"kind": "fiscal", "month": 25, "months": 24, "size": 0.4}]
    assert find_squeeze(scenario.but(shocks=shock)) == Squeeze(25, 49)
    for_good = [{"month": 25, "set": {"government.budget": 0.5}}]
    assert find_squeeze(scenario.but(policy=for_good)) is None
    assert find_squeeze(Scenario.load("austerity")) is None
    asked = with_twins(plan_study([scenario.but(shocks=shock)], replicates=1))
    steady = asked.study.scenarios[asked.steady["endogenous"]]
    assert steady.shocks == []


# Early warnings


def noise(seed: int, coefficients: Numbers) -> Numbers:
    """An AR(1) series whose coefficient changes from month to month."""
    luck = np.random.default_rng(seed).normal(size=len(coefficients))
    values = np.zeros(len(coefficients))
    for k in range(1, len(values)):
        values[k] = coefficients[k] * values[k - 1] + luck[k]
    return values


def planted(*, rising_coefficient: bool, count: int = 200) -> tuple[Series, Series]:
    """Series with a shift after 120 months, and twins without; in one outcome."""
    months = 160
    shift = np.repeat([[0.0, 1.0]], count, axis=0).repeat([120, 40], axis=1)
    slow = np.clip(np.linspace(-0.245, 0.98, 121), 0.0, 1.0)
    slow = np.append(slow, np.full(months - 121, 0.98))
    flat = np.full(months, 0.2)
    kinds = (slow if rising_coefficient else flat), flat
    shifting, held = (
        np.array([noise(1000 * which + k, kind) for k in range(count)])
        for which, kind in enumerate(kinds)
    )
    names = tuple(range(count))
    return (
        Series(names, shift, {"trust": shifting}),
        Series(names, np.zeros_like(shift), {"trust": held}),
    )


def test_critical_slowing_down_is_found_and_noise_is_not() -> None:
    found = warnings_of("made", *planted(rising_coefficient=True))
    assert found["indicator"].tolist() == list(INDICATORS)
    assert (found["true_low"] > found["false_high"]).all()
    assert (found["false_rate"] < 0.2).all()
    nothing = warnings_of("made", *planted(rising_coefficient=False))
    assert (nothing["true_low"] < nothing["false_high"]).all()
    assert nothing["n_null"].tolist() == [100, 100]


def test_shifts_are_the_steepest_and_need_time_before() -> None:
    position = np.zeros(200)
    position[130:] = 0.5
    assert find_shift(position) == 130
    assert find_shift(np.zeros(200)) is None
    assert find_shift(position[:BEFORE]) is None
    assert np.isnan(trends(np.ones(BEFORE))).all()


# Verdicts


def judged(paths: Paths, rows: Numbers) -> dict[str, Verdict]:
    return {v.pattern: v for v in verdicts_of_paths(paths, rows, np.zeros(COUNT), 0.0)}


def test_patterns_are_missed_where_they_should_be() -> None:
    """Decisions first, one smooth step a year, never back: 14, F6, F7 and F10 all miss."""
    means = np.array([[[0.1, 0.3, 0.4, 0.6, 0.7, 0.9]] * 4] * 2)
    decisions_first = np.full(COUNT, 40.0)
    decisions_first[[4, 9]] = 0.0
    found = judged(made(means), np.array([rising(decisions_first)] * 2))
    assert {p: v.verdict for p, v in found.items()} == dict.fromkeys(
        ("14", "F7", "F10", "F6"), "missed"
    )
    assert found["F10"].observed == 1.0
    assert found["14"].n == 2


def test_one_replicate_is_no_interval() -> None:
    paths = squeezed_paths([1, 1, 0.6, 0.3, 0.2, 0.2, 0.4, 0.7, 1], replicates=1)
    loop = find_hysteresis(paths, squeezed_paths([1] * 9, replicates=1), BUDGET, LEAN)
    verdicts = [v.verdict for v in verdicts_of_hysteresis(loop)]
    assert verdicts == ["cannot be said", "inside", "cannot be said"]


def test_estimates_leave_out_what_is_not_known() -> None:
    assert estimate(np.array([1.0, np.nan, 3.0]))[:2] == (2, 2.0)
    assert estimate(np.array([np.nan]))[0] == 0


# A real study, and the command


@cache
def real() -> tuple[TransitionStudy, Runs, Transitions]:
    """A small real study: reforms from Gov1.0, a short squeeze of Gov3.0, and governments held."""
    small: dict[str, Any] = {"years": 10, "society": {"citizens": 300}}
    lean = [
        {"month": 13, "set": {"government.budget": 0.3}},
        {"month": 73, "set": {"government.budget": 1.0}},
    ]
    scenarios = [
        Scenario.load("endogenous").but(**small),
        Scenario.load("squeeze_and_relief").but(**small, policy=lean),
        Scenario.load("gov2").but(**small),
    ]
    asked = with_twins(plan_study(scenarios, replicates=2))
    runs = carry_out(asked.study, where=Where(1))
    return asked, runs, analyse(asked, runs)


def test_paths_of_a_real_run_are_those_of_its_record() -> None:
    asked, runs, _ = real()
    paths = find_paths(runs)["endogenous"]
    scenario = asked.study.scenarios["endogenous"]
    from sim.runs.replicate import replicate_seed

    model = scenario.model(replicate_seed(asked.study.seed, 1), collect=False)
    model.run()
    places = [model.record.names.index(name) for name in paths.governments]
    recorded = model.record.profiles[11::12, places].transpose(1, 0, 2)
    assert np.allclose(paths.positions[1, :, 1:], recorded)


def test_a_real_study_is_told_in_full(tmp_path: Path) -> None:
    asked, _, found = real()
    assert list(found.paths) == list(asked.asked)
    assert list(found.moving) == ["endogenous", "squeeze_and_relief"]
    text = "\n".join(lines(found))
    assert "gov2:\n  No local government moves." in text
    assert "Area of the loop" in text
    years = found.tables["time_in_stages"].groupby("scenario")["mean"].sum()
    assert years.tolist() == pytest.approx([10.0] * 3)
    assert set(found.tables["patterns"]["pattern"]) >= {"11", "F3", "F6", "F10", "14", "F7"}
    figures = write_transition_figures(found, tmp_path)
    assert [f.name for f in figures] == [
        "transition_map", "stage_flow", "phase_portrait", "hysteresis"
    ]  # fmt: skip
    with in_our_style():
        drawings = [d for draw in _TRANSITION_DRAWINGS if (d := draw(found)) is not None]
    for drawing in drawings:
        assert_page_readable(drawing)
    for figure in figures:
        assert len(figure.alt_text) > 100
        for ending in ("png", "svg"):
            assert (tmp_path / f"{figure.name}.{ending}").stat().st_size > 5_000


def drawn(draw: Any) -> Drawing:
    with in_our_style():
        drawing = draw(real()[2])
    assert drawing is not None
    return cast("Drawing", drawing)


def test_a_retreat_of_participatory_rows_is_seen() -> None:
    """Half of three rows lost is an eighth of twelve: it has a panel of its own."""
    paths = real()[2].paths["squeeze_and_relief"]
    grids = [axes.images[0].get_array() for axes in drawn(draw_stage_map).page.canvas.axes[2:]]
    place = typical_replicate(paths)
    rows = paths.positions[place][:, :, list(PARTICIPATORY_ROWS)].mean(axis=2)
    assert np.allclose(np.sort(grids[-1], axis=0), np.sort(rows, axis=0))
    assert np.ptp(grids[-1]) > 2 * np.ptp(grids[-2])
    text = drawn(draw_stage_flow).figure.alt_text.split("squeeze_and_relief, ")[1]
    both = text.split("participatory rows")
    last = [int(re.findall(r"year 10: (?:[^;]*, )?(\d+) % Gov3\.0", part)[0]) for part in both]
    assert last[1] < last[0]


def test_shares_of_some_rows_are_those_of_these_rows() -> None:
    positions = np.full((1, 1, 2, COUNT), 2.0)
    positions[0, 0, 1, list(PARTICIPATORY_ROWS)] = 1.0
    paths = paths_of("made", np.full(COUNT, 2.0), local_frame(positions))
    assert shares_at(paths, [2])[0].tolist() == [0, 0, 0, 0, 1]
    assert shares_at(paths, [2], PARTICIPATORY_ROWS)[0].tolist() == [0, 0, 1, 0, 0]
    assert flows_between(paths, 1, 2, PARTICIPATORY_ROWS)[4, 2] == 1.0


def test_every_line_of_a_phase_portrait_has_a_name() -> None:
    drawing = drawn(draw_phase)
    words = [text.get_text() for text in drawing.page.sheet.texts]
    panels = len(real()[2].paths)
    assert words.count("whole society") == panels
    for rank in ("first", "middle", "last"):
        assert sum(word.endswith(f"({rank})") for word in words) == panels
    for axes in drawing.page.canvas.axes[1:]:
        assert len(axes.texts) >= 3, "first and last year, and a curve"


def test_names_of_lines_of_a_loop_are_beside_their_samples() -> None:
    sheet = drawn(draw_loop).page.sheet
    line = {text.get_text(): text.get_position() for text in sheet.texts}
    samples = {s.get_color(): (s.get_xdata()[1], s.get_ydata()[0]) for s in sheet.lines}
    for text, colour in (("with squeeze", "#D55E00"), ("without (twin)", "#767676")):
        (left, middle), (end, level) = line[text], samples[colour]
        assert middle == level
        assert 0 < left - end < 0.15


def test_figures_are_the_same_bytes_again(tmp_path: Path) -> None:
    found = real()[2]
    for folder in ("one", "two"):
        write_transition_figures(found, tmp_path / folder)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_the_command_writes_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "r"
    arguments = [
        "transitions", "endogenous", "--citizens", "200", "--years", "3", "--replicates", "2",
        "--luck-only", "--jobs", "1", "--out", str(folder), "--quiet",
    ]  # fmt: skip
    for again in (False, True):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        out = capsys.readouterr().out
        assert "Years in each stage" in out
        assert ("Nothing was missing" in out) == again
    patterns = pd.read_csv(folder / "transitions" / "patterns.csv", dtype={"pattern": str})
    assert "F6" in set(patterns["pattern"])
    assert read_manifest(folder)["transition_figures"][0]["name"] == "transition_map"
    assert verify(folder) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("gov1", "gov2"), "nobody moves in gov1, gov2 (transition.mode: fixed)"),
        (("endogenus",), "did you mean 'endogenous'?"),
        (("endogenous", "--replicates", "0"), "0 is not in the range"),
        (("endogenous", "--set", "transition.mod=fixed"), "did you mean 'mode'?"),
        (("endogenous", "--citizens-in", "Nowhere", "500"), "Nowhere"),
        ((), "Missing argument"),
    ],
)
def test_mistakes_are_one_line(
    arguments: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", str(tmp_path / "r")) if arguments else ()
    with pytest.raises(SystemExit) as ended:
        main(["transitions", *arguments, *out])
    screen = capsys.readouterr()
    assert ended.value.code == 2
    assert told in screen.err
    assert len(screen.err.splitlines()) == 1
    assert not (tmp_path / "r").exists()
