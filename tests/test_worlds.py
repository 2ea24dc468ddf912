"""Plausible worlds: what is drawn, what is kept, and what is said over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import compare, run
from sim.cli.main import main
from sim.errors import UserMistake, WrongArgument
from sim.evidence.posterior import fitted_names
from sim.paradigms import FIGURE
from sim.processes.declared import GROUPS, LEVERS, PARAMETERS, UNKNOWN
from sim.questions.comparison.assumed import assumptions_told
from sim.questions.comparison.figures import write_figures
from sim.questions.comparison.study import Runs, plan_study, worlds_asked
from sim.questions.comparison.worlds import (
    OverWorlds,
    _table,
    find_over_worlds,
    found_table,
)
from sim.questions.how_sure import sure_word
from sim.scenario import Scenario
from sim.statistics import central, share_interval
from sim.worlds.draws import MOST_WORLDS, in_world, shares_of, world
from sim.worlds.unknowns import anchors_of, unknown_anchors, unknown_names

SMALL: dict[str, Any] = {"society": {"citizens": 200, "entrepreneurs": 6}, "years": 2}


def test_everything_that_nobody_knows_is_drawn_and_nothing_that_is_chosen() -> None:
    names = {p.name for p in UNKNOWN}
    ours = {n: p for n, p in PARAMETERS.items() if n.partition(".")[0] in GROUPS}
    assert names == {n for n, p in ours.items() if p.role == "uncertainty"}
    assert "trust.theory" in names
    assert not names & set(LEVERS)
    assert len(unknown_names()) == len({*unknown_names()}) > 150


def test_worlds_nest_and_are_the_same_for_everybody() -> None:
    assert (shares_of(1, 5) == shares_of(1, 1000)[:5]).all()
    assert (shares_of(1, 5) != shares_of(2, 5)).any()
    assert world(1, 3).parameters == world(1, 3).parameters != world(1, 4).parameters
    one, two = (in_world(Scenario.load(name), world(1, 7)) for name in ("gov1", "gov3"))
    assert one.parameters == two.parameters
    assert one.cells == two.cells
    with pytest.raises(IndexError):
        world(1, MOST_WORLDS)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_the_order_of_the_figure_is_kept(data: st.DataObject) -> None:
    share = st.floats(0.0, 1.0)
    shares = {name: data.draw(share) for name in unknown_anchors()}
    drawn = anchors_of(shares)
    for cell in FIGURE.cells:
        if cell.name not in drawn:
            continue
        new = [drawn[cell.name][paradigm] for paradigm in FIGURE.paradigm_ids]
        assert all(cell.low - 1e-12 <= value <= cell.high + 1e-12 for value in new)
        for a in range(3):
            for b in range(3):
                if cell.values[a] == cell.values[b]:
                    assert new[a] == new[b]
                elif cell.values[a] < cell.values[b]:
                    assert new[a] <= new[b]
    assert not FIGURE.override(drawn).broken_simplexes()


@pytest.mark.parametrize("name", ["gov1", "now", "endogenous", "synthetic_small"])
def test_shipped_scenarios_are_valid_in_many_worlds(name: str) -> None:
    scenario = Scenario.load(name)
    for number in range(20):
        there = in_world(scenario, world(3, number))
        assert there.start == scenario.start
        assert there != scenario


def test_what_a_scenario_says_holds_in_all_worlds() -> None:
    plan = Scenario.load("gov2").but(
        parameters={"trust.anchor": 0.3},
        rules={"trust": "cultural"},
        cells={"invitations": {"gov3": 0.15}},
        policy=[{"month": 12, "set": {"trust.norm": 0.6}}],
    )
    for number in range(5):
        there = in_world(plan, world(1, number))
        assert there.parameters["trust.anchor"] == 0.3
        assert there.chosen_rules["trust"] == "cultural"
        assert there.cells["invitations"] == {"gov3": 0.15}
        assert there.parameters.get("trust.norm") == plan.parameters.get("trust.norm")
    from_past = in_world(Scenario.load("now"), world(1, 0))
    assert "society.infrastructure_midpoint" not in from_past.parameters
    there = in_world(Scenario.load("gov2").but(society={"place": "europe:EST"}), world(1, 0))
    assert not [n for n in there.parameters if n.startswith("society.infrastructure")]


def test_jobs_of_a_world_share_it_and_nothing_else() -> None:
    study = plan_study(
        [Scenario.load("gov1"), Scenario.load("gov3")], worlds=3, replicates=2, baseline="gov1"
    )
    assert (study.worlds, study.replicates, study.per_world) == (3, 6, 2)
    jobs = study.jobs()
    assert [job.replicate for job in jobs if job.name == "gov1"] == list(range(6))
    assert [job.world for job in jobs if job.name == "gov3"] == [0, 0, 1, 1, 2, 2]
    by_world = {job.world: job.scenario.parameters for job in jobs}
    assert len({str(sorted(p.items())) for p in by_world.values()}) == 3
    assert (
        plan_study([Scenario.load("gov1")], worlds=3).digest
        != plan_study([Scenario.load("gov1")]).digest
    )
    assert (
        plan_study([Scenario.load("gov1")], worlds=3).digest
        == plan_study([Scenario.load("gov1")], worlds=5).digest
    )


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, 10**9])
def test_wrong_numbers_of_worlds_are_refused(wrong: Any) -> None:
    with pytest.raises(WrongArgument, match="worlds"):
        plan_study([Scenario.load("gov1")], worlds=wrong)


def _over(values: list[float], **changes: Any) -> OverWorlds:
    given: dict[str, Any] = {
        "outcome": "trust", "baseline": "a", "scenario": "b", "replicates": 2,
        "by_world": np.array(values), "luck_share": 0.1, "seed": 1,
        "numbers": tuple(range(len(values))),
    }  # fmt: skip
    return OverWorlds(**(given | changes))


@pytest.mark.parametrize(
    ("values", "sure", "clause"),
    [
        ([2.0] * 60, "nearly certain", "b is higher in 60 of 60 worlds (nearly certain; 94 to 100"),
        ([-3.0] * 50 + [1.0] * 10, "likely", "b is lower in 50 of 60 worlds (likely; 72 to 91"),
        ([2.0] * 41 + [-1.0] * 19, "leaning", "b is higher in 41 of 60 worlds (leaning"),
        (
            [2.0] * 31 + [-2.0] * 29,
            "open",
            "b is open: higher in 31, lower in 29 of 60 worlds, -2.0",
        ),
        ([0.0] * 60, "the same", "b is exactly the same in all 60 worlds"),
        ([1.0] * 3, "too few worlds", "too few to say how sure"),
    ],
)
def test_how_sure_is_said_by_the_share_of_worlds(
    values: list[float], sure: str, clause: str
) -> None:
    found = _over(values)
    assert found.sure == sure
    assert clause in found.clause


@pytest.mark.parametrize(
    ("agreeing", "worlds", "word"),
    [
        (20, 20, "nearly certain"), (19, 20, "likely"), (18, 20, "likely"), (16, 20, "leaning"),
        (14, 20, "open"), (57, 60, "nearly certain"), (56, 60, "likely"), (48, 60, "likely"),
        (39, 60, "leaning"), (38, 60, "open"), (19, 19, "too few worlds"),
    ],
)  # fmt: skip
def test_a_word_says_no_more_than_the_interval_of_its_share(
    agreeing: int, worlds: int, word: str
) -> None:
    assert sure_word(agreeing, worlds) == word


def test_small_is_never_told_as_large() -> None:
    assert _over([0.2] * 60).clause.endswith("too small to matter")
    assert "too small" not in _over([2.0] * 60).clause


def test_what_would_turn_it_is_found_and_chance_is_not() -> None:
    names, shares = unknown_names(), shares_of(1, 60)
    at = names.index("trust.anchor")
    found = _over(list(shares[:, at] - 0.5))
    assert found.rests_on[0] == ("trust.anchor", pytest.approx(1.0))
    assert "rests most on trust.anchor (the higher, the higher)" in found.turned_by
    noise = np.random.default_rng(1)
    silent = [not _over(list(noise.normal(size=60))).rests_on for _ in range(40)]
    assert np.mean(silent) > 0.85


def test_a_comparison_over_worlds(tmp_path: Path) -> None:
    plans = [Scenario.load(name).but(**SMALL) for name in ("gov1", "gov3")]
    found = compare(*plans, worlds=3, replicates=2, jobs=1, out=tmp_path / "r")
    assert found.runs.replicates == 6
    over = {one.outcome: one for one in found.over_worlds}
    pairs = found.runs.values.pivot(
        index=["month", "replicate"], columns="scenario", values="trust"
    ).loc[24]
    difference = (pairs["gov3"] - pairs["gov1"]).to_numpy().reshape(3, 2).mean(axis=1)
    assert over["trust"].by_world == pytest.approx(difference)
    table = pd.read_csv(tmp_path / "r" / "worlds.csv")
    assert list(table["worlds"].unique()) == [3]
    assert set(table["outcome"]) == {*over}
    assert (table["better"] + table["worse"] <= 3).all()
    assert any("too few to say how sure" in line for line in found.sentences)
    again = compare(*plans, worlds=3, replicates=2, jobs=2)
    pd.testing.assert_frame_equal(again.runs.timeseries, found.runs.timeseries)
    more = compare(*plans, worlds=4, replicates=2, jobs=2)
    first = more.runs.timeseries.query("replicate < 6").reset_index(drop=True)
    pd.testing.assert_frame_equal(first, found.runs.timeseries)


def test_report_tells_worlds_again_and_makes_their_table_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = [Scenario.load(name).but(**SMALL) for name in ("gov1", "gov2", "gov3")]
    compare(*plans, worlds=3, replicates=1, jobs=1, out=tmp_path / "r")
    kept = (tmp_path / "r" / "worlds.csv").read_bytes()
    (tmp_path / "r" / "worlds.csv").unlink()
    with pytest.raises(SystemExit) as ended:
        main(["report", str(tmp_path / "r")])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert (tmp_path / "r" / "worlds.csv").read_bytes() == kept
    assert "Best of all: gov1 in" in told
    assert "One replicate in each world; [ ] the lowest and highest world." in told


def test_assumptions_are_measured_around_the_defaults_of_a_study_of_worlds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["trust.anchor", "cells.invitations.gov3"]
    monkeypatch.setattr("sim.questions.assumptions.ledger.assumed_names", lambda: few)
    plans = [Scenario.load(name).but(**SMALL) for name in ("gov1", "gov3")]
    compare(*plans, worlds=3, replicates=1, jobs=1, out=tmp_path / "r", progress=False)
    with pytest.raises(SystemExit) as ended:
        main(["report", str(tmp_path / "r"), "--assumptions", "--citizens", "200",
              "--replicates", "3", "--quiet"])  # fmt: skip
    assert ended.value.code == 0
    assert "the others at their defaults" in capsys.readouterr().out
    assert {*pd.read_csv(tmp_path / "r" / "assumptions.csv")["parameter"]} == {*few}


def test_one_scenario_over_worlds_has_nothing_to_compare() -> None:
    runs = run(Scenario.load("gov2").but(**SMALL), worlds=2, replicates=1, jobs=1)
    assert runs.study.worlds == 2
    assert find_over_worlds(runs) == []
    assert found_table([]).empty


def test_a_mean_against_most_worlds_is_told_as_such() -> None:
    clause = _over([0.5] * 45 + [-8.0] * 15).clause
    assert "b is higher in 45 of 60 worlds" in clause
    assert "yet -1.6 on the mean" in clause


def test_a_world_with_a_lost_replicate_is_left_out_and_moves_no_other() -> None:
    values = pd.Series([1.0, 1.0, 3.0, 5.0, 5.0], index=[0, 1, 3, 4, 5])
    numbers, table = _table(values, 2)
    assert numbers == (0, 2)
    assert table.tolist() == [[1.0, 1.0], [5.0, 5.0]]


def test_unknowns_are_drawn_evenly_and_apart() -> None:
    """Each part of a range once in 64 worlds; no two unknowns go together beyond chance.

    Those that were fitted come from the posterior, in which they may be uneven and go together.
    """
    free = [k for k, name in enumerate(unknown_names()) if name not in fitted_names()]
    shares = shares_of(1, 64)[:, free]
    assert (np.sort((shares * 64).astype(int), axis=0) == np.arange(64)[:, None]).all()
    together = np.corrcoef(shares, rowvar=False) - np.eye(shares.shape[1])
    assert np.abs(together).max() < 0.65
    assert np.abs(together).mean() < 0.12


def test_worlds_are_the_default_and_luck_alone_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (worlds_asked(None, False), worlds_asked(7, False)) == (60, 7)
    assert worlds_asked(None, True) is None
    with pytest.raises(UserMistake, match="does not go with worlds"):
        run(Scenario.load("gov2").but(**SMALL), worlds=2, luck_only=True)
    with pytest.raises(SystemExit) as ended:
        main(["compare", "gov1", "gov2", "--worlds", "3", "--luck-only"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "--luck-only: draws no worlds, so it does not go with --worlds\n"
    )


@pytest.fixture(scope="module")
def runs() -> Runs:
    """Two governments in 24 worlds, of two replicates each."""
    plans = [Scenario.load(name).but(**SMALL) for name in ("gov1", "gov3")]
    return compare(*plans, worlds=24, replicates=2, jobs=1, progress=False).runs


def test_tables_tell_worlds_beside_replicates(runs: Runs) -> None:
    values = runs.values.query("month == 24").set_index(["scenario", "replicate"])["trust"]
    means = values.to_numpy().reshape(2, 24, 2).mean(axis=2)
    row = runs.summary.query("scenario == 'gov3' and outcome == 'trust' and month == 24").iloc[0]
    assert (row["n"], row["worlds"]) == (48, 24)
    assert row[["worlds_low", "worlds_high"]].tolist() == pytest.approx(
        np.quantile(means[1], [0.05, 0.95], method="weibull").tolist()
    )
    half = 2.0687 * means[1].std(ddof=1) / np.sqrt(24)
    assert row["conf_high"] - row["mean"] == pytest.approx(half, rel=1e-4)
    assert 0.0 <= row["luck_share"] <= 1.0
    paired = means[1] - means[0]
    row = runs.differences.query("outcome == 'trust' and month == 24").iloc[0]
    assert (row["n"], row["worlds"]) == (48, 24)
    assert row["worlds_better"] == pytest.approx((paired > 0).mean())
    assert row["worlds_better_low"] < row["worlds_better"] < row["worlds_better_high"]
    assert row["mean"] == pytest.approx(paired.mean())


def test_without_worlds_nothing_is_said_of_them() -> None:
    plans = [Scenario.load(name).but(**SMALL) for name in ("gov1", "gov3")]
    alone = compare(*plans, replicates=3, luck_only=True, jobs=1, progress=False).runs
    assert (alone.summary["worlds"] == 0).all()
    for column in ("worlds_low", "worlds_high", "luck_share"):
        assert alone.summary[column].isna().all()
        assert alone.differences[column].isna().all()


def test_figures_speak_of_worlds(runs: Runs, tmp_path: Path) -> None:
    captions = {caption.name: caption for caption in write_figures(runs, tmp_path)}
    assert {"outcomes", "differences", "map", "map_differences"} <= set(captions)
    assert "central 90 % of the worlds" in captions["outcomes"].caption
    assert "24 plausible worlds with 2 replicates in each" in captions["outcomes"].caption
    assert "share of worlds in which the scenario is better" in captions["differences"].caption
    assert "fewer than 80 % of worlds go one way" in captions["map_differences"].caption
    for caption in captions.values():
        assert "central 90 % of the replicates" not in caption.caption
        assert "95 % confidence of the mean paired" not in caption.caption


@pytest.mark.parametrize("outcome", ["efficiency", "trust", "inclusion", "needs_met"])
def test_nine_tenths_of_worlds_hold_the_truth_in_nine_of_ten_cases(
    outcome: str, drawn: Runs
) -> None:
    """A truth drawn as worlds are, against ranges over 60 others; 85 to 95 % of them hold it."""
    (over,) = find_over_worlds(drawn, [outcome])
    luck = np.random.default_rng(1)
    held = []
    for _ in range(500):
        truth, *seen = luck.permutation(len(over.by_world))[:61]
        low, high = central(over.by_world[seen])
        held.append(low <= over.by_world[truth] <= high)
    assert 0.85 <= np.mean(held) <= 0.95


@pytest.mark.parametrize("outcome", ["efficiency", "trust", "inclusion", "needs_met"])
def test_the_share_of_few_worlds_tells_that_of_many(outcome: str, drawn: Runs) -> None:
    """The 95 % interval of a share over 60 worlds holds that over all of them, nearly always."""
    (over,) = find_over_worlds(drawn, [outcome])
    luck, held = np.random.default_rng(2), []
    for _ in range(300):
        some = luck.choice(over.by_world, 60, replace=False)
        low, high = share_interval(int((some > 0).sum()), 60)
        held.append(low <= (over.by_world > 0).mean() <= high)
    assert np.mean(held) >= 0.95


@pytest.fixture(scope="module")
def drawn() -> Runs:
    """Two governments in many worlds."""
    plans = [Scenario.load(name).but(**SMALL) for name in ("gov1", "gov3")]
    return compare(*plans, worlds=200, replicates=1, jobs=2, progress=False).runs


def test_assumptions_that_differ_are_told_apart_from_policy() -> None:
    one = Scenario.load("gov2").but(**SMALL)
    two = one.but(
        name="two", parameters={"trust.negativity": 3.0, "society.digital_training": 0.2},
        governance={"goal": "gov3"}, cells={"invitations": {"gov3": 0.15}},
    )  # fmt: skip
    study = plan_study([one, two], baseline="gov2")
    assert assumptions_told(study) == [
        "two and gov2 differ in assumptions, not only in policy:",
        "  assumptions: trust.negativity 3 (2.5), cells.invitations",
        "  policy: rows of the figure, society.digital_training 0.2 (0)",
    ]
    alike = one.but(name="two", governance={"goal": "gov3"})
    assert assumptions_told(plan_study([one, alike], baseline="gov2")) == []
    assert assumptions_told(plan_study([one])) == []


def test_a_shock_or_a_dated_assumption_is_no_policy() -> None:
    one = Scenario.load("gov2").but(**SMALL)
    two = one.but(
        name="two",
        shocks=[{"month": 6, "kind": "emergency", "size": 0.5, "months": 3}],
        policy=[{"month": 12, "set": {"trust.norm": 0.6, "society.digital_training": 0.1}}],
    )
    _, assumed, chosen = assumptions_told(plan_study([one, two], baseline="gov2"))
    assert assumed == "  assumptions: trust.norm (dated), shocks (emergency)"
    assert chosen == "  policy: society.digital_training (dated)"
