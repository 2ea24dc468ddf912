"""Broken scenario files, each with the words and the lines at which its mistakes must be told.

The files are in `tests/broken`; their first lines say what is expected (`tests/broken_files.py`).
What cannot be stored as a tidy text file is made here.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import Scenario
from sim.errors import ScenarioError
from sim.scenario.source import LARGEST_FILE, MOST_TOLD
from sim.text import short
from tests.broken_files import assert_told_as_expected, expectations, told

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(BROKEN.glob("*.yaml"))

Check = Callable[[Path], list[str]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    """The lines that `govshift check` tells of a wrong file, each as people may see it."""
    return lambda file: told(file, capsys)


def test_there_are_many() -> None:
    assert len(FILES) >= 65
    assert all(expectations(file) for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_broken_file(check: Check, file: Path) -> None:
    """Every mistake is told at once, on its line, in the order of the file, and nothing else."""
    assert_told_as_expected(file, check(file))


def test_mistakes_have_columns(check: Check, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("society: {place: korea,  citizens: 3}\n")
    assert check(file) == [
        f"{file}:1:26: society.citizens: 3 is outside 100 to 60000000 (citizens simulated)"
    ]


ODD = {
    "latin-1": ("name: a\nquestion: Québec?\n".encode("latin-1"), ":2:13: this is not UTF-8 text"),
    "utf-16": ("years: 20\n".encode("utf-16"), ":1:1: this is not UTF-8 text; save the file as"),
    "utf-16 without mark": ("years: 20\n".encode("utf-16-le"), ":1:2: character U+0000 is not"),
    "utf-32": ("years: 20\n".encode("utf-32"), ":1:1: this is not UTF-8 text"),
    "binary": (bytes(range(256)), ": this is not UTF-8 text"),
    "nul": (b"years: 20\nname: a\0b\n", ":2:8: character U+0000 is not allowed"),
    "bell after é": ("years: 20\nname: é\a\n".encode(), ":2:8: character U+0007 is not allowed"),
    "escape": (b"name: \x1b[31m red\n", ":1:7: character U+001B is not allowed"),
    "escape written out": (b'parameters: {"\\e[31m": 2}\n', r":1:14: parameters.\x1b[31m: unknown"),
    "second byte order mark": ("years: \ufeff20".encode("utf-8-sig"), r"not the text '\ufeff20'"),
    "carriage returns": (b"years: 20\rname: a\rseed: x\r", ":3:1: seed: expected a whole"),
    "broken after carriage returns": (b"years: 20\rname: \xff\r", ":2:7: this is not UTF-8 text"),
    "nul after carriage returns": (b"years: 20\rname: \0\r", ":2:7: character U+0000"),
    "windows": (b"years: 20\r\nname: a\r\nseed: x\r\n", ":3:1: seed: expected a whole"),
    "unicode line ends": ("years: 20\u2028seed: x".encode(), ":2:1: seed: expected a whole"),
    "empty": (b"", ":1:1: the file is empty"),
    "blank": (b"  \n\n \n", ":1:1: the file is empty"),
    "only a mark": (b"\xef\xbb\xbf", ":1:1: the file is empty"),
    "huge": (b"# " + b"a" * 100_000, ": the file is larger than 100,000 bytes"),
    "huge and deep": (b"[" * 100_001, ": the file is larger than 100,000 bytes"),
    "deep lists": (b"a: " + b"[" * 99_000, ":1:23: nested deeper than 20 levels"),
    "deep blocks": (b"{a: " * 24_000, ":1:81: nested deeper than 20 levels"),
    "deep items": (b"- " * 49_000 + b"a", ": nested deeper than 20 levels"),
    "deep keys": (b"? " * 49_000 + b"a", ": nested deeper than 20 levels"),
    "deep by indentation": (
        b"".join(b" " * depth + b"a:\n" for depth in range(300)),
        ":21:21: nested deeper than 20 levels",
    ),
    "long key": (b'? "' + b"k" * 90_000 + b'"\n: 3\n', ":1:3: kkkk"),
    "long value": (b"governance: " + b"g" * 90_000, ":1:1: governance: 'gggg"),
    "long line of text": (b"years" * 19_000, ":1:1: a scenario is made of"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_file(check: Check, tmp_path: Path, name: str) -> None:
    raw, words = ODD[name]
    file = tmp_path / "odd.yaml"
    file.write_bytes(raw)
    (line,) = check(file)
    assert line.startswith(f"{file}:")
    assert words in line
    assert len(line) < 1_000


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "marked.yaml"
    file.write_bytes("years: 3\n".encode("utf-8-sig"))
    assert Scenario.load(file).years == 3


LARGE = {
    "unknown parameters": ("parameters:\n", "  society.infrastructure_{}: 1\n"),
    "unknown rows": ("governance:\n", "  role_of_citizen{}: gov2\n"),
    "wrong moves": ("transition:\n  moves:\n", "  - {{month: {}, to: gov9, rows: [gaol]}}\n"),
    "empty policies": ("policy:\n", "- {{}}\n"),
    "the same key": ("", "? a\n"),
    "right policies": ("policy:\n", "- {{month: 3, set: {{government.budget: 0.5}}}}\n"),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_files_are_read_quickly(tmp_path: Path, name: str) -> None:
    """However large: a second of this process's time, three for a slow machine; not a watch's."""
    head, line = LARGE[name]
    text = head
    for n in range(LARGEST_FILE):
        text += line.format(n)
        if len(text) > LARGEST_FILE - 100:
            break
    file = tmp_path / "large.yaml"
    file.write_text(text)
    started = time.process_time()
    with contextlib.suppress(ScenarioError):
        Scenario.load(file)
    assert time.process_time() - started < 3.0


def test_very_many_mistakes_are_cut_short(check: Check, tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    names = [f"  society.infrastructure_{n}: 2\n" for n in range(2_000)]
    file.write_text("parameters:\n" + "".join(names))
    lines = check(file)
    assert len(lines) == MOST_TOLD + 1
    assert lines[0].startswith(
        f"{file}:2:3: parameters.society.infrastructure_0: unknown parameter"
    )
    assert lines[-1] == f"There are more mistakes; these are the first {MOST_TOLD}."


def test_files_that_are_none(check: Check, tmp_path: Path) -> None:
    for name in ("nothing.yaml", "a" * 300, "a\0b", "gov22"):
        (line,) = check(tmp_path / name)
        assert "no such file or shipped scenario" in line
    (tmp_path / "d").mkdir()
    assert check(tmp_path / "d") == [f"{short(str(tmp_path / 'd'))}: this is a folder, not a file"]


def test_an_absolute_parent_outside_is_refused(check: Check, tmp_path: Path) -> None:
    parent, child = tmp_path / "parent.yaml", tmp_path / "inner" / "child.yaml"
    child.parent.mkdir()
    parent.write_text("years: 3\n")
    child.write_text(f"extends: {parent}\n")
    (line,) = check(child)
    assert line.startswith(f"{child}:1:1: extends: ")
    assert line.endswith(" lies outside the folder of the scenario")


def test_a_link_to_a_parent_outside_is_refused(check: Check, tmp_path: Path) -> None:
    parent, child = tmp_path / "parent.yaml", tmp_path / "inner" / "child.yaml"
    child.parent.mkdir()
    parent.write_text("years: 3\n")
    (child.parent / "link.yaml").symlink_to(parent)
    child.write_text("extends: link.yaml\n")
    (line,) = check(child)
    assert line.endswith("extends: link.yaml lies outside the folder of the scenario")


def test_a_long_chain_of_parents_is_refused(check: Check, tmp_path: Path) -> None:
    for n in range(500):
        (tmp_path / f"{n}.yaml").write_text(f"extends: {n + 1}.yaml\n")
    (line,) = check(tmp_path / "0.yaml")
    assert line == f"{tmp_path}/20.yaml:1:1: extends: more than 20 files extend one another"


SETS = {
    "years": "--set years: write it as path.to.key=value",
    "=3": "--set =3: write it as path.to.key=value",
    "society..place=korea": "--set society..place=korea: write it as path.to.key=value",
    ".".join("a" * 500) + "=1": "write it as path.to.key=value",
    "years=": "--set years=: years: expected a whole number from 1 to 100",
    "years=x": "--set years=x: years: expected a whole number from 1 to 100",
    "years.x=3": "--set years.x=3: years: expected a whole number",
    "colour.of.money=3": "--set colour.of.money=3: colour: unknown key",
    "extends=gov3": "--set extends=gov3: extends: only a file can extend another one",
    "governance=gov4": "--set governance=gov4: governance: 'gov4' is not a paradigm",
    "governance.gaol=gov3": "--set governance.gaol=gov3: governance.gaol: 'gaol' is not a row",
    "policy.0.month=3": "--set policy.0.month=3: policy: expected a list",
    "trust.negativity=9": "--set trust.negativity=9: parameters.trust.negativity: 9 is out",
    "name=a\nb": r"--set name=a\nb: name: a name is one line without special characters",
}


@pytest.mark.parametrize("text", SETS)
def test_a_wrong_set_is_named(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.load("gov1", sets=[text])
    assert SETS[text] in str(caught.value)
    assert str(caught.value).isprintable()


def test_the_constructor_sees_the_whole() -> None:
    with pytest.raises(ScenarioError, match=r"^governance: 'gov9' is not a paradigm"):
        Scenario(governance="gov9")
    with pytest.raises(ScenarioError, match=r"^years: 0 is outside 1 to 100 \(years simulated\)$"):
        Scenario.load("gov1").but(years=0)


@pytest.mark.parametrize("name", ["a\nb", " ", "\u202ea", "a" * 81])
def test_a_file_whose_own_name_is_none_is_blamed_itself(
    check: Check, tmp_path: Path, name: str
) -> None:
    """Not its parent's line with a name."""
    (tmp_path / "parent.yaml").write_text("question: Why?\n\nname: parent\n")
    file = tmp_path / f"{name}.yaml"
    file.write_text("extends: parent.yaml\n")
    (line,) = check(file)
    assert "parent.yaml" not in line
    assert "the file's own name is none" in line
    file.write_text("extends: parent.yaml\nname: good\n")
    assert Scenario.load(file).name == "good"


@pytest.mark.parametrize("name", ["NA", "true", "1e3", "null"])
def test_names_that_look_like_something_else_work(tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}.yaml"
    file.write_text("years: 3\n")
    assert Scenario.load(file).name == name
    assert Scenario.load("gov1", sets=[f"name='{name}'"]).name == name


def test_a_set_of_a_share_is_blamed_itself() -> None:
    with pytest.raises(ScenarioError, match=r"^--set governance.goal.gov2=.5: governance.goal: "):
        Scenario.load("gov2", sets=["governance.goal.gov2=.5"])
    with pytest.raises(ScenarioError, match=r"^--set governance.gov2=.5: governance"):
        Scenario.load("gov2", sets=["governance.gov2=.5"])
    sets = ["governance.role_of_citizen.gov2=.4"]
    with pytest.raises(ScenarioError, match=r"^--set governance.role_of_citizen.gov2=.4"):
        Scenario.load("synthetic_small", sets=sets)
