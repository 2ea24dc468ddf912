"""Reads what broken files say of themselves, and how their mistakes are told.

The first lines of a broken file say what is expected, mistake by mistake in the order of the file:
`# expect 7: is outside 1 to 4`, or `# expect parents/a.yaml:7: ...` where the mistake is in the
file that it extends.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli import main

_EXPECTED = re.compile(r"# expect ([^\s:]*:)?([0-9]+|-): (.+)")
_TOLD = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+):(?P<column>[0-9]+): (?P<text>.+)")
_NOT_FOR_PEOPLE = ("traceback", "pydantic", "input should", "validation", "yamlerror", "nonetype")


def told(file: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that `govshift check` tells of a wrong file, each as people may see it."""
    with pytest.raises(SystemExit) as ended:
        main(["check", str(file)])
    written = capsys.readouterr()
    assert ended.value.code == 2
    assert written.out == ""
    lines = written.err.removesuffix("\n").split("\n")
    for line in lines:
        assert line.isprintable()
        assert not any(word in line.lower() for word in _NOT_FOR_PEOPLE), line
    return lines


def expectations(file: Path) -> list[tuple[str, str, str]]:
    """File, line and words of each mistake, from the head of a file."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if (match := _EXPECTED.fullmatch(line)) is None:
            break
        found.append(((match[1] or f"{file.name}:")[:-1], match[2], match[3]))
    return found


def assert_told_as_expected(file: Path, lines: list[str]) -> None:
    """Every mistake is told at once, on its line, in the order of the file, and nothing else."""
    expected = expectations(file)
    assert len(lines) == len(expected), lines
    for line, (name, number, words) in zip(lines, expected, strict=True):
        assert words in line
        match = _TOLD.fullmatch(line)
        assert match is not None, line
        assert Path(match["file"]).resolve() == (file.parent / name).resolve()
        assert match["line"] == number
