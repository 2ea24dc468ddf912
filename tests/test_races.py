"""Two commands on one folder: it holds the results of one of them, and the other says so.

The first command is stopped at one of its moments; the second is started and runs until it ends or
waits; then the first goes on. Whoever is second to take the folder must look at it again.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.fault_cases import OUT, Attacked, Case, complaints, thinned, told
from tests.faults import Ended, Running, Zygote

_COMPARE = ("compare", "{one}", "{two}", "--luck-only", "--jobs", "1", *OUT, "--replicates", "2")
_SWEEP = ("sweep", "{lab}", "--jobs", "1", *OUT)
_ATTRIBUTE = ("attribute", "{one}", "{rows}", "--orders", "12", "--jobs", "1", *OUT)
_ROBUST = ("robust", "{lab}", "--luck-only", "--jobs", "1", *OUT)
STRANGERS = {
    "seeds": (_COMPARE, (*_COMPARE, "--seed", "2")),
    "parameters": (_COMPARE, (*_COMPARE, "--set", "trust.negativity=3")),
    "sweeps": (_SWEEP, (*_SWEEP, "--set", "seed=2")),
    "walks": (_ATTRIBUTE, (*_ATTRIBUTE, "--seed", "2")),
    "study and sweep": (_COMPARE, _SWEEP),
    "sweep and walks": (_SWEEP, _ATTRIBUTE),
    "analyses": (_ROBUST, (*_ROBUST, "--set", "seed=2")),
}
TWINS = {"compare": _COMPARE, "sweep": _SWEEP, "attribute": _ATTRIBUTE, "robust": _ROBUST}
_STRANGER = re.compile(
    r"^--out .*: holds (results of another|files but no|no sweep|a sweep|results of ).*$"
)
_FEW = 3


@dataclass
class Race:
    """Two commands and their undisturbed results; the first stops at a moment."""

    zygote: Zygote
    folder: Path
    commands: tuple[tuple[str, ...], tuple[str, ...]]
    number: int = 0

    def __post_init__(self) -> None:
        names = ("first", "second")
        self.sides = [
            Attacked(Case(name, command), self.zygote, self.folder / name)
            for name, command in zip(names, self.commands, strict=True)
        ]
        for side in self.sides:
            side.undisturbed = _undisturbed(side)

    @property
    def moments(self) -> int:
        """How many moments the first command has."""
        return self.sides[0].moments

    def run(self, at: int, when: str = "before") -> tuple[Path, list[Ended]]:
        """The folder and how both ended, without what they say while they wait."""
        self.number += 1
        out = self.folder / str(self.number)
        one, two = (side.arguments(out) for side in self.sides)
        fault = {"at": at, "when": when, "signal": "SIGSTOP"}
        first = self.zygote.wait(self.zygote.start(*one, below=out, fault=fault))
        second = self.zygote.wait_for(self.zygote.start(*two, below=out), "Waiting:")
        return out, [_spoken(self.zygote.finish(running)) for running in (first, second)]

    def strangers(self, at: int, when: str = "before") -> list[str]:
        """What is wrong after a race of two commands that ask different things."""
        out, ended = self.run(at, when)
        codes = [side.code for side in ended]
        if sorted(codes) != [0, 2]:
            found = [f"exit codes {codes}"]
        else:
            winner, loser = codes.index(0), codes.index(2)
            found = self.sides[winner].unlike(out, ended[winner])
            if not _STRANGER.match(ended[loser].err.strip()) or ended[loser].out:
                found.append(f"the loser says {ended[loser].err.strip()[-300:]!r}")
        return self._told(out, at, when, ended, found)

    def twins(self, at: int, when: str = "before") -> list[str]:
        """What is wrong after a race of the same command with itself."""
        out, ended = self.run(at, when)
        found = [text for side in ended for text in self.sides[0].unlike(out, side)]
        return self._told(out, at, when, ended, found)

    def _told(
        self, out: Path, at: int, when: str, ended: list[Ended], found: list[str]
    ) -> list[str]:
        shutil.rmtree(out, ignore_errors=True)
        where = ended[0].moments[at] if at < len(ended[0].moments) else "its end"
        return [f"the first stopped {when} {where}: {text}" for text in found]

    def points(self) -> list[tuple[int, str]]:
        """Where the first command stops: before every moment, and after the last one."""
        return [*((at, "before") for at in range(self.moments)), (self.moments - 1, "after")]


def _undisturbed(side: Attacked) -> tuple[Path, Ended]:
    path = side.fresh()
    ended = _spoken(side.run(path))
    assert (ended.code, ended.err) == (0, "")
    return path, ended


def _spoken(ended: Ended) -> Ended:
    """Without what a command says about waiting, its cost, and what it was asked."""
    lines = ended.err.splitlines(keepends=True)
    kept = [line for line in lines if not re.match(r"Waiting: |warning: |\d+ points? x ", line)]
    return replace(ended, err="".join(kept))


@pytest.fixture
def race(zygote: Zygote, tmp_path: Path) -> Race:
    """The race of two seeds."""
    return Race(zygote, tmp_path, STRANGERS["seeds"])


def test_a_few_strangers(race: Race) -> None:
    points = race.points()
    chosen = [points[0], points[1], *points[5 :: len(points) // _FEW]]
    assert [text for at, when in chosen for text in race.strangers(at, when)] == []


def test_a_few_twins(zygote: Zygote, tmp_path: Path) -> None:
    race = Race(zygote, tmp_path, (_SWEEP, _SWEEP))
    points = race.points()
    chosen = [points[0], points[1], points[len(points) // 2], points[-1]]
    assert [text for at, when in chosen for text in race.twins(at, when)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_at_every_moment(name: str, zygote: Zygote, tmp_path: Path) -> None:
    race = Race(zygote, tmp_path, STRANGERS[name])
    assert [
        text for at, when in thinned(race.points(), name) for text in race.strangers(at, when)
    ] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TWINS)
def test_twins_at_every_moment(name: str, zygote: Zygote, tmp_path: Path) -> None:
    race = Race(zygote, tmp_path, (TWINS[name], TWINS[name]))
    assert [
        text for at, when in thinned(race.points(), name) for text in race.twins(at, when)
    ] == []


@pytest.mark.slow
def test_more_and_fewer_replicates(zygote: Zygote, tmp_path: Path) -> None:
    """Each tells what it asked for; the folder holds what was asked last."""
    few, many = (*_COMPARE[:-1], "2"), (*_COMPARE[:-1], "3")
    race = Race(zygote, tmp_path, (few, many))
    wrong = []
    for at, when in thinned(race.points(), "more and fewer"):
        out, ended = race.run(at, when)
        for side, own in zip(race.sides, ended, strict=True):
            folder, whole = side.undisturbed
            if (own.code, own.err, told(own.out, out)) != (0, "", told(whole.out, folder)):
                wrong.append(f"{at}: {side.case.name} ends with {own.code}: {own.err or own.out}")
        if all(list(complaints(out, side.undisturbed[0])) for side in race.sides):
            wrong.append(f"{at}: the folder is neither's")
        shutil.rmtree(out)
    assert wrong == []


def _stopped_before_its_last_lock(attacked: Attacked, out: Path) -> Running:
    """A command that has read what is finished, and has not taken the folder to add to it."""
    moments = attacked.undisturbed[1].moments
    at = max(k for k, moment in enumerate(moments) if moment.endswith("create .lock"))
    fault = {"at": at, "signal": "SIGSTOP"}
    started = attacked.zygote.start(*attacked.arguments(out), below=out, fault=fault)
    return attacked.zygote.wait(started)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("adding", "changing"), [("assumptions", "more replicates"), ("robust", "retry")]
)
def test_nothing_is_added_to_what_was_left_unfinished(
    adding: str, changing: str, attack: Callable[[str], Attacked]
) -> None:
    """While one command waits to add to finished results, another reopens them and is killed."""
    first, second = attack(adding), attack(changing)
    moments = second.undisturbed[1].moments
    wrong = []
    for at in thinned(range(2, len(moments), max(1, len(moments) // 12)), adding, 4):
        out = first.fresh()
        waiting = _stopped_before_its_last_lock(first, out)
        words = second.arguments(out)
        first.zygote.run(*words, below=out, fault={"at": at, "signal": "SIGKILL"})
        first.zygote.finish(waiting)
        about = out / "manifest.json"
        manifest = json.loads(about.read_text()) if about.is_file() else {}
        ended = first.zygote.run("report", out, "--quiet", below=out)
        finished = first.zygote.run(*words, below=out)
        where = f"{changing} killed before {moments[at]}"
        if manifest.get("complete") and ended.code:
            wrong.append(f"{where}: sealed as complete, but report says {ended.err.strip()}")
        if (finished.code, finished.err) != (0, ""):
            wrong.append(f"{where}: it does not go on: {finished.code} {finished.err.strip()}")
        shutil.rmtree(out)
    assert wrong == []
