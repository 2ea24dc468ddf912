"""Code blocks of the documents, and their commands with small sizes put in for the written ones."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SMALL_EXPERIMENT = [
    "--set", "base.years=1", "--set", "base.society.citizens=200", "--set", "replicates=3",
    "--jobs", "1",
]  # fmt: skip
FEW_POINTS = {
    "sweep": ["--set", "design.trajectories=2"],
    "sensitivity": ["--set", "design.points=2"],
    "discover": ["--set", "design.points=24"],
    "robust": ["--set", "design.points=4"],
    "regimes": ["--set", "design.levels=2"],
}
QUICK = ("--version", "check", "explain", "new", "odd")
"""Commands that run no replicate."""
LONG = ("attribute", "bench", "compile", "discover", "evidence", "fit", "merge", "regimes",
        "roadmap",
        "robust", "sensitivity", "sweep", "transitions")  # fmt: skip
"""Commands that take long even when small."""
ELSEWHERE = {
    "tcp://": "a scheduler of one's own", "HASH": "a folder of one's own",
    "cuda": "a graphics card", "govshift fit": "hours",
    "govshift lab": "served until it is ended; `test_lab.py` serves it",
}  # fmt: skip
"""Words of commands that need another machine, or much time: these are parsed, and not run."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, what it says, and the file that it is, if any."""

    page: Path
    language: str
    text: str
    file: str

    @property
    def commands(self) -> list[str]:
        """Its lines that call the command line, without comments."""
        lines = (line.split(" #")[0].strip() for line in self.text.splitlines())
        return [line for line in lines if re.match(r"(?:\$ )?govshift(?: |$)", line)]


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^```(\S*)[^\n]*\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE):
        language, said = match.groups()
        found.append(Block(page, language, said, _file(said, text[: match.start()])))
    return found


def _file(said: str, before: str) -> str:
    """The file that a block is: as its first line says (`# mine.py`), or the line before it."""
    first = re.match(r"# ([\w./-]+\.(?:yaml|py))(?:,.*)?\n", said)
    if first:
        return first.group(1)
    named = re.search(r"`([\w./-]+\.(?:csv|sh))`:\s*$", before)
    return named.group(1) if named else ""


def commands_of(pages: list[Path]) -> Iterator[tuple[Path, str]]:
    """Every command of some pages, once each on a page."""
    for page in pages:
        lines = [line for block in blocks_of(page) for line in block.commands]
        yield from ((page, line.removeprefix("$ ")) for line in dict.fromkeys(lines))


def is_long(command: str) -> bool:
    """Whether a command takes more than some seconds with small sizes."""
    words = shlex.split(command)
    return len(words) > 1 and words[1] in LONG and "--dry-run" not in words


def is_quick(command: str) -> bool:
    """Whether a command runs no replicate."""
    return shlex.split(command)[1] in QUICK or "--dry-run" in command


def is_elsewhere(command: str) -> bool:
    """Whether a command needs another machine, or names no real file but a word for one."""
    return any(word in command for word in ELSEWHERE)


def smaller(command: str) -> list[str]:
    """The arguments of a command, with few citizens, years, worlds, points and replicates."""
    arguments = shlex.split(command)[1:]
    if not arguments or "--dry-run" in arguments:
        return arguments
    kind = arguments[0]
    if kind in ("run", "compare", "transitions"):
        arguments = _without(arguments, "--years", "--jobs", "--replicates", "--worlds",
                             "--citizens")  # fmt: skip
        arguments += ["--citizens", "400", "--replicates", "1", "--jobs", "1"]
        is_short = kind != "transitions" and not {"gradual", "leapfrog"} & {*arguments}
        arguments += ["--years", "6"] if is_short else []
        arguments += [] if "--luck-only" in arguments else ["--worlds", "2"]
    if kind == "report" and "--assumptions" in arguments:
        arguments += ["--citizens", "200", "--replicates", "3", "--jobs", "1"]
    if kind == "story":
        arguments = [*_without(arguments, "--citizens"), "--citizens", "1000"]
    if kind in FEW_POINTS:
        arguments = _without(arguments, "--jobs", "--points")
        points = FEW_POINTS["sweep" if "levers" in arguments else kind]
        arguments += SMALL_EXPERIMENT + points
    if kind in ("robust", "regimes") and "--luck-only" not in arguments:
        arguments = [*_without(arguments, "--worlds", "--replicates"), "--worlds", "2"]
    if kind == "bench":
        arguments = ["bench", "--most", "1000"]
    if kind == "attribute":
        arguments += ["--citizens", "200", "--orders", "4", "--set", "years=2", "--jobs", "1"]
    if kind == "roadmap":
        arguments = _without(arguments, "--population", "--generations", "--worlds", "--held-out",
                             "--orders", "--citizens", "--years", "--searches")  # fmt: skip
        arguments += ["--population", "8", "--generations", "1", "--searches", "1", "--worlds",
                      "2", "--held-out", "2", "--orders", "1", "--citizens", "200", "--years",
                      "2", "--jobs", "1"]  # fmt: skip
    if kind == "merge":
        arguments = [found for word in arguments for found in _expanded(word)]
    if kind == "compile":
        arguments = [word.replace("/opt/", "opt/") for word in arguments]
    return arguments


def _expanded(word: str) -> list[str]:
    """What a shell makes of a word with a star."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


def _without(arguments: list[str], *options: str) -> list[str]:
    """Arguments without some options and their values."""
    places = [k for k, word in enumerate(arguments) if word in options]
    dropped = {*places, *(k + 1 for k in places)}
    return [word for k, word in enumerate(arguments) if k not in dropped]
