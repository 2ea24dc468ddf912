"""A focus in the page: its charts beside the nation, its warning, and names that are hostile."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.drawing.svg.courses import Course, course_chart
from sim.drawing.svg.marks import pen
from sim.paged import PAGE
from sim.questions.comparison.publish import publish
from sim.questions.comparison.study import Runs, Study, plan_study
from sim.report.again import publish_again
from sim.report.page.focus import focus_data, focus_section, whole_told
from sim.report.page.maps import INDICATORS
from sim.report.page.told import Told
from sim.runs.runner import Where
from sim.scenario import Scenario
from tests.test_page_browser import BROWSER

PLACES = """name,population
North,500000
"<b>S & T</b>",120000
Coast,3000
"""
FOCUS = ("Coast", "<b>S & T</b>")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = tmp_path_factory.mktemp("own") / "own.csv"
    path.write_text(PLACES)
    society = {"place": str(path), "citizens": 300, "citizens_in": {"<b>S & T</b>": 200}}
    plans = [Scenario.load(name).but(society=society, years=4) for name in ("gov1", "gov3")]
    return plan_study(plans, worlds=3, replicates=2, seed=1, baseline="gov1", focus=FOCUS)


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("focus") / "results"
    publish(study, path, command="govshift compare", where=Where(1), draws=False)
    return path


@pytest.fixture(scope="module")
def told(study: Study, folder: Path) -> Told:
    runs: Runs = publish(study, folder, command="govshift compare", where=Where(1), draws=False)
    return Told(runs, folder, {})


def test_each_place_has_its_charts_and_a_table(folder: Path) -> None:
    text = (folder / PAGE).read_text(encoding="utf-8")
    assert text.index('<section id="focus"') < text.index('<section id="outcomes"')
    for place in range(2):
        for outcome in INDICATORS:
            assert text.count(f'data-chart="focus-{place}-{outcome}"') == 1
    assert "In focus: Coast, &lt;b&gt;S &amp; T&lt;/b&gt;" in text
    assert "<b>S" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert "&lt;b&gt;S &amp; T&lt;/b&gt; beside all places" in text
    assert "the nation" not in text
    assert "Thin, without marks: all places, in the colour" in text


@pytest.mark.parametrize(("place", "whole"), [("korea", "the nation"), ("own.csv", "all places")])
def test_a_file_of_places_need_not_be_a_nation(place: str, whole: str) -> None:
    society = SimpleNamespace(place=place)
    told: Any = SimpleNamespace(first=SimpleNamespace(society=society))
    assert whole_told(told) == whole


def test_small_places_are_warned_of_in_words(folder: Path) -> None:
    text = (folder / PAGE).read_text(encoding="utf-8")
    assert text.count("with fewer than 50 one person more or less moves a line") == 1
    assert "Take what is read of Coast with care: it has 8 simulated citizens" in text
    assert "--citizens-in Coast 2000" in text
    assert "200 citizens simulated, each for 600 people" in text


def test_lines_are_the_values_of_the_tables(told: Told, folder: Path) -> None:
    data = focus_data(told)
    own = told.runs.local
    rows = own[(own["local_government"] == "Coast") & (own["scenario"] == "gov3")]
    first = rows[rows["month"] == 12]["trust"].mean()
    assert data["focus-0-trust"][1][0] == pytest.approx(first, abs=0.006)
    assert {len(line) for lines in data.values() for line in lines} == {4}
    text = (folder / PAGE).read_text(encoding="utf-8")
    kept = json.loads(re.findall(r'id="page-data">(.*?)</script>', text, re.DOTALL)[0])
    assert kept["charts"]["values"]["focus-0-trust"] == data["focus-0-trust"]


def test_the_nation_is_read_as_places_are(told: Told) -> None:
    """At the ends of years: a mean of months would make the first years look unlike."""
    section = focus_section(told)
    assert section is not None
    charts = [chart for block in section.blocks for chart in getattr(block, "charts", ())]
    assert len(charts) == 2 * len(INDICATORS)
    table = next(chart.table for chart in charts if chart.title == "Coast: people taking part")
    assert table is not None
    assert [cell.text for cell in table.head] == [
        "Year", "gov1", "gov1, all places", "gov3", "gov3, all places",
    ]  # fmt: skip
    rows = told.runs.timeseries
    ends = rows[(rows["scenario"] == "gov1") & (rows["month"] == 12)]
    assert float(table.rows[0][2].text) == pytest.approx(
        ends["participation_breadth"].mean(), abs=0.06
    )


def test_without_a_focus_there_is_none(study: Study, told: Told) -> None:
    from dataclasses import replace

    runs = replace(told.runs, study=replace(study, focus=()))
    assert focus_section(Told(runs, told.path, {})) is None
    assert focus_data(Told(runs, told.path, {})) == {}


def test_told_again_it_is_the_same(folder: Path) -> None:
    before = (folder / PAGE).read_bytes()
    (folder / PAGE).unlink()
    publish_again(folder)
    assert (folder / PAGE).read_bytes() == before


def test_thin_lines_are_there_where_asked_and_within_the_axis() -> None:
    course = Course("a", pen(0), [1.0, 2.0], behind=[50.0, 60.0])
    plain = course_chart([Course("a", pen(0), [1.0, 2.0])], [1, 2], title="t", description="")
    drawn = course_chart([course], [1, 2], title="t", description="", behind="the nation")
    assert plain.count("<polyline") == 1
    assert drawn.count("<polyline") == 2
    assert "the nation" in drawn
    heights = [float(y) for points in re.findall(r'points="([^"]*)"', drawn)
               for _, y in (pair.split(",") for pair in points.split())]  # fmt: skip
    assert all(10.0 < y < 290.0 for y in heights)
    gap = Course("a", pen(0), [1.0, 2.0], behind=[float("nan"), float("nan")])
    assert course_chart([gap], [1, 2], title="t", description="").count("<polyline") == 1


@pytest.mark.skipif(
    BROWSER is None and not os.environ.get("GOVSHIFT_NEEDS_BROWSER"),
    reason="no Chromium here: scripts/browser installs one",
)
def test_a_reader_meets_no_hindrance_in_it(folder: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto((folder / PAGE).as_uri())
        assert page.locator("#focus svg.chart").count() == 2 * len(INDICATORS)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        page.set_viewport_size({"width": 1280, "height": 800})
        page.locator("#focus svg.chart").first.hover(position={"x": 150, "y": 150})
        assert "gov3" in str(page.locator(".tip").first.text_content())
        browser.close()
