"""`report.html`: the same bytes, everything in it, nothing of names acted upon, kept and sealed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest

from sim.drawing.colours import LOW_TO_HIGH, ink_on, shade
from sim.drawing.svg.courses import Course, course_chart
from sim.drawing.svg.marks import clipped, pen, width
from sim.drawing.svg.scales import Scale, covering, tick_label, ticks
from sim.drawing.svg.strips import interval_strip
from sim.errors import ResultsError
from sim.explain.changes import Change
from sim.outcomes import OUTCOMES
from sim.paged import PAGE
from sim.paradigms import FIGURE
from sim.questions.comparison.compare import Comparison
from sim.questions.comparison.decisions.path import path_lines
from sim.questions.comparison.price import IN_MODEL_MONEY
from sim.questions.comparison.publish import publish
from sim.questions.comparison.run import carry_out
from sim.questions.comparison.study import Runs, Study, plan_study
from sim.report.again import publish_again
from sim.report.page.closing import NOT_A_FORECAST, command_of
from sim.report.page.decision import _is_small, decision_section, how_sure
from sim.report.page.numbers import download, interval, plain, signed
from sim.report.page.opening import is_assumption
from sim.report.page.paired import turning_section
from sim.report.page.study import study_page
from sim.report.page.told import Told
from sim.report.page.write import page_text
from sim.runs.folder import Folder, read_manifest, verify
from sim.runs.runner import Where
from tests.pages import HOSTILE, add_tables
from tests.studies import small, small_study

ROOT = Path(__file__).parents[1]
COMMAND = "govshift compare gov1 gov3"


class Reader(HTMLParser):
    """Tags, attributes and visible text of a page; raises where a tag is not closed."""

    VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.tags if attributes.get("id")]


@pytest.fixture(scope="module")
def study() -> Study:
    scenarios = [small(name, years=3) for name in ("gov1", "gov2", "gov3")]
    return plan_study(scenarios, worlds=3, replicates=2, seed=1, baseline=scenarios[0].name)


@pytest.fixture(scope="module")
def runs(study: Study) -> Runs:
    return carry_out(study, where=Where(1))


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "results"
    publish(study, path, command=COMMAND, where=Where(1), draws=False)
    return path


def _page(path: Path, runs: Runs) -> str:
    return page_text(study_page(Folder(path), runs))


def test_a_study_has_its_page_and_the_manifest_vouches_for_it(folder: Path) -> None:
    assert PAGE in read_manifest(folder)["files"]
    assert verify(folder) == []
    text = (folder / PAGE).read_text(encoding="utf-8")
    assert len(text.encode()) < 400_000
    read = Reader(text)
    assert NOT_A_FORECAST in read.text
    for outcome in OUTCOMES:
        assert outcome.title in read.text
    for row in FIGURE.rows:
        assert row.title in read.text
        for wording in row.wording.values():
            assert wording in read.text


def test_sections_come_in_the_order_in_which_they_are_read(folder: Path) -> None:
    text = (folder / PAGE).read_text(encoding="utf-8")
    found = re.findall(r'<section id="([a-z]+)"', text)
    assert found == [
        "differences", "start", "decision", "outcomes", "money", "path", "paired", "map", "groups",
        "turn", "figure", "evidence", "not", "again", "data",
    ]  # fmt: skip
    links = re.findall(r'<li><a href="#([a-z]+)"', text)
    assert links == found[:-1]


def test_the_decision_stands_before_the_long_list_of_starting_facts_is_unfolded(
    folder: Path,
) -> None:
    text = (folder / PAGE).read_text(encoding="utf-8")
    start = text.split('<section id="start"')[1].split("</section>")[0]
    shown, folded = start.split("<details")
    assert "korea: 17 local governments, " in shown
    assert "Drawn by luck: " in shown
    assert "<table" not in shown
    assert "Residents of youth age" in folded


def test_every_option_is_told_at_the_top(folder: Path) -> None:
    top = (folder / PAGE).read_text(encoding="utf-8").split("<nav")[0]
    words = Reader(top + "</body></html>").text
    assert "What comes of gov2 and gov3, held against gov1?" in words
    for name in ("gov2", "gov3"):
        assert f"{name} asks: {' '.join(small(name).question.split())}" in words


def test_measures_that_sound_alike_are_told_apart(folder: Path, runs: Runs) -> None:
    words = Reader((folder / PAGE).read_text(encoding="utf-8")).text
    assert "Participation index" in words
    assert "index of taking part and being heard, 0 to 100" in words
    assert "Means of months 1 to 36" in words
    assert "A year is its last twelve months" in words
    (index,) = [s for s in Comparison(runs).sentences if s.startswith("Participation")]
    assert index.startswith("Participation, an index of taking part and being heard (points)")
    assert any(": people taking part over all years" in line for line in path_lines(runs))


def test_costs_that_come_back_are_told_beside_what_is_one_off(folder: Path) -> None:
    words = Reader((folder / PAGE).read_text(encoding="utf-8")).text
    assert "Projects come back: what is online grows old and is renewed" in words
    assert "renew" in (folder / "codebook.csv").read_text(encoding="utf-8")


def test_every_id_is_there_once_and_nothing_is_fetched(folder: Path) -> None:
    text = (folder / PAGE).read_text(encoding="utf-8")
    read = Reader(text)
    assert len(read.ids()) == len(set(read.ids()))
    for tag, attributes in read.tags:
        assert tag not in ("img", "iframe", "object", "embed", "image", "base")
        for name in ("src", "srcset", "action", "poster"):
            assert name not in attributes, (tag, name)
        link = attributes.get("href") or attributes.get("xlink:href") or "#"
        assert link.startswith(("#", "data:")), link
    assert "url(" not in text
    assert "@import" not in text


def test_the_script_is_small() -> None:
    script = (ROOT / "sim" / "report" / "page" / "page.js").read_bytes()
    assert len(script) < 10_000
    for word in (b"fetch", b"XMLHttp", b"innerHTML", b"eval(", b"import", b"http"):
        assert word not in script


def test_the_same_results_give_the_same_bytes(
    study: Study, folder: Path, tmp_path: Path, runs: Runs
) -> None:
    before = (folder / PAGE).read_bytes()
    assert _page(folder, runs).encode() == before
    publish(study, tmp_path / "x", command=f"{COMMAND} --jobs 2 --out x", where=Where(1),
            draws=False)  # fmt: skip
    assert (tmp_path / "x" / PAGE).read_bytes() == before


def test_a_page_that_is_lost_or_changed_comes_back(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "x"
    publish(study, path, command=COMMAND, where=Where(1), draws=False)
    before = (path / PAGE).read_bytes()
    (path / PAGE).write_text("changed", encoding="utf-8")
    publish(study, path, command=COMMAND, where=Where(1), draws=False)
    assert (path / PAGE).read_bytes() == before
    (path / PAGE).unlink()
    told: list[str] = []
    publish_again(path, warn=told.append)
    assert any(PAGE in line for line in told)
    assert (path / PAGE).read_bytes() == before
    assert verify(path) == []


def test_a_finished_folder_is_left_alone(study: Study, folder: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in folder.iterdir() if p.is_file() and p.name[0] != "."}
    publish(study, folder, command=COMMAND, where=Where(1), draws=False)
    assert before == {p: p.stat().st_mtime_ns for p in before}


def test_names_and_questions_are_text(tmp_path: Path) -> None:
    plans = [
        small("gov1"),
        small("gov2").but(name=HOSTILE[:80], question=HOSTILE),
        small("gov3").but(name="정부 3.0", question="무엇이 달라지는가?"),
    ]
    study = plan_study(plans, replicates=2, seed=1, baseline=plans[0].name)
    runs = publish(study, tmp_path / "x", command=f"govshift compare '{HOSTILE}'", where=Where(1),
                   draws=False)  # fmt: skip
    text = (tmp_path / "x" / PAGE).read_text(encoding="utf-8")
    read = Reader(text)
    assert [tag for tag, _ in read.tags].count("script") == 2
    assert not [tag for tag, _ in read.tags if tag == "img"]
    assert "정부 3.0" in read.text
    assert "무엇이 달라지는가?" in read.text
    data = json.loads(re.findall(r'id="page-data">(.*?)</script>', text, re.DOTALL)[0])
    assert data["charts"]["names"] == list(Told(runs, tmp_path, {}).labels.values())


def test_tables_of_other_parts_are_told(folder: Path, runs: Runs, tmp_path: Path) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    (tmp_path / "manifest.json").write_bytes(manifest)
    add_tables(tmp_path, runs.study)
    read = Reader(_page(tmp_path, runs))
    for words in ("Cost, one-off", "PLN per citizen, all years together", "Who loses",
                  "those of low status", "By access to the internet", "counters", "worst",
                  "Mean of the last three years (costs: of all years"):  # fmt: skip
        assert words in read.text, words
    # Two worlds say nothing of how sure: no group is called a sure loser, nothing is bold.
    assert "nearly surely" not in read.text
    assert "bold where" not in read.text
    assert {"money", "path", "groups"} <= set(read.ids())


def test_a_table_that_lacks_a_column_is_one_line(folder: Path, runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    add_tables(tmp_path, runs.study)
    table = pd.read_csv(tmp_path / "groups.csv").drop(columns="share_better")
    table.to_csv(tmp_path / "groups.csv", index=False)
    with pytest.raises(ResultsError, match=r"groups\.csv: has no column share_better"):
        _page(tmp_path, runs)
    (tmp_path / "groups.csv").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(ResultsError, match="is no table"):
        _page(tmp_path, runs)


def test_links_hold_the_tables(folder: Path, runs: Runs) -> None:
    text = (folder / PAGE).read_text(encoding="utf-8")
    links = {a["download"]: a["href"] for tag, a in Reader(text).tags if a.get("download")}
    assert {"outcomes.csv", "differences.csv", "local_governments_last_year.csv"} <= set(links)
    body = unquote(str(links["differences.csv"]).partition(",")[2])
    last = runs.differences[runs.differences["month"] == runs.study.months]
    assert len(body.splitlines()) == len(last) + 1
    assert body.splitlines()[0].split(",") == list(last.columns)


def test_numbers_of_the_decision_table_are_those_of_the_summary(folder: Path, runs: Runs) -> None:
    text = Reader((folder / PAGE).read_text(encoding="utf-8")).text
    last = runs.summary[runs.summary["month"] == runs.study.months]
    for row in last[last["outcome"] == "participation_breadth"].to_dict("records"):
        assert f"{row['mean']:.1f}" in text


def test_one_run_of_one_year_has_a_page(tmp_path: Path) -> None:
    study = plan_study([small("gov2", years=1)], replicates=1, seed=1)
    publish(study, tmp_path / "x", command="govshift run gov2", where=Where(1), draws=False)
    found = Reader((tmp_path / "x" / PAGE).read_text(encoding="utf-8"))
    assert "paired" not in found.ids()
    assert "One replicate says little of luck" in found.text
    assert "nan" not in found.text.split()


def test_scenarios_of_other_lengths_have_a_page(tmp_path: Path) -> None:
    plans = [small("gov1", years=2), small("endogenous", years=4)]
    study = plan_study(plans, replicates=2, seed=1)
    publish(study, tmp_path / "x", command="govshift run", where=Where(1), draws=False)
    assert "2 years from" in Reader((tmp_path / "x" / PAGE).read_text(encoding="utf-8")).text


def test_assumptions_are_told_before_policy(tmp_path: Path) -> None:
    plans = [small("gov1"), small("gov3", parameters={"trust.negativity": 3.0})]
    study = plan_study(plans, replicates=2, seed=1, baseline="gov1")
    publish(study, tmp_path / "x", command="govshift compare", where=Where(1), draws=False)
    text = Reader((tmp_path / "x" / PAGE).read_text(encoding="utf-8")).text
    first, second = text.index("What differs in assumptions"), text.index("What differs in policy")
    assert first < text.index("trust.negativity") < second
    assert "differ in assumptions, not only in policy" in text


@pytest.mark.parametrize(
    ("path", "assumed"),
    [
        ("trust.negativity", True), ("policy trust.negativity", True), ("society.place", True),
        ("cells.invitations", True), ("shock fiscal", True), ("no longer shock fiscal", True),
        ("government.budget", False), ("policy government.budget", False),
        ("governance.all", False), ("move all", False), ("transition.mode", False),
    ],
)  # fmt: skip
def test_what_nobody_can_choose_is_an_assumption(path: str, assumed: bool) -> None:
    assert is_assumption(Change(path, "1", "2")) == assumed


def test_the_command_is_told_without_where_and_how_fast() -> None:
    manifest: dict[str, Any] = {
        "command": "govshift compare a 'b c' --out /home/me/x --jobs=4 --quiet --worlds 20 --slides"
    }
    assert command_of(manifest) == "govshift compare a 'b c' --worlds 20"
    assert command_of({"command": "govshift 'broken"}) == "govshift 'broken"


@pytest.mark.parametrize(
    ("better", "worse", "said"),
    [
        (0.0, 0.0, "the same"),
        (0.0, 0.5, "better in 0 of 60 worlds: open"),
        (1.0, 0.0, "better in 60 of 60 worlds: nearly certain better"),
        (0.1, 0.9, "better in 6 of 60 worlds: likely worse"),
        (float("nan"), float("nan"), "open"),
    ],
)
def test_a_level_world_counts_for_neither_side(better: float, worse: float, said: str) -> None:
    asked: Any = SimpleNamespace(study=SimpleNamespace(worlds=60))
    assert how_sure(asked, better, worse) == said


def test_one_measure_has_one_verdict(folder: Path, runs: Runs) -> None:
    told = Told(runs, folder, {})
    kinds = {
        "needs_met": ("leaning", -5.0),
        "trust": ("likely", 0.01),
        "citizen_hours": ("", 0.01),
        "participation_breadth": ("likely", 5.0),
        "cost_per_citizen": ("leaning", 0.01),
    }
    for outcome, (sure, mean) in kinds.items():
        (one, *_) = told.against(outcome)
        told._against[outcome] = [replace(one, mean=mean, sure=sure)]
    (words, *_) = decision_section(told).blocks
    said = str(words)
    assert "Better on people taking part (+5.0 percentage points, likely)" in said
    assert "Leaning worse on needs met (\N{MINUS SIGN}5.0 percentage points)" in said
    assert re.search(r"Too small to matter on trust \(.*, likely\); cost per .*, leaning\)", said)
    assert "Open on citizens' time." in said


def test_nobody_looked_is_not_that_nothing_is_there(folder: Path, runs: Runs) -> None:
    section = turning_section(Told(runs, folder, {}))
    assert section is not None
    assert "Not looked for: fewer than 30 worlds" in str(section.blocks)
    assert "stands out" not in str(section.blocks)


def test_a_cell_says_what_is_too_small_to_matter() -> None:
    asked: Any = SimpleNamespace(study=SimpleNamespace(months=240), price=IN_MODEL_MONEY)
    assert _is_small(asked, "trust", -0.9)
    assert not _is_small(asked, "trust", -1.0)
    assert _is_small(asked, "cost_per_year", 1.9)
    assert _is_small(asked, "cost_cumulative", 39.0)
    assert not _is_small(asked, "cost_cumulative", 41.0)
    assert not _is_small(asked, "cost_one_off", 0.1)


def test_shipped_scores_are_those_of_the_document() -> None:
    document = " ".join((ROOT / "docs" / "evidence.md").read_text(encoding="utf-8").split())
    scores = (ROOT / "sim" / "report" / "page" / "evidence.csv").read_text(encoding="utf-8")
    for words in ("9.4 points", "9.6", "8.8", "92 % of the figures"):
        assert words in scores
        assert words in document
    assert "14 and 15 of 18" in scores
    assert "Of the eighteen patterns that the model was designed to show, 14 are inside" in document


def test_numbers_have_one_minus_and_no_minus_zero() -> None:
    assert plain(-0.01) == "0.0"
    assert plain(float("nan")) == ""
    assert signed(-0.004) == "\N{MINUS SIGN}0.004"
    assert signed(0.0) == "0.0"
    assert signed(1234.6) == "+1,235"
    assert plain(17_875_279.53, 2) == "17,875,280"
    assert plain(999.94, 2) == "999.94"
    assert interval(998.0, 2_055_022.91) == "998.0 to 2,055,023"
    assert interval(-0.01, 2.0, sign=True) == "0.0 to +2.0"
    assert interval(float("nan"), 1.0) == ""


def test_a_link_is_safe_to_open_in_a_spreadsheet() -> None:
    frame = pd.DataFrame({"scenario": ["=1+1", "정부"], "mean": [-1.0, 2.0]})
    body = unquote(download("x.csv", frame, "").link.partition(",")[2])
    assert body == "\ufeffscenario,mean\n'=1+1,-1\n정부,2\n"


def test_ticks_are_round_and_inside() -> None:
    for low, high in ((0.0, 1.0), (12.3, 98.7), (-5.0, 3.0), (0.001, 0.0042), (7.0, 7.0)):
        found = ticks(low, high)
        assert found
        assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in found)
        assert len(found) <= 7
    assert covering([0.1, 0.2], (0.0, 100.0))[0] == 0.0
    assert Scale(1.0, 1.0, 0.0, 10.0)(1.0) == 5.0


def test_colours_end_where_they_should() -> None:
    assert shade(LOW_TO_HIGH, 0.0) == LOW_TO_HIGH[0]
    assert shade(LOW_TO_HIGH, 1.0) == LOW_TO_HIGH[-1]
    assert shade(LOW_TO_HIGH, 2.0) == LOW_TO_HIGH[-1]
    assert ink_on("#ffffff") == "#000"
    assert ink_on("#440154") == "#fff"


def _lines() -> Iterator[str]:
    nan = float("nan")
    courses = [
        Course("a & <b>", pen(0), [1.0, 2.0, 3.0], (0.0, 5.0), (2.0, 4.0)),
        Course("x" * 300, pen(9), [nan, 2.0, nan]),
    ]
    yield course_chart(courses, [1, 2, 3], title="T <", description="D &")
    yield course_chart(courses[:1], [1, 2, 3], title="T", description="")
    yield course_chart([replace(courses[0], values=[7.0])], [1], title="T", description="")
    yield interval_strip(nan, (nan, nan), 0.0, pen(1), title='"')


def test_pictures_are_well_formed_and_have_titles() -> None:
    import xml.etree.ElementTree as ET

    for svg in _lines():
        root = ET.fromstring(svg)
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert "nan" not in svg


def test_long_names_are_cut_to_their_room() -> None:
    assert width(clipped("W" * 50, 100.0)) <= 100.0
    assert clipped("short", 100.0) == "short"


def test_a_start_does_not_load_templates() -> None:
    """Jinja is loaded when a page is written, not with the library."""
    code = "import sim, sys; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


def test_small_studies_of_luck_say_so(tmp_path: Path) -> None:
    publish(small_study(), tmp_path / "x", command=COMMAND, where=Where(1), draws=False)
    text = Reader((tmp_path / "x" / PAGE).read_text(encoding="utf-8")).text
    assert "Intervals here speak of luck alone" in text
    assert "so what would turn a difference cannot be told" in text


def test_labels_of_large_money_are_whole_and_have_room() -> None:
    assert [tick_label(value) for value in (0.0, 0.25, -5.0, 25_000.0)] == [
        "0",
        "0.25",
        "-5",
        "25,000",
    ]
    assert [tick_label(value) for value in (1.2e6, 2e9)] == ["1.2 million", "2,000 million"]
    for values in ([1.23e6, 1.98e6], [20_500.0, 81_000.0], [3e14, 9e14], [1.0, 2.0]):
        chart = course_chart([Course("a", pen(0), values)], [1, 2], title="t", description="")
        labels = re.findall(r'<text x="([\d.]+)"[^>]*text-anchor="end"[^>]*>([^<]+)<', chart)
        assert len(labels) > 3
        for end, text in labels:
            assert "e+" not in text
            assert float(end) >= width(text)
