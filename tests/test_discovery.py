"""Scenario discovery: planted boxes come back, luck does not, and conditions are strict."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import GovShiftError, UserMistake
from sim.experiments.plan import Plan
from sim.questions.condition import Condition
from sim.questions.discovery.analysis import COLUMNS, TRADEOFF, Discovery, analyse_discovery
from sim.questions.discovery.boxes import Box, best_box, box_of, offered, quasi_p
from sim.questions.discovery.tables import _policy
from sim.questions.discovery.tree import node_limits
from sim.statistics import share_interval
from tests.experiments import NAMES, Numbers, made_plan, made_runs, shuffled, unit_factors

pytest.importorskip(
    "ema_workbench", reason="it is not installed: pip install 'govshift[discovery]'"
)

OUTCOMES = ("trust", "efficiency")


def planted(x: Numbers, policy: int) -> Numbers:
    """Low where heterogeneity is above .6 and capacity below .4; under gov3 never."""
    low = (x[:, 0] > 0.6) & (x[:, 1] < 0.4)
    found: Numbers = 50.0 - 20.0 * low * (policy < 2)
    return found


def two_boxes(x: Numbers, policy: int) -> Numbers:
    """Low in a large corner and in a smaller one elsewhere."""
    one = (x[:, 0] > 0.6) & (x[:, 1] < 0.5)
    two = (x[:, 2] < 0.35) & (x[:, 1] > 0.7)
    found: Numbers = 50.0 - 20.0 * (one | two)
    return found


def nothing(x: Numbers, policy: int) -> Numbers:
    return np.full(len(x), 50.0)


def plan_of(points: int = 400, policies: tuple[str, ...] = ("gov1",), replicates: int = 2) -> Plan:
    return made_plan(
        {"kind": "lhs", "points": points}, unit_factors(4), policies=policies,
        replicates=replicates, outcomes=OUTCOMES,
    )  # fmt: skip


def discovered(when: str = "trust < 40", answer: object = planted, **options: object) -> Discovery:
    plan = plan_of()
    runs = shuffled(made_runs(plan, {"trust": answer, "efficiency": nothing}))  # type: ignore[dict-item]
    return analyse_discovery(plan, runs, when, **options)  # type: ignore[arg-type]


@cache
def of_planted() -> Discovery:
    return discovered()


def test_a_planted_box_comes_back() -> None:
    found = of_planted()
    assert tuple(found.table.columns) == tuple(COLUMNS)
    rows = found.table.set_index("factor")
    assert list(rows.index) == [NAMES[0], NAMES[1]]
    assert rows.loc[NAMES[0], "low"] == pytest.approx(0.6, abs=0.02)
    assert rows.loc[NAMES[1], "high"] == pytest.approx(0.4, abs=0.02)
    assert np.isnan(rows.loc[NAMES[0], "high"])
    assert np.isnan(rows.loc[NAMES[1], "low"])
    assert (rows["density"] > 0.95).all()
    assert (rows["coverage"] > 0.95).all()
    assert (rows["density_new"] > 0.85).all()
    assert (rows["coverage_new"] > 0.85).all()
    assert rows.loc[NAMES[0], "p_low"] < 1e-6
    text = "\n".join(found.sentences)
    low, high = rows.loc[NAMES[0], "low"], rows.loc[NAMES[1], "high"]
    assert f"When {NAMES[0]} is above {low:.3g} and {NAMES[1]} is below {high:.3g}, " in text
    assert f"trust is below 40 in {100 * rows['density'].iloc[0]:.0f} % of futures" in text
    assert f"of all such futures ({rows['of_interest'].iloc[0]} of " in text


def test_a_noisy_box_comes_back() -> None:
    """One future in ten turned round: density and coverage say so."""
    turned = np.random.default_rng(3).random(400) < 0.1

    def noisy(x: Numbers, policy: int) -> Numbers:
        return np.where(turned, 80.0 - planted(x, 0), planted(x, 0))

    rows = discovered(answer=noisy).table
    first = rows[rows["box"] == 1].set_index("factor")
    assert first.loc[NAMES[0], "low"] == pytest.approx(0.6, abs=0.08)
    assert first.loc[NAMES[1], "high"] == pytest.approx(0.4, abs=0.08)
    assert first["density_low"].iloc[0] <= 0.9 <= first["density_high"].iloc[0]


def dominated(x: Numbers, policy: int) -> Numbers:
    """Low in a corner, and now and then anywhere: peeling by one factor goes too far."""
    turned = np.random.default_rng(3).random(len(x)) < 0.12
    low = ((x[:, 0] > 0.55) & (x[:, 1] < 0.5)) ^ turned
    found: Numbers = 50.0 - 20.0 * low
    return found


def test_no_box_that_was_tried_is_better_in_both() -> None:
    """Neither an offered box of which all limits stand, nor a leaf of the tree."""
    for answer in (planted, dominated, two_boxes):
        (found,) = discovered(answer=answer, tree=True).found
        first = found.finds[0]
        assert first.box is not None
        x = found.table.to_numpy(dtype=np.float64)
        for box in first.offered:
            if np.nanmax(np.append(quasi_p(box, x, found.interest), 0.0)) <= 0.05:
                better = box.density > first.box.density and box.coverage > first.box.coverage
                assert not better
                assert box.balance <= first.box.balance + 1e-6


def test_the_trees_limits_are_tried() -> None:
    """Where peeling ends in a dominated box, the tree's is told: planted as an only offer."""
    x = np.random.default_rng(1).random((400, 2))
    y = (x[:, 0] > 0.6) & (x[:, 1] < 0.45)
    table = pd.DataFrame(x, columns=["a", "b"])
    total = int(y.sum())
    thin = box_of(np.array([0.62, -np.inf]), np.full(2, np.inf), x, y, total)
    tree = [box_of(*ends, x, y, total) for ends in node_limits(table, y)]
    best = best_box(table, y, [thin, *tree])
    assert best is not None
    assert best.density > thin.density
    assert best.balance > 0.95 > thin.balance


