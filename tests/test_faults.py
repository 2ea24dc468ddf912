"""Killed or stopped at any move on the disk, the same command ends with the same files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fault_cases import CASES, Attacked, complaints, thinned, told

Attack = Callable[[str], Attacked]
_FEW = {"run": 4, "long": 5, "more replicates": 3, "attribute": 3, "sweep": 4, "report": 2}
_SIGNALS = ("SIGKILL", "SIGINT")


@pytest.mark.parametrize("name", _FEW)
def test_a_few_moments(name: str, attack: Attack) -> None:
    """Some moments, spread over the command, and the last two; half of them each signal."""
    attacked = attack(name)
    points = attacked.points()
    chosen = [points[(2 * k + 1) * len(points) // (2 * _FEW[name])] for k in range(_FEW[name])]
    chosen += points[-3:-1]
    wrong = []
    for number, (at, when) in enumerate(chosen):
        wrong += attacked.killed(at, _SIGNALS[number % 2], when)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("sent", _SIGNALS)
@pytest.mark.parametrize("name", CASES)
def test_every_moment(name: str, sent: str, attack: Attack) -> None:
    attacked = attack(name)
    wrong = [
        text
        for at, when in thinned(attacked.points(), name + sent)
        for text in attacked.killed(at, sent, when)
    ]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_killed_again_and_again(name: str, attack: Attack) -> None:
    """Every attempt gets a few moments further than nothing, then dies; the last one may end."""
    attacked = attack(name)
    out = attacked.fresh()
    for at in (1, 3, 7, 13, 5, 2):
        attacked.run(out, fault={"at": at, "signal": "SIGKILL"})
    assert attacked.unlike(out, attacked.run(out)) == []


@pytest.mark.parametrize("umask", [0o077, 0o002])
def test_files_have_the_rights_that_the_user_gives(umask: int, attack: Attack) -> None:
    """As `umask` says, in the results folder and in all below it."""
    attacked = attack("run")
    out = attacked.fresh()
    assert attacked.run(out, umask=umask).code == 0
    given = {path: path.stat().st_mode & 0o777 for path in (out, *out.rglob("*"))}
    assert {
        path.relative_to(out).as_posix(): oct(mode)
        for path, mode in given.items()
        if mode != (0o777 if path.is_dir() else 0o666) & ~umask and path.name != ".lock"
    } == {}


def test_read_only_results_are_verified_and_told(attack: Attack) -> None:
    """Finished results on a disk that nobody can write to."""
    attacked = attack("report")
    folder, whole = attacked.undisturbed
    kinds = ["create", "link", "mkdir", "remove", "rename", "replace", "rmdir", "unlink"]
    ended = attacked.run(folder, fault={"at": 0, "error": "EROFS", "kinds": kinds})
    assert (ended.code, told(ended.out, folder)) == (0, told(whole.out, folder)), ended.err
    assert list(complaints(folder, folder)) == []
