"""The lab in a browser: every control does what it says, and is seen to fail when it does not.

A control's check is run twice: as it is, and with a fault planted, where what the control listens
to never reaches it. A check that passes then checks nothing.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.labs import Client, a_lab
from tests.test_page_browser import BROWSER, SCREENS, browser

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(
    BROWSER is None and not os.environ.get("GOVSHIFT_NEEDS_BROWSER"),
    reason="no Chromium here: scripts/browser installs one",
)
Check = Callable[[Any], None]
_PATIENCE, _SOON = 20.0, 1.2
_EXPECTED = re.compile("400|INTERNET_DISCONNECTED")
"""What a browser says of its own accord of a refused request, and of a network that is gone."""
_SMALL = {"citizens": 200, "years": 4, "seed": 1}
_DEAF = """
const heard = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (kind, how, ...more) {
  const deaf = event => { if (!this.matches || !this.matches(%s)) how.call(this, event); };
  heard.call(this, kind, typeof how === "function" ? deaf : how, ...more);
};
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with a_lab(tmp_path_factory.mktemp("lab") / "outputs", jobs=1) as client:
        yield client


def deaf_to(selector: str) -> str:
    """A script that keeps from elements what they listen to."""
    return _DEAF % json.dumps(selector)


@contextmanager
def opened(
    browser: Any, served: Client, path: str = "/", *, deaf: str = "", screen: str = "desktop"
) -> Iterator[Any]:
    """A page of a new visitor; afterwards, that it complained of nothing and asked nobody else."""
    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    page = context.new_page()
    if deaf:
        page.add_init_script(deaf_to(deaf))
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda m: said.append(m.text) if not _EXPECTED.search(m.text) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    home = f"http://127.0.0.1:{served.port}"
    page.goto(home + path)
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()
    assert said == []
    assert {url for url in asked if not url.startswith(home + "/")} == set()


@pytest.fixture
def page(browser: Any, served: Client) -> Iterator[Any]:
    with opened(browser, served) as page:
        small(page)
        yield page


def small(page: Any) -> None:
    """A society that is quick, as a person would ask for it."""
    page.click("#choosing > summary")
    until(page, lambda: page.locator("#choices select").count() == 3)
    for name, value in _SMALL.items():
        page.fill(f"#{name}", str(value))
    page.click("#choose button[type=submit]")
    until(page, lambda: "of 48" in moment(page) or page.locator("#progress").evaluate(
        "p => p.max") == 48)  # fmt: skip
    until(page, lambda: not page.locator("#choosing").evaluate("d => d.open"))


