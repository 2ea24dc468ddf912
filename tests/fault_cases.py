"""Commands that keep results, small, and what their folder must be after any fault."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sim.paged import PAGE
from tests.faults import Ended, Zygote

Point = TypeVar("Point")

_SOCIETY = "years: 1\nsociety: {citizens: 150, place: synthetic, local_governments: 4}\n"
FILES = {
    "one": f"name: one\nextends: gov1\n{_SOCIETY}",
    "two": f"name: two\nextends: gov3\n{_SOCIETY}",
    "rows": f"name: rows\nextends: gov1\ngovernance: {{role_of_citizen: 2, goal: 2}}\n{_SOCIETY}",
    "moving": f"name: moving\nextends: endogenous\n{_SOCIETY}",
    "lab": """\
name: lab
policies: [gov1, gov3]
base: {years: 1, society: {citizens: 150, place: synthetic, local_governments: 4}}
levers: {society.digital_training: {low: 0, high: 1}}
uncertainties: {society.heterogeneity: {low: 0, high: 2}}
outcomes: [trust, efficiency]
design: {kind: grid, levels: 2}
replicates: 3
months: [12]
""",
}
_VOLATILE = {
    "command", "commit", "last_session_seconds", "limit", "platform", "seal", "seconds",
    "seconds_per_run", "session", "sessions", "started", "token",
}  # fmt: skip
_ANY_NAME = (".lock",)
"""Files that come and go."""
QUIET = ("--jobs", "1", "--quiet")
OUT = ("--out", "{out}")


@dataclass(frozen=True)
class Case:
    """A command, what came `before` it in its folder, and the `tricks` of those commands."""

    name: str
    command: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    tricks: tuple[str, ...] = ()


_COMPARE = ("compare", "{one}", "{two}", "--luck-only", *QUIET, *OUT, "--replicates")
_SWEEP = ("sweep", "{lab}", *QUIET, *OUT)
_THRICE = ("--set", "replicates=3")
_SWEPT = ((*_SWEEP, *_THRICE),)
CASES = {
    case.name: case
    for case in (
        Case("run", ("run", "{one}", "--luck-only", *QUIET, *OUT, "--replicates", "2")),
        Case("long", ("run", "{moving}", "--luck-only", *QUIET, *OUT, "--replicates", "1",
                      "--years", "3", "--checkpoint", "1e-9")),
        Case("compare", (*_COMPARE, "2")),
        Case("more replicates", (*_COMPARE, "3"), before=((*_COMPARE, "2"),)),
        Case("transitions", ("transitions", "{moving}", "--luck-only", *QUIET, *OUT,
                             "--replicates", "1")),
        Case("attribute", ("attribute", "{one}", "{rows}", "--orders", "12", *QUIET, *OUT)),
        Case("sweep", _SWEEP),
        Case("retry", (*_SWEEP, "--retry"), before=(_SWEEP,), tricks=("stumble",)),
        Case("robust", ("robust", "{lab}", "--luck-only", *QUIET, *OUT, *_THRICE), before=_SWEPT),
        Case("regimes", ("regimes", "{lab}", "--luck-only", *QUIET, *OUT, *_THRICE), before=_SWEPT),
        Case("discover", ("discover", "{lab}", "--when", "trust < 44", *QUIET, *OUT, *_THRICE),
             before=_SWEPT),
        Case("sensitivity", ("sensitivity", "{lab}", "--method", "morris", "--points", "2",
                             *QUIET, *OUT)),
        Case("report", ("report", "{out}", *QUIET), before=((*_COMPARE, "2"),)),
        Case("assumptions", ("report", "{out}", "--assumptions", *QUIET, "--replicates", "3",
                             "--citizens", "150"), before=((*_COMPARE, "2"),)),
        Case("story", ("story", "typical", "{one}", "{two}", "--quiet",
                       "--out", "{out}/story.csv")),
    )
}  # fmt: skip


@dataclass
class Attacked:
    """A case in folders of its own: undisturbed once, then as often as it is attacked."""

    case: Case
    zygote: Zygote
    folder: Path
    number: int = 0
    named: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.named = {}
        for name, text in FILES.items():
            path = self.folder / f"{name}.yaml"
            path.write_text(text)
            self.named[name] = str(path)

    def arguments(self, out: Path, command: tuple[str, ...] | None = None) -> list[str]:
        """The words of the command, with results in a folder."""
        words = self.case.command if command is None else command
        return [word.format(out=out, **self.named) for word in words]

    def run(self, out: Path, **options: Any) -> Ended:
        """The command on a folder."""
        return self.zygote.run(*self.arguments(out), below=out, **options)

    @cached_property
    def begun(self) -> Path:
        """The folder as the command finds it; it need not exist."""
        path = self.folder / "begun"
        for command in self.case.before:
            tricks = ("draw little", "assume little", *self.case.tricks)
            ended = self.zygote.run(*self.arguments(path, command), below=path, tricks=tricks)
            assert ended.code == (1 if self.case.tricks else 0), ended.err
        return path

    @cached_property
    def undisturbed(self) -> tuple[Path, Ended]:
        """The folder as the command leaves it when nobody disturbs it, and what it said."""
        path = self._copy("undisturbed")
        ended = self.run(path)
        assert ended.code == 0, ended.err
        assert ended.err == ""
        assert list(complaints(path, path)) == []
        return path, ended

    @property
    def moments(self) -> int:
        """How many moments the command has."""
        return len(self.undisturbed[1].moments)

    def fresh(self) -> Path:
        """A new copy of the folder as the command finds it."""
        self.number += 1
        return self._copy(str(self.number))

    def _copy(self, name: str) -> Path:
        path = self.folder / name
        if self.begun.is_dir():
            shutil.copytree(self.begun, path, symlinks=True)
        return path

    def unlike(self, out: Path, ended: Ended) -> list[str]:
        """What is not as it would be undisturbed: exit code, words, files."""
        folder, whole = self.undisturbed
        found = []
        if ended.code != whole.code:
            found.append(f"exit code {ended.code}")
        if ended.err:
            found.append(f"it complains: {ended.err.strip()[-300:]}")
        if told(ended.out, out) != told(whole.out, folder):
            found.append("it tells something else")
        return [*found, *complaints(out, folder)]

    def killed(self, at: int, sent: str, when: str = "before") -> list[str]:
        """What is wrong after a signal at a moment and the same command again."""
        out = self.fresh()
        first = self.run(out, fault={"at": at, "when": when, "signal": sent})
        found = list(_ended_by(first, sent))
        found += self.unlike(out, self.run(out))
        shutil.rmtree(out, ignore_errors=True)
        where = first.moments[-1] if first.moments else "nowhere"
        return [f"{self.case.name}, {sent} {when} {_steady(where)}: {text}" for text in found]

    def points(self) -> list[tuple[int, str]]:
        """Where to strike: before every moment, and after the last one."""
        return [*((at, "before") for at in range(self.moments)), (self.moments - 1, "after")]


def thinned(points: Sequence[Point], what: str, share: int = 30) -> Sequence[Point]:
    """One in `share` points, others for each `what`; every point in `make attacks`.

    All points of all commands take hours. Continuous integration looks at some of each.
    """
    if os.environ.get("GOVSHIFT_EVERY_MOMENT"):
        return points
    return points[zlib.crc32(what.encode()) % min(share, len(points) or 1) :: share]


def _ended_by(ended: Ended, sent: str) -> Iterator[str]:
    if sent == "SIGKILL":
        if ended.code != -9:
            yield f"not killed but exit code {ended.code}"
        return
    if ended.code != 130:
        yield f"stopped with exit code {ended.code}"
    if len(ended.err.strip().splitlines()) != 1 or "Traceback" in ended.err:
        yield f"stopped with {ended.err.strip()[-300:]!r}"


def _steady(moment: str) -> str:
    """A moment without the names of drafts and journals, which are drawn by lot."""
    return re.sub(r"\.tmp-[^/ ]*|-[0-9a-f]{12}\.", "*", moment)


def told(text: str, out: Path) -> str:
    """What a command prints, without times, counts of what was new, and the folder's name."""
    text = re.sub(r"(\d+ replicates? in \d+ s|Nothing was missing)", "Done", text)
    text = re.sub(r"(All \d+ runs are in after [^;]*|Nothing was missing)", "Done", text)
    return text.replace(str(out), "OUT")


