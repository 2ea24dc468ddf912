"""Scenarios compared: the same citizens and the same luck under each."""

from __future__ import annotations

from sim.experiments.run import Runs


class Comparison:
    """Paired replicates of a baseline and other scenarios; shown, it says what differs."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs

    def __repr__(self) -> str:
        return "\n".join(self.sentences())
