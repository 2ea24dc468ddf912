"""The page that a command leaves is the one that `govshift report FOLDER` would write then."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main
from sim.paged import PAGE
from sim.questions.comparison.decisions.codebook import meaning
from sim.questions.discovery import analysis
from sim.questions.evidence import nulls, telling
from sim.questions.fit import calibration, checking, posterior
from sim.questions.fit.results import WAVES
from sim.questions.versions.against import COLUMNS as OF_VERSIONS
from sim.runs.folder import verify

SMALL = ("--citizens", "200", "--years", "1")
QUIET = ("--jobs", "1", "--quiet")
LAB = """\
name: lab
policies: [gov1, gov3]
base: {years: 1, society: {citizens: 150, place: synthetic, local_governments: 4}}
uncertainties: {society.heterogeneity: {low: 0, high: 2}, government.capacity: {low: .2, high: .8}}
outcomes: [trust]
design: {kind: grid, levels: 2}
replicates: 3
months: [12]
"""
RUN = ("run", "gov2", *SMALL, "--luck-only", "--replicates", "2", *QUIET)
COMPARE = ("compare", "gov1", "gov2", *SMALL, "--luck-only", "--replicates", "2", *QUIET)
KINDS: dict[str, list[tuple[str, ...]]] = {
    "run": [(*RUN, "--out", "out")],
    "focus": [(*RUN, "--focus", "Seoul", "--out", "out")],
    "worlds": [("compare", "gov1", "gov2", *SMALL, "--worlds", "2", "--replicates", "1", *QUIET,
                "--out", "out", "--slides")],
    "against": [(*COMPARE, "--out", "old"),
                ("compare", "gov1", "gov2", *SMALL, "--against", "old", *QUIET, "--out", "out")],
    "archive": [(*COMPARE, "--out", "out"), ("archive", "out", "--out", "x.zip")],
    "transitions": [("transitions", "endogenous", *SMALL, "--luck-only", "--replicates", "2",
                     *QUIET, "--out", "out")],
    "sweep": [("sweep", "lab.yaml", *QUIET, "--out", "out")],
    "analyses": [("regimes", "lab.yaml", "--luck-only", *QUIET, "--out", "out"),
                 ("robust", "out")],
    "attribute": [("attribute", "gov1", "gov3", "--citizens", "200", "--orders", "4",
                   "--precision", "50", "--set", "years=1", *QUIET, "--out", "out")],
    "roadmap": [("roadmap", "gov1", "gov3", "--citizens", "150", "--years", "2", "--population",
                 "8", "--generations", "1", "--worlds", "2", "--searches", "2", "--held-out", "3",
                 "--orders", "2", *QUIET, "--out", "out")],
}  # fmt: skip


def carried_out(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(str(ended.value.code or 0))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes the results folder of a kind, by its commands, one after the other."""

    def make(kind: str) -> Path:
        monkeypatch.chdir(tmp_path)
        Path("lab.yaml").write_text(LAB)
        for arguments in KINDS[kind]:
            assert carried_out(*arguments) == 0, arguments
        return tmp_path / "out"

    return make


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_follows_the_last_command(kind: str, made: Callable[[str], Path]) -> None:
    folder = made(kind)
    before = (folder / PAGE).read_bytes()
    assert carried_out("report", str(folder)) == 0
    assert (folder / PAGE).read_bytes() == before
    assert verify(folder) == []
    _check_codebook(folder)


def _check_codebook(folder: Path) -> None:
    """Every column of every CSV is in the codebook, with what it means, and nothing else is."""
    with (folder / "codebook.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    known = {(row["file"], row["column"]) for row in rows}
    written = {
        (path.relative_to(folder).as_posix(), column)
        for path in folder.rglob("*.csv")
        for column in _header(path)
    }
    assert known == written
    unknown = [row for row in rows if not row["meaning"] or "class of one" in row["meaning"]]
    assert unknown == []


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream), [])


def test_the_codebook_knows_files_of_what_is_not_made_here() -> None:
    """Tables of `fit`, `evidence`, `discover` and `sensitivity`, by their declarations."""
    tables = {
        "posterior.csv": posterior.COLUMNS, "identifiability.csv": posterior.TABLE,
        "calibration.csv": calibration.TABLE, "checked.csv": checking.TABLE, "waves.csv": WAVES,
        "predictions.csv": telling.PREDICTIONS, "scores.csv": telling.SCORES,
        "nulls.csv": nulls.NULLS, "against.csv": OF_VERSIONS,
        "analysis/discovery_trust.csv": analysis.COLUMNS,
    }  # fmt: skip
    unknown = [
        (name, column) for name, columns in tables.items() for column in columns
        if "class of one" in meaning(name, column)[2]
    ]  # fmt: skip
    assert unknown == []
