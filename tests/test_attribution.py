"""Shapley shares: they sum to the difference, know symmetric and idle rows, and refuse the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.errors import UserMistake
from sim.outcomes import OUTCOMES
from sim.questions.attribution import analysis as attribution
from sim.questions.attribution.analysis import Question, attribute
from sim.questions.attribution.results import publish_attribution
from sim.questions.attribution.shapley import Walks, interactions, shares, totals, widest_interval
from sim.questions.comparison.reopen import reopen
from sim.runs.chunk import Done
from sim.runs.runner import Where
from sim.scenario import Scenario
from tests.studies import small


def test_shares_sum_to_the_difference() -> None:
    start = small("gov1", years=4)
    end = start.but(name="more", governance={"services": "gov3", "role_of_cio": "gov3",
                                             "role_of_citizen": "gov3"})  # fmt: skip
    found = attribute(start, end, citizens=300, most_orders=8, jobs=1)
    sums = found.shares.groupby("outcome")["share"].sum()
    for outcome in OUTCOMES:
        assert sums[outcome.name] == pytest.approx(found.totals[outcome.name], abs=1e-9)
    parts = found.shares[found.shares["outcome"] == "participation"].set_index("row")["part"]
    assert parts.sum() == pytest.approx(1.0)


def test_a_row_that_nothing_reads_has_no_share() -> None:
    """Row 12 steers endogenous reform only."""
    start = small("gov1", years=3)
    end = start.but(name="more", governance={"demand_for_shift": "gov3", "services": "gov3"})
    table = attribute(start, end, citizens=300, most_orders=4, jobs=1).shares
    idle = table[table["row"] == "demand_for_shift"]
    assert (idle["share"] == 0).all()
    assert (table[table["row"] == "services"]["share"] != 0).any()


ROWS = ("a", "b", "c", "d")


def walked(game: Callable[[set[str]], float], pairs: int = 12, noise: float = 0.0) -> Walks:
    """Walks of a game of four players, each order with its reverse; luck shifts a pair."""
    lines = []
    for number in range(2 * pairs):
        order = [ROWS[k] for k in attribution._order(3, number, len(ROWS))]
        shift = noise * (number // 2 % 3)
        for step in range(len(ROWS) + 1):
            mover = order[step - 1] if step else ""
            lines.append((number, step, mover, game(set(order[:step])) + shift))
    table = pd.DataFrame(lines, columns=["order", "step", "row", "value"])
    return Walks.of(table.sample(frac=1.0, random_state=1), ROWS, ["value"])


def pairwise(moved: set[str]) -> float:
    a, b, c = (float(row in moved) for row in "abc")
    return 3.0 * a + 5.0 * b - 1.0 * c + 2.0 * a * b - 4.0 * b * c


def test_known_game() -> None:
    """A pair's joint gain is split evenly: a 3 + 1, b 5 + 1 - 2, c -1 - 2, d nothing."""
    table = shares(walked(pairwise, noise=0.7), ROWS, ["value"]).set_index("row")
    assert table["share"].to_dict() == pytest.approx({"a": 4.0, "b": 4.0, "c": -3.0, "d": 0.0})
    assert (table["conf_high"] - table["conf_low"]).max() == pytest.approx(0.0, abs=1e-9)


def test_interactions_of_a_known_game() -> None:
    table, explained = interactions(walked(pairwise, noise=0.7), ROWS, ["value"])
    found = table.set_index(["row", "other"])["interaction"]
    assert explained["value"] == pytest.approx(1.0)
    for pair, value in found.items():
        wanted = {("a", "b"): 2.0, ("b", "c"): -4.0}.get(pair, 0.0)
        assert value == pytest.approx(wanted, abs=1e-9)


def test_what_three_rows_do_only_together_is_not_explained_by_pairs() -> None:
    _, explained = interactions(walked(lambda m: float({"a", "b", "c"} <= m)), ROWS, ["value"])
    assert 0.5 < explained["value"] < 0.999


