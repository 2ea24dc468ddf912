"""Where a council reads, names of files stand in brackets or under the pointer, never alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from sim.declared import PARAMETERS
from sim.frames import table
from sim.paged import PAGE
from sim.paradigms import FIGURE
from sim.questions.assumptions.ledger import COLUMNS as LEDGER
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, plan_study
from sim.report.page.paired import turning_section
from sim.report.page.study import study_page
from sim.report.page.told import Told
from sim.report.page.wording import in_words, named, reworded
from sim.report.page.write import page_text
from sim.runs.csv_files import write_csv
from sim.runs.folder import Folder
from sim.runs.runner import Where
from sim.society.place_columns import COLUMNS
from sim.worlds.anchors import anchors
from sim.worlds.unknowns import unknown_names
from tests.pages import add_tables
from tests.studies import small
from tests.test_page import Reader

NAMES = {
    *PARAMETERS, *unknown_names(), *anchors(), *(n for n in COLUMNS if "_" in n),
    *(row for row in FIGURE.row_ids if "_" in row), "society.place", "transition.mode",
    "cost_per_citizen", "participation_breadth", "governance.goal",
}  # fmt: skip


def bare_names(text: str) -> list[str]:
    """Declared names that stand in a text without brackets around them."""
    found = re.finditer(r"[a-z][a-z0-9_.]*[a-z0-9](?:/[0-9])?", text)
    return [
        text[max(0, match.start() - 40) : match.end() + 20]
        for match in found
        if match[0] in NAMES and ("." in match[0] or "_" in match[0])
        and not (re.search(r"\([^()]*$", text[: match.start()])
                 and re.match(r"[^()]*\)", text[match.end() :]))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> Runs:
    changed: dict[str, Any] = {
        "parameters": {"trust.negativity": 3.0, "government.budget": 1.1},
        "cells": {"invitations": {"gov3": 0.08}},
        "governance": {"role_of_citizen": "gov3"},
        "policy": [{"month": 6, "set": {"engagement.staff": 0.01}}],
        "shocks": [{"kind": "fiscal", "month": 9}],
    }
    plans = [small("gov2", years=1), small("gov2", years=1).but(name="mine", **changed)]
    study = plan_study(plans, worlds=2, replicates=1, seed=1, baseline="gov2")
    return carry_out(study, where=Where(1))


def test_a_page_has_words_for_every_name(runs: Runs, tmp_path: Path) -> None:
    add_tables(tmp_path, runs.study)
    row = {column: 1.0 for column in LEDGER} | {
        "parameter": "cells.invitations.gov3", "tag": "A", "scenario": "mine",
        "outcome": "needs_met", "rests": True,
    }  # fmt: skip
    write_csv(table(LEDGER, [tuple(row[column] for column in LEDGER)]),
              tmp_path / "assumptions.csv")  # fmt: skip
    text = page_text(study_page(Folder(tmp_path), runs))
    read = Reader(text)
    assert bare_names(read.text) == []
    for name in ("trust.negativity", "cells.invitations", "governance.role_of_citizen",
                 "government.budget", "engagement.staff", "cells.invitations.gov3"):  # fmt: skip
        assert in_words(name) in read.text, name
    assert 'title="own_revenue_share">Own revenue as a share of all revenue' in text
    assert "Shock: Revenue falls while it lasts" in read.text
    assert "low status" in read.text
    assert "without access" in read.text


def test_what_would_turn_it_is_told_in_words(runs: Runs, tmp_path: Path) -> None:
    told = Told(runs, tmp_path, {})
    (one,) = told.against("trust")
    told._against["trust"] = [replace(one, rests_on=("trust.negativity", "cells.invitations/1"))]
    section = turning_section(told)
    assert section is not None
    said = str(section.blocks)
    assert "Chance that a citizen is invited to take part in a month, under Gov2.0" in said
    assert in_words("trust.negativity") in said
    assert bare_names(said) == []


def test_every_name_that_may_differ_has_words() -> None:
    for name in NAMES:
        assert in_words(name) != name, name
        assert named(name).hint == name
    assert in_words("my.own") == "my.own"
    assert named("my.own").hint == ""


def test_names_in_a_sentence_get_words_and_files_stay() -> None:
    said = reworded("trust.negativity goes with it (all in docs/evidence.md and decision.csv).")
    words = in_words("trust.negativity")
    assert said == (
        f"{words} (trust.negativity) goes with it (all in docs/evidence.md and decision.csv)."
    )
    assert reworded(said) == said
    assert reworded("(-3.2), -1 to +2 since 2026-01") == (
        "(\N{MINUS SIGN}3.2), \N{MINUS SIGN}1 to +2 since 2026-01"
    )
    assert reworded("see trust.negativity", shown=False) == f"see {words[0].lower()}{words[1:]}"


LAB = """\
name: lab
policies: [gov1, gov3]
base: {years: 1, society: {citizens: 150, place: synthetic, local_governments: 4}}
uncertainties: {society.heterogeneity: {low: 0, high: 2}, government.capacity: {low: .2, high: .8}}
outcomes: [trust, needs_met]
design: {kind: morris, trajectories: 3}
replicates: 2
months: [12]
"""


def test_an_analysis_has_words_for_every_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lab.yaml").write_text(LAB)
    with pytest.raises(SystemExit) as ended:
        main(["sensitivity", "lab.yaml", "--out", "found", "--jobs", "1", "--quiet"])
    assert ended.value.code in (0, None)
    text = Path("found", PAGE).read_text(encoding="utf-8")
    outside = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    found = Reader(outside).text.rpartition("Make it again")[0]
    assert in_words("society.heterogeneity") in found
    assert bare_names(found) == []