def test_lost_balance_is_warned_of() -> None:
    """A box that is better with limits that luck explains as well: told, and by how much."""
    (found,) = discovered(answer=dominated).found
    first = found.finds[0]
    assert first.box is not None
    better = replace(first.box, cases=first.box.total, hits=first.box.total)
    lost = replace(first, offered=(*first.offered, better))
    told = "\n".join(_policy(replace(found, finds=(lost,)), "trust is below 40"))
    assert ("Warning: a box with more limits was better balanced (density 100 %" in told) == (
        lost.lost >= 0.05
    )
    assert lost.lost >= 0.05


def test_two_boxes_come_back_one_after_the_other() -> None:
    found = discovered(answer=two_boxes)
    assert sorted(found.table["box"].unique()) == [1, 2]
    assert found.table.drop_duplicates("box")["coverage"].sum() > 0.9
    assert any(line.startswith("Else, when ") for line in found.sentences)


def test_luck_is_no_box() -> None:
    """Where nothing decides, no limit stands, or fresh futures give it away."""

    def lots(x: Numbers, policy: int) -> Numbers:
        return np.where(np.random.default_rng(4).random(len(x)) < 0.3, 30.0, 50.0)

    found = discovered(answer=lots)
    if len(found.table):
        row = found.table.iloc[0]
        assert row["density_new_low"] < row["base_share"]
        assert row["density_new"] < row["density"]
    else:
        assert "beyond what luck explains" in found.sentences[0]


def test_nothing_and_everything_are_said_plainly() -> None:
    for when, where in (("trust < -50", "in none of 400"), ("trust < 500", "in all 400")):
        found = discovered(when)
        assert found.table.empty
        assert found.tradeoff.empty
        (line,) = found.sentences
        assert where in line
        assert "there is nothing to tell apart" in line


