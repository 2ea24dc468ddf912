"""Shapley shares: they sum to the difference, know symmetric and idle rows, and refuse the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.errors import UserMistake
from sim.experiments import attribution
from sim.experiments.attribution import attribute
from sim.experiments.replicate import Finished, Job
from sim.outcomes import OUTCOMES
from sim.scenario import Scenario
from tests.studies import small


def test_shares_sum_to_the_difference() -> None:
    start = small("gov1", years=4)
    end = start.but(name="more", governance={"services": "gov3", "role_of_cio": "gov3",
                                             "role_of_citizen": "gov3"})  # fmt: skip
    found = attribute(start, end, citizens=300, most_orders=8)
    sums = found.table.groupby("outcome")["share"].sum()
    for outcome in OUTCOMES:
        assert sums[outcome.name] == pytest.approx(found.totals[outcome.name], abs=1e-9)
    parts = found.table[found.table["outcome"] == "participation"].set_index("row")["part"]
    assert parts.sum() == pytest.approx(1.0)


def test_a_row_that_nothing_reads_has_no_share() -> None:
    """Row 12 steers endogenous reform only."""
    start = small("gov1", years=3)
    end = start.but(name="more", governance={"demand_for_shift": "gov3", "services": "gov3"})
    table = attribute(start, end, citizens=300, most_orders=4).table
    idle = table[table["row"] == "demand_for_shift"]
    assert (idle["share"] == 0).all()
    assert (table[table["row"] == "services"]["share"] != 0).any()


def test_known_game(monkeypatch: pytest.MonkeyPatch) -> None:
    """V = 3 a + 5 b + 2 a b: shares are 4 and 6, whatever the orders."""

    def play(jobs: list[Job], **_: object) -> list[Finished]:
        played = []
        for job in jobs:
            a, b = job.scenario.profile[0] / 2, job.scenario.profile[1] / 2
            value = 3 * a + 5 * b + 2 * a * b
            frame = pd.DataFrame({outcome.name: [value] for outcome in OUTCOMES})
            played.append(Finished(job, frame, frame, frame, 0.0))
        return played

    monkeypatch.setattr(attribution, "run_replicates", play)
    start = small("gov1")
    end = start.but(name="end", governance={"goal": "gov3", "services": "gov3"})
    found = attribute(start, end, most_orders=40)
    assert found.precise
    assert found.orders == 8
    shares = found.table[found.table["outcome"] == "trust"].set_index("row")["share"]
    assert shares["goal"] == pytest.approx(4.0)
    assert shares["services"] == pytest.approx(6.0)


def test_orders_are_walked_both_ways() -> None:
    forth, back = (attribution._order(7, number, 12) for number in (6, 7))
    assert forth == back[::-1]
    assert sorted(forth) == list(range(12))
    firsts = {attribution._order(7, number, 12)[0] for number in range(0, 400, 2)}
    assert firsts == set(range(12))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"parameters": {"trust.negativity": 2.0}}, "more than rows of the figure: parameters"),
        ({"years": 9}, "more than rows of the figure: years"),
        ({}, "differ in 0 rows"),
        ({"governance": {"goal": "gov3"}}, "differ in 1 rows"),
    ],
)
def test_only_rows_can_share_a_difference(change: dict[str, object], words: str) -> None:
    start = small("gov1")
    with pytest.raises(UserMistake, match=words):
        attribute(start, start.but(name="other", **change))


def test_endogenous_scenarios_are_refused() -> None:
    start = Scenario.load("endogenous")
    with pytest.raises(UserMistake, match="not endogenous"):
        attribute(start, start.but(name="other", governance="gov2"))


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "rows.csv"
    arguments = ["attribute", "gov1", "gov3", "--orders", "4", "--citizens", "200", "--jobs", "1",
                 "--set", "years=2", "--out", str(table)]  # fmt: skip
    for code in (0, 2):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == code
    written = capsys.readouterr()
    assert "Participation: gov3 - gov1 = +" in written.out
    assert "exists already" in written.err
    frame = pd.read_csv(table)
    assert len(frame) == 12 * len(OUTCOMES)
    assert np.isfinite(frame["share"]).all()