def complaints(out: Path, whole: Path) -> Iterator[str]:
    """What differs between two results folders, and what should not be in the first."""
    mine, theirs = _files(out), _files(whole)
    for name in sorted(mine.keys() | theirs.keys()):
        if ".tmp-" in name:
            yield f"{_steady(name)} is left behind"
        elif name not in mine:
            yield f"{name} is missing"
        elif name not in theirs:
            yield f"{name} should not be there"
        elif name == "manifest.json":
            yield from _unlike_manifests(mine[name], theirs[name])
        elif _content(mine[name]) != _content(theirs[name]):
            yield f"{name} differs"
    if (out / "manifest.json").is_file():
        yield from _unsealed(out)


def _content(path: Path) -> bytes:
    """The bytes of a file; of a page, without the command that made it."""
    data = path.read_bytes()
    return re.sub(rb"<pre.*?</pre>", b"", data, flags=re.DOTALL) if path.name == PAGE else data


def _files(folder: Path) -> dict[str, Path]:
    paths = (path for path in folder.rglob("*") if not path.name.endswith(_ANY_NAME))
    return {
        path.relative_to(folder).as_posix(): path
        for path in paths
        if path.is_file() or not list(path.iterdir())
    }


def _unlike_manifests(mine: Path, theirs: Path) -> Iterator[str]:
    try:
        one, two = (_lasting(json.loads(path.read_text())) for path in (mine, theirs))
    except (ValueError, AttributeError):
        yield "manifest.json cannot be read"
        return
    for key in sorted(one.keys() | two.keys()):
        if one.get(key) != two.get(key):
            yield f"manifest.json says something else of {key}"


def _lasting(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a manifest says that does not change from time to time."""
    return {
        key: _lasting(value) if isinstance(value, dict) else value
        for key, value in data.items()
        if key not in (*_VOLATILE, PAGE) and not key.startswith("parts/")
    }


def _unsealed(out: Path) -> Iterator[str]:
    """Files that are not what the folder's own manifest says."""
    try:
        manifest = json.loads((out / "manifest.json").read_text())
    except ValueError:
        return
    if not manifest.get("complete"):
        yield "manifest.json says that it is not complete"
    for name, about in manifest.get("files", {}).items():
        path = out / name
        if not path.is_file():
            yield f"{name} is in the manifest but missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != about["sha256"]:
            yield f"{name} is not what the manifest says"