def test_per_policy() -> None:
    plan = plan_of(policies=("gov1", "gov2", "gov3"))
    runs = made_runs(plan, {"trust": planted, "efficiency": nothing})
    assert set(analyse_discovery(plan, runs, "trust < 40").table["policy"]) == {"gov1", "gov2"}
    only = analyse_discovery(plan, runs, "trust < 40", policies=["gov2"])
    assert set(only.table["policy"]) == {"gov2"}
    with pytest.raises(UserMistake, match="not a policy of made"):
        analyse_discovery(plan, runs, "trust < 40", policies=["gov9"])


def test_the_tradeoff_ends_where_it_should() -> None:
    table = of_planted().tradeoff
    assert tuple(table.columns) == tuple(TRADEOFF)
    own = table[table["box"] == 1]
    assert own["coverage"].max() == 1.0
    assert own["limits"].min() == 0
    assert own["chosen"].sum() == 1
    assert ((own["density"] > 0) & (own["density"] <= 1)).all()


def test_results_do_not_depend_on_the_global_generator() -> None:
    tables = []
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002
        before = np.random.get_state()[1].copy()  # noqa: NPY002
        tables.append(discovered(tree=True))
        assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert tables[0].table.equals(tables[1].table)
    assert tables[0].leaves.equals(tables[1].leaves)


def test_whole_and_constant_factors() -> None:
    """Whole numbers are peeled as well; a factor that does not vary limits nothing."""
    plan = made_plan({"kind": "grid", "levels": 5}, unit_factors(4), outcomes=("trust",))
    runs = made_runs(plan, {"trust": planted})
    runs[NAMES[0]] = (10 * runs[NAMES[0]]).round()
    runs[NAMES[3]] = 7.0
    found = analyse_discovery(plan, runs, "trust < 40").table.set_index("factor")
    assert 5.0 < found.loc[NAMES[0], "low"] <= 7.5
    assert NAMES[3] not in found.index


