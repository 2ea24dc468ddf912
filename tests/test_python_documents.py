"""From Python what the command line does: documents, archives, equal costs, other versions."""

from __future__ import annotations

import inspect
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim import archive, compare, compare_against, odd_text, write_odd
from sim.cli.main import govshift
from sim.errors import UserMistake
from tests.studies import small

HOW = {"jobs": 1, "progress": False}


def test_names_are_public_and_documented() -> None:
    for name in ("archive", "compare_against", "odd_text", "write_odd", "VersionComparison"):
        assert name in sim.__all__
        assert name in dir(sim)
        assert inspect.getdoc(getattr(sim, name))


def test_compare_takes_what_the_command_takes() -> None:
    said = {option.name for option in govshift.commands["compare"].params}
    ours = {*inspect.signature(compare).parameters, *inspect.signature(compare_against).parameters}
    of_files = {"files", "baseline", "sets", "citizens", "citizens_in", "years"}
    of_the_screen = {"quiet", "slides", "shard"}
    renamed = {"against": "results"}
    missing = {renamed.get(str(n), n) for n in said - of_files - of_the_screen} - ours
    assert missing == set()


def test_a_study_is_held_against_its_stored_results_and_packed(tmp_path: Path) -> None:
    plans = [small("gov1", years=1, citizens=150), small("gov3", years=1, citizens=150)]
    compare(*plans, luck_only=True, replicates=3, seed=7, out=tmp_path / "old", **HOW)
    found = compare_against(tmp_path / "old", *plans, out=tmp_path / "new", **HOW)
    assert found.against.paired
    assert found.runs.study.seed == 7
    assert found.runs.replicates == 3
    assert set(found.changes()["verdict"]) == {"same"}
    assert any("same" in line for line in found.sentences)
    assert len(pd.read_csv(tmp_path / "new" / "against.csv")) == len(found.changes())
    with pytest.raises(UserMistake, match="another scenario"):
        compare_against(tmp_path / "old", plans[0], plans[1].but(governance="gov2"), **HOW)
    packed = archive(tmp_path / "new", tmp_path / "new.zip")
    assert packed.stat().st_size > 10_000


def test_levers_are_scaled_to_equal_cost() -> None:
    plan = small("gov2", years=1, citizens=150)
    plans = [
        plan,
        plan.but(name="train", parameters={"society.digital_training": 0.02}),
        plan.but(name="open", parameters={"open_data.spend": 0.05}),
    ]
    levers = ("society.digital_training", "open_data.spend")
    found = compare(*plans, luck_only=True, replicates=2, equal_cost=levers, **HOW)
    equal = found.runs.study.equal_cost
    assert equal is not None
    assert set(equal.factors) == {"train", "open"}
    with pytest.raises(UserMistake, match="cost_of: goes with equal_cost"):
        compare(*plans, cost_of="open", **HOW)


def test_the_protocol_is_written(tmp_path: Path) -> None:
    path = write_odd(tmp_path / "ODD.md")
    assert path.read_text(encoding="utf-8") == odd_text()
