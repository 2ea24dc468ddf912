"""Anchors of the figure as factors: `cells.invitations.gov3`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import as_function
from sim.errors import UserMistake
from sim.experiments.experiment import Experiment
from sim.experiments.measure import measure
from sim.experiments.plan import with_values
from sim.explain.names import explain
from sim.paradigms import FIGURE
from sim.questions.assumptions.ledger import assumed_names, assumptions
from sim.questions.comparison.study import plan_study
from sim.questions.sensitivity.analysis import is_assumption, tag_of
from sim.scenario import Scenario
from sim.worlds.anchors import anchored, anchors, is_reordered, level_names
from sim.worlds.draws import world

NAME = "cells.invitations.gov3"
TEXT = """
policies: [gov2, gov3]
base: {years: 1, society: {citizens: 200, place: synthetic, local_governments: 3}}
uncertainties: {cells.invitations.gov3: , cells.sensing_lag.gov1: {values: [8, 20]}}
outcomes: [participation]
design: {kind: grid, levels: 3}
"""


def load(folder: Path, more: str = "", *, sets: tuple[str, ...] = ()) -> Experiment:
    file = folder / "anchors.yaml"
    file.write_text(TEXT + more, encoding="utf-8")
    return Experiment.load(file, sets=sets)


def test_every_anchor_that_may_vary_keeps_the_order_of_its_cell() -> None:
    assert len(anchors()) == 3 * sum(not cell.simplex for cell in FIGURE.cells)
    for name, one in anchors().items():
        assert one.least <= one.low < one.high <= one.most
        assert one.low <= one.default <= one.high
        for value in (one.low, one.least, one.most, one.high):
            assert not is_reordered(name, anchored({name: value})), (name, value)
        drawn = world(1, 3).anchors[one.cell.name]
        assert one.low <= drawn[one.paradigm] <= one.high
    assert len(level_names()) < len(anchors())
    assert "cells.sensing_lag.gov2" not in level_names()


def test_an_anchor_is_a_factor(tmp_path: Path) -> None:
    plan = load(tmp_path).plan()
    assert sorted({*plan.points[:, 0]}) == pytest.approx([0.125, 0.2, 0.275])
    first = plan.scenario(0, "gov3")
    assert first.cells == {
        "invitations": {"gov3": 0.125}, "sensing_lag": {"gov1": 8.0, "gov2": 8.0}
    }  # fmt: skip
    assert plan.values(0, "gov3") == (0.125, 8.0)
    done = [measure(plan, run) for run in range(plan.runs)]
    assert {one.status for one in done} == {"ok"}
    assert [one.factors for one in done[:2]] == [(0.125, 8.0)] * 2
    of_gov3 = np.array([one.outcomes[0] for one in done if one.place[1] == "gov3"])
    assert np.ptp(of_gov3) > 0.0


def test_an_anchor_that_varies_is_not_drawn(tmp_path: Path) -> None:
    plan = load(tmp_path, "worlds: 2\nreplicates: 1\n").plan()
    for point in range(len(plan.points)):
        there = plan.scenario_in(point, "gov3", 1)
        assert plan.values_of(there) == tuple(plan.points[point])
        assert there.cells["invitations"] == {"gov3": plan.points[point, 0]}
        assert there.cells["deliberation"] == world(plan.seed, 1).anchors["deliberation"]


def test_set_reaches_anchors_and_their_ranges(tmp_path: Path) -> None:
    found = load(tmp_path, sets=(f"uncertainties.{NAME}.high=0.9", "cells.deliberation.gov3=4"))
    assert found.plan().points[:, 0].max() == 0.9
    assert found.scenarios["gov3"].cells == {"deliberation": {"gov3": 4.0}}
    assert Scenario.load("gov3", sets=[f"{NAME}=0.2"]).cells == {"invitations": {"gov3": 0.2}}
    told = load(tmp_path, sets=(f"{NAME}=0.2",)).warnings
    assert any("counts for nothing here" in line and "invitations" in line for line in told)


def test_a_sweep_written_by_hand_takes_anchors(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(f"{NAME}\n0.2\n0.25\n\n", encoding="utf-8")
    file = tmp_path / "csv.yaml"
    file.write_text(
        f"policies: [gov3]\nuncertainties: {{{NAME}: }}\ndesign: {{kind: csv, file: points.csv}}\n",
        encoding="utf-8",
    )
    assert Experiment.load(file).plan().points.ravel().tolist() == [0.2, 0.25]


def test_the_ledger_moves_assumed_levels() -> None:
    names = assumed_names()
    assert NAME in names
    assert "cells.sensing_lag.gov1" in names
    assert not [name for name in names if name.startswith("cells.score")]
    plan = Scenario.load("gov3").but(
        years=1, society={"citizens": 200, "place": "synthetic", "local_governments": 3}
    )
    table = assumptions(plan_study([plan]), citizens=200, replicates=1, names=[NAME])
    row = table[table["outcome"] == "participation"].iloc[0]
    assert (row["default"], row["low"], row["high"]) == (0.2, 0.125, 0.275)
    assert row["at_low"] < row["at_default"] < row["at_high"]
    assert row["tag"] == tag_of(NAME) == FIGURE.cell("invitations").tag


def test_other_tools_and_words_know_anchors() -> None:
    small = Scenario.load("gov3").but(years=1, society={"citizens": 200})
    few, many = (as_function(small, ["participation"])({NAME: v}) for v in (0.125, 0.275))
    assert few["participation"] < many["participation"]
    with pytest.raises(UserMistake, match=f"did you mean '{NAME}'"):
        as_function(small)({"cells.invitation.gov3": 0.2})
    told = explain(NAME, "gov1")
    for words in ("invited", "0.2 (", "0.125 to 0.275", "at most 0.125 to 1", "rests on:"):
        assert words in told
    assert "shares a whole with" in explain("cells.score_cost.gov1", "gov1")
    assert explain("invitations.gov3", "gov1") == told
    assert is_assumption("cells.deliberation.gov3") == (FIGURE.cell("deliberation").tag == "A")


def test_equal_anchors_move_together() -> None:
    moved = with_values(Scenario.load("gov2"), {"cells.large_contract_share.gov2": 0.7})
    assert moved.cells == {"large_contract_share": {"gov1": 0.7, "gov2": 0.7}}
