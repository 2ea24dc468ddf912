"""One unit of money on the page and on the screen: the place's currency, or the model's own."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from sim.paged import PAGE
from sim.questions.comparison.reopen import reopen
from sim.report.page.numbers import plain
from sim.text import grouped
from tests.test_page import Reader

PRICES = "item,amount,currency,year,source\ncounters,57,PLN,2020,an office\n"
RATE = 10.0
"""A contact at the counter costs 5.7 of the model's money."""
OVER = (["--worlds", "2", "--replicates", "1"], ["--luck-only", "--replicates", "4"])


@pytest.fixture(scope="module", params=OVER, ids=("worlds", "luck"))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with results in which money has a price, and in which it has none."""
    folder = tmp_path_factory.mktemp("money")
    (folder / "prices.csv").write_text(PRICES)
    for name, prices in (("priced", ", prices: prices.csv"), ("own", "")):
        for paradigm in ("gov1", "gov3"):
            (folder / f"{name}_{paradigm}.yaml").write_text(
                f"extends: {paradigm}\nname: {name}_{paradigm}\nyears: 5\n"
                f"society: {{citizens: 300{prices}}}\n"
            )
        _compare(folder, name, [*request.param, "--jobs", "1"])
    return folder


def _compare(folder: Path, name: str, asked: list[str]) -> None:
    files = [str(folder / f"{name}_{paradigm}.yaml") for paradigm in ("gov1", "gov3")]
    capture = pytest.MonkeyPatch()
    said: list[str] = []
    with capture.context() as patched:
        patched.setattr("sim.cli.work.say", lambda text, err=False: said.append(text))
        with pytest.raises(SystemExit) as ended:
            main(["compare", *files, *asked, "--out", str(folder / name), "--quiet"])
    assert ended.value.code in (0, None)
    (folder / f"{name}.txt").write_text("\n".join(said), encoding="utf-8")


def _page(told: Path, name: str) -> str:
    return Reader((told / name / PAGE).read_text(encoding="utf-8")).text


def _around(pattern: str, text: str) -> list[str]:
    return [text[max(0, m.start() - 40) : m.end() + 20] for m in re.finditer(pattern, text)]


def test_with_prices_page_and_screen_have_one_unit(told: Path) -> None:
    for text in (_page(told, "priced"), (told / "priced.txt").read_text(encoding="utf-8")):
        assert "PLN 2020 per citizen and year" in " ".join(text.split())
        assert _around(r"(?:model|less|[0-9]) money|money (?:per|an|more|less)", text) == []


def test_without_prices_money_is_the_models(told: Path) -> None:
    for text in (_page(told, "own"), (told / "own.txt").read_text(encoding="utf-8")):
        assert "PLN" not in text
        assert "model money per citizen and year" in " ".join(text.split())
        assert _around(r"(?<!model )money (?:per|an|more|less)", text) == []
    assert "a contact at the counter costs 5.7 of it" in _page(told, "own")


def test_values_are_those_of_the_model_times_the_price(told: Path) -> None:
    runs, _ = reopen(told / "priced")
    last = runs.summary[runs.summary["month"] == runs.study.months]
    rows = last[last["outcome"] == "cost_per_citizen"]
    screen = (told / "priced.txt").read_text(encoding="utf-8")
    for mean in rows["mean"]:
        assert plain(RATE * mean) in _page(told, "priced")
        assert grouped(RATE * mean) in screen
        assert plain(mean) not in _page(told, "priced").split()
    path = pd.read_csv(told / "priced" / "path.csv")
    paid = path[path["outcome"] == "cost_per_citizen"]["mean"]
    assert all(plain(RATE * value) in _page(told, "priced") for value in paid)


def test_a_price_changes_no_verdict(told: Path) -> None:
    """What is too small to matter, and how sure it is, does not hang on the currency."""
    verdict = re.compile(r"too small to matter|too few to say|settled|open")
    priced, own = (verdict.findall(_page(told, name)) for name in ("priced", "own"))
    assert priced == own
