"""Scenarios compared: the same citizens and the same luck under each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.errors import UserMistake
from sim.experiments.replicate import Progress
from sim.experiments.run import Runs, Study, carry_out, plan_study
from sim.experiments.statistics import replicates_to_settle, summarise
from sim.model import Engine
from sim.outcomes import OUTCOMES
from sim.scenario import Scenario
from sim.text import near


class Comparison:
    """Paired replicates of a baseline and other scenarios; shown, it says what differs."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs

    def __repr__(self) -> str:
        return "\n".join(self.sentences())
