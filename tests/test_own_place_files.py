"""Places, access and prices of one's own: what files may say, and how mistakes in them are told.

Broken files are in `tests/broken_sheets`; the first lines of each say what is told of it, mistake
by mistake: `# expect 3:B: words` for line and column, `# expect -: words` for the file as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.cli import main
from sim.errors import UserMistake
from sim.scenario.starting import sheet_told
from sim.society.access import read_access
from sim.society.own_places import MOST, read_place, read_place_file
from sim.society.place_columns import COLUMNS
from sim.society.prices import read_prices
from sim.society.sheets import MOST_TOLD, letter

BROKEN = sorted((Path(__file__).parent / "broken_sheets").glob("*.csv"))
_EXPECTED = re.compile(r"# expect (-|[0-9]+)(:[A-Z]+)?: (.+)")
Write = Callable[..., str]


def expectations(file: Path) -> list[tuple[str, str]]:
    """Where and in which words each mistake is told."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if (match := _EXPECTED.fullmatch(line)) is None:
            break
        where = "" if match[1] == "-" else f":{match[1]}{match[2] or ''}"
        found.append((where, match[3]))
    return found


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What a command says on stderr when it refuses something."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    written = capsys.readouterr()
    assert ended.value.code == 2
    assert written.out == ""
    return written.err.removesuffix("\n").split("\n")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file; give its name."""

    def put(text: str | bytes, name: str = "p.csv") -> str:
        raw = text.encode() if isinstance(text, str) else text
        (tmp_path / name).write_bytes(raw)
        return str(tmp_path / name)

    return put


def test_there_are_many() -> None:
    assert len(BROKEN) >= 55
    assert all(expectations(file) for file in BROKEN)


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_broken_sheet(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every mistake is told at once, at its line and column, in order, and nothing else."""
    lines = told(["check", str(file)], capsys)
    expected = expectations(file)
    assert len(lines) == len(expected), lines
    for line, (where, words) in zip(lines, expected, strict=True):
        assert line.startswith(f"{file}{where}: "), line
        assert words in line
        assert line.isprintable()


GOOD = "name,population,own_revenue_share,region\nNørd,500000,0.6,Høy\nSouth,120000,0.3,Low\n"
AS_WRITTEN = {
    "as it is": GOOD.encode(),
    "byte order mark": GOOD.encode("utf-8-sig"),
    "windows lines": GOOD.replace("\n", "\r\n").encode("utf-8-sig"),
    "old mac lines": GOOD.replace("\n", "\r").encode(),
    "semicolons": GOOD.replace(",", ";").encode(),
    "semicolons and decimal commas": GOOD.replace(",", ";").replace(".", ",").encode("utf-8-sig"),
    "tabs": GOOD.replace(",", "\t").encode(),
    "named separator": b"sep=;\n" + GOOD.replace(",", ";").encode(),
    "empty rows and columns": "".join(f"{line},,,\n" for line in GOOD.split("\n")).encode()
    + b",,,,,,\n\n,,\n",
    "comments": b'# a, "b\n\n' + GOOD.replace("South", '"South"').encode() + b"#end\n",
    "comments as spreadsheets save them": b'"# a, ""b""",,,\n' + GOOD.encode() + b"# x,,,\n",
    "spaces": GOOD.replace(",", " , ").encode(),
    "letters put together": GOOD.replace("Nørd", "Nørd").encode(),
}


@pytest.mark.parametrize("kind", AS_WRITTEN)
def test_spreadsheets_are_read_as_they_write(kind: str, write: Write) -> None:
    found = read_place(write(AS_WRITTEN[kind]))
    assert [(p.name, p.population, p.self_reliance) for p in found] == [
        ("Nørd", 500_000, 0.6), ("South", 120_000, 0.3),
    ]  # fmt: skip
    assert found[0].region == "Høy"


def test_names_are_the_same_however_letters_are_composed(write: Write) -> None:
    decomposed = "name,population\nCafe\u0301,5\nB,5\n"
    assert read_place(write(decomposed))[0].name == "Caf\u00e9"
    with pytest.raises(UserMistake, match="'Café' is in line 2 too"):
        read_place(write(decomposed.replace("B,", "Caf\u00e9,")))


