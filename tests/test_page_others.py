"""Pages of what is no study, figures taken into a page, and slides."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sim.cli import main
from sim.paged import PAGE
from sim.questions.attribution.analysis import Question
from sim.questions.attribution.results import publish_attribution
from sim.questions.comparison.publish import publish, slides_asked
from sim.questions.comparison.study import plan_study
from sim.report.again import publish_again, verify_other
from sim.report.page.pictures import figure_blocks, inlined
from sim.runs.folder import read_manifest, verify
from sim.runs.runner import Where
from tests.studies import small, small_study
from tests.test_page import Reader

SVG = "{http://www.w3.org/2000/svg}"
LAB = """\
name: lab
policies: [gov1, gov3]
base: {years: 1, society: {citizens: 150, place: synthetic, local_governments: 4}}
uncertainties: {society.heterogeneity: {low: 0, high: 2}, government.capacity: {low: .2, high: .8}}
outcomes: [trust, efficiency]
design: {kind: grid, levels: 2}
replicates: 3
months: [12]
"""


def _code(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


def test_an_attribution_has_a_page_with_a_bar_for_each_row(tmp_path: Path) -> None:
    question = Question.of(small("gov1", years=1), small("gov3", years=1), citizens=200, seed=1)
    path = tmp_path / "rows"
    asked = {"most_orders": 4, "precision": 0.5}
    publish_attribution(question, path, **asked, command="govshift attribute", where=Where(1))
    before = (path / PAGE).read_bytes()
    read = Reader(before.decode())
    assert {"rows", "evidence", "not", "again"} <= set(read.ids())
    assert "Which rows of the figure carry the difference: gov1 and gov3" in read.text
    assert "Shapley shares of gov3 minus gov1" in read.text
    assert "Row less / more Share" in read.text
    assert "12 Demands that bring the paradigm shift" in read.text
    bars = [a for tag, a in read.tags if tag == "svg" and a.get("class") == "strip"]
    assert len(bars) == 12 * 8
    assert verify(path) == []
    (path / PAGE).unlink()
    publish_attribution(question, path, **asked, command="govshift attribute", where=Where(1))
    assert (path / PAGE).read_bytes() == before
    (path / PAGE).write_text("changed")
    verify_other(path)
    assert (path / PAGE).read_bytes() == before


def test_analyses_stand_on_the_page_of_their_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lab.yaml").write_text(LAB)
    where = ("--out", "found", "--jobs", "1", "--quiet")
    assert _code("regimes", "lab.yaml", "--luck-only", *where) == 0
    assert _code("robust", "found") == 0
    text = Path("found", PAGE).read_text(encoding="utf-8")
    read = Reader(text)
    assert "Which policy wins where" in read.text
    assert "How far each policy is from the best one" in read.text
    assert "need (society.heterogeneity); Mean administrative capacity" in read.text
    points = re.findall(r"<li>(.*?)</li>", text)
    assert not any(point.startswith("The lead changes") for point in points), "of which outcome?"
    assert "Above each map: shares of the cells won." in read.text
    below = re.findall(r'<p class="note">(.*?)</p>', text)
    assert not any("Above each map" in note for note in below), "the figure says it"
    assert len(read.ids()) == len(set(read.ids()))
    assert len(text) < 1_000_000
    assert _code("report", "found") == 0
    assert Path("found", PAGE).read_text(encoding="utf-8") == text
    assert verify(Path("found")) == []


def test_only_shapes_and_texts_of_a_figure_get_into_a_page(tmp_path: Path) -> None:
    file = tmp_path / "x.svg"
    file.write_text(
        """<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"
        xmlns:xlink="http://www.w3.org/1999/xlink" width="9" viewBox="0 0 9 9" onload="alert(1)">
        <script>alert(1)</script><style>*{fill:red}</style><defs><clipPath id="c"/></defs>
        <foreignObject><b>no</b></foreignObject><a href="javascript:alert(1)"><text>lost</text></a>
        <g clip-path="url(#c)" style="background:url(http://example.com)"><use xlink:href="#c"/>
        <use href="http://example.com/x.svg"/><text onclick="x()">kept &lt;b&gt;</text></g></svg>"""
    )
    found = inlined(file, "Title <", "Words", "p-")
    assert found is not None
    for word in ("script", "alert", "style", "http", "foreign", "lost", "onclick", "onload"):
        assert word not in found, word
    root = ET.fromstring(found)
    assert root.attrib["viewBox"] == "0 0 9 9"
    assert 'id="p-c"' in found
    assert 'url(#p-c)"' in found
    assert 'href="#p-c"' in found
    assert "kept &lt;b&gt;" in found


def test_a_figure_in_dots_is_named_instead(tmp_path: Path) -> None:
    file = tmp_path / "x.svg"
    for content in ('<svg xmlns="http://www.w3.org/2000/svg"><image/></svg>', "<svg", ""):
        file.write_text(content)
        assert inlined(file, "t", "d", "p") is None
    (block,) = figure_blocks(tmp_path / "none.svg", "Title", "", "p")
    assert block.kind == "words"


def test_slides_are_16_by_9_in_large_letters(tmp_path: Path) -> None:
    path = tmp_path / "x"
    study = small_study("gov1", "gov2", "gov3", "endogenous", "mandate_heavy")
    publish(study, path, command="govshift compare", where=Where(1), more=slides_asked(True),
            draws=False)  # fmt: skip
    names = {file.stem for file in (path / "slides").glob("*.svg")}
    assert names == {"participation_breadth", "needs_met", "cost_per_citizen", "against",
                     "against_2"}  # fmt: skip
    for file in (path / "slides").glob("*.svg"):
        root = ET.fromstring(file.read_bytes())
        texts = list(root.iter(f"{SVG}text"))
        assert texts
        for text in texts:
            size = text.attrib.get("style", "").partition("px")[0].rpartition(" ")[2]
            assert float(size) >= 24, ET.tostring(text)
        wide, high = struct.unpack(">II", file.with_suffix(".png").read_bytes()[16:24])
        assert abs(wide / high - 16 / 9) < 0.01
    assert {"slides/against.png", "slides/captions.md"} <= set(read_manifest(path)["files"])
    assert verify(path) == []
    publish(study, path, command="govshift compare", where=Where(1), draws=False)
    assert (path / "slides" / "against.png").is_file()


def test_slides_are_written_again_and_go_with_what_they_told(tmp_path: Path) -> None:
    path = tmp_path / "x"
    plans = [small("gov1"), small("gov2")]
    publish(plan_study(plans, replicates=2, seed=1, baseline="gov1"), path, command="c",
            where=Where(1), draws=False)  # fmt: skip
    assert not (path / "slides").exists()
    publish_again(path, more=slides_asked(True))
    before = (path / "slides" / "against.svg").read_bytes()
    publish_again(path, more=slides_asked(True))
    assert (path / "slides" / "against.svg").read_bytes() == before
    publish(plan_study(plans, replicates=3, seed=1, baseline="gov1"), path, command="c",
            where=Where(1), draws=False)  # fmt: skip
    assert not (path / "slides").exists()
    assert verify(path) == []


def test_slides_of_what_is_no_study_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lab.yaml").write_text(LAB)
    assert _code("sweep", "lab.yaml", "--out", "found", "--jobs", "1", "--quiet") == 0
    capsys.readouterr()
    assert _code("report", "found", "--slides") == 2
    assert capsys.readouterr().err.startswith("--slides: found holds no study")
