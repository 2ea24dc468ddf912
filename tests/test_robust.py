"""Robustness: regret, satisficing and maximin of a table that can be reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import UserMistake
from sim.experiments.plan import Plan
from sim.questions.futures import usable_futures
from sim.questions.robustness.analysis import (
    COLUMNS,
    TARGETS,
    Robustness,
    analyse_robustness,
    levels_of,
    regret,
    regrets_of,
)
from sim.questions.settling import COLUMNS as SETTLING
from sim.questions.settling import replicates_needed, settling_sentence
from tests.experiments import Numbers, made_plan, made_runs, shuffled, unit_factors

POLICIES = ("gov1", "gov2", "gov3")
BY_HAND = np.array(
    [
        [50.0, 40.0, 45.0],
        [30.0, 40.0, 39.0],
        [60.0, 40.0, 58.0],
        [20.0, 40.0, 37.0],
    ]
)
"""Four futures of three policies. Regrets: 0 10 5; 10 0 1; 0 20 2; 20 0 3."""


def plan_of(outcomes: tuple[str, ...] = ("trust",), replicates: int = 1, points: int = 4) -> Plan:
    return made_plan(
        {"kind": "lhs", "points": points}, unit_factors(2), policies=POLICIES,
        outcomes=outcomes, replicates=replicates,
    )  # fmt: skip


def runs_by_hand(plan: Plan, outcome: str = "trust", values: Numbers = BY_HAND) -> pd.DataFrame:
    runs = made_runs(plan, {name: lambda x, k: np.zeros(len(x)) for name in plan.outcomes})
    column = {name: place for place, name in enumerate(POLICIES)}
    runs[outcome] = values[runs["point"], runs["policy"].map(column)]
    return runs


def analysed(targets: tuple[str, ...] = ()) -> Robustness:
    plan = plan_of()
    return analyse_robustness(plan, shuffled(runs_by_hand(plan)), targets=targets)


def told(found: Robustness) -> list[str]:
    """The sentences after the warnings."""
    return found.sentences[len(found.warnings) :]


def test_measures_by_hand() -> None:
    assert regret(BY_HAND).tolist() == [[0, 10, 5], [10, 0, 1], [0, 20, 2], [20, 0, 3]]
    mean, p90, largest, best = regrets_of(BY_HAND)
    assert mean.tolist() == [7.5, 7.5, 2.75]
    assert largest.tolist() == [20, 20, 5]
    assert best.tolist() == [0.5, 0.5, 0.0]
    assert p90 == pytest.approx([17.0, 17.0, 4.4])
    assert levels_of(BY_HAND).tolist() == [[40.0, 40.0, 44.75], [20.0, 40.0, 37.0]]


def test_the_table_by_hand() -> None:
    found = analysed()
    assert tuple(found.table.columns) == tuple(COLUMNS)
    assert list(found.table["policy"])[0:1] == ["gov3"]
    row = found.table.iloc[0]
    assert row["regret_mean"] == 2.75
    assert row["regret_max"] == 5
    assert row["regret_max_high"] == 5
    assert row["regret_mean_low"] <= 2.75 <= row["regret_mean_high"]
    assert row["best_share"] == 0
    assert row["first_share"] > 0.7
    one, two, *_ = told(found)
    assert "Trust (points): gov3 is never further than 5.00 [" in one
    assert "best in 0 % [0, 0] of 4 futures" in one
    assert "the others fall behind by up to 20.0 (gov1), 20.0 (gov2)" in one
    assert two.strip().startswith("Its best worst case has gov2: lowest 40.0 [40.0, 40.0]")


def test_targets_by_hand() -> None:
    found = analysed(targets=("trust >= 40", "trust < 55"))
    assert tuple(found.targets.columns) == tuple(TARGETS)
    share = found.targets.set_index(["target", "policy"])["share"]
    assert share["trust >= 40"].to_dict() == {"gov1": 0.5, "gov2": 1.0, "gov3": 0.5}
    assert share["trust < 55"].to_dict() == {"gov1": 0.75, "gov2": 1.0, "gov3": 0.75}
    both = share["trust >= 40 and trust < 55"].to_dict()
    assert both == {"gov1": 0.25, "gov2": 1.0, "gov3": 0.25}
    text = "\n".join(found.sentences)
    assert "Trust >= 40 is met by gov2 in 100 % [100, 100], gov1 in 50 %" in text


def test_lower_is_better_where_it_is() -> None:
    plan = plan_of(("citizen_hours",))
    found = analyse_robustness(plan, runs_by_hand(plan, "citizen_hours", -BY_HAND))
    row = found.table.iloc[0]
    assert (row["policy"], row["regret_max"]) == ("gov3", 5)
    assert row["worst"] == -37.0
    assert row["mean"] == -44.75
    assert row["mean_low"] <= row["mean"] <= row["mean_high"]
    assert row["worst_low"] <= row["worst"] <= row["worst_high"]
    assert "highest -40.0" in told(found)[1]
    assert told(found)[0].startswith("Citizen hours (hours per need, lower is better): gov3 is ")


def test_outcomes_without_a_direction_are_left_out_and_told() -> None:
    plan = plan_of(("trust", "trust_sd"))
    found = analyse_robustness(plan, runs_by_hand(plan))
    assert set(found.table["outcome"]) == {"trust"}
    assert found.undirected == ("trust_sd",)
    assert any(line.startswith("Left out: trust_sd") for line in found.sentences)


def test_equal_policies_are_said_to_be_equal() -> None:
    plan = plan_of()
    found = analyse_robustness(plan, runs_by_hand(plan, values=np.full((4, 3), 7.0)))
    assert told(found)[0] == "Trust: all policies are the same in every future."


def test_a_policy_that_is_always_the_best() -> None:
    plan = plan_of()
    found = analyse_robustness(
        plan, runs_by_hand(plan, values=BY_HAND + np.array([100.0, 0.0, 0.0]))
    )
    assert told(found)[0].startswith(
        "Trust (points): gov1 is the best policy in all 4 futures; the "
    )


def test_intervals_hold_the_truth() -> None:
    """Many futures from a known distribution: the mean regret of gov1 is one half, gov2 none."""
    plan = plan_of(points=400)
    values = np.random.default_rng(1).random((400, 3)) * [1.0, 0.0, 1.0] - [1.0, 0.0, 1.0]
    row = analyse_robustness(plan, runs_by_hand(plan, values=values)).table.set_index("policy")
    assert row.loc["gov1", "regret_mean_low"] < 0.5 < row.loc["gov1", "regret_mean_high"]
    assert row.loc["gov1", "regret_mean_high"] - row.loc["gov1", "regret_mean_low"] < 0.08
    assert row.loc["gov2", "first_share"] == 1.0


def test_luck_that_futures_share_widens_regrets_and_shares() -> None:
    """Two policies that are equal but for luck which is the same in all futures."""
    plan = plan_of(replicates=8, points=50)
    runs = made_runs(plan, {"trust": lambda x, k: 0 * x[:, 0]})
    luck = np.random.default_rng(3).normal(size=8)
    runs["trust"] += np.where(runs["policy"] == "gov1", luck[runs["replicate"]], 0.0)
    found = analyse_robustness(plan, runs).table.set_index("policy")
    for policy in ("gov1", "gov2"):
        row = found.loc[policy]
        assert (row["best_share_low"], row["best_share_high"]) == (0.0, 1.0)
        assert row["regret_mean_high"] > 0.1
        assert 0.05 < row["first_share"] < 0.95


def test_regret_of_a_policy_that_is_always_ahead_is_none() -> None:
    plan = plan_of(replicates=4, points=50)
    runs = made_runs(plan, {"trust": lambda x, k: k + 0 * x[:, 0]})
    found = analyse_robustness(plan, runs, targets=())
    last = found.table.set_index("policy").loc["gov3"]
    assert last["regret_max_high"] == pytest.approx(0.0)
    assert last["mean_high"] - last["mean_low"] > 0.5
    middle = float(last["mean"])
    open_ = analyse_robustness(plan, runs, targets=[f"trust > {middle:.6f}"]).targets
    share = open_.set_index("policy").loc["gov3"]
    assert (share["share_low"], share["share_high"]) == (0.0, 1.0)


@pytest.mark.slow
def test_intervals_of_shares_cover_the_truth_with_eight_replicates() -> None:
    """Two equal policies under luck that futures share: the true share is one half."""
    luck = np.random.default_rng(11)
    held = []
    for _ in range(60):
        plan = made_plan({"kind": "lhs", "points": 30}, unit_factors(1), policies=POLICIES[:2],
                         replicates=8)  # fmt: skip
        runs = made_runs(plan, {"trust": lambda x, k: 0 * x[:, 0]})
        own, shared, alone = (luck.normal(size=size) for size in ((30, 2), (8, 2), (30, 2, 8)))
        second = (runs["policy"] == "gov2").astype(int)
        point, replicate = runs["point"], runs["replicate"]
        runs["trust"] = (
            own[point, second]
            + 0.6 * shared[replicate, second]
            + 0.5 * alone[point, second, replicate]
        )
        row = analyse_robustness(plan, runs).table.iloc[0]
        held.append(row["best_share_low"] <= 0.5 <= row["best_share_high"])
    assert np.mean(held) > 0.85


def test_few_replicates_are_warned_of() -> None:
    plan = plan_of(replicates=2)
    runs = made_runs(plan, {"trust": lambda x, k: k + x[:, 0]})
    first = analyse_robustness(plan, runs).sentences[0]
    assert first.startswith("2 replicates say little of luck: all futures share it")
    enough = plan_of(replicates=8)
    runs = made_runs(enough, {"trust": lambda x, k: k + x[:, 0]})
    assert analyse_robustness(enough, runs).warnings == ()


def test_rounding_noise_is_no_regret_and_decides_no_target() -> None:
    plan = plan_of(replicates=3)
    values = np.full((4, 3), 40.0)
    values[:, 1] -= 7e-15 * np.arange(1, 5)
    runs = runs_by_hand(plan, values=values)
    found = analyse_robustness(plan, runs, targets=["trust >= 40", "trust < 40"])
    assert told(found)[0] == "Trust: all policies are the same in every future."
    assert (found.table["best_share"] == 1.0).all()
    assert (found.table["first_share"] == 1.0).all()
    shares = found.targets.set_index("target")["share"]
    assert (shares["trust >= 40"] == 1.0).all()
    assert (shares["trust < 40"] == 0.0).all()
    assert (found.needed["same"] == 4).all()


def test_what_is_not_worth_settling_has_no_number() -> None:
    """Differences of a hair under much luck: no count of hundreds of thousands."""
    plan = made_plan({"kind": "lhs", "points": 3}, unit_factors(2), policies=POLICIES[:2],
                     replicates=4)  # fmt: skip
    runs = made_runs(plan, {"trust": lambda x, k: 0 * x[:, 0]})
    gain = np.array([5.0, -5.0, 5.0, -4.999])[runs["replicate"]]
    runs["trust"] = np.where(runs["policy"] == "gov1", gain, 0.0)
    table = replicates_needed(usable_futures(plan, runs), ["trust"])
    assert np.isinf(table["needed_median"].iloc[0])
    assert "more than 1,000 per future would not settle half" in settling_sentence(table)


def test_how_many_replicates_would_settle_it() -> None:
    """Future 0 is settled, future 1 the same, future 2 open by chance."""
    plan = made_plan({"kind": "lhs", "points": 3}, unit_factors(2), policies=POLICIES[:2],
                     replicates=4)  # fmt: skip
    differences = np.array([[5.0, 5.1, 4.9, 5.0], [0.0] * 4, [1.0, -0.5, 0.8, -0.3]])
    runs = made_runs(plan, {"trust": lambda x, k: 0 * x[:, 0]})
    first = (runs["policy"] == "gov1").to_numpy()
    gain = differences[runs["point"], runs["replicate"]]
    runs["trust"] = np.where(first, gain, 0.0)
    table = replicates_needed(usable_futures(plan, runs), ["trust"])
    assert tuple(table.columns) == tuple(SETTLING)
    row = table.iloc[0]
    assert (row["settled"], row["open"], row["same"]) == (1, 1, 1)
    assert row["needed_median"] == row["needed_p90"] > 20
    assert "in 1 of 3 futures with 4 replicates" in settling_sentence(table)


def test_one_replicate_settles_nothing() -> None:
    assert "One replicate per future" in analysed().sentences[-1]


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (("trust >",), "after trust > a number is needed"),
        (("trsut > 4",), "did you mean 'trust'"),
        (("trust > 4", ""), "a comparison is missing"),
    ],
)
def test_wrong_targets(targets: tuple[str, ...], words: str) -> None:
    with pytest.raises(UserMistake, match=words):
        analysed(targets)


def test_one_policy_or_future_has_no_regret() -> None:
    one = made_plan({"kind": "lhs", "points": 4}, unit_factors(2))
    with pytest.raises(UserMistake, match="has one policy; regret compares at least two"):
        analyse_robustness(one, made_runs(one, {"trust": lambda x, k: x[:, 0]}))
    short = plan_of(points=1)
    with pytest.raises(UserMistake, match="has one complete future"):
        analyse_robustness(short, runs_by_hand(short))


def test_the_same_runs_give_the_same_table() -> None:
    assert analysed().table.equals(analysed().table)


def test_failed_futures_are_left_out_and_told() -> None:
    plan = plan_of()
    runs = runs_by_hand(plan)
    runs.loc[0, ["status", "stage", "message", "trust"]] = ["failed", "run", "boom", np.nan]
    found = analyse_robustness(plan, runs)
    assert found.sentences[0].startswith("1 of 4 futures are left out")
    assert (found.table["futures"] == 3).all()


def test_figure_of_long_names() -> None:
    """Names of 80 letters leave room for the lines, and are all there."""
    names = {f"gov{k} with open data, local autonomy and a matching grant that nobody can match" for
             k in (1, 2, 3)}  # fmt: skip
    plan = plan_of()
    renamed = replace(plan, policies=dict(zip(sorted(names), plan.policies.values(), strict=True)))
    runs = runs_by_hand(plan)
    runs["policy"] = runs["policy"].map(dict(zip(POLICIES, sorted(names), strict=True)))
    drawing = analyse_robustness(renamed, runs).drawing()
    axes = [a for a in drawing.page.canvas.axes if a is not drawing.page.sheet]
    assert all(a.get_position().width > 0.2 for a in axes)
    assert all(name in drawing.figure.alt_text for name in names)


def test_figure(tmp_path: Path) -> None:
    found = analysed()
    written = found.plot(tmp_path / "regret.svg")
    assert [path.name for path in written] == ["regret.png", "regret.svg"]
    text = written[1].read_text(encoding="utf-8")
    assert "points behind the best policy" in text
    assert "Regret: how much better" in found.drawing().figure.caption
