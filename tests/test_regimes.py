"""The regime map: planted regions come out, what is not settled stays undecided, borders move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.errors import UserMistake
from sim.experiments.plan import Plan
from sim.questions.regimes.analysis import analyse_regimes, crossing, margins, refuse
from sim.questions.regimes.words import SURVEYED, surveyed
from tests.experiments import Numbers, made_plan, made_runs, unit_factors

POLICIES = ("gov1", "gov2", "gov3")
GRID = {"kind": "grid", "levels": 5}


def planted(plan: Plan, *, noise: float = 0.0) -> pd.DataFrame:
    """gov2 is ahead of gov1 where x > y / 2; gov3 is far behind. Luck is common but for `noise`."""

    def trust(values: Numbers, policy: int) -> Numbers:
        x, y = values.T
        lead: Numbers = np.array([0.0 * x, 10.0 * (x - 0.5 * y), -50.0 + 0.0 * x])[policy]
        return 40.0 + lead

    runs = made_runs(plan, {"trust": trust})
    luck = np.sin(runs["replicate"])
    alone = np.sin(7.0 * runs["run_id"] + 1.0)
    return runs.assign(trust=runs["trust"] + 5.0 * luck + noise * alone)


def plan_of(replicates: int = 6, **changes: object) -> Plan:
    how = {"policies": POLICIES, "outcomes": ("trust",), "replicates": replicates} | changes
    return made_plan(GRID, unit_factors(2), **how)  # type: ignore[arg-type]


def test_planted_regions_are_won() -> None:
    plan = plan_of()
    found = analyse_regimes(plan, planted(plan))
    cells = found.cells
    x, y = cells["x"], cells["y"]
    level = (x - 0.5 * y).abs() < 1e-9
    assert (cells["winner"][x > 0.5 * y + 1e-9] == "gov2").all()
    assert (cells["winner"][x < 0.5 * y - 1e-9] == "gov1").all()
    assert (cells["winner"][level] == "").all()
    shares = found.shares.set_index("policy")["won"]
    assert shares["gov3"] == 0
    assert shares.sum() == len(cells) == 25


def test_the_border_is_where_it_was_planted() -> None:
    plan = plan_of()
    found = analyse_regimes(plan, planted(plan))
    border = found.borders.query("policy == 'gov2' and other == 'gov1'").set_index("y")
    for y in (0.25, 0.75):
        assert border.loc[y, "x"] == pytest.approx(0.5 * y)
        assert border.loc[y, "conf_low"] <= 0.5 * y <= border.loc[y, "conf_high"]
    moves = found.moves.query("policy == 'gov2' and other == 'gov1'").set_index("factor")["change"]
    assert moves.to_list() == pytest.approx([10.0, -5.0])
    assert any("gains on gov1 by 10.00" in sentence for sentence in found.sentences)
    assert any(sentence.endswith(") points.") for sentence in found.sentences)


def test_who_costs_least_wins_and_gains_by_costing_less() -> None:
    plan = plan_of(outcomes=("cost_per_citizen",))
    runs = planted(plan).assign(cost_per_citizen=lambda rows: 100.0 - rows["trust"])
    found = analyse_regimes(plan, runs)
    won = found.cells.set_index(["x", "y"])["winner"]
    assert (won[1.0, 0.0], won[0.0, 1.0]) == ("gov2", "gov1")
    assert found.shares.set_index("policy")["won"]["gov3"] == 0
    gains = next(sentence for sentence in found.sentences if "gov2 gains on gov1" in sentence)
    assert "by 10.00" in gains
    assert gains.endswith("money per citizen and year.")
    assert "Lower is better: cost per citizen." in found.drawing().figure.caption


def test_noise_leaves_cells_undecided_near_the_border() -> None:
    plan = plan_of()
    cells = analyse_regimes(plan, planted(plan, noise=2.0)).cells
    undecided = cells["winner"] == ""
    distance = (cells["x"] - 0.5 * cells["y"]).abs()
    assert 2 < undecided.sum() < 25
    assert distance[undecided].mean() < distance[~undecided].mean()


def test_measured_attitudes_are_marked_where_places_differ() -> None:
    """A sentence and the caption say where; a map of other factors has neither."""
    plan = plan_of()
    found = analyse_regimes(plan, planted(plan))
    marked = "society.heterogeneity" in plan.names
    told = [line for line in found.sentences if line.startswith("Measured attitudes")]
    assert len(told) == int(marked)
    assert ("Dotted" in found.drawing().figure.caption) == marked
    assert surveyed("society.taste_heterogeneity") == SURVEYED
    assert surveyed("government.capacity") is None


def test_equal_policies_win_nothing() -> None:
    plan = plan_of()
    runs = planted(plan).assign(trust=40.0)
    found = analyse_regimes(plan, runs)
    assert (found.cells["winner"] == "").all()
    assert found.borders.empty


@pytest.mark.parametrize(("third", "low", "high"), [(-50.0, 0.04, 0.06), (0.0, 0.005, 0.05)])
def test_false_winners_are_rare(third: float, low: float, high: float) -> None:
    """Where two tie, one cell in twenty is won by luck; where three do, fewer."""
    draws = np.random.default_rng(1).normal(size=(4_000, 3, 8))
    draws[:, 2] += third
    assert low < np.mean([margins(sample)[3] > 0 for sample in draws]) < high


def test_shares_tell_what_shared_luck_could_make_of_them() -> None:
    """Luck that all cells share moves the whole map at once; luck of cells does not."""
    plan = plan_of(replicates=8)
    runs = planted(plan).assign(trust=40.0)
    luck = np.random.default_rng(2).normal(size=8)
    first, ahead = runs["policy"] == "gov1", np.where(runs["policy"] == "gov3", -50.0, 0.0)
    close = np.where(first, 0.9 + luck[runs["replicate"]], 0.0)
    shared = analyse_regimes(plan, runs.assign(trust=40.0 + close + ahead)).shares
    row = shared.set_index("policy").loc["gov1"]
    assert (row["share_low"], row["share_high"]) == (0.0, 1.0)
    clear = np.where(first, 9.0 + luck[runs["replicate"]], 0.0)
    sure = analyse_regimes(plan, runs.assign(trust=40.0 + clear + ahead))
    row = sure.shares.set_index("policy").loc["gov1"]
    assert (row["share_low"], row["share"], row["share_high"]) == (1.0, 1.0, 1.0)
    assert "gov1 100 % [100, 100]" in sure.sentences[0]


def test_few_replicates_are_warned_of() -> None:
    few, enough = (analyse_regimes(p, planted(p)) for p in (plan_of(), plan_of(replicates=8)))
    assert few.sentences[0].startswith("6 replicates say little of luck: all cells share it")
    assert enough.warnings == ()


def test_rounding_noise_wins_no_cell_and_draws_no_border() -> None:
    plan = plan_of()
    runs = planted(plan).assign(trust=40.0)
    tiny = 7e-15 * (1 + runs["run_id"]) * np.where(runs["point"] % 2, 1, -1)
    runs["trust"] += np.where(runs["policy"] == "gov2", tiny, 0.0)
    found = analyse_regimes(plan, runs)
    assert (found.cells["winner"] == "").all()
    assert (found.cells["leader"] == "gov1").all()
    assert found.borders.empty
    assert (found.moves["change"] == 0).all()


def test_less_is_better_for_costs() -> None:
    plan = plan_of(outcomes=("cost_per_need",))
    cells = analyse_regimes(plan, planted(plan_of()).rename(columns={"trust": "cost_per_need"}))
    assert set(cells.cells["winner"]) == {"gov3"}


def test_crossing() -> None:
    x = np.array([0.0, 1.0, 3.0])
    assert crossing(x, np.array([-1.0, -0.5, 0.5])) == pytest.approx(2.0)
    assert np.isnan(crossing(x, np.array([1.0, 2.0, 3.0])))
    assert crossing(x, np.array([-1.0, 0.0, 0.5])) == 1.0
    assert np.isnan(crossing(x, np.array([1.0, 0.0, 0.5])))


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (made_plan(GRID, unit_factors(3), policies=POLICIES), "two factors, not 3: "),
        (made_plan(GRID, unit_factors(2)), "at least two policies"),
        (plan_of(replicates=2), "at least 3 replicates, not 2"),
        (made_plan({"kind": "lhs", "points": 9}, unit_factors(2), policies=POLICIES, replicates=2),
         "design: {kind: grid, levels: 12}"),
    ],
)  # fmt: skip
def test_what_makes_no_map_is_refused(plan: Plan, words: str) -> None:
    with pytest.raises(UserMistake, match=words):
        refuse(plan)


def test_the_figure_tells_who_wins(tmp_path: Path) -> None:
    plan = plan_of()
    found = analyse_regimes(plan, planted(plan))
    files = found.plot(tmp_path / "map")
    assert [file.suffix for file in files] == [".png", ".svg"]
    assert all(file.stat().st_size > 5_000 for file in files)
    assert "gov2" in found.drawing().figure.alt_text


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(
        "policies: [gov1, gov2]\n"
        "base: {years: 2, society: {citizens: 200, place: synthetic, local_governments: 4}}\n"
        "uncertainties: {society.heterogeneity: {low: 0, high: 2}, government.capacity: }\n"
        "outcomes: [efficiency]\ndesign: {kind: grid, levels: 2}\nreplicates: 3\n",
        encoding="utf-8",
    )
    for change, code in (
        (["--luck-only"], 0),
        (["--set", "design.kind=lhs"], 2),
        (["--set", "replicates=1", "--luck-only"], 2),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["regimes", str(file), "--jobs", "1", "--out", str(tmp_path / "out"), *change])
        assert ended.value.code == code
    written = capsys.readouterr()
    assert "Efficiency: of 4 cells" in written.out
    assert "map.yaml:5:22: design.levels: lhs takes points" in written.err
    assert "map: confidence needs at least 3 replicates, not 1" in written.err
    for name in ("regimes", "regimes_shares", "regimes_moves", "regimes_borders"):
        assert (tmp_path / "out" / "analysis" / f"{name}.csv").is_file()
