"""The page in a browser: no request, open to all readers, whole without scripts, and in print.

Skipped where there is no Chromium (`scripts/browser` installs one), unless GOVSHIFT_NEEDS_BROWSER
is set, as CI sets it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sim.paged import PAGE
from sim.questions.comparison.publish import publish
from sim.questions.comparison.study import Study, plan_study
from sim.report.again import publish_again
from sim.runs.runner import Where
from tests.pages import HOSTILE, add_tables
from tests.studies import small

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next(filter(None, map(shutil.which, _BROWSERS)), None)
pytestmark = pytest.mark.skipif(
    BROWSER is None and not os.environ.get("GOVSHIFT_NEEDS_BROWSER"),
    reason="no Chromium here: scripts/browser installs one",
)
SCREENS = {"phone": (390, 844), "desktop": (1280, 800), "projector": (1920, 1080)}
LONG = "Gov2.0 with open data, local autonomy and a matching grant that nobody can match"


def _study() -> Study:
    """Three scenarios of twenty years: one named by an attacker, one at length in Korean."""
    korean = f"정부 {LONG}"[:80]
    plans = [
        small("gov1", years=20),
        small("gov2", years=20).but(name=HOSTILE[:80]),
        small("endogenous", years=20).but(name=korean, question=HOSTILE),
    ]
    return plan_study(plans, worlds=2, replicates=2, seed=1, baseline=plans[0].name)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("browser") / "results"
    study = _study()
    publish(study, path, command="govshift compare", where=Where(1), draws=False)
    add_tables(path, study)
    publish_again(path)
    return path / PAGE


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Any]:
    """The page on a desktop; afterwards, that nothing was asked for and nothing complained."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    yield page
    assert asked == [report.as_uri()]
    assert said == []
    page.close()


def test_three_scenarios_of_twenty_years_take_less_than_a_megabyte(report: Path) -> None:
    assert report.stat().st_size < 1_000_000


def test_a_name_is_never_run(opened: Any) -> None:
    assert opened.title().startswith("gov1, </script>")
    assert opened.locator("img").count() == 0


