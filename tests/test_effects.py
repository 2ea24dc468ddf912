"""Which dated changes count, decided by the values they lead to, against trying each one out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Scenario
from sim.scenario import effects
from sim.scenario.effects import holds_until, idle
from sim.scenario.paths import Shift, positions_in

MONTHS = 24
VALUES = st.sampled_from([0.0, 1.0, 2.0])
STEPS = st.lists(
    st.builds(
        Shift,
        st.integers(1, MONTHS),
        st.sampled_from([0, 1, 2, 4, 8, 16, 32]),
        VALUES,
        st.sampled_from([(1, 1, 1), (1, 0, 0), (0, 1, 1), (0, 0, 1)]).map(
            lambda mask: np.array(mask, dtype=bool)
        ),
    ),
    max_size=7,
)
"""Exact in binary numbers: targets are whole, lengths are powers of two."""


def path(start: np.ndarray, steps: list[Shift]) -> np.ndarray:
    ordered = sorted(steps, key=lambda step: step.begin)
    return np.array([positions_in(month, start, ordered) for month in range(1, MONTHS + 1)])


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.lists(VALUES, min_size=3, max_size=3).map(np.array), STEPS)
def test_idle_is_what_can_be_left_out(start: np.ndarray, steps: list[Shift]) -> None:
    whole = path(start, steps)
    found = {
        number
        for number in range(len(steps))
        if np.array_equal(path(start, steps[:number] + steps[number + 1 :]), whole)
    }
    assert set(idle(MONTHS, start, steps)) == found


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.lists(VALUES, min_size=3, max_size=3).map(np.array), STEPS)
def test_a_start_holds_until_it_no_longer_matters(start: np.ndarray, steps: list[Shift]) -> None:
    until, _ = holds_until(MONTHS, start, steps)
    differs = path(start + 1.0, steps) != path(start, steps)
    last = [int(np.flatnonzero(column)[-1]) + 1 if column.any() else 0 for column in differs.T]
    assert until.tolist() == last


def test_a_ramp_that_a_later_one_overtakes_has_its_months() -> None:
    """Positions differ in months 60 to 82, so that it is not idle."""
    scenario = Scenario.load("gov1").but(
        transition={
            "mode": "scheduled",
            "moves": [
                {"month": 60, "over": 48, "to": "gov3"}, {"month": 72, "over": 12, "to": "gov1"},
            ],
        }
    )  # fmt: skip
    assert scenario.warnings == []


def test_many_moves_take_one_pass_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the moves, twice the work: each is made once, and none is tried with the others."""
    made: list[int] = []
    real = effects._move
    monkeypatch.setattr(effects, "_move", lambda *given: (made.append(1), real(*given))[1])
    work = []
    for count in (500, 1_000):
        moves = "".join(
            f"    - {{month: {n % 200 + 1}, over: 9, to: gov{n % 3 + 1}}}\n" for n in range(count)
        )
        file = tmp_path / f"{count}.yaml"
        file.write_text("transition:\n  mode: scheduled\n  moves:\n" + moves)
        made.clear()
        assert Scenario.load(file).warnings is not None
        work.append(len(made))
    assert work == [500, 1_000]
