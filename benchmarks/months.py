"""Months measured: a compiled model that notes how long each process takes."""

from __future__ import annotations

from collections import defaultdict
from time import perf_counter
from typing import Any

from sim.model import GovernanceModel

PROCESSES = (
    "change_environment", "follow_schedule", "sense", "decide", "build", "offer_services", "live",
    "run_market", "change_network", "close_accounts", "observe",
)  # fmt: skip
SCENARIO = "gov2"
WARM_UP = 120
"""Months before anything is measured, so that services, inputs and ties are there."""


def korea(citizens: int, *, threads: int = 1, years: int = 60) -> GovernanceModel:
    """A society on Korea's seventeen regions after ten years."""
    model = GovernanceModel(
        SCENARIO, rng=1, citizens=citizens, years=years, threads=threads, collect=False
    )
    for _ in range(WARM_UP):
        model.step()
    return model


class Stopwatch:
    """Wraps the processes of one model's month and adds up what each takes, in seconds."""

    def __init__(self, model: GovernanceModel) -> None:
        self.model = model
        self.spent: dict[str, float] = defaultdict(float)
        for name in PROCESSES:
            setattr(model, name, self._timed(name, getattr(model, name)))

    def year(self) -> dict[str, float]:
        """Run twelve months; seconds a month, by process and as a whole (`month`).

        A whole year, since surveys and the network's measurement come once a year.
        """
        self.spent.clear()
        start = perf_counter()
        for _ in range(12):
            self.model.step()
        self.spent["month"] = perf_counter() - start
        return {name: seconds / 12 for name, seconds in self.spent.items()}

    def _timed(self, name: str, process: Any) -> Any:
        def timed() -> None:
            start = perf_counter()
            process()
            self.spent[name] += perf_counter() - start

        return timed