@pytest.mark.parametrize("screen", SCREENS)
def test_no_serious_finding_keeps_readers_out(opened: Any, screen: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened.set_viewport_size(dict(zip(("width", "height"), SCREENS[screen], strict=True)))
    found = Axe().run(opened).response["violations"]
    told = [
        (one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:2]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert told == []


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_stands_out_of_the_screen(opened: Any, screen: str) -> None:
    width, height = SCREENS[screen]
    opened.set_viewport_size({"width": width, "height": height})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    small = opened.evaluate(
        """() => [...document.querySelectorAll("main p, main td, main th, main small, main li")]
        .map(e => parseFloat(getComputedStyle(e).fontSize)).reduce((a, b) => Math.min(a, b))"""
    )
    assert small >= (17 if screen == "projector" else 12)
    drawn = opened.evaluate(
        """() => [...document.querySelectorAll("svg.chart text")]
        .map(e => e.getBoundingClientRect().height).reduce((a, b) => Math.min(a, b))"""
    )
    assert drawn >= (18 if screen == "projector" else 12)


def test_a_phone_folds_what_is_long_and_unfolds_what_is_asked_for(opened: Any) -> None:
    tall = "document.documentElement.scrollHeight"
    folded = "[...document.querySelectorAll('details.long')].filter(d => !d.open).length"
    count = opened.locator("details.long").count()
    assert count > 5
    assert opened.evaluate(folded) == 0
    assert opened.locator("details.long > summary").first.is_hidden()
    opened.set_viewport_size({"width": 390, "height": 844})
    assert opened.evaluate(folded) == count
    assert opened.evaluate(tall) < 16_000
    opened.locator('nav a[href="#groups"]').click()
    assert opened.locator("#groups table").first.is_visible()
    opened.locator("#money summary").click()
    assert opened.locator("#money table").is_visible()
    opened.set_viewport_size({"width": 1280, "height": 800})
    assert opened.evaluate(folded) == 0


def test_the_decision_is_near_the_top(opened: Any) -> None:
    top = "document.getElementById('decision').getBoundingClientRect().top + scrollY"
    assert opened.evaluate(top) < 2 * 800
    opened.set_viewport_size({"width": 390, "height": 844})
    assert opened.evaluate(top) < 4 * 844


BROKEN = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  document.querySelectorAll("details").forEach(d => { d.open = true; });
  for (let node; (node = walk.nextNode());) {
    if (node.parentElement.closest("svg, script, style, header, select")) continue;
    for (const word of node.data.matchAll(/(?<![0-9A-Za-z])[A-Za-z]{2,24}(?![0-9A-Za-z])/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = [...range.getClientRects()].filter(r => r.width > 0).map(r => r.top);
      if (tops.length && Math.max(...tops) - Math.min(...tops) > 4) found.push(word[0]);
    }
  }
  return found;
}"""
"""Words, of letters that no name of a place or file has more of, that stand on two lines."""


def test_no_word_is_broken_on_a_phone(opened: Any) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    assert opened.evaluate(BROKEN) == []


def test_no_word_is_broken_on_paper(opened: Any) -> None:
    opened.set_viewport_size({"width": 695, "height": 1000})  # A4 within its margins
    opened.emulate_media(media="print")
    try:
        own = [word for word in opened.evaluate(BROKEN) if word not in HOSTILE]  # one has no spaces
        assert own == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= 695
    finally:
        opened.emulate_media(media="screen")


def test_without_scripts_everything_is_there(browser: Any, report: Path, opened: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("#maps form").is_hidden()
    for count in ("svg", "table", "section", "details"):
        assert page.locator(count).count() == opened.locator(count).count() > 5
    assert page.locator("svg.chart").count() == 9
    assert page.locator("svg.map").count() == 5
    page.locator("details.numbers").first.locator("summary").click()
    assert page.locator("details.numbers table").first.is_visible()
    context.close()


def test_maps_go_through_the_years(opened: Any) -> None:
    tile = opened.locator('svg[data-map="v0"] .value').first
    last = tile.text_content()
    slider = opened.locator("#maps input")
    slider.focus()
    for _ in range(25):
        slider.press("ArrowLeft")
    assert opened.locator("#maps output").text_content() == "1995"
    data = json.loads(opened.locator("#page-data").text_content())["maps"]
    assert tile.text_content() == f"{data['values']['needs_met'][0][0][0]:.1f}" != last
    slider.press("End")
    assert tile.text_content() == last
    opened.locator("#maps select").select_option("cost_per_citizen")
    assert "Cost per citizen" in str(opened.locator("#maps .now").text_content())
    assert tile.text_content() == f"{data['values']['cost_per_citizen'][0][-1][0]:.1f}"
    opened.locator("#maps select").select_option("needs_met")
    assert tile.text_content() == last


def test_what_the_script_draws_is_what_python_drew(opened: Any) -> None:
    """Colours and numbers of all maps, before and after the script has drawn the same view."""
    look = """() => [...document.querySelectorAll("svg.map g.tile")].map(t =>
        [t.querySelector("rect").getAttribute("fill"), t.getAttribute("fill"),
         t.querySelector(".value").textContent])"""
    before = opened.evaluate(look)
    opened.locator("#maps select").select_option("trust")
    assert opened.evaluate(look) != before
    opened.locator("#maps select").select_option("needs_met")
    after = opened.evaluate(look)
    assert [one[1:] for one in after] == [one[1:] for one in before]
    for one, other in zip(after, before, strict=True):
        apart = [abs(int(one[0][k : k + 2], 16) - int(other[0][k : k + 2], 16)) for k in (1, 3, 5)]
        assert max(apart) <= 2, (one, other)


def test_numbers_show_beside_the_pointer(opened: Any) -> None:
    chart = opened.locator("svg.chart").first
    chart.hover(position={"x": 150, "y": 150})
    tip = opened.locator(".tip").first
    assert tip.is_visible()
    assert "gov1" in str(tip.text_content())
    opened.mouse.move(2, 2)
    assert tip.is_hidden()


def test_the_keyboard_reaches_every_control(opened: Any) -> None:
    reached = set()
    for _ in range(120):
        opened.keyboard.press("Tab")
        reached.add(opened.evaluate("document.activeElement.tagName"))
    assert {"A", "SUMMARY", "SELECT", "INPUT", "DIV"} <= reached


def test_a_link_gives_its_file(opened: Any) -> None:
    with opened.expect_download() as found:
        opened.locator('a[download="decision.csv"]').click()
    assert found.value.suggested_filename == "decision.csv"
    assert Path(found.value.path()).read_text(encoding="utf-8-sig").startswith("scenario,")


def test_print_is_vector_on_whole_sheets_with_the_warning_on_each(
    browser: Any, report: Path
) -> None:
    from pypdf import PdfReader

    page = browser.new_page()
    page.goto(report.as_uri())
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))).pages
    page.close()
    assert len(sheets) < 30
    texts = [" ".join(sheet.extract_text().split()) for sheet in sheets]
    for sheet, text in zip(sheets, texts, strict=True):
        assert len(sheet.images) == 0
        assert "not a forecast" in text
        assert abs(float(sheet.mediabox.width) - 595) < 2  # A4
    whole = " ".join(texts)
    for words in ("Decision table", "What not to conclude", "Gyeonggi", "경기", "Who loses"):
        assert words in whole, words
    for words in ("By tenth of status", "In sentences", "Twelve rows by three paradigms"):
        assert words in whole, words
