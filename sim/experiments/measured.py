"""What comes of one run of a plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """What came of a run.

    `place` is its point, policy and replicate; `factors` are the values that it had, `outcomes` its
    headline values (means of the last 36 months), `series` the readings at the plan's months, one
    tuple of outcomes per month. A failed run has neither of the two, but says at which `stage`
    (`setup`, `run`, `record` or `crash`) and why.
    """

    run_id: int
    place: tuple[int, str, int]
    factors: tuple[float, ...]
    outcomes: tuple[float, ...] = ()
    series: tuple[tuple[float, ...], ...] = ()
    stage: str = ""
    message: str = ""

    @property
    def status(self) -> str:
        """`ok` or `failed`."""
        return "failed" if self.stage else "ok"