def test_quasi_p_is_that_of_the_workbench() -> None:
    x = np.random.default_rng(6).random((300, 3))
    y = (x[:, 0] > 0.7) ^ (np.random.default_rng(7).random(300) < 0.1)
    table = pd.DataFrame(x, columns=list("abc"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim

        box = Prim(table, y.astype(float), threshold=1e-9, peel_alpha=0.1).find_box()
    limits, start = box.box_lims[8].to_numpy(), box.prim.box_init.to_numpy()
    low = np.where(limits[0] > start[0], limits[0], -np.inf)
    high = np.where(limits[1] < start[1], limits[1], np.inf)
    own = box_of(low, high, x, y, int(y.sum()))
    assert own.density == pytest.approx(box.peeling_trajectory["density"][8])
    assert own.coverage == pytest.approx(box.peeling_trajectory["coverage"][8])
    found = quasi_p(own, x, y)
    for name, ends in box.qp[8].items():
        for side, expected in enumerate(ends):
            if expected >= 0:
                assert found[side, "abc".index(name)] == pytest.approx(expected)


def test_share_interval_is_wilsons() -> None:
    low, high = share_interval(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert all(map(np.isnan, share_interval(0, 0)))
    assert share_interval(0, 20)[0] == 0.0


def test_offered_boxes_start_with_everything() -> None:
    x = pd.DataFrame(np.random.default_rng(8).random((100, 2)), columns=["a", "b"])
    y = (x["a"] > 0.5).to_numpy()
    boxes = offered(x, y, int(y.sum()))
    assert any(box.limits == 0 and box.cases == 100 for box in boxes)
    assert all(isinstance(box, Box) and box.hits <= box.cases for box in boxes)


def test_tree() -> None:
    found = discovered(tree=True)
    leaves = found.leaves
    assert leaves["cases"].sum() == 400
    assert leaves["of_interest"].sum() == found.found[0].interest.sum()
    assert f"{NAMES[0]} > 0.6" in leaves["where"].iloc[0]
    assert any(line.startswith("Tree: where ") for line in found.sentences)
    assert of_planted().leaves.empty


def test_futures_with_failed_runs_are_left_out_and_told() -> None:
    plan = plan_of()
    runs = made_runs(plan, {"trust": planted, "efficiency": nothing})
    runs.loc[0, ["status", "stage", "message", "trust"]] = ["failed", "run", "boom", np.nan]
    found = analyse_discovery(plan, runs, "trust < 40")
    assert found.sentences[0].startswith("1 of 400 futures are left out: 1 of 800 runs failed")
    assert len(found.found[0].interest) == 399
    runs["status"] = "failed"
    with pytest.raises(GovShiftError, match="no future is complete"):
        analyse_discovery(plan, runs, "trust < 40")


def test_designs_that_do_not_fill_the_space_are_refused() -> None:
    plan = made_plan({"kind": "one_at_a_time"}, unit_factors(4))
    with pytest.raises(UserMistake, match="discover needs one that fills the space"):
        analyse_discovery(plan, made_runs(plan, {"trust": planted}), "trust < 40")


def test_figure(tmp_path: Path) -> None:
    plan = plan_of(policies=("gov1", "gov3"))
    found = analyse_discovery(
        plan, made_runs(plan, {"trust": planted, "efficiency": nothing}), "trust < 40"
    )
    png, svg = found.plot(tmp_path / "boxes")
    assert (png.name, svg.name) == ("boxes.png", "boxes.svg")
    text = svg.read_text(encoding="utf-8")
    assert "coverage (share of all such futures)" in text
    assert NAMES[0] in text
    assert "where trust is below 40" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("trust<40", "trust < 40"),
        ("  trust >= 4e1 and efficiency < -.5 ", "trust >= 40 and efficiency < -0.5"),
        ("trust <= 40. and trust > 30", "trust <= 40 and trust > 30"),
    ],
)
def test_conditions_that_are_understood(text: str, words: str) -> None:
    assert str(Condition.parse(text, OUTCOMES)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'': a comparison is missing; write as in 'trust < 40 and efficiency >= 50'"),
        ("trust < 40 and", "a comparison is missing"),
        ("trsut < 40", "trsut is not an outcome of this experiment (trust, efficiency); "
                       "did you mean 'trust'?"),
        ("inclusion < 40", "inclusion is not an outcome of this experiment (trust, efficiency)"),
        ("trust", "after trust one of < <= > >= is needed; there is none"),
        ("trust = 40", "'=' is not one"),
        ("trust == 40", "'==' is not one"),
        ("trust =< 40", "'=<' is not one"),
        ("trust is 40", "after trust one of < <= > >= is needed; there is none"),
        ("trust <", "after trust < a number is needed, there is none"),
        ("trust < forty", "after trust < a number is needed, not 'forty'"),
        ("trust < nan", "not 'nan'"),
        ("trust < 1e999", "not '1e999'"),
        ("trust < 40 or efficiency < 5", "several comparisons are joined by 'and'"),
        ("40 > trust", "40 is not an outcome"),
        ("trust < 4\n0", "'trust < 4\\n0': after trust <"),
    ],
)  # fmt: skip
def test_conditions_that_are_not(text: str, words: str) -> None:
    with pytest.raises(UserMistake) as refused:
        Condition.parse(text, OUTCOMES)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_a_condition_says() -> None:
    condition = Condition.parse("trust < 40 and efficiency >= 50.5", OUTCOMES)
    assert condition.words == "trust is below 40 and efficiency is at least 50.5"
    assert condition.slug == "trust_below_40_and_efficiency_at_least_50.5"
    values = {"trust": np.array([30.0, 40.0, 30.0]), "efficiency": np.array([50.5, 60.0, 50.0])}
    assert condition.holds(values).tolist() == [True, False, False]