def until(page: Any, holds: Callable[[], bool], patience: float = _PATIENCE) -> None:
    """Wait until something holds; fails when it does not."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        page.wait_for_timeout(40)


@contextmanager
def impatient(page: Any) -> Iterator[None]:
    """Wait no longer than it takes to see that nothing comes."""
    page.set_default_timeout(4_000)
    until.__defaults__ = (_SOON,)
    try:
        yield
    finally:
        until.__defaults__ = (_PATIENCE,)


def moment(page: Any) -> str:
    return str(page.inner_text("#moment"))


def month(page: Any) -> int:
    return int(page.locator("#progress").evaluate("p => p.value"))


def reach(page: Any, at: int) -> None:
    """Play to a month, with the keys that others check."""
    page.evaluate("m => fetch('/do/advance', {method: 'POST', headers: {'content-type': "
                  "'application/json'}, body: JSON.stringify({months: m})})", at)  # fmt: skip
    page.reload()
    page.wait_for_selector("html[data-ready]")
    until(page, lambda: month(page) == at)


def changes(page: Any) -> list[str]:
    return [str(text) for text in page.locator("#changes li").all_inner_texts()]


def nows(page: Any) -> list[str]:
    return [str(text) for text in page.locator("#large .now").all_inner_texts()]


def check_play(page: Any) -> None:
    page.select_option("#speed", "20")
    page.click("#play")
    until(page, lambda: month(page) > 3)
    assert page.inner_text("#play") == "Pause"
    page.click("#play")
    page.wait_for_timeout(400)
    stopped = month(page)
    page.wait_for_timeout(400)
    assert month(page) == stopped < 48


def check_month(page: Any) -> None:
    page.click("#month")
    until(page, lambda: month(page) == 1)
    assert "1995-01" in moment(page)


def check_year(page: Any) -> None:
    page.click("#year")
    until(page, lambda: month(page) == 12)


def check_speed(page: Any) -> None:
    page.select_option("#speed", "1")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.input_value("#speed") == "1"


def check_restart(page: Any) -> None:
    reach(page, 12)
    page.click("#restart")
    until(page, lambda: month(page) == 0)
    page.click("#year")
    until(page, lambda: page.locator("#large polyline[stroke-dasharray='3 3']").count() >= 3)


def check_luck(page: Any) -> None:
    reach(page, 12)
    before = nows(page)
    page.click("#luck")
    until(page, lambda: month(page) == 0)
    page.click("#year")
    until(page, lambda: month(page) == 12)
    assert nows(page) != before
    assert "--seed 2" in page.inner_text("#command") or page.locator("#taking").count()


def check_undo(page: Any) -> None:
    page.click("[data-shock=leader]")
    until(page, lambda: len(changes(page)) == 3)
    page.click("#undo")
    until(page, lambda: changes(page) == [])
    assert page.locator("#undo").is_disabled()


def check_redo(page: Any) -> None:
    page.click("[data-shock=leader]")
    until(page, lambda: len(changes(page)) == 3)
    page.click("#undo")
    until(page, lambda: changes(page) == [])
    page.click("#redo")
    until(page, lambda: len(changes(page)) == 3)


def check_replay(page: Any) -> None:
    reach(page, 12)
    page.click("[data-shock=fiscal]")
    until(page, lambda: len(changes(page)) == 3)
    page.click("#year")
    until(page, lambda: month(page) == 24)
    page.click("#replay")
    until(page, lambda: month(page) == 12)
    assert page.locator("#large polyline[stroke-dasharray='3 3']").count() >= 3


def check_language(page: Any) -> None:
    page.click("#language")
    until(page, lambda: page.inner_text("h1") == "GovShift 실험실")
    until(page, lambda: page.locator("#large option[value=trust]").first.inner_text()
          == "정부 신뢰")  # fmt: skip
    assert page.evaluate("document.documentElement.lang") == "ko"


def check_presenter(page: Any) -> None:
    page.click("#presenter")
    until(page, lambda: "presenter" in str(page.locator("body").get_attribute("class")))
    size = page.locator("#large .now").first.evaluate("e => getComputedStyle(e).fontSize")
    assert float(size.removesuffix("px")) >= 24


def check_chart(page: Any) -> None:
    page.select_option("#large figure:first-child select", "citizen_hours")
    until(page, lambda: "hours per need" in page.inner_text("#large figure:first-child .unit"))
    page.reload()
    page.wait_for_selector("html[data-ready]")
    until(page, lambda: page.input_value("#large figure:first-child select") == "citizen_hours")


def check_whom(page: Any) -> None:
    page.select_option("#whom", "1")
    page.wait_for_timeout(100)
    page.select_option("[data-name='government.budget'] select", "0.7")
    until(page, lambda: len(changes(page)) == 1)
    page.select_option("#whom", "0")
    until(page, lambda: page.input_value("[data-name='government.budget'] select") == "1")


def check_lever(page: Any) -> None:
    page.select_option("[data-name='government.budget'] select", "0.7")
    until(page, lambda: len(changes(page)) == 3)
    assert changes(page)[0] == "1995-01: Revenue of all governments 0.7"


def check_exact(page: Any) -> None:
    page.click("[data-name='government.budget'] summary")
    page.fill("[data-name='government.budget'] input", "0.93")
    page.click("[data-name='government.budget'] form button")
    until(page, lambda: "1995-01: Revenue of all governments 0.93" in changes(page))


def check_shock(page: Any) -> None:
    page.click("[data-shock=emergency]")
    until(page, lambda: any("Emergency" in line for line in changes(page)))


TRUSTING = "Mean predisposition to trust government"


def check_assumption(page: Any) -> None:
    select = page.locator("#assumptions [data-name='society.baseline_trust'] select")
    values = [option.get_attribute("value") for option in select.locator("option").all()]
    select.select_option(values[1])
    until(page, lambda: f"from the start: {TRUSTING} {float(values[1]):g}"
          in changes(page))  # fmt: skip


def check_another(page: Any) -> None:
    page.fill("#another-name", "trust.negativity")
    page.fill("#another-value", "3")
    page.click("#another button")
    until(
        page, lambda: "from the start: How much faster trust falls than it rises 3" in changes(page)
    )


def check_map(page: Any) -> None:
    reach(page, 12)
    page.click("[data-view=map]")
    until(page, lambda: page.locator("#view svg.map").count() == 3)


def check_indicator(page: Any) -> None:
    check_map(page)
    before = page.inner_html("#view figure:first-child svg")
    page.select_option("#indicator", "profile_mean")
    until(page, lambda: page.inner_html("#view figure:first-child svg") != before)
    assert page.inner_text("#view figure.scale figcaption") == "Paradigm (0 = Gov1.0, 2 = Gov3.0)"


def check_difference(page: Any) -> None:
    check_map(page)
    page.select_option("#difference", "difference")
    until(page, lambda: page.locator("#view svg.map").count() == 2)


def check_board(page: Any) -> None:
    page.click("[data-view=board]")
    until(page, lambda: page.locator("#view fieldset").count() == 12)
    slider = page.locator("[data-row=goal] input").first
    slider.focus()
    page.keyboard.press("End")
    until(page, lambda: changes(page) == ["1995-01: Goal of e-government 2"])
    page.click("#month")
    until(page, lambda: "2.00" in page.locator("[data-row=goal] output").first.inner_text())


def check_drag(page: Any) -> None:
    page.click("[data-view=board]")
    until(page, lambda: page.locator("#view fieldset").count() == 12)
    slider = page.locator("[data-row=services] input").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    until(page, lambda: len(changes(page)) == 1)
    assert re.fullmatch(r"1995-01: E-government services (0\.9|1|1\.0)\d*", changes(page)[0])


def check_where(page: Any) -> None:
    page.click("[data-view=board]")
    until(page, lambda: page.locator("#view fieldset").count() == 12)
    page.select_option("#where", "Jeju")
    page.wait_for_timeout(300)
    slider = page.locator("[data-row=goal] input").first
    slider.focus()
    page.keyboard.press("End")
    until(page, lambda: changes(page) == ["1995-01: Goal of e-government 2 (Jeju)"])


def check_network(page: Any) -> None:
    reach(page, 12)
    page.click("[data-view=network]")
    until(page, lambda: page.locator("#view svg.network").count() == 3)


def check_citizen(page: Any) -> None:
    reach(page, 12)
    page.click("[data-view=citizen]")
    until(page, lambda: "Nobody is followed." in page.inner_text("#view"))
    page.click("#citizen-tools button")
    until(page, lambda: "Lives in" in page.inner_text("#view"))


def check_events(page: Any) -> None:
    reach(page, 24)
    page.click("[data-view=events]")
    until(page, lambda: page.locator("#view article li").count() > 5)


def check_link(page: Any) -> None:
    reach(page, 12)
    page.click("#taking > summary")
    page.click("#take-link")
    until(page, lambda: "#" in page.input_value("#link"))
    other = page.context.browser.new_page()
    other.goto(page.input_value("#link"))
    other.wait_for_selector("html[data-ready]")
    until(other, lambda: month(other) == 12)
    assert nows(other) == nows(page)
    other.close()


def check_file(page: Any) -> None:
    text = b"extends: gov2\nname: mine\nyears: 3\nsociety: {citizens: 200}\n"
    page.click("#choosing > summary")
    page.set_input_files("#file", {"name": "mine.yaml", "mimeType": "text/yaml", "buffer": text})
    until(page, lambda: page.locator("#choices select").first.locator(
        "option[value='mine.yaml']").count() == 1)  # fmt: skip
    page.locator("#choices select").first.select_option("mine.yaml")
    page.click("#choose button[type=submit]")
    until(page, lambda: "mine" in page.inner_text("#legend"))


def check_apply(page: Any) -> None:
    page.locator("#choices").evaluate("c => c.replaceChildren()")
    page.click("#choosing > summary")
    until(page, lambda: page.locator("#choices select").count() == 3)
    page.locator("#choices select").nth(2).select_option("")
    page.locator("#choices select").nth(1).select_option("endogenous")
    page.click("#choose button[type=submit]")
    until(
        page,
        lambda: (
            page.locator("#legend li").all_inner_texts() == ["gov1System-Government", "endogenous"]
        ),
    )


CONTROLS: dict[str, tuple[str, Check]] = {
    "play": ("#play", check_play), "month": ("#month", check_month), "year": ("#year", check_year),
    "speed": ("#speed", check_speed), "restart": ("#restart", check_restart),
    "luck": ("#luck", check_luck), "undo": ("#undo", check_undo), "redo": ("#redo", check_redo),
    "replay": ("#replay", check_replay), "language": ("#language", check_language),
    "presenter": ("#presenter", check_presenter), "chart": ("figcaption select", check_chart),
    "whom": ("#whom", check_whom), "lever": (".actions .setting select", check_lever),
    "exact": (".actions .setting form", check_exact), "shock": ("[data-shock]", check_shock),
    "assumption": (".assumptions .setting select", check_assumption),
    "another": ("#another", check_another), "map": ("[data-view=map]", check_map),
    "indicator": ("#indicator", check_indicator), "difference": ("#difference", check_difference),
    "board": ("[data-row] input", check_board), "drag": ("[data-row] input", check_drag),
    "where": ("#where", check_where), "network": ("[data-view=network]", check_network),
    "citizen": ("#citizen-tools", check_citizen), "events": ("[data-view=events]", check_events),
    "link": ("#take-link", check_link), "file": ("#file", check_file),
    "apply": ("#choose", check_apply),
}  # fmt: skip


@pytest.mark.parametrize("control", CONTROLS)
def test_control(page: Any, control: str) -> None:
    CONTROLS[control][1](page)


@pytest.mark.slow
@pytest.mark.parametrize("control", CONTROLS)
def test_a_deaf_control_is_found(browser: Any, served: Client, control: str) -> None:
    selector, check = CONTROLS[control]
    is_apply = control == "apply"
    with opened(browser, served, deaf="" if is_apply else selector) as page:
        small(page)
        if is_apply:
            # What a new page is set up with, too: deaf only from here on.
            page.evaluate("document.querySelector('#choose').replaceWith("
                          "document.querySelector('#choose').cloneNode(true))")  # fmt: skip
        with impatient(page), pytest.raises(Exception):  # noqa: B017, PT011
            check(page)


def test_every_control_is_checked(page: Any) -> None:
    """A control that is new has no check yet, and fails here."""
    ids = page.evaluate(
        "[...document.querySelectorAll('button[id], select[id], input[id], a[id], form[id]')]"
        ".map(e => e.id)"
    )
    known = {selector.lstrip("#") for selector, _ in CONTROLS.values()} | {
        # Checked with what they belong to, or by `test_lab`: a form's own fields, files to take.
        "citizens", "years", "seed", "kind", "another-name", "another-value", "link", "class",
        "take-scenarios", "take-data", "take-figure", "take-report", "worlds-many", "worlds-ask",
        "worlds-stop",
    }  # fmt: skip
    assert {name for name in ids if name} - known == set()


@pytest.mark.slow
def test_worlds(page: Any) -> None:
    reach(page, 12)
    page.click("#worlds-ask")
    until(page, lambda: page.locator("#worlds-stop").is_visible())
    page.click("#worlds-stop")
    until(page, lambda: page.locator("#worlds-ask").is_visible())
    page.click("#worlds-ask")
    until(page, lambda: page.locator("#sentences li").count() > 3, 240)
    assert page.locator("#large polygon").count() >= 3
    page.click("#taking > summary")
    assert page.locator("#take-report").is_visible()


def test_downloads(page: Any) -> None:
    reach(page, 12)
    page.click("#taking > summary")
    for name, ending in (("scenarios", ".zip"), ("data", ".csv"), ("figure", ".svg")):
        with page.expect_download() as coming:
            page.click(f"#take-{name}")
        assert coming.value.suggested_filename.endswith(ending)
        assert Path(coming.value.path()).stat().st_size > 500


@pytest.mark.parametrize("path", ["/", "/class", "/join"])
@pytest.mark.parametrize("screen", SCREENS)
def test_open_to_all(browser: Any, served: Client, path: str, screen: str) -> None:
    """No finding of axe that is serious, at any size, in either language; nothing sticks out."""
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, served, path, screen=screen) as page:
        if path == "/":
            small(page)
            reach(page, 12)
            page.click("[data-view=board]")
            until(page, lambda: page.locator("#view fieldset").count() == 12)
        found = Axe().run(page)
        wrong = [
            (one["id"], [node["target"] for node in one["nodes"]][:4])
            for one in found.response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert wrong == []
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


def test_all_by_keyboard(page: Any) -> None:
    """From the top, every control is reached and the first one works."""
    page.reload()
    page.wait_for_selector("html[data-ready]")
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(str(page.evaluate("document.activeElement.id")))
    wanted = ["language", "presenter", "class", "play", "month", "year", "speed", "restart"]
    assert [name for name in seen if name in wanted] == wanted
    page.focus("#month")
    page.keyboard.press("Enter")
    until(page, lambda: month(page) == 1)


def test_a_lab_that_is_gone_is_told_and_found_again(page: Any) -> None:
    page.context.set_offline(True)
    page.click("#month")
    until(page, lambda: "does not answer" in page.inner_text("#message"))
    page.context.set_offline(False)
    until(page, lambda: month(page) >= 0 and "does not answer" not in page.inner_text("#message"))


def test_names_are_never_run(browser: Any, served: Client) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    with opened(browser, served) as page:
        text = f"extends: gov2\nname: '{hostile}'\nyears: 2\nsociety: {{citizens: 200}}\n"
        page.click("#choosing > summary")
        page.set_input_files("#file", {"name": "m.yaml", "mimeType": "text/yaml",
                                       "buffer": text.encode()})  # fmt: skip
        until(page, lambda: page.locator("option[value='m.yaml']").count() >= 1)
        page.locator("#choices select").first.select_option("m.yaml")
        for name, value in _SMALL.items():
            page.fill(f"#{name}", str(value))
        page.locator("#choices select").nth(1).select_option("gov1")
        page.locator("#choices select").nth(2).select_option("")
        page.click("#choose button[type=submit]")
        until(page, lambda: hostile in page.inner_text("#legend"))
        reach(page, 12)
        assert page.locator("img").count() == 0
