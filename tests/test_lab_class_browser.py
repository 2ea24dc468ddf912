"""A class in browsers: every control of the teacher and of the phones, and with a fault planted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.labs import Client, a_lab
from tests.test_lab_browser import Check, deaf_to, impatient, month, opened, until
from tests.test_page_browser import BROWSER, browser

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(
    BROWSER is None and not os.environ.get("GOVSHIFT_NEEDS_BROWSER"),
    reason="no Chromium here: scripts/browser installs one",
)
LESSON = "The balance of efficiency and democracy"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with a_lab(tmp_path_factory.mktemp("class") / "outputs", jobs=1) as client:
        yield client


def open_class(page: Any) -> str:
    page.click(f"button[aria-label='Open the class: {LESSON}']")
    until(page, lambda: page.locator("#code").is_visible() and page.inner_text("#code") != "")
    return str(page.inner_text("#code"))


def kind(page: Any) -> str:
    return str(page.inner_text("#step-title"))


def go_to(page: Any, wanted: str) -> None:
    """On to a step of a kind, as a teacher goes."""
    for _ in range(40):
        if kind(page).startswith(wanted):
            return
        before = page.inner_text("#at")
        if page.locator("[data-option]").count():
            page.locator("[data-option]").first.click()
        else:
            page.click("#go")
        until(
            page, lambda: page.inner_text("#go") in ("Next", "Run", "Carry out what most want"), 30
        )
        if kind(page) != "Run" or page.inner_text("#go") == "Run":
            until(page, lambda was=before: page.inner_text("#at") != was
                  or page.inner_text("#go") == "Next")  # fmt: skip
    raise AssertionError(f"never came to {wanted}")


def check_open(page: Any) -> None:
    assert len(open_class(page)) == 6
    until(page, lambda: page.locator("#qr").evaluate("i => i.naturalWidth") > 100)


def check_language(page: Any) -> None:
    page.click("#language")
    until(page, lambda: page.inner_text("h1") == "GovShift 수업")


def check_presenter(page: Any) -> None:
    open_class(page)
    page.click("#presenter")
    until(page, lambda: "presenter" in str(page.locator("body").get_attribute("class")))
    sizes = page.evaluate(
        "[...document.querySelectorAll('#step *, #joining *, #roles *, button')].filter("
        "e => e.offsetParent && e.textContent.trim()).map(e => parseFloat(getComputedStyle(e)."
        "fontSize))"
    )
    assert min(sizes) >= 24


def check_next(page: Any) -> None:
    open_class(page)
    page.click("#go")
    until(page, lambda: page.inner_text("#at").startswith("Step 2"))


def check_run(page: Any) -> None:
    open_class(page)
    go_to(page, "Run")
    page.click("#go")
    until(page, lambda: page.inner_text("#go") == "Next", 30)
    assert page.locator("#charts svg").count() >= 2


def check_option(page: Any) -> None:
    open_class(page)
    go_to(page, "Budget round 1")
    label = page.locator("#choices strong").nth(1).inner_text()
    page.locator("[data-option]").nth(1).click()
    until(page, lambda: label in page.inner_text("#results"))


def check_bring(page: Any) -> None:
    open_class(page)
    go_to(page, "Run")
    page.click("#go")
    until(page, lambda: page.inner_text("#go") == "Next", 30)
    page.click("#bring")
    page.wait_for_selector("#bar")
    until(page, lambda: month(page) > 0)


def check_end(page: Any) -> None:
    open_class(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("#end")
    until(page, lambda: page.locator("#lessons").is_visible())


def a_phone(page: Any, code: str = "") -> Any:
    """A phone in a context of its own, where the page's own scripts are planted as well."""
    phone = page.context.browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    if planted := getattr(page, "planted", ""):
        phone.add_init_script(planted)
    phone.goto(f"{page.url.split('/class')[0]}/join/{code}".rstrip("/"))
    phone.wait_for_selector("html[data-ready]")
    return phone


def check_code(page: Any) -> None:
    code = open_class(page)
    phone = a_phone(page)
    phone.fill("#code", code.upper())
    phone.click("#entering button")
    until(phone, lambda: phone.inner_text("#lesson") == LESSON)
    phone.context.close()


def check_answer(page: Any) -> None:
    code = open_class(page)
    phone = a_phone(page, code)
    go_to(page, "Predict")
    until(phone, lambda: phone.locator("#answers button").count() > 1)
    phone.locator("#answers button").nth(1).click()
    until(phone, lambda: phone.locator("#answers button").nth(1).get_attribute("aria-pressed")
          == "true")  # fmt: skip
    until(page, lambda: page.inner_text("#answered").startswith("1 of 1"))
    phone.context.close()


CONTROLS: dict[str, tuple[str, Check]] = {
    "open": ("#lessons button", check_open), "language": ("#language", check_language),
    "presenter": ("#presenter", check_presenter), "next": ("#go", check_next),
    "run": ("#go", check_run), "option": ("[data-option]", check_option),
    "bring": ("#bring", check_bring), "end": ("#end", check_end),
    "code": ("#entering", check_code), "answer": ("#answers button", check_answer),
}  # fmt: skip


@pytest.mark.parametrize("control", CONTROLS)
def test_control(browser: Any, served: Client, control: str) -> None:
    with opened(browser, served, "/class") as page:
        CONTROLS[control][1](page)


@pytest.mark.slow
@pytest.mark.parametrize("control", CONTROLS)
def test_a_deaf_control_is_found(browser: Any, served: Client, control: str) -> None:
    selector, check = CONTROLS[control]
    with opened(browser, served, "/class", deaf=selector) as page:
        page.planted = deaf_to(selector)
        with impatient(page), pytest.raises(Exception):  # noqa: B017, PT011
            check(page)


def test_phones_are_told_what_is_wrong(browser: Any, served: Client) -> None:
    with opened(browser, served, "/join/zzzzzz", screen="phone") as phone:
        until(phone, lambda: "no class of this code" in phone.inner_text("#message"))
        assert phone.locator("#entering").is_visible()
