"""Sensitivity: textbook answers, luck kept out, and what is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from sim.errors import GovShiftError, UserMistake
from sim.experiments.factors import Factor
from sim.questions.sensitivity.analysis import (
    MORRIS,
    PAIRS,
    SOBOL,
    Sensitivity,
    analyse_sensitivity,
    is_assumption,
    luck_share,
)
from sim.questions.settling import points_for_width, replicates_for_luck
from tests.experiments import (
    NAMES,
    Answer,
    Numbers,
    made_plan,
    made_runs,
    shuffled,
    unit_factors,
)

pytest.importorskip("SALib", reason="SALib is not installed: pip install 'govshift[analysis]'")

ISHIGAMI = ((0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437))
"""First and total index of its three inputs (Ishigami and Homma 1990; a = 7, b = .1)."""


def ishigami(x: Numbers, policy: int = 0) -> Numbers:
    one, two, three = x[:, 0], x[:, 1], x[:, 2]
    found: Numbers = np.sin(one) + 7 * np.sin(two) ** 2 + 0.1 * three**4 * np.sin(one)
    return found


def linear(x: Numbers, policy: int = 0) -> Numbers:
    found: Numbers = 5 * x[:, 0] - 3 * x[:, 1] + 0.5 * x[:, 2]
    return found


def analysed(
    design: dict[str, object],
    answer: Answer,
    *,
    inert: int = 0,
    replicates: int = 1,
    noise: float = 0.0,
    seed: int = 1,
) -> Sensitivity:
    """Three factors between -pi and pi and, last, one that does nothing."""
    factors = unit_factors(3 + inert, -np.pi, np.pi)
    plan = made_plan(design, factors, replicates=replicates, seed=seed)
    runs = made_runs(plan, {"trust": answer}, noise=noise)
    return analyse_sensitivity(plan, shuffled(runs))


def test_sobol_of_ishigami_lies_within_the_intervals() -> None:
    """Of 95 % intervals under three seeds nearly all hold the known index."""
    held = []
    for seed in (1, 2, 3):
        found = analysed({"kind": "sobol", "points": 1024}, ishigami, seed=seed)
        assert tuple(found.table.columns) == tuple(SOBOL)
        rows = found.table.set_index("factor")
        for name, known in zip(NAMES, ISHIGAMI, strict=False):
            for index, value in zip(("first", "total"), known, strict=True):
                low, high = (rows.loc[name, f"{index}_{end}"] for end in ("low", "high"))
                held.append(low <= value <= high)
                assert abs(rows.loc[name, index] - value) < 0.1
            assert rows.loc[name, "total_high"] - rows.loc[name, "total_low"] < 0.2
        assert list(found.table["factor"]) == list(NAMES[:3])
        assert list(found.table["rank"]) == [1, 2, 3]
    assert sum(held) >= 16


def test_pairs_of_ishigami() -> None:
    """Inputs one and three work together and no others: .2437."""
    found = analysed({"kind": "sobol", "points": 1024, "second_order": True}, ishigami)
    assert tuple(found.pairs.columns) == tuple(PAIRS)
    first = found.pairs.iloc[0]
    assert {first["factor"], first["other"]} == {NAMES[0], NAMES[2]}
    assert first["share_low"] <= 0.2437 <= first["share_high"]
    assert (found.pairs["share_low"].iloc[1:] < 0).all()


def test_morris_of_a_linear_function_is_exact() -> None:
    """Effects over the whole range: slope times its width, the same everywhere."""
    found = analysed({"kind": "morris", "trajectories": 10}, linear, inert=1)
    assert tuple(found.table.columns) == tuple(MORRIS)
    rows = found.table.set_index("factor")
    width = 2 * np.pi
    for name, slope in zip(NAMES, (5.0, -3.0, 0.5, 0.0), strict=True):
        assert rows.loc[name, "effect"] == pytest.approx(abs(slope) * width)
        assert rows.loc[name, "mean_effect"] == pytest.approx(slope * width)
        assert rows.loc[name, "sd_effect"] == pytest.approx(0.0, abs=1e-9)
    text = found.sentences[0]
    assert f"{NAMES[0]} (by 31.4 points [31.4, 31.4], up)" in text
    assert f"{NAMES[1]} (by 18.8 points [18.8, 18.8], down)" in text
    assert "1 of 4 factors cannot be told from zero" in text


def test_morris_tells_a_factor_that_works_either_way() -> None:
    found = analysed({"kind": "morris", "trajectories": 20}, ishigami)
    assert f"{NAMES[1]} (by " in found.sentences[0]
    assert "either way" in found.sentences[0]


def _factor(kind: str) -> Factor:
    """Capacity from 0 to 8, in one way or another."""
    name, low, high = NAMES[1], 0.0, 8.0
    return {
        "uniform": Factor(name, "uncertainty", low, high),
        "whole": Factor(name, "uncertainty", low, high, whole=True),
        "normal": Factor(name, "uncertainty", low, high, "normal", mean=4.0, sd=1.0),
        "whole normal": Factor(
            name, "uncertainty", low, high, "normal", mean=4.0, sd=0.3, whole=True
        ),
        "values": Factor(name, "uncertainty", low, high, "values", values=(0.0, 1.0, 8.0)),
    }[kind]


@pytest.mark.parametrize("kind", ["uniform", "whole", "normal", "whole normal", "values"])
def test_morris_tells_the_same_effect_however_a_factor_is_spread(kind: str) -> None:
    """Slope times range, though steps of whole numbers are longer, shorter or go nowhere."""
    plan = made_plan({"kind": "morris", "trajectories": 12, "levels": 6},
                     (unit_factors(1)[0], _factor(kind)))  # fmt: skip
    runs = made_runs(plan, {"trust": lambda x, _: 2.0 * x[:, 0] + 3.0 * x[:, 1]})
    rows = analyse_sensitivity(plan, runs).table.set_index("factor")
    assert rows.loc[NAMES[1], "effect"] == pytest.approx(24.0)
    assert rows.loc[NAMES[1], "effect_low"] == pytest.approx(24.0)
    assert rows.loc[NAMES[0], "effect"] == pytest.approx(2.0)


def test_steps_that_go_nowhere_are_not_no_effect() -> None:
    """Of a factor that is nearly always at its middle few steps count, and they count in full."""
    narrow = Factor(NAMES[1], "uncertainty", 0.0, 8.0, "normal", mean=4.0, sd=0.05, whole=True)
    plan = made_plan({"kind": "morris", "trajectories": 20, "levels": 8},
                     (unit_factors(1)[0], narrow), replicates=3)  # fmt: skip
    runs = made_runs(plan, {"trust": lambda x, _: 3.0 * x[:, 1]}, noise=0.01)
    steps = np.diff(plan.points[:, 1].reshape(20, 3), axis=1)
    assert (np.abs(steps).max(axis=1) == 0).any()
    row = analyse_sensitivity(plan, runs).table.set_index("factor").loc[NAMES[1]]
    assert row["effect"] == pytest.approx(24.0, abs=0.1)
    assert 0 < row["luck"] < 0.1


@pytest.mark.parametrize("design", [{"kind": "morris", "trajectories": 4},
                                    {"kind": "sobol", "points": 8}])  # fmt: skip
def test_a_factor_of_one_value_has_no_effect(design: dict[str, object]) -> None:
    fixed = Factor(NAMES[1], "uncertainty", 0.5, 0.5, "values", values=(0.5,))
    plan = made_plan(design, (unit_factors(1)[0], fixed), replicates=3)
    found = analyse_sensitivity(plan, made_runs(plan, {"trust": lambda x, _: 9.0 * x[:, 0]}))
    row = found.table.set_index("factor").loc[NAMES[1]]
    assert np.isfinite(row[["luck", "luck_share"]].astype(float)).all()
    assert abs(row["effect" if "effect" in row else "total"]) < 1e-9
    assert found.sentences


def test_no_effect_is_larger_than_what_the_outcome_can_be() -> None:
    """A jump from 0 to 100 within a step of two thirds would be 150 points per range."""
    plan = made_plan({"kind": "morris", "trajectories": 10}, unit_factors(2), replicates=3)
    runs = made_runs(plan, {"trust": lambda x, _: 100.0 * (x[:, 0] > 0.5)})
    rows = analyse_sensitivity(plan, runs).table.set_index("factor")
    assert rows.loc[NAMES[0], "effect"] == 100.0
    assert rows.loc[NAMES[0], "effect_high"] <= 100.0
    assert rows.loc[NAMES[1], "effect"] == 0.0


@pytest.mark.parametrize("design", [{"kind": "morris", "trajectories": 4},
                                    {"kind": "sobol", "points": 8}])  # fmt: skip
def test_luck_alone_is_said_in_plain_numbers(design: dict[str, object]) -> None:
    """Points that differ by luck only: no share above one, no number of 18 digits."""
    plan = made_plan(design, unit_factors(2), replicates=3)
    runs = made_runs(plan, {"trust": lambda x, _: 40.0 + 0 * x[:, 0]}, noise=1.0)
    found = analyse_sensitivity(plan, runs)
    assert found.table["luck_share"].max() <= 1.0
    last = found.sentences[-1]
    assert last.startswith("Luck is at most ")
    assert "e+" not in last
    assert max(map(len, re.findall(r"[\d,.]+", last))) <= 6


def test_rounding_noise_moves_nothing() -> None:
    plan = made_plan({"kind": "morris", "trajectories": 4}, unit_factors(2), replicates=3)
    noisy = made_runs(plan, {"trust": lambda x, _: 40.0 + 1e-13 * x[:, 0]})
    (line,) = analyse_sensitivity(plan, noisy).sentences
    assert line.endswith("at every point: no factor moves it.")
    half = made_runs(plan, {"trust": lambda x, _: 40.0 + x[:, 0] + 1e-13 * x[:, 1]})
    row = analyse_sensitivity(plan, half).table.set_index("factor").loc[NAMES[1]]
    assert row["effect"] == 0.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_luck_does_not_enter_the_total_index(seed: int) -> None:
    """A factor that does nothing has none, although luck is a third of the variance."""
    design = {"kind": "sobol", "points": 512}
    found = analysed(design, linear, inert=1, replicates=3, noise=11.0, seed=seed)
    row = found.table.set_index("factor").loc[NAMES[3]]
    assert 0.2 < row["luck_share"] < 0.45
    assert row["luck"] == pytest.approx(row["luck_share"], rel=0.2)
    assert abs(row["total"]) < 0.1 * row["luck"] + (row["total_high"] - row["total"])
    assert any("% of the variance" in line and "replicates per point in place of 3" in line
               for line in found.sentences)  # fmt: skip


def test_with_one_replicate_luck_is_said_to_be_inside() -> None:
    found = analysed({"kind": "sobol", "points": 64}, linear, noise=5.0)
    assert found.table["luck"].isna().all()
    assert "luck cannot be told from interactions" in found.sentences[-1]


def test_what_replicates_share_is_not_luck() -> None:
    shared = np.array([0.0, 10.0, -10.0])
    assert luck_share(np.arange(5.0)[:, None] + shared) == pytest.approx(0.0)
    noise = np.random.default_rng(1).normal(size=(5_000, 4))
    assert luck_share(noise) == pytest.approx(1.0, rel=0.1)


def _with_shares(points: int, wanted: Callable[[float, float], bool]) -> Sensitivity:
    """The first seed under which the lowest and the highest share are as wanted."""
    for seed in range(1, 40):
        found = analysed({"kind": "sobol", "points": points}, ishigami, inert=1, seed=seed)
        shares = found.table[["total", "first"]].to_numpy()
        if wanted(shares.min(), shares.max()):
            return found
    raise AssertionError("no seed has such shares")


def test_small_negative_shares_are_explained() -> None:
    found = _with_shares(64, lambda lowest, _: lowest < 0)
    assert any("Shares below zero" in line for line in found.sentences)


def test_shares_above_one_are_explained() -> None:
    found = _with_shares(4, lambda _, highest: highest > 1)
    assert any("Shares above 100 %" in line for line in found.sentences)


def test_constant_output_is_said_plainly() -> None:
    plan = made_plan({"kind": "sobol", "points": 8}, unit_factors(2), outcomes=("trust",))
    found = analyse_sensitivity(plan, made_runs(plan, {"trust": lambda x, _: np.full(len(x), 3.0)}))
    assert found.table.empty
    (line,) = found.sentences
    assert line.endswith("at every point: no factor moves it.")


@pytest.mark.parametrize("status", ["failed", "missing"])
def test_incomplete_runs_are_refused(status: str) -> None:
    plan = made_plan({"kind": "sobol", "points": 8}, unit_factors(2))
    runs = made_runs(plan, {"trust": linear_of_two})
    if status == "failed":
        runs.loc[3, ["status", "stage", "message", "trust"]] = ["failed", "run", "boom", np.nan]
        words = "1 of 32 runs failed, the first \\(run 3, gov1\\) at run: boom"
    else:
        runs, words = runs.iloc[:-2], "2 of 32 runs are missing"
    with pytest.raises(GovShiftError, match=words) as refused:
        analyse_sensitivity(plan, runs)
    assert refused.value.exit_code == 1


def linear_of_two(x: Numbers, policy: int = 0) -> Numbers:
    found: Numbers = x[:, 0] + 0.1 * x[:, 1]
    return found


def test_another_design_is_refused_with_what_to_write() -> None:
    plan = made_plan({"kind": "lhs", "points": 8}, unit_factors(2))
    with pytest.raises(UserMistake, match=r"write 'design: {kind: sobol, points: 64}'"):
        analyse_sensitivity(plan, made_runs(plan, {"trust": linear_of_two}))


def test_an_unknown_policy_is_refused() -> None:
    plan = made_plan({"kind": "sobol", "points": 8}, unit_factors(2), policies=("gov1", "gov2"))
    runs = made_runs(plan, {"trust": linear_of_two})
    with pytest.raises(UserMistake, match="did you mean 'gov2'"):
        analyse_sensitivity(plan, runs, policies=["gov22"])
    assert set(analyse_sensitivity(plan, runs, policies=["gov2"]).table["policy"]) == {"gov2"}


def test_falsifier_nine() -> None:
    """It counts assumptions about the world: no contexts, no levers, nothing from a source."""
    assert is_assumption("trust.negativity")
    for name in ("society.heterogeneity", "society.digital_training", "service.web_cost", "x"):
        assert not is_assumption(name)

    def third_only(x: Numbers, policy: int) -> Numbers:
        return np.asarray(x[:, 2])

    strikes = analysed({"kind": "sobol", "points": 64}, third_only)
    assert any(line.startswith("F9 strikes") and "trust.negativity" in line
               for line in strikes.sentences)  # fmt: skip
    spared = analysed({"kind": "sobol", "points": 1024}, ishigami)
    assert any(line.startswith("F9 does not strike") for line in spared.sentences)
    two = made_plan({"kind": "sobol", "points": 8}, unit_factors(2))
    untested = analyse_sensitivity(two, made_runs(two, {"trust": linear_of_two}))
    assert any(line.startswith("F9 (") for line in untested.sentences)


def test_the_same_runs_give_the_same_table() -> None:
    for kind in ({"kind": "sobol", "points": 32}, {"kind": "morris", "trajectories": 8}):
        one, two = (analysed(kind, ishigami, replicates=2, noise=1.0) for _ in range(2))
        assert one.table.equals(two.table)


def test_how_much_more_it_takes() -> None:
    assert replicates_for_luck(0.5, 4, 0.05) == 76
    assert replicates_for_luck(0.04, 4, 0.05) is None
    assert replicates_for_luck(1.0 - 1e-16, 4, 0.05) == math.inf
    assert replicates_for_luck(float("nan"), 4, 0.05) is None
    assert points_for_width(4, 50.0, 0.1) == math.inf
    assert points_for_width(64, 0.2, 0.1) == 256
    assert points_for_width(64, 0.1, 0.1) is None


def test_figure(tmp_path: object) -> None:
    from pathlib import Path

    found = analysed({"kind": "sobol", "points": 32}, ishigami, inert=1)
    folder = Path(str(tmp_path))
    written = found.plot(folder / "deep" / "factors.png")
    assert [path.name for path in written] == ["factors.png", "factors.svg"]
    assert all(path.stat().st_size > 5_000 for path in written)
    assert NAMES[3] in written[1].read_text(encoding="utf-8")
    assert "Sobol' indices" in found.drawing().figure.caption
    morris = analysed({"kind": "morris", "trajectories": 4}, ishigami)
    assert "Morris" in morris.drawing().figure.caption
