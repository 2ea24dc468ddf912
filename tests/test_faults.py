"""Killed or stopped at any move on the disk, the same command ends with the same files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fault_cases import CASES, Attacked

Attack = Callable[[str], Attacked]
_FEW = {"run": 4, "more replicates": 3, "attribute": 3, "sweep": 4, "report": 2}
_SIGNALS = ("SIGKILL", "SIGINT")


@pytest.mark.parametrize("name", _FEW)
def test_a_few_moments(name: str, attack: Attack) -> None:
    """Some moments, spread over the command, half of them each signal."""
    attacked = attack(name)
    points = attacked.points()
    chosen = [points[(2 * k + 1) * len(points) // (2 * _FEW[name])] for k in range(_FEW[name])]
    wrong = []
    for number, (at, when) in enumerate(chosen):
        wrong += attacked.killed(at, _SIGNALS[number % 2], when)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("sent", _SIGNALS)
@pytest.mark.parametrize("name", CASES)
def test_every_moment(name: str, sent: str, attack: Attack) -> None:
    attacked = attack(name)
    wrong = [text for at, when in attacked.points() for text in attacked.killed(at, sent, when)]
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