KOREAN = "name,population\n서울,5\n부산,5\n"
REFUSED = {
    "utf-16": (KOREAN.encode("utf-16"), r"is UTF-16 .*; save it as 'CSV UTF-8"),
    "utf-16 without mark": (KOREAN.encode("utf-16-le"), r"is UTF-16 .*; save it as 'CSV UTF-8"),
    "cp949": (KOREAN.encode("cp949"), r":2: is not UTF-8 \(it looks like cp949, .*; save it as"),
    "cp1252": (GOOD.encode("cp1252"), r":2: is not UTF-8 \(it looks like cp1252, .*; save it as"),
    "workbook": (b"PK\x03\x04" + bytes(100), r"is a workbook \(\.xlsx or \.ods\), not CSV"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(100), r"is an old workbook \(\.xls\), not CSV"),
    "web page": (b"<!DOCTYPE html><table>", "is a web page, not CSV"),
    "json": (b'{"name": "A"}', "is JSON, not CSV"),
    "nothing": (b"", "is empty; its first line names the columns: name, population"),
    "blank": (b"\n \n,,\n\r\n", "is empty; its first line names"),
    "only comments": (b"# a\n# b\n", "is empty; its first line names"),
    "too large": (b"#" * 4_000_001, "is larger than 4,000,000 bytes"),
    "nul": (b"name,population\nA,5\nB\0,5\n", "is UTF-16"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_is_refused_in_one_line(
    kind: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, words = REFUSED[kind]
    (line,) = told(["check", write(raw)], capsys)
    assert re.search(words, line), line
    assert line.isprintable()


def test_files_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d.csv").mkdir()
    for name, words in (("a.csv", "there is no file"), ("d.csv", "is a folder, not a file")):
        (line,) = told(["check", str(tmp_path / name)], capsys)
        assert words in line
    (line,) = told(["check", f"{'a' * 5000}.csv"], capsys)
    assert len(line) < 300


def test_many_places_and_many_people(write: Write) -> None:
    rows = "".join(f"Place {n},{2_000_000_000 - n}\n" for n in range(MOST))
    assert len(read_place(write(f"name,population\n{rows}"))) == MOST
    with pytest.raises(UserMistake, match=r"^[^\n]*: has 501 local governments; 2 to 500 are"):
        read_place(write(f"name,population\n{rows}One more,1\n"))


def test_very_many_mistakes_are_cut_short(write: Write) -> None:
    rows = "".join(f"Place {n},many\n" for n in range(400))
    with pytest.raises(UserMistake) as caught:
        read_place(write(f"name,population\n{rows}"))
    lines = str(caught.value).split("\n")
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1].endswith("there are more mistakes; these are the first 100")


def test_columns_have_letters() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip


def test_columns_that_nobody_reads_are_told(write: Write) -> None:
    lines = sheet_told(write("name,population,mayor\nA,5,Ann\nB,5,Bob\n"))
    assert lines[-1] == "  nobody reads: mayor"


def test_gaps_are_told(write: Write) -> None:
    file = read_place_file(write("name,population,capacity,skill\nA,5,.5,\nB,5,,\nC,5,.7,\n"))
    assert file.given == {"capacity": 2}
    text = " ".join(" ".join(sheet_told(file.name)).split())
    assert "capacity 0.5 to 0.7, mean 0.6 in 2 of 3 places" in text
    assert "drawn: own_revenue_share, youth_share, capacity of 1 place, baseline_trust," in text


ROWS = st.lists(
    st.lists(
        st.one_of(st.text(max_size=6), st.sampled_from(["5", "0.5", "0,5", "A", "", "#", '"'])),
        max_size=6,
    ),
    max_size=6,
)  # fmt: skip
HEADS = st.lists(st.sampled_from([*COLUMNS, "self_reliance", "share", "item", "amount", "x", ""]))


@settings(max_examples=300, derandomize=True, deadline=None)
@given(HEADS, ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_whatever_is_written_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory,
    head: list[str], rows: list[list[str]], between: str, encoding: str,
) -> None:  # fmt: skip
    file = tmp_path_factory.getbasetemp() / "any.csv"
    text = "\n".join(between.join(cells) for cells in [head, *rows])
    file.write_bytes(text.encode(encoding, "replace"))
    for read in (read_place, read_access, read_prices, sheet_told):
        try:
            read(str(file))
        except UserMistake as error:
            for line in str(error).split("\n"):
                assert line.startswith(str(file)), line
                assert line.isprintable()
