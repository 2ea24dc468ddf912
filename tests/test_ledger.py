"""Which assumptions a result rests on: known swings, and conclusions that turn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.questions.assumptions.ledger import (
    ASSUMED,
    COLUMNS,
    _tried,
    assumed_names,
    assumptions,
)
from sim.questions.comparison.publish import publish
from sim.questions.comparison.study import plan_study
from sim.questions.sensitivity.analysis import tag_of
from sim.runs.folder import read_manifest, verify
from sim.runs.means import means_keeper
from sim.runs.runner import Where
from tests.studies import small, small_study


def test_only_unsupported_parameters_are_assumed() -> None:
    names = assumed_names()
    assert "trust.negativity" in names
    assert "service.web_cost" not in names
    assert all(tag_of(name) in ASSUMED for name in names)


def test_swings_of_a_comparison() -> None:
    """The exponent of fit moves efficiency and nothing else; its share is known to be large."""
    table = assumptions(
        small_study("gov1", "gov3"), citizens=300, replicates=3,
        names=["outcomes.fit_weight", "participation.input_cost"],
    )  # fmt: skip
    assert tuple(table.columns) == tuple(COLUMNS)
    fit = table[table["parameter"] == "outcomes.fit_weight"].set_index("outcome")
    assert fit.loc["efficiency", "swing"] > 0
    assert (fit.drop("efficiency")["swing"] == 0).all()
    assert list(table["swing"]) == sorted(table["swing"], reverse=True)


def test_a_conclusion_that_turns_is_said_to_rest_on_the_assumption() -> None:
    """The same society, counted with a larger exponent of fit: only the exponent parts the two."""
    cheap = small("gov2", years=6, citizens=600)
    costly = cheap.but(name="counted", parameters={"outcomes.fit_weight": 2.0})
    study = plan_study([cheap, costly], replicates=2, baseline="gov2")
    table = assumptions(study, citizens=600, replicates=3, names=["outcomes.fit_weight"])
    row = table[table["outcome"] == "efficiency"].iloc[0]
    assert row["at_default"] < 0
    assert row["at_low"] == row["at_high"] == 0
    assert row["rests"]


def test_without_a_baseline_outcomes_move() -> None:
    study = plan_study([small("gov2", years=2)], replicates=2)
    table = assumptions(study, citizens=300, replicates=2, names=["outcomes.reference_cost"])
    row = table[table["outcome"] == "efficiency"].iloc[0]
    assert row["at_low"] < row["at_default"] < row["at_high"]
    assert not row["rests"]


@pytest.mark.slow
def test_report_with_assumptions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "r"
    publish(small_study("gov1", "gov3", years=2), folder, command="test", where=Where(1))
    monkeypatch.setattr(
        "sim.questions.assumptions.ledger.assumed_names",
        lambda: ["trust.negativity", "trust.breach"],
    )
    with pytest.raises(SystemExit) as ended:
        main(["report", str(folder), "--assumptions", "--replicates", "3", "--jobs", "1",
              "--citizens", "300"])  # fmt: skip
    assert ended.value.code == 0
    screen = capsys.readouterr().out
    assert "Assumptions that move each outcome most" in screen
    assert "trust.negativity (A, 1 to 4): trust of gov3" in screen
    assert "assumptions.csv" in read_manifest(folder)["files"]
    assert verify(folder) == []


def test_report_writes_again_what_was_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "r"
    publish(small_study("gov1", "gov3", replicates=2, years=1), folder, command="t", where=Where(1))
    before = (folder / "summary.csv").read_bytes()
    (folder / "summary.csv").write_text("scenario\nmy own numbers\n")
    (folder / "figures" / "map.png").unlink()
    with pytest.raises(SystemExit) as ended:
        main(["report", str(folder)])
    written = capsys.readouterr()
    assert ended.value.code == 0
    assert (
        "summary.csv: is not what manifest.json says (SHA-256); it is written again" in written.err
    )
    assert "map.png: is missing; it is written again" in written.err
    assert (folder / "summary.csv").read_bytes() == before
    assert verify(folder) == []


def test_a_stopped_ledger_goes_on(tmp_path: Path) -> None:
    """What was measured is kept, and what is told is the same as without a stop."""
    study = plan_study([small("gov2", years=1)], replicates=1)
    how = {"citizens": 200, "replicates": 2, "names": ["trust.negativity", "trust.breach"]}
    whole = assumptions(study, **how)

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), means_keeper(tmp_path, Where(1)) as kept:
        assumptions(study, **how, kept=kept, progress=stop)
    missing: list[int] = []
    with means_keeper(tmp_path, Where(1)) as kept:
        again = assumptions(study, **how, kept=kept, announce=missing.append)
    assert missing == [10 - 5], "the replicate that was finished is kept"
    pd.testing.assert_frame_equal(again, whole, check_exact=True)


def test_report_refuses_what_it_cannot_trust(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "r"
    publish(small_study("gov1", "gov3", replicates=1, years=1), folder, command="t", where=Where(1))
    shutil.rmtree(folder / "parts")
    table = folder / "timeseries.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    for path, code, words in (
        (folder, 1, "timeseries.parquet: is not what manifest.json says"),
        (tmp_path / "nowhere", 2, "no such results folder"),
        (tmp_path, 2, "holds no results"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["report", str(path)])
        err = capsys.readouterr().err
        assert ended.value.code == code
        assert words in err
        assert len(err.splitlines()) == 1


def test_every_alternative_rule_is_tried() -> None:
    """A rule between the first and the last one is no end of a range, and may move most."""
    assert _tried("trust.theory") == {"low": 0.0, "high": 2.0, "adaptive": 1.0}
    assert _tried("decision.theory") == {"low": 0.0, "high": 1.0}
    assert set(_tried("trust.norm")) == {"low", "high"}