def test_rounding_noise_is_no_share() -> None:
    """A game that gives rounding noise: no share, no part of nothing, nothing to explain."""
    noise = np.random.default_rng(2)
    walks = walked(lambda moved: 40.0 + 7e-15 * noise.integers(-2, 3))
    table = shares(walks, ROWS, ["trust"])
    assert (table[["share", "part", "conf_low", "conf_high"]] == 0).all(axis=None)
    assert totals(walks, ["trust"]).tolist() == [0.0]
    assert widest_interval(walks).tolist() == [0.0]
    pairs, explained = interactions(walks, ROWS, ["trust"])
    assert not pairs["clear"].any()
    assert explained["trust"] == 1.0


def test_too_few_orders_have_no_interval() -> None:
    walks = walked(pairwise, pairs=2, noise=0.7)
    assert shares(walks, ROWS, ["value"])["conf_low"].isna().all()
    assert np.isinf(widest_interval(walks)).all()


def test_too_few_walks_tell_no_pairs_apart() -> None:
    table, explained = interactions(walked(pairwise, pairs=2), ROWS, ["value"])
    assert table.empty
    assert explained == {}


def test_sampling_intervals_cover_the_shapley_value() -> None:
    """A game in which the order matters: a glove pair. The row that completes it gains all."""
    walks = walked(lambda m: float({"a", "b"} <= m) + float({"a", "c"} <= m and "b" not in m), 60)
    table = shares(walks, ROWS, ["value"]).set_index("row")
    for row, value in {"a": 2 / 3, "b": 1 / 6, "c": 1 / 6, "d": 0.0}.items():
        assert table.loc[row, "conf_low"] - 1e-9 <= value <= table.loc[row, "conf_high"] + 1e-9
    assert 0.0 < widest_interval(walks)[0] < 0.5


def test_orders_are_walked_both_ways() -> None:
    forth, back = (attribution._order(7, number, 12) for number in (6, 7))
    assert forth == back[::-1]
    assert sorted(forth) == list(range(12))
    firsts = {attribution._order(7, number, 12)[0] for number in range(0, 400, 2)}
    assert firsts == set(range(12))


def test_a_stopped_walk_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in its second block, then asked again: the same bytes as without a stop."""
    start = small("gov1", years=2)
    rows = {"services": "gov3", "role_of_cio": "gov3", "role_of_citizen": "gov3"}
    question = Question.of(start, start.but(name="more", governance=rows), citizens=200)
    how = {"most_orders": 20, "precision": 0.01, "command": "test", "where": Where(1)}
    whole: list[Done] = []
    publish_attribution(question, tmp_path / "whole", **how, progress=whole.append)
    first: list[Done] = []

    def stop(done: Done) -> None:
        first.append(done)
        if len(first) == len(whole) // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish_attribution(question, tmp_path / "stopped", **how, progress=stop)
    second: list[Done] = []
    publish_attribution(question, tmp_path / "stopped", **how, progress=second.append)
    assert [d.key for d in first + second] == [d.key for d in whole]
    for name in ("walks.parquet", "shares.csv", "interactions.csv", "figures/shares.svg"):
        one, other = (tmp_path / folder / name for folder in ("whole", "stopped"))
        assert one.read_bytes() == other.read_bytes()
    with pytest.raises(UserMistake, match="holds no replicates to tell again"):
        reopen(tmp_path / "whole")
    publish_attribution(question, tmp_path / "stopped", **how | {"most_orders": 8})
    publish_attribution(question, tmp_path / "few", **how | {"most_orders": 8})
    for name in ("walks.parquet", "shares.csv"):
        few, asked_less = (tmp_path / folder / name for folder in ("few", "stopped"))
        assert few.read_bytes() == asked_less.read_bytes()


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
    folder = tmp_path / "rows"
    arguments = ["attribute", "gov1", "gov3", "--orders", "6", "--citizens", "200", "--jobs", "1",
                 "--set", "years=2", "--out", str(folder)]  # fmt: skip
    for more, code in (([], 0), ([], 0), (["--seed", "9"], 2)):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *more])
        assert ended.value.code == code
    written = capsys.readouterr()
    assert (
        "Participation, an index of taking part and being heard (points): gov3 - gov1 = +"
        in written.out
    )
    assert "wider than 10 % of the largest share: " in written.out
    assert "holds results of another question" in written.err
    frame = pd.read_csv(folder / "shares.csv")
    assert len(frame) == 12 * len(OUTCOMES)
    assert np.isfinite(frame["share"]).all()
    assert (folder / "figures" / "shares.png").stat().st_size > 10_000
